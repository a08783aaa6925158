//! Serving over HTTP: a log's tiles to anybody, and the connections that tiles and witness share.

mod answer;
mod listen;
mod tiles;

pub use listen::serve_on;
pub use tiles::{Published, Unavailable, router};

pub(crate) use answer::{Answer, NO_STORE, TEXT};

#[cfg(test)]
mod tests;
