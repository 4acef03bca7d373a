//! Faults that only the database sees: a check, a second unique key, an exclusion, a trigger. They cost the row, not the load.
//!
//! PostgreSQL tells that a statement failed, not for which row. So a statement over a range of rows that fails is undone (to a
//! savepoint) and repeated over the two halves of the range, until the rows that fail by themselves are found. A load pays for
//! this only once it has failed without it: see [`super::Options::careful`].

use sqlx::PgConnection;

use super::failure;
use super::merge::Merge;
use super::statement::{execute, numbers};
use crate::validate::Refusal;
use crate::{Error, Result};

/// What writing some rows did.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub(super) inserted: u64,
    pub(super) updated: u64,
    /// The rows that the database refused, by rising ordinals.
    pub(super) refused: Vec<(i64, Refusal)>,
}

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// New ones are inserted, changed ones updated; a partitioned table cannot tell them apart by itself.
    Upsert { partitioned: bool },
    /// Only rows that exist are updated.
    Update,
}

/// Writes the rows of a shape in one statement.
pub(super) async fn write(connection: &mut PgConnection, doing: &str, merge: &Merge<'_>, how: How) -> Result<Written> {
    let (inserted, updated) = match how {
        How::Upsert { partitioned } => {
            let [new] = if partitioned { numbers(connection, doing, merge.count_new()).await? } else { [0] };
            let [inserted, updated] = numbers(connection, doing, merge.upsert(partitioned)).await?;
            match partitioned {
                true => (inserted.min(new), inserted.saturating_sub(new)),
                false => (inserted, updated),
            }
        }
        How::Update => {
            let [changed] = numbers(connection, doing, merge.lock_changed()).await?;
            (0, if changed > 0 { execute(connection, doing, merge.update()).await? } else { 0 })
        }
    };
    Ok(Written { inserted, updated, refused: Vec::new() })
}

/// Writes the rows of a shape, less those that the database refuses. `rows` is beyond all ordinals of the stage; `bear` is told
/// the number of refused rows so far, and may end the load.
pub(super) async fn write_each(
    connection: &mut PgConnection,
    doing: &str,
    merge: Merge<'_>,
    how: How,
    rows: u64,
    mut bear: impl FnMut(u64) -> Result<()>,
) -> Result<Written> {
    let mut written = Written::default();
    let mut ranges = vec![(0, rows)];
    while let Some((start, end)) = ranges.pop() {
        let some = merge.clone().within(start, end);
        execute(connection, doing, "SAVEPOINT merge".to_owned()).await?;
        match write(connection, doing, &some, how).await {
            Ok(done) => {
                execute(connection, doing, "RELEASE SAVEPOINT merge".to_owned()).await?;
                written.inserted += done.inserted;
                written.updated += done.updated;
            }
            Err(error) => {
                let refusal = refusal(error)?;
                execute(connection, doing, "ROLLBACK TO SAVEPOINT merge; RELEASE SAVEPOINT merge".to_owned()).await?;
                if end - start == 1 {
                    written.refused.push((start.cast_signed(), refusal));
                    bear(written.refused.len() as u64)?;
                    continue;
                }
                if (start, end) == (0, rows) {
                    execute(connection, doing, some.index_rows()).await?;
                }
                // The first half comes first: of two rows that exclude each other the earlier one stays.
                let middle = start + (end - start) / 2;
                ranges.extend([(middle, end), (start, middle)]);
            }
        }
    }
    Ok(written)
}

/// The refusal that an error of the database means, if it is about a row.
fn refusal(error: Error) -> Result<Refusal> {
    failure::row_fault(&error).ok_or(error)
}
