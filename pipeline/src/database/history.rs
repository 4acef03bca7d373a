//! What ran: the record of runs and tasks, read.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use super::errors::database_error;
use super::tasks::Partitions;
use crate::error::{Error, Exit, Result};

/// A query for whole records of runs.
macro_rules! select_runs {
    ($rest:literal) => {
        concat!(
            "SELECT id, command, status, exit_code, started_at, finished_at, what, resumes, result, hosts, help FROM pipeline.run ",
            $rest
        )
    };
}

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
    let sql = select_runs!("WHERE $1::uuid IS NULL OR id = $1 ORDER BY started_at DESC, id DESC LIMIT $2");
    let query = sqlx::query_as(sql).persistent(false).bind(named).bind(limit);
    query.fetch_all(connection).await.map_err(|error| database_error("read the runs", error))
}

/// The run that is meant by the beginning of its id; without one, the last.
///
/// # Errors
/// [`Exit::Usage`] where there is none, or more than one. Those of the database.
pub async fn run_of(connection: &mut PgConnection, beginning: Option<&str>) -> Result<RunRecord> {
    let unknown = |message: String| Err(Error::new(Exit::Usage, message).help("`pipeline runs` lists the runs"));
    let beginning = beginning.unwrap_or_default().to_ascii_lowercase();
    if !beginning.chars().all(|character| character.is_ascii_hexdigit() || character == '-') {
        return unknown(format!("`{beginning}` is no beginning of a run's id"));
    }
    let sql = select_runs!("WHERE id::text LIKE $1 || '%' ORDER BY started_at DESC, id DESC LIMIT 4");
    let query = sqlx::query_as(sql).persistent(false).bind(&beginning);
    let found: Vec<RunRecord> =
        query.fetch_all(connection).await.map_err(|error| database_error("look for the run", error))?;
    match &found[..] {
        [] if beginning.is_empty() => unknown("nothing ran yet".to_owned()),
        [] => unknown(format!("there is no run {beginning}")),
        [run, ..] if found.len() == 1 || beginning.is_empty() => Ok(run.clone()),
        runs => {
            let ids: Vec<String> = runs.iter().map(|run| run.id.to_string()).collect();
            unknown(format!("more than one run begins with {beginning}, such as {}", ids.join(", ")))
        }
    }
}

/// The last runs of the same command, and of the same task where it names one, that ended before a run began, the last one first.
///
/// # Errors
/// Those of the database.
pub async fn ended_before(connection: &mut PgConnection, run: &RunRecord) -> Result<Vec<RunRecord>> {
    // Of a command that is run in many ways, those in the same way are not far; a scheduler runs many tasks between two of one.
    let sql = select_runs!(
        "WHERE command = $1 AND what #>> '{task,task}' IS NOT DISTINCT FROM $4 AND (started_at, id) < ($2, $3) \
         AND finished_at IS NOT NULL AND result IS NOT NULL ORDER BY started_at DESC, id DESC LIMIT 200"
    );
    let task = run.what.as_ref().and_then(|what| what.pointer("/task/task")).and_then(Value::as_str);
    let query = sqlx::query_as(sql).persistent(false).bind(&run.command).bind(run.started_at).bind(run.id).bind(task);
    query.fetch_all(connection).await.map_err(|error| database_error("read the runs before", error))
}

/// The runs that went on with a run, in their order.
///
/// # Errors
/// Those of the database.
pub async fn resumed_by(connection: &mut PgConnection, run: Uuid) -> Result<Vec<Uuid>> {
    // Each names the first of them, whichever it was told to go on with.
    let sql = "SELECT later.id FROM pipeline.run this JOIN pipeline.run later ON later.resumes = coalesce(this.resumes, this.id) \
               WHERE this.id = $1 AND (later.started_at, later.id) > (this.started_at, this.id) ORDER BY later.started_at, later.id";
    let query = sqlx::query_scalar(sql).persistent(false).bind(run);
    query.fetch_all(connection).await.map_err(|error| database_error("read which runs went on", error))
}

/// The partitions that were loaded before a moment, and not again since.
///
/// # Errors
/// Those of the database.
pub async fn loaded_before(connection: &mut PgConnection, moment: DateTime<Utc>) -> Result<Partitions> {
    let sql = "SELECT task, partition FROM pipeline.partition_done WHERE loaded_at < $1";
    let query = sqlx::query_as(sql).persistent(false).bind(moment);
    let found: Vec<(String, String)> =
        query.fetch_all(connection).await.map_err(|error| database_error("read which partitions are loaded", error))?;
    Ok(found.into_iter().collect())
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
