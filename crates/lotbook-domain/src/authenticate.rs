//! Authenticate: signature and key first, then the strict decoding, then the role.

use crate::key::Key;
use crate::state::State;
use lotbook_chain::sign::statement_message;
use lotbook_chain::{KeyId, PublicKey, Signature};
use lotbook_event::{Code, Refusal, Statement};

/// A statement as it was received.
#[derive(Debug, Clone)]
pub struct SignedStatement {
    /// The exact bytes that were signed.
    pub statement: Vec<u8>,
    /// Whose signature it claims to be.
    pub key_id: KeyId,
    /// The signature.
    pub signature: Signature,
}

/// A statement whose author, key and role are good at this position. Made only by [`authenticate`].
#[derive(Debug, Clone)]
pub struct Authentic {
    statement: Statement,
    author: KeyId,
    subject: String,
}

/// Why a statement is not let in.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Rejection {
    /// Key or signature are not good: nobody is known to have stated it, and nothing is recorded.
    #[error("signature: {0}")]
    NotAuthentic(Refusal),
    /// The signature does not verify under the key it names, for this ledger.
    #[error("the signature does not verify for this ledger under key {0}")]
    BadSignature(KeyId),
    /// The author is authentic, the statement is refused: it is recorded.
    #[error("{refusal}")]
    Refused {
        /// Why.
        refusal: Refusal,
        /// Name of the event, or `unreadable`.
        event: &'static str,
    },
}

impl Authentic {
    /// The statement.
    pub fn statement(&self) -> &Statement {
        &self.statement
    }

    /// The key that stated it.
    pub fn author(&self) -> KeyId {
        self.author
    }

    /// Roster number or code that the key stands for in the acting role; empty for most.
    pub fn subject(&self) -> &str {
        &self.subject
    }
}

impl core::borrow::Borrow<Statement> for Authentic {
    fn borrow(&self) -> &Statement {
        &self.statement
    }
}

/// Checks key, signature, encoding and role, in this order.
///
/// # Errors
/// See [`Rejection`].
pub fn authenticate(state: &State, signed: &SignedStatement) -> Result<Authentic, Rejection> {
    verify(state, signed)?;
    admit(state, signed)
}

/// The part that costs: the key is known, and the signature verifies strictly.
///
/// # Errors
/// [`Rejection::NotAuthentic`] or [`Rejection::BadSignature`].
pub fn verify(state: &State, signed: &SignedStatement) -> Result<(), Rejection> {
    let public = signer(state, signed.key_id)?;
    // Ed25519("lotbook v1 statement\n" || ledger_id || statement bytes), verify_strict
    let message = statement_message(state.ledger(), &signed.statement);
    public.verify(&message, &signed.signature).map_err(|_| Rejection::BadSignature(signed.key_id))?;
    Ok(())
}

/// The key that an identifier names; for whoever verifies signatures elsewhere than [`verify`].
///
/// # Errors
/// [`Rejection::NotAuthentic`].
pub fn signer(state: &State, key_id: KeyId) -> Result<&PublicKey, Rejection> {
    let unknown = || {
        let found = format!("key {key_id} is not registered here");
        Rejection::NotAuthentic(Refusal::new(Code::UnknownKey, key_id, found))
    };
    state.keys.get(&key_id).map(|key| &key.public).ok_or_else(unknown)
}

/// The part that depends on the position: the key is alive, strict decoding, the acting role. Call after [`verify`].
///
/// # Errors
/// [`Rejection::NotAuthentic`] or [`Rejection::Refused`].
pub fn admit(state: &State, signed: &SignedStatement) -> Result<Authentic, Rejection> {
    alive(state, signed.key_id)?;
    let statement = Statement::decode(&signed.statement).map_err(|error| Rejection::Refused {
        refusal: Refusal::new(Code::MalformedStatement, "", error.to_string()),
        event: "unreadable",
    })?;
    acting(state, signed.key_id, statement)
}

/// [`admit`] for a statement that has been decoded strictly from the bytes that were signed.
///
/// # Errors
/// See [`admit`].
pub fn admit_decoded(state: &State, author: KeyId, statement: Statement) -> Result<Authentic, Rejection> {
    alive(state, author)?;
    acting(state, author, statement)
}

/// The author holds the acting role in the section stated.
fn acting(state: &State, author: KeyId, statement: Statement) -> Result<Authentic, Rejection> {
    let event = statement.event.name();
    let role = statement.role;
    let grant = state.keys.get(&author).and_then(|key| key.holds(role, statement.section.as_ref()));
    let Some(grant) = grant else {
        let place = statement.section.as_ref().map_or(String::new(), |s| format!(" of section {s}"));
        let found = format!("key {author} does not hold the role {role}{place}");
        return Err(Rejection::Refused { refusal: Refusal::new(Code::RoleNotHeld, event, found), event });
    };
    let subject = grant.subject.clone();
    Ok(Authentic { statement, author, subject })
}

/// A key is alive from the leader's confirmation to its revocation.
fn alive(state: &State, key_id: KeyId) -> Result<(), Rejection> {
    let not = |code, found: String| Err(Rejection::NotAuthentic(Refusal::new(code, key_id, found)));
    match state.keys.get(&key_id) {
        None => not(Code::UnknownKey, format!("key {key_id} is not registered here")),
        Some(Key { revoked: Some(position), .. }) => {
            not(Code::UnknownKey, format!("key {key_id} was revoked at position {position}"))
        }
        Some(key) if !key.grants.values().any(|grant| grant.confirmed) => {
            not(Code::KeyNotConfirmed, format!("key {key_id} waits for the leader's KeyConfirmed"))
        }
        Some(_) => Ok(()),
    }
}
