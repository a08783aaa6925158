//! The heads a client has seen: the newest one that is proved, and the newest one that is not yet.

use crate::error::Untrustworthy;
use lotbook_chain::Checkpoint;

/// Two heads are enough: what lies between them is proved with the newer one.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    proved: Option<Checkpoint>,
    noted: Option<Checkpoint>,
}

impl Seen {
    /// The newest head that is proved to extend all before it.
    pub fn proved(&self) -> Option<&Checkpoint> {
        self.proved.as_ref()
    }

    /// Takes note of a signed head. Calls overlap, so an older one is no offence; two roots of one size are.
    pub fn note(&mut self, head: &Checkpoint) -> Result<(), Untrustworthy> {
        for known in self.proved.iter().chain(&self.noted) {
            if known.size == head.size && known.root != head.root {
                let (size, known, found) = (head.size, known.root, head.root);
                return Err(Untrustworthy::Forked { size, known, found });
            }
        }
        if self.proved.is_none() {
            self.proved = Some(head.clone());
        }
        if self.newest() < head.size {
            self.noted = Some(head.clone());
        }
        Ok(())
    }

    /// What is to be proved: from the one head to the other.
    pub fn unproved(&self) -> Option<(Checkpoint, Checkpoint)> {
        self.proved.clone().zip(self.noted.clone())
    }

    /// A head is proved, or believed from elsewhere; an older one than is known changes nothing.
    pub fn hold(&mut self, head: Checkpoint) {
        self.noted.take_if(|noted| noted.size <= head.size);
        if self.proved.as_ref().is_none_or(|proved| proved.size < head.size) {
            self.proved = Some(head);
        }
    }

    fn newest(&self) -> u64 {
        self.noted.iter().chain(&self.proved).map(|head| head.size).max().unwrap_or(0)
    }
}
