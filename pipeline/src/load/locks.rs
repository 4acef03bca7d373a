//! Advisory locks between loads, for as long as their transactions last: no lock of PostgreSQL that others would wait for.

use sqlx::{AssertSqlSafe, PgConnection};

use super::failure;
use crate::{Error, Exit, Result};

const TRY: &str = "SELECT pg_try_advisory_xact_lock(hashtextextended('pipeline load ' || $1, 0))";
const WAIT: &str = "SELECT pg_advisory_xact_lock(hashtextextended('pipeline load ' || $1, 0))";

/// Takes the lock of a task, one load of which works at a time, or waits for it as long as `lock_timeout` allows.
///
/// # Errors
/// Exit code 75 if another load holds it longer.
pub(super) async fn of_task(transaction: &mut PgConnection, holder: &str) -> Result<()> {
    let failed = |error| failure::database("beginning a transaction", error);
    let free = sqlx::query_scalar(TRY).persistent(false).bind(holder).fetch_one(&mut *transaction).await;
    if free.map_err(failed)? {
        return Ok(());
    }
    tracing::info!("waiting for another load of {holder}");
    let waited = sqlx::query(WAIT).persistent(false).bind(holder).execute(transaction).await;
    waited.map(drop).map_err(|error| match error.as_database_error().and_then(|error| error.code()).as_deref() {
        Some("55P03") => Error::new(Exit::Temporary, format!("another load of {holder} is at work"))
            .help("try again when it has ended; load.lock_timeout says how long to wait for it"),
        _ => failed(error),
    })
}

/// Takes the lock under which a table's rows are written. A load that writes all rows in one statement, in the order of their
/// keys, shares it with others of its kind: they wait for each other's rows and cannot deadlock. One that begins again with
/// the lowest key (several shapes, one statement each) has it alone.
pub(super) async fn of_table(transaction: &mut PgConnection, table: &str, shared: bool) -> Result<()> {
    let how = if shared { "pg_advisory_xact_lock_shared" } else { "pg_advisory_xact_lock" };
    let sql = format!("SELECT {how}(hashtextextended('pipeline write ' || $1, 0))");
    let taken = sqlx::query(AssertSqlSafe(sql)).persistent(false).bind(table).execute(transaction).await;
    taken.map(drop).map_err(|error| failure::database(&format!("waiting for another load of {table}"), error))
}
