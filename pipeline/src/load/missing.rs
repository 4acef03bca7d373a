//! Soft deletion: rows that a full refresh no longer contains get a `deleted_at`, and lose it again only on demand.

use models::{ColumnDef, Kind, TableDef};
use sqlx::PgConnection;

use super::cap::Cap;
use super::merge::refreshed;
use super::resolve::{Resolver, new};
use super::sql::{all, any, ident, table_name};
use super::statement::{execute, numbers};
use super::table::Tally;
use crate::{Error, Exit, Result};

/// What is to be marked when the rows of a table are a full refresh of it.
#[derive(Debug, Clone, PartialEq)]
pub struct MarkMissing {
    /// The most rows that may go missing at once, of those that are not deleted yet. A source that answers short, or not at
    /// all, would otherwise delete the table.
    pub at_most: Cap,
    /// Only rows that agree in these columns with one that was loaded; empty for the whole table.
    pub within: Vec<String>,
}

/// The column that says when a row was deleted: `deleted_at`, a moment or a day that may be null.
pub fn deleted_at(table: &TableDef) -> Option<&ColumnDef> {
    table.columns.iter().find(|column| {
        let moment = matches!(column.kind, Kind::Timestamp | Kind::TimestampTz | Kind::Date);
        column.name == "deleted_at" && moment && !column.not_null && column.dimensions == 0
    })
}

/// Marks the rows that are not in the stage; `resolver` is `None` where no row was staged.
///
/// A record that was refused may be any of the missing rows, so nothing is marked then, and a remark says so.
pub(super) async fn mark(
    connection: &mut PgConnection,
    table: &TableDef,
    resolver: Option<Resolver<'_>>,
    wanted: &MarkMissing,
    tally: &mut Tally<'_>,
) -> Result<()> {
    let name = table.qualified_name();
    let doing = format!("marking missing rows of {name}");
    let Some(column) = deleted_at(table) else {
        let message = format!("{name} has no column deleted_at, a moment that may be null, to mark missing rows with");
        return Err(Error::new(Exit::Usage, message));
    };
    let refused = tally.refused_before + tally.counts.quarantined;
    if refused > 0 {
        let message = format!(
            "no row of {name} was marked as missing: {refused} of its records were refused, and may be those that seem missing"
        );
        tracing::warn!("{message}");
        tally.remarks.push(message);
        return Ok(());
    }
    if resolver.is_none() && !wanted.within.is_empty() {
        return Ok(());
    }
    let missing = Missing { table, resolver, within: &wanted.within, column };
    let [live] = numbers(connection, &doing, missing.count_live()).await?;
    let [gone] = numbers(connection, &doing, missing.lock()).await?;
    // Rows that came just now say nothing about how much of the old ones is still there.
    guard(&name, wanted.at_most, gone, live.saturating_sub(tally.counts.inserted))?;
    if gone > 0 {
        tally.counts.marked_missing += execute(connection, &doing, missing.update()).await?;
    }
    Ok(())
}

fn guard(table: &str, at_most: Cap, gone: u64, live: u64) -> Result<()> {
    if !at_most.is_passed(gone, live) {
        return Ok(());
    }
    let message =
        format!("{gone} of {live} rows of {table} would be marked as missing, and --max-missing is {at_most}");
    Err(Error::new(Exit::Input, message)
        .help("nothing was loaded; if the source is complete and they are gone indeed, raise --max-missing"))
}

/// The rows of a table that are not deleted and not in the stage.
struct Missing<'a> {
    table: &'a TableDef,
    resolver: Option<Resolver<'a>>,
    within: &'a [String],
    column: &'a ColumnDef,
}

impl Missing<'_> {
    fn live(&self) -> Vec<String> {
        let target = table_name(self.table);
        let mut conditions = vec![format!("{target}.{} IS NULL", ident(&self.column.name))];
        if let Some(resolver) = &self.resolver {
            // A partial key tells nothing about rows outside its predicate.
            conditions.extend(resolver.key.predicate.iter().map(|predicate| format!("({predicate})")));
            if !self.within.is_empty() {
                let here: Vec<_> = self.within.iter().map(|name| format!("{target}.{}", ident(name))).collect();
                let given: Vec<_> = self.within.iter().map(|name| format!("r.{}", new(name))).collect();
                let (here, given, relation) = (here.join(", "), given.join(", "), resolver.relation());
                conditions.push(format!("({here}) IN (SELECT {given} FROM {relation})"));
            }
        }
        conditions
    }

    fn gone(&self) -> String {
        let mut conditions = self.live();
        if let Some(resolver) = &self.resolver {
            let (relation, same_key) = (resolver.relation(), resolver.same_key());
            conditions.push(format!("NOT EXISTS (SELECT FROM {relation} WHERE {same_key})"));
        }
        all(&conditions)
    }

    fn count_live(&self) -> String {
        format!("SELECT count(*) FROM {} WHERE {}", table_name(self.table), all(&self.live()))
    }

    /// Locks them in key order, as every load does, and counts them.
    fn lock(&self) -> String {
        let (target, gone) = (table_name(self.table), self.gone());
        let key: Vec<_> = self.resolver.iter().flat_map(|resolver| resolver.key.columns.iter()).collect();
        let order: Vec<_> = key.iter().map(|name| format!("{target}.{}", ident(name))).collect();
        let order = if order.is_empty() { "1".to_owned() } else { order.join(", ") };
        format!(
            "SELECT count(*) FROM (SELECT 1 FROM {target} WHERE {gone}\nORDER BY {order}\nFOR NO KEY UPDATE) AS locked"
        )
    }

    fn update(&self) -> String {
        let now = match self.column.kind {
            Kind::TimestampTz => "now()",
            _ => "now() AT TIME ZONE 'UTC'",
        };
        let set = std::iter::once(format!("{} = {now}", ident(&self.column.name)));
        let set: Vec<_> = set.chain(refreshed(self.table, |column| column.name == self.column.name)).collect();
        format!("UPDATE {} SET {}\nWHERE {}", table_name(self.table), set.join(", "), self.gone())
    }
}

/// What brings deleted rows back to life when they come again: a condition, and an assignment.
#[derive(Debug, Clone)]
pub(super) struct Revival {
    pub(super) is_dead: String,
    pub(super) revived: String,
}

impl Revival {
    /// For rows that do not say themselves whether they are deleted.
    pub(super) fn of(table: &TableDef, gives: impl Fn(&ColumnDef) -> bool) -> Option<Self> {
        let column = deleted_at(table).filter(|column| !gives(column))?;
        let name = ident(&column.name);
        Some(Self { is_dead: format!("{}.{name} IS NOT NULL", table_name(table)), revived: format!("{name} = NULL") })
    }
}

/// Adds the revival to a condition that tells whether a row is to be written.
pub(super) fn or_dead(changed: String, revival: Option<&Revival>) -> String {
    match revival {
        Some(revival) => any(&[changed, revival.is_dead.clone()]),
        None => changed,
    }
}
