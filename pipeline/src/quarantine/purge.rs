//! Removing entries for good.

use serde::Serialize;
use sqlx::{FromRow, PgConnection};

use super::filter::{Filter, Kind};
use crate::Result;
use crate::database::database_error;

/// Entries of one table and reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromRow)]
pub struct Removed {
    /// The table.
    #[serde(rename = "table")]
    pub table_name: String,
    /// The reason.
    pub reason: String,
    /// The source.
    pub source: String,
    /// How many.
    pub entries: i64,
    /// How many of them were still waiting.
    pub open: i64,
}

const SUMMARY: &str = "SELECT table_name, reason, source, count(*) AS entries, count(*) FILTER (WHERE open) AS open FROM gone GROUP \
    BY 1, 2, 3 ORDER BY 1, 2, 3";

/// What a filter meets, by table, reason and source. With `remove`, it is removed too, with recipes that nothing needs any more,
/// in the caller's transaction.
///
/// # Errors
/// Those of the database.
pub async fn purge(connection: &mut PgConnection, filter: &Filter, kind: Kind, remove: bool) -> Result<Vec<Removed>> {
    let failed = |error| database_error("purge the quarantine", error);
    let (table, shown) = match kind {
        Kind::Record => ("pipeline.quarantine", "q.table_name, q.reason, q.source, q.replayed_at IS NULL AS open"),
        Kind::Reference => (
            "pipeline.unresolved_reference",
            "q.table_name, 'unresolved-reference'::text AS reason, q.source, q.resolved_at IS NULL AS open",
        ),
    };
    let (head, tail) = match remove {
        true => (format!("WITH gone AS (DELETE FROM {table} AS q"), format!("RETURNING {shown})\n{SUMMARY}")),
        false => (format!("WITH gone AS (SELECT {shown} FROM {table} AS q"), format!(")\n{SUMMARY}")),
    };
    let rows = filter.query(kind, &head, &tail).fetch_all(&mut *connection).await.map_err(failed)?;
    if remove {
        let orphans = "DELETE FROM pipeline.recipe AS r WHERE NOT EXISTS (SELECT FROM pipeline.quarantine WHERE recipe_id = r.id) \
                       AND NOT EXISTS (SELECT FROM pipeline.unresolved_reference WHERE recipe_id = r.id)";
        sqlx::raw_sql(orphans).execute(connection).await.map_err(failed)?;
    }
    rows.iter().map(|row| Removed::from_row(row).map_err(failed)).collect()
}
