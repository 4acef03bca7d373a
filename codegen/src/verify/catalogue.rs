//! What a live database knows of its tables and enums.

use std::collections::BTreeMap;

use serde::Deserialize;
use sqlx::{PgConnection, Row};

/// `schema.name`, with `public` spelled out.
pub(super) type Name = (String, String);

/// A table, view or sequence in the catalogue.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Relation {
    pub(super) schema: String,
    pub(super) name: String,
    /// `pg_class.relkind`
    pub(super) kind: char,
    /// Row level security is enabled.
    pub(super) secured: bool,
    pub(super) columns: Vec<Column>,
    /// Primary key, unique and check constraints.
    pub(super) constraints: Vec<Constraint>,
    /// Indexes that no constraint stands on.
    pub(super) indexes: Vec<Index>,
    pub(super) references: Vec<Reference>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Column {
    pub(super) name: String,
    /// As `format_type` spells it.
    #[serde(rename = "type")]
    pub(super) sql_type: String,
    pub(super) not_null: bool,
    /// `a` for always, `d` for by default, nothing for no identity.
    pub(super) identity: String,
    /// The default is the expression of a generated column.
    pub(super) generated: bool,
    /// As `pg_get_expr` spells it.
    pub(super) default: Option<String>,
}

impl Column {
    /// The sequence of a serial. Its name is no part of the schema: it stays when a table is renamed.
    pub(super) fn is_serial(&self) -> bool {
        self.default.as_deref().is_some_and(|default| default.starts_with("nextval("))
    }
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Constraint {
    pub(super) name: String,
    /// `pg_constraint.contype`: `p`, `u` or `c`
    pub(super) kind: char,
    /// As `pg_get_constraintdef` spells it.
    pub(super) definition: String,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Index {
    pub(super) name: String,
    pub(super) unique: bool,
    /// False after a `CREATE INDEX CONCURRENTLY` that failed.
    pub(super) valid: bool,
    /// As `pg_get_indexdef` spells it, from `USING` on.
    pub(super) definition: String,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Reference {
    pub(super) name: String,
    pub(super) columns: Vec<String>,
    pub(super) foreign_schema: String,
    pub(super) foreign_table: String,
    pub(super) foreign_columns: Vec<String>,
    /// `pg_constraint.confdeltype`
    pub(super) on_delete: char,
    /// `pg_constraint.confupdtype`
    pub(super) on_update: char,
}

/// The relations of these names, as far as they exist. One query, however many they are.
pub(super) async fn relations(
    connection: &mut PgConnection,
    names: &[Name],
) -> Result<BTreeMap<Name, Relation>, sqlx::Error> {
    let (schemas, relations): (Vec<&str>, Vec<&str>) = names.iter().map(|(s, n)| (s.as_str(), n.as_str())).unzip();
    let query = sqlx::query_scalar::<_, String>(include_str!("catalogue.sql")).persistent(false);
    let documents = query.bind(schemas).bind(relations).fetch_all(connection).await?;
    let read = |document: String| -> Result<(Name, Relation), sqlx::Error> {
        let relation: Relation = serde_json::from_str(&document).map_err(|error| sqlx::Error::Decode(error.into()))?;
        Ok(((relation.schema.clone(), relation.name.clone()), relation))
    };
    documents.into_iter().map(read).collect()
}

/// The labels of all enum types in these schemas, in their order.
pub(super) async fn enums(
    connection: &mut PgConnection,
    schemas: &[String],
) -> Result<BTreeMap<Name, Vec<String>>, sqlx::Error> {
    let query = sqlx::query(
        "select n.nspname::text, t.typname::text, array(
           select e.enumlabel::text from pg_enum e where e.enumtypid = t.oid order by e.enumsortorder)
         from pg_type t join pg_namespace n on n.oid = t.typnamespace
         where t.typtype = 'e' and n.nspname = any($1)",
    );
    let rows = query.persistent(false).bind(schemas).fetch_all(connection).await?;
    rows.iter().map(|row| Ok(((row.try_get(0)?, row.try_get(1)?), row.try_get(2)?))).collect()
}

/// All tables in these schemas but those that an extension brought.
pub(super) async fn tables(connection: &mut PgConnection, schemas: &[String]) -> Result<Vec<Name>, sqlx::Error> {
    let query = sqlx::query(
        "select n.nspname::text, c.relname::text
         from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where c.relkind in ('r', 'p', 'f') and not c.relispartition and n.nspname = any($1)
           and not exists (select from pg_depend d
             where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
         order by 1, 2",
    );
    let rows = query.persistent(false).bind(schemas).fetch_all(connection).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}

/// Those of the types that the database does not know.
///
/// A spelling that PostgreSQL cannot parse counts as known: what is wrong with it shows when a table uses it.
pub(super) async fn unknown_types(connection: &mut PgConnection, types: &[String]) -> Result<Vec<String>, sqlx::Error> {
    let query = "select t from unnest($1::text[]) t where to_regtype(t) is null";
    sqlx::query_scalar(query).persistent(false).bind(types).fetch_all(connection).await
}
