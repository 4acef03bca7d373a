//! Where rows come from, and rows on their way in.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use models::{Cell, Insert};

/// Where a record came from: what the quarantine keeps of it.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// The source's name, such as `ncaa-directory`.
    pub source: Arc<str>,
    /// The URL it was fetched from.
    pub url: Option<Arc<str>>,
    /// The file it was read from.
    pub file: Option<Arc<str>>,
    /// Where in the body or file the record begins, in bytes.
    pub byte_offset: Option<u64>,
    /// The media type of the raw bytes.
    pub media_type: Option<Arc<str>>,
    /// The record as it came.
    pub raw: Bytes,
}

/// A row and the record it was made from. Rows of one record share its origin.
#[derive(Debug, Clone)]
pub struct Row<R> {
    /// The row.
    pub row: R,
    /// Its record.
    pub origin: Arc<Origin>,
}

/// A record that was refused before it became a row.
#[derive(Debug, Clone)]
pub struct Rejected {
    /// The table it was meant for, as `schema.name`.
    pub table: String,
    /// A stable word for the rule that was broken, such as [`crate::validate::Reason::as_str`] gives.
    pub reason: Cow<'static, str>,
    /// What is wrong, where, and what was given.
    pub message: String,
    /// The natural key, as far as it is known.
    pub key: Option<serde_json::Value>,
    /// The record.
    pub origin: Arc<Origin>,
}

/// The fields of a row, whatever its type: what [`Insert`] is when the table is known at run time only.
pub trait Fields: Send + Sync {
    /// As [`Insert::visit`].
    fn visit<'a>(&'a self, visit: &mut dyn FnMut(usize, Cell<'a>));
}

impl<R: Insert> Fields for R {
    fn visit<'a>(&'a self, visit: &mut dyn FnMut(usize, Cell<'a>)) {
        Insert::visit(self, visit);
    }
}

/// A stream of rows of any type. Each is lent until the next is asked for, so that a reader can use one buffer for all.
pub trait Rows: Send {
    /// The next row, or `None` after the last.
    fn next(&mut self) -> Option<(&dyn Fields, &Arc<Origin>)>;
}

/// [`Rows`] over an iterator.
#[derive(Debug)]
pub struct Iterated<F, I> {
    rows: I,
    current: Option<Row<F>>,
}

impl<F, I: Iterator<Item = Row<F>>> Iterated<F, I> {
    /// The rows of an iterator.
    pub fn new(rows: impl IntoIterator<IntoIter = I, Item = Row<F>>) -> Self {
        Self { rows: rows.into_iter(), current: None }
    }
}

impl<F: Fields, I: Iterator<Item = Row<F>> + Send> Rows for Iterated<F, I> {
    fn next(&mut self) -> Option<(&dyn Fields, &Arc<Origin>)> {
        self.current = self.rows.next();
        self.current.as_ref().map(|row| (&row.row as &dyn Fields, &row.origin))
    }
}
