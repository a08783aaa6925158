//! Load: an administrator who registers keys, and remembers what was acknowledged.

use lotbook::stating;
use lotbook_chain::sign::possession_message;
use lotbook_chain::{Checkpoint, SigningKey};
use lotbook_client::{Client, ClientError, SignedStatement, Submitted, TrustRoot};
use lotbook_event::keys::{KeyRegistered, Role};
use lotbook_event::{RawKey, Statement, Text};
use std::path::Path;
use std::sync::{Arc, Mutex};

/// What the ledger gave its word for.
#[derive(Debug, Clone)]
pub struct Acknowledged {
    pub signed: SignedStatement,
    pub position: u64,
    /// The entry's bytes, as the receipt has them.
    pub entry: Vec<u8>,
    /// The checkpoint the receipt rests on.
    pub checkpoint: Checkpoint,
}

/// What clients know: what was acknowledged, and what they cannot know of.
#[derive(Debug, Default)]
pub struct Memory {
    pub acknowledged: Vec<Acknowledged>,
    /// Submitted, and never answered.
    pub open: Vec<SignedStatement>,
}

/// The administrator of a ledger made by `init`.
pub fn administrator(data: &Path) -> SigningKey {
    lotbook::keyfile::read(&data.join("keys/administrator.key")).unwrap()
}

/// A valid statement of the administrator: a fresh key with proof of possession.
pub fn registration(trust: &TrustRoot, person: &str) -> Statement {
    let key = SigningKey::from_seed(&lotbook::keyfile::random().unwrap());
    let public = key.public();
    let role = Role::Public;
    let event = KeyRegistered {
        public_key: RawKey(public.to_bytes()),
        role,
        section: None,
        person: Text::new(person).unwrap(),
        nominated_by: Text::new("").unwrap(),
        subject: Text::new("").unwrap(),
        possession: key.sign(&possession_message(trust.ledger_id, &public, role.code(), "")),
    };
    stating::state(Role::Administrator, None, event.into(), stating::now()).unwrap()
}

/// Submits, and remembers the receipt.
pub async fn submit(client: &Client, signed: &SignedStatement) -> Result<Acknowledged, ClientError> {
    let Submitted { position, checkpoint, receipt, .. } = client.submit_signed(signed).await?;
    Ok(Acknowledged { signed: signed.clone(), position: position.0, entry: receipt.entry, checkpoint })
}

/// Registers keys until the server goes away; whatever else goes wrong is the test's failure.
pub async fn until_it_dies(
    url: String,
    trust: TrustRoot,
    administrator: Arc<SigningKey>,
    memory: Arc<Mutex<Memory>>,
    task: u64,
) {
    let client = match Client::connect(&url, trust.clone()).await {
        Ok(client) => client,
        Err(ClientError::Unavailable(_)) => return,
        Err(error) => panic!("{error}"),
    };
    for number in 0_u64.. {
        let statement = registration(&trust, &format!("{task}-{number}"));
        let signed = SignedStatement::sign(&trust, &administrator, &statement);
        match submit(&client, &signed).await {
            Ok(acknowledged) => memory.lock().unwrap().acknowledged.push(acknowledged),
            Err(ClientError::Unavailable(_)) => {
                memory.lock().unwrap().open.push(signed);
                return;
            }
            Err(error) => panic!("{error}"),
        }
    }
}

/// Registers `count` keys, one after the other.
pub async fn register(client: &Client, administrator: &SigningKey, count: u64) -> Vec<Acknowledged> {
    let mut acknowledged = vec![];
    for number in 0..count {
        let statement = registration(client.trust_root(), &format!("样例{number}"));
        let signed = SignedStatement::sign(client.trust_root(), administrator, &statement);
        acknowledged.push(submit(client, &signed).await.unwrap());
    }
    acknowledged
}
