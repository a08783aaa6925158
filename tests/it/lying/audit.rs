//! The verifier and the monitor: what each says of the log as it is shown, and of what it has seen before.

use super::files::Files;
use super::scene::Scene;
use super::verdict::{Said, decided};
use lotbook_chain::{Contradiction, TreeHash, frontier, prove_consistency};
use lotbook_tlog::{LogReader, ReadError, Source};
use lotbook_verifier::{
    Alarm, Check, Expectations, Finding, Kept, Monitor, RefusalClaim, Verifier, refusal_verdict,
};
use std::sync::Arc;

type Entries<'a> = Box<dyn Iterator<Item = Result<(u64, Vec<u8>), ReadError>> + 'a>;

/// The verifier over entries and checkpoint, as they lie in a data directory.
pub fn of_entries(scene: &Scene) -> Said {
    let entries = (0..).zip(scene.liar.lie.entries.iter().cloned()).map(Ok);
    said(verify(scene, Box::new(entries)))
}

/// The verifier over tiles.
pub fn of_tiles(scene: &Scene) -> Said {
    let source = source(scene);
    let head = match lotbook::static_log::stated(&scene.liar.lie.note) {
        Ok(head) => head,
        Err(error) => return Said::refuses("Checkpoint", Some(0), error),
    };
    said(verify(scene, Box::new(LogReader::new(source, head).entries(0))))
}

fn verify(scene: &Scene, entries: Entries<'_>) -> Result<(), Said> {
    let note = &scene.liar.lie.note;
    let kept = scene.verifier_saw.map(|size| scene.truth.note_of(size));
    let claim = scene.claim();
    let mut verifier = Verifier::default();
    verifier.ask_about(note, None);
    kept.iter().for_each(|kept| verifier.ask_about(kept, None));
    claim.iter().for_each(|claim| verifier.ask_about_refusal(claim));
    let mut claim = claim;
    for entry in entries {
        let (position, bytes) = entry.map_err(unread)?;
        if let Some(claim) = claim.take_if(|claim| claim.receipt.position.0 == position) {
            decide(&verifier, Some(&bytes), &claim)?;
        }
        verifier.entry(&bytes)?;
    }
    if let Some(claim) = claim {
        decide(&verifier, None, &claim)?;
    }
    let known = Expectations { vkey: Some(scene.truth.vkey()), ..Expectations::default() };
    for note in [note].into_iter().chain(&kept) {
        verifier.finish(Some(note), &known)?;
    }
    Ok(())
}

/// The monitor that looks at the tiles, as the program does; it may have seen an honest head before.
pub fn monitor(scene: &Scene, saw: Option<usize>) -> Said {
    let kept = saw.map(|size| scene.truth.note_of(size));
    let monitor = Monitor::new(scene.truth.vkey(), None, kept.as_deref()).unwrap();
    said(look(scene, monitor))
}

fn look(scene: &Scene, mut monitor: Monitor) -> Result<(), Said> {
    let (source, note) = (source(scene), &scene.liar.lie.note);
    let mut claim = scene.claim();
    claim.iter().for_each(|claim| monitor.ask_about_refusal(claim));
    let prove = |size: u64, head: &Kept| prove(source.clone(), size, head);
    let ahead = monitor.head(note, prove).map_err(|alarm| proved(scene, alarm))?;
    let ahead = ahead.expect("nothing was fed before");
    for entry in LogReader::new(source.clone(), ahead.head.checkpoint.clone()).entries(ahead.from) {
        let (position, bytes) = entry.map_err(unread)?;
        if let Some(claim) = claim.take_if(|claim| claim.receipt.position.0 == position) {
            decide(monitor.verifier(), Some(&bytes), &claim)?;
        }
        monitor.entry(&bytes).map_err(|alarm| proved(scene, alarm))?;
    }
    if let Some(claim) = claim {
        decide(monitor.verifier(), None, &claim)?;
    }
    monitor.settle(ahead).map(|_| ()).map_err(|alarm| proved(scene, alarm))
}

/// The root at an earlier size, and the proof from there, out of the tiles that are served now.
fn prove(source: Arc<dyn Source>, size: u64, head: &Kept) -> Option<(TreeHash, Vec<TreeHash>)> {
    let tiles = LogReader::new(source, head.checkpoint.clone());
    let root = frontier(&tiles, size).ok()?.root();
    Some((root, prove_consistency(&tiles, size, head.checkpoint.size).ok()?))
}

/// A contradiction proves itself to others, also from its file.
fn proved(scene: &Scene, alarm: Alarm) -> Said {
    if let Alarm::Contradiction(proof) = &alarm {
        let file = proof.to_string();
        let read: Contradiction = file.parse().unwrap();
        assert_eq!((&read, read.to_string()), (proof.as_ref(), file));
        let (first, second) = read.verify(&scene.truth.vkey()).unwrap();
        assert!(first.size <= second.size && first.root != second.root);
    }
    alarm.into()
}

/// Decides a refusal again; what is wrong with it names its position.
pub fn decide(log: &Verifier, next: Option<&[u8]>, claim: &RefusalClaim) -> Result<(), Said> {
    decided(refusal_verdict(log, next, claim)?, claim.receipt.position.0)
}

/// Files that lead nowhere refute the log; files that cannot be read refute nothing.
fn unread(error: ReadError) -> Said {
    match error {
        ReadError::Bad { position, what } => Finding::new(position, Check::Tiles, what.to_string()).into(),
        other => Said::refuses("Unreadable", None, other),
    }
}

fn source(scene: &Scene) -> Arc<dyn Source> {
    Arc::new(Files { history: scene.liar.lie.clone(), bent: scene.liar.files.clone() })
}

fn said(looked: Result<(), Said>) -> Said {
    looked.err().unwrap_or(Said::Accepts)
}
