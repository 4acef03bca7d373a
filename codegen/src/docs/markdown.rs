//! A reference in GitHub's Markdown.

use super::{Roles, display_name, is_required};
use crate::schema::{Column, DataType, Enum, ForeignKey, Index, KeyKind, Policy, Schema, Sql, Table, View};

/// The reference: contents, then tables, views and enums in the schema's order, with links between them.
pub fn markdown(schema: &Schema) -> String {
    let mut text = "# Database schema\n\n".to_owned();
    contents(schema, &mut text);
    for declared in &schema.tables {
        table(schema, declared, &mut text);
    }
    for declared in &schema.views {
        view(declared, &mut text);
    }
    for declared in &schema.enums {
        enumeration(declared, &mut text);
    }
    text
}

fn contents(schema: &Schema, text: &mut String) {
    if !schema.schemas.is_empty() {
        let names: Vec<String> = schema.schemas.iter().map(|name| code(name)).collect();
        text.push_str(&format!("Schemas: {}\n\n", names.join(", ")));
    }
    let tables = schema.tables.iter().map(|t| ("table", t.schema.as_deref(), &t.name, t.docs.as_deref()));
    let views = schema.views.iter().map(|v| ("view", v.schema.as_deref(), &v.name, None));
    let enums = schema.enums.iter().map(|e| ("enum", e.schema.as_deref(), &e.name, e.docs.as_deref()));
    let rows = tables.chain(views).chain(enums).map(|(kind, schema, name, docs)| {
        [link(kind, schema, name), kind.to_owned(), docs.map(prose).unwrap_or_default()]
    });
    grid(["name", "kind", "comment"], rows, text);
}

fn table(schema: &Schema, table: &Table, text: &mut String) {
    heading("table", table.schema.as_deref(), &table.name, table.docs.as_deref(), text);
    columns(schema, Some(table), &table.columns, text);
    list(
        "Keys",
        table.keys().iter().map(|key| {
            let kind = match key.kind {
                KeyKind::PrimaryKey => "primary key",
                KeyKind::UniqueConstraint => "unique",
                KeyKind::UniqueIndex => "unique index",
            };
            let parts: Vec<String> = key.columns.iter().chain(&key.expressions).map(|part| code(part)).collect();
            let nulls = if key.nulls_not_distinct { ", nulls not distinct" } else { "" };
            let only =
                key.predicate.as_ref().map(|predicate| format!(", where {}", code(predicate))).unwrap_or_default();
            format!("{}: {kind} ({}){nulls}{only}", code(&key.name), parts.join(", "))
        }),
        text,
    );
    list("References", table.foreign_keys.iter().map(|key| reference(schema, key)), text);
    list("Indexes", table.indexes.iter().map(index), text);
    list(
        "Checks",
        table.checks.iter().map(|check| format!("{}: {}", code(&check.name), code(&check.expression))),
        text,
    );
    if table.is_secured() {
        text.push_str("Row level security is enabled.\n\n");
    }
    list("Policies", table.policies.iter().map(policy), text);
}

fn columns(schema: &Schema, table: Option<&Table>, columns: &[Column], text: &mut String) {
    let rows = columns.iter().map(|column| {
        let marks = table.map(|table| Roles::of(table, column).marks().join(", ")).unwrap_or_default();
        let required = table.map_or(column.not_null, |table| is_required(table, column));
        let null = if required { "" } else { "null" }.to_owned();
        let docs = column.docs.as_deref().map(prose).unwrap_or_default();
        [code(&column.name), column_type(schema, column), null, default(column), marks, docs]
    });
    grid(["column", "type", "null", "default", "key", "comment"], rows, text);
}

/// The type, with a link where it is an enum of the schema.
fn column_type(schema: &Schema, column: &Column) -> String {
    let mut element = &column.data_type;
    while let DataType::Array { element: inner, .. } = element {
        element = inner;
    }
    if let DataType::Enum { schema: of, name, .. } = element
        && schema.enums.iter().any(|declared| declared.name == *name && declared.schema == *of)
    {
        return format!("[{}](#{})", code(&column.sql_type), anchor("enum", of.as_deref(), name));
    }
    code(&column.sql_type)
}

fn default(column: &Column) -> String {
    if let Some(identity) = &column.identity {
        return if identity.always { "identity" } else { "identity by default" }.to_owned();
    }
    match (&column.generated, &column.default) {
        (Some(expression), _) => format!("generated: {}", code(expression)),
        (None, Some(default)) => code(&default.sql),
        (None, None) => String::new(),
    }
}

fn reference(schema: &Schema, key: &ForeignKey) -> String {
    let names = |columns: &[String]| columns.iter().map(|column| code(column)).collect::<Vec<_>>().join(", ");
    let (of, name) = (key.foreign_schema.as_deref(), &key.foreign_table);
    let target = match schema.table(of, name) {
        Some(_) => link("table", of, name),
        None => code(&display_name(of, name)),
    };
    let mut line =
        format!("{}: ({}) → {target} ({})", code(&key.name), names(&key.columns), names(&key.foreign_columns));
    for (event, action) in [("delete", &key.on_delete), ("update", &key.on_update)] {
        if action != "no action" {
            line.push_str(&format!(", on {event} {action}"));
        }
    }
    line
}

fn index(index: &Index) -> String {
    let parts: Vec<String> = index
        .columns
        .iter()
        .map(|part| {
            let order = if part.ascending { "" } else { " desc" };
            format!("{}{order}", code(&part.expression))
        })
        .collect();
    let unique = if index.unique { "unique, " } else { "" };
    let only = index.predicate.as_ref().map(|predicate| format!(", where {}", code(predicate))).unwrap_or_default();
    format!("{}: {unique}{} ({}){only}", code(&index.name), index.method, parts.join(", "))
}

fn policy(policy: &Policy) -> String {
    let roles: Vec<String> = policy.roles.iter().map(|role| code(role)).collect();
    let condition =
        |word: &str, sql: &Option<Sql>| sql.as_ref().map(|sql| format!(", {word} {}", code(sql))).unwrap_or_default();
    format!(
        "{}: {} for {} to {}{}{}",
        code(&policy.name),
        policy.kind.to_lowercase(),
        policy.command.to_lowercase(),
        roles.join(", "),
        condition("using", &policy.using),
        condition("with check", &policy.with_check)
    )
}

fn view(view: &View, text: &mut String) {
    heading("view", view.schema.as_deref(), &view.name, None, text);
    text.push_str(match (view.materialized, view.definition.is_some()) {
        (true, true) => "Materialised.\n\n",
        (_, false) => "Exists already: the schema does not create it.\n\n",
        (false, true) => "",
    });
    let rows = view.columns.iter().map(|column| [code(&column.name), code(&column.sql_type)]);
    grid(["column", "type"], rows, text);
    if let Some(definition) = &view.definition {
        let fence = "`".repeat(longest_run(definition).max(2) + 1);
        text.push_str(&format!("{fence}sql\n{}\n{fence}\n\n", definition.trim_end()));
    }
}

fn enumeration(declared: &Enum, text: &mut String) {
    heading("enum", declared.schema.as_deref(), &declared.name, declared.docs.as_deref(), text);
    let values: Vec<String> = declared.values.iter().map(|value| code(value)).collect();
    text.push_str(&format!("{}\n\n", values.join(", ")));
}

fn heading(kind: &str, schema: Option<&str>, name: &str, docs: Option<&str>, text: &mut String) {
    let (anchor, name) = (anchor(kind, schema, name), code(&display_name(schema, name)));
    text.push_str(&format!("<a id=\"{anchor}\"></a>\n\n## {name}\n\n"));
    if let Some(docs) = docs {
        text.push_str(&format!("{}\n\n", prose(docs)));
    }
}

fn list(title: &str, items: impl Iterator<Item = String>, text: &mut String) {
    let items: Vec<String> = items.map(|item| format!("- {item}\n")).collect();
    if !items.is_empty() {
        text.push_str(&format!("{title}:\n\n{}\n", items.concat()));
    }
}

/// A table of Markdown; nothing without rows.
fn grid<const N: usize>(head: [&str; N], rows: impl Iterator<Item = [String; N]>, text: &mut String) {
    let rows: Vec<String> =
        rows.map(|row| format!("| {} |\n", row.map(|cell| cell.replace('|', "\\|")).join(" | "))).collect();
    if !rows.is_empty() {
        text.push_str(&format!("| {} |\n|{}\n{}\n", head.join(" | "), "---|".repeat(N), rows.concat()));
    }
}

fn link(kind: &str, schema: Option<&str>, name: &str) -> String {
    format!("[{}](#{})", code(&display_name(schema, name)), anchor(kind, schema, name))
}

/// A name for links: what is no letter or digit is spelt by its code, so that two names never share an anchor.
fn anchor(kind: &str, schema: Option<&str>, name: &str) -> String {
    let mut anchor = kind.to_owned();
    for part in [schema.unwrap_or("public"), name] {
        anchor.push('-');
        for character in part.chars() {
            match character {
                'a'..='z' | '0'..='9' | '_' => anchor.push(character),
                other => anchor.push_str(&format!(".{:x}.", u32::from(other))),
            }
        }
    }
    anchor
}

/// A text as it is, on one line: between more backticks than it has in a row.
fn code(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return "(empty)".to_owned();
    }
    let fence = "`".repeat(longest_run(&text) + 1);
    // A space at each end keeps a backtick there from being part of the fence.
    let space = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

/// A comment on one line. Its Markdown stays; HTML does not.
fn prose(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('<', "&lt;")
}

fn longest_run(text: &str) -> usize {
    text.split(|character| character != '`').map(str::len).max().unwrap_or(0)
}
