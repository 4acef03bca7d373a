//! One table's load, from the first row to the counts.

use std::sync::Arc;
use std::time::{Duration, Instant};

use models::{KeyDef, TableDef};
use serde_json::Value;
use sqlx::{PgConnection, Row};

use super::bisect::{self, How};
use super::dedupe::dedupe;
use super::encode::Encoder;
use super::failure;
use super::layout::Node;
use super::locks;
use super::merge::Merge;
use super::missing;
use super::origin::{Fault, Origin, Rejected, Rows};
use super::phases::{Phase, Phases};
use super::quarantine::Quarantine;
use super::resolve::{Refused, Resolver, missing_flag, parent_key};
use super::session::{OnConflict, Options, RunContext};
use super::sieve::{Sieve, Sifted};
use super::spool::Spool;
use super::sql::{any, table_name};
use super::stage::{Sink, Stage};
use super::statement::{execute, fetch, numbers};
use super::unresolved;
use crate::report::TableCounts;
use crate::validate::{Reason, Refusal};
use crate::{Error, Exit, Result};

/// Rows in their stage, and what it takes to read them.
pub(super) struct Staged<'t> {
    pub(super) number: usize,
    pub(super) stage: Stage,
    pub(super) encoder: Encoder<'t>,
    key: &'t KeyDef,
    /// What became of rows on the way.
    pub(super) sifted: Sifted,
    winner: Option<String>,
    /// The records of the rows that the merge may yet refuse.
    spool: Spool,
}

/// Where one table's load puts what it finds.
pub(super) struct Tally<'l> {
    pub(super) run: &'l RunContext,
    pub(super) options: &'l Options,
    pub(super) counts: &'l mut TableCounts,
    /// Records of the table that were refused before they were rows.
    pub(super) refused_before: u64,
    pub(super) phases: &'l mut Phases,
    pub(super) unresolved: &'l mut u64,
    pub(super) remarks: &'l mut Vec<String>,
    pub(super) quarantine: &'l mut Quarantine,
}

/// Loads rows into a table by a key; `number` tells this call from the others of the transaction.
pub(super) async fn load(
    connection: &mut PgConnection,
    number: usize,
    (table, key): (&TableDef, &KeyDef),
    rows: &mut dyn Rows,
    tally: &mut Tally<'_>,
) -> Result<()> {
    let name = table.qualified_name();
    if key.columns.is_empty() && key.expressions.is_empty() {
        return Err(Error::new(Exit::Configuration, format!("the key {} of {name} has no columns", key.name)));
    }
    let known = look_up(connection, table).await?;
    let (mut stage, mut encoder) = (Stage::new(number), Encoder::new(table, key));
    let mut sieve = Sieve::new(known.comparable, passing_over(tally.options, &known));
    let winner = tally.options.winner.clone();
    let start = Instant::now();
    let before = *tally.phases;
    let mut sink =
        Intake { table, key, table_name: &name, spool: Spool::default(), kept: Vec::new(), tally: &mut *tally };
    let batch_rows = sink.tally.options.batch_rows.max(1);
    let filled = stage.fill(connection, &mut encoder, rows, batch_rows, (&mut sieve, &mut sink)).await;
    let spool = sink.spool;
    let after = *tally.phases;
    let others = (after.wait - before.wait) + (after.send - before.send) + (after.compare - before.compare);
    tally.phases.add(Phase::Encode, start.elapsed().saturating_sub(others));
    filled?;
    let staged = Staged { number, stage, encoder, key, winner, sifted: sieve.finish(), spool };
    let start = Instant::now();
    let merged = staged.merged(connection, &known, tally).await;
    tally.phases.add(Phase::Merge, start.elapsed());
    merged?;
    tally.options.max_errors.check(&name, tally.counts, 0, true)
}

impl Staged<'_> {
    /// From the full stage to the counts.
    async fn merged(mut self, connection: &mut PgConnection, known: &Known, tally: &mut Tally<'_>) -> Result<()> {
        self.bring_in(connection, known, tally).await?;
        let Some(wanted) = &tally.options.mark_missing else { return Ok(()) };
        let resolver = (self.stage.rows > 0).then(|| self.resolver());
        missing::mark(connection, self.encoder.layout.table, resolver, wanted, tally).await
    }

    async fn bring_in(&mut self, connection: &mut PgConnection, known: &Known, tally: &mut Tally<'_>) -> Result<()> {
        let staged = self;
        let Sifted { passed, repeated, .. } = staged.sifted;
        tally.counts.duplicates += repeated;
        *tally.unchanged() += passed - repeated;
        if staged.stage.rows == 0 {
            return Ok(());
        }
        let name = staged.encoder.layout.table.qualified_name();
        if let Some(analyze) = staged.analyze().filter(|_| staged.stage.rows >= tally.options.bulk_rows) {
            execute(connection, &format!("analysing the staged rows of {name}"), analyze).await?;
        }
        let mut survey = staged.survey(connection).await?;
        if survey.refused > 0 {
            tally.options.max_errors.check(&name, tally.counts, survey.refused, true)?;
            staged.refuse(connection, tally).await?;
            survey = staged.survey(connection).await?;
        }
        // Before new ones are listed: of several rows of a key the last one that names a parent decides.
        if known.unresolved_before {
            unresolved::mark_resolved(connection, staged).await?;
        }
        if survey.unresolved > 0 {
            *tally.unresolved += unresolved::set_aside(connection, staged, tally).await?;
        }
        let mut left = survey.rows;
        if survey.repeats > 0 {
            if tally.options.on_conflict == OnConflict::Error {
                return Err(twice(&name, staged.key, survey.repeats));
            }
            let duplicates = dedupe(connection, staged).await?;
            tally.counts.duplicates += duplicates;
            left -= duplicates;
        }
        let shapes = staged.shapes(connection).await?;
        let in_order = shapes.len() == 1 && !tally.options.careful && tally.options.mark_missing.is_none();
        locks::of_table(connection, &name, in_order).await?;
        for shape in shapes {
            left -= staged.merge(connection, shape, known.partitioned, tally).await?;
        }
        *tally.unchanged() += left;
        Ok(())
    }
}

fn twice(table: &str, key: &KeyDef, times: u64) -> Error {
    let message = format!("{times} rows for {table} repeat the key ({}) of another", key.columns.join(", "));
    Error::new(Exit::Input, message).help("nothing was loaded; --on-conflict update lets one row of a key win")
}

/// What is known of a table before its load.
struct Known {
    partitioned: bool,
    /// True if references of its rows are listed as unresolved.
    unresolved_before: bool,
    /// True if equal texts have equal bytes, whatever the collation.
    comparable: bool,
}

/// From how many rows on those that the table has may be passed over on the way; `None` where the merge must see them all: to
/// refuse them, to mark what is missing among them, to find the winner of a key, to bring deleted ones back.
fn passing_over(options: &Options, known: &Known) -> Option<u64> {
    let all = options.on_conflict == OnConflict::Error
        || known.unresolved_before
        || options.mark_missing.is_some()
        || options.winner.is_some()
        || options.revive
        || options.careful;
    (!all).then_some(options.bulk_rows)
}

async fn look_up(connection: &mut PgConnection, table: &TableDef) -> Result<Known> {
    let name = table.qualified_name();
    let failed = |error| failure::database(&format!("looking up the table {name}"), error);
    let sql = "SELECT c.relkind = 'p', EXISTS (SELECT FROM pipeline.unresolved_reference WHERE table_name = $2 AND resolved_at IS \
               NULL), NOT EXISTS (SELECT FROM pg_catalog.pg_collation WHERE NOT collisdeterministic) FROM pg_catalog.pg_class AS c WHERE c.oid = to_regclass($1)";
    let query = sqlx::query_as(sql).persistent(false).bind(table_name(table)).bind(&name);
    let found: Option<(bool, bool, bool)> = query.fetch_optional(connection).await.map_err(failed)?;
    let (partitioned, unresolved_before, comparable) = found.ok_or_else(|| {
        Error::new(Exit::Configuration, format!("the table {name} does not exist in the database"))
            .help("run the Drizzle migrations, or `pipeline db init --with-tables`")
    })?;
    Ok(Known { partitioned, unresolved_before, comparable })
}

/// Counts of the stage.
struct Survey {
    rows: u64,
    /// Rows whose conflict key another row has, less one of each key.
    repeats: u64,
    /// Rows that cannot be accepted.
    refused: u64,
    /// Unresolved nullable references, at least.
    unresolved: u64,
}

impl Staged<'_> {
    pub(super) fn resolver(&self) -> Resolver<'_> {
        let (layout, shapes) = (&self.encoder.layout, &self.encoder.shapes);
        Resolver { stage: &self.stage.name, layout, shapes, key: self.key, winner: self.winner.as_deref() }
    }

    fn doing(&self, what: &str) -> String {
        format!("{what} {}", self.encoder.layout.table.qualified_name())
    }

    /// Statistics of what rows are joined and sorted by; those of all columns would take more than they give.
    fn analyze(&self) -> Option<String> {
        let layout = &self.encoder.layout;
        let joined = (layout.fields.iter().flatten())
            .filter(|node| !node.routes.is_empty() || self.key.columns.contains(&node.column.name));
        let slots: Vec<&str> = joined.flat_map(Node::slots).map(|slot| layout.slots[slot].name.as_str()).collect();
        (!slots.is_empty()).then(|| format!("ANALYZE {} ({})", self.stage.name, slots.join(", ")))
    }

    /// Looks for what else there is to do before the merge; mostly nothing.
    async fn survey(&self, connection: &mut PgConnection) -> Result<Survey> {
        let resolver = self.resolver();
        let refused: Vec<_> = resolver.refusals().into_iter().map(|(condition, _)| condition).collect();
        let optional = resolver.referring().into_iter().filter(|referring| !referring.required);
        let missing: Vec<_> = optional.map(|referring| format!("r.{}", missing_flag(&referring.column.name))).collect();
        let doing = self.doing("resolving the references of");
        let sql = format!(
            "SELECT count(*), count(*) FILTER (WHERE {}), count(*) FILTER (WHERE {})\nFROM {}",
            any(&refused),
            any(&missing),
            resolver.relation(),
        );
        let [rows, refused, unresolved] = numbers(connection, &doing, sql).await?;
        let repeats = match &self.sifted.suspects {
            Some(suspects) if suspects.is_empty() => 0,
            _ => {
                let sql = format!(
                    "SELECT coalesce(sum(rows - 1), 0)::bigint FROM (SELECT count(*) AS rows\n  FROM {}{} GROUP BY {}) AS keys",
                    resolver.relation(),
                    self.of_suspects(),
                    resolver.key_parts().join(", "),
                );
                let [repeats] = numbers(connection, &doing, sql).await?;
                repeats
            }
        };
        Ok(Survey { rows, repeats, refused, unresolved })
    }

    /// A clause that leaves of the relation the rows whose key may not be theirs alone; empty where nothing is known of them.
    pub(super) fn of_suspects(&self) -> String {
        let Some(suspects) = &self.sifted.suspects else { return String::new() };
        let resolver = self.resolver();
        let key = resolver.key_parts().join(", ");
        let ordinals: Vec<String> = suspects.iter().map(ToString::to_string).collect();
        format!(
            "\n  WHERE ({key}) IN (SELECT {key} FROM {} WHERE r.\"#row\" = ANY ('{{{}}}'::bigint[]))",
            resolver.relation(),
            ordinals.join(",")
        )
    }

    /// Moves the rows that cannot be accepted from the stage to the quarantine.
    async fn refuse(&mut self, connection: &mut PgConnection, tally: &mut Tally<'_>) -> Result<()> {
        let resolver = self.resolver();
        let refusals = resolver.refusals();
        let (mut why, mut parents) = (String::new(), String::new());
        for (number, (condition, refused)) in refusals.iter().enumerate() {
            why.push_str(&format!("WHEN {condition} THEN {number} "));
            if let Refused::Reference(referring) = refused {
                parents.push_str(&format!("WHEN {condition} THEN r.{}::text ", parent_key(&referring.column.name)));
            }
        }
        parents = if parents.is_empty() { "NULL::text".to_owned() } else { format!("CASE {parents}END") };
        let conditions: Vec<_> = refusals.iter().map(|(condition, _)| condition.clone()).collect();
        let sql = format!(
            "SELECT r.\"#row\", r.\"row key\"::text, CASE {why}END, {parents}\nFROM {}\nWHERE {}\nORDER BY 1",
            resolver.relation(),
            any(&conditions)
        );
        let doing = self.doing("looking for rows to refuse in");
        let failed = |error| failure::database(&doing, error);
        let (mut ordinals, mut found) = (Vec::new(), Vec::new());
        for row in fetch(connection, &doing, sql).await? {
            let ordinal: i64 = row.try_get(0).map_err(failed)?;
            let key: Option<String> = row.try_get(1).map_err(failed)?;
            let number: i32 = row.try_get(2).map_err(failed)?;
            let parent: Option<String> = row.try_get(3).map_err(failed)?;
            if let Some((_, refused)) = refusals.get(number.unsigned_abs() as usize) {
                found.push((ordinal, key, self.explain(refused, parent.as_deref().unwrap_or("?"))));
            }
            ordinals.push(ordinal);
        }
        drop(refusals);
        self.quarantine(tally, found)?;
        self.remove(connection, ordinals).await
    }

    fn explain(&self, refused: &Refused<'_>, parent: &str) -> Refusal {
        let key = &self.key.name;
        match refused {
            Refused::Reference(referring) => Refusal::new(
                Reason::UnresolvedReference,
                format!(
                    "column {} needs a row of {} with the key {parent}, which is not there",
                    referring.column.name, referring.parent
                ),
            ),
            Refused::NullKey => {
                let expressions = self.key.expressions.join(", ");
                Refusal::new(Reason::NullKey, format!("{expressions}, part of the key {key}, is null for this row"))
            }
            Refused::OutsideKey => {
                let predicate = self.key.predicate.as_deref().unwrap_or_default();
                Refusal::new(Reason::OutsideKey, format!("the key {key} holds only rows with {predicate}"))
            }
        }
    }

    /// Puts rows into the quarantine, by their ordinals, which rise.
    fn quarantine(&mut self, tally: &mut Tally<'_>, rows: Vec<(i64, Option<String>, Refusal)>) -> Result<()> {
        let ordinals: Vec<u64> = rows.iter().map(|(ordinal, ..)| ordinal.unsigned_abs()).collect();
        let table = self.encoder.layout.table.qualified_name();
        for (origin, (_, key, refusal)) in self.spool.find(&ordinals)?.into_iter().zip(rows) {
            let key = key.and_then(|key| serde_json::from_str(&key).ok());
            tally.refuse(&table, refusal.into(), key, origin)?;
        }
        Ok(())
    }

    async fn remove(&self, connection: &mut PgConnection, ordinals: Vec<i64>) -> Result<()> {
        let sql = format!("DELETE FROM {} WHERE ordinal = ANY($1)", self.stage.name);
        let done = sqlx::query(sqlx::AssertSqlSafe(sql)).persistent(false).bind(ordinals).execute(connection).await;
        done.map(drop).map_err(|error| failure::database(&self.doing("removing refused rows of"), error))
    }

    /// The shapes that rows of the stage have.
    async fn shapes(&self, connection: &mut PgConnection) -> Result<Vec<usize>> {
        if self.encoder.shapes.count() == 1 {
            return Ok(vec![0]);
        }
        let doing = self.doing("listing the shapes of");
        let sql = format!("SELECT DISTINCT shape FROM {} ORDER BY shape", self.stage.name);
        let rows = fetch(connection, &doing, sql).await?;
        let shape = |row: &sqlx::postgres::PgRow| Ok(row.try_get::<i32, _>(0)?.unsigned_abs() as usize);
        let shapes: sqlx::Result<Vec<usize>> = rows.iter().map(shape).collect();
        shapes.map_err(|error| failure::database(&doing, error))
    }

    /// Brings the rows of a shape into the table; gives the number of rows that were not left as they were.
    async fn merge(
        &mut self,
        connection: &mut PgConnection,
        shape: usize,
        partitioned: bool,
        tally: &mut Tally<'_>,
    ) -> Result<u64> {
        let on_conflict = tally.options.on_conflict;
        let merge = Merge::new(self.resolver(), shape, on_conflict, tally.options.revive);
        let doing = self.doing("merging into");
        if on_conflict == OnConflict::Error {
            self.refuse_known(connection, &merge).await?;
        }
        let lacking = merge.lacking();
        let existing_only = tally.options.existing_only;
        if lacking.is_empty() && !existing_only {
            drop(lacking);
            let is_bulk = self.stage.rows >= tally.options.bulk_rows && !tally.options.careful;
            if is_bulk && let Some(inserted) = self.insert_all(connection, &merge).await? {
                tally.counts.inserted += inserted;
                return Ok(inserted);
            }
            drop(merge);
            return self.write(connection, shape, How::Upsert { partitioned }, tally).await;
        }
        let lacking: Vec<&str> = lacking.iter().map(|column| column.name.as_ref()).collect();
        let message = format!("no row of this key exists, and a new one needs {}, not given here", lacking.join(", "));
        let mut orphans = Vec::new();
        for row in fetch(connection, &doing, merge.select_new()).await? {
            let failed = |error| failure::database(&doing, error);
            let ordinal: i64 = row.try_get(0).map_err(failed)?;
            let key = row.try_get(1).map_err(failed)?;
            orphans.push((ordinal, key, Refusal::new(Reason::ParentMissing, message.clone())));
        }
        drop(merge);
        let missing = orphans.len() as u64;
        if existing_only {
            tally.counts.ignored += missing;
        } else if missing > 0 {
            orphans.sort_unstable_by_key(|(ordinal, ..)| *ordinal);
            let ordinals = orphans.iter().map(|(ordinal, ..)| *ordinal).collect();
            self.quarantine(tally, orphans)?;
            self.remove(connection, ordinals).await?;
        }
        if on_conflict != OnConflict::Update {
            return Ok(missing);
        }
        Ok(missing + self.write(connection, shape, How::Update, tally).await?)
    }

    /// Writes the rows of a shape, and counts them; gives the number of rows that were not left as they were.
    async fn write(
        &mut self,
        connection: &mut PgConnection,
        shape: usize,
        how: How,
        tally: &mut Tally<'_>,
    ) -> Result<u64> {
        let doing = self.doing("merging into");
        let (options, name) = (tally.options, self.encoder.layout.table.qualified_name());
        let merge = Merge::new(self.resolver(), shape, options.on_conflict, options.revive);
        let written = if options.careful {
            let counts = &*tally.counts;
            let bear = |refused| options.max_errors.check(&name, counts, refused, false);
            bisect::write_each(connection, &doing, merge, how, self.stage.rows, bear).await?
        } else {
            bisect::write(connection, &doing, &merge, how).await?
        };
        tally.counts.inserted += written.inserted;
        tally.counts.updated += written.updated;
        let refused = written.refused.len() as u64;
        if refused > 0 {
            let ordinals: Vec<i64> = written.refused.iter().map(|(ordinal, _)| *ordinal).collect();
            let keys = self.row_keys(connection, &ordinals).await?;
            let rows = written.refused.into_iter().zip(keys);
            self.quarantine(tally, rows.map(|((ordinal, refusal), key)| (ordinal, key, refusal)).collect())?;
            self.remove(connection, ordinals).await?;
        }
        Ok(written.inserted + written.updated + refused)
    }

    /// The natural keys of rows, by their ordinals, which rise.
    async fn row_keys(&self, connection: &mut PgConnection, ordinals: &[i64]) -> Result<Vec<Option<String>>> {
        let list: Vec<String> = ordinals.iter().map(ToString::to_string).collect();
        let sql = format!(
            "SELECT r.\"row key\"::text FROM {} WHERE r.\"#row\" IN ({}) ORDER BY r.\"#row\"",
            self.resolver().relation(),
            list.join(", ")
        );
        let doing = self.doing("looking up refused rows of");
        let rows = fetch(connection, &doing, sql).await?;
        let key = |row: &sqlx::postgres::PgRow| row.try_get(0).map_err(|error| failure::database(&doing, error));
        rows.iter().map(key).collect()
    }

    /// Inserts the rows of a shape into the table if that is empty: without looking for conflicts row by row, which is a fourth of
    /// the work. `None` if it is not empty, or another transaction turned out to fill it at the same time.
    async fn insert_all(&self, connection: &mut PgConnection, merge: &Merge<'_>) -> Result<Option<u64>> {
        let doing = self.doing("inserting into");
        let failed = |error| failure::database(&doing, error);
        let [known] = numbers(connection, &doing, merge.count_any()).await?;
        if known > 0 {
            return Ok(None);
        }
        execute(connection, &doing, "SAVEPOINT inserting".to_owned()).await?;
        let sql = sqlx::AssertSqlSafe(merge.insert_all());
        match sqlx::raw_sql(sql).execute(&mut *connection).await {
            Ok(done) => Ok(Some(done.rows_affected())),
            Err(sqlx::Error::Database(error)) if error.is_unique_violation() => {
                execute(connection, &doing, "ROLLBACK TO SAVEPOINT inserting".to_owned()).await?;
                Ok(None)
            }
            Err(error) => Err(failed(error)),
        }
    }

    /// Ends the load if a row of the shape exists already.
    async fn refuse_known(&self, connection: &mut PgConnection, merge: &Merge<'_>) -> Result<()> {
        let doing = self.doing("looking for rows that exist in");
        let failed = |error| failure::database(&doing, error);
        let Some(row) = fetch(connection, &doing, merge.select_known()).await?.into_iter().next() else {
            return Ok(());
        };
        let key: Option<String> = row.try_get(0).map_err(failed)?;
        let number: i64 = row.try_get(1).map_err(failed)?;
        let table = self.encoder.layout.table.qualified_name();
        let message = format!("{number} of the rows for {table} exist already, such as {}", key.unwrap_or_default());
        Err(Error::new(Exit::Input, message)
            .help("nothing was loaded; --on-conflict update or ignore says what to do with them"))
    }
}

impl Tally<'_> {
    /// Where rows count that were left as they are.
    fn unchanged(&mut self) -> &mut u64 {
        match self.options.on_conflict {
            OnConflict::Ignore => &mut self.counts.ignored,
            _ => &mut self.counts.unchanged,
        }
    }

    fn refuse(&mut self, table: &str, fault: Fault, key: Option<Value>, origin: Arc<Origin>) -> Result<()> {
        self.counts.quarantined += 1;
        let Fault { reason, message } = fault;
        let message = origin.place().map_or_else(|| message.clone(), |place| format!("{place}: {message}"));
        self.quarantine.add(Rejected { table: table.to_owned(), reason, message, key, origin });
        self.options.max_errors.check(table, self.counts, 0, false)
    }
}

/// Counts rows on their way into the stage, and keeps the records of those that may be refused later.
struct Intake<'i, 'l> {
    table: &'i TableDef,
    key: &'i KeyDef,
    table_name: &'i str,
    spool: Spool,
    /// Of each shape, whether its rows' records are kept whatever they refer to.
    kept: Vec<Option<bool>>,
    tally: &'i mut Tally<'l>,
}

impl Sink for Intake<'_, '_> {
    fn refused(&mut self, fault: Fault, key: Option<Value>, origin: Arc<Origin>) -> Result<()> {
        self.tally.counts.read += 1;
        self.tally.refuse(self.table_name, fault, key, origin)
    }

    fn staged(&mut self, shape: usize, columns: &[usize], refers: bool) -> bool {
        self.tally.counts.read += 1;
        if self.kept.len() <= shape {
            self.kept.resize(shape + 1, None);
        }
        let (table, key) = (self.table, self.key);
        let kept = *self.kept[shape].get_or_insert_with(|| {
            key.predicate.is_some() || !key.expressions.is_empty() || super::merge::lacks_value(table, columns)
        });
        refers || kept || self.tally.options.careful
    }

    fn passed(&mut self) {
        self.tally.counts.read += 1;
    }

    fn keep(&mut self, ordinal: u64, origin: &Arc<Origin>) -> Result<()> {
        self.spool.keep(ordinal, origin)
    }

    fn spent(&mut self, phase: Phase, time: Duration) {
        self.tally.phases.add(phase, time);
    }
}
