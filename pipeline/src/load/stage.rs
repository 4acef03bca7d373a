//! The staging table: rows stream into it by binary COPY, and it vanishes with the transaction.

use sqlx::PgConnection;

use super::copy;
use super::encode::{Encoder, Ready};
use super::failure;
use super::layout::{Slot, Stop};
use super::origin::{Fields, Origin, Rows};
use super::statement::execute;
use crate::Result;
use crate::validate::Refusal;
use std::sync::Arc;

/// Tuples are sent in chunks of this many bytes, which is what the client holds of a load of any size.
const CHUNK: usize = 64 * 1024;

/// What the stage tells about rows while it fills.
pub(super) trait Sink {
    /// A row was refused.
    fn refused(&mut self, refusal: Refusal, key: Option<serde_json::Value>, origin: &Arc<Origin>);

    /// A row was staged under `ordinal`.
    fn staged(&mut self, ordinal: u64, shape: &[usize], refers: bool, origin: &Arc<Origin>);
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
        sink: &mut (dyn Sink + Send),
    ) -> Result<()> {
        let mut chunk = Vec::with_capacity(CHUNK + 8 * 1024);
        let mut next = advance(encoder, rows, sink)?;
        while next.is_some() {
            self.align(connection, &encoder.layout.slots).await?;
            let slots = self.columns.unwrap_or(0);
            let doing = format!("staging rows for {}", encoder.layout.table.qualified_name());
            let failed = |error| failure::database(&doing, error);
            let mut copy = connection.copy_in_raw(&self.copy_statement(&encoder.layout.slots)).await.map_err(failed)?;
            chunk.clear();
            chunk.extend(copy::HEADER);
            let mut outcome = Ok(());
            while let Some((ready, origin)) = next.take_if(|(ready, _)| ready.slots <= slots) {
                sink.staged(self.rows, encoder.shapes.columns(encoder.shape(ready)), ready.refers, &origin);
                encoder.append(ready, self.rows, slots, &mut chunk);
                self.rows += 1;
                if chunk.len() >= CHUNK {
                    outcome = copy.send(chunk.as_slice()).await.map(drop).map_err(failed);
                    chunk.clear();
                }
                if outcome.is_ok() {
                    match advance(encoder, rows, sink) {
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
            chunk.extend(copy::TRAILER);
            copy.send(chunk.as_slice()).await.map_err(failed)?;
            copy.finish().await.map_err(failed)?;
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

/// The next row that is accepted; those before it go to the sink.
fn advance(
    encoder: &mut Encoder<'_>,
    rows: &mut dyn Rows,
    sink: &mut (dyn Sink + Send),
) -> Result<Option<(Ready, Arc<Origin>)>> {
    while let Some((row, origin)) = rows.next() {
        let row: &dyn Fields = row;
        match encoder.prepare(row) {
            Ok(ready) => return Ok(Some((ready, Arc::clone(origin)))),
            Err(Stop::Refused(refusal)) => sink.refused(refusal, encoder.key_of(row), origin),
            Err(Stop::Broken(error)) => return Err(error),
        }
    }
    Ok(None)
}
