//! `pipeline sync` and `pipeline run`: tasks of the graph, each asked for and then loaded in one short transaction.

use chrono::{DateTime, Utc};
use models::SCHEMA_SQL;
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::execute::execute;
use super::foresee::{foresee, tell};
use super::stage::Shared;
use super::{end_of_fetching, fetcher, observe, present, unless_stopped};
use crate::config::Settings;
use crate::database::{self, ConnectionSettings, Database, DatabaseConfig, EmbeddedConfig};
use crate::graph::{self, Node, Plan, Selection};
use crate::job::{Caching, Job, JobOptions, Traffic};
use crate::known::Known;
use crate::report::Run;
use crate::sources::Source;
use crate::sources::pages::Pages;
use crate::sources::task::{Dimension, Partition};
use crate::{Error, Exit, Result};

/// What a sync is asked to do.
#[derive(Debug, Clone, PartialEq)]
pub struct SyncOptions {
    /// What is the same for all jobs on sources.
    pub common: JobOptions,
    /// What is to run.
    pub what: What,
    /// How many tasks run at once, at most.
    pub parallel: usize,
    /// Only tells what would run.
    pub dry_run: bool,
    /// The command, for the bookkeeping.
    pub command: &'static str,
}

/// What is to run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum What {
    /// What a selection means.
    Selection(Selection),
    /// What a selection means, but for partitions that are complete.
    Missing(Selection),
    /// One partition of one task.
    Task {
        /// The task's name.
        task: String,
        /// The partition.
        partition: Partition,
        /// Not if it is of a season and loaded as a whole.
        #[serde(default)]
        unless_complete: bool,
    },
    /// What a run that was broken off did not come to.
    Rest {
        /// The run; the last one that did not end well if none is named.
        of: Option<Uuid>,
    },
}

impl AsRef<JobOptions> for SyncOptions {
    fn as_ref(&self) -> &JobOptions {
        &self.common
    }
}

/// Which database the settings name.
pub fn database_config(settings: &Settings) -> DatabaseConfig {
    let database = &settings.database;
    DatabaseConfig {
        url: database.url.as_ref().map(|url| url.expose().to_owned()),
        embedded: EmbeddedConfig { dir: database.dir.clone(), ..EmbeddedConfig::default() },
        connection: ConnectionSettings {
            pool_size: database.pool_size,
            acquire_timeout: database.acquire_timeout,
            ..ConnectionSettings::default()
        },
    }
}

/// Runs tasks of the graph. The database is looked at before the first request; no transaction is open while fetching; each
/// task and partition is loaded in one.
///
/// # Errors
/// Those of [`database::prepare`], and names that are none. How the tasks end, `run` is told.
pub async fn sync(job: &Job<SyncOptions>, run: &mut Run) -> Result<()> {
    let config = database_config(&job.settings);
    let prepare = async |tables: &[_]| unless_stopped(job, database::prepare(&config, tables, SCHEMA_SQL)).await;
    let (database, what, plan, first) = match &job.options.what {
        What::Rest { of } => {
            // Only the database knows what is left.
            let database = prepare(&[]).await?;
            let broken = database::broken_run(&database.pool, *of).await?;
            let what = serde_json::from_value(broken.what).map_err(|error| {
                let message = format!("what the run {} was asked to do cannot be read", broken.id);
                Error::new(Exit::Configuration, message).caused_by(error)
            })?;
            let plan = plan(job, &what)?;
            (prepare(&plan.tables()).await?, what, plan, Some((broken.id, broken.started_at)))
        }
        what => {
            let what = match what.clone() {
                What::Selection(selection) => What::Selection(selection.settled(present(job))),
                What::Missing(selection) => What::Missing(selection.settled(present(job))),
                what => what,
            };
            let plan = plan(job, &what)?;
            (prepare(&plan.tables()).await?, what, plan, None)
        }
    };
    tracing::info!(database = database.url, "the database is ready");
    let complete = complete(&database, &plan, (&what, first)).await?;
    if job.options.command == "backfill" {
        let estimate = foresee(&database, job, &plan, &complete).await;
        if job.options.dry_run {
            tell(&estimate, run);
            return Ok(());
        }
        tracing::info!("{estimate}");
    }
    let asked = serde_json::to_value(&what).unwrap_or_default();
    let begun = database::Begun { command: job.options.command, what: Some(&asked), resumes: first.map(|(id, _)| id) };
    observe(job, &database, false).await;
    database::begin_run(&database.pool, run.id(), begun, run.started_at()).await?;
    if let Err(error) = sync_into(&database, job, run, (&plan, &complete), (&what, first)).await {
        run.failed(error);
    }
    // What this says is in the result line too: a database that has gone away meanwhile hides no other error.
    if let Err(error) = database::finish_run(&database.pool, &run.finish()).await {
        run.failed(error);
    }
    observe(job, &database, true).await;
    Ok(())
}

/// The nodes that a command means.
fn plan(job: &Job<SyncOptions>, what: &What) -> Result<Plan> {
    let is_on = |source: &Source| job.settings.sources.get(source.name).map_or(source.is_on, |settings| settings.is_on);
    let offline = job.options.common.traffic == Traffic::Offline;
    let plan = match what {
        What::Task { task, partition, .. } => {
            let (source, task) = graph::task(task)?;
            Plan::single(source, task, partition.clone())?
        }
        What::Selection(selection) | What::Missing(selection) => Plan::new(selection, present(job), &is_on)?,
        What::Rest { .. } => return Err(Error::new(Exit::Usage, "a rest of a rest is the rest of the first run")),
    };
    // One partition whose source is off ends as that, wherever its bytes would come from.
    let is_passed_over = |node: &Node| matches!(what, What::Task { .. }) && !is_on(node.source);
    let is_missing = |node: &&Node| offline && !node.source.ships_offline && !is_passed_over(node);
    if let Some(node) = plan.nodes.iter().find(is_missing) {
        let message = format!("{} is not in the recording that ships with the program", node.source.name);
        return Err(Error::new(Exit::Usage, message).help(
            "record it with --record DIR, and replay that with --replay DIR; `pipeline sources` says what ships",
        ));
    }
    Ok(plan)
}

/// Which nodes need not run: what is loaded already, of a run that goes on with another or that fills gaps.
async fn complete(
    database: &Database,
    plan: &Plan,
    (what, first): (&What, Option<(Uuid, DateTime<Utc>)>),
) -> Result<Vec<bool>> {
    let loaded = match (what, first) {
        (_, Some((first, _))) => database::done_by(&database.pool, first).await?,
        (What::Missing(_), None) => database::done(&database.pool).await?,
        // What is not cut by season is made of rows that other tasks load, and may be out of date however often it was loaded.
        (What::Task { partition, unless_complete: true, .. }, None) if partition.get(Dimension::Season).is_some() => {
            database::done(&database.pool).await?
        }
        _ => Default::default(),
    };
    Ok(plan.complete(&loaded))
}

async fn sync_into(
    database: &Database,
    job: &Job<SyncOptions>,
    run: &mut Run,
    (plan, complete): (&Plan, &[bool]),
    (what, first): (&What, Option<(Uuid, DateTime<Utc>)>),
) -> Result<()> {
    // A task that is named itself runs even where its source is off: naming it is asking for it. One partition whose source is off
    // is a scheduler's doing, which is to skip it.
    if let (What::Task { .. }, Some(node)) = (what, plan.nodes.first())
        && job.settings.sources.get(node.source.name).is_some_and(|settings| !settings.is_on)
    {
        run.not_applicable();
        run.remark(format!("the source {0} is off: `[sources.{0}] enabled = \"on\"` lets it run", node.source.name));
        return Ok(());
    }
    let caching = match (first, job.options.common.caching) {
        // What the broken run was answered is not asked again.
        (Some((_, began)), Caching::Use) => Caching::Since(began),
        (_, caching) => caching,
    };
    let pages = Pages::new(fetcher(&job.settings, &JobOptions { caching, ..job.options.common.clone() })?);
    let known = Known::of(database.pool.clone());
    let loads = Semaphore::new(job.settings.database.pool_size.saturating_sub(1).max(1) as usize);
    let shared = Shared { database, job, pages: &pages, known: &known, loads };
    execute(&shared, plan, complete, job.options.parallel.max(1), run).await;
    // Once more: of stages that ended together, the note of the earlier may have come last.
    shared.note_hosts(run.id()).await;
    end_of_fetching(run, pages.fetcher());
    Ok(())
}
