//! DDL from the IR: the statements that `drizzle-kit generate` writes for an empty database, in its order and wording.
//!
//! Where drizzle-kit's own statement would not run, ours does (see [`types`]); [`Wording::DrizzleKit`] asks for its own.

mod security;
pub mod types;
mod view;
mod writer;

use crate::schema::{Column, Enum, ForeignKey, Index, IndexColumn, Schema, Table, Wording};
use writer::Ddl;
pub(crate) use writer::enclose;

/// What stands between two statements of a drizzle-kit migration.
pub const BREAKPOINT: &str = "--> statement-breakpoint\n";

/// All statements, valid: schemas, enums, sequences, roles, tables, foreign keys, indexes, views, policies. Some end with a
/// line break, as drizzle-kit's do.
pub fn statements(schema: &Schema) -> Vec<String> {
    let mut ddl = Ddl::new(Wording::Valid, "");
    ddl.schema(schema);
    ddl.into_statements()
}

/// The statements as one drizzle-kit migration file.
pub fn script(schema: &Schema) -> String {
    script_in(schema, Wording::Valid, true)
}

/// The migration file in the wording that is asked for, with or without a mark between two statements.
pub fn script_in(schema: &Schema, wording: Wording, breakpoints: bool) -> String {
    let mut ddl = Ddl::new(wording, if breakpoints { BREAKPOINT } else { "\n" });
    ddl.schema(schema);
    ddl.into_script()
}

/// An identifier in double quotes.
pub fn quote(name: &str) -> String {
    enclosed(name, '"')
}

/// A string literal.
pub fn literal(text: &str) -> String {
    enclosed(text, '\'')
}

fn enclosed(text: &str, quote: char) -> String {
    let mut enclosed = String::with_capacity(text.len() + 2);
    enclose(&mut enclosed, text, quote);
    enclosed
}

impl Ddl {
    fn schema(&mut self, schema: &Schema) {
        let tables = &schema.tables;
        for name in &schema.schemas {
            self.statement("CREATE SCHEMA ").name(name).push(";\n");
        }
        schema.enums.iter().for_each(|declared| self.create_enum(declared));
        schema.sequences.iter().for_each(|sequence| self.create_sequence(sequence));
        schema.roles.iter().for_each(|role| self.create_role(role));
        for table in tables {
            self.create_table(table);
            self.secure(table);
        }
        for table in tables {
            table.foreign_keys.iter().for_each(|key| self.foreign_key(table, key));
        }
        for table in tables {
            table.indexes.iter().for_each(|index| self.index(table, index));
        }
        schema.views.iter().for_each(|view| self.create_view(view));
        for table in tables {
            table.policies.iter().for_each(|policy| self.create_policy(table, policy));
        }
        schema.policies.iter().for_each(|linked| self.create_linked_policy(linked));
    }

    fn create_enum(&mut self, declared: &Enum) {
        self.statement("CREATE TYPE ").qualified(Some(declared.schema.as_deref().unwrap_or("public")), &declared.name);
        self.push(" AS ENUM(");
        self.list(&declared.values, ", ", |ddl, value| {
            ddl.literal(value);
        });
        self.push(");");
    }

    fn create_table(&mut self, table: &Table) {
        self.statement("CREATE TABLE ").qualified(table.schema.as_deref(), &table.name).push(" (\n");
        self.list(&table.columns, ",\n", |ddl, column| ddl.column(table, column));
        // drizzle-kit writes the comma before its first constraint even where no column precedes it.
        let mut is_first = table.columns.is_empty() && self.wording == Wording::Valid;
        let mut constraint = |ddl: &mut Self, name: &str| {
            ddl.push(if std::mem::take(&mut is_first) { "\t" } else { ",\n\t" }).push("CONSTRAINT ").name(name);
        };
        if let Some(key) = &table.primary_key {
            constraint(self, &key.name);
            self.push(" PRIMARY KEY(").names(&key.columns).push(")");
        }
        for unique in &table.uniques {
            constraint(self, &unique.name);
            let nulls = if unique.nulls_not_distinct { " NULLS NOT DISTINCT" } else { "" };
            self.push(" UNIQUE").push(nulls).push("(").names(&unique.columns).push(")");
        }
        for check in &table.checks {
            let [name, condition] = self.kept([&check.name, check.expression.in_wording(self.wording)], ";");
            constraint(self, &name);
            self.push(" CHECK (").push(&condition).push(")");
        }
        self.push("\n);\n");
    }

    fn column(&mut self, table: &Table, column: &Column) {
        let sql_type = types::in_wording(column, self.wording);
        self.push("\t").name(&column.name).push(" ").push(&sql_type);
        if column.primary_key {
            self.push(" PRIMARY KEY");
        }
        if let Some(default) = &column.default {
            self.push(" DEFAULT ").sql(&default.sql);
        }
        if let Some(expression) = &column.generated {
            self.push(" GENERATED ALWAYS AS (").sql(expression).push(") STORED");
        }
        if column.not_null && column.identity.is_none() {
            self.push(" NOT NULL");
        }
        if let Some(identity) = &column.identity {
            let kind = if identity.always { "ALWAYS" } else { "BY DEFAULT" };
            self.push(" GENERATED ").push(kind).push(" AS IDENTITY (sequence name ");
            self.qualified(table.schema.as_deref(), &identity.sequence).sequence_options(&identity.options).push(")");
        }
    }

    fn foreign_key(&mut self, table: &Table, key: &ForeignKey) {
        self.statement("ALTER TABLE ").qualified(table.schema.as_deref(), &table.name);
        self.push(" ADD CONSTRAINT ").name(&key.name).push(" FOREIGN KEY (").names(&key.columns);
        let foreign_schema = key.foreign_schema.as_deref().unwrap_or("public");
        self.push(") REFERENCES ").qualified(Some(foreign_schema), &key.foreign_table);
        self.push("(").names(&key.foreign_columns).push(") ON DELETE ").push(&key.on_delete);
        self.push(" ON UPDATE ").push(&key.on_update).push(";");
    }

    fn index(&mut self, table: &Table, index: &Index) {
        self.statement(if index.unique { "CREATE UNIQUE INDEX" } else { "CREATE INDEX" });
        self.push(if index.concurrently { " CONCURRENTLY " } else { " " }).name(&index.name).push(" ON ");
        self.qualified(table.schema.as_deref(), &table.name).push(" USING ").push(&index.method).push(" (");
        self.list(&index.columns, ",", Self::index_part).push(")");
        if !index.with.is_empty() {
            self.push(" WITH (");
            self.list(&index.with, ",", |ddl, (key, value)| {
                ddl.push(key).push("=").push(value);
            });
            self.push(")");
        }
        if let Some(predicate) = &index.predicate {
            self.push(" WHERE ").sql(predicate);
        }
        self.push(";");
    }

    /// drizzle-kit writes an operator class *instead of* the order, and leaves out the order that is the default.
    fn index_part(&mut self, part: &IndexColumn) {
        let default = if part.ascending { "last" } else { "first" };
        let nulls = part.nulls.as_deref().unwrap_or(default);
        let word = |flag: bool| if flag { "true" } else { "false" };
        let (is_expression, ascending) = (word(part.is_expression), word(part.ascending));
        let opclass = part.opclass.as_deref().unwrap_or_default();
        let parts = [part.expression.in_wording(self.wording), is_expression, ascending, nulls, opclass];
        let [expression, is_expression, ascending, nulls, opclass] = self.kept(parts, "--");
        if is_expression == "true" {
            self.push(&expression)
        } else {
            self.name(&expression)
        };
        match (&*opclass, &*ascending, &*nulls) {
            ("", "true", "last") => {}
            ("", ascending, nulls) => {
                self.push(if ascending == "true" { " NULLS " } else { " DESC NULLS " }).push(&nulls.to_uppercase());
            }
            (opclass, ..) => {
                self.push(" ").push(opclass);
            }
        }
    }
}
