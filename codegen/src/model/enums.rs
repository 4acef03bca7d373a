//! Enum types and the names of their labels.

use crate::schema::{DataType, Location, Schema};
use crate::sql::types::element;

use super::names::{Names, pascal};

/// The variant that carries a label this build does not know.
pub const UNRECOGNIZED: &str = "Unrecognized";

/// Who knows the labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Labels {
    /// The database: an enum type.
    Database,
    /// TypeScript only: text in the database, or in JSON.
    Text,
}

/// A set of labels as a Rust enum.
#[derive(Debug, Clone, PartialEq)]
pub struct Enum {
    /// Who knows them.
    pub labels: Labels,
    /// The schema, `None` for `public`.
    pub schema: Option<String>,
    /// The type's name in the database; of labels that the database does not know, where they come from.
    pub name: String,
    /// The Rust name; given by the model.
    pub rust_name: String,
    /// The comment above the declaration.
    pub docs: Option<String>,
    /// Where it is declared or, for an enum that is not exported, the first column that uses it.
    pub location: Location,
    /// Variant names and labels in database order.
    pub variants: Vec<(String, String)>,
}

/// All enums: the exported ones, then those that only columns know, each in order of appearance. Unnamed as yet.
pub fn collect(schema: &Schema) -> Vec<Enum> {
    let mut enums: Vec<Enum> = Vec::new();
    let mut add =
        |schema: &Option<String>, name: &str, values: &[String], docs: Option<&String>, location: &Location| {
            if enums.iter().all(|known| &known.schema != schema || known.name != name) {
                enums.push(Enum {
                    labels: Labels::Database,
                    schema: schema.clone(),
                    name: name.to_owned(),
                    rust_name: String::new(),
                    docs: docs.cloned(),
                    location: location.clone(),
                    variants: variants(values),
                });
            }
        };
    for declared in &schema.enums {
        add(&declared.schema, &declared.name, &declared.values, declared.docs.as_ref(), &declared.location);
    }
    for column in schema.tables.iter().flat_map(|table| &table.columns) {
        if let DataType::Enum { schema, name, values, .. } = element(&column.data_type) {
            add(schema, name, values, None, &column.location);
        }
    }
    enums
}

/// Names for labels. A label's name depends on the labels before it only, so that one added at the end renames none.
pub(super) fn variants(labels: &[String]) -> Vec<(String, String)> {
    let mut names = Names::reserving([UNRECOGNIZED, "Self"]);
    labels.iter().map(|label| (names.give(&candidates(label)), label.clone())).collect()
}

/// By the label's words, with the signs that tell it from others spelt out (`A+`, `A-`, `<=`); where that is taken, with
/// every sign spelt out.
fn candidates(label: &str) -> Vec<String> {
    if label.is_empty() {
        return vec!["Empty".to_owned()];
    }
    let roman = is_roman(label).then(|| label.to_owned());
    let names = [false, true].map(|all| pascal(&spelt(label, all)));
    roman.into_iter().chain(names).collect()
}

/// Small Roman numerals stay as they are: `III`, not `Iii`.
pub(crate) fn is_roman(label: &str) -> bool {
    (1..=4).contains(&label.len()) && label.chars().all(|c| matches!(c, 'I' | 'V' | 'X'))
}

/// The label with its signs as words: all of them, or those that do not just separate words.
fn spelt(label: &str, all: bool) -> String {
    let word = |c: char| match c {
        '+' => "plus",
        '-' => "minus",
        '*' => "star",
        '/' => "slash",
        '\\' => "backslash",
        '%' => "percent",
        '&' => "and",
        '|' => "or",
        '<' => "less",
        '>' => "greater",
        '=' => "equal",
        '!' => "not",
        '?' => "question",
        '#' => "hash",
        '@' => "at",
        '$' => "dollar",
        '.' => "dot",
        ',' => "comma",
        ':' => "colon",
        ';' => "semicolon",
        '_' => "underscore",
        '~' => "tilde",
        '^' => "caret",
        ' ' => "space",
        _ => "sign",
    };
    let chars: Vec<char> = label.chars().collect();
    let is_word = |index: Option<usize>| index.and_then(|i| chars.get(i)).is_some_and(|c| c.is_alphanumeric());
    let part = |(index, &c): (usize, &char)| {
        let separates = match c {
            ' ' | '_' | '.' | ',' | ':' | '(' | ')' => chars.iter().any(|c| c.is_alphanumeric()),
            '-' | '/' => is_word(index.checked_sub(1)) && is_word(Some(index + 1)),
            _ => false,
        };
        if c.is_alphanumeric() || c == '\'' || (separates && !all) { c.to_string() } else { format!(" {} ", word(c)) }
    };
    chars.iter().enumerate().map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_get_stable_distinct_names() {
        let named = |labels: &[&str]| {
            let labels: Vec<String> = labels.iter().map(|&label| label.to_owned()).collect();
            variants(&labels).into_iter().map(|(name, _)| name).collect::<Vec<_>>()
        };
        assert_eq!(named(&["ncaa-directory", "ncaa-stats"]), ["NcaaDirectory", "NcaaStats"]);
        assert_eq!(named(&["I", "II", "III", "FBS"]), ["I", "II", "III", "Fbs"]);
        assert_eq!(named(&["A+", "A-", "A"]), ["APlus", "AMinus", "A"]);
        assert_eq!(named(&["R&D", "Pending (EU)", "n/a", "-1"]), ["RAndD", "PendingEu", "NA", "Minus1"]);
        assert_eq!(named(&["", "+", "<="]), ["Empty", "Plus", "LessEqual"]);
        assert_eq!(
            named(&["in progress", "in_progress", "IN-PROGRESS"]),
            ["InProgress", "InUnderscoreProgress", "InMinusProgress"]
        );
        assert_eq!(named(&["a", "A", "á"]), ["A", "A2", "Á"]);
        assert_eq!(named(&["other", "unrecognized", "self", "1st"]), ["Other", "Unrecognized2", "Self2", "_1st"]);
    }
}
