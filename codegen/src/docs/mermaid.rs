//! A mermaid `erDiagram`.

use super::{Roles, display_name, is_optional, is_unique};
use crate::schema::{Column, ForeignKey, Schema, Table};

/// The diagram: an entity a table, an attribute a column, a line a foreign key. Tables that the schema refers to and does not
/// declare are entities without attributes.
pub fn mermaid(schema: &Schema) -> String {
    let mut text = "erDiagram\n".to_owned();
    for table in &schema.tables {
        entity(table, &mut text);
    }
    for table in &schema.tables {
        for key in &table.foreign_keys {
            relation(table, key, &mut text);
        }
    }
    text
}

fn entity(table: &Table, text: &mut String) {
    let name = quoted(&display_name(table.schema.as_deref(), &table.name));
    if table.columns.is_empty() {
        text.push_str(&format!("    {name}\n"));
        return;
    }
    text.push_str(&format!("    {name} {{\n"));
    for column in &table.columns {
        attribute(table, column, text);
    }
    text.push_str("    }\n");
}

fn attribute(table: &Table, column: &Column, text: &mut String) {
    let name = word(&column.name);
    text.push_str(&format!("        {} {name}", word(&column.sql_type.replace(", ", "_"))));
    let marks = Roles::of(table, column).marks();
    if !marks.is_empty() {
        text.push_str(&format!(" {}", marks.join(", ")));
    }
    // What a word of mermaid's cannot spell stands beside it.
    let real = (name != column.name).then_some(column.name.as_str());
    let remarks: Vec<&str> = real.into_iter().chain(column.docs.as_deref()).collect();
    if !remarks.is_empty() {
        text.push_str(&format!(" {}", quoted(&remarks.join(": "))));
    }
    text.push('\n');
}

/// `parent ||--o{ child`: what stands at a side says how many rows of that side's table one row of the other has.
fn relation(table: &Table, key: &ForeignKey, text: &mut String) {
    let parent = quoted(&display_name(key.foreign_schema.as_deref(), &key.foreign_table));
    let child = quoted(&display_name(table.schema.as_deref(), &table.name));
    let one = if is_optional(table, key) { "|o" } else { "||" };
    let many = if is_unique(table, &key.columns) { "o|" } else { "o{" };
    text.push_str(&format!("    {parent} {one}--{many} {child} : {}\n", quoted(&key.columns.join(", "))));
}

/// A text between quotes. Mermaid has no escapes there: what it refuses is replaced by what looks like it.
fn quoted(text: &str) -> String {
    let fitting = |character: char| match character {
        '"' => '\'',
        '%' => '％',
        '\\' => '/',
        character if character.is_control() => ' ',
        character => character,
    };
    let text: String = text.chars().map(fitting).collect();
    // An empty text is no text.
    format!("\"{}\"", if text.is_empty() { " " } else { &text })
}

/// A word as mermaid takes it for types and attributes: letters, digits, `_`, `-`, `(`, `)`, `[`, `]`, and a letter first.
fn word(text: &str) -> String {
    let fitting = |character: char| match character {
        '(' | ')' | '[' | ']' | '-' | '_' => character,
        character if character.is_ascii_alphanumeric() => character,
        _ => '_',
    };
    let word: String = text.chars().map(fitting).collect();
    let is_mark = ["pk", "fk", "uk"].iter().any(|mark| {
        let start = word.get(..2).is_some_and(|start| start.eq_ignore_ascii_case(mark));
        start && !word[2..].starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_')
    });
    // A mark of a key is no name, in either case of letters.
    if is_mark || !word.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_') {
        return format!("_{word}");
    }
    word
}
