//! Running statements that have no parameters: by the simple protocol, one round trip each and nothing prepared, so that
//! they pass through PgBouncer in transaction mode. All text in them is made by this module's siblings, which quote.

use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, PgConnection};

use super::failure;
use crate::Result;

/// Runs it, and gives the number of rows it affected.
pub(super) async fn execute(connection: &mut PgConnection, doing: &str, sql: String) -> Result<u64> {
    tracing::trace!(%sql, "statement");
    let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await;
    Ok(done.map_err(|error| failure::database(doing, error))?.rows_affected())
}

/// Runs it, and gives its rows.
pub(super) async fn fetch(connection: &mut PgConnection, doing: &str, sql: String) -> Result<Vec<PgRow>> {
    tracing::trace!(%sql, "statement");
    sqlx::raw_sql(AssertSqlSafe(sql)).fetch_all(connection).await.map_err(|error| failure::database(doing, error))
}

/// Runs a query of one row whose columns are all `bigint`.
pub(super) async fn numbers<const N: usize>(
    connection: &mut PgConnection,
    doing: &str,
    sql: String,
) -> Result<[u64; N]> {
    use sqlx::Row;
    let rows = fetch(connection, doing, sql).await?;
    let mut numbers = [0; N];
    for (place, number) in numbers.iter_mut().enumerate() {
        let value = rows.first().map_or(Ok(0), |row| row.try_get::<i64, _>(place));
        *number = value.map_err(|error| failure::database(doing, error))?.unsigned_abs();
    }
    Ok(numbers)
}
