//! The record of runs in `pipeline.run`.

use chrono::{DateTime, Utc};
use sqlx::pool::PoolConnection;
use sqlx::{PgPool, Postgres};
use uuid::Uuid;

use super::errors::database_error;
use crate::error::Result;
use crate::report::RunResult;

/// A connection of the pool.
///
/// # Errors
/// [`Exit::Temporary`](crate::Exit::Temporary) when none comes free in time or the server has gone.
pub async fn acquire(pool: &PgPool) -> Result<PoolConnection<Postgres>> {
    pool.acquire().await.map_err(|error| database_error("get a connection", error))
}

/// Records that a run has begun.
///
/// # Errors
/// Those of the database.
pub async fn begin_run(pool: &PgPool, id: Uuid, command: &str, started_at: DateTime<Utc>) -> Result<()> {
    let sql = "INSERT INTO pipeline.run (id, command, status, started_at) VALUES ($1, $2, 'running', $3)";
    let query = sqlx::query(sql).persistent(false).bind(id).bind(command).bind(started_at);
    query.execute(pool).await.map(drop).map_err(|error| database_error("record the run", error))
}

/// Records how a run has ended.
///
/// # Errors
/// Those of the database.
pub async fn finish_run(pool: &PgPool, result: &RunResult) -> Result<()> {
    let sql = "UPDATE pipeline.run SET status = $2, exit_code = $3, finished_at = now(), result = $4 WHERE id = $1";
    let json = serde_json::to_value(result).unwrap_or_default();
    let query = sqlx::query(sql).persistent(false).bind(result.run_id).bind(result.status.as_str());
    let query = query.bind(i32::from(result.exit_code.code())).bind(json);
    query.execute(pool).await.map(drop).map_err(|error| database_error("record the end of the run", error))
}
