//! The rows of files, one file after the other.

use std::collections::VecDeque;
use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use tokio::sync::mpsc::Receiver;

use super::plan::Plan;
use super::row::MappedRow;
use crate::Result;
use crate::files::{Batch, Meter, Opened, start};
use crate::load::{Next, Origin, Rows};

/// What the quarantine calls files as a source.
pub const SOURCE: &str = "file";

/// Rows of files.
#[derive(Debug)]
pub struct FileRows<P> {
    files: VecDeque<(Opened, Plan)>,
    meter: Arc<Meter>,
    reading: Option<Reading>,
    batch: Batch,
    /// The place in the batch of the next record.
    next: usize,
    row: MappedRow,
    /// About how many bytes the records of all files are.
    bytes: Option<u64>,
    /// How many records all files have, if they say so.
    rows: Option<u64>,
    left: u64,
    /// Told how many rows went by since it was told last, and at the end `None`.
    progress: P,
}

#[derive(Debug)]
struct Reading {
    plan: Plan,
    head: Origin,
    batches: Receiver<Result<Batch>>,
}

impl<P: FnMut(Option<u64>) + Send> FileRows<P> {
    /// The rows of files with their plans; of all together `limit` records at the most.
    pub fn new(files: Vec<(Opened, Plan)>, meter: Arc<Meter>, limit: Option<u64>, progress: P) -> Self {
        let bytes = files.iter().map(|(opened, _)| opened.plain_size).sum();
        let rows = files.iter().map(|(opened, _)| opened.rows).sum();
        Self {
            files: files.into(),
            meter,
            reading: None,
            batch: Batch::default(),
            next: 0,
            row: MappedRow::default(),
            bytes,
            rows,
            left: limit.unwrap_or(u64::MAX),
            progress,
        }
    }

    async fn more(&mut self) -> Result<bool> {
        (self.progress)(Some(self.next as u64));
        self.batch = Batch::default();
        self.next = 0;
        if self.left == 0 {
            (self.reading, self.files) = (None, VecDeque::new());
        }
        loop {
            if let Some(reading) = &mut self.reading
                && let Some(batch) = reading.batches.recv().await
            {
                self.batch = batch?;
                return Ok(true);
            }
            let Some((opened, plan)) = self.files.pop_front() else {
                // The last record's origin may still be asked for.
                (self.progress)(None);
                return Ok(false);
            };
            let head = Origin {
                source: SOURCE.into(),
                file: Some(Arc::clone(&opened.name)),
                media_type: Some(Arc::clone(&opened.media_type)),
                recipe: plan.recipe.clone(),
                ..Origin::default()
            };
            self.row = MappedRow::default();
            self.reading = Some(Reading { plan, head, batches: start(opened, Arc::clone(&self.meter))? });
        }
    }
}

impl<P: FnMut(Option<u64>) + Send> Rows for FileRows<P> {
    fn next(&mut self) -> Option<Next<'_>> {
        let record = self.batch.records.get_mut(self.next).filter(|_| self.left > 0)?;
        self.next += 1;
        self.left -= 1;
        if let Some(fault) = record.fault.take() {
            return Some(Next::Refused(fault));
        }
        let reading = self.reading.as_ref()?;
        let record = &self.batch.records[self.next - 1];
        Some(match self.row.fill(&reading.plan, &self.batch, record) {
            Ok(()) => Next::Row(&self.row),
            Err(fault) => Next::Refused(fault),
        })
    }

    fn origin(&self) -> Arc<Origin> {
        let record = self.next.checked_sub(1).and_then(|place| self.batch.records.get(place));
        let (Some(reading), Some(record)) = (&self.reading, record) else { return Arc::default() };
        let raw = self.batch.raw_of(record);
        Arc::new(Origin { line: Some(record.line), byte_offset: record.offset, raw, ..reading.head.clone() })
    }

    /// By the files themselves, or by the records at hand. What is wrong about it only costs speed.
    fn expected(&self) -> Option<u64> {
        if let Some(rows) = self.rows {
            return Some(rows.min(self.left));
        }
        let each = (self.batch.raw.len() / self.batch.records.len().max(1)).max(1);
        Some((self.bytes? / each as u64).min(self.left))
    }

    fn refill(&mut self) -> BoxFuture<'_, Result<bool>> {
        self.more().boxed()
    }
}
