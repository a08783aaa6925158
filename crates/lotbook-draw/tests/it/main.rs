//! What the draw promises, one file per promise. Vectors lie in the workspace's `tests/vectors/draw`.

// The helpers of a test are tests, too.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod beacon;
mod brute_force;
mod ceremony;
mod chacha;
mod embargo;
mod exchange;
mod fairness;
mod golden;
mod plan;
mod pool;
mod quota;
mod refused;
mod sample;
mod scale;
mod select;
mod shape;
mod substitute;
mod substitute_brute;
mod substitutions;
mod vectors;
mod worked;
