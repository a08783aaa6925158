//! Asking all witnesses of a policy at once, for as long as it takes to have a quorum.

use super::client::{WitnessClient, WitnessError};
use crate::source::{LocationError, Prefix};
use lotbook_chain::{
    Cosignature, CosignerKey, NoteSignature, Policy, TreeHash, add_signatures, cosignatures,
};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread::Builder;
use std::time::{Duration, Instant};

/// After a quorum is reached, time for those who are nearly done: a cosignature more is worth a moment.
const GRACE: Duration = Duration::from_millis(250);

/// A checkpoint and what its witnesses said.
#[derive(Debug)]
pub struct Gathered<E> {
    /// The note with the good cosignatures that came.
    pub note: String,
    /// Whether they are a quorum of the policy.
    pub quorum: bool,
    /// The good cosignatures by the witnesses of the policy, in the note's order.
    pub cosignatures: Vec<Cosignature>,
    /// Those who gave none.
    pub failures: Vec<Failure<E>>,
}

/// A witness that gave no cosignature.
#[derive(Debug)]
pub struct Failure<E> {
    /// Whose it would have been.
    pub witness: CosignerKey,
    /// Why; none if no answer came in time. It may still come, and is then only remembered as a size.
    pub error: Option<WitnessError<E>>,
}

/// Gives the consistency proof to the checkpoint from a size not above it.
pub type Prover<E> = Arc<dyn Fn(u64) -> Result<Vec<TreeHash>, E> + Send + Sync>;

/// Which of the clients, and what came of it.
type Answer<E> = (usize, Result<(NoteSignature, Cosignature), WitnessError<E>>);

/// A client for each witness of the policy that has a URL.
///
/// # Errors
/// [`LocationError`] if a URL is none.
pub fn clients(policy: &Policy) -> Result<Vec<Arc<WitnessClient>>, LocationError> {
    let asked = policy.witnesses().iter().filter_map(|witness| Some((witness.url.as_ref()?, &witness.key)));
    asked.map(|(url, key)| Ok(Arc::new(WitnessClient::new(url.parse::<Prefix>()?, key.clone())))).collect()
}

/// Asks every witness that has not cosigned the note yet, each on a thread of its own.
///
/// Returns when all have answered, a short while after the quorum is reached, or when `patience` is over. A
/// thread whose answer nobody waits for ends with its own time ([`crate::Patience`]); its witness is busy
/// until then.
pub fn gather<E: Send + 'static>(
    clients: &[Arc<WitnessClient>],
    policy: &Policy,
    note: &str,
    size: u64,
    prove: &Prover<E>,
    patience: Duration,
) -> Gathered<E> {
    let mut gathering = Gathering::begin(policy, note);
    let asked: Vec<_> = clients.iter().filter(|client| !gathering.has(client.key())).collect();
    let answers = ask_all(&asked, note, size, prove);
    let mut errors: Vec<Option<WitnessError<E>>> = asked.iter().map(|_| None).collect();
    let (mut end, mut is_grace) = (Instant::now() + patience, false);
    loop {
        if !is_grace && gathering.quorum() {
            is_grace = true;
            end = end.min(Instant::now() + GRACE);
        }
        let left = end.saturating_duration_since(Instant::now());
        // Also once all have answered: the senders are gone.
        let Ok((place, answer)) = answers.recv_timeout(left) else { break };
        let added = answer.and_then(|(line, cosignature)| gathering.add(line, cosignature));
        if let (Err(error), Some(slot)) = (added, errors.get_mut(place)) {
            *slot = Some(error);
        }
    }
    let silent = asked.iter().zip(errors).filter(|(client, _)| !gathering.has(client.key()));
    let failures = silent.map(|(client, error)| Failure { witness: client.key().clone(), error }).collect();
    let quorum = gathering.quorum();
    Gathered { note: gathering.note, quorum, cosignatures: gathering.good, failures }
}

fn ask_all<E: Send + 'static>(
    asked: &[&Arc<WitnessClient>],
    note: &str,
    size: u64,
    prove: &Prover<E>,
) -> Receiver<Answer<E>> {
    let (answer, answers) = channel();
    for (place, client) in asked.iter().enumerate() {
        let (client, note, prove) = (Arc::clone(client), note.to_owned(), Arc::clone(prove));
        let answer = answer.clone();
        let asking = Builder::new().name("witness".into()).spawn(move || {
            // Nobody waits any longer if this fails.
            let _ = answer.send((place, client.add_checkpoint(&note, size, &*prove)));
        });
        if let Err(error) = asking {
            tracing::warn!(%error, "failed to start a thread to ask a witness");
        }
    }
    answers
}

/// The note as it grows.
struct Gathering<'p> {
    policy: &'p Policy,
    note: String,
    good: Vec<Cosignature>,
}

impl<'p> Gathering<'p> {
    fn begin(policy: &'p Policy, note: &str) -> Self {
        let keys: Vec<CosignerKey> = policy.witnesses().iter().map(|witness| witness.key.clone()).collect();
        // A note with a bad line is refused by every witness and by every reader: nothing in it counts.
        let good = cosignatures(note, &keys).unwrap_or_default();
        Self { policy, note: note.to_owned(), good }
    }

    fn has(&self, key: &CosignerKey) -> bool {
        self.good.iter().any(|good| good.witness == *key)
    }

    fn quorum(&self) -> bool {
        let keys: Vec<&CosignerKey> = self.good.iter().map(|good| &good.witness).collect();
        self.policy.is_quorum(&keys)
    }

    fn add<E>(&mut self, line: NoteSignature, cosignature: Cosignature) -> Result<(), WitnessError<E>> {
        self.note = add_signatures(&self.note, &[line]).map_err(WitnessError::Note)?;
        self.good.push(cosignature);
        Ok(())
    }
}
