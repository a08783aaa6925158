//! Events as JSON, by the descriptors of proto/: one mechanism for every event there is.

use crate::local_time;
use anyhow::{Context, Result, bail};
use lotbook_event::disclosure::{DisclosureDocument, encode};
use lotbook_event::{DESCRIPTORS, Statement};
use prost::Message;
use prost_reflect::{
    DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, SerializeOptions, Value,
};

fn message(name: &str) -> Result<MessageDescriptor> {
    let pool = DescriptorPool::decode(DESCRIPTORS).context("the descriptors cannot be read")?;
    pool.get_message_by_name(&format!("lotbook.v1.{name}"))
        .with_context(|| format!("there is no event {name}"))
}

/// A statement around an event given as JSON; `frame` supplies everything but the event.
pub fn with_event(frame: &Statement, name: &str, json: &str) -> Result<Statement> {
    if !lotbook_event::Event::NAMES.contains(&name) {
        let names = lotbook_event::Event::NAMES.join(", ");
        return Err(crate::exit::usage(format!("there is no event {name}; events are {names}")));
    }
    let mut reader = serde_json::Deserializer::from_str(json);
    let event = DynamicMessage::deserialize(message(name)?, &mut reader)
        .with_context(|| format!("the JSON is no {name}"))?;
    reader.end().context("there is more after the JSON object")?;
    let outer = message("Statement")?;
    let mut statement = DynamicMessage::decode(outer.clone(), frame.encode().as_slice())?;
    let families = outer.oneofs().next().context("a statement has no family")?;
    for family in families.fields() {
        let kind = family.kind();
        let Some(inner) = kind.as_message() else { continue };
        let field = inner.fields().find(|field| field.kind().as_message().is_some_and(|m| m.name() == name));
        if let Some(field) = field {
            let mut wrapped = DynamicMessage::new(inner.clone());
            wrapped.set_field(&field, Value::Message(event));
            statement.set_field(&family, Value::Message(wrapped));
            return Ok(Statement::decode(&statement.encode_to_vec())?);
        }
    }
    bail!("no family has the event {name}")
}

/// A statement's event as a JSON object.
pub fn of_event(statement: &Statement) -> Result<serde_json::Value> {
    let message = DynamicMessage::decode(message("Statement")?, statement.encode().as_slice())?;
    let options = SerializeOptions::new().use_proto_field_name(true).stringify_64_bit_integers(false);
    let json = message.serialize_with_options(serde_json::value::Serializer, &options)?;
    let family = json.get(statement.event.family().trim_end_matches("_event"));
    let event = family.and_then(|family| family.as_object()).and_then(|family| family.values().next());
    event.cloned().context("a statement without an event")
}

/// An annual disclosure as a JSON object with every field, zeros and empty lists too.
pub fn of_disclosure(document: &DisclosureDocument) -> Result<serde_json::Value> {
    let message = DynamicMessage::decode(message("DisclosureDocument")?, encode(document).as_slice())?;
    let options = SerializeOptions::new().use_proto_field_name(true).stringify_64_bit_integers(false);
    let options = options.skip_default_fields(false);
    Ok(message.serialize_with_options(serde_json::value::Serializer, &options)?)
}

/// A view, as JSON for programs and plainly for people.
pub struct View {
    /// Canonical protobuf JSON with every field.
    pub json: serde_json::Value,
    /// Only what is there; bytes in hex, values of enumerations and instants as people read them.
    pub plain: serde_json::Value,
}

impl View {
    /// A message of the vocabulary by its name.
    pub fn of(name: &str, view: &impl Message) -> Result<Self> {
        let dynamic = DynamicMessage::decode(message(name)?, view.encode_to_vec().as_slice())?;
        let options = SerializeOptions::new().use_proto_field_name(true).stringify_64_bit_integers(false);
        let options = options.skip_default_fields(false);
        let json = dynamic.serialize_with_options(serde_json::value::Serializer, &options)?;
        Ok(Self { json, plain: plain(&dynamic) })
    }
}

fn plain(message: &DynamicMessage) -> serde_json::Value {
    let field =
        |(field, value): (FieldDescriptor, &Value)| (field.name().to_owned(), plain_value(&field, value));
    serde_json::Value::Object(message.fields().map(field).collect())
}

fn plain_value(field: &FieldDescriptor, value: &Value) -> serde_json::Value {
    match value {
        Value::Bool(value) => (*value).into(),
        Value::I64(at) if is_instant(field.name()) => local_time::show(lotbook_chain::Instant(*at)).into(),
        Value::I32(value) => (*value).into(),
        Value::I64(value) => (*value).into(),
        Value::U32(value) => (*value).into(),
        Value::U64(value) => (*value).into(),
        Value::String(text) => text.as_str().into(),
        Value::Bytes(bytes) => data_encoding::HEXLOWER.encode(bytes).into(),
        Value::EnumNumber(number) => name_of(field, *number).into(),
        Value::Message(message) => plain(message),
        Value::List(values) => values.iter().map(|value| plain_value(field, value)).collect(),
        // The vocabulary has neither fractions nor maps.
        Value::F32(_) | Value::F64(_) | Value::Map(_) => serde_json::Value::Null,
    }
}

/// Instants are the only signed 64-bit numbers of views; their names say so.
fn is_instant(name: &str) -> bool {
    name.ends_with("_at") || name.ends_with("deadline") || matches!(name, "due" | "hour")
}

/// A value of an enumeration without the enumeration's own name: `REPORTED` of `InspectionPhase`.
fn name_of(field: &FieldDescriptor, number: i32) -> String {
    let Kind::Enum(enumeration) = field.kind() else { return number.to_string() };
    let Some(value) = enumeration.get_value(number) else { return number.to_string() };
    let mut prefix = String::new();
    for (place, letter) in enumeration.name().char_indices() {
        if letter.is_uppercase() && place > 0 {
            prefix.push('_');
        }
        prefix.push(letter.to_ascii_uppercase());
    }
    prefix.push('_');
    value.name().strip_prefix(&prefix).unwrap_or(value.name()).to_lowercase()
}
