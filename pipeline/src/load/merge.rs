//! The statements that bring the staged rows of one shape into the table.
//!
//! A shape that gives all that an insert needs takes one statement for new and changed rows alike, prefiltered: a row that
//! is there and the same is never touched, so that it costs no row version, no id, no lock and no WAL. `ON CONFLICT` stays
//! for rows that another transaction inserts meanwhile. A shape that lacks a required column can only update: PostgreSQL
//! checks NOT NULL before it looks for the conflict.
//!
//! Rows are written in the order of the conflict key, so that two loads of one table wait for each other and never deadlock.

use models::{ColumnDef, Kind, RuntimeValue, TableDef};

use super::missing::{Revival, or_dead};
use super::resolve::{Resolver, new};
use super::session::OnConflict;
use super::sql::{any, ident, literal, table_name};

/// How the rows of a shape get into the table.
#[derive(Debug, Clone)]
pub(super) struct Merge<'a> {
    resolver: Resolver<'a>,
    shape: usize,
    table: String,
    on_conflict: OnConflict,
    revival: Option<Revival>,
    /// Only rows of these ordinals, the end not included.
    range: Option<(u64, u64)>,
}

impl<'a> Merge<'a> {
    /// `revive`: soft-deleted rows return to life when they come again.
    pub(super) fn new(resolver: Resolver<'a>, shape: usize, on_conflict: OnConflict, revive: bool) -> Self {
        let table = table_name(resolver.layout.table);
        let mut merge = Self { resolver, shape, table, on_conflict, revival: None, range: None };
        merge.revival = Revival::of(resolver.layout.table, |column| merge.gives(column)).filter(|_| revive);
        merge
    }

    /// The same for rows of these ordinals only, the end not included.
    pub(super) fn within(self, start: u64, end: u64) -> Self {
        Self { range: Some((start, end)), ..self }
    }

    /// Makes ranges of rows quick to find.
    pub(super) fn index_rows(&self) -> String {
        format!("CREATE INDEX ON {0} (ordinal); ANALYZE {0}", self.resolver.stage)
    }

    /// The condition that a row is one of those to be written.
    fn chosen(&self) -> String {
        let range = self
            .range
            .map_or(String::new(), |(start, end)| format!(" AND r.\"#row\" >= {start} AND r.\"#row\" < {end}"));
        format!("r.\"#shape\" = {}{range}", self.shape)
    }

    fn definition(&self) -> &'a TableDef {
        self.resolver.layout.table
    }

    fn given(&self) -> impl Iterator<Item = &'a ColumnDef> {
        self.resolver.shapes.columns(self.shape).iter().map(|index| &self.definition().columns[*index])
    }

    fn gives(&self, column: &ColumnDef) -> bool {
        self.given().any(|given| given.name == column.name)
    }

    /// The columns without which a row of this shape cannot be inserted.
    pub(super) fn lacking(&self) -> Vec<&'a ColumnDef> {
        let columns = self.definition().columns.iter().filter(|column| !self.gives(column));
        columns.filter(|column| needs_value(column)).collect()
    }

    /// What an update sets: the given columns, less those that the conflict key has made equal already.
    fn updatable(&self) -> Vec<&'a ColumnDef> {
        self.given().filter(|column| !self.resolver.key.columns.contains(&column.name)).collect()
    }

    /// The condition that one of the given values differs from what is there. A column that Drizzle sets on each update
    /// (`$onUpdate`) moves with the others, and is no change of its own.
    fn changed(&self, incoming: impl Fn(&str) -> String) -> String {
        let differs = |column: &&ColumnDef| {
            let there = format!("{}.{}", self.table, ident(&column.name));
            let incoming = incoming(&column.name);
            match column.kind {
                // json has no equality, and neither have some types that are not known here; their text has.
                Kind::Json | Kind::Other => format!("{there}::text IS DISTINCT FROM {incoming}::text"),
                _ => format!("{there} IS DISTINCT FROM {incoming}"),
            }
        };
        let updatable = self.updatable();
        let compared = updatable.iter().filter(|column| column.on_update.is_none()).map(differs);
        or_dead(any(&compared.collect::<Vec<_>>()), self.revival.as_ref())
    }

    /// `FROM … WHERE …` over the rows of the shape, with the rows of the table that they mean, or nulls.
    fn matched(&self, join: &str, condition: &str) -> String {
        format!(
            "FROM {}\n{join} {} ON {}\nWHERE {} AND {condition}",
            self.resolver.relation(),
            self.table,
            self.resolver.same_key(),
            self.chosen(),
        )
    }

    /// 1 if there is any row in the table, else 0.
    pub(super) fn count_any(&self) -> String {
        format!("SELECT count(*) FROM (SELECT FROM {} LIMIT 1) AS one", self.table)
    }

    /// Inserts all rows of the shape, in the order of their keys; a key that exists is an error.
    pub(super) fn insert_all(&self) -> String {
        let (columns, values) = self.inserted();
        format!(
            "INSERT INTO {} ({columns})\nSELECT {values}\nFROM {}\nWHERE r.\"#shape\" = {}\nORDER BY {}",
            self.table,
            self.resolver.relation(),
            self.shape,
            self.resolver.key_parts().join(", "),
        )
    }

    /// The columns that an insert gives, and their values.
    fn inserted(&self) -> (String, String) {
        let defaults: Vec<_> = (self.definition().columns.iter())
            .filter(|column| !self.gives(column))
            .filter_map(|column| Some((column, inserted_value(column)?)))
            .collect();
        let columns: Vec<_> = self.given().chain(defaults.iter().map(|(column, _)| *column)).collect();
        let columns: Vec<_> = columns.iter().map(|column| ident(&column.name)).collect();
        let values = self.given().map(|column| format!("r.{}", new(&column.name)));
        let values: Vec<_> = values.chain(defaults.iter().map(|(_, value)| value.clone())).collect();
        (columns.join(", "), values.join(", "))
    }

    /// Counts the rows that are not in the table yet.
    pub(super) fn count_new(&self) -> String {
        format!("SELECT count(*) {}", self.matched("LEFT JOIN", &format!("{}.ctid IS NULL", self.table)))
    }

    /// The rows that are not in the table: `#row` and, as text, `row key`.
    pub(super) fn select_new(&self) -> String {
        let matched = self.matched("LEFT JOIN", &format!("{}.ctid IS NULL", self.table));
        format!("SELECT r.\"#row\", r.\"row key\"::text {matched}")
    }

    /// One of the rows that are in the table, as text, and how many there are.
    pub(super) fn select_known(&self) -> String {
        format!("SELECT r.\"row key\"::text, count(*) OVER () {} LIMIT 1", self.matched("JOIN", "true"))
    }

    /// Inserts what is new and, unless such rows are to be left alone, updates what differs. One row comes back: how many of each. A partitioned table cannot tell
    /// them apart (`xmax` of its rows is not readable), and gives their sum as the first and 0 as the second.
    pub(super) fn upsert(&self, partitioned: bool) -> String {
        let (columns, values) = self.inserted();
        let absent = format!("{}.ctid IS NULL", self.table);
        let nothing_to_set = self.updatable().is_empty() && self.revival.is_none();
        let (condition, action) = if self.on_conflict != OnConflict::Update || nothing_to_set {
            (absent, "DO NOTHING".to_owned())
        } else {
            let excluded = |name: &str| format!("excluded.{}", ident(name));
            let action = format!("DO UPDATE SET {}\n  WHERE {}", self.assignments(excluded), self.changed(excluded));
            (format!("({absent} OR {})", self.changed(|name| format!("r.{}", new(name)))), action)
        };
        let inserted = if partitioned { "true" } else { "(xmax = 0)" };
        // Where no row may exist, one that another transaction inserts meanwhile is an error: PostgreSQL's own.
        let conflict = match self.on_conflict {
            OnConflict::Error => String::new(),
            _ => format!("ON CONFLICT {} {action}\n", self.conflict_target()),
        };
        format!(
            "WITH written AS (\nINSERT INTO {} ({})\nSELECT {}\n{}\nORDER BY {}\n{conflict}RETURNING {inserted} AS \
             inserted)\nSELECT count(*) FILTER (WHERE inserted), count(*) FILTER (WHERE NOT inserted) FROM written",
            self.table,
            columns,
            values,
            self.matched("LEFT JOIN", &condition),
            self.resolver.key_parts().join(", "),
        )
    }

    /// Locks the rows that differ, in key order, and counts them: an UPDATE with a join locks in any order.
    pub(super) fn lock_changed(&self) -> String {
        let condition = self.changed(|name| format!("r.{}", new(name)));
        format!(
            "SELECT count(*) FROM (SELECT 1 {}\nORDER BY {}\nFOR NO KEY UPDATE OF {}) AS locked",
            self.matched("JOIN", &condition),
            self.resolver.key_parts().join(", "),
            ident(&self.definition().name),
        )
    }

    /// Updates what differs.
    pub(super) fn update(&self) -> String {
        let incoming = |name: &str| format!("r.{}", new(name));
        format!(
            "UPDATE {} SET {}\nFROM {}\nWHERE {} AND {} AND {}",
            self.table,
            self.assignments(incoming),
            self.resolver.relation(),
            self.resolver.same_key(),
            self.chosen(),
            self.changed(incoming),
        )
    }

    fn assignments(&self, incoming: impl Fn(&str) -> String) -> String {
        let given =
            self.updatable().into_iter().map(|column| format!("{} = {}", ident(&column.name), incoming(&column.name)));
        let revived = self.revival.iter().map(|revival| revival.revived.clone());
        let refreshed = refreshed(self.definition(), |column| self.gives(column));
        given.chain(revived).chain(refreshed).collect::<Vec<_>>().join(", ")
    }

    /// A key never goes without its predicate: without it, PostgreSQL does not find a partial index.
    fn conflict_target(&self) -> String {
        let key = self.resolver.key;
        let columns = key.columns.iter().map(|name| ident(name));
        let parts: Vec<_> = columns.chain(key.expressions.iter().map(|expression| format!("({expression})"))).collect();
        let predicate = key.predicate.as_ref().map_or(String::new(), |predicate| format!(" WHERE {predicate}"));
        format!("({}){predicate}", parts.join(", "))
    }
}

/// Assignments of the `$onUpdate` columns, but for those that are given.
pub(super) fn refreshed(table: &TableDef, given: impl Fn(&ColumnDef) -> bool) -> Vec<String> {
    let columns = table.columns.iter().filter(|column| !given(column));
    let assignment = |column: &ColumnDef| {
        let value = computed(column, column.on_update.as_ref()?)?;
        Some(format!("{} = {value}", ident(&column.name)))
    };
    columns.filter_map(assignment).collect()
}

/// True if a row that gives these columns cannot be inserted.
pub(super) fn lacks_value(table: &TableDef, given: &[usize]) -> bool {
    table.columns.iter().enumerate().any(|(index, column)| needs_value(column) && given.binary_search(&index).is_err())
}

/// True if an insert must give the column: it is NOT NULL and nothing fills it, or Drizzle fills it with a function that SQL
/// has none for (nanoid and its like) or that could not be read.
fn needs_value(column: &ColumnDef) -> bool {
    let filled = column.default.is_some() || column.identity.is_some() || column.generated.is_some();
    !filled && inserted_value(column).is_none() && (column.not_null || column.runtime_default.is_some())
}

/// What Drizzle's client would insert into a column that is not given: `$defaultFn`, else `$onUpdate` where the database
/// has no default (drizzle-orm, `PgDialect.buildInsertQuery`).
fn inserted_value(column: &ColumnDef) -> Option<String> {
    let filled = column.default.is_some() || column.identity.is_some() || column.generated.is_some();
    let value = match &column.runtime_default {
        Some(value) => value,
        None if filled => return None,
        None => column.on_update.as_ref()?,
    };
    computed(column, value)
}

/// A runtime value as SQL. Times are those of the transaction, the same for all its rows.
fn computed(column: &ColumnDef, value: &RuntimeValue) -> Option<String> {
    let sql_type = &column.sql_type;
    match value {
        RuntimeValue::Now => Some(match column.kind {
            // A JavaScript Date goes into a timestamp without time zone, or into text, in UTC.
            Kind::Timestamp | Kind::Date | Kind::Time => format!("(now() AT TIME ZONE 'UTC')::{sql_type}"),
            Kind::Text { .. } => "to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')".to_owned(),
            _ => "now()".to_owned(),
        }),
        RuntimeValue::Uuid => Some(format!("gen_random_uuid()::{sql_type}")),
        RuntimeValue::Constant(json) => {
            let value: serde_json::Value = serde_json::from_str(json).ok()?;
            Some(match (&column.kind, value) {
                (Kind::Json | Kind::Jsonb, value) => format!("{}::{sql_type}", literal(&value.to_string())),
                (_, serde_json::Value::Null) => format!("NULL::{sql_type}"),
                (_, serde_json::Value::String(text)) => format!("{}::{sql_type}", literal(&text)),
                (_, serde_json::Value::Array(items)) => array_literal(&items, sql_type),
                (_, value) => format!("{}::{sql_type}", literal(&value.to_string())),
            })
        }
        // The schema's own words, as its defaults and checks are.
        RuntimeValue::Sql(sql) => Some(format!("({sql})")),
        _ => None,
    }
}

fn array_literal(items: &[serde_json::Value], sql_type: &str) -> String {
    let item = |item: &serde_json::Value| match item {
        serde_json::Value::Null => "NULL".to_owned(),
        serde_json::Value::String(text) => literal(text),
        item => literal(&item.to_string()),
    };
    format!("ARRAY[{}]::{sql_type}", items.iter().map(item).collect::<Vec<_>>().join(", "))
}
