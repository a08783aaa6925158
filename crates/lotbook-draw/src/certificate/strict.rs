//! Strict JSON: what two readers could understand differently is refused. [draw 8]
//!
//! Duplicate keys, numbers that are not integers (`1.0` and `1e3` too) or are over 2^53 - 1, text that
//! is not NFC or holds U+0000, and keys that a certificate does not have.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use thiserror::Error;

use super::model::Certificate;
use crate::encoding::is_admitted;

/// Largest integer of a certificate: 2^53 - 1, beyond which JavaScript's numbers lose units.
pub const MAX_INTEGER: u64 = (1 << 53) - 1;

/// Why bytes are no certificate, with the place of the fault where it is known.
#[derive(Debug, Error)]
#[error("not a certificate: {0}")]
pub struct JsonError(#[from] serde_json::Error);

impl Certificate {
    /// Reads a certificate.
    ///
    /// # Errors
    /// Bytes that are not the strict JSON of this module, or not the fields of a certificate.
    pub fn from_json(json: &[u8]) -> Result<Self, JsonError> {
        let Strict(value) = serde_json::from_slice(json)?;
        Ok(serde_json::from_value(value)?)
    }

    /// Writes a certificate, indented.
    ///
    /// # Errors
    /// A number over [`MAX_INTEGER`], or a text that would not be read again.
    pub fn to_json(&self) -> Result<String, JsonError> {
        let json = serde_json::to_string_pretty(self)?;
        serde_json::from_str::<Strict>(&json)?;
        Ok(json)
    }
}

/// A JSON value without anything that is open to two readings.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("null, a boolean, an integer of at most 2^53 - 1, clean text, a list or an object")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Value, E> {
        Ok(Value::Bool(truth))
    }

    fn visit_u64<E: de::Error>(self, n: u64) -> Result<Value, E> {
        if n <= MAX_INTEGER { Ok(n.into()) } else { Err(E::custom(format!("{n} is over 2^53 - 1"))) }
    }

    fn visit_i64<E: de::Error>(self, n: i64) -> Result<Value, E> {
        // Only negative numbers come here; no field has one, but `shape` may.
        if n.unsigned_abs() <= MAX_INTEGER {
            Ok(n.into())
        } else {
            Err(E::custom(format!("{n} is under -2^53 + 1")))
        }
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Value, E> {
        if is_admitted(text) { Ok(text.into()) } else { Err(E::custom("text that is not NFC or has U+0000")) }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(Strict(value)) = list.next_element()? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some((key, Strict(value))) = object.next_entry::<String, Strict>()? {
            if !is_admitted(&key) {
                return Err(de::Error::custom("a key that is not NFC or has U+0000"));
            }
            if map.contains_key(&key) {
                return Err(de::Error::custom(format!("key {key:?} occurs twice")));
            }
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}
