//! Reads the facts of a run from the database.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::facts::{Facts, RunFacts};
use super::{accounts, asked, compare, refused, steps, tasks};
use crate::database::{self, RunRecord};
use crate::error::Result;
use crate::sources::{self, Source};

/// What is to be told.
#[derive(Clone, Copy)]
pub struct Wish<'a> {
    /// Whether excerpts of refused records are shown, and messages that quote them.
    pub with_records: bool,
    /// Whether a source is on.
    pub is_on: &'a dyn Fn(&Source) -> bool,
}

/// The facts of a run as of now.
///
/// # Errors
/// Those of the database.
pub async fn gather(connection: &mut PgConnection, run: &RunRecord, wish: Wish<'_>) -> Result<Facts> {
    let made_at = Utc::now();
    let records = database::tasks(connection, run.id).await?;
    let plan = asked::plan(run, wish.is_on);
    let loaded_before = database::loaded_before(connection, run.started_at).await?;
    let last_sign_at = last_sign(run, &records);
    let timeline = tasks::timeline(run, &records, last_sign_at);
    let results = accounts::results(run, &records);
    let quarantine = refused::refusals(connection, run.id, wish.with_records).await?;
    let tables = accounts::tables(&results);
    let told = RunFacts {
        id: run.id,
        title: asked::title(run),
        command: run.command.clone(),
        asked: asked::command_line(run),
        status: run.status.clone(),
        exit_code: run.exit_code,
        meaning: steps::meaning(&run.status, run.exit_code),
        started_at: run.started_at,
        finished_at: run.finished_at,
        seconds: tasks::seconds(run.started_at, last_sign_at),
        last_sign_at,
        error: run.result.as_ref().and_then(|result| result["error"].as_str()).map(str::to_owned),
        help: run.help.clone(),
        resumes: run.resumes,
        resumed_by: database::resumed_by(connection, run.id).await?,
    };
    let waiting = quarantine.iter().map(|refusals| refusals.records - refusals.loaded_since).sum();
    let tasks = tasks::tasks(run, &records, &plan, &loaded_before, &timeline);
    let troubles = tasks::troubles(run, &records);
    let failed = |task: &&tasks::TaskFacts| task.states.contains_key("failed");
    let has_pages = |name: &&str| sources::find(name).is_some_and(|source| !source.checks.is_empty());
    let mut sources: Vec<&str> = tasks.iter().filter(failed).filter_map(|task| task.source).filter(has_pages).collect();
    sources.dedup();
    let mut facts = Facts {
        made_at,
        steps: steps::steps(&told, &sources, waiting),
        run: told,
        tasks,
        troubles,
        timeline,
        quarantined: tables.values().map(|table| table.counts.quarantined).sum(),
        tables,
        skipped: accounts::skipped(&results),
        requests: accounts::count(&results, "requests"),
        retries: accounts::count(&results, "retries"),
        hosts: run.hosts.clone().and_then(|hosts| serde_json::from_value(hosts).ok()),
        quarantine,
        unresolved: refused::references(connection, run.id).await?,
        unresolved_references: accounts::count(&results, "unresolved_references"),
        comparison: None,
        trend: Vec::new(),
    };
    if let (None, Some(hosts)) = (&run.result, &facts.hosts) {
        // Tasks do not count requests: the run does, when it ends.
        facts.requests = hosts.values().map(|host| host.requests).sum();
        facts.retries = hosts.values().map(|host| host.retries).sum();
    }
    let earlier = database::ended_before(connection, run).await?;
    let like = compare::of_same_kind(run, &earlier);
    if let Some(before) = like.first() {
        facts.comparison = Some(compare::comparison(&facts, before));
        let read = facts.tables.values().map(|table| table.counts.read).sum();
        facts.trend = compare::trend(&facts.run, read, &like);
    }
    Ok(facts)
}

/// When a run was heard of last.
fn last_sign(run: &RunRecord, records: &[database::TaskRecord]) -> DateTime<Utc> {
    let of_tasks = records.iter().map(|task| task.finished_at.unwrap_or(task.started_at)).max();
    run.finished_at.or(of_tasks).unwrap_or(run.started_at)
}
