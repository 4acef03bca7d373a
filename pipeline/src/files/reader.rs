//! Readers on threads of their own.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::batch::Batch;
use super::guard::guarded;
use super::open::Opened;
use super::parquet::Use;
use crate::{Error, Exit, Result};

/// So many batches wait for the connection; more would only take memory.
const WAITING: usize = 3;

/// Splits a file into records.
pub(super) trait Reader: Send {
    /// The next records, or `None` after the last.
    fn next_batch(&mut self) -> Result<Option<Batch>>;

    /// Told before the first batch what each field is read for. Where fields can be passed over, those without a use are.
    fn read_for(&mut self, _uses: Vec<Use>) {}
}

/// What readers did, for progress and summary.
#[derive(Debug, Default)]
pub struct Meter {
    bytes: AtomicU64,
    busy: AtomicU64,
}

impl Meter {
    pub(super) fn add_bytes(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Bytes of the files that were read, before decompression.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// The time that reading, decompressing and splitting took.
    pub fn busy(&self) -> Duration {
        Duration::from_nanos(self.busy.load(Ordering::Relaxed))
    }
}

/// Starts a reader. It runs ahead of its receiver by a few batches, and ends when the receiver is dropped.
///
/// # Errors
/// [`Exit::Temporary`] if the machine gives no thread.
pub fn start(opened: Opened, meter: Arc<Meter>) -> Result<mpsc::Receiver<Result<Batch>>> {
    let (sender, receiver) = mpsc::channel(WAITING);
    let (name, mut reader) = (opened.name, opened.reader);
    let work = move || {
        loop {
            let start = Instant::now();
            let batch = guarded(&name, || reader.next_batch());
            let nanoseconds = u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX);
            meter.busy.fetch_add(nanoseconds, Ordering::Relaxed);
            let Some(batch) = batch.transpose() else { return };
            let last = batch.is_err();
            if sender.blocking_send(batch).is_err() || last {
                return;
            }
        }
    };
    let thread = std::thread::Builder::new().name("reader".to_owned());
    thread.spawn(work).map_err(|error| Error::new(Exit::Temporary, "no thread for reading").caused_by(error))?;
    Ok(receiver)
}
