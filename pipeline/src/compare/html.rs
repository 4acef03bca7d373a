//! The answer as a page: one file that needs nothing else.

use super::outcome::{ColumnOutcome, Comparison, Status, TableOutcome};
use super::show::{Keys, count, key, keys, many, other_tables, remarks, sample, values, verdict, word};
use crate::quarantine::visible;

const STYLE: &str = "
:root { color-scheme: light dark; --ink: #1b1b1f; --paper: #fff; --faint: #5c5f66; --line: #d5d7dc;
  --good: #146c2e; --doubtful: #8a4b00; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e6ea; --paper: #17181c; --faint: #a5a8b0; --line: #3a3c43;
  --good: #6fd58b; --doubtful: #f0b35c; --bad: #ff8f86; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 75rem; margin: 2rem auto;
  padding: 0 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; margin-top: 2.5rem; }
table { border-collapse: collapse; } caption { text-align: left; padding: .25rem 0; }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid var(--line);
  overflow-wrap: normal; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
td.v { font-family: ui-monospace, monospace; font-size: .875rem; white-space: pre-wrap;
  overflow-wrap: break-word; max-width: 45ch; }
.wide { overflow-x: auto; } .faint { color: var(--faint); }
.equal { color: var(--good); } .incomplete { color: var(--doubtful); } .different { color: var(--bad); }
summary { cursor: pointer; } a { color: inherit; }
";

/// A comparison as a page.
pub fn html(comparison: &Comparison) -> String {
    let (title, class) = (verdict(comparison), word(comparison.status));
    let mut body = format!("<h1>Comparison: <span class=\"{class}\">{title}</span></h1>\n");
    body.push_str(&format!(
        "<p>Left: <code>{}</code><br>Right: <code>{}</code></p>\n",
        escaped(&comparison.left),
        escaped(&comparison.right)
    ));
    if let Some(sample) = sample(comparison) {
        body.push_str(&format!("<p class=\"incomplete\"><strong>This is {}.</strong></p>\n", escaped(&sample)));
    }
    if !comparison.tables.is_empty() {
        body.push_str(&numbers(&comparison.tables));
    }
    for (place, table) in comparison.tables.iter().enumerate() {
        body.push_str(&section(place, table));
    }
    let others = other_tables(comparison);
    if !others.is_empty() {
        body.push_str(&format!("<h2>Other tables</h2>\n{}", list(&others)));
    }
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\">\n<title>Comparison: {title}</title>\n<style>{STYLE}</style>\n</head>\n\
         <body>\n<main>\n{body}</main>\n</body>\n</html>\n"
    )
}

fn numbers(tables: &[TableOutcome]) -> String {
    let heads = ["left", "right", "equal", "changed", "only left", "only right", "columns"];
    let heads: String = heads.map(|head| format!("<th scope=\"col\" class=\"n\">{head}</th>")).concat();
    let mut text = format!(
        "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"rows of each table\"><table>\n<caption class=\"faint\">Rows of each table</caption>\n<thead><tr><th \
         scope=\"col\">table</th>{heads}<th scope=\"col\">status</th></tr></thead>\n<tbody>\n"
    );
    for (place, table) in tables.iter().enumerate() {
        let rows = table.rows;
        let numbers = [rows.left, rows.right, rows.equal, rows.changed, table.only_left.rows, table.only_right.rows];
        let numbers = numbers.into_iter().chain([table.compared_columns as u64]);
        let numbers: String = numbers.map(|number| format!("<td class=\"n\">{}</td>", count(number))).collect();
        text.push_str(&format!(
            "<tr><th scope=\"row\"><a href=\"#t{place}\">{}</a></th>{numbers}<td>{}</td></tr>\n",
            escaped(&table.table),
            status(table.status)
        ));
    }
    text + "</tbody>\n</table></div>\n"
}

fn section(place: usize, table: &TableOutcome) -> String {
    let ignored = match table.ignored.as_slice() {
        [] => String::new(),
        columns => format!(", ignored: {}", escaped(&columns.join(", "))),
    };
    let mut text = format!(
        "<section aria-labelledby=\"t{place}\">\n<h2 id=\"t{place}\">{}: {}</h2>\n<p class=\"faint\">Rows are told apart by \
         {}; {} compared{ignored}, {:.1} s.</p>\n",
        escaped(&table.table),
        status(table.status),
        escaped(&table.key.join(", ")),
        many(table.compared_columns as u64, "column"),
        table.seconds
    );
    let remarks = remarks(table);
    if !remarks.is_empty() {
        text.push_str(&list(&remarks));
    }
    keys(table).iter().for_each(|keys| text.push_str(&of_keys(table, keys)));
    table.columns.iter().for_each(|column| text.push_str(&differences(table, column)));
    text + "</section>\n"
}

fn of_keys(table: &TableOutcome, keys: &Keys<'_>) -> String {
    let (heads, rows) = keys.table();
    let heads: Vec<String> = heads.iter().map(|head| escaped(head)).collect();
    let label = format!("{}, {}", table.table, keys.title);
    details(&format!("<strong>{}</strong>", escaped(&keys.title)), &label, &heads, &rows)
}

fn differences(table: &TableOutcome, column: &ColumnOutcome) -> String {
    let (name, rows) = (escaped(&column.column), many(column.differences, "row"));
    let cells = column.samples.iter().map(|sample| {
        let [left, right] = values(sample.left.as_deref(), sample.right.as_deref());
        vec![key(&sample.key), left, right]
    });
    let heads = ["key", "left", "right"].map(str::to_owned);
    let label = format!("{}, {} differs", table.table, column.column);
    details(&format!("<strong>{name}</strong> differs in {rows}"), &label, &heads, &cells.collect::<Vec<_>>())
}

/// A summary with a table behind it, where there is anything to show. Title and heads are markup, label and cells are text.
fn details(title: &str, label: &str, heads: &[String], rows: &[Vec<String>]) -> String {
    if rows.is_empty() {
        return format!("<p>{title}</p>\n");
    }
    let heads: String = heads.iter().map(|head| format!("<th scope=\"col\">{head}</th>")).collect();
    let mut text = format!(
        "<details open><summary>{title}</summary>\n<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"{}\"><table>\n<caption \
         class=\"faint\">{} shown</caption>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n",
        escaped(label),
        count(rows.len() as u64)
    );
    for row in rows {
        let cells: String = row.iter().map(|cell| format!("<td class=\"v\">{}</td>", escaped(cell))).collect();
        text.push_str(&format!("<tr>{cells}</tr>\n"));
    }
    text + "</tbody>\n</table></div></details>\n"
}

fn status(status: Status) -> String {
    let word = word(status);
    format!("<span class=\"{word}\">{word}</span>")
}

fn list(lines: &[String]) -> String {
    let items: String = lines.iter().map(|line| format!("<li>{}</li>\n", escaped(line))).collect();
    format!("<ul>\n{items}</ul>\n")
}

/// Text that cannot be taken for markup, nor turn the direction of the page around.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in visible(text).chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            character => escaped.push(character),
        }
    }
    escaped
}
