//! The answer for people, as text.

use super::outcome::{ColumnOutcome, Comparison, Status, TableOutcome};
use super::show::{count, key, many, other_tables, remarks, sample, values, verdict, word};
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
    for table in &comparison.tables {
        let remarks = remarks(table);
        if remarks.is_empty() && table.columns.is_empty() {
            continue;
        }
        let (name, by) = (visible(&table.table), visible(&table.key.join(", ")));
        text.push_str(&format!("\n{name}, by {by}: {}\n", paint(table.status, word(table.status))));
        remarks.iter().for_each(|remark| text.push_str(&format!("  {remark}\n")));
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
    let mut text = format!("  {} differs in {}\n", visible(&column.column), many(column.differences, "row"));
    if column.samples.is_empty() {
        return text;
    }
    let rows = column.samples.iter().map(|sample| {
        let [left, right] = values(sample.left.as_deref(), sample.right.as_deref());
        vec![key(&sample.key), left, right]
    });
    for line in listing(&["key", "left", "right"], rows).lines() {
        text.push_str(&format!("    {line}\n"));
    }
    text
}
