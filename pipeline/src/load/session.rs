//! A load: the one short transaction of a source or partition.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use models::{KeyDef, TableDef, Upsert};
use serde::{Deserialize, Serialize};
use sqlx::{Connection, PgConnection, PgPool, Postgres, Transaction};
use tracing::field::Empty;
use tracing::{Instrument, Span};
use uuid::Uuid;

use super::cap::Cap;
use super::commit::{self, Committed};
use super::failure;
use super::missing::MarkMissing;
use super::origin::{Iterated, Rejected, Row, Rows};
use super::phases::Phases;
use super::quarantine::Quarantine;
use super::recipe::Recipe;
use super::statement::execute;
use super::table::{self, Tally};
use crate::report::TableCounts;
use crate::{Error, Exit, Result, traces};

/// How long a load that was stopped may take to keep what it refused, over another connection.
const KEEPING: Duration = Duration::from_secs(5);

/// Which run a load belongs to.
#[derive(Debug, Clone)]
pub struct RunContext {
    /// The run.
    pub run_id: Uuid,
    /// The task, if there is one. Two loads of one task never run at the same time; without a task, of one source.
    pub task: Option<String>,
    /// The source, such as `ncaa-directory`.
    pub source: String,
}

/// How a load treats the server.
#[derive(Debug, Clone)]
pub struct Options {
    /// How long to wait for a lock that another transaction holds, before ending with exit code 75.
    pub lock_timeout: Duration,
    /// How long one statement may take, before ending with exit code 75; zero is for ever.
    pub statement_timeout: Duration,
    /// How many rows are sent at once, at most; 64 KiB of rows are sent even if they are fewer.
    pub batch_rows: usize,
    /// Memory that the server may use for each sort or hash, in MiB (`work_mem`).
    pub work_mem_mib: u32,
    /// From this many rows on, a load takes steps that cost something and then pay off: it reads the table's rows, so that it need
    /// not send what is the same, it inserts into an empty table without looking for conflicts, it counts what it has staged.
    pub bulk_rows: u64,
    /// What becomes of rows whose key exists.
    pub on_conflict: OnConflict,
    /// How many refused records of a table the load bears, before ending with exit code 65.
    pub max_errors: Cap,
    /// The column by which the winner among several rows of a key is chosen, the greatest value first; `None` for the row that
    /// came last.
    pub winner: Option<String>,
    /// Soft-deleted rows (`deleted_at`) return to life when they come again. Else they are updated and stay deleted.
    pub revive: bool,
    /// The rows are a full refresh: rows of the table that are not among them are marked as deleted.
    pub mark_missing: Option<MarkMissing>,
    /// Find the rows that only the database refuses (a check, a second unique key), and put them into the quarantine. It takes
    /// keeping every record until the end, so that a load does it only after it has failed without.
    pub careful: bool,
    /// How the rows of the next tables are read, kept beside references that name no row.
    pub recipe: Option<Arc<Recipe>>,
    /// Write only rows that exist: one whose key does not counts as ignored.
    pub existing_only: bool,
}

/// What becomes of a row whose key exists in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnConflict {
    /// The given fields that differ are updated.
    #[default]
    Update,
    /// The row that exists is left alone; the new one counts as ignored.
    Ignore,
    /// The load ends with exit code 65 and changes nothing; so it does for a key that comes twice.
    Error,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            lock_timeout: Duration::from_secs(60),
            statement_timeout: Duration::ZERO,
            batch_rows: 5_000,
            work_mem_mib: 64,
            bulk_rows: 10_000,
            on_conflict: OnConflict::Update,
            max_errors: Cap::None,
            winner: None,
            revive: false,
            mark_missing: None,
            careful: false,
            recipe: None,
            existing_only: false,
        }
    }
}

/// What a load did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LoadOutcome {
    /// The row accounting of each table, by `schema.name`.
    pub tables: BTreeMap<String, TableCounts>,
    /// Nullable references that name no row; they are listed in `pipeline.unresolved_reference`.
    pub unresolved_references: u64,
    /// What went into the quarantine, for people: the quarantine itself holds the details.
    pub refused: Vec<Refused>,
    /// What else there is to say, each a sentence.
    pub remarks: Vec<String>,
    /// Where the time went.
    pub phases: Phases,
}

impl LoadOutcome {
    /// The same load after it was undone.
    #[must_use]
    pub fn after_rollback(mut self) -> Self {
        self.tables.values_mut().for_each(|counts| *counts = counts.after_rollback());
        self.unresolved_references = 0;
        self
    }
}

/// Records of one table that were refused for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The table, as `schema.name`.
    pub table: String,
    /// The reason, as in the quarantine.
    pub reason: String,
    /// The key of each record, as JSON, as far as it is known.
    pub keys: Vec<Option<String>>,
}

/// A load at work. Nothing of it is seen by others before [`Load::commit`]; dropping it undoes it.
///
/// Tables are loaded in the order of the calls: parents before the rows that refer to them.
#[derive(Debug)]
pub struct Load<'c> {
    transaction: Transaction<'c, Postgres>,
    run: RunContext,
    outcome: LoadOutcome,
    quarantine: Quarantine,
    stages: usize,
    options: Options,
}

/// The counts of one call. They are added to all others when it ends, and when it is stopped.
struct Counting<'o> {
    all: &'o mut TableCounts,
    counts: TableCounts,
}

impl Drop for Counting<'_> {
    fn drop(&mut self) {
        *self.all += self.counts;
    }
}

impl<'c> Load<'c> {
    /// Begins the transaction, and takes the lock of the task (or source) for as long as it lasts. If another load holds it, this
    /// one waits, as for any other lock.
    ///
    /// Everything is set for this transaction only and nothing is prepared by name, so that a pooler in transaction mode
    /// may stand between.
    ///
    /// # Errors
    /// Exit code 75 if another load of the same task holds the lock for too long, or the database cannot be reached.
    pub async fn begin(connection: &'c mut PgConnection, run: RunContext, options: Options) -> Result<Load<'c>> {
        let failed = |error| failure::database("beginning a transaction", error);
        let mut transaction = connection.begin().await.map_err(failed)?;
        let settings = format!(
            "SET LOCAL lock_timeout = {}; SET LOCAL statement_timeout = {}; SET LOCAL work_mem = '{}MB'; SET LOCAL jit = off; SET LOCAL datestyle = 'ISO, YMD'",
            options.lock_timeout.as_millis(),
            options.statement_timeout.as_millis(),
            options.work_mem_mib.max(1),
        );
        execute(&mut transaction, "preparing a transaction", settings).await?;
        let holder = run.task.as_ref().map_or_else(|| format!("source {}", run.source), |task| format!("task {task}"));
        super::locks::of_task(&mut transaction, &holder).await?;
        let (outcome, quarantine) = (LoadOutcome::default(), Quarantine::default());
        Ok(Load { transaction, run, outcome, quarantine, stages: 0, options })
    }

    /// What the next tables are loaded with. Lock timeout, statement timeout and memory are those of the beginning.
    pub fn options(&mut self) -> &mut Options {
        &mut self.options
    }

    /// The load's connection, for what belongs into the same transaction.
    pub fn connection(&mut self) -> &mut PgConnection {
        &mut self.transaction
    }

    /// Entries of the quarantine that were replayed so far and refused again.
    pub fn refused_again(&self) -> Vec<i64> {
        self.quarantine.refused_again().collect()
    }

    /// Loads rows by their table's default conflict key. Gives the counts of this call.
    ///
    /// # Errors
    /// See [`Load::table_by_key`].
    pub async fn table<R: Upsert, I>(&mut self, rows: I) -> Result<TableCounts>
    where
        I: IntoIterator<Item = Row<R>>,
        I::IntoIter: Send,
    {
        self.table_by_key(R::TABLE, R::CONFLICT_KEY.definition(), &mut Iterated::new(rows)).await
    }

    /// Takes the lock of one more task.
    ///
    /// # Errors
    /// As [`Load::begin`].
    pub async fn lock_task(&mut self, task: &str) -> Result<()> {
        super::locks::of_task(&mut self.transaction, &format!("task {task}")).await
    }

    /// Loads rows of a table that may be known at run time only, by any of its unique keys. Gives the counts of this call.
    ///
    /// A new key is inserted, with the defaults of what its row does not give; a known one is updated where a given field
    /// differs; what is the same is not touched. Rows that cannot be accepted go to the quarantine. Of several rows of a
    /// key, the outcome is that of applying them in order, and all but the last count as duplicates.
    ///
    /// # Errors
    /// Exit code 65 for data that only the database could find wrong (a foreign key given as an id, a check), unless
    /// [`Options::careful`] puts it into the quarantine, 75 for what
    /// passes (locks, deadlocks, lost connections), 77 for missing rights, 78 for a table, column or key that the database
    /// lacks. After an error only [`Load::rollback`] makes sense.
    pub async fn table_by_key(&mut self, table: &TableDef, key: &KeyDef, rows: &mut dyn Rows) -> Result<TableCounts> {
        self.stages += 1;
        let all = self.outcome.tables.entry(table.qualified_name()).or_default();
        let refused_before = all.quarantined;
        let mut counting = Counting { all, counts: TableCounts::default() };
        let mut tally = Tally {
            run: &self.run,
            options: &self.options,
            counts: &mut counting.counts,
            refused_before,
            phases: &mut self.outcome.phases,
            unresolved: &mut self.outcome.unresolved_references,
            remarks: &mut self.outcome.remarks,
            quarantine: &mut self.quarantine,
        };
        let began = Instant::now();
        let span = table_span(table);
        let loading = async {
            let loaded = table::load(&mut self.transaction, self.stages, (table, key), rows, &mut tally).await;
            Span::current().record("pipeline.rows_read", tally.counts.read);
            loaded.inspect_err(|error| traces::failed(&Span::current(), error))?;
            let seconds = began.elapsed().as_secs_f64();
            tracing::debug!(rows = tally.counts.read, quarantined = tally.counts.quarantined, seconds, "loaded");
            Ok::<_, Error>(())
        };
        loading.instrument(span).await?;
        Ok(counting.counts)
    }

    /// Puts a record into the quarantine that was refused before it became a row. It counts as read and quarantined.
    pub fn quarantine(&mut self, rejected: Rejected) {
        let refused = TableCounts { read: 1, quarantined: 1, ..TableCounts::default() };
        *self.outcome.tables.entry(rejected.table.clone()).or_default() += refused;
        self.quarantine.add(rejected);
    }

    /// Writes the quarantine and commits, all or nothing.
    ///
    /// # Errors
    /// As [`Load::table_by_key`]; then nothing was changed, but for a connection that was lost while committing: see
    /// [`Load::try_commit`].
    pub async fn commit(self) -> Result<LoadOutcome> {
        match self.try_commit().await {
            Committed::Done(outcome) => Ok(outcome),
            Committed::Failed(error) | Committed::Unknown { error, .. } => Err(error),
        }
    }

    /// Writes the quarantine and commits, all or nothing, and tells what is known of it.
    pub async fn try_commit(mut self) -> Committed {
        let prepared = async {
            self.quarantine.write(&mut self.transaction, &self.run, false).await?;
            commit::transaction_id(&mut self.transaction).await
        };
        let transaction = match prepared.await {
            Ok(transaction) => transaction,
            Err(error) => return Committed::Failed(error),
        };
        let committed = self.transaction.commit().await;
        let outcome = LoadOutcome { refused: self.quarantine.refused(), ..self.outcome };
        Committed::of(committed, transaction, outcome)
    }

    /// Gives up the load and writes nothing at all, the quarantine neither; its connection's next use, or end, undoes it. Gives what it
    /// would have done.
    pub fn discard(self) -> LoadOutcome {
        LoadOutcome { refused: self.quarantine.refused(), ..self.outcome }
    }

    /// Undoes the load, and writes the quarantine on its own, each record marked as of a load that was rolled back. The
    /// tables' rows count as rolled back.
    ///
    /// # Errors
    /// As [`Load::table_by_key`]; the load is undone even so.
    pub async fn rollback(mut self) -> Result<LoadOutcome> {
        execute(&mut self.transaction, "rolling back", "ROLLBACK AND CHAIN".to_owned()).await?;
        self.quarantine.write(&mut self.transaction, &self.run, true).await?;
        self.transaction.commit().await.map_err(|error| failure::database("committing the quarantine", error))?;
        Ok(LoadOutcome { refused: self.quarantine.refused(), ..self.outcome.after_rollback() })
    }

    /// The same for a load that ended badly: its connection may be gone, or in the middle of a statement, so that it is not to be
    /// used again. It undoes the load by ending; the quarantine is written over another one of the pool. Gives an error only beside
    /// the outcome: the refused records could not be kept.
    pub async fn rollback_over(self, pool: &PgPool) -> (LoadOutcome, Result<()>) {
        let Load { run, outcome, quarantine, .. } = self;
        let outcome = LoadOutcome { refused: quarantine.refused(), ..outcome.after_rollback() };
        if quarantine.is_empty() {
            return (outcome, Ok(()));
        }
        let written = async {
            let failed = |error| failure::database("keeping the refused records", error);
            let mut transaction = pool.begin().await.map_err(failed)?;
            quarantine.write(&mut transaction, &run, true).await?;
            transaction.commit().await.map_err(failed)
        };
        let late = || Err(Error::new(Exit::Temporary, "the database does not answer in time"));
        (outcome, tokio::time::timeout(KEEPING, written).await.unwrap_or_else(|_| late()))
    }
}

/// Everything that is done for one table.
fn table_span(table: &TableDef) -> Span {
    let name = table.qualified_name();
    // The names are those of OpenTelemetry's conventions for database clients.
    tracing::error_span!(
        "load",
        table = name,
        otel.name = format!("load {name}"),
        otel.kind = "client",
        db.system.name = "postgresql",
        db.collection.name = name,
        pipeline.rows_read = Empty,
        error.type = Empty,
        otel.status_code = Empty,
        otel.status_description = Empty,
    )
}
