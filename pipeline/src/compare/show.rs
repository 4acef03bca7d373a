//! What both forms for people share: words, numbers, and values that fit.

use super::outcome::{Comparison, Key, Status, TableOutcome};
use crate::quarantine::visible;

/// The most characters of a value that people are shown.
const WIDTH: usize = 60;

/// How many characters before the first difference are shown of long values.
const BEFORE: usize = 20;

/// How things stand, in a sentence.
pub(super) fn verdict(comparison: &Comparison) -> &'static str {
    match (comparison.status, comparison.sample.is_some()) {
        (Status::Equal, false) => "equal",
        (Status::Equal, true) => "equal in this sample",
        (Status::Incomplete, _) => "no difference found, but not everything could be compared",
        (Status::Different, _) => "different",
    }
}

/// The status of a table in a word.
pub(super) fn word(status: Status) -> &'static str {
    match status {
        Status::Equal => "equal",
        Status::Incomplete => "incomplete",
        Status::Different => "different",
    }
}

/// What the sample was, if it was one.
pub(super) fn sample(comparison: &Comparison) -> Option<String> {
    let sample = comparison.sample.as_ref()?;
    let rows = if sample.asked.ends_with('%') { "of the rows" } else { "rows" };
    Some(format!(
        "a sample: about {} {rows} of each table, seed {}; what is not in it may differ",
        sample.asked, sample.seed
    ))
}

/// A number with signs between the thousands.
pub(super) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 row`, `2 rows`.
pub(super) fn many(number: u64, one: &str) -> String {
    format!("{} {one}{}", count(number), if number == 1 { "" } else { "s" })
}

/// A key in one line.
pub(super) fn key(key: &Key) -> String {
    let part =
        |(name, value): (&String, &Option<String>)| format!("{} {}", visible(name), value_alone(value.as_deref()));
    key.iter().map(part).collect::<Vec<_>>().join(", ")
}

/// A value, cut if it is long.
pub(super) fn value_alone(value: Option<&str>) -> String {
    written(value, 0)
}

/// Two values that differ; of long ones, the part where they begin to.
pub(super) fn values(left: Option<&str>, right: Option<&str>) -> [String; 2] {
    let common = match (left, right) {
        (Some(left), Some(right)) => left.chars().zip(right.chars()).take_while(|(one, other)| one == other).count(),
        _ => 0,
    };
    let from = if common >= WIDTH - 10 { common - BEFORE } else { 0 };
    [written(left, from), written(right, from)]
}

/// NULL is no text: text that could be taken for it, or for nothing, stands in quotes.
fn written(value: Option<&str>, from: usize) -> String {
    let Some(value) = value else { return "NULL".to_owned() };
    if value.is_empty() || value == "NULL" || value.trim() != value {
        return format!("'{}'", cut(value, from));
    }
    cut(value, from)
}

fn cut(value: &str, from: usize) -> String {
    let start = if from > 0 { "…" } else { "" };
    let shown: String = value.chars().skip(from).take(WIDTH).collect();
    let end = if value.chars().nth(from + WIDTH).is_some() { "…" } else { "" };
    format!("{start}{}{end}", visible(&shown))
}

/// What is to be said of a table beside numbers, one line each.
pub(super) fn remarks(table: &TableOutcome) -> Vec<String> {
    let mut remarks = Vec::new();
    if table.table != table.left_table {
        remarks.push(format!("on the left it is {}", visible(&table.left_table)));
    }
    if table.rows.not_compared > 0 {
        remarks.push(format!(
            "not compared: {} of keys that more than 256 rows of a side have; --key names another key",
            many(table.rows.not_compared, "row")
        ));
    }
    for column in &table.not_compared {
        remarks.push(format!("not compared: column {}: {}", visible(&column.name), visible(&column.reason)));
    }
    remarks
}

/// Keys whose rows have something in common, which the title says.
pub(super) struct Keys<'a> {
    pub(super) title: String,
    pub(super) samples: &'a [Key],
}

impl Keys<'_> {
    /// The names of the key's columns, and the values of each sample.
    pub(super) fn table(&self) -> (Vec<String>, Vec<Vec<String>>) {
        let heads = self.samples.first().map(|key| key.keys().map(|name| visible(name)).collect());
        let row = |key: &Key| key.values().map(|value| value_alone(value.as_deref())).collect();
        (heads.unwrap_or_default(), self.samples.iter().map(row).collect())
    }
}

/// The rows that only one side has, and those whose key is not theirs alone.
pub(super) fn keys(table: &TableOutcome) -> Vec<Keys<'_>> {
    let some = |all: u64, samples: &[Key]| match samples.len() as u64 {
        0 => String::new(),
        shown if shown == all => String::new(),
        shown => format!(", {} of them", count(shown)),
    };
    let mut all = Vec::new();
    for (side, found) in [("left", &table.only_left), ("right", &table.only_right)] {
        if found.rows > 0 {
            let (rows, some) = (many(found.rows, "row"), some(found.rows, &found.samples));
            all.push(Keys { title: format!("only on the {side}: {rows}{some}"), samples: &found.samples });
        }
    }
    for (side, found) in [("left", &table.duplicates_left), ("right", &table.duplicates_right)] {
        if found.keys > 0 {
            let (keys, rows) = (many(found.keys, "key"), many(found.rows, "row"));
            let some = some(found.keys, &found.samples);
            all.push(Keys {
                title: format!("not unique on the {side}: {keys} with {rows}{some}"),
                samples: &found.samples,
            });
        }
    }
    all
}

/// Tables of which nothing was compared, one line each.
pub(super) fn other_tables(comparison: &Comparison) -> Vec<String> {
    let only = |side: &str, tables: &[String]| {
        (!tables.is_empty()).then(|| format!("only on the {side}: {}", visible(&tables.join(", "))))
    };
    let not_compared = comparison.not_compared.iter();
    let not_compared =
        not_compared.map(|table| format!("not compared: {}: {}", visible(&table.name), visible(&table.reason)));
    let sides = [only("left", &comparison.only_left), only("right", &comparison.only_right)];
    sides.into_iter().flatten().chain(not_compared).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_told_apart_at_a_glance() {
        let long = "x".repeat(100);
        let (one, other) = (format!("{long}a"), format!("{long}b"));
        let cases = [
            (None, Some(""), "NULL", "''"),
            (Some("NULL"), Some("null"), "'NULL'", "null"),
            (Some("a "), Some("a"), "'a '", "a"),
            (Some("\u{1b}[2J"), Some("1"), "\\u{1b}[2J", "1"),
            (Some(&*one), Some(&*other), "…xxxxxxxxxxxxxxxxxxxxa", "…xxxxxxxxxxxxxxxxxxxxb"),
        ];
        for (left, right, shown_left, shown_right) in cases {
            assert_eq!(values(left, right), [shown_left, shown_right], "{left:?} {right:?}");
        }
        assert_eq!(value_alone(Some(&long)), "x".repeat(60) + "…");
    }

    #[test]
    fn numbers_are_read_in_groups() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(count(number), text);
        }
        assert_eq!((many(1, "row"), many(2, "row")), ("1 row".to_owned(), "2 rows".to_owned()));
    }
}
