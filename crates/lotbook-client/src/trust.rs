//! The trust root: what a client must know beforehand, and how it may be read from genesis instead.

use crate::error::Untrustworthy;
use lotbook_chain::sign::{refusal_message, statement_message};
use lotbook_chain::{LedgerId, Position, PublicKey, Receipt, Signature, StatementHash, VerifierKey};
use lotbook_event::{Code, Event, Statement, keys::LedgerCreated};
use lotbook_rpc::{RpcError, proto};

/// What identifies a ledger (`lotbook show identity`); everything else is proved from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustRoot {
    /// Origin of its checkpoints, also the name of the verifier key.
    pub origin: String,
    /// Hash of its genesis entry.
    pub ledger_id: LedgerId,
    /// The key that verifies its checkpoints.
    pub vkey: VerifierKey,
}

/// A genesis entry that proved itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Genesis {
    /// The trust root it gives.
    pub trust: TrustRoot,
    /// What it states.
    pub created: LedgerCreated,
    /// The key that signs derived statements and refusal receipts.
    pub system_key: PublicKey,
}

impl TrustRoot {
    /// Checks that its parts belong together.
    ///
    /// # Errors
    /// [`Untrustworthy::TrustRoot`].
    pub fn check(&self) -> Result<(), Untrustworthy> {
        if self.origin == self.vkey.name() {
            return Ok(());
        }
        Err(Untrustworthy::TrustRoot { origin: self.origin.clone(), key: self.vkey.name().to_owned() })
    }
}

impl Genesis {
    /// Reads the receipt of position 0 on its own word: genesis names the keys that prove it.
    ///
    /// It proves that the ledger is consistent with itself, not that it is the right one: compare
    /// `trust.ledger_id` with what the office published.
    ///
    /// # Errors
    /// [`Untrustworthy`] if anything in it contradicts itself.
    pub fn read(receipt: &Receipt) -> Result<Self, Untrustworthy> {
        let statement = statement_of(receipt)?;
        let Event::LedgerCreated(created) = statement.event else {
            return Err(bad("it is not LedgerCreated"));
        };
        let vkey: VerifierKey = created.checkpoint_vkey.as_str().parse().map_err(bad)?;
        let trust = TrustRoot { origin: created.origin.as_str().to_owned(), ledger_id: LedgerId::ZERO, vkey };
        trust.check()?;
        let proved = receipt.verify(&trust.vkey)?;
        let (entry, ledger_id) = (proved.entry, LedgerId::from(proved.hash));
        if entry.position != Position(0) || entry.previous.0 != [0; 32] {
            return Err(bad("it is not the first entry"));
        }
        let system_key = PublicKey::from_bytes(&created.system_key.0).map_err(bad)?;
        if entry.author != system_key.key_id() {
            return Err(Untrustworthy::OtherAuthor { expected: system_key.key_id(), found: entry.author });
        }
        let message = statement_message(LedgerId::ZERO, &entry.statement);
        system_key.verify(&message, &entry.signature).map_err(|_| Untrustworthy::AuthorSignature)?;
        Ok(Self { trust: TrustRoot { ledger_id, ..trust }, created: *created, system_key })
    }

    /// Reads the receipt of position 0 under a trust root known beforehand.
    ///
    /// # Errors
    /// [`Untrustworthy`] if it is the genesis of another ledger or does not verify.
    pub fn read_under(receipt: &Receipt, trust: &TrustRoot) -> Result<Self, Untrustworthy> {
        trust.check()?;
        let found = LedgerId::from(receipt.verify(&trust.vkey)?.hash);
        if found != trust.ledger_id {
            return Err(Untrustworthy::OtherLedger { expected: trust.ledger_id, found });
        }
        Self::read(receipt)
    }

    /// Checks the ledger's signed word that it refused these statement bytes for this reason, on the state after
    /// at least the `known` entries that it had before it was asked ([P-26]). A rule's refusal without it could
    /// be denied: it must be there, but where nobody with a right is known to have made the statement ([P-23]).
    ///
    /// # Errors
    /// [`Untrustworthy::RefusalReceipt`].
    pub fn check_refusal(
        &self,
        receipt: Option<&proto::RefusalReceipt>,
        statement: &[u8],
        said: &RpcError,
        known: u64,
    ) -> Result<(), Untrustworthy> {
        let wrong = Untrustworthy::RefusalReceipt;
        let Some(receipt) = receipt else {
            let code = Code::ALL.iter().find(|code| code.as_str() == said.reason);
            return match code {
                None | Some(Code::UnknownKey | Code::KeyNotConfirmed | Code::MalformedStatement) => Ok(()),
                Some(_) => Err(wrong("it is missing")),
            };
        };
        if receipt.position < known {
            return Err(wrong("it was decided before entries that the ledger had when it was asked"));
        }
        let hash = StatementHash::of(statement);
        if receipt.statement_hash != hash.0 {
            return Err(wrong("it is for another statement"));
        }
        if receipt.code != said.reason || receipt.article != said.article {
            return Err(wrong("it names another code or article than the answer"));
        }
        let signature =
            receipt.signature.as_slice().try_into().map_err(|_| wrong("its signature has not 64 bytes"))?;
        let message = refusal_message(self.trust.ledger_id, hash, Position(receipt.position), &receipt.code);
        let verified = self.system_key.verify(&message, &Signature(signature));
        verified.map_err(|_| wrong("its signature does not verify under the system key"))
    }
}

fn statement_of(receipt: &Receipt) -> Result<Statement, Untrustworthy> {
    let entry = lotbook_chain::Entry::decode(&receipt.entry)
        .map_err(|error| Untrustworthy::Entry { position: 0, error })?;
    Statement::decode(&entry.statement)
        .map_err(|error| Untrustworthy::Statement { position: entry.position, error })
}

fn bad(why: impl ToString) -> Untrustworthy {
    Untrustworthy::Genesis(why.to_string())
}

#[cfg(test)]
mod tests;
