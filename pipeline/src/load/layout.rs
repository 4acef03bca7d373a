//! Which staging column holds which part of a row.
//!
//! A plain field takes one staging column. A reference takes one for each part of the natural key that names the parent,
//! and a part may be a reference in its turn: a tree. One field can be given in several ways in one load (as an id, by one
//! key of its parent or by another); each way has its own staging columns, and a row fills those of one way.

use models::{Cell, ColumnDef, KeyDef, Kind, Reference, TableDef};

use super::sql;
use crate::validate::{Reason, Refusal};
use crate::{Error, Exit};

/// The staging columns of one table's load.
#[derive(Debug)]
pub(super) struct Layout<'t> {
    pub(super) table: &'t TableDef,
    /// For each of the table's columns, where its values are, once a row has given it.
    pub(super) fields: Vec<Option<Node<'t>>>,
    /// The staging columns, in the order of the COPY.
    pub(super) slots: Vec<Slot>,
}

/// A staging column.
#[derive(Debug)]
pub(super) struct Slot {
    /// Its quoted name: its number, and the path of columns for whoever reads the SQL.
    pub(super) name: String,
    /// Its type.
    pub(super) sql_type: String,
}

/// A column of the table, or a part of a parent's key, and the ways in which it is given.
#[derive(Debug)]
pub(super) struct Node<'t> {
    pub(super) column: &'t ColumnDef,
    /// The staging column of values given as they are.
    pub(super) value: Option<usize>,
    pub(super) routes: Vec<Route<'t>>,
}

/// A way to a parent: by one of its keys.
#[derive(Debug)]
pub(super) struct Route<'t> {
    pub(super) table: &'t TableDef,
    pub(super) key: &'t KeyDef,
    /// The parent's column that the foreign key stores.
    pub(super) target: &'t ColumnDef,
    /// The parts of the key, in key order.
    pub(super) parts: Vec<Node<'t>>,
}

/// Why a row cannot be laid out.
#[derive(Debug)]
pub(super) enum Stop {
    /// The row is at fault: it goes to the quarantine.
    Refused(Refusal),
    /// The program is: the load ends.
    Broken(Error),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Stop::Refused(refusal)
    }
}

impl<'t> Layout<'t> {
    pub(super) fn new(table: &'t TableDef) -> Self {
        Self { table, fields: table.columns.iter().map(|_| None).collect(), slots: Vec::new() }
    }

    /// Checks a field, and hands the values it is made of to `put`, each with its staging column; new staging columns are
    /// added as they are needed.
    pub(super) fn place<'a>(
        &mut self,
        index: usize,
        cell: Cell<'a>,
        put: &mut dyn FnMut(usize, &ColumnDef, Cell<'a>),
    ) -> Result<(), Stop> {
        let Some(column) = self.table.columns.get(index) else {
            let (table, count) = (self.table.qualified_name(), self.table.columns.len());
            let message = format!("a row of {table} gives its column {index}, but it has only {count}");
            return Err(Stop::Broken(Error::new(Exit::Configuration, message)));
        };
        let node = self.fields[index].get_or_insert_with(|| Node::new(column));
        let cell = models::check(column, cell).map_err(Refusal::from)?;
        node.place(self.table, &column.name, &mut self.slots, cell, put)
    }
}

impl<'t> Node<'t> {
    fn new(column: &'t ColumnDef) -> Self {
        Self { column, value: None, routes: Vec::new() }
    }

    /// Places a checked value.
    fn place<'a>(
        &mut self,
        table: &TableDef,
        path: &str,
        slots: &mut Vec<Slot>,
        cell: Cell<'a>,
        put: &mut dyn FnMut(usize, &ColumnDef, Cell<'a>),
    ) -> Result<(), Stop> {
        match cell {
            Cell::Null => Ok(()),
            Cell::Reference(reference) => {
                let route = match self.routes.iter().position(|route| route.is(reference)) {
                    Some(known) => &mut self.routes[known],
                    None => {
                        self.routes.push(Route::new(table, self.column, reference).map_err(Stop::Broken)?);
                        self.routes.last_mut().ok_or_else(|| Stop::Broken(not_a_key(reference)))?
                    }
                };
                route.place(path, slots, reference, put)
            }
            cell => {
                let slot = *self.value.get_or_insert_with(|| {
                    let name = format!("{} {path}", slots.len() + 1);
                    slots.push(Slot { name: sql::ident(sql::cut(&name)), sql_type: staged_type(self.column) });
                    slots.len() - 1
                });
                put(slot, self.column, cell);
                Ok(())
            }
        }
    }

    /// Every staging column below, in order.
    pub(super) fn slots(&self) -> Vec<usize> {
        let below = self.routes.iter().flat_map(|route| &route.parts).flat_map(Node::slots);
        self.value.into_iter().chain(below).collect()
    }
}

impl<'t> Route<'t> {
    fn new(table: &TableDef, column: &ColumnDef, reference: &dyn Reference) -> Result<Route<'t>, Error> {
        let (parent, key) = (reference.table(), reference.key());
        let target = table.references.iter().find_map(|foreign| {
            let same = foreign.foreign_schema == parent.schema && foreign.foreign_table == parent.name;
            let place = foreign.columns.iter().position(|name| *name == column.name)?;
            same.then(|| parent.columns.iter().find(|column| column.name == foreign.foreign_columns[place]))?
        });
        let Some(target) = target else {
            let (table, parent) = (table.qualified_name(), parent.qualified_name());
            let message = format!("column {} of {table} is given as a reference to {parent}", column.name);
            let message = format!("{message}, but has no foreign key to it");
            return Err(Error::new(Exit::Configuration, message).help("declare the foreign key in the Drizzle schema"));
        };
        // A key over expressions is not named by its plain columns alone.
        if !key.expressions.is_empty() {
            return Err(not_a_key(reference));
        }
        let columns = key.columns.iter().map(|name| parent.columns.iter().find(|column| column.name == *name));
        let parts: Option<Vec<_>> = columns.map(|column| column.map(Node::new)).collect();
        let parts = parts.filter(|parts| !parts.is_empty()).ok_or_else(|| not_a_key(reference))?;
        Ok(Route { table: parent, key, target, parts })
    }

    fn is(&self, reference: &dyn Reference) -> bool {
        let (table, key) = (reference.table(), reference.key());
        (std::ptr::eq(self.table, table) && std::ptr::eq(self.key, key))
            || (self.table.schema == table.schema && self.table.name == table.name && *self.key == *key)
    }

    fn place<'a>(
        &mut self,
        path: &str,
        slots: &mut Vec<Slot>,
        reference: &'a dyn Reference,
        put: &mut dyn FnMut(usize, &ColumnDef, Cell<'a>),
    ) -> Result<(), Stop> {
        let mut outcome = Ok(());
        let mut given = 0;
        reference.visit(&mut |index, cell| {
            if outcome.is_err() {
                return;
            }
            let Some(part) = self.parts.get_mut(index) else {
                outcome = Err(Stop::Broken(not_a_key(reference)));
                return;
            };
            given += 1;
            let path = format!("{path}.{}", part.column.name);
            outcome = match cell {
                Cell::Null => {
                    let message =
                        format!("reference {path} is null: it names no row of {}", self.table.qualified_name());
                    Err(Refusal::new(Reason::NullReference, message).into())
                }
                Cell::Reference(_) => part.place(self.table, &path, slots, cell, put),
                // The parent is only looked up, so that the part may well be a column that nobody can write.
                cell => match models::scalar(part.column, cell) {
                    Ok(cell) => part.place(self.table, &path, slots, cell, put),
                    Err(fault) => Err(Refusal::from(fault).into()),
                },
            };
        });
        outcome?;
        if given == self.parts.len() { Ok(()) } else { Err(Stop::Broken(not_a_key(reference))) }
    }
}

fn not_a_key(reference: &dyn Reference) -> Error {
    let (table, key) = (reference.table().qualified_name(), &reference.key().name);
    let message = format!("a reference names a row of {table} by {key}, but does not give the parts of that key");
    Error::new(Exit::Configuration, message).help("name the row by a unique key over plain columns, all of them given")
}

/// True if values of the column are staged as text and cast by the server: enums, whose OIDs each database chooses, and
/// types whose binary form is not known here.
pub(super) fn staged_as_text(column: &ColumnDef) -> bool {
    use Kind::{Bool, Bytes, Char, Date, Float4, Float8, Int2, Int4, Int8, Json, Jsonb, Numeric, Text, Time, Uuid};
    !matches!(
        column.kind,
        Bool | Bytes | Char { .. } | Date | Float4 | Float8 | Int2 | Int4 | Int8 | Json | Jsonb | Numeric { .. }
    ) && !matches!(column.kind, Text { .. } | Time | Uuid | Kind::Timestamp | Kind::TimestampTz)
}

/// The type with its modifiers, so that what is staged is rounded and padded as it will be stored, and compares equal to it.
fn staged_type(column: &ColumnDef) -> String {
    match (staged_as_text(column), column.dimensions) {
        (false, _) => column.sql_type.to_string(),
        (true, 0) => "text".to_owned(),
        (true, _) => "text[]".to_owned(),
    }
}
