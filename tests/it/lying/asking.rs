//! The client, over a real connection to the liar: it asks, one thing after the other, and says what it thinks.

use super::audit::decide;
use super::history::History;
use super::keys::author;
use super::liar::Liar;
use super::place::Places;
use super::scene::Scene;
use super::server::Server;
use super::verdict::Said;
use crate::tamper::played::played;
use lotbook_chain::entry::entry_hash;
use lotbook_client::{Client, ClientError, Cursor, SignedStatement, TrustRoot, Verified};
use lotbook_verifier::{RefusalClaim, Verifier};
use tokio_stream::StreamExt;

/// A client, and where its subscription stands.
struct Asking<'a> {
    client: Client,
    scene: &'a Scene,
    cursor: Option<Cursor>,
}

/// What the client says in the end; everything it asks for before the last thing must be given.
pub async fn client(scene: &Scene) -> Said {
    let (first, everything) = (&scene.first, ["everything".to_owned()]);
    let server = Server::start(scene.before());
    let truth = &scene.truth;
    let trust = TrustRoot {
        origin: truth.origin.clone(),
        ledger_id: entry_hash(&truth.entries[0]).into(),
        vkey: truth.vkey(),
    };
    let client = match Client::connect(&server.url, trust).await {
        Ok(client) => client,
        Err(error) => return error.into(),
    };
    let client = match scene.client_saw {
        Some(size) => client.after(truth.head_of(size)),
        None => client,
    };
    let mut asking = Asking { client, scene, cursor: None };
    for what in first {
        asking.ask(what).await.unwrap_or_else(|said| panic!("it asked for {what}, first of all: {said}"));
    }
    server.say(scene.liar.clone());
    let asks = if scene.asks.is_empty() { &everything[..] } else { &scene.asks };
    let (last, before) = asks.split_last().expect("it asks for something");
    for what in before {
        asking.ask(what).await.unwrap_or_else(|said| panic!("it asked for {what}: {said}"));
    }
    match asking.ask(last).await {
        Ok(()) => Said::Accepts,
        Err(said) => asking.stays(said).await,
    }
}

impl Scene {
    /// What the server says when the client comes: the truth if the client is to ask for something first, or as
    /// long as the statement that is refused has not been made.
    fn before(&self) -> Liar {
        match &self.refusing {
            Some(refusing) => {
                let log = History::of(self.truth.entries[..refusing.position()].to_vec());
                Liar::of(log.clone(), log)
            }
            None if self.first.is_empty() => self.liar.clone(),
            None => self.liar.honest(),
        }
    }
}

impl Asking<'_> {
    /// A head that is not proved stays so: nothing of the ledger is believed until it is.
    async fn stays(&self, said: Said) -> Said {
        if said.is("Inconsistent|Unproved", None) {
            let again = self.client.checkpoint().await;
            assert!(
                matches!(again, Err(ClientError::Untrustworthy(_))),
                "asked again, it believes: {again:?}"
            );
        }
        said
    }

    async fn ask(&mut self, what: &str) -> Result<(), Said> {
        let (client, places) = (&self.client, self.scene.places);
        let at = |word: &str| Places::at(&places, word) as u64;
        match *what.split(' ').collect::<Vec<_>>().as_slice() {
            ["everything"] => self.entries(0, None).await?,
            ["the", "entries", "from", a, "to", b] => self.entries(at(a), Some(at(b))).await?,
            ["the", "head"] => drop(client.checkpoint().await?),
            ["the", "heads"] => drop(client.published().await?),
            ["entry", a] => drop(client.entry(at(a)).await?),
            ["the", "receipt", "of", a, "under", "the", "published", "head"] => {
                let note = client.published().await?.witnessed_note.expect("a head is published");
                client.receipt_under(at(a), &note).await?;
            }
            ["a", "proof", "from", a, "to", b] => {
                let head = |place: &str| self.scene.truth.head_of(places.at(place));
                client.prove_consistency(&head(a), &head(b)).await?;
            }
            ["the", "subscription", "from", a] => self.subscription(Cursor::at(at(a))).await?,
            ["the", "rest", "of", "the", "subscription"] => {
                let cursor = self.cursor.clone().expect("there was a subscription");
                self.subscription(cursor).await?;
            }
            ["the", "record", "of", a] => {
                drop(client.submit_signed(&statement(places.at(a))).await?);
            }
            ["the", "records", "of", a, "and", b] => self.stream([places.at(a), places.at(b)]).await?,
            ["the", "ledger's", "answer"] => self.answer().await?,
            _ => panic!("the client cannot ask for {what}"),
        }
        Ok(())
    }

    async fn entries(&self, from: u64, to: Option<u64>) -> Result<(), Said> {
        let mut entries = self.client.entries(from, to).await?;
        while let Some(entry) = entries.next().await {
            entry?;
        }
        Ok(())
    }

    async fn subscription(&mut self, cursor: Cursor) -> Result<(), Said> {
        let mut events = self.client.resume(cursor).await?;
        while let Some(item) = events.next().await {
            self.cursor = Some(events.cursor().clone());
            if let Verified::CaughtUp { .. } = item? {
                break;
            }
        }
        Ok(())
    }

    async fn stream(&self, positions: [usize; 2]) -> Result<(), Said> {
        let statements = tokio_stream::iter(positions.map(statement));
        let mut answers = self.client.submit_stream(statements).await?;
        while let Some(answered) = answers.next().await {
            answered?.result?;
        }
        Ok(())
    }

    /// States what the ledger refuses; a refusal with the ledger's word is decided again, on the entries that
    /// the ledger itself hands out.
    async fn answer(&self) -> Result<(), Said> {
        let signed = self.scene.refused().signed();
        let error = match self.client.submit_signed(&signed).await {
            Ok(_) => return Ok(()),
            Err(error) => error,
        };
        let claim = match (&error, self.scene.claim()) {
            (ClientError::Refused(refused), Some(claim)) if refused.receipt.is_some() => claim,
            _ => return Err(error.into()),
        };
        self.decide_again(&claim).await
    }

    async fn decide_again(&self, claim: &RefusalClaim) -> Result<(), Said> {
        let mut verifier = Verifier::default();
        verifier.ask_about_refusal(claim);
        let mut entries = self.client.entries(0, None).await?;
        while let Some(entry) = entries.next().await {
            let entry = entry?;
            if entry.position() == claim.receipt.position {
                return decide(&verifier, Some(&entry.bytes), claim);
            }
            verifier.entry(&entry.bytes)?;
        }
        decide(&verifier, None, claim)
    }
}

/// What an entry states, as its author signed it.
fn statement(position: usize) -> SignedStatement {
    let (entry, _) = &played().decoded[position];
    SignedStatement {
        statement: entry.statement.clone(),
        author: author(position).public(),
        signature: entry.signature,
    }
}
