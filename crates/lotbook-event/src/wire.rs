//! The one way between prost messages and strong types: a trait, and the macros that apply it.

use lotbook_chain::{EntryHash, Instant, KeyId, LedgerId, Position, Signature, StatementHash, TreeHash};
use std::collections::BTreeSet;

/// Most rows in one repeated field; keeps a statement's cost bounded.
pub const MAX_ROWS: usize = 2_000;

/// A type with exactly one wire form; `parse` and `wire` are inverse.
pub trait Wire: Sized {
    /// The prost type.
    type Wire;
    /// Parses strictly.
    ///
    /// # Errors
    /// [`FieldError`], naming the field.
    fn parse(wire: Self::Wire) -> Result<Self, FieldError>;
    /// The wire form.
    fn wire(&self) -> Self::Wire;
}

/// A field that is not what it must be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{problem}", self.place())]
pub struct FieldError {
    /// Path of the field, such as `rows[3].uscc`.
    pub path: String,
    /// What was found and what is needed.
    pub problem: String,
}

impl FieldError {
    /// An error of the field itself; the path grows on the way out.
    pub fn new(problem: impl Into<String>) -> Self {
        Self { path: String::new(), problem: problem.into() }
    }

    /// Where it is, for people; nothing where the caller knows.
    fn place(&self) -> String {
        if self.path.is_empty() { String::new() } else { format!("field {}: ", self.path) }
    }

    /// The same error seen from the message that holds the field.
    #[must_use]
    pub fn within(mut self, field: &str) -> Self {
        let dot = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        self.path = format!("{field}{dot}{}", self.path);
        self
    }
}

macro_rules! scalar {
    ($($ty:ty),*) => {$(
        impl Wire for $ty {
            type Wire = $ty;
            fn parse(wire: $ty) -> Result<Self, FieldError> { Ok(wire) }
            fn wire(&self) -> $ty { *self }
        }
    )*};
}
scalar!(bool, u32, u64);

macro_rules! number {
    ($($ty:ident($inner:ty)),*) => {$(
        impl Wire for $ty {
            type Wire = $inner;
            fn parse(wire: $inner) -> Result<Self, FieldError> { Ok(Self(wire)) }
            fn wire(&self) -> $inner { self.0 }
        }
    )*};
}
number!(Instant(i64), Position(u64));

macro_rules! fixed_bytes {
    ($($ty:ident($n:literal)),*) => {$(
        impl Wire for $ty {
            type Wire = Vec<u8>;
            fn parse(wire: Vec<u8>) -> Result<Self, FieldError> {
                let found = wire.len();
                wire.try_into().map(Self).map_err(|_| FieldError::new(format!("has {found} bytes, needs {}", $n)))
            }
            fn wire(&self) -> Vec<u8> { self.0.to_vec() }
        }
    )*};
}
fixed_bytes!(EntryHash(32), TreeHash(32), KeyId(32), LedgerId(32), StatementHash(32), Signature(64));

impl<T: Wire> Wire for Option<T> {
    type Wire = Option<T::Wire>;
    fn parse(wire: Self::Wire) -> Result<Self, FieldError> {
        wire.map(T::parse).transpose()
    }
    fn wire(&self) -> Self::Wire {
        self.as_ref().map(T::wire)
    }
}

impl<T: Wire> Wire for Vec<T> {
    type Wire = Vec<T::Wire>;
    fn parse(wire: Self::Wire) -> Result<Self, FieldError> {
        if wire.len() > MAX_ROWS {
            return Err(FieldError::new(format!("has {} rows, at most {MAX_ROWS} are allowed", wire.len())));
        }
        let mut rows = Vec::with_capacity(wire.len());
        for (n, row) in wire.into_iter().enumerate() {
            rows.push(T::parse(row).map_err(|e| e.within(&format!("[{n}]")))?);
        }
        Ok(rows)
    }
    fn wire(&self) -> Self::Wire {
        self.iter().map(T::wire).collect()
    }
}

impl<T: Wire> Wire for Box<T> {
    type Wire = Box<T::Wire>;
    fn parse(wire: Self::Wire) -> Result<Self, FieldError> {
        T::parse(*wire).map(Box::new)
    }
    fn wire(&self) -> Self::Wire {
        Box::new(T::wire(self))
    }
}

/// A set is a list in strictly ascending order.
impl<T: Wire + Ord> Wire for BTreeSet<T> {
    type Wire = Vec<T::Wire>;
    fn parse(wire: Self::Wire) -> Result<Self, FieldError> {
        let rows = Vec::<T>::parse(wire)?;
        match rows.windows(2).position(|pair| matches!(pair, [a, b] if a >= b)) {
            Some(n) => {
                Err(FieldError::new("is not in strictly ascending order").within(&format!("[{}]", n + 1)))
            }
            None => Ok(rows.into_iter().collect()),
        }
    }
    fn wire(&self) -> Self::Wire {
        self.iter().map(T::wire).collect()
    }
}

/// A message: one struct, one wire message of the same name, the same field names.
macro_rules! message {
    ($($(#[$doc:meta])* $name:ident { $($field:ident : $ty:ty),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[allow(missing_docs)] // each field is documented in proto/
        pub struct $name { $(pub $field: $ty),* }

        impl $crate::wire::Wire for $name {
            type Wire = $crate::proto::$name;
            fn parse(wire: Self::Wire) -> Result<Self, $crate::wire::FieldError> {
                Ok(Self { $($field: <$ty as $crate::wire::Wire>::parse(wire.$field)
                    .map_err(|e| e.within(stringify!($field)))?),* })
            }
            fn wire(&self) -> Self::Wire {
                Self::Wire { $($field: $crate::wire::Wire::wire(&self.$field)),* }
            }
        }
    )*};
}
pub(crate) use message;

/// An enumeration without its UNSPECIFIED value; `code` is the name in lower case.
macro_rules! enumeration {
    ($($(#[$doc:meta])* $name:ident { $($value:ident = $code:literal),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs)] // each value is documented in proto/
        pub enum $name { $($value),* }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$value),*];
            /// The name of the value in lower case.
            pub fn code(self) -> &'static str {
                match self { $(Self::$value => $code),* }
            }
            /// The value of that name.
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.code() == code)
            }
        }

        impl $crate::wire::Wire for $name {
            type Wire = i32;
            fn parse(wire: i32) -> Result<Self, $crate::wire::FieldError> {
                match $crate::proto::$name::try_from(wire) {
                    $(Ok($crate::proto::$name::$value) => Ok(Self::$value),)*
                    Ok($crate::proto::$name::Unspecified) | Err(_) => Err($crate::wire::FieldError::new(
                        format!("{wire} is not a value of {}", stringify!($name)))),
                }
            }
            fn wire(&self) -> i32 {
                match self { $(Self::$value => $crate::proto::$name::$value as i32),* }
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result { f.write_str(self.code()) }
        }
    )*};
}
pub(crate) use enumeration;
