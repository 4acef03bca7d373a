//! The record of tasks: which partitions are loaded, and what became of each task of a run.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{PgConnection, PgPool, Row};
use uuid::Uuid;

use super::errors::database_error;
use super::runs::alone;
use crate::error::{Error, Exit, Result};
use crate::report::RunResult;

/// How far a task of a run is.
#[derive(Debug, Clone, Copy)]
pub enum TaskState<'a> {
    /// It began.
    Running,
    /// It did not begin, for a task that it needs failed.
    NotRun,
    /// It ended.
    Ended(&'a RunResult),
}

/// A run that did not come to its end.
#[derive(Debug, Clone)]
pub struct Broken {
    /// The first run of those that go on with each other.
    pub id: Uuid,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// What it was asked to do.
    pub what: Value,
}

/// A task and a partition, by their names.
pub type Partitions = BTreeSet<(String, String)>;

/// Records that a partition is loaded, in the transaction that loaded it; `is_whole` where nothing of it is missing, for a limit or for
/// pages that could not be had. What was whole before stays so.
///
/// # Errors
/// Those of the database.
pub async fn partition_done(
    transaction: &mut PgConnection,
    run: Uuid,
    (task, partition): (&str, &str),
    is_whole: bool,
) -> Result<()> {
    let sql = "INSERT INTO pipeline.partition_done AS known (task, partition, run_id, is_whole) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (task, partition) DO UPDATE SET run_id = excluded.run_id, loaded_at = excluded.loaded_at, \
               is_whole = known.is_whole OR excluded.is_whole";
    let query = sqlx::query(sql).persistent(false).bind(task).bind(partition).bind(run).bind(is_whole);
    query
        .execute(transaction)
        .await
        .map(drop)
        .map_err(|error| database_error("record that a partition is loaded", error))
}

/// Records how far a task of a run is.
///
/// # Errors
/// Those of the database.
pub async fn note_task(
    pool: &PgPool,
    run: Uuid,
    (task, partition): (&str, &str),
    started_at: DateTime<Utc>,
    state: TaskState<'_>,
) -> Result<()> {
    let (status, exit, result) = match state {
        TaskState::Running => ("running", None, None),
        TaskState::NotRun => ("not-run", None, None),
        TaskState::Ended(result) => {
            let json = serde_json::to_value(result).unwrap_or_default();
            (result.status.as_str(), Some(i32::from(result.exit_code.code())), Some(json))
        }
    };
    let sql = "INSERT INTO pipeline.task_run (run_id, task, partition, status, exit_code, started_at, finished_at, result) \
               VALUES ($1, $2, $3, $4, $5, $6, CASE WHEN $4 <> 'running' THEN now() END, $7) \
               ON CONFLICT (run_id, task, partition) DO UPDATE SET status = excluded.status, exit_code = excluded.exit_code, \
               finished_at = excluded.finished_at, result = excluded.result";
    let query = sqlx::query(sql).persistent(false).bind(run).bind(task).bind(partition).bind(status);
    let query = query.bind(exit).bind(started_at).bind(result);
    alone(pool, query).await.map_err(|error| database_error("record a task", error))
}

/// The partitions that were ever loaded as a whole.
///
/// # Errors
/// Those of the database.
pub async fn done(pool: &PgPool) -> Result<Partitions> {
    partitions(pool, "SELECT task, partition FROM pipeline.partition_done WHERE is_whole AND $1::uuid IS NULL", None)
        .await
}

/// The partitions that a run and those that went on with it have loaded.
///
/// # Errors
/// Those of the database.
pub async fn done_by(pool: &PgPool, first: Uuid) -> Result<Partitions> {
    let sql = "SELECT d.task, d.partition FROM pipeline.partition_done d JOIN pipeline.run r ON r.id = d.run_id \
               WHERE coalesce(r.resumes, r.id) = $1";
    partitions(pool, sql, Some(first)).await
}

async fn partitions(pool: &PgPool, sql: &'static str, run: Option<Uuid>) -> Result<Partitions> {
    let failed = |error| database_error("read which partitions are loaded", error);
    let mut transaction = super::begin(pool).await?;
    let query = sqlx::query_as(sql).persistent(false).bind(run);
    let found: Vec<(String, String)> = query.fetch_all(&mut *transaction).await.map_err(failed)?;
    Ok(found.into_iter().collect())
}

/// The run to go on with: the one that is named, or the last one that can be resumed.
///
/// # Errors
/// [`Exit::Usage`] where there is none, or it ended well.
pub async fn broken_run(pool: &PgPool, named: Option<Uuid>) -> Result<Broken> {
    let failed = |error| database_error("look for a run to go on with", error);
    let sql = "SELECT coalesce(r.resumes, r.id) AS id, coalesce(first.started_at, r.started_at) AS started_at, r.what, r.status \
               FROM pipeline.run r LEFT JOIN pipeline.run first ON first.id = r.resumes \
               WHERE r.what IS NOT NULL AND ($1::uuid IS NULL OR r.id = $1) ORDER BY r.started_at DESC, r.id DESC LIMIT 1";
    let mut transaction = super::begin(pool).await?;
    let query = sqlx::query(sql).persistent(false).bind(named);
    let found = query.fetch_optional(&mut *transaction).await.map_err(failed)?;
    let Some(found) = found else {
        let what = named.map_or_else(|| "a run".to_owned(), |id| format!("the run {id}"));
        return Err(Error::new(Exit::Usage, format!("there is no record of {what} that could be gone on with"))
            .help("`pipeline runs` lists the runs"));
    };
    let status: String = found.try_get("status").map_err(failed)?;
    if matches!(status.as_str(), "ok" | "partial" | "skipped") {
        let message = "the last run came to its end: there is nothing to go on with";
        return Err(Error::new(Exit::NotApplicable, message));
    }
    Ok(Broken {
        id: found.try_get("id").map_err(failed)?,
        started_at: found.try_get("started_at").map_err(failed)?,
        what: found.try_get("what").map_err(failed)?,
    })
}
