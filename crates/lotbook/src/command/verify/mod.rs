//! `verify`: a whole log in, a verdict out; or one refusal decided again.

mod refusal;
mod text;

pub use text::{off_time, tell};

use crate::cli::Verify;
use crate::exit::{Exit, usage};
use crate::progress::Bar;
use crate::target::{Log, Target};
use crate::{given, say};
use anyhow::Result;
use lotbook_chain::EntryHash;
use lotbook_verifier::{Check, Expectations, Finding, Stopped, Verdict, Verifier, verify_all};
use std::num::NonZeroUsize;

pub async fn run(args: Verify) -> Result<Exit> {
    if let Some(files) = &args.refusal {
        return refusal::run(&args, files).await;
    }
    let expectations = expectations(&args)?;
    let target = Target::parse(args.target.as_deref().unwrap_or_default(), args.anchor.as_deref())?;
    let verdict = match target.open().await {
        Ok(log) => tokio::task::spawn_blocking(move || verdict(log, &expectations)).await?,
        Err(error) => Err(error),
    };
    let verdict = match verdict {
        Ok(verdict) => verdict,
        Err(error) => return refuted(error, args.json),
    };
    if args.json {
        say!("{}", serde_json::to_string(&verdict)?);
    } else {
        tell(&verdict);
    }
    Ok(Exit::Done)
}

/// A finding is a verdict, too; anything else kept the log from being read.
fn refuted(error: anyhow::Error, json: bool) -> Result<Exit> {
    let Some(finding) = error.downcast_ref::<Finding>() else { return Err(error) };
    if json {
        say!("{}", serde_json::json!({ "verified": false, "finding": finding }));
    } else {
        say!("REFUTED at {finding}");
    }
    Ok(Exit::Refused)
}

/// Reads and verifies a whole log on all cores.
///
/// # Errors
/// A [`Finding`], or what kept it from being read.
pub fn verdict(mut log: Log, expectations: &Expectations) -> Result<Verdict> {
    let verifier = prepared(&log, expectations);
    let verifier = follow(verifier, &mut log.entries, log.total)?;
    conclude(&verifier, &log, expectations)
}

/// A verifier that knows what it will be asked at the end.
fn prepared(log: &Log, expectations: &Expectations) -> Verifier {
    let mut verifier = Verifier::default();
    for note in log.newest.iter().chain(&log.published) {
        verifier.ask_about(note, expectations.policy.as_ref());
    }
    verifier
}

/// Feeds entries to a verifier on all cores.
fn follow(
    verifier: Verifier,
    entries: impl Iterator<Item = Result<Vec<u8>>> + Send,
    total: Option<u64>,
) -> Result<Verifier> {
    let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let bar = Bar::of("verifying", total);
    let verified = verify_all(verifier, entries, threads, &mut |done| bar.at(done));
    bar.end();
    verified.map_err(|stopped| match stopped {
        Stopped::Finding(finding) => finding.into(),
        Stopped::Source(error) => error,
    })
}

/// The verdict over what was fed: the newest head first, then what was published, which witnesses have seen.
fn conclude(verifier: &Verifier, log: &Log, expectations: &Expectations) -> Result<Verdict> {
    let size = verifier.state().head.size;
    if let Some(signed) = log.newest.as_deref().and_then(|note| crate::static_log::stated(note).ok())
        && signed.size > size
    {
        let what = format!(
            "the log ends at {size} entries, a head of {} is signed: its end was cut off",
            signed.size
        );
        return Err(Finding::new(size, Check::Journal, what).into());
    }
    let newest =
        verifier.finish(log.newest.as_deref(), &Expectations { policy: None, ..expectations.clone() })?;
    if log.published == log.newest && expectations.policy.is_none() {
        return Ok(newest);
    }
    match (&log.published, &expectations.policy) {
        (None, None) => Ok(newest),
        (published, _) => Ok(verifier.finish(published.as_deref(), expectations)?),
    }
}

fn expectations(args: &Verify) -> Result<Expectations> {
    let vkey = args.vkey.as_deref().map(|text| given::vkey("--vkey", text)).transpose()?;
    let policy = args.policy.as_deref().map(given::policy).transpose()?;
    let head = args
        .head
        .as_deref()
        .map(|hex| EntryHash::from_hex(hex).ok_or_else(|| usage("--head is not 64 lower-case hex digits")));
    Ok(Expectations { vkey, at_least: args.at_least, head: head.transpose()?, policy })
}
