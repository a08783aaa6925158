//! The answer to a reading under embargo: it travels encrypted, and never stands on the log.

use crate::ceremony::RowRevealed;
use crate::id::Bytes32;
use crate::proto;
use crate::wire::{FieldError, Wire, message};
use prost::Message;
use zeroize::{Zeroize, Zeroizing};

message! {
    /// The answer to a reading (draw.md 7).
    EmbargoAnswer { key: Option<Bytes32>, own: Vec<RowRevealed> }
}

impl EmbargoAnswer {
    /// The bytes that are encrypted.
    pub fn encode(&self) -> Zeroizing<Vec<u8>> {
        let mut wire = self.wire();
        let bytes = Zeroizing::new(wire.encode_to_vec());
        wire.key.zeroize();
        bytes
    }

    /// Reads decrypted bytes.
    ///
    /// # Errors
    /// [`FieldError`] if they are no answer.
    pub fn decode(bytes: &[u8]) -> Result<Self, FieldError> {
        let wire = proto::EmbargoAnswer::decode(bytes);
        Self::parse(wire.map_err(|error| FieldError::new(format!("is no answer: {error}")))?)
    }
}
