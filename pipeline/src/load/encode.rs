//! Rows into COPY tuples. It knows no connection, so that several can work side by side.

use models::{Cell, KeyDef, TableDef};
use serde_json::{Map, Value};

use super::copy;
use super::layout::{Layout, Stop};
use super::origin::Fields;
use super::shape::Shapes;
use crate::validate::{Reason, Refusal};

/// Checks rows and encodes them.
#[derive(Debug)]
pub(super) struct Encoder<'t> {
    pub(super) layout: Layout<'t>,
    pub(super) shapes: Shapes,
    key: &'t KeyDef,
    /// The columns of the conflict key, as indexes into the table's.
    key_columns: Vec<usize>,
    given: Vec<usize>,
    /// The values of the row at hand, and where in them each staging column's is.
    values: Vec<u8>,
    places: Vec<Option<(usize, usize)>>,
}

/// A row that is ready to be appended.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ready {
    shape: usize,
    /// How many staging columns it needs, at least.
    pub(super) slots: usize,
    /// True if it names a parent.
    pub(super) refers: bool,
}

impl<'t> Encoder<'t> {
    pub(super) fn new(table: &'t TableDef, key: &'t KeyDef) -> Self {
        Self {
            layout: Layout::new(table),
            shapes: Shapes::default(),
            key,
            key_columns: key.columns.iter().filter_map(|name| table.column_index(name)).collect(),
            given: Vec::new(),
            values: Vec::new(),
            places: Vec::new(),
        }
    }

    /// Checks and encodes a row. It is kept until the next, for [`Encoder::append`].
    pub(super) fn prepare(&mut self, row: &dyn Fields) -> Result<Ready, Stop> {
        self.given.clear();
        self.values.clear();
        self.places.iter_mut().for_each(|place| *place = None);
        let (layout, given, values, places) = (&mut self.layout, &mut self.given, &mut self.values, &mut self.places);
        let mut refers = false;
        let mut outcome = Ok(());
        row.visit(&mut |index, cell| {
            if outcome.is_err() {
                return;
            }
            given.push(index);
            refers |= matches!(cell, Cell::Reference(_));
            outcome = layout.place(index, cell, &mut |slot, column, cell| {
                let start = values.len();
                copy::value(column, cell, values);
                if places.len() <= slot {
                    places.resize(slot + 1, None);
                }
                places[slot] = Some((start, values.len()));
            });
            if outcome.is_ok()
                && matches!(cell, Cell::Null)
                && !self.key.nulls_not_distinct
                && self.key_columns.contains(&index)
            {
                let column = &layout.table.columns[index].name;
                let message = format!("column {column} is part of the key {} and is null", self.key.name);
                outcome = Err(Refusal::new(Reason::NullKey, message).into());
            }
        });
        outcome?;
        self.given.sort_unstable();
        for column in &self.key_columns {
            if self.given.binary_search(column).is_err() {
                let column = &self.layout.table.columns[*column].name;
                let message = format!("column {column} is part of the key {} and is not given", self.key.name);
                return Err(Refusal::new(Reason::MissingKey, message).into());
            }
        }
        Ok(Ready { shape: self.shapes.number(&self.given), slots: self.layout.slots.len(), refers })
    }

    /// The conflict key.
    pub(super) fn key(&self) -> &'t KeyDef {
        self.key
    }

    /// The prepared row's value in a staging column; `None` for NULL.
    pub(super) fn value(&self, slot: usize) -> Option<&[u8]> {
        let (start, end) = self.places.get(slot).copied().flatten()?;
        Some(&self.values[start..end])
    }

    /// How many staging columns the prepared row fills.
    pub(super) fn values(&self) -> usize {
        self.places.iter().flatten().count()
    }

    /// The number of the row's shape.
    pub(super) fn shape(&self, ready: Ready) -> usize {
        ready.shape
    }

    /// Appends the prepared row as a tuple of the ordinal, the shape, and the first `slots` staging columns.
    pub(super) fn append(&self, ready: Ready, ordinal: u64, slots: usize, chunk: &mut Vec<u8>) {
        chunk.extend(((slots + 2) as i16).to_be_bytes());
        chunk.extend(8u32.to_be_bytes());
        chunk.extend(ordinal.to_be_bytes());
        chunk.extend(4u32.to_be_bytes());
        chunk.extend((ready.shape as u32).to_be_bytes());
        for slot in 0..slots {
            match self.places.get(slot).copied().flatten() {
                None => chunk.extend(copy::NULL),
                Some((start, end)) => {
                    chunk.extend(((end - start) as u32).to_be_bytes());
                    chunk.extend(&self.values[start..end]);
                }
            }
        }
    }

    /// The conflict key of a row, as far as it gives it, for the quarantine.
    pub(super) fn key_of(&self, row: &dyn Fields) -> Option<Value> {
        let mut key = Map::new();
        row.visit(&mut |index, cell| {
            if self.key_columns.contains(&index) {
                key.insert(self.layout.table.columns[index].name.to_string(), json(cell));
            }
        });
        (!key.is_empty()).then_some(Value::Object(key))
    }
}

/// A value as JSON, as PostgreSQL's `to_jsonb` would show it.
fn json(cell: Cell<'_>) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Bool(value) => value.into(),
        Cell::Int2(value) => value.into(),
        Cell::Int4(value) => value.into(),
        Cell::Int8(value) => value.into(),
        Cell::Float4(value) => value.into(),
        Cell::Float8(value) => value.into(),
        Cell::Text(value) => value.into(),
        Cell::Json(value) => value.clone(),
        Cell::Document(document) => document.to_value(),
        Cell::Shown(value) => value.to_string().into(),
        Cell::Array(elements) => (0..elements.count()).map(|index| json(elements.element(index))).collect(),
        Cell::Reference(reference) => {
            let mut parts = Map::new();
            let columns = &reference.key().columns;
            reference.visit(&mut |index, cell| {
                let name = columns.get(index).map(ToString::to_string).unwrap_or_default();
                parts.insert(name, json(cell));
            });
            Value::Object(parts)
        }
        Cell::Numeric(value) => value.to_string().into(),
        Cell::Uuid(value) => value.to_string().into(),
        Cell::Date(value) => value.to_string().into(),
        Cell::Time(value) => value.to_string().into(),
        Cell::Timestamp(value) => value.to_string().into(),
        Cell::TimestampTz(value) => value.to_rfc3339().into(),
        cell => format!("{cell:?}").into(),
    }
}
