//! Sessions with a witness: requests in order, each with the status that tlog-witness says.

use super::case::{Case, What};
use super::corpus::Corpus;
use super::log::Log;
use lotbook_chain::{AddCheckpoint, SigningKey, TreeHash, sign_note};

struct Session<'c> {
    corpus: &'c mut Corpus,
    name: &'static str,
    vkey: String,
    requests: usize,
}

impl Session<'_> {
    /// The next request and its answer.
    fn asks(&mut self, change: &str, request: impl ToString, status: &str) {
        self.requests += 1;
        let name = format!("sessions/{}/{:02}-{change}", self.name, self.requests);
        let file = self.corpus.file(&name, request.to_string());
        let what = What::Witness {
            status: status.to_owned(),
            session: self.name.to_owned(),
            vkey: self.vkey.clone(),
            file,
        };
        self.corpus.cases.push(Case { accept: true, change: change.to_owned(), what });
    }
}

fn request(log: &Log, old: u64, new: u64) -> AddCheckpoint {
    AddCheckpoint { old, proof: log.consistency(old, new), checkpoint: log.head(new) }
}

pub fn add(corpus: &mut Corpus, log: &Log) {
    let vkey = log.vkey().to_string();
    let mut session = Session { corpus, name: "first", vkey: vkey.clone(), requests: 0 };
    grows(&mut session, log);
    refuses(&mut session, log);
    session.asks("after-all-refusals", request(log, 600, 70_000), "200");
    let mut session = Session { corpus, name: "empty", vkey, requests: 0 };
    begins_empty(&mut session, log);
}

fn grows(session: &mut Session<'_>, log: &Log) {
    session.asks("first", request(log, 0, 1), "200");
    session.asks("from-nothing-again", request(log, 0, 3), "409:1");
    for (old, new) in [(1, 2), (2, 255), (255, 256), (256, 257), (257, 300)] {
        session.asks("grows", request(log, old, new), "200");
    }
    session.asks("same-size-again", request(log, 300, 300), "200");
    session.asks("old-behind", request(log, 256, 600), "409:300");
    session.asks("old-ahead", request(log, 512, 600), "409:300");
    session.asks("smaller", request(log, 200, 256), "409:300");
    let smaller = AddCheckpoint { old: 300, ..request(log, 200, 256) };
    session.asks("old-larger-than-new", smaller, "400");
    session.asks("grows", request(log, 300, 600), "200");
}

/// From 600 on nothing is cosigned.
fn refuses(session: &mut Session<'_>, log: &Log) {
    let good = request(log, 600, 700);
    let key = || SigningKey::from_seed(&log.key.seed());
    let other = Log::new(&log.origin, key(), log.entries[1..800].to_vec());
    session.asks("another-tree-of-this-size", request(&other, 600, 600), "422");
    session.asks("another-tree", request(&other, 600, 700), "422");
    let changed = |change: fn(&mut Vec<TreeHash>)| {
        let mut request = good.clone();
        change(&mut request.proof);
        request
    };
    session.asks("proof-bit", changed(|proof| proof[0].0[0] ^= 1), "422");
    session.asks("proof-short", changed(|proof| proof.truncate(proof.len() - 1)), "422");
    session.asks("proof-long", changed(|proof| proof.push(proof[0])), "422");
    session.asks("no-proof", changed(Vec::clear), "422");
    session.asks("63-hashes", changed(|proof| proof.resize(63, proof[0])), "422");
    session.asks("64-hashes", changed(|proof| proof.resize(64, proof[0])), "400");
    let same = AddCheckpoint { proof: good.proof.clone(), ..request(log, 600, 600) };
    session.asks("same-size-with-a-proof", same, "422");
    let stranger = Log::new(&log.origin, SigningKey::from_seed(&[79; 32]), log.entries[..800].to_vec());
    session.asks("another-key", request(&stranger, 600, 700), "403");
    let elsewhere = Log::new("elsewhere.example", key(), log.entries[..800].to_vec());
    session.asks("another-origin", request(&elsewhere, 600, 700), "404");
    let text = good.to_string();
    let lines = good.checkpoint.rsplit_once("\n\n").unwrap();
    let of_another = format!("{}\n\n{}", lines.0, log.head(600).rsplit_once("\n\n").unwrap().1);
    session.asks("signature-of-another-head", text.replace(&good.checkpoint, &of_another), "403");
    session.asks("unsigned", text.replace(lines.1, ""), "400");
    session.asks("no-empty-line", text.replacen("\n\n", "\n", 1), "400");
    session.asks("no-old", text.split_once('\n').unwrap().1, "400");
    session.asks("old-with-zero", text.replacen("old 600", "old 0600", 1), "400");
    session.asks("old-with-sign", text.replacen("old 600", "old +600", 1), "400");
    session.asks(
        "hash-of-31-bytes",
        text.replacen("\n", "\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==\n", 1),
        "400",
    );
    session.asks("nothing", "", "400");
}

fn begins_empty(session: &mut Session<'_>, log: &Log) {
    let proof = log.consistency(256, 300);
    session.asks("proof-from-nothing", AddCheckpoint { proof, ..request(log, 0, 300) }, "422");
    let text = format!("{}\n0\n{}\n", log.origin, data_encoding::BASE64.encode(&[1; 32]));
    let note = sign_note(&text, &log.origin, &log.key).unwrap();
    let request_of = |checkpoint| AddCheckpoint { old: 0, proof: vec![], checkpoint };
    session.asks("empty-tree-with-a-root", request_of(note), "422");
    session.asks("empty-tree", request(log, 0, 0), "200");
    session.asks("first-leaves", request(log, 0, 300), "200");
}
