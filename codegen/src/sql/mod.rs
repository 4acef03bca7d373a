//! DDL from the IR: the statements that `drizzle-kit generate` writes for an empty database, in its order and wording.
//!
//! Where drizzle-kit's own statement would not run, ours does (see [`types`]); [`Wording::DrizzleKit`] asks for its own.

mod security;
pub mod types;
mod view;

use crate::schema::{Column, Enum, ForeignKey, Index, IndexColumn, Schema, Sql, Table, Wording};

/// What stands between two statements of a drizzle-kit migration.
pub const BREAKPOINT: &str = "--> statement-breakpoint\n";

/// All statements, valid: schemas, enums, sequences, roles, tables, foreign keys, indexes, views, policies. Some end with a
/// line break, as drizzle-kit's do.
pub fn statements(schema: &Schema) -> Vec<String> {
    Ddl { wording: Wording::Valid }.statements(schema)
}

/// The statements as one drizzle-kit migration file.
pub fn script(schema: &Schema) -> String {
    script_in(schema, Wording::Valid)
}

/// The migration file in the wording that is asked for.
pub fn script_in(schema: &Schema, wording: Wording) -> String {
    Ddl { wording }.statements(schema).join(BREAKPOINT)
}

/// An identifier in double quotes.
pub fn quote(name: &str) -> String {
    enclosed(name, '"')
}

/// A string literal.
pub fn literal(text: &str) -> String {
    enclosed(text, '\'')
}

/// The text between two quotes, those in it doubled.
fn enclosed(text: &str, quote: char) -> String {
    let mut enclosed = String::with_capacity(text.len() + 2);
    enclosed.push(quote);
    for (index, part) in text.split(quote).enumerate() {
        if index > 0 {
            enclosed.push(quote);
            enclosed.push(quote);
        }
        enclosed.push_str(part);
    }
    enclosed.push(quote);
    enclosed
}

/// Writes statements in one wording.
#[derive(Debug, Clone, Copy)]
struct Ddl {
    wording: Wording,
}

impl Ddl {
    fn statements(self, schema: &Schema) -> Vec<String> {
        let tables = &schema.tables;
        let schemas = schema.schemas.iter().map(|name| format!("CREATE SCHEMA {};\n", self.quote(name)));
        let foreign_keys = tables.iter().flat_map(|t| t.foreign_keys.iter().map(move |key| self.foreign_key(t, key)));
        let indexes = tables.iter().flat_map(|t| t.indexes.iter().map(move |i| self.index(t, i)));
        let policies = tables.iter().flat_map(|t| t.policies.iter().map(move |policy| self.create_policy(t, policy)));
        schemas
            .chain(schema.enums.iter().map(|declared| self.create_enum(declared)))
            .chain(schema.sequences.iter().map(|sequence| self.create_sequence(sequence)))
            .chain(schema.roles.iter().map(|role| self.create_role(role)))
            .chain(tables.iter().flat_map(|table| [self.create_table(table)].into_iter().chain(self.secure(table))))
            .chain(foreign_keys)
            .chain(indexes)
            .chain(schema.views.iter().filter_map(|view| self.create_view(view)))
            .chain(policies)
            .chain(schema.policies.iter().map(|linked| self.create_linked_policy(linked)))
            .collect()
    }

    /// drizzle-kit puts names in quotes as they are.
    fn quote(self, name: &str) -> String {
        match self.wording {
            Wording::Valid => quote(name),
            Wording::DrizzleKit => format!("\"{name}\""),
        }
    }

    fn text(self, sql: &Sql) -> &str {
        sql.in_wording(self.wording)
    }

    /// What comes out of drizzle-kit's own form of an object: the parts joined with a separator and split at it again, so
    /// that one which contains it falls apart.
    fn kept<const N: usize>(self, parts: [&str; N], separator: &str) -> [String; N] {
        match self.wording {
            Wording::Valid => parts.map(str::to_owned),
            Wording::DrizzleKit => {
                let joined = parts.join(separator);
                let mut split = joined.split(separator);
                parts.map(|_| split.next().unwrap_or("undefined").to_owned())
            }
        }
    }

    /// `"schema"."name"`, or `"name"` for `public`, as drizzle-kit has it.
    fn qualified(self, schema: Option<&str>, name: &str) -> String {
        match schema {
            Some(schema) => format!("{}.{}", self.quote(schema), self.quote(name)),
            None => self.quote(name),
        }
    }

    fn quoted_list(self, names: &[String]) -> String {
        // A name with a comma falls apart in drizzle-kit's hands.
        let joined = match self.wording {
            Wording::Valid => names.to_vec(),
            Wording::DrizzleKit => names.join(",").split(',').map(str::to_owned).collect(),
        };
        joined.iter().map(|name| self.quote(name)).collect::<Vec<_>>().join(",")
    }

    fn create_enum(self, declared: &Enum) -> String {
        let labels: Vec<String> = declared.values.iter().map(|value| literal(value)).collect();
        let name = self.qualified(Some(declared.schema.as_deref().unwrap_or("public")), &declared.name);
        format!("CREATE TYPE {name} AS ENUM({});", labels.join(", "))
    }

    fn create_table(self, table: &Table) -> String {
        let mut lines: Vec<String> = table.columns.iter().map(|column| self.column_line(table, column)).collect();
        if let Some(key) = &table.primary_key {
            lines.push(format!("CONSTRAINT {} PRIMARY KEY({})", self.quote(&key.name), self.quoted_list(&key.columns)));
        }
        for unique in &table.uniques {
            let nulls = if unique.nulls_not_distinct { " NULLS NOT DISTINCT" } else { "" };
            lines.push(format!(
                "CONSTRAINT {} UNIQUE{nulls}({})",
                self.quote(&unique.name),
                self.quoted_list(&unique.columns)
            ));
        }
        for check in &table.checks {
            let [name, condition] = self.kept([&check.name, self.text(&check.expression)], ";");
            lines.push(format!("CONSTRAINT {} CHECK ({condition})", self.quote(&name)));
        }
        let name = self.qualified(table.schema.as_deref(), &table.name);
        format!("CREATE TABLE {name} (\n\t{}\n);\n", lines.join(",\n\t"))
    }

    fn column_line(self, table: &Table, column: &Column) -> String {
        let mut line = format!("{} {}", self.quote(&column.name), types::in_wording(column, self.wording));
        if column.primary_key {
            line.push_str(" PRIMARY KEY");
        }
        if let Some(default) = &column.default {
            line.push_str(&format!(" DEFAULT {}", self.text(&default.sql)));
        }
        if let Some(expression) = &column.generated {
            line.push_str(&format!(" GENERATED ALWAYS AS ({}) STORED", self.text(expression)));
        }
        if column.not_null && column.identity.is_none() {
            line.push_str(" NOT NULL");
        }
        if let Some(identity) = &column.identity {
            let kind = if identity.always { "ALWAYS" } else { "BY DEFAULT" };
            let sequence = self.qualified(table.schema.as_deref(), &identity.sequence);
            let options = view::sequence_options(&identity.options);
            line.push_str(&format!(" GENERATED {kind} AS IDENTITY (sequence name {sequence}{options})"));
        }
        line
    }

    fn foreign_key(self, table: &Table, key: &ForeignKey) -> String {
        let from = self.qualified(table.schema.as_deref(), &table.name);
        let to = self.qualified(Some(key.foreign_schema.as_deref().unwrap_or("public")), &key.foreign_table);
        format!(
            "ALTER TABLE {from} ADD CONSTRAINT {} FOREIGN KEY ({}) REFERENCES {to}({}) ON DELETE {} ON UPDATE {};",
            self.quote(&key.name),
            self.quoted_list(&key.columns),
            self.quoted_list(&key.foreign_columns),
            key.on_delete,
            key.on_update,
        )
    }

    fn index(self, table: &Table, index: &Index) -> String {
        let unique = if index.unique { "UNIQUE " } else { "" };
        let concurrently = if index.concurrently { " CONCURRENTLY" } else { "" };
        let parts: Vec<String> = index.columns.iter().map(|part| self.index_part(part)).collect();
        let mut statement = format!(
            "CREATE {unique}INDEX{concurrently} {} ON {} USING {} ({})",
            self.quote(&index.name),
            self.qualified(table.schema.as_deref(), &table.name),
            index.method,
            parts.join(","),
        );
        if !index.with.is_empty() {
            let options: Vec<String> = index.with.iter().map(|(key, value)| format!("{key}={value}")).collect();
            statement.push_str(&format!(" WITH ({})", options.join(",")));
        }
        if let Some(predicate) = &index.predicate {
            statement.push_str(&format!(" WHERE {}", self.text(predicate)));
        }
        statement.push(';');
        statement
    }

    /// drizzle-kit writes an operator class *instead of* the order, and leaves out the order that is the default.
    fn index_part(self, part: &IndexColumn) -> String {
        let default = if part.ascending { "last" } else { "first" };
        let nulls = part.nulls.as_deref().unwrap_or(default);
        let (is_expression, ascending) = (part.is_expression.to_string(), part.ascending.to_string());
        let opclass = part.opclass.as_deref().unwrap_or_default();
        let parts = [self.text(&part.expression), &is_expression, &ascending, nulls, opclass];
        let [expression, is_expression, ascending, nulls, opclass] = self.kept(parts, "--");
        let expression = if is_expression == "true" { expression } else { self.quote(&expression) };
        match (opclass.as_str(), ascending.as_str(), nulls.as_str()) {
            ("", "true", "last") => expression,
            ("", "true", nulls) => format!("{expression} NULLS {}", nulls.to_uppercase()),
            ("", _, nulls) => format!("{expression} DESC NULLS {}", nulls.to_uppercase()),
            (opclass, ..) => format!("{expression} {opclass}"),
        }
    }
}
