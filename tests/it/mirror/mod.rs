//! The log as static files: exported, verified from there, restored from there, followed by a monitor; and every
//! way in which the files can be bad.

mod bad_files;
mod export;
mod follow;
mod half_way;
mod restore;
mod shelf;
