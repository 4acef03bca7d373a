//! `pipeline sync`: fetch, then load in one short transaction.

use std::sync::Arc;

use models::{Conference, Location, SCHEMA_SQL, School, SchoolSport, Sport, Table, TableDef};

use super::attempts::{Attempt, Attempts, Ending};
use super::{account, directory, end_of_fetching, fetcher, load_options, unless_stopped};
use crate::Result;
use crate::config::Settings;
use crate::database::{self, ConnectionSettings, Database, DatabaseConfig, EmbeddedConfig};
use crate::job::Job;
use crate::load::{Load, LoadOutcome, Options, RunContext};
use crate::report::{Run, TableCounts};
use crate::sources::ncaa_directory::{Rows, SOURCE};

/// The tables that are loaded, parents first.
const TABLES: [&TableDef; 5] = [Sport::TABLE, Conference::TABLE, Location::TABLE, School::TABLE, SchoolSport::TABLE];

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

/// Brings the NCAA directory into the database. The database is looked at before the first request; no transaction is open
/// while fetching; everything is loaded in one.
///
/// # Errors
/// Those of [`database::prepare`], of the source, and of the load. A blocked source is told to `run` instead.
pub async fn sync(job: &Job, run: &mut Run) -> Result<()> {
    let config = database_config(&job.settings);
    let database = unless_stopped(job, database::prepare(&config, &TABLES, SCHEMA_SQL)).await?;
    tracing::info!(database = database.url, "the database is ready");
    database::begin_run(&database.pool, run.id(), "sync", run.started_at()).await?;
    if let Err(error) = sync_into(&database, job, run).await {
        run.failed(error);
    }
    // What this says is in the result line too: a database that has gone away meanwhile hides no other error.
    if let Err(error) = database::finish_run(&database.pool, &run.finish()).await {
        run.failed(error);
    }
    Ok(())
}

async fn sync_into(database: &Database, job: &Job, run: &mut Run) -> Result<()> {
    let fetcher = fetcher(job)?;
    let collected = unless_stopped(job, directory::collect(job, run, &fetcher)).await;
    let Some(rows) = end_of_fetching(run, &fetcher, collected)? else { return Ok(()) };
    let (outcome, ended) = load(database, job, run, rows).await?;
    TABLES.iter().for_each(|table| run.count(&table.qualified_name(), TableCounts::default()));
    account(run, &outcome);
    ended?;
    run.finished();
    Ok(())
}

/// Loads everything in one transaction, again as a whole if a passing trouble ends it. A signal before the commit rolls it back.
/// What was refused until then is kept in the quarantine even so, and the rows are counted as rolled back.
async fn load(database: &Database, job: &Job, run: &mut Run, rows: Rows) -> Result<(LoadOutcome, Result<()>)> {
    let options = Options {
        revive: job.options.refresh.revive,
        mark_missing: job.options.refresh.mark_missing.clone(),
        ..load_options(&job.settings.load)
    };
    let context = RunContext { run_id: run.id(), task: None, source: SOURCE.name.to_owned() };
    let attempts = Attempts::new(job, &job.settings);
    let attempt = async |attempt: Attempt| {
        let ending = Ending { dry_run: false, keep_refused: true };
        let fill = async |load: &mut Load<'_>| unless_stopped(job, fill(load, rows.clone())).await;
        attempt.load(database, (context.clone(), options.clone()), ending, fill).await
    };
    attempts.run(database, run, attempt).await
}

/// Parents before the rows that refer to them.
async fn fill(load: &mut Load<'_>, rows: Rows) -> Result<()> {
    let source = Arc::from(SOURCE.name);
    rows.refused.into_iter().for_each(|refused| load.quarantine(refused.into_rejected(&source)));
    let mark_missing = load.options().mark_missing.clone();
    load.table(rows.sports.into_iter().map(|found| found.into_row(&source))).await?;
    load.table(rows.conferences.into_iter().map(|found| found.into_row(&source))).await?;
    // The lists are whole. Locations and sponsored sports are from detail pages, and a page that is not there says nothing.
    load.options().mark_missing = None;
    load.table(rows.locations.into_iter().map(|found| found.into_row(&source))).await?;
    load.options().mark_missing = mark_missing;
    load.table(rows.schools.into_iter().map(|found| found.into_row(&source))).await?;
    load.options().mark_missing = None;
    load.table(rows.school_sports.into_iter().map(|found| found.into_row(&source))).await?;
    Ok(())
}
