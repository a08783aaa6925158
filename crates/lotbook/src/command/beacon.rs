//! `beacon record`: a round of public randomness onto the ledger, from a file or from the web (draw.md 1).

use crate::cli::{Acting, Beacon};
use crate::desk::Desk;
use crate::exit::{Exit, usage};
use crate::find;
use anyhow::{Context, Result, bail};
use lotbook_draw::Hex;
use lotbook_engine::State;
use lotbook_engine::domain::ceremony::{Ceremony, Stage};
use lotbook_event::ceremony::{BeaconRecorded, FrozenBeacon};
use lotbook_event::{BeaconSignature, Bytes32};
use serde::Deserialize;

/// Longest answer that a beacon gives, in bytes; a round has some 300.
const MAX_ROUND_BYTES: usize = 16 * 1024;

/// A round as drand's public endpoints give it; what else stands there is not needed.
#[derive(Debug, Deserialize)]
struct Round {
    round: u64,
    signature: Hex<48>,
}

pub async fn run(args: Beacon) -> Result<Exit> {
    let Beacon::Record { by, file, url, draw, chain } = args;
    let bytes = match (file, url) {
        (Some(file), _) => {
            std::fs::read(&file).with_context(|| format!("failed to read {}", file.display()))?
        }
        (None, Some(url)) => fetch(url).await?,
        (None, None) => return Err(usage("name --file or --url")),
    };
    let round: Round = serde_json::from_slice(&bytes)
        .context("this is no round of a beacon: JSON with `round` and a `signature` of 96 hexadecimal digits is needed")?;
    record(&by, &round, draw.as_deref(), chain.as_deref()).await
}

async fn fetch(url: String) -> Result<Vec<u8>> {
    let fetched = tokio::task::spawn_blocking(move || lotbook_tlog::fetch(&url, MAX_ROUND_BYTES)).await?;
    Ok(fetched?)
}

async fn record(by: &Acting, round: &Round, draw: Option<&str>, chain: Option<&str>) -> Result<Exit> {
    let desk = Desk::open(by).await?;
    let ceremony = which(desk.state(), draw)?;
    let chain_hash = match chain {
        Some(hex) => Bytes32(Hex::<32>::parse(hex).context("--chain is 64 hexadecimal digits")?.0),
        None => only(ceremony)?.chain_hash,
    };
    let draw = ceremony.draw.clone();
    let about = format!("draw {draw}");
    let signature = BeaconSignature(round.signature.0);
    let event = BeaconRecorded { draw, chain_hash, round: round.round, signature };
    desk.tell(event.into(), &about, "the draw follows: `lotbook ceremony status`").await
}

/// The draw that is meant; without a name, the only one that waits for a beacon.
fn which<'a>(state: &'a State, draw: Option<&str>) -> Result<&'a Ceremony> {
    if let Some(draw) = draw {
        let draw = find::by_end("draw", draw, state.ceremonies.keys())?;
        return Ok(state.ceremony(draw)?);
    }
    let waits = |ceremony: &&Ceremony| ceremony.stage == Stage::Closed && ceremony.awaited().next().is_some();
    let waiting: Vec<_> = state.ceremonies.values().filter(waits).collect();
    match waiting.as_slice() {
        [one] => Ok(one),
        [] => bail!("no draw waits for a beacon"),
        several => {
            let names: Vec<_> = several.iter().map(|ceremony| ceremony.draw.as_str()).collect();
            Err(usage(format!("several draws wait for a beacon: {}; name one with --draw", names.join(", "))))
        }
    }
}

/// The beacon that is meant where none is named: the only one awaited; else the first, for the ledger to judge.
fn only(ceremony: &Ceremony) -> Result<&FrozenBeacon> {
    let awaited: Vec<_> = ceremony.awaited().collect();
    match (awaited.as_slice(), ceremony.beacons()) {
        ([one], _) => Ok(one),
        ([], [one, ..]) => Ok(one),
        ([], []) => bail!("draw {} takes no beacon", ceremony.draw),
        (several, _) => {
            let names: Vec<_> = several.iter().map(|one| Hex(one.chain_hash.0).to_string()).collect();
            Err(usage(format!(
                "{} waits for several chains: {}; name one with --chain",
                ceremony.draw,
                names.join(", ")
            )))
        }
    }
}
