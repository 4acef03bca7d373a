//! The staging table: rows stream into it by binary COPY, and it vanishes with the transaction.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::PgConnection;

use super::copy;
use super::encode::{Encoder, Ready};
use super::failure;
use super::layout::{Slot, Stop};
use super::origin::{Fault, Fields, Next, Origin, Rows};
use super::phases::Phase;
use super::sieve::Sieve;
use super::statement::execute;
use crate::Result;

/// Tuples are sent in chunks of this many bytes, or of `batch_rows`, which is what the client holds of a load of any size.
const CHUNK: usize = 64 * 1024;

/// What the stage tells about rows while it fills. An error ends the load.
pub(super) trait Sink {
    /// A record was refused.
    fn refused(&mut self, fault: Fault, key: Option<serde_json::Value>, origin: Arc<Origin>) -> Result<()>;

    /// A row was staged. Tells whether its record is to be kept, since the merge may yet refuse it.
    fn staged(&mut self, shape: usize, columns: &[usize], refers: bool) -> bool;

    /// A row was passed over, since the table has it.
    fn passed(&mut self);

    /// The record of the row `ordinal`, to be kept.
    fn keep(&mut self, ordinal: u64, origin: &Arc<Origin>) -> Result<()>;

    /// Time went by.
    fn spent(&mut self, phase: Phase, time: Duration);
}

/// A staging table.
#[derive(Debug)]
pub(super) struct Stage {
    /// Its quoted name.
    pub(super) name: String,
    /// How many of the layout's slots it has as columns; `None` before it is created.
    columns: Option<usize>,
    /// Rows in it.
    pub(super) rows: u64,
}

impl Stage {
    /// A stage with a name of its own among those of the transaction. It is created with its first row.
    pub(super) fn new(number: usize) -> Self {
        Self { name: format!("\"stage {number}\""), columns: None, rows: 0 }
    }

    /// Streams all rows into the table. Rows may differ in shape: a row that needs staging columns that are not there yet
    /// ends the COPY at hand, and another goes on after they are added; that happens at most once a column.
    pub(super) async fn fill(
        &mut self,
        connection: &mut PgConnection,
        encoder: &mut Encoder<'_>,
        rows: &mut dyn Rows,
        batch_rows: usize,
        (sieve, sink): (&mut Sieve, &mut (dyn Sink + Send)),
    ) -> Result<()> {
        let mut chunk = Vec::with_capacity(CHUNK + 8 * 1024);
        let mut next = advance(encoder, rows, sieve, sink).await?;
        sieve.expect(rows.expected());
        while let Some(ready) = next {
            if sieve.wants_table(self.rows) {
                let start = Instant::now();
                sieve.read_table(connection, encoder, ready).await?;
                sink.spent(Phase::Compare, start.elapsed());
            }
            self.align(connection, &encoder.layout.slots).await?;
            let slots = self.columns.unwrap_or(0);
            let doing = format!("staging rows for {}", encoder.layout.table.qualified_name());
            let failed = |error| failure::database(&doing, error);
            let mut copy = connection.copy_in_raw(&self.copy_statement(&encoder.layout.slots)).await.map_err(failed)?;
            chunk.clear();
            chunk.extend(copy::HEADER);
            let (mut outcome, mut held) = (Ok(()), 0);
            while let Some(ready) = next.take_if(|ready| ready.slots <= slots && !sieve.wants_table(self.rows)) {
                let shape = encoder.shape(ready);
                if sink.staged(shape, encoder.shapes.columns(shape), ready.refers) {
                    outcome = sink.keep(self.rows, &rows.origin());
                }
                encoder.append(ready, self.rows, slots, &mut chunk);
                sieve.staged(self.rows);
                self.rows += 1;
                held += 1;
                if outcome.is_ok() && (chunk.len() >= CHUNK || held >= batch_rows) {
                    let start = Instant::now();
                    outcome = copy.send(chunk.as_slice()).await.map(drop).map_err(failed);
                    sink.spent(Phase::Send, start.elapsed());
                    chunk.clear();
                    held = 0;
                }
                if outcome.is_ok() {
                    match advance(encoder, rows, sieve, sink).await {
                        Ok(row) => next = row,
                        Err(error) => outcome = Err(error),
                    }
                }
            }
            if let Err(error) = outcome {
                // A COPY that is only dropped would fail the next statement, the rollback.
                let _ = copy.abort("the load stopped").await;
                return Err(error);
            }
            let start = Instant::now();
            chunk.extend(copy::TRAILER);
            copy.send(chunk.as_slice()).await.map_err(failed)?;
            copy.finish().await.map_err(failed)?;
            sink.spent(Phase::Send, start.elapsed());
        }
        Ok(())
    }

    /// Creates the table, or adds the columns it lacks.
    async fn align(&mut self, connection: &mut PgConnection, slots: &[Slot]) -> Result<()> {
        let column = |slot: &Slot| format!("{} {}", slot.name, slot.sql_type);
        let sql = match self.columns {
            None => {
                let columns: String = slots.iter().map(|slot| format!(", {}", column(slot))).collect();
                format!("CREATE TEMP TABLE {} (ordinal bigint, shape integer{columns}) ON COMMIT DROP", self.name)
            }
            Some(present) if present < slots.len() => {
                let added: Vec<_> =
                    slots[present..].iter().map(|slot| format!("ADD COLUMN {}", column(slot))).collect();
                format!("ALTER TABLE {} {}", self.name, added.join(", "))
            }
            Some(_) => return Ok(()),
        };
        execute(connection, "creating a staging table", sql).await?;
        self.columns = Some(slots.len());
        Ok(())
    }

    fn copy_statement(&self, slots: &[Slot]) -> String {
        let columns: String = slots.iter().map(|slot| format!(", {}", slot.name)).collect();
        format!("COPY {} (ordinal, shape{columns}) FROM STDIN (FORMAT binary)", self.name)
    }
}

/// The next row that is to be staged; those before it go to the sink.
async fn advance(
    encoder: &mut Encoder<'_>,
    rows: &mut dyn Rows,
    sieve: &mut Sieve,
    sink: &mut (dyn Sink + Send),
) -> Result<Option<Ready>> {
    loop {
        let (fault, key) = match rows.next() {
            None => {
                let start = Instant::now();
                let more = rows.refill().await;
                sink.spent(Phase::Wait, start.elapsed());
                if more? {
                    continue;
                }
                return Ok(None);
            }
            Some(Next::Refused(fault)) => (fault, None),
            Some(Next::Row(row)) => {
                let row: &dyn Fields = row;
                match encoder.prepare(row) {
                    Ok(ready) if sieve.admits(encoder, ready) => return Ok(Some(ready)),
                    Ok(_) => {
                        sink.passed();
                        continue;
                    }
                    Err(Stop::Refused(refusal)) => (refusal.into(), encoder.key_of(row)),
                    Err(Stop::Broken(error)) => return Err(error),
                }
            }
        };
        sink.refused(fault, key, rows.origin())?;
    }
}
