//! `serve`: a ledger over gRPC.

use crate::cli::Serve;
use crate::data_dir::DataDir;
use crate::exit::Exit;
use crate::say;
use crate::serving::Serving;
use anyhow::Result;

pub async fn run(args: Serve) -> Result<Exit> {
    let data = DataDir::new(&args.data, args.anchor.as_deref());
    let engine = data.engine(args.simulated, lotbook_engine::Publishing::AtOnce)?;
    let serving = Serving::start(engine, args.listen).await?;
    say!("serving {} entries on {}", serving.engine.size(), serving.url);
    serving.until_told().await?;
    Ok(Exit::Done)
}
