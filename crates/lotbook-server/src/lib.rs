//! The doors: tonic services over the engine, with every limit set.
//!
//! It parses requests, asks the engine, and answers; it deliberately decides nothing, and makes no
//! status itself (`lotbook_rpc::status` does). Where to read first: [`Server`], then [`limits`], then
//! [`service`], one file for each `.proto`.
//!
//! ```no_run
//! # async fn example(engine: lotbook_engine::Engine) -> Result<(), lotbook_server::ServeError> {
//! let server = lotbook_server::Server::bind(engine, ([127, 0, 0, 1], 0).into()).await?;
//! println!("listening on {}", server.address());
//! server.serve(async { drop(tokio::signal::ctrl_c().await) }).await
//! # }
//! ```

// A test may panic: that is how it fails.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod limits;
pub mod serve;
pub mod service;

mod accept;
mod feed;
mod filter;
mod health;
mod page;
mod pipeline;
mod reader;
mod tiles;
mod views;
mod wire;
mod witnessing;

pub use serve::{ServeError, Server, serve};
pub use tiles::Tiles;
pub use witnessing::{Witnessing, WitnessingError};
