//! What a database's catalogue says about its tables: columns, unique keys, foreign keys.

use sqlx::{PgConnection, Row};

use super::family::Type;
use crate::database::database_error;
use crate::error::Result;

/// All tables and views of a database that its role sees in its catalogue.
#[derive(Debug, Default)]
pub(super) struct Tables(pub(super) Vec<Table>);

/// A table or view.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Table {
    pub(super) schema: String,
    pub(super) name: String,
    pub(super) columns: Vec<Column>,
    /// Unique keys over columns alone that hold for all rows; the primary key first.
    pub(super) keys: Vec<Key>,
    pub(super) references: Vec<Reference>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) of: Type,
    pub(super) not_null: bool,
    /// The database makes its values: identity, a sequence, a random UUID.
    pub(super) is_made: bool,
    /// Its collation sorts by bytes, so that an index on it does too.
    pub(super) sorts_by_bytes: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Key {
    pub(super) name: String,
    pub(super) columns: Vec<String>,
    pub(super) is_primary: bool,
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reference {
    pub(super) columns: Vec<String>,
    pub(super) schema: String,
    pub(super) table: String,
    pub(super) foreign_columns: Vec<String>,
    /// The database guarantees that the row is there.
    pub(super) is_enforced: bool,
}

/// A type is looked at through domains; an array by its elements.
const COLUMNS: &str = "
SELECT n.nspname::text, c.relname::text, a.attname::text, a.attnotnull, pg_catalog.format_type(a.atttypid, a.atttypmod),
  base.name::text, base.is_array, base.is_enum,
  a.attidentity <> '' OR coalesce(pg_catalog.pg_get_expr(d.adbin, d.adrelid) ~ '^nextval\\(|uuid\\w*\\(', false),
  coalesce(l.collname IN ('C', 'POSIX') OR l.collname = 'default' AND db.datcollate IN ('C', 'POSIX')
    AND coalesce(pg_catalog.to_jsonb(db) ->> 'datlocprovider', 'c') <> 'i', false)
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_database AS db ON db.datname = pg_catalog.current_database()
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum AND a.attgenerated = ''
LEFT JOIN pg_catalog.pg_collation AS l ON l.oid = a.attcollation
CROSS JOIN LATERAL (
  WITH RECURSIVE step AS (
    SELECT t.* FROM pg_catalog.pg_type AS t WHERE t.oid = a.atttypid
    UNION ALL SELECT t.* FROM step JOIN pg_catalog.pg_type AS t ON step.typtype = 'd' AND t.oid = step.typbasetype)
  SELECT coalesce(e.typname, s.typname) AS name, e.oid IS NOT NULL AS is_array, s.typtype = 'e' AS is_enum
  FROM step AS s LEFT JOIN pg_catalog.pg_type AS e ON s.typcategory = 'A' AND e.oid = s.typelem WHERE s.typtype <> 'd'
) AS base
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY 1, 2, a.attnum";

const KEYS: &str = "
SELECT n.nspname::text, c.relname::text, k.relname::text, i.indisprimary, parts.columns
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS c ON c.oid = i.indrelid
JOIN pg_catalog.pg_class AS k ON k.oid = i.indexrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
  SELECT array_agg(a.attname::text ORDER BY p.place) AS columns
  FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS p (number, place)
  JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = p.number WHERE p.place <= i.indnkeyatts
) AS parts
WHERE i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY 1, 2, i.indisprimary DESC, 3";

const REFERENCES: &str = "
SELECT n.nspname::text, c.relname::text, m.nspname::text, f.relname::text, k.convalidated,
  ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY AS p (number, place)
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = p.number ORDER BY p.place),
  ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY AS p (number, place)
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = f.oid AND a.attnum = p.number ORDER BY p.place)
FROM pg_catalog.pg_constraint AS k
JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_class AS f ON f.oid = k.confrelid
JOIN pg_catalog.pg_namespace AS m ON m.oid = f.relnamespace
WHERE k.contype = 'f'
ORDER BY 1, 2, k.conname";

impl Tables {
    /// Reads the catalogue of the database; `side` names it in errors.
    pub(super) async fn read(connection: &mut PgConnection, side: &str) -> Result<Self> {
        let failed = |error| database_error(&format!("read the catalogue of the {side} database"), error);
        let mut tables = Self::default();
        for row in sqlx::query(COLUMNS).persistent(false).fetch_all(&mut *connection).await.map_err(failed)? {
            let text = |place| row.try_get::<String, usize>(place).map_err(failed);
            let flag = |place| row.try_get::<bool, usize>(place).map_err(failed);
            let (schema, name) = (text(0)?, text(1)?);
            let column = Column {
                name: text(2)?,
                of: Type::new(text(4)?, &text(5)?, flag(6)?, flag(7)?),
                not_null: flag(3)?,
                is_made: flag(8)?,
                sorts_by_bytes: flag(9)?,
            };
            match tables.0.last_mut().filter(|last| (&last.schema, &last.name) == (&schema, &name)) {
                Some(last) => last.columns.push(column),
                None => {
                    let (keys, references) = (Vec::new(), Vec::new());
                    tables.0.push(Table { schema, name, columns: vec![column], keys, references });
                }
            }
        }
        for row in sqlx::query(KEYS).persistent(false).fetch_all(&mut *connection).await.map_err(failed)? {
            let text = |place| row.try_get::<String, usize>(place).map_err(failed);
            let key = Key {
                name: text(2)?,
                is_primary: row.try_get(3).map_err(failed)?,
                columns: row.try_get(4).map_err(failed)?,
            };
            tables.change(&text(0)?, &text(1)?, |table| table.keys.push(key));
        }
        for row in sqlx::query(REFERENCES).persistent(false).fetch_all(&mut *connection).await.map_err(failed)? {
            let text = |place| row.try_get::<String, usize>(place).map_err(failed);
            let reference = Reference {
                schema: text(2)?,
                table: text(3)?,
                is_enforced: row.try_get(4).map_err(failed)?,
                columns: row.try_get(5).map_err(failed)?,
                foreign_columns: row.try_get(6).map_err(failed)?,
            };
            tables.change(&text(0)?, &text(1)?, |table| table.references.push(reference));
        }
        Ok(tables)
    }

    fn change(&mut self, schema: &str, name: &str, change: impl FnOnce(&mut Table)) {
        if let Some(table) = self.0.iter_mut().find(|table| table.schema == schema && table.name == name) {
            change(table);
        }
    }

    /// A table by its schema and name.
    pub(super) fn get(&self, schema: &str, name: &str) -> Option<&Table> {
        self.0.iter().find(|table| table.schema == schema && table.name == name)
    }

    /// A table as people name it: `schema.table`, or the table alone where it is in `public` or only one schema has it.
    pub(super) fn named(&self, name: &str) -> Option<&Table> {
        let exact = self.0.iter().find(|table| table.qualified() == name);
        let public = || self.get("public", name);
        let only = || {
            let mut of_name = self.0.iter().filter(|table| table.name == name);
            of_name.next().filter(|_| of_name.next().is_none())
        };
        exact.or_else(public).or_else(only)
    }
}

impl Table {
    pub(super) fn qualified(&self) -> String {
        format!("{}.{}", self.schema, self.name)
    }

    pub(super) fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The primary key that says nothing of a row but which one it is: one column whose values the database makes.
    pub(super) fn surrogate(&self) -> Option<&str> {
        let [column] = &self.keys.iter().find(|key| key.is_primary)?.columns[..] else { return None };
        let is_reference = self.references.iter().any(|reference| reference.columns.contains(column));
        (self.column(column)?.is_made && !is_reference).then_some(column)
    }

    /// The foreign key that a column is in.
    pub(super) fn reference(&self, column: &str) -> Option<&Reference> {
        self.references.iter().find(|reference| reference.columns.iter().any(|own| own == column))
    }
}
