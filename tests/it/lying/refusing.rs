//! Refusals: a statement that the ledger says no to, its signed word for that, and what it records of it.

use super::history::History;
use super::keys::{again, author, key};
use super::liar::Answer;
use super::place::number;
use super::saying::{refusal, text};
use super::scene::Scene;
use crate::tamper::forger::{Act, reorder_of};
use crate::tamper::played::played;
use lotbook_chain::entry::entry_hash;
use lotbook_chain::sign::{refusal_message, statement_message};
use lotbook_chain::{Position, Signature, SigningKey, StatementHash};
use lotbook_client::{SignedStatement, proto};
use lotbook_event::Code;
use lotbook_event::oversight::StatementRefused;
use lotbook_verifier::{RefusalClaim, RefusalReceipt};

/// One refusal.
pub struct Refusing {
    /// Where the statement stands in the true log.
    statement: usize,
    /// Who states it.
    author: SigningKey,
    /// Where it is refused.
    position: usize,
    code: Code,
    record: Option<StatementRefused>,
    word: Option<Word>,
}

/// The ledger's word, as it is signed.
struct Word {
    statement: StatementHash,
    position: u64,
    code: String,
    article: u32,
    signer: SigningKey,
    /// Bytes of the signature that are sent.
    length: usize,
    /// Added to the position after signing.
    moved: u64,
}

impl Refusing {
    /// Takes one line; false if the words are of something else.
    pub fn tell(scene: &mut Scene, words: &[&str]) -> bool {
        let places = scene.places;
        if let ["the", "ledger", "refuses", a, rest @ ..] = words {
            let a = places.at(a);
            scene.refusing = Some(match *rest {
                ["by", code] => Self::of(a, author(a), a, code),
                ["at", b, "by", code] => Self::of(a, author(a), places.at(b), code),
                ["stated", "by", who, "by", code] => Self::of(a, key(who), a, code),
                _ => return false,
            });
            scene.asks.push("the ledger's answer".into());
        } else {
            let Some(refusing) = &mut scene.refusing else { return false };
            let record = &mut refusing.record;
            match *words {
                ["it", "records", "nothing"] => *record = None,
                ["it", "records", "the", "code", code] => recorded(record).code = text(code),
                ["it", "records", "article", n] => recorded(record).article = number(n) as u32,
                ["it", "records", "the", "author", who] => {
                    recorded(record).author = key(who).public().key_id();
                }
                ["it", "records", "another", "statement"] => recorded(record).statement_hash.0[0] ^= 1,
                ["its", "word", "is", "missing"] => refusing.word = None,
                ["its", "word", ref rest @ ..] => {
                    let word = refusing.word.as_mut().expect("there is a word");
                    if !word.tell(rest, |place| places.at(place)) {
                        return false;
                    }
                }
                _ => return false,
            }
        }
        Self::show(scene);
        true
    }

    fn of(statement: usize, author: SigningKey, position: usize, code: &str) -> Self {
        let hash = StatementHash::of(&played().decoded[statement].0.statement);
        let known = Code::ALL.iter().find(|known| known.as_str() == code);
        let known = *known.unwrap_or_else(|| panic!("there is no code {code}"));
        let record = StatementRefused {
            author: author.public().key_id(),
            event: text(played().event(statement).name()),
            statement_hash: hash,
            ..refusal(code)
        };
        let word = Word {
            statement: hash,
            position: position as u64,
            code: code.to_owned(),
            article: known.article(),
            signer: again(&played().system),
            length: 64,
            moved: 0,
        };
        Self { statement, author, position, code: known, record: Some(record), word: Some(word) }
    }

    /// Makes the log anew in which the statement is refused, and has the liar answer so.
    fn show(scene: &mut Scene) {
        let Some(refusing) = &scene.refusing else { return };
        let act = |at: usize| {
            let is_there = at == refusing.position;
            match (&refusing.record, is_there, at == refusing.statement && refusing.is_original()) {
                (Some(record), true, true) => Act::Say(record.clone().into()),
                (Some(record), true, false) => Act::Before(record.clone().into()),
                (_, _, true) => Act::Drop,
                _ => Act::Keep,
            }
        };
        let forged = reorder_of(played(), 0..scene.places.len, |at, _| act(at));
        scene.liar.lie = History::of(forged.entries);
        scene.liar.answer = Answer::No { code: refusing.code, word: refusing.wire() };
    }

    /// Entries before it was refused.
    pub fn position(&self) -> usize {
        self.position
    }

    /// Whether it is the true log's own statement, refused where it stands.
    fn is_original(&self) -> bool {
        self.statement == self.position && self.author.public().key_id() == played().author(self.statement)
    }

    /// What is stated.
    pub fn signed(&self) -> SignedStatement {
        let statement = played().decoded[self.statement].0.statement.clone();
        let ledger = entry_hash(&played().entries[0]).into();
        let signature = self.author.sign(&statement_message(ledger, &statement));
        SignedStatement { statement, author: self.author.public(), signature }
    }

    fn wire(&self) -> Option<proto::RefusalReceipt> {
        let word = self.word.as_ref()?;
        let mut signature = word.signature().0.to_vec();
        signature.truncate(word.length);
        Some(proto::RefusalReceipt {
            statement_hash: word.statement.0.to_vec(),
            position: word.position + word.moved,
            code: word.code.clone(),
            article: word.article,
            signature,
        })
    }

    fn claim(&self) -> Option<RefusalClaim> {
        let (word, signed) = (self.word.as_ref()?, self.signed());
        let receipt = RefusalReceipt {
            statement: word.statement,
            position: Position(word.position + word.moved),
            code: word.code.clone(),
            article: word.article,
            signature: if word.length == 64 { word.signature() } else { Signature([0; 64]) },
        };
        let signed = lotbook_domain::SignedStatement {
            statement: signed.statement,
            key_id: signed.author.key_id(),
            signature: signed.signature,
        };
        Some(RefusalClaim { receipt, signed })
    }
}

impl Word {
    fn tell(&mut self, words: &[&str], at: impl Fn(&str) -> usize) -> bool {
        match *words {
            ["is", "for", "another", "statement"] => self.statement.0[0] ^= 1,
            ["is", "signed", "by", who] => self.signer = key(who),
            ["is", "moved", "after", "signing"] => self.moved = 1,
            ["names", "the", "position", place] => self.position = at(place) as u64,
            ["names", "the", "code", code] => code.clone_into(&mut self.code),
            ["names", "article", n] => self.article = number(n) as u32,
            ["has", "a", "signature", "of", n, "bytes"] => self.length = number(n),
            _ => return false,
        }
        true
    }

    fn signature(&self) -> Signature {
        let ledger = entry_hash(&played().entries[0]).into();
        self.signer.sign(&refusal_message(ledger, self.statement, Position(self.position), &self.code))
    }
}

impl Scene {
    pub fn refused(&self) -> &Refusing {
        self.refusing.as_ref().expect("a statement is refused")
    }

    /// What the author shows of the refusal: nothing without the ledger's word.
    pub fn claim(&self) -> Option<RefusalClaim> {
        self.refusing.as_ref().and_then(Refusing::claim)
    }
}

fn recorded(record: &mut Option<StatementRefused>) -> &mut StatementRefused {
    record.as_mut().expect("there is a record")
}
