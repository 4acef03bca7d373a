//! DDL from the IR: the statements that `drizzle-kit generate` writes for an empty database, in its order and wording.
//!
//! Where drizzle-kit's own statement would not run, ours does (see [`types`]).

mod security;
pub mod types;
mod view;

use crate::schema::{Column, Enum, ForeignKey, Index, IndexColumn, Schema, Table};

/// What stands between two statements of a drizzle-kit migration.
pub const BREAKPOINT: &str = "--> statement-breakpoint\n";

/// All statements: schemas, enums, sequences, roles, tables, foreign keys, indexes, views, policies. Some end with a line
/// break, as drizzle-kit's do.
pub fn statements(schema: &Schema) -> Vec<String> {
    let tables = &schema.tables;
    let schemas = schema.schemas.iter().map(|name| format!("CREATE SCHEMA {};\n", quote(name)));
    let foreign_keys = tables.iter().flat_map(|t| t.foreign_keys.iter().map(move |key| foreign_key(t, key)));
    let indexes = tables.iter().flat_map(|t| t.indexes.iter().map(move |i| index(t, i)));
    schemas
        .chain(schema.enums.iter().map(create_enum))
        .chain(schema.sequences.iter().map(view::create_sequence))
        .chain(schema.roles.iter().map(security::create_role))
        .chain(tables.iter().flat_map(|table| [create_table(table)].into_iter().chain(security::enable(table))))
        .chain(foreign_keys)
        .chain(indexes)
        .chain(schema.views.iter().filter_map(view::create_view))
        .chain(
            tables.iter().flat_map(|table| table.policies.iter().map(|policy| security::create_policy(table, policy))),
        )
        .chain(schema.policies.iter().map(security::create_linked_policy))
        .collect()
}

/// The statements as one drizzle-kit migration file.
pub fn script(schema: &Schema) -> String {
    statements(schema).join(BREAKPOINT)
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

/// `"schema"."name"`, or `"name"` for `public`, as drizzle-kit has it.
fn qualified(schema: Option<&str>, name: &str) -> String {
    match schema {
        Some(schema) => format!("{}.{}", quote(schema), quote(name)),
        None => quote(name),
    }
}

fn quoted_list(names: &[String]) -> String {
    names.iter().map(|name| quote(name)).collect::<Vec<_>>().join(",")
}

fn create_enum(declared: &Enum) -> String {
    let labels: Vec<String> = declared.values.iter().map(|value| literal(value)).collect();
    let name = qualified(Some(declared.schema.as_deref().unwrap_or("public")), &declared.name);
    format!("CREATE TYPE {name} AS ENUM({});", labels.join(", "))
}

fn create_table(table: &Table) -> String {
    let mut lines: Vec<String> = table.columns.iter().map(|column| column_line(table, column)).collect();
    if let Some(key) = &table.primary_key {
        lines.push(format!("CONSTRAINT {} PRIMARY KEY({})", quote(&key.name), quoted_list(&key.columns)));
    }
    for unique in &table.uniques {
        let nulls = if unique.nulls_not_distinct { " NULLS NOT DISTINCT" } else { "" };
        lines.push(format!("CONSTRAINT {} UNIQUE{nulls}({})", quote(&unique.name), quoted_list(&unique.columns)));
    }
    for check in &table.checks {
        lines.push(format!("CONSTRAINT {} CHECK ({})", quote(&check.name), check.expression));
    }
    let name = qualified(table.schema.as_deref(), &table.name);
    format!("CREATE TABLE {name} (\n\t{}\n);\n", lines.join(",\n\t"))
}

fn column_line(table: &Table, column: &Column) -> String {
    let mut line = quote(&column.name);
    line.push(' ');
    line.push_str(&types::ddl(column));
    if column.primary_key {
        line.push_str(" PRIMARY KEY");
    }
    if let Some(default) = &column.default {
        line.push_str(" DEFAULT ");
        line.push_str(&default.sql);
    }
    if let Some(expression) = &column.generated {
        line.push_str(&format!(" GENERATED ALWAYS AS ({expression}) STORED"));
    }
    if column.not_null && column.identity.is_none() {
        line.push_str(" NOT NULL");
    }
    if let Some(identity) = &column.identity {
        let kind = if identity.always { "ALWAYS" } else { "BY DEFAULT" };
        let sequence = qualified(table.schema.as_deref(), &identity.sequence);
        let options = view::sequence_options(&identity.options);
        line.push_str(&format!(" GENERATED {kind} AS IDENTITY (sequence name {sequence}{options})"));
    }
    line
}

fn foreign_key(table: &Table, key: &ForeignKey) -> String {
    let from = qualified(table.schema.as_deref(), &table.name);
    let to = qualified(Some(key.foreign_schema.as_deref().unwrap_or("public")), &key.foreign_table);
    format!(
        "ALTER TABLE {from} ADD CONSTRAINT {} FOREIGN KEY ({}) REFERENCES {to}({}) ON DELETE {} ON UPDATE {};",
        quote(&key.name),
        quoted_list(&key.columns),
        quoted_list(&key.foreign_columns),
        key.on_delete,
        key.on_update,
    )
}

fn index(table: &Table, index: &Index) -> String {
    let unique = if index.unique { "UNIQUE " } else { "" };
    let concurrently = if index.concurrently { " CONCURRENTLY" } else { "" };
    let parts: Vec<String> = index.columns.iter().map(index_part).collect();
    let mut statement = format!(
        "CREATE {unique}INDEX{concurrently} {} ON {} USING {} ({})",
        quote(&index.name),
        qualified(table.schema.as_deref(), &table.name),
        index.method,
        parts.join(","),
    );
    if !index.with.is_empty() {
        let options: Vec<String> = index.with.iter().map(|(key, value)| format!("{key}={value}")).collect();
        statement.push_str(&format!(" WITH ({})", options.join(",")));
    }
    if let Some(predicate) = &index.predicate {
        statement.push_str(&format!(" WHERE {predicate}"));
    }
    statement.push(';');
    statement
}

/// drizzle-kit writes an operator class *instead of* the order, and leaves out the order that is the default.
fn index_part(part: &IndexColumn) -> String {
    let expression = if part.is_expression { part.expression.clone() } else { quote(&part.expression) };
    if let Some(opclass) = &part.opclass {
        return format!("{expression} {opclass}");
    }
    let default = if part.ascending { "last" } else { "first" };
    let nulls = part.nulls.as_deref().unwrap_or(default).to_uppercase();
    match (part.ascending, nulls.as_str()) {
        (true, "LAST") => expression,
        (true, _) => format!("{expression} NULLS {nulls}"),
        (false, _) => format!("{expression} DESC NULLS {nulls}"),
    }
}
