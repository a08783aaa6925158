//! A certificate before its embargo's key is released: roots and seed, and nothing that names anybody. [draw 7, 8]

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::error::{CertificateError, Field, same};
use super::model::{Certificate, Embargo, Result as Drawn};
use crate::embargo::EmbargoKey;

impl Certificate {
    /// The embargo's key, if the draw was under embargo and the key is released.
    ///
    /// # Errors
    /// [`CertificateError::Embargoed`] if it is not released, and then only if nothing is told that it hides;
    /// the field that tells it, or the commitment if the key is not the one that was committed to.
    pub(super) fn embargo_key(&self) -> Result<Option<EmbargoKey>, CertificateError> {
        match &self.embargo {
            None => Ok(None),
            Some(Embargo { key: None, .. }) => {
                self.tells_nothing()?;
                Err(CertificateError::Embargoed)
            }
            Some(Embargo { commitment, key: Some(key) }) => {
                let key = EmbargoKey::from_bytes(key.0);
                same(key.commitment() == commitment.0, Field::EmbargoKey)?;
                Ok(Some(key))
            }
        }
    }

    fn tells_nothing(&self) -> Result<(), CertificateError> {
        same(self.objects.rows.is_empty(), Field::ObjectsRoot)?;
        same(self.inspectors.rows.is_empty(), Field::InspectorsRoot)?;
        same(self.conflicts.rows.is_empty(), Field::ConflictsRoot)?;
        same(self.result == Drawn::default(), Field::Result)?;
        same(self.substitutions.is_empty(), Field::Substitutions)?;
        same(self.staffing.is_none(), Field::Staffing)?;
        // Figures of strata, districts and dates would tell of whom; nobody derives them again.
        same(self.shape == Value::Object(Map::new()), Field::Shape)
    }
}

/// A withheld result is written as `null`.
pub(super) fn serialize<S: Serializer>(result: &Drawn, serializer: S) -> Result<S::Ok, S::Error> {
    Some(result).filter(|result| **result != Drawn::default()).serialize(serializer)
}

/// `null` is read as a withheld result, which no draw has: its tier is 0.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Drawn, D::Error> {
    Ok(Option::<Drawn>::deserialize(deserializer)?.unwrap_or_default())
}
