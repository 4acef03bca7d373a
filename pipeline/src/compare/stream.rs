//! A side's rows as they come: in batches, so that memory does not depend on how many there are.

use std::sync::Arc;

use bytes::{Buf, Bytes};
use futures::TryStreamExt as _;
use sqlx::PgConnection;
use tokio::sync::mpsc;

use super::family::Family;
use super::value::key_order;
use crate::database::database_error;
use crate::{Error, Exit, Result};

/// What binary COPY begins with: signature, flags, and the length of an extension that nobody uses.
const HEADER: [u8; 19] = *b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// How many bytes a batch has at least, unless it is the last.
const BATCH: usize = 128 * 1024;

/// How many batches wait at most, while the other side is behind.
const WAITING: usize = 4;

/// Some rows, one after the other.
#[derive(Debug, Default)]
struct Batch {
    bytes: Vec<u8>,
    rows: Vec<Row>,
    /// Nothing comes after it. Without such a batch, reading failed.
    is_last: bool,
}

/// Where a row is in its batch.
#[derive(Debug, Clone, Copy)]
struct Row {
    start: usize,
    end: usize,
    /// The row before or after it has the same key.
    repeats: bool,
}

/// What a reader is told.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) sql: String,
    /// Completes "cannot …" in errors.
    pub(super) doing: String,
    pub(super) fields: usize,
    pub(super) key: Arc<[Family]>,
}

/// Sends the rows of a side, and gives its connection back. A receiver that is gone ends it; the connection is of no use then.
async fn read(mut connection: PgConnection, question: Question, batches: mpsc::Sender<Batch>) -> Result<PgConnection> {
    let failed = |error| database_error(&question.doing, error);
    let mut parser = Parser { question: &question, pending: Bytes::new(), began: false, batch: Batch::default() };
    let mut answer = connection.copy_out_raw(&question.sql).await.map_err(failed)?;
    while let Some(message) = answer.try_next().await.map_err(failed)? {
        parser.take(message)?;
        if parser.is_full() && batches.send(parser.cut()).await.is_err() {
            drop(answer);
            return Ok(connection);
        }
    }
    drop(answer);
    if !parser.pending.is_empty() {
        return Err(parser.unexpected());
    }
    // Nobody waits for it if the other side has failed already.
    let _ = batches.send(Batch { is_last: true, ..parser.batch }).await;
    Ok(connection)
}

struct Parser<'a> {
    question: &'a Question,
    /// The beginning of a row whose rest is in the next message. The server sends whole rows; a proxy need not.
    pending: Bytes,
    began: bool,
    batch: Batch,
}

impl Parser<'_> {
    fn take(&mut self, message: Bytes) -> Result<()> {
        let mut message = match self.pending.is_empty() {
            true => message,
            false => [std::mem::take(&mut self.pending), message].concat().into(),
        };
        if !self.began {
            if message.len() < HEADER.len() {
                self.pending = message;
                return Ok(());
            }
            if !message.starts_with(&HEADER) {
                return Err(self.unexpected());
            }
            message.advance(HEADER.len());
            self.began = true;
        }
        while let Some(count) = message.first_chunk() {
            let count = i16::from_be_bytes(*count);
            // The end is said by a count of -1.
            if count == -1 && message.len() == 2 {
                return Ok(());
            }
            if usize::try_from(count) != Ok(self.question.fields) {
                return Err(self.unexpected());
            }
            let Some(length) = length(&message[2..], self.question.fields) else { break };
            self.push(&message[2..2 + length])?;
            message.advance(2 + length);
        }
        self.pending = message;
        Ok(())
    }

    fn push(&mut self, row: &[u8]) -> Result<()> {
        let Batch { bytes, rows, .. } = &mut self.batch;
        let mut repeats = false;
        if let Some(last) = rows.last_mut() {
            match key_order(&self.question.key, &bytes[last.start..last.end], row) {
                std::cmp::Ordering::Less => {}
                std::cmp::Ordering::Equal => {
                    last.repeats = true;
                    repeats = true;
                }
                // What is merged must be sorted: rather no answer than a wrong one.
                std::cmp::Ordering::Greater => {
                    let message =
                        format!("cannot {}: the rows do not come in the order of their keys", self.question.doing);
                    return Err(Error::new(Exit::Configuration, message)
                        .help("an index may be damaged by a change of the system's collations: REINDEX the table"));
                }
            }
        }
        let start = bytes.len();
        bytes.extend_from_slice(row);
        rows.push(Row { start, end: bytes.len(), repeats });
        Ok(())
    }

    fn is_full(&self) -> bool {
        self.batch.bytes.len() >= BATCH && self.batch.rows.len() > 1
    }

    /// Takes all rows but the last, which the next one is to be compared with.
    fn cut(&mut self) -> Batch {
        let mut next = Batch { bytes: Vec::with_capacity(BATCH + BATCH / 8), ..Batch::default() };
        if let Some(last) = self.batch.rows.pop() {
            next.bytes.extend_from_slice(&self.batch.bytes[last.start..last.end]);
            next.rows.push(Row { start: 0, end: last.end - last.start, ..last });
        }
        std::mem::replace(&mut self.batch, next)
    }

    fn unexpected(&self) -> Error {
        Error::new(Exit::Configuration, format!("cannot {}: the database answered unexpectedly", self.question.doing))
    }
}

/// The length of the row that the bytes begin with; `None` if it is not whole.
fn length(bytes: &[u8], fields: usize) -> Option<usize> {
    let mut at = 0;
    for _ in 0..fields {
        let length = i32::from_be_bytes(*bytes.get(at..)?.first_chunk()?);
        // A negative length is NULL's.
        at += 4 + usize::try_from(length).unwrap_or(0);
    }
    (at <= bytes.len()).then_some(at)
}

/// A side's rows, one after the other, while its reader reads on.
pub(super) struct Cursor {
    batches: mpsc::Receiver<Batch>,
    batch: Batch,
    at: usize,
    /// How many rows were passed.
    pub(super) passed: u64,
    /// Reading failed; [`Cursor::finish`] says why.
    pub(super) is_broken: bool,
    reader: tokio::task::JoinHandle<Result<PgConnection>>,
}

impl Cursor {
    pub(super) fn start(connection: PgConnection, question: Question) -> Self {
        let (sender, batches) = mpsc::channel(WAITING);
        let reader = tokio::spawn(read(connection, question, sender));
        Self { batches, batch: Batch::default(), at: 0, passed: 0, is_broken: false, reader }
    }

    /// Whether there is a row; waits for it.
    pub(super) async fn has_row(&mut self) -> bool {
        while self.at == self.batch.rows.len() {
            if self.batch.is_last {
                return false;
            }
            match self.batches.recv().await {
                Some(batch) => (self.batch, self.at) = (batch, 0),
                None => {
                    self.is_broken = true;
                    return false;
                }
            }
        }
        true
    }

    /// The row, and whether others of its side have its key. There must be one.
    pub(super) fn row(&self) -> (&[u8], bool) {
        let row = self.batch.rows[self.at];
        (&self.batch.bytes[row.start..row.end], row.repeats)
    }

    pub(super) fn step(&mut self) {
        self.at += 1;
        self.passed += 1;
    }

    /// The connection, once all rows were read.
    pub(super) async fn finish(self) -> Result<PgConnection> {
        drop(self.batches);
        self.reader
            .await
            .map_err(|error| Error::new(Exit::Temporary, "reading a side ended before its end").caused_by(error))?
    }
}
