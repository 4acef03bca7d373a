//! Rows and references of any table, built by hand.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use models::{Cell, KeyDef, Reference, TableDef};
use pipeline::load::{Fields, Iterated, Origin, Row};
use rust_decimal::Decimal;
use uuid::Uuid;

/// A value of any type.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Int2(i16),
    Int4(i32),
    Int8(i64),
    Float4(f32),
    Float8(f64),
    Numeric(Decimal),
    Text(String),
    Json(serde_json::Value),
    Uuid(Uuid),
    Date(NaiveDate),
    Time(NaiveTime),
    Timestamp(NaiveDateTime),
    TimestampTz(DateTime<Utc>),
    Bytes(Vec<u8>),
    /// A value of a type that only its text form is known of.
    Shown(&'static dyn models::Shown),
    Array(Vec<Value>),
    Parent(Parent),
}

/// A parent by one of its keys.
#[derive(Debug, Clone)]
pub(crate) struct Parent {
    pub(crate) table: &'static TableDef,
    pub(crate) key: usize,
    pub(crate) parts: Vec<Value>,
}

impl Value {
    fn cell(&self) -> Cell<'_> {
        match self {
            Value::Null => Cell::Null,
            Value::Bool(value) => Cell::Bool(*value),
            Value::Int2(value) => Cell::Int2(*value),
            Value::Int4(value) => Cell::Int4(*value),
            Value::Int8(value) => Cell::Int8(*value),
            Value::Float4(value) => Cell::Float4(*value),
            Value::Float8(value) => Cell::Float8(*value),
            Value::Numeric(value) => Cell::Numeric(*value),
            Value::Text(value) => Cell::Text(value),
            Value::Json(value) => Cell::Json(value),
            Value::Uuid(value) => Cell::Uuid(*value),
            Value::Date(value) => Cell::Date(*value),
            Value::Time(value) => Cell::Time(*value),
            Value::Timestamp(value) => Cell::Timestamp(*value),
            Value::TimestampTz(value) => Cell::TimestampTz(*value),
            Value::Bytes(value) => Cell::Bytes(value),
            Value::Shown(value) => Cell::Shown(*value),
            Value::Array(value) => Cell::Array(value),
            Value::Parent(value) => Cell::Reference(value),
        }
    }
}

impl models::AsCell for Value {
    fn as_cell(&self) -> Cell<'_> {
        self.cell()
    }
}

impl Reference for Parent {
    fn table(&self) -> &'static TableDef {
        self.table
    }

    fn key(&self) -> &'static KeyDef {
        &self.table.keys[self.key]
    }

    fn visit<'a>(&'a self, visit: &mut dyn FnMut(usize, Cell<'a>)) {
        self.parts.iter().enumerate().for_each(|(index, part)| visit(index, part.cell()));
    }
}

impl From<i32> for Value {
    fn from(value: i32) -> Self {
        Value::Int4(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Value::Text(value.to_owned())
    }
}

impl From<serde_json::Value> for Value {
    fn from(value: serde_json::Value) -> Self {
        Value::Json(value)
    }
}

impl From<Parent> for Value {
    fn from(value: Parent) -> Self {
        Value::Parent(value)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}

/// A row: some columns with their values.
#[derive(Debug, Clone, Default)]
pub(crate) struct Record(pub(crate) Vec<(usize, Value)>);

impl Record {
    /// Gives one more field, by its column's name.
    pub(crate) fn with(mut self, table: &TableDef, column: &str, value: impl Into<Value>) -> Self {
        let index = table.column_index(column).unwrap_or_else(|| panic!("{} has no {column}", table.name));
        self.0.push((index, value.into()));
        self.0.sort_by_key(|(index, _)| *index);
        self
    }
}

impl Fields for Record {
    fn visit<'a>(&'a self, visit: &mut dyn FnMut(usize, Cell<'a>)) {
        self.0.iter().for_each(|(index, value)| visit(*index, value.cell()));
    }
}

/// Rows as they come from a source: each with an origin of its own.
pub(crate) fn rows(records: Vec<Record>) -> Iterated<Record, impl Iterator<Item = Row<Record>> + Send> {
    let row = |(place, row): (usize, Record)| {
        let raw = format!("record {place}").into_bytes().into();
        let (source, url) = ("directory".into(), Some("http://127.0.0.1/list".into()));
        let media_type = Some("text/plain".into());
        Row {
            row,
            origin: Arc::new(Origin {
                source,
                url,
                byte_offset: Some(place as u64),
                media_type,
                raw,
                ..Origin::default()
            }),
        }
    };
    Iterated::new(records.into_iter().enumerate().map(row))
}
