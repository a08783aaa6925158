//! `demo`: see [`crate::demo`].

use crate::cli::Demo;
use crate::exit::Exit;
use anyhow::Result;

pub async fn run(args: Demo) -> Result<Exit> {
    crate::demo::run(args).await
}
