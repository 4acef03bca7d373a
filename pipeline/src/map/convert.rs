//! Conversions: what a map says about a text, before the column's own rules apply.

use std::borrow::Cow;

use chrono::format::{Parsed, StrftimeItems, parse};
use models::Kind;

use super::file::FieldRule;
use crate::load::Fault;
use crate::sources::names;

/// Applies a rule; `None` is null.
pub(super) fn convert<'t>(rule: &FieldRule, kind: &Kind, text: &'t str) -> Result<Option<Cow<'t, str>>, Fault> {
    let text = if rule.trim { text.trim() } else { text };
    if (rule.empty_is_null && text.is_empty()) || rule.null.iter().any(|null| null == text) {
        return Ok(None);
    }
    if let Some(format) = &rule.format {
        return moment(format, kind, text).map(|text| Some(Cow::Owned(text)));
    }
    if rule.decimal.is_some() || rule.group.is_some() {
        return number(rule, text).map(|text| Some(Cow::Owned(text)));
    }
    if !rule.truths.is_empty() || !rule.falsehoods.is_empty() {
        let is_among = |words: &[String]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
        return match (is_among(&rule.truths), is_among(&rule.falsehoods)) {
            (true, _) => Ok(Some("true".into())),
            (_, true) => Ok(Some("false".into())),
            _ => Err(fault(text, "is none of the words for true and false")),
        };
    }
    if rule.normalize {
        return Ok(Some(names::comparable(text).into()));
    }
    if rule.person {
        // What has no letter names nobody.
        return Ok(names::person(text).map(|person| person.normalized.into()));
    }
    if rule.feet_and_inches {
        return inches(text).map(|inches| Some(inches.to_string().into()));
    }
    Ok(Some(text.into()))
}

fn fault(text: &str, what: &str) -> Fault {
    let shown: String = text.chars().take(60).collect();
    Fault { reason: "conversion".into(), message: format!("{shown:?} {what}") }
}

/// A date or time in PostgreSQL's own form.
fn moment(format: &str, kind: &Kind, text: &str) -> Result<String, Fault> {
    let wrong = || fault(text, &format!("is not written as {format}"));
    let mut parsed = Parsed::new();
    parse(&mut parsed, text, StrftimeItems::new(format)).map_err(|_| wrong())?;
    let date = || parsed.to_naive_date().map_err(|_| wrong());
    let time = || parsed.to_naive_time();
    Ok(match kind {
        Kind::Date => date()?.to_string(),
        Kind::Time => time().map_err(|_| wrong())?.to_string(),
        Kind::TimestampTz if parsed.offset().is_some() || parsed.timestamp().is_some() => {
            let at = if parsed.offset().is_some() {
                parsed.to_datetime().map(|at| at.to_utc())
            } else {
                parsed.to_naive_datetime_with_offset(0).map(|at| at.and_utc())
            };
            at.map_err(|_| wrong())?.to_rfc3339()
        }
        // Without a time it is midnight, as PostgreSQL reads a date.
        _ => date()?.and_time(time().unwrap_or_default()).to_string(),
    })
}

fn number(rule: &FieldRule, text: &str) -> Result<String, Fault> {
    let decimal = rule.decimal.unwrap_or('.');
    let mut written = String::with_capacity(text.len());
    let mut fraction = false;
    for character in text.chars() {
        match character {
            c if c == decimal => {
                fraction = true;
                written.push('.');
            }
            c if Some(c) == rule.group && !fraction => {}
            // The point that is no decimal sign here would be read as one.
            '.' => return Err(fault(text, &format!("is no number with the decimal sign {decimal:?}"))),
            c => written.push(c),
        }
    }
    Ok(written)
}

fn inches(text: &str) -> Result<u32, Fault> {
    let parts = text.split_once(['-', '\'']);
    let parsed = parts.and_then(|(feet, inches)| {
        let inches = inches.trim().trim_end_matches('"').trim();
        Some((feet.trim().parse::<u32>().ok()?, if inches.is_empty() { 0 } else { inches.parse::<u32>().ok()? }))
    });
    match parsed {
        Some((feet, inches)) if feet < 10 && inches < 12 => Ok(feet * 12 + inches),
        _ => Err(fault(text, "is not in feet and inches, such as 6-2")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converted(rule: &str, kind: Kind, text: &str) -> Result<Option<String>, String> {
        let rule: FieldRule = toml::from_str(rule).unwrap();
        convert(&rule, &kind, text).map(|text| text.map(Cow::into_owned)).map_err(|fault| fault.message)
    }

    #[test]
    fn texts_are_converted_as_the_rule_says() {
        let text = || Kind::Text { max_length: None };
        let cases = [
            ("", text(), " a ", Some(" a ")),
            ("trim = true", text(), " a ", Some("a")),
            ("empty_is_null = true", text(), "", None),
            ("trim = true\nempty_is_null = true", text(), "  ", None),
            ("null = [\"-\", \"n/a\"]", text(), "n/a", None),
            ("null = [\"-\"]", text(), "--", Some("--")),
            ("format = \"%m/%d/%Y\"", Kind::Date, "02/14/2025", Some("2025-02-14")),
            ("format = \"%d.%m.%Y %H:%M\"", Kind::Timestamp, "14.02.2025 09:05", Some("2025-02-14 09:05:00")),
            ("format = \"%d.%m.%Y\"", Kind::Timestamp, "14.02.2025", Some("2025-02-14 00:00:00")),
            ("format = \"%Y-%m-%dT%H:%M:%S%:z\"", Kind::Date, "2025-02-14T00:00:00-05:00", Some("2025-02-14")),
            (
                "format = \"%Y-%m-%dT%H:%M:%S%:z\"",
                Kind::TimestampTz,
                "2025-02-14T00:00:00-05:00",
                Some("2025-02-14T05:00:00+00:00"),
            ),
            ("format = \"%s\"", Kind::TimestampTz, "86400", Some("1970-01-02T00:00:00+00:00")),
            ("format = \"%I:%M %p\"", Kind::Time, "01:30 PM", Some("13:30:00")),
            ("decimal = \",\"\ngroup = \".\"", Kind::Int4, "1.234.567,5", Some("1234567.5")),
            ("group = \",\"", Kind::Int4, "1,234", Some("1234")),
            ("true = [\"Public\"]\nfalse = [\"Private\"]", Kind::Bool, "public", Some("true")),
            ("true = [\"ja\"]\nfalse = [\"nein\"]", Kind::Bool, "Nein", Some("false")),
            ("normalize = true", text(), " O'Neil,  J.R. Jean-Luc ", Some("oneil jr jean luc")),
            ("normalize = true", text(), "Université Laval", Some("universite laval")),
            ("person = true", text(), "O'Neil,  Jean-Luc Jr.", Some("jean luc oneil")),
            ("feet_and_inches = true", Kind::Int4, "6-2", Some("74")),
            ("feet_and_inches = true", Kind::Int4, "5'11\"", Some("71")),
        ];
        for (rule, kind, text, expected) in cases {
            assert_eq!(converted(rule, kind, text), Ok(expected.map(str::to_owned)), "{rule}: {text:?}");
        }
    }

    #[test]
    fn what_does_not_fit_the_rule_is_refused() {
        let cases = [
            ("format = \"%m/%d/%Y\"", Kind::Date, "14/02/2025"),
            ("format = \"%m/%d/%Y\"", Kind::Date, ""),
            ("decimal = \",\"", Kind::Int4, "1.5"),
            ("true = [\"ja\"]", Kind::Bool, "true"),
            ("feet_and_inches = true", Kind::Int4, "6-12"),
            ("feet_and_inches = true", Kind::Int4, "74"),
        ];
        for (rule, kind, text) in cases {
            assert!(converted(rule, kind, text).is_err(), "{rule}: {text:?}");
        }
    }
}
