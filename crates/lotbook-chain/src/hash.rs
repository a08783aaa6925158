//! The newtypes of the ledger: hashes, identifiers, position and instant. Never a bare `[u8; 32]`.

use data_encoding::HEXLOWER;

/// Defines a 32-byte newtype with lower-case hexadecimal text.
macro_rules! bytes32 {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(pub [u8; 32]);

        impl $name {
            /// All zeros: "none", where ledger.md says so.
            pub const ZERO: Self = Self([0; 32]);

            /// The 32 raw bytes.
            pub fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }

            /// Parses exactly 64 lower-case hexadecimal digits.
            pub fn from_hex(text: &str) -> Option<Self> {
                HEXLOWER.decode(text.as_bytes()).ok()?.try_into().ok().map(Self)
            }
        }

        impl TryFrom<&[u8]> for $name {
            type Error = core::array::TryFromSliceError;

            fn try_from(bytes: &[u8]) -> Result<Self, Self::Error> {
                bytes.try_into().map(Self)
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(&HEXLOWER.encode(&self.0))
            }
        }

        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }
    };
}

bytes32! {
    /// BLAKE3 hash of an entry's bytes; the next entry carries it (ledger.md 2).
    EntryHash
}
bytes32! {
    /// SHA-256 hash of a leaf or a node of the RFC 6962 tree (ledger.md 3).
    TreeHash
}
bytes32! {
    /// Identifier of a public key (ledger.md 2, offset 49).
    KeyId
}
bytes32! {
    /// BLAKE3 hash of a statement's bytes, as refusals name it (protocol.md [P-25]).
    StatementHash
}
bytes32! {
    /// Identity of a ledger: the entry hash of its genesis entry.
    LedgerId
}

impl StatementHash {
    /// Hash of the statement bytes as received.
    pub fn of(statement: &[u8]) -> Self {
        // BLAKE3.derive_key("lotbook v1 statement", statement bytes)
        Self(blake3::derive_key("lotbook v1 statement", statement))
    }
}

impl From<EntryHash> for LedgerId {
    fn from(genesis: EntryHash) -> Self {
        Self(genesis.0)
    }
}

/// Place of an entry on the ledger; the genesis entry has position 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Position(pub u64);

impl Position {
    /// The position after this one (saturating: no ledger reaches 2^64 entries).
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl core::fmt::Display for Position {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.fmt(f)
    }
}

/// A point in time: Unix microseconds, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Instant(pub i64);

impl Instant {
    /// Microseconds in a second.
    pub const SECOND: i64 = 1_000_000;

    /// This instant moved by a number of seconds (saturating).
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(Self::SECOND)))
    }
}
