//! `pipeline quarantine replay`: what waits becomes rows, in one transaction.

use std::collections::BTreeMap;
use std::path::PathBuf;

use sqlx::PgConnection;
use uuid::Uuid;

use super::attempts::{Attempt, Attempts, Ending};
use super::{account, database_config, load_options, observe, unless_stopped};
use crate::catalogue::Catalogue;
use crate::database::{self, database_error};
use crate::job::Job;
use crate::load::{Load, OnConflict, RunContext};
use crate::map::MapFile;
use crate::quarantine::{Filter, Kind, Overrides, State, entries, entry, piles, references, waiting};
use crate::report::Run;
use crate::{Error, Exit, Result};

/// So many whole records are in memory at once.
const CHUNK: usize = 500;

/// What a replay is asked to do.
#[derive(Debug, Clone, PartialEq)]
pub struct ReplayOptions {
    /// Which entries.
    pub filter: Filter,
    /// Refused records, too, not only unresolved references.
    pub records: bool,
    /// Unresolved references, too.
    pub references: bool,
    /// The Drizzle schema, instead of the one that the records came with.
    pub schema: Option<PathBuf>,
    /// The map, instead of theirs.
    pub map: Option<PathBuf>,
    /// What becomes of rows that exist, instead of what their load said.
    pub on_conflict: Option<OnConflict>,
    /// Undo everything in the end.
    pub dry_run: bool,
}

/// Loads what waits. Refused records that are accepted now are marked as replayed; those that are not stay, with the reason of
/// now. References whose parent is there now are set, and marked as resolved. Everything is one transaction.
///
/// # Errors
/// Those of [`database::prepare`] and of the load; [`Exit::Configuration`] for a schema or map that does not fit.
pub async fn replay(job: &Job<ReplayOptions>, run: &mut Run) -> Result<()> {
    let overrides = overrides(job)?;
    let config = database_config(&job.settings);
    let database = unless_stopped(job, database::prepare(&config, &[], "")).await?;
    if job.options.dry_run {
        return replay_into(&database, job, run, &overrides).await;
    }
    observe(job, &database, false).await;
    database::begin_run(&database.pool, run.id(), database::Begun::of("quarantine replay"), run.started_at()).await?;
    if let Err(error) = replay_into(&database, job, run, &overrides).await {
        run.failed(error);
    }
    if let Err(error) = database::finish_run(&database.pool, &run.finish()).await {
        run.failed(error);
    }
    observe(job, &database, true).await;
    Ok(())
}

fn overrides(job: &Job<ReplayOptions>) -> Result<Overrides> {
    let options = &job.options;
    Ok(Overrides {
        catalogue: options.schema.as_deref().map(Catalogue::read).transpose()?,
        map: options.map.as_deref().map(MapFile::read).transpose()?,
        on_conflict: options.on_conflict,
        max_record: job.settings.load.max_record_bytes,
    })
}

async fn replay_into(
    database: &database::Database,
    job: &Job<ReplayOptions>,
    run: &mut Run,
    overrides: &Overrides,
) -> Result<()> {
    let options = load_options(&job.settings.load);
    let task = Some("quarantine replay".to_owned());
    let context = RunContext { run_id: run.id(), task, source: "quarantine".to_owned() };
    let mut skipped = BTreeMap::new();
    let id = run.id();
    let attempts = Attempts::new(job, &job.settings);
    let attempt = async |attempt: Attempt| {
        // The entries say already what a failed replay would say of them.
        let ending = Ending { dry_run: job.options.dry_run, keep_refused: false };
        let fill = async |load: &mut Load<'_>| {
            skipped = unless_stopped(job, fill(load, job, id, overrides)).await?;
            Ok(())
        };
        attempt.load(database, (context.clone(), options.clone()), ending, fill).await
    };
    let (mut outcome, ended) = attempts.run(database, run, attempt).await?;
    skipped.into_iter().for_each(|(reason, number)| run.skip(reason, number));
    if job.options.dry_run {
        run.remark("dry run: nothing was changed".to_owned());
        outcome = outcome.after_rollback();
    }
    account(run, &outcome);
    ended?;
    run.finished();
    Ok(())
}

/// Gives what cannot be replayed, by reason.
async fn fill(
    load: &mut Load<'_>,
    job: &Job<ReplayOptions>,
    run: Uuid,
    overrides: &Overrides,
) -> Result<BTreeMap<&'static str, u64>> {
    let mut skipped = BTreeMap::new();
    let filter = Filter { state: State::Open, ..job.options.filter.clone() };
    if job.options.records {
        let found = entries(load.connection(), &filter, None).await?;
        if let Some(lost) = filter.ids.iter().find(|id| !found.iter().any(|entry| entry.id == **id)) {
            return Err(Error::new(Exit::Usage, format!("no entry {lost} of the quarantine waits"))
                .help("`pipeline quarantine list` shows those that do"));
        }
        let (piles, passed_over) = piles(load.connection(), &found, overrides).await?;
        skipped.extend(passed_over);
        for pile in piles {
            load.options().on_conflict = pile.on_conflict;
            for ids in pile.ids.chunks(CHUNK) {
                let these = Filter { ids: ids.to_vec(), ..Filter::default() };
                // Another replay may have been faster; what it loaded does not wait any more.
                let whole = entry(load.connection(), &these, true).await?;
                let ids: Vec<i64> = whole.iter().map(|entry| entry.id).collect();
                load.table_by_key(pile.table, pile.key, &mut pile.rows(Kind::Record, whole)).await?;
                let again = load.refused_again();
                let landed: Vec<i64> = ids.into_iter().filter(|id| !again.contains(id)).collect();
                mark(load.connection(), run, &landed).await?;
            }
        }
    }
    if job.options.references {
        let found = references(load.connection(), &filter, None).await?;
        let (groups, passed_over) = waiting(load.connection(), found, overrides).await?;
        skipped.extend(passed_over);
        load.options().on_conflict = OnConflict::Update;
        load.options().existing_only = true;
        for group in groups {
            let mut rows = group.pile.rows(Kind::Reference, group.entries);
            load.table_by_key(group.pile.table, group.pile.key, &mut rows).await?;
        }
    }
    Ok(skipped)
}

async fn mark(connection: &mut PgConnection, run: Uuid, landed: &[i64]) -> Result<()> {
    let sql = "UPDATE pipeline.quarantine SET replayed_at = now(), replays = replays + 1, replay_run_id = $1 WHERE id = ANY($2)";
    let query = sqlx::query(sql).persistent(false).bind(run).bind(landed);
    query.execute(connection).await.map(drop).map_err(|error| database_error("mark what was replayed", error))
}
