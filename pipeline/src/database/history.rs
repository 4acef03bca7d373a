//! What ran: the record of runs and tasks, read.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use super::errors::database_error;
use crate::error::Result;

/// A run as it is recorded.
#[derive(Debug, Clone, FromRow, Serialize)]
pub struct RunRecord {
    /// Its id.
    pub id: Uuid,
    /// The command.
    pub command: String,
    /// `running`, or how it ended. One that was killed stays `running`.
    pub status: String,
    /// The process's exit status.
    pub exit_code: Option<i32>,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// What it was asked to do.
    pub what: Option<Value>,
    /// The first run of those that it goes on with.
    pub resumes: Option<Uuid>,
    /// The result line.
    pub result: Option<Value>,
    /// What it did with each host, as of when a task of it ended last.
    pub hosts: Option<Value>,
    /// What to do about the error in the result.
    pub help: Option<String>,
}

/// A task of a run as it is recorded.
#[derive(Debug, Clone, FromRow, Serialize)]
pub struct TaskRecord {
    /// The run.
    pub run_id: Uuid,
    /// The task.
    pub task: String,
    /// The partition; empty for a task that is one piece.
    pub partition: String,
    /// `running`, `not-run`, or how it ended.
    pub status: String,
    /// The exit code that it would have had alone.
    pub exit_code: Option<i32>,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// Its part of the result.
    pub result: Option<Value>,
}

/// A task over all its runs.
#[derive(Debug, Clone, FromRow, Serialize)]
pub struct TaskSummary {
    /// The task.
    pub task: String,
    /// How many of its partitions are loaded.
    pub partitions: i64,
    /// When one was loaded last.
    pub loaded_at: Option<DateTime<Utc>>,
    /// How its last run ended.
    pub status: Option<String>,
    /// When that began.
    pub started_at: Option<DateTime<Utc>>,
    /// Why it failed.
    pub error: Option<String>,
}

/// The runs, the last one first; only the one that is named.
///
/// # Errors
/// Those of the database.
pub async fn runs(connection: &mut PgConnection, named: Option<Uuid>, limit: i64) -> Result<Vec<RunRecord>> {
    let sql = "SELECT id, command, status, exit_code, started_at, finished_at, what, resumes, result, hosts, help FROM pipeline.run \
               WHERE $1::uuid IS NULL OR id = $1 ORDER BY started_at DESC, id DESC LIMIT $2";
    let query = sqlx::query_as(sql).persistent(false).bind(named).bind(limit);
    query.fetch_all(connection).await.map_err(|error| database_error("read the runs", error))
}

/// The tasks of a run in the order in which they began.
///
/// # Errors
/// Those of the database.
pub async fn tasks(connection: &mut PgConnection, run: Uuid) -> Result<Vec<TaskRecord>> {
    let sql = "SELECT run_id, task, partition, status, exit_code, started_at, finished_at, result FROM pipeline.task_run \
               WHERE run_id = $1 ORDER BY started_at, id";
    let query = sqlx::query_as(sql).persistent(false).bind(run);
    query.fetch_all(connection).await.map_err(|error| database_error("read the tasks of a run", error))
}

/// Every task that ever ran.
///
/// # Errors
/// Those of the database.
pub async fn task_summaries(connection: &mut PgConnection) -> Result<Vec<TaskSummary>> {
    let sql = "WITH last AS (SELECT DISTINCT ON (task) task, status, started_at, result ->> 'error' AS error \
               FROM pipeline.task_run ORDER BY task, started_at DESC, id DESC), \
               loaded AS (SELECT task, count(*) AS partitions, max(loaded_at) AS loaded_at FROM pipeline.partition_done GROUP BY task) \
               SELECT coalesce(last.task, loaded.task) AS task, coalesce(loaded.partitions, 0) AS partitions, loaded.loaded_at, \
               last.status, last.started_at, last.error FROM last FULL JOIN loaded ON loaded.task = last.task ORDER BY 1";
    let query = sqlx::query_as(sql).persistent(false);
    query.fetch_all(connection).await.map_err(|error| database_error("read the tasks", error))
}
