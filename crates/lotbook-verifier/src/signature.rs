//! A signature to be checked: taken out of the order of the log, so that any core may check it.

use crate::finding::{Check, Finding};
use lotbook_chain::sign::statement_message;
use lotbook_chain::{Entry, KeyId, LedgerId, PublicKey, Signature};

/// Whose signature it claims to be.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Signer {
    /// The system key's.
    Ledger,
    /// That of a registered key.
    Person(KeyId),
}

/// Everything that one check of a signature needs.
#[derive(Debug, Clone)]
pub(crate) struct SignatureCheck {
    position: u64,
    signer: Signer,
    public: PublicKey,
    message: Vec<u8>,
    signature: Signature,
}

impl SignatureCheck {
    /// The check of an entry's signature under a key.
    pub fn of(entry: &Entry, ledger: LedgerId, signer: Signer, public: PublicKey) -> Self {
        // Ed25519("lotbook v1 statement\n" || ledger_id || statement bytes), verify_strict          [P-10]
        let message = statement_message(ledger, &entry.statement);
        Self { position: entry.position.0, signer, public, message, signature: entry.signature }
    }

    /// Checks it, strictly ([P-9]).
    ///
    /// # Errors
    /// A [`Finding`] at the entry's position.
    pub fn run(&self) -> Result<(), Finding> {
        self.public.verify(&self.message, &self.signature).map_err(|_| {
            let what = match self.signer {
                Signer::Ledger => "the ledger's own signature does not verify".to_owned(),
                Signer::Person(key) => lotbook_domain::Rejection::BadSignature(key).to_string(),
            };
            Finding::new(self.position, Check::Signature, what)
        })
    }
}
