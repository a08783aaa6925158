//! Refusals of one key beyond the limit of an hour: all answered, sixty recorded, the rest counted (ledger.md 1).

use crate::world::{World, refused};
use lotbook::command::reading;
use lotbook::keyfile;
use lotbook_chain::sign::statement_message;
use lotbook_chain::{Entry, Instant, KeyId, Position, Sealed, Signature, SigningKey, StatementHash};
use lotbook_client::ClientError;
use lotbook_domain::derive;
use lotbook_domain::refusals::{REFUSALS_PER_KEY_AND_HOUR, end_of_hour, hour_of};
use lotbook_event::keys::Role;
use lotbook_event::oversight::{RefusalCount, RefusalsCounted, StatementRefused};
use lotbook_event::plan::{PlanAdopted, PlanPublished};
use lotbook_event::{Date, Event, PlanId, Text};
use lotbook_verifier::{Check, Expectations, Finding, Verifier};

const LIMIT: usize = REFUSALS_PER_KEY_AND_HOUR as usize;

/// What no publisher may state: refused each time, with a code of its own for every third.
fn nonsense(n: usize) -> Event {
    let published_on = Date::new("2026-02-01").unwrap();
    match n % 3 {
        0 => PlanAdopted { plan: PlanId::new("P-NONE").unwrap(), adopted_on: published_on }.into(),
        _ => PlanPublished { plan: PlanId::new("P-NONE").unwrap(), published_on }.into(),
    }
}

/// States nonsense so many times; every answer has a code and a receipt for exactly these bytes.
async fn nag(world: &mut World, key: &str, times: usize) {
    for n in 0..times {
        let statement = world.statement(Role::Publisher, None, nonsense(n));
        let answer = world.client.submit(&world.key(key), &statement).await;
        if let Err(ClientError::Refused(said)) = &answer {
            let receipt = said.receipt.as_ref().expect("no verified receipt");
            assert_eq!(receipt.statement_hash, StatementHash::of(&statement.encode()).0);
        }
        assert!(!refused(answer).found.is_empty());
    }
    world.follow().await;
}

fn recorded(world: &World, author: KeyId) -> usize {
    world.replica.state().refusals.recorded.iter().filter(|(_, _, e)| e.author == author).count()
}

fn counted(world: &World, author: KeyId) -> Vec<(Instant, u64)> {
    let counted = world.replica.state().refusals.counted.iter().filter(|(_, _, e)| e.author == author);
    counted.map(|(_, _, e)| (e.hour, e.refusals.iter().map(|row| row.count).sum())).collect()
}

/// Moves to the begin of the next hour.
async fn next_hour(world: &mut World) {
    let seconds = (end_of_hour(hour_of(world.now)).0 - world.now.0) / Instant::SECOND;
    world.wait(seconds).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_hundred_refusals_in_an_hour_sixty_are_recorded_and_the_rest_is_one_summary() {
    let mut world = World::new().await;
    next_hour(&mut world).await;
    let (hour, publisher) = (world.now, world.key("publisher").public().key_id());
    nag(&mut world, "publisher", 200).await;
    assert_eq!((recorded(&world, publisher), counted(&world, publisher)), (LIMIT, vec![]));
    // Another key in the same hour has its own limit.
    let another = world.statement(Role::Handler, None, nonsense(1));
    let answer = world.client.submit(&world.key("handler"), &another).await;
    assert_eq!(refused(answer).reason, "ROLE_NOT_HELD");
    world.follow().await;
    assert_eq!(recorded(&world, world.key("handler").public().key_id()), 1);
    world.wait(3_599).await;
    assert_eq!(counted(&world, publisher), [], "the hour runs");
    world.wait(1).await;
    assert_eq!(counted(&world, publisher), [(hour, 140)]);
    let (_, at, summary) = world.replica.state().refusals.counted.last().unwrap().clone();
    let codes: Vec<_> = summary.refusals.iter().map(|row| (row.code.as_str(), row.count)).collect();
    assert_eq!((at, codes.len()), (world.now, 2), "{codes:?}");
    assert!(codes[0].0 < codes[1].0);
    // The next hour records again.
    nag(&mut world, "publisher", 1).await;
    assert_eq!(recorded(&world, publisher), LIMIT + 1);
    let verdict = world.replica.finish(None, &Expectations::default()).unwrap();
    assert_eq!(verdict.refusals, verdict.events["StatementRefused"] + 140);
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clean_stop_states_what_is_counted_and_the_hour_stays_full_after_it() {
    let mut world = World::new().await;
    next_hour(&mut world).await;
    let (hour, publisher) = (world.now, world.key("publisher").public().key_id());
    nag(&mut world, "publisher", LIMIT + 2).await;
    let mut world = world.restart().await;
    assert_eq!(counted(&world, publisher), [(hour, 2)]);
    nag(&mut world, "publisher", 3).await;
    assert_eq!(recorded(&world, publisher), LIMIT);
    next_hour(&mut world).await;
    assert_eq!(counted(&world, publisher), [(hour, 2), (hour, 3)]);
    world.verify().await;
}

/// A log with a full hour of the publisher's, and the ledger's own key.
struct Full {
    entries: Vec<Vec<u8>>,
    system: SigningKey,
    publisher: KeyId,
    handler: KeyId,
    now: Instant,
}

async fn full() -> Full {
    let mut world = World::new().await;
    next_hour(&mut world).await;
    nag(&mut world, "publisher", LIMIT).await;
    let (publisher, handler) =
        (world.key("publisher").public().key_id(), world.key("handler").public().key_id());
    let (data, now) = (world.data.clone(), world.now);
    world.serving.stop().await.unwrap();
    let system = keyfile::read(&data.key("system")).unwrap();
    Full { entries: reading::of_data_dir(&data).unwrap().entries, system, publisher, handler, now }
}

impl Full {
    /// What a verifier says when the ledger states this at the end, with good hashes and signature.
    fn with(&self, event: impl Into<Event>, at: Instant) -> Result<u64, Finding> {
        let mut verifier = Verifier::new([]);
        self.entries.iter().for_each(|entry| verifier.entry(entry).unwrap());
        let head = verifier.state().head.clone();
        let statement = derive(head.hash, 0, at, event.into());
        let mut entry = Entry {
            position: Position(head.size),
            recorded_at: at,
            previous: head.hash,
            author: self.system.public().key_id(),
            signature: Signature([0; 64]),
            statement: statement.encode(),
        };
        let message = statement_message(verifier.state().ledger(), &entry.statement);
        entry.signature = self.system.sign(&message);
        verifier.entry(&Sealed::seal(entry, statement).unwrap().bytes)?;
        Ok(verifier.finish(None, &Expectations::default())?.refusals)
    }

    fn is_found(&self, event: impl Into<Event>, at: Instant, words: &str) {
        let found = self.with(event, at).expect_err(words);
        let end = self.entries.len() as u64;
        assert_eq!((found.position, found.check), (end, Check::Derived), "{found}");
        assert!(found.what.contains(words), "{words} is not in: {found}");
    }

    fn summary(&self, hour: Instant, rows: &[(&str, u64)]) -> RefusalsCounted {
        let row =
            |(code, count): &(&str, u64)| RefusalCount { code: Text::new(*code).unwrap(), count: *count };
        RefusalsCounted { author: self.publisher, hour, refusals: rows.iter().map(row).collect() }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_record_beyond_the_limit_is_found() {
    let log = full().await;
    let refusal = |author| StatementRefused {
        author,
        event: Text::new("PlanPublished").unwrap(),
        code: Text::new("UNKNOWN_SUBJECT").unwrap(),
        article: 0,
        statement_hash: StatementHash([5; 32]),
    };
    log.is_found(refusal(log.publisher), log.now, "beyond the 60 that one hour records");
    let before = log.with(refusal(log.handler), log.now).unwrap();
    assert_eq!(before, log.with(refusal(log.handler), log.now.plus_seconds(60)).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_summary_is_found() {
    let log = full().await;
    let (hour, one) = (hour_of(log.now), [("INVALID_VALUE", 1)]);
    let good = log.summary(hour, &[("INVALID_VALUE", 2), ("NO_ADOPTED_PLAN", 1)]);
    let already = log.with(good.clone(), log.now).unwrap();
    assert!(already >= LIMIT as u64 + 3);
    let recorded_first = "60 that are recorded first";
    log.is_found(RefusalsCounted { author: log.handler, ..good.clone() }, log.now, recorded_first);
    log.is_found(log.summary(hour.plus_seconds(-3_600), &one), log.now, recorded_first);
    log.is_found(log.summary(hour.plus_seconds(1), &one), log.now, "is no hour that has begun");
    log.is_found(log.summary(end_of_hour(hour), &one), log.now, "is no hour that has begun");
    log.is_found(RefusalsCounted { author: KeyId([3; 32]), ..good }, log.now, "has no key here");
    log.is_found(log.summary(hour, &[]), log.now, "a count of no refusals");
    log.is_found(log.summary(hour, &[("WHIM", 1)]), log.now, "WHIM is no refusal");
    log.is_found(log.summary(hour, &[("INVALID_VALUE", 0)]), log.now, "no refusal by INVALID_VALUE");
    let unordered = [("NO_ADOPTED_PLAN", 1), ("INVALID_VALUE", 1)];
    log.is_found(log.summary(hour, &unordered), log.now, "do not ascend");
    let twice = [("INVALID_VALUE", 1), ("INVALID_VALUE", 1)];
    log.is_found(log.summary(hour, &twice), log.now, "do not ascend");
}
