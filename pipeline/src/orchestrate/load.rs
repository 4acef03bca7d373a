//! `pipeline load`: files into a table, in one transaction.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::attempts::{Attempt, Attempts, Ending};
use super::prepare::{Files, Prepared};
use super::{account, database_config, load_options, observe, unless_stopped};
use crate::database::{self, Database};
use crate::files::{Format, Meter};
use crate::job::{Job, Refresh};
use crate::load::{Cap, Load, LoadOutcome, OnConflict, Options, RunContext};
use crate::map::{FileRows, SOURCE};
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
    /// The column by which the winner among several rows of a key is chosen; `None` for the last row.
    pub winner: Option<String>,
    /// What becomes of rows that are deleted, or missing in the files.
    pub refresh: Refresh,
    /// How many records may be refused.
    pub max_errors: Cap,
    /// The most records to take, of all files together.
    pub limit: Option<u64>,
    /// Undo everything in the end.
    pub dry_run: bool,
}

/// Brings files into a table. All headers are read and all plans made before the first row; everything is one transaction.
///
/// # Errors
/// [`Exit::Usage`] and [`Exit::Configuration`] for what is asked, [`Exit::Input`] for files that cannot be read as it asks,
/// those of [`database::prepare`] and of the load.
pub async fn load(job: &Job<LoadOptions>, run: &mut Run) -> Result<()> {
    let (options, max_record) = (job.options.clone(), job.settings.load.max_record_bytes);
    let (prepared, files) = unless_stopped(job, blocking(move || Prepared::new(options, max_record))).await?;
    prepared.catalogue.warnings.iter().for_each(|warning| tracing::warn!("{warning}"));
    let config = database_config(&job.settings);
    let embedded = config.url.is_none();
    // An embedded database gets all tables, or none; of a user's only those that are touched are looked at.
    let tables = match embedded {
        true => prepared.catalogue.tables.clone(),
        false => prepared.catalogue.with_parents(prepared.table),
    };
    let ready = database::prepare(&config, &tables, &prepared.catalogue.ddl);
    let database = unless_stopped(job, ready).await?;
    tracing::info!(database = database.url, "the database is ready");
    if job.options.dry_run {
        return load_into(&database, job, run, prepared, files).await;
    }
    observe(job, &database, false).await;
    database::begin_run(&database.pool, run.id(), database::Begun::of("load"), run.started_at()).await?;
    if let Err(error) = load_into(&database, job, run, prepared, files).await {
        run.failed(error);
    }
    if let Err(error) = database::finish_run(&database.pool, &run.finish()).await {
        run.failed(error);
    }
    observe(job, &database, true).await;
    Ok(())
}

/// Reads files where waiting for them is fine.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| Error::new(Exit::Input, "the files cannot be read").caused_by(error))?
}

async fn load_into(
    database: &Database,
    job: &Job<LoadOptions>,
    run: &mut Run,
    prepared: Prepared,
    files: Files,
) -> Result<()> {
    let table = prepared.table.qualified_name();
    let prepared = Arc::new(prepared);
    let (mut files, mut meter) = (Some(files), Arc::default());
    let context = RunContext { run_id: run.id(), task: Some(format!("load {table}")), source: SOURCE.to_owned() };
    let attempts = Attempts::new(job, &job.settings);
    let ended = attempts
        .run(database, run, async |attempt: Attempt| {
            let again = Arc::clone(&prepared);
            let files = match files.take() {
                Some(files) => files,
                None => blocking(move || again.open()).await?,
            };
            meter = Arc::clone(&files.meter);
            attempt_load(database, job, (&prepared, files), context.clone(), attempt).await
        })
        .await;
    let (mut outcome, ended) = ended?;
    if job.options.dry_run && ended.is_ok() {
        outcome = would_be(outcome, run);
    }
    tell(run, &table, &outcome, &meter);
    ended?;
    run.finished();
    Ok(())
}

/// One attempt at the whole load.
async fn attempt_load(
    database: &Database,
    job: &Job<LoadOptions>,
    (prepared, files): (&Prepared, Files),
    context: RunContext,
    attempt: Attempt,
) -> Result<(LoadOutcome, Result<()>)> {
    let Files { files, meter, size } = files;
    let (table, key) = (prepared.table, prepared.key);
    let options = Options {
        on_conflict: job.options.on_conflict,
        max_errors: job.options.max_errors,
        winner: prepared.winner.clone(),
        revive: job.options.refresh.revive,
        mark_missing: prepared.mark_missing.clone(),
        recipe: files.first().and_then(|(_, plan)| plan.recipe()),
        ..load_options(&job.settings.load)
    };
    let mut progress = Some(job.progress.rows(&table.qualified_name(), size));
    let read = Arc::clone(&meter);
    let mut merging = None;
    let mut rows = FileRows::new(files, meter, job.options.limit, |rows: Option<u64>| match rows {
        Some(rows) => progress.iter_mut().for_each(|progress| progress.advance(rows, read.bytes())),
        None => {
            progress = None;
            merging = Some(job.progress.task("merging", None));
        }
    });
    let ending = Ending { dry_run: job.options.dry_run, keep_refused: true };
    let fill =
        async |load: &mut Load<'_>| unless_stopped(job, load.table_by_key(table, key, &mut rows)).await.map(drop);
    attempt.load(database, (context, options), ending, fill).await
}

fn tell(run: &mut Run, table: &str, outcome: &LoadOutcome, meter: &Meter) {
    run.count(table, TableCounts::default());
    account(run, outcome);
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
        let TableCounts { inserted, updated, unchanged, duplicates, ignored, quarantined, marked_missing, .. } = counts;
        let parts = [
            (inserted, "inserted"),
            (updated, "updated"),
            (unchanged, "unchanged"),
            (duplicates, "duplicates"),
            (ignored, "ignored"),
            (quarantined, "quarantined"),
        ];
        let marked = (marked_missing, "marked as missing");
        let parts = parts.into_iter().chain((*marked_missing > 0).then_some(marked));
        let parts: Vec<String> = parts.map(|(number, what)| format!("{number} {what}")).collect();
        run.remark(format!("dry run: nothing was changed; {table} would have {}", parts.join(", ")));
    }
    outcome.after_rollback()
}
