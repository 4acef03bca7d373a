//! What Drizzle's client computes, as the models compute it in its place.

use crate::schema::RuntimeValue;

use super::Model;
use super::types::{Kind, RustType};

/// A value that the models can compute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Computed {
    /// The same each time: its text form, as PostgreSQL reads it.
    Text(String),
    /// A function of the runtime, with its arguments.
    Call(Function),
}

/// A function of the runtime.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Function {
    /// `now()`
    Now,
    /// `uuid_v4()`
    UuidV4,
    /// `uuid_v7()`
    UuidV7,
    /// `nano_id(length, alphabet)`
    NanoId(usize, String),
    /// `cuid2(length)`
    Cuid2(u16),
    /// `ulid()`
    Ulid,
}

impl Function {
    /// Its name, and that of the part of the runtime that has it.
    pub fn name(&self) -> &'static str {
        match self {
            Function::Now => "now",
            Function::UuidV4 => "uuid_v4",
            Function::UuidV7 => "uuid_v7",
            Function::NanoId(..) => "nano_id",
            Function::Cuid2(_) => "cuid2",
            Function::Ulid => "ulid",
        }
    }
}

/// What a run-time value is for a column of that type; `None` for null, for SQL, and for a function that could not be read.
pub fn computed(value: &RuntimeValue, rust_type: &RustType) -> Option<Computed> {
    Some(Computed::Call(match value {
        RuntimeValue::Now => Function::Now,
        RuntimeValue::Uuid => Function::UuidV4,
        RuntimeValue::UuidV7 => Function::UuidV7,
        RuntimeValue::NanoId { length, alphabet } => Function::NanoId(*length, alphabet.clone().unwrap_or_default()),
        RuntimeValue::Cuid2 { length } => Function::Cuid2(*length),
        RuntimeValue::Ulid => Function::Ulid,
        RuntimeValue::Constant(json) => return constant(json, rust_type).map(Computed::Text),
        // The database computes it.
        RuntimeValue::Sql(_) | RuntimeValue::Unknown => return None,
    }))
}

/// The functions of the runtime that a schema's columns call.
pub fn functions(model: &Model<'_>) -> Vec<Function> {
    let fields = model.tables.iter().flat_map(|table| &table.fields);
    let values = fields.flat_map(|field| {
        let values = field.column.runtime_default.iter().chain(&field.column.on_update);
        values.filter_map(|value| computed(value, &field.rust_type))
    });
    let function = |value| match value {
        Computed::Call(function) => Some(function),
        Computed::Text(_) => None,
    };
    values.filter_map(function).collect()
}

fn constant(json: &serde_json::Value, rust_type: &RustType) -> Option<String> {
    use serde_json::Value;
    let document = matches!(rust_type.kind, Kind::Plain("Json" | "Jsonb")) && rust_type.dimensions == 0;
    match json {
        json if document => Some(json.to_string()),
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(items) => Some(array(items)),
        json => Some(json.to_string()),
    }
}

/// An array in PostgreSQL's text form.
fn array(items: &[serde_json::Value]) -> String {
    use serde_json::Value;
    let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    let item = |item: &Value| match item {
        Value::Null => "NULL".to_owned(),
        Value::Array(inner) => array(inner),
        Value::String(text) => quoted(text),
        item => quoted(&item.to_string()),
    };
    format!("{{{}}}", items.iter().map(item).collect::<Vec<_>>().join(","))
}
