//! Where rows come from, and rows on their way in.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use futures::future::BoxFuture;
use models::{Cell, Insert};

use super::recipe::Recipe;
use crate::Result;
use crate::files::parquet;
use crate::validate::Refusal;

/// Where a record came from: what the quarantine keeps of it.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// The source's name, such as `ncaa-directory`.
    pub source: Arc<str>,
    /// The URL it was fetched from.
    pub url: Option<Arc<str>>,
    /// The file it was read from.
    pub file: Option<Arc<str>>,
    /// The line of the file in which the record begins, or in Parquet its row, from 1.
    pub line: Option<u64>,
    /// Where in the body or file the record begins, in bytes.
    pub byte_offset: Option<u64>,
    /// The media type of the raw bytes.
    pub media_type: Option<Arc<str>>,
    /// The record as it came.
    pub raw: Bytes,
    /// How the record is to be read, for whoever replays it.
    pub recipe: Option<Arc<Recipe>>,
    /// The entry of the quarantine that is being replayed. If the record is refused again, the entry stays and says why.
    pub entry: Option<i64>,
}

impl Origin {
    /// Where the record stands in its file, as messages begin.
    pub fn place(&self) -> Option<String> {
        let counted = if self.media_type.as_deref() == Some(parquet::MEDIA_TYPE) { "row" } else { "line" };
        self.line.map(|number| format!("{counted} {number}"))
    }
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

/// What a stream of rows gives next.
#[derive(Clone)]
pub enum Next<'r> {
    /// A row.
    Row(&'r dyn Fields),
    /// A record that no row can be made of.
    Refused(Fault),
}

impl fmt::Debug for Next<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Row(_) => f.write_str("Row"),
            Self::Refused(fault) => f.debug_tuple("Refused").field(fault).finish(),
        }
    }
}

/// Why a record cannot be accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// A stable word for the rule that was broken.
    pub reason: Cow<'static, str>,
    /// What is wrong, where, and what was given.
    pub message: String,
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Self { reason: refusal.reason.into(), message: refusal.message }
    }
}

/// A stream of rows of any type. Each is lent until the next is asked for, so that a reader can use one buffer for all.
pub trait Rows: Send {
    /// The next row at hand, or `None`: then [`Rows::refill`] says whether there are more.
    fn next(&mut self) -> Option<Next<'_>>;

    /// The record that the last row was made of.
    fn origin(&self) -> Arc<Origin>;

    /// About how many rows come in all, as far as that can be told once the first is at hand.
    fn expected(&self) -> Option<u64> {
        None
    }

    /// Waits until more rows are at hand; false after the last. Here a slow reader gives way to the connection.
    ///
    /// # Errors
    /// What keeps the rows from being read to their end. It ends the load, which is then undone.
    fn refill(&mut self) -> BoxFuture<'_, Result<bool>> {
        Box::pin(std::future::ready(Ok(false)))
    }
}

/// [`Rows`] over an iterator.
#[derive(Debug)]
pub struct Iterated<F, I> {
    rows: I,
    /// What the iterator said of its length.
    expected: usize,
    current: Option<Row<F>>,
}

impl<F, I: Iterator<Item = Row<F>>> Iterated<F, I> {
    /// The rows of an iterator.
    pub fn new(rows: impl IntoIterator<IntoIter = I, Item = Row<F>>) -> Self {
        let rows = rows.into_iter();
        Self { expected: rows.size_hint().0, rows, current: None }
    }
}

impl<F: Fields, I: Iterator<Item = Row<F>> + Send> Rows for Iterated<F, I> {
    fn next(&mut self) -> Option<Next<'_>> {
        self.current = self.rows.next();
        self.current.as_ref().map(|row| Next::Row(&row.row))
    }

    fn origin(&self) -> Arc<Origin> {
        self.current.as_ref().map(|row| Arc::clone(&row.origin)).unwrap_or_default()
    }

    fn expected(&self) -> Option<u64> {
        u64::try_from(self.expected).ok()
    }
}
