//! The record of runs in `pipeline.run`.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sqlx::pool::PoolConnection;
use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::{PgPool, Postgres, Transaction};
use uuid::Uuid;

use super::errors::database_error;
use crate::error::Result;
use crate::fetch::Statistics;
use crate::report::RunResult;

/// A connection of the pool.
///
/// # Errors
/// [`Exit::Temporary`](crate::Exit::Temporary) when none comes free in time or the server has gone.
pub async fn acquire(pool: &PgPool) -> Result<PoolConnection<Postgres>> {
    pool.acquire().await.map_err(|error| database_error("get a connection", error))
}

/// A transaction on a connection of the pool.
///
/// # Errors
/// As [`acquire`].
pub async fn begin(pool: &PgPool) -> Result<Transaction<'static, Postgres>> {
    pool.begin().await.map_err(|error| database_error("begin a transaction", error))
}

/// Commits it.
///
/// # Errors
/// Those of the database; then nothing was changed.
pub async fn commit(transaction: Transaction<'static, Postgres>) -> Result<()> {
    transaction.commit().await.map_err(|error| database_error("commit", error))
}

/// A run that begins.
#[derive(Debug, Clone, Copy)]
pub struct Begun<'a> {
    /// The command.
    pub command: &'a str,
    /// What it is asked to do, for whoever goes on with it.
    pub what: Option<&'a serde_json::Value>,
    /// The first run of those that it goes on with.
    pub resumes: Option<Uuid>,
}

impl<'a> Begun<'a> {
    /// A run that nobody can go on with: it is one piece.
    pub fn of(command: &'a str) -> Self {
        Self { command, what: None, resumes: None }
    }
}

/// Records that a run has begun.
///
/// # Errors
/// Those of the database.
pub async fn begin_run(pool: &PgPool, id: Uuid, begun: Begun<'_>, started_at: DateTime<Utc>) -> Result<()> {
    let sql = "INSERT INTO pipeline.run (id, command, status, started_at, what, resumes) VALUES ($1, $2, 'running', $3, $4, $5)";
    let query = sqlx::query(sql).persistent(false).bind(id).bind(begun.command).bind(started_at);
    let query = query.bind(begun.what).bind(begun.resumes);
    alone(pool, query).await.map_err(|error| database_error("record the run", error))
}

/// Records how a run has ended.
///
/// # Errors
/// Those of the database.
pub async fn finish_run(pool: &PgPool, result: &RunResult) -> Result<()> {
    let sql = "UPDATE pipeline.run SET status = $2, exit_code = $3, finished_at = now(), result = $4, help = $5 WHERE id = $1";
    let json = serde_json::to_value(result).unwrap_or_default();
    let query = sqlx::query(sql).persistent(false).bind(result.run_id).bind(result.status.as_str());
    let query = query.bind(i32::from(result.exit_code.code())).bind(json).bind(&result.help);
    alone(pool, query).await.map_err(|error| database_error("record the end of the run", error))
}

/// Records what a run has done so far with each host.
///
/// # Errors
/// Those of the database.
pub async fn note_hosts(pool: &PgPool, run: Uuid, hosts: &BTreeMap<String, Statistics>) -> Result<()> {
    let json = serde_json::to_value(hosts).unwrap_or_default();
    let query = sqlx::query("UPDATE pipeline.run SET hosts = $2 WHERE id = $1").persistent(false).bind(run).bind(json);
    alone(pool, query).await.map_err(|error| database_error("record what was asked of which host", error))
}

/// Runs a statement in a transaction of its own. Its preparation and its execution are two messages, and without a transaction
/// a pooler in transaction mode may send each to another server.
pub(super) async fn alone(pool: &PgPool, query: Query<'_, Postgres, PgArguments>) -> sqlx::Result<()> {
    let mut transaction = pool.begin().await?;
    query.execute(&mut *transaction).await?;
    transaction.commit().await
}
