//! The answer for people, as text.

use std::collections::BTreeSet;

use super::outcome::{ColumnOutcome, Comparison, Status, TableOutcome};
use super::show::{count, key, keys, many, other_tables, remarks, sample, values, verdict, word};
use crate::quarantine::visible;
use crate::report::{Paint, Terminal, listing};

/// A comparison as a person reads it: the numbers of all tables, then what is to be said of each.
pub fn text(comparison: &Comparison, terminal: &Terminal) -> String {
    let paint = |status: Status, text: &str| {
        let paint = match status {
            Status::Equal => Paint::Good,
            Status::Incomplete => Paint::Doubtful,
            Status::Different => Paint::Bad,
        };
        terminal.paint(paint, text)
    };
    let mut text = format!("left   {}\nright  {}\n", comparison.left, comparison.right);
    if let Some(sample) = sample(comparison) {
        text.push_str(&terminal.paint(Paint::Doubtful, &sample));
        text.push('\n');
    }
    if !comparison.tables.is_empty() {
        text.push('\n');
        text.push_str(&numbers(&comparison.tables));
    }
    let ignored: BTreeSet<String> = comparison.tables.iter().flat_map(|table| table.ignored.iter().cloned()).collect();
    if !ignored.is_empty() {
        let ignored: Vec<String> = ignored.into_iter().collect();
        text.push_str(&format!("\nignored: {}\n", visible(&ignored.join(", "))));
    }
    for table in &comparison.tables {
        let (remarks, keys) = (remarks(table), keys(table));
        if remarks.is_empty() && keys.is_empty() && table.columns.is_empty() {
            continue;
        }
        let (name, by) = (visible(&table.table), visible(&table.key.join(", ")));
        text.push_str(&format!("\n{name}, by {by}: {}\n", paint(table.status, word(table.status))));
        remarks.iter().for_each(|remark| text.push_str(&format!("  {remark}\n")));
        for keys in keys {
            let (heads, rows) = keys.table();
            let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
            text.push_str(&titled(&keys.title, &heads, rows));
        }
        table.columns.iter().for_each(|column| text.push_str(&differences(column)));
    }
    let others = other_tables(comparison);
    if !others.is_empty() {
        text.push_str("\nother tables\n");
        others.iter().for_each(|line| text.push_str(&format!("  {line}\n")));
    }
    text.push_str(&format!("\n{}\n", paint(comparison.status, verdict(comparison))));
    text
}

fn numbers(tables: &[TableOutcome]) -> String {
    let head = ["table", "left", "right", "equal", "changed", "only left", "only right", "columns", ""];
    let row = |table: &TableOutcome| {
        let rows = table.rows;
        let numbers = [rows.left, rows.right, rows.equal, rows.changed, table.only_left.rows, table.only_right.rows];
        let numbers = numbers.into_iter().chain([table.compared_columns as u64]).map(count);
        let name = std::iter::once(visible(&table.table));
        name.chain(numbers).chain([word(table.status).to_owned()]).collect()
    };
    listing(&head, tables.iter().map(row))
}

fn differences(column: &ColumnOutcome) -> String {
    let title = format!("{} differs in {}", visible(&column.column), many(column.differences, "row"));
    let rows = column.samples.iter().map(|sample| {
        let [left, right] = values(sample.left.as_deref(), sample.right.as_deref());
        vec![key(&sample.key), left, right]
    });
    titled(&title, &["key", "left", "right"], rows.collect())
}

/// A line, and below it a list, where there is anything to list.
fn titled(title: &str, heads: &[&str], rows: Vec<Vec<String>>) -> String {
    let mut text = format!("  {title}\n");
    if !rows.is_empty() {
        listing(heads, rows).lines().for_each(|line| text.push_str(&format!("    {line}\n")));
    }
    text
}
