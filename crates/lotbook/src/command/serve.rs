//! `serve`: a ledger over gRPC, its tiles over HTTP, and its witnesses asked.

use crate::cli::Serve;
use crate::config::Config;
use crate::data_dir::DataDir;
use crate::exit::Exit;
use crate::say;
use crate::serving::{Doors, Serving};
use anyhow::Result;
use lotbook_engine::Publishing;
use std::net::SocketAddr;

/// Where gRPC is served if nobody says otherwise: this machine only.
const LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 7710);

pub async fn run(args: Serve) -> Result<Exit> {
    let config = Config::read(args.config.as_deref())?;
    let policy = config.policy()?;
    let data = DataDir::new(&args.data, args.anchor.or(config.anchor).as_deref());
    let waits_for = policy.as_ref().map(lotbook_chain::Policy::in_words);
    let engine = data.engine(args.simulated, policy.map_or(Publishing::AtOnce, Publishing::Witnessed))?;
    let grpc = args.listen.or(config.listen).unwrap_or(LISTEN);
    let serving = Serving::start(engine, Doors { grpc, http: args.http.or(config.http) }).await?;
    say!("serving {} entries on {}", serving.engine.size(), serving.url);
    if let Some(tiles) = &serving.tiles {
        say!("checkpoint and tiles on {tiles}");
    }
    if let Some(quorum) = waits_for {
        say!("published once cosigned by {quorum}; {} entries are", serving.engine.published_size());
    }
    serving.until_told().await?;
    Ok(Exit::Done)
}
