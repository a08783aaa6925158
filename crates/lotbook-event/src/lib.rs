//! The vocabulary: what may be stated, in strong types, and the strict way from bytes to them.
//!
//! `proto/lotbook/v1` defines every event; one file here per file there holds its strong type. This
//! room knows no rule: whether an event is lawful is decided in `lotbook-domain`. Where to read first:
//! [`statement`], then any family.

pub mod ceremony;
pub mod disclosure;
pub mod draw;
pub mod flag;
pub mod id;
pub mod inspection;
pub mod keys;
pub mod oversight;
pub mod plan;
pub mod predicate;
pub mod reading;
pub mod reason;
pub mod recusal;
pub mod refusal;
pub mod registry;
pub mod result;
pub mod statement;
pub mod wire;

pub use flag::Flag;
pub use id::*;
pub use reason::Reason;
pub use refusal::{Code, Refusal};
pub use statement::{DecodeError, Event, Statement};
pub use wire::FieldError;

/// The compiled `FileDescriptorSet` of the vocabulary, for JSON and reflection.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/lotbook.fds"));

/// The prost messages as generated. Events are strong types everywhere else; of these, nothing but those of
/// [`disclosure`] and the views of `view.proto`, with what stands in them, is used outside this room.
#[allow(clippy::all, missing_docs, rustdoc::all)]
pub mod proto {
    include!(concat!(env!("OUT_DIR"), "/lotbook.v1.rs"));
}
