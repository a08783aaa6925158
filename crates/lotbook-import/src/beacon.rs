//! The beacons of an office file: the public chain by its name, or a chain of one's own with its facts.

use lotbook_draw::Hex;
use lotbook_draw::beacon::{MIN_DELTA_S, QUICKNET, QUICKNET_ORIGIN, SCHEME};
use lotbook_event::registry::BeaconChain;
use lotbook_event::{BeaconKey, Bytes32};
use serde::Deserialize;

use crate::report::Problem;
use crate::toml_file::{only, text};

/// `rule_set.beacon`: `none`, a name, or a list of names.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Beacons {
    One(String),
    Several(Vec<String>),
}

/// A chain as drand's `info` endpoint describes it, with the name that `rule_set.beacon` uses.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BeaconToml {
    name: String,
    hash: String,
    public_key: String,
    genesis_time: u64,
    period: u32,
    group_hash: String,
    beacon_id: String,
    #[serde(default = "scheme")]
    scheme: String,
}

fn scheme() -> String {
    SCHEME.to_owned()
}

/// The chains that a rule set names, in its order.
pub(crate) fn beacons(
    named: Option<&Beacons>,
    delta: Option<u32>,
    known: &[BeaconToml],
) -> Result<Vec<BeaconChain>, Problem> {
    let names: Vec<&str> = match named {
        None => vec![],
        Some(Beacons::One(name)) if name == "none" => vec![],
        Some(Beacons::One(name)) => vec![name],
        Some(Beacons::Several(names)) => names.iter().map(String::as_str).collect(),
    };
    let delta = delta.unwrap_or(300);
    if u64::from(delta) < MIN_DELTA_S {
        let because = format!("a round must come at least {MIN_DELTA_S} s after the reveals");
        return Err(Problem::new("rule_set.delta_seconds", delta.to_string(), because, "raise it"));
    }
    names.into_iter().map(|name| chain(name, delta, known)).collect()
}

fn chain(name: &str, delta: u32, known: &[BeaconToml]) -> Result<BeaconChain, Problem> {
    if let Some(own) = known.iter().find(|beacon| beacon.name == name) {
        return described(own, delta);
    }
    if name != QUICKNET_ORIGIN.beacon_id {
        let because = "it is neither `none`, `quicknet`, nor the name of a [[beacon]] of this file";
        return Err(Problem::new("rule_set.beacon", name, because, "describe the chain in a [[beacon]]"));
    }
    Ok(BeaconChain {
        chain_hash: Bytes32(QUICKNET.chain_hash),
        public_key: BeaconKey(QUICKNET.public_key),
        genesis: QUICKNET.genesis_s,
        period: u32::try_from(QUICKNET.period_s).unwrap_or(u32::MAX),
        group_hash: Bytes32(*QUICKNET_ORIGIN.group_hash),
        beacon_id: text("rule_set.beacon", name)?,
        delta,
    })
}

fn described(own: &BeaconToml, delta: u32) -> Result<BeaconChain, Problem> {
    only("beacon.scheme", &own.scheme, SCHEME)?;
    Ok(BeaconChain {
        chain_hash: Bytes32(bytes("beacon.hash", &own.hash)?),
        public_key: BeaconKey(bytes("beacon.public_key", &own.public_key)?),
        genesis: own.genesis_time,
        period: own.period,
        group_hash: Bytes32(bytes("beacon.group_hash", &own.group_hash)?),
        beacon_id: text("beacon.beacon_id", &own.beacon_id)?,
        delta,
    })
}

fn bytes<const N: usize>(key: &str, found: &str) -> Result<[u8; N], Problem> {
    let because = || format!("it is not {N} bytes in lower-case hexadecimal");
    let parsed = Hex::parse(found).map(|Hex(bytes)| bytes);
    parsed.ok_or_else(|| Problem::new(key, found, because(), "copy it from the chain's own description"))
}
