//! A row that a plan makes of a record. Its buffers are used again for the next.

use models::{Cell, KeyDef, Kind, Reference, TableDef};

use super::array::TextArray;
use super::convert::convert;
use super::plan::{Input, Leaf, Node, Parent, Plan};
use super::text::bytea;
use crate::files::{Batch, Datum, Record};
use crate::load::{Fault, Fields};

/// A row.
#[derive(Debug, Default)]
pub struct MappedRow {
    slots: Vec<(usize, Slot)>,
}

/// A value of it.
#[derive(Debug, Default)]
enum Slot {
    #[default]
    Absent,
    Null,
    Text(String),
    Bytes(Vec<u8>),
    Array(TextArray),
    Parent(NamedParent),
}

#[derive(Debug)]
struct NamedParent {
    table: &'static TableDef,
    key: &'static KeyDef,
    parts: Vec<Slot>,
}

impl MappedRow {
    /// Makes the row that a record means.
    ///
    /// # Errors
    /// Why it means none.
    pub fn fill(&mut self, plan: &Plan, batch: &Batch, record: &Record) -> Result<(), Fault> {
        self.slots.resize_with(plan.fields.len(), Default::default);
        let reader = Reader { plan, batch, data: &batch.data[record.data.clone()] };
        for ((column, node), (index, slot)) in plan.fields.iter().zip(&mut self.slots) {
            *index = *column;
            reader.fill(node, slot)?;
        }
        Ok(())
    }
}

struct Reader<'b> {
    plan: &'b Plan,
    batch: &'b Batch,
    data: &'b [Datum],
}

impl Reader<'_> {
    fn fill(&self, node: &Node, slot: &mut Slot) -> Result<(), Fault> {
        match node {
            Node::Value(leaf) => self.value(leaf, slot).map_err(|fault| self.named(leaf, fault)),
            Node::Parent(parent) => self.parent(parent, slot),
        }
    }

    /// A parent of which nothing is given is not given, and one of which everything is null is none.
    fn parent(&self, plan: &Parent, slot: &mut Slot) -> Result<(), Fault> {
        let mut parts = match std::mem::take(slot) {
            Slot::Parent(parent) => parent.parts,
            _ => Vec::new(),
        };
        parts.resize_with(plan.parts.len(), Default::default);
        let (mut absent, mut null) = (true, true);
        for (node, part) in plan.parts.iter().zip(&mut parts) {
            self.fill(node, part)?;
            let constant = matches!(node, Node::Value(Leaf { input: Input::Constant(_), .. }));
            absent &= constant || matches!(part, Slot::Absent);
            null &= constant || matches!(part, Slot::Absent | Slot::Null);
        }
        let all_constant = plan.parts.iter().all(is_constant);
        *slot = match (absent, null) {
            (true, _) if !all_constant => Slot::Absent,
            (_, true) if !all_constant => Slot::Null,
            _ => Slot::Parent(NamedParent { table: plan.table, key: plan.key, parts }),
        };
        Ok(())
    }

    fn value(&self, leaf: &Leaf, slot: &mut Slot) -> Result<(), Fault> {
        let datum = match &leaf.input {
            Input::Constant(text) => return self.text(leaf, text, slot),
            Input::Field(place) => self.data.get(*place).copied().unwrap_or(Datum::Absent),
        };
        let text = self.batch.text_of(datum).unwrap_or_default();
        match datum {
            Datum::Absent => *slot = Slot::Absent,
            Datum::Null => *slot = Slot::Null,
            Datum::Text(..) => {
                if self.plan.texts_are_values && is_json(leaf) {
                    // What was unescaped is a JSON text, and becomes one again.
                    *slot = Slot::Text(serde_json::Value::from(text).to_string());
                } else {
                    self.text(leaf, text, slot)?;
                }
            }
            Datum::Json(..) => match text.as_bytes().first() {
                _ if is_json(leaf) => put(slot, text),
                Some(b'[') if leaf.column.dimensions > 0 => {
                    let array = TextArray::of_json(text).map_err(|error| wrong_type(&error.to_string()))?;
                    *slot = Slot::Array(array);
                }
                Some(b'[') => return Err(wrong_type("is a JSON array, and the column is none")),
                Some(b'{') => return Err(wrong_type("is a JSON object, and the column is none")),
                _ => self.text(leaf, text, slot)?,
            },
        }
        Ok(())
    }

    fn text(&self, leaf: &Leaf, text: &str, slot: &mut Slot) -> Result<(), Fault> {
        let column = leaf.column;
        let Some(text) = convert(&leaf.rule, &column.kind, text)? else {
            *slot = Slot::Null;
            return Ok(());
        };
        if column.dimensions > 0 {
            let array = TextArray::parse(&text)
                .map_err(|why| invalid(&format!("cannot be read as an array ({text:?}): {why}")))?;
            *slot = Slot::Array(array);
        } else if column.kind == Kind::Bytes {
            let mut bytes = match std::mem::take(slot) {
                Slot::Bytes(bytes) => bytes,
                _ => Vec::new(),
            };
            if !bytea(&text, &mut bytes) {
                return Err(invalid("cannot be read as bytes: write \\x and hexadecimal digits"));
            }
            *slot = Slot::Bytes(bytes);
        } else {
            put(slot, &text);
        }
        Ok(())
    }

    /// Says which field is meant.
    fn named(&self, leaf: &Leaf, fault: Fault) -> Fault {
        let field = match &leaf.input {
            Input::Field(place) => self.plan.names.get(*place).map_or("?", String::as_str),
            Input::Constant(_) => "a constant",
        };
        let message = format!("column {}, from {field}: {}", leaf.column.name, fault.message);
        Fault { message, ..fault }
    }
}

fn is_constant(node: &Node) -> bool {
    match node {
        Node::Value(leaf) => matches!(leaf.input, Input::Constant(_)),
        Node::Parent(parent) => parent.parts.iter().all(is_constant),
    }
}

fn is_json(leaf: &Leaf) -> bool {
    leaf.column.dimensions == 0 && matches!(leaf.column.kind, Kind::Json | Kind::Jsonb)
}

fn put(slot: &mut Slot, text: &str) {
    if let Slot::Text(buffer) = slot {
        buffer.clear();
        buffer.push_str(text);
    } else {
        *slot = Slot::Text(text.to_owned());
    }
}

fn invalid(message: &str) -> Fault {
    Fault { reason: "invalid-value".into(), message: message.to_owned() }
}

fn wrong_type(message: &str) -> Fault {
    Fault { reason: "wrong-type".into(), message: message.to_owned() }
}

impl Slot {
    fn cell(&self) -> Option<Cell<'_>> {
        Some(match self {
            Self::Absent => return None,
            Self::Null => Cell::Null,
            Self::Text(text) => Cell::Text(text),
            Self::Bytes(bytes) => Cell::Bytes(bytes),
            Self::Array(array) => Cell::Array(array),
            Self::Parent(parent) => Cell::Reference(parent),
        })
    }
}

impl Fields for MappedRow {
    fn visit<'a>(&'a self, visit: &mut dyn FnMut(usize, Cell<'a>)) {
        for (column, slot) in &self.slots {
            if let Some(cell) = slot.cell() {
                visit(*column, cell);
            }
        }
    }
}

impl Reference for NamedParent {
    fn table(&self) -> &'static TableDef {
        self.table
    }

    fn key(&self) -> &'static KeyDef {
        self.key
    }

    fn visit<'a>(&'a self, visit: &mut dyn FnMut(usize, Cell<'a>)) {
        // A part that is not given names no row, as a null one does.
        self.parts.iter().enumerate().for_each(|(index, part)| visit(index, part.cell().unwrap_or(Cell::Null)));
    }
}
