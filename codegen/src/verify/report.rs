//! A comparison as text and as JSON.

use std::fmt::Write;

use super::difference::{Comparison, Severity};

/// For people: the differences by object, what each breaks, and a line of numbers.
pub fn table(comparison: &Comparison, colors: bool) -> String {
    let paint =
        |code: &str, text: &str| if colors { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() };
    let mut text = String::new();
    let mut object = "";
    for difference in &comparison.differences {
        if difference.object != object {
            object = &difference.object;
            let _ = writeln!(text, "{}", paint("1", object));
        }
        let severity = match difference.severity {
            Severity::Error => paint("1;31", "error  "),
            Severity::Warning => paint("1;33", "warning"),
            Severity::Note => paint("1;34", "note   "),
        };
        let _ = writeln!(text, "  {severity}  {}", difference.message);
        if difference.severity != Severity::Note {
            let _ = writeln!(text, "           {}", difference.consequence);
        }
        if let Some(place) = difference.location.as_ref().filter(|_| difference.severity == Severity::Error) {
            let _ =
                writeln!(text, "           {}", paint("2", &format!("{}:{}:{}", place.file, place.line, place.column)));
        }
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(&summary(comparison));
    text.push('\n');
    text
}

fn summary(comparison: &Comparison) -> String {
    let plural = |count: usize, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
    let compared = format!("{} compared", plural(comparison.tables, "table"));
    let counts = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Note, "note")];
    let counts: Vec<String> = counts
        .into_iter()
        .filter_map(|(severity, name)| {
            Some(comparison.count(severity)).filter(|count| *count > 0).map(|count| plural(count, name))
        })
        .collect();
    match (comparison.has_drifted(), counts.is_empty()) {
        (_, true) => format!("{compared}: the database is what the schema says"),
        (false, false) => format!("{compared}: the database is what the schema says ({})", counts.join(", ")),
        (true, false) => format!("{compared}: {}", counts.join(", ")),
    }
}

/// For programs: `{"version": 1, "drift": …, "tables": …, "differences": […]}`.
pub fn json(comparison: &Comparison) -> String {
    let mut document = serde_json::json!(comparison);
    document["drift"] = comparison.has_drifted().into();
    format!("{document:#}\n")
}
