//! The rows that the table has already, as numbers: a row that comes in the same again need not even be sent.
//!
//! The server sends its rows once, as they would come in (parents by their natural keys), by binary COPY. Kept are two numbers a
//! row, 16 bytes. What is not kept, differs in as much as a byte, or cannot be compared here, goes the usual way: the server
//! compares it by value. So a row can be sent in vain, but a changed one is passed over only if two numbers of 64 bits agree by
//! chance.

use std::ops::Range;

use futures::TryStreamExt as _;
use models::{ColumnDef, Kind, TableDef};
use sqlx::PgConnection;

use super::copy::{HEADER, TRAILER};
use super::failure;
use super::fingerprint::{Fingerprints, Form};
use super::layout::{Layout, Node, staged_as_text};
use super::sql::{all, ident, table_name};
use super::statement::numbers;
use crate::{Error, Exit, Result};

/// The most rows of a table that are kept: 30 MiB.
const MOST: u64 = 1_500_000;

/// A table is not read for a load of fewer than one in so many of its rows.
const SHARE: u64 = 8;

/// A row came in with this key.
const SEEN: u64 = 1;
/// It was passed over, since it is the same.
const PASSED: u64 = 2;
const FLAGS: u64 = SEEN | PASSED;

/// The table's rows.
#[derive(Debug)]
pub(super) struct Present {
    /// The shape whose rows can be compared.
    pub(super) shape: usize,
    /// What a row is compared by, in order.
    pub(super) parts: Vec<(usize, Form)>,
    /// The number of the key (less the flags) and that of the row; zeros are an empty place. Rows lie at the place that their
    /// key says, or behind it.
    places: Vec<[u64; 2]>,
    /// Rows that were passed over.
    passed: u64,
    /// Rows that were passed over, and whose key came again.
    repeated: u64,
}

/// How to ask for the table's rows.
#[derive(Debug)]
struct Question {
    sql: String,
    parts: Vec<(usize, Form)>,
}

impl Present {
    /// Reads the table's rows, if that promises to be worth while for about `expected` rows to come and the rows can be
    /// compared by their bytes.
    pub(super) async fn read(
        connection: &mut PgConnection,
        layout: &Layout<'_>,
        (shape, given): (usize, &[usize]),
        key: &[(usize, Form)],
        prints: &mut Fingerprints,
        expected: u64,
    ) -> Result<Option<Present>> {
        let Some(question) = Question::new(layout, given) else { return Ok(None) };
        let key_places: Option<Vec<(usize, Form)>> = key
            .iter()
            .map(|(slot, form)| Some((question.parts.iter().position(|(part, _)| part == slot)?, *form)))
            .collect();
        let Some(key_places) = key_places else { return Ok(None) };
        let name = layout.table.qualified_name();
        let doing = format!("comparing with the rows of {name}");
        let counted =
            format!("SELECT count(*) FROM (SELECT FROM {} LIMIT {}) AS rows", table_name(layout.table), MOST + 1);
        let [rows] = numbers(connection, &doing, counted).await?;
        if rows == 0 || rows > MOST || rows / SHARE > expected {
            return Ok(None);
        }
        let places = vec![[0; 2]; (rows + rows / 4 + 64) as usize];
        let mut present = Present { shape, parts: question.parts, places, passed: 0, repeated: 0 };
        let mut answer =
            connection.copy_out_raw(&question.sql).await.map_err(|error| failure::database(&doing, error))?;
        let mut values = Vec::with_capacity(present.parts.len());
        let mut left = rows;
        while let Some(message) = answer.try_next().await.map_err(|error| failure::database(&doing, error))? {
            let mut at = if message.starts_with(HEADER) { HEADER.len() } else { 0 };
            while at < message.len() && message[at..] != TRAILER {
                values.clear();
                at = take_tuple(&message, at, present.parts.len(), &mut values).ok_or_else(|| {
                    Error::new(Exit::Configuration, format!("the database answered unexpectedly while {doing}"))
                })?;
                // Rows that others insert meanwhile need not fit.
                if left > 0 {
                    left -= 1;
                    let value = |place: usize| values[place].clone().map(|place: Range<usize>| &message[place]);
                    let key = prints.of(key_places.iter().map(|(place, form)| (*form, value(*place))));
                    let forms = present.parts.iter().enumerate();
                    let row = prints.of(forms.map(|(place, (_, form))| (*form, value(place))));
                    present.keep(key, row);
                }
            }
        }
        drop(answer);
        Ok(Some(present))
    }

    fn keep(&mut self, key: u64, row: u64) {
        let place = self.find(key).unwrap_or_else(|free| free);
        self.places[place] = [marked(key), row];
    }

    /// The place of a key, or else the free one where it would be. There always is a free one.
    fn find(&self, key: u64) -> std::result::Result<usize, usize> {
        let wanted = marked(key) & !FLAGS;
        let mut place = ((u128::from(key) * self.places.len() as u128) >> 64) as usize;
        loop {
            match self.places[place][0] {
                0 => return Err(place),
                known if known & !FLAGS == wanted => return Ok(place),
                _ => place = if place + 1 == self.places.len() { 0 } else { place + 1 },
            }
        }
    }

    /// A row of this key came in that is to be staged whatever the table has.
    pub(super) fn see(&mut self, key: u64) {
        if let Ok(place) = self.find(key) {
            self.places[place][0] |= SEEN;
        }
    }

    /// True if a row is as the table has it and can be passed over. `row` is its number, if it can be compared. Only the first
    /// row of a key is passed over: what comes after another must be applied to it.
    pub(super) fn passes_over(&mut self, key: u64, row: Option<u64>) -> bool {
        let Ok(place) = self.find(key) else { return false };
        let [flags, known] = &mut self.places[place];
        let same = *flags & SEEN == 0 && row == Some(*known);
        if *flags & PASSED > 0 {
            self.repeated += 1;
            *flags &= !PASSED;
        }
        *flags |= if same { FLAGS } else { SEEN };
        self.passed += u64::from(same);
        same
    }

    /// How many rows were passed over, and to how many of these another row of their key came later.
    pub(super) fn counts(&self) -> (u64, u64) {
        (self.passed, self.repeated)
    }
}

/// The number of a key with room for the flags, and never zero.
fn marked(key: u64) -> u64 {
    (key | 4) & !FLAGS
}

/// Finds the values of the tuple that begins at `at`, and gives the place behind it; `None` if there is none of so many fields.
fn take_tuple(message: &[u8], at: usize, fields: usize, values: &mut Vec<Option<Range<usize>>>) -> Option<usize> {
    let count = i16::from_be_bytes(*message.get(at..)?.first_chunk()?);
    let mut at = at + 2;
    for _ in 0..fields {
        let length = i32::from_be_bytes(*message.get(at..)?.first_chunk()?);
        at += 4;
        // A negative length is NULL's.
        let value = usize::try_from(length).ok().map(|length| at..at + length);
        at = value.as_ref().map_or(at, |value| value.end);
        values.push(value);
    }
    (usize::try_from(count) == Ok(fields) && at <= message.len()).then_some(at)
}

impl Question {
    /// The rows as a shape gives them. `None` where one column is given in several ways, or its form in the database cannot be told.
    fn new(layout: &Layout<'_>, given: &[usize]) -> Option<Self> {
        let mut walk = Walk::default();
        for index in given {
            let node = layout.fields[*index].as_ref()?;
            // The text of jsonb is the server's own.
            if matches!(node.column.kind, Kind::Json | Kind::Jsonb) {
                return None;
            }
            let expression = format!("t.{}", ident(&node.column.name));
            if node.slots().is_empty() {
                // Null in all rows so far.
                walk.conditions.push(format!("{expression} IS NULL"));
            } else {
                walk.node(node, &expression, None)?;
            }
        }
        let table: &TableDef = layout.table;
        let sql = format!(
            "COPY (SELECT {}\nFROM {} AS t{}\nWHERE {}) TO STDOUT (FORMAT binary)",
            walk.expressions.join(", "),
            table_name(table),
            walk.joins.concat(),
            all(&walk.conditions),
        );
        Some(Self { sql, parts: walk.parts })
    }
}

#[derive(Default)]
struct Walk {
    expressions: Vec<String>,
    joins: Vec<String>,
    /// A reference that names no row here, or by a key that is null, is not the same as none.
    conditions: Vec<String>,
    parts: Vec<(usize, Form)>,
}

impl Walk {
    /// `reference` is the referring column of the table, for what lies behind it.
    fn node(&mut self, node: &Node<'_>, expression: &str, reference: Option<&str>) -> Option<()> {
        match (node.value, &node.routes[..]) {
            (Some(slot), []) => {
                if let Some(reference) = reference {
                    self.conditions.push(format!("({reference} IS NULL OR {expression} IS NOT NULL)"));
                }
                self.expressions.push(sent(node.column, expression));
                self.parts.push((slot, Form::of_value(node.column)));
                Some(())
            }
            (None, [route]) => {
                let alias = format!("p{}", self.joins.len() + 1);
                let join = format!(
                    "\nLEFT JOIN {} AS {alias} ON {alias}.{} = {expression}",
                    table_name(route.table),
                    ident(&route.target.name)
                );
                self.joins.push(join);
                route.parts.iter().try_for_each(|part| {
                    let name = format!("{alias}.{}", ident(&part.column.name));
                    self.node(part, &name, Some(reference.unwrap_or(expression)))
                })
            }
            _ => None,
        }
    }
}

/// The value in the form in which it would be staged.
fn sent(column: &ColumnDef, expression: &str) -> String {
    match (staged_as_text(column), column.dimensions) {
        (false, _) => expression.to_owned(),
        (true, 0) => format!("{expression}::text"),
        (true, _) => format!("{expression}::text[]"),
    }
}
