//! The staged rows as the table would hold them: parents found by their natural keys, text cast, key expressions computed.
//!
//! Each way to a parent is one LEFT JOIN, and PostgreSQL drops the joins that a statement does not use. A LEFT JOIN,
//! because an inner one would lose the rows whose parent is not there. The relation's columns carry a prefix (`new:name`),
//! so that the SQL of a predicate or key expression, which names columns barely, can only mean the target table's.

use models::{ColumnDef, KeyDef, TableDef};

use super::layout::{Layout, Node};
use super::parents::Reader;
use super::shape::Shapes;
use super::sql::{all, any, ident, literal, prefixed, table_name};

/// Writes the SQL that reads one stage.
#[derive(Debug, Clone, Copy)]
pub(super) struct Resolver<'a> {
    pub(super) stage: &'a str,
    pub(super) layout: &'a Layout<'a>,
    pub(super) shapes: &'a Shapes,
    pub(super) key: &'a KeyDef,
    /// The column by which the winner among several rows of a key is chosen; `None` for the last one.
    pub(super) winner: Option<&'a str>,
}

/// A column given by reference, and what the quarantine and the list of unresolved references say about it.
#[derive(Debug)]
pub(super) struct Referring<'a> {
    /// The column, as an index into the table's.
    pub(super) index: usize,
    pub(super) column: &'a ColumnDef,
    /// The parent table.
    pub(super) parent: String,
    /// The foreign key's name.
    pub(super) name: String,
    /// The foreign key's columns.
    pub(super) columns: Vec<String>,
    /// True if a row cannot do without: the column is NOT NULL, or part of the conflict key.
    pub(super) required: bool,
}

impl<'a> Resolver<'a> {
    fn table(&self) -> &'a TableDef {
        self.layout.table
    }

    fn fields(&self) -> impl Iterator<Item = (usize, &'a Node<'a>)> {
        self.layout.fields.iter().enumerate().filter_map(|(index, node)| Some((index, node.as_ref()?)))
    }

    /// The columns that rows give by reference.
    pub(super) fn referring(&self) -> Vec<Referring<'a>> {
        let by_reference = self.fields().filter_map(|(index, node)| Some((index, node.column, node.routes.first()?)));
        let referring = by_reference.map(|(index, column, route)| {
            let parent = route.table;
            let foreign = self.table().references.iter().find(|foreign| {
                foreign.foreign_schema == parent.schema
                    && foreign.foreign_table == parent.name
                    && foreign.columns.contains(&column.name)
            });
            Referring {
                index,
                column,
                parent: parent.qualified_name(),
                name: foreign.map_or(&column.name, |foreign| &foreign.name).to_string(),
                columns: foreign
                    .map_or(std::slice::from_ref(&column.name), |foreign| &foreign.columns[..])
                    .iter()
                    .map(ToString::to_string)
                    .collect(),
                required: column.not_null || self.key.columns.contains(&column.name),
            }
        });
        referring.collect()
    }

    /// The relation, to stand after FROM. Its columns: `#row` (the ordinal), `#shape`; `new:…` for each column that some row gives;
    /// `missing:…` and `parent:…` (the natural key as jsonb) for those given by reference; `key:N` for each expression of
    /// the conflict key, `in key` for its predicate; `row key`, the conflict key as jsonb.
    pub(super) fn relation(&self) -> String {
        let mut reader = Reader::new(&self.layout.slots);
        let mut columns = vec!["s.ordinal AS \"#row\"".to_owned(), "s.shape AS \"#shape\"".to_owned()];
        let mut row_key = Vec::new();
        for (_, node) in self.fields() {
            let mut ways = Vec::new();
            let value = reader.read(node, &mut ways);
            let name = &node.column.name;
            columns.push(format!("{value} AS {}", new(name)));
            if !node.routes.is_empty() {
                let missing: Vec<_> = ways.iter().map(|(given, id)| format!("({given} AND {id} IS NULL)")).collect();
                columns.push(format!("{} AS {}", any(&missing), missing_flag(name)));
                columns.push(format!("{} AS {}", reader.natural(node), parent_key(name)));
            }
            if self.key.columns.contains(name) {
                row_key.push(format!("{}, {}", literal(name), reader.natural(node)));
            }
        }
        columns.push(format!("jsonb_build_object({}) AS \"row key\"", row_key.join(", ")));
        let select = format!("SELECT {}\n  FROM {} AS s{}", columns.join(",\n    "), self.stage, reader.joins.concat());
        if self.key.expressions.is_empty() && self.key.predicate.is_none() {
            return format!("({select}) AS r");
        }
        let mut computed: Vec<_> = (self.key.expressions.iter().enumerate())
            .map(|(number, expression)| format!("({expression}) AS {}", key_part(number)))
            .collect();
        computed.extend(self.key.predicate.iter().map(|predicate| format!("({predicate}) AS \"in key\"")));
        format!(
            "(SELECT v.*, k.*\n  FROM ({select}) AS v\n  CROSS JOIN LATERAL (SELECT {} FROM (SELECT {}) AS {}) AS k) AS r",
            computed.join(", "),
            self.image().join(", "),
            ident(&self.table().name),
        )
    }

    /// The row as it will be, for the columns that the key's expressions and predicate mention: what is given, else the
    /// default.
    fn image(&self) -> Vec<String> {
        let sql: Vec<&str> = self.key.expressions.iter().chain(&self.key.predicate).map(AsRef::as_ref).collect();
        let mentioned = self.table().columns.iter().enumerate();
        let mentioned = mentioned.filter(|(_, column)| sql.iter().any(|sql| sql.contains(column.name.as_ref())));
        let image = mentioned.map(|(index, column)| {
            let default = match &column.default {
                // Asking a sequence would burn ids, and cannot tell which row is meant.
                Some(default) if !default.contains("nextval") => format!("({default})::{}", column.sql_type),
                _ => format!("NULL::{}", column.sql_type),
            };
            let value = match self.shapes.giving(index) {
                Some(shapes) => {
                    format!("CASE WHEN v.\"#shape\" IN ({shapes}) THEN v.{} ELSE {default} END", new(&column.name))
                }
                None => default,
            };
            format!("{value} AS {}", ident(&column.name))
        });
        image.collect()
    }

    /// The parts of the conflict key in the relation, in the order in which rows are sorted and locked.
    pub(super) fn key_parts(&self) -> Vec<String> {
        let columns = self.key.columns.iter().map(|name| format!("r.{}", new(name)));
        let expressions = (0..self.key.expressions.len()).map(|number| format!("r.{}", key_part(number)));
        columns.chain(expressions).collect()
    }

    /// What several rows of one key are sorted by, so that the winner comes first: the greatest value of the column that was
    /// chosen for it, rows without one behind all others; of equals the last that came.
    pub(super) fn winner_first(&self) -> String {
        let given = self.winner.filter(|name| self.fields().any(|(_, node)| node.column.name == *name));
        let by_value = given.map_or(String::new(), |name| format!("r.{} DESC NULLS LAST, ", new(name)));
        format!("{by_value}r.\"#row\" DESC")
    }

    /// The condition that joins the relation to the rows of the target table.
    ///
    /// `IS NOT DISTINCT FROM` alone can neither hash nor use an index. Where NULLs count as equal, a hash of the nullable
    /// parts does: it treats NULL as a value, and the exact comparison only has to confirm it. (`NULLS NOT DISTINCT` needs
    /// PostgreSQL 15, `hash_record_extended` 14.)
    pub(super) fn same_key(&self) -> String {
        let target = table_name(self.table());
        let mut conditions = Vec::new();
        let mut nullable = Vec::new();
        for name in self.key.columns.iter() {
            let pair = (format!("r.{}", new(name)), format!("{target}.{}", ident(name)));
            let not_null = self.table().columns.iter().any(|column| column.name == *name && column.not_null);
            if not_null || !self.key.nulls_not_distinct {
                conditions.push(format!("{} = {}", pair.1, pair.0));
            } else {
                nullable.push(pair);
            }
        }
        for (number, expression) in self.key.expressions.iter().enumerate() {
            conditions.push(format!("({expression}) = r.{}", key_part(number)));
        }
        if !nullable.is_empty() {
            let hash = |parts: Vec<&str>| format!("hash_record_extended(ROW({}), 0)", parts.join(", "));
            let ours = hash(nullable.iter().map(|(new, _)| new.as_str()).collect());
            let theirs = hash(nullable.iter().map(|(_, old)| old.as_str()).collect());
            conditions.push(format!("{theirs} = {ours}"));
            conditions.extend(nullable.iter().map(|(new, old)| format!("{old} IS NOT DISTINCT FROM {new}")));
        }
        conditions.extend(self.key.predicate.iter().map(|predicate| format!("({predicate})")));
        all(&conditions)
    }

    /// Conditions under which a staged row is refused, with what to say: see [`Refused`].
    pub(super) fn refusals(&self) -> Vec<(String, Refused<'a>)> {
        let mut refusals = Vec::new();
        for referring in self.referring().into_iter().filter(|referring| referring.required) {
            refusals.push((format!("r.{}", missing_flag(&referring.column.name)), Refused::Reference(referring)));
        }
        if !self.key.nulls_not_distinct && !self.key.expressions.is_empty() {
            let null: Vec<_> =
                (0..self.key.expressions.len()).map(|number| format!("r.{} IS NULL", key_part(number))).collect();
            refusals.push((any(&null), Refused::NullKey));
        }
        if self.key.predicate.is_some() {
            refusals.push(("r.\"in key\" IS NOT TRUE".to_owned(), Refused::OutsideKey));
        }
        refusals
    }
}

/// Why a staged row is refused.
#[derive(Debug)]
pub(super) enum Refused<'a> {
    /// A required reference names no row.
    Reference(Referring<'a>),
    /// An expression of the key is NULL.
    NullKey,
    /// The key's predicate does not hold.
    OutsideKey,
}

/// `new:…`: the value that the row gives.
pub(super) fn new(column: &str) -> String {
    prefixed("new", column)
}

/// `missing:…`: true if the row names a parent that is not there.
pub(super) fn missing_flag(column: &str) -> String {
    prefixed("missing", column)
}

/// `parent:…`: the natural key that names the parent.
pub(super) fn parent_key(column: &str) -> String {
    prefixed("parent", column)
}

fn key_part(number: usize) -> String {
    format!("\"key:{}\"", number + 1)
}
