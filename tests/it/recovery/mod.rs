//! What survives: SIGKILL under load, changed bytes, a lost index, a cut-off end, a second process.

pub mod program;

mod bytes;
mod directory;
mod kills;
mod load;
