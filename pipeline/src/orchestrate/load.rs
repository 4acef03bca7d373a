//! `pipeline load`: files into a table, in one transaction.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use models::{KeyDef, TableDef};

use super::{database_config, unless_stopped};
use crate::catalogue::{Catalogue, key_of};
use crate::database::{self, Database};
use crate::files::{Format, Layout, Meter, Opened, open};
use crate::job::Job;
use crate::load::{ErrorCap, Load, LoadOutcome, OnConflict, Options, RunContext};
use crate::map::{FileRows, MapFile, Plan, SOURCE, spellings};
use crate::report::{Run, TableCounts};
use crate::{Error, Exit, Result};

/// What `load` is asked to do.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadOptions {
    /// The table, as `schema.table` or alone.
    pub table: String,
    /// The files; `-` is standard input.
    pub files: Vec<PathBuf>,
    /// The Drizzle schema; `None` is that of the models.
    pub schema: Option<PathBuf>,
    /// The map.
    pub map: Option<PathBuf>,
    /// The unique key by which rows are told apart.
    pub key: Option<String>,
    /// The columns to load, or without a header the names of the fields.
    pub columns: Option<Vec<String>>,
    /// Whether the first line of CSV names the fields.
    pub header: bool,
    /// The format; `None` to tell it from each file.
    pub format: Option<Format>,
    /// The delimiter of CSV; `None` to tell it from each name.
    pub delimiter: Option<u8>,
    /// The quote of CSV; `None` for none.
    pub quote: Option<u8>,
    /// What becomes of rows whose key exists.
    pub on_conflict: OnConflict,
    /// How many records may be refused.
    pub max_errors: ErrorCap,
    /// The most records to take, of all files together.
    pub limit: Option<u64>,
    /// Undo everything in the end.
    pub dry_run: bool,
}

/// Where the rows go.
#[derive(Debug, Clone, Copy)]
struct Target {
    table: &'static TableDef,
    key: &'static KeyDef,
}

/// Everything that is known before the database is asked for anything.
struct Prepared {
    catalogue: Catalogue,
    target: Target,
    files: Vec<(Opened, Plan)>,
    meter: Arc<Meter>,
    size: Option<u64>,
}

/// Brings files into a table. All headers are read and all plans made before the first row; everything is one transaction.
///
/// # Errors
/// [`Exit::Usage`] and [`Exit::Configuration`] for what is asked, [`Exit::Input`] for files that cannot be read as it asks,
/// those of [`database::prepare`] and of the load.
pub async fn load(job: &Job<LoadOptions>, run: &mut Run) -> Result<()> {
    let (options, max_record) = (job.options.clone(), job.settings.load.max_record_bytes);
    let preparing = tokio::task::spawn_blocking(move || prepare(&options, max_record));
    let prepared = unless_stopped(job, async {
        preparing.await.map_err(|error| Error::new(Exit::Input, "the files cannot be read").caused_by(error))?
    });
    let prepared = prepared.await?;
    prepared.catalogue.warnings.iter().for_each(|warning| tracing::warn!("{warning}"));
    let config = database_config(&job.settings);
    let embedded = config.url.is_none();
    // An embedded database gets all tables, or none; of a user's only those that are touched are looked at.
    let tables = match embedded {
        true => prepared.catalogue.tables.clone(),
        false => prepared.catalogue.with_parents(prepared.target.table),
    };
    let ready = database::prepare(&config, &tables, &prepared.catalogue.ddl);
    let database = unless_stopped(job, ready).await?;
    tracing::info!(database = database.url, "the database is ready");
    if job.options.dry_run {
        return load_into(&database, job, run, prepared).await;
    }
    database::begin_run(&database.pool, run.id(), "load", run.started_at()).await?;
    if let Err(error) = load_into(&database, job, run, prepared).await {
        run.failed(error);
    }
    if let Err(error) = database::finish_run(&database.pool, &run.finish()).await {
        run.failed(error);
    }
    Ok(())
}

fn prepare(options: &LoadOptions, max_record: usize) -> Result<Prepared> {
    let map = options.map.as_deref().map(MapFile::read).transpose()?;
    let catalogue = options.schema.as_deref().map_or_else(|| Ok(Catalogue::models()), Catalogue::read)?;
    let table = catalogue.table(&options.table)?;
    if let Some(map) = &map
        && let Some(other) = map.table()
        && catalogue.table(other).map_or(true, |other| !std::ptr::eq(other, table))
    {
        let message = format!("the map {} is for the table {other}, not for {}", map.name, table.qualified_name());
        return Err(Error::new(Exit::Usage, message));
    }
    let key = key_of(table, options.key.as_deref().or(map.as_ref().and_then(MapFile::key)))?;
    let meter = Arc::new(Meter::default());
    let known = spellings(table, map.as_ref());
    let names = options.columns.clone().filter(|_| !options.header);
    let only = options.columns.as_deref().filter(|_| options.header);
    let (delimiter, quote) = (options.delimiter, options.quote);
    let layout = Layout { format: options.format, delimiter, quote, names, max_record };
    let mut files = Vec::new();
    for path in &options.files {
        let opened = open(path, &layout, &meter, &known)?;
        let plan = Plan::new(&catalogue, (table, key), &opened, map.as_ref(), only)?;
        files.push((opened, plan));
    }
    let size = files.iter().map(|(opened, _)| opened.size).sum();
    Ok(Prepared { catalogue, target: Target { table, key }, files, meter, size })
}

async fn load_into(database: &Database, job: &Job<LoadOptions>, run: &mut Run, prepared: Prepared) -> Result<()> {
    let Prepared { target, files, meter, size, .. } = prepared;
    let table = target.table.qualified_name();
    let settings = &job.settings.load;
    let options = Options {
        lock_timeout: settings.lock_timeout,
        statement_timeout: settings.statement_timeout,
        batch_rows: settings.batch_rows,
        work_mem_mib: settings.work_mem_mib,
        on_conflict: job.options.on_conflict,
        max_errors: job.options.max_errors,
        ..Options::default()
    };
    let context = RunContext { run_id: run.id(), task: Some(format!("load {table}")), source: SOURCE.to_owned() };
    let mut connection = database::acquire(&database.pool).await?;
    let mut load = Load::begin(&mut connection, context, options).await?;
    let mut progress = Some(job.progress.rows(&table, size));
    let read = Arc::clone(&meter);
    let mut merging = None;
    let mut rows = FileRows::new(files, Arc::clone(&meter), job.options.limit, |rows: Option<u64>| match rows {
        Some(rows) => progress.iter_mut().for_each(|progress| progress.advance(rows, read.bytes())),
        None => {
            progress = None;
            merging = Some(job.progress.task("merging", None));
        }
    });
    let filled = unless_stopped(job, load.table_by_key(target.table, target.key, &mut rows)).await;
    drop(rows);
    drop(merging);
    let (outcome, ended) = match filled {
        Ok(_) if job.options.dry_run => (would_be(load.discard().await?, run), Ok(())),
        Ok(_) => (load.commit().await?, Ok(())),
        Err(error) if job.options.dry_run => (load.discard().await.map(after_rollback).unwrap_or_default(), Err(error)),
        // The error that ended the load says more than one of the rollback, which follows from it.
        Err(error) => match load.rollback().await {
            Ok(outcome) => (outcome, Err(error)),
            Err(_) => return Err(error),
        },
    };
    tell(run, &table, &outcome, &meter);
    ended?;
    run.finished();
    Ok(())
}

fn tell(run: &mut Run, table: &str, outcome: &LoadOutcome, meter: &Meter) {
    run.count(table, outcome.tables.get(table).copied().unwrap_or_default());
    for refused in &outcome.refused {
        for key in &refused.keys {
            run.refuse(&refused.table, &refused.reason, key.as_deref());
        }
    }
    run.unresolved_references(outcome.unresolved_references);
    let phases = outcome.phases;
    run.spent("read (beside the rest)", meter.busy());
    run.spent("wait", phases.wait);
    run.spent("validate", phases.encode);
    run.spent("send", phases.send);
    if phases.compare > Duration::ZERO {
        run.spent("compare", phases.compare);
    }
    run.spent("merge", phases.merge);
}

/// Tells what a dry run would have done; in the accounts its rows are rolled back, since they are.
fn would_be(outcome: LoadOutcome, run: &mut Run) -> LoadOutcome {
    for (table, counts) in &outcome.tables {
        let TableCounts { inserted, updated, unchanged, duplicates, ignored, quarantined, .. } = counts;
        let parts = [
            (inserted, "inserted"),
            (updated, "updated"),
            (unchanged, "unchanged"),
            (duplicates, "duplicates"),
            (ignored, "ignored"),
            (quarantined, "quarantined"),
        ];
        let parts: Vec<String> = parts.into_iter().map(|(number, what)| format!("{number} {what}")).collect();
        run.remark(format!("dry run: nothing was changed; {table} would have {}", parts.join(", ")));
    }
    after_rollback(outcome)
}

fn after_rollback(mut outcome: LoadOutcome) -> LoadOutcome {
    outcome.tables.values_mut().for_each(|counts| *counts = counts.after_rollback());
    outcome.unresolved_references = 0;
    outcome
}
