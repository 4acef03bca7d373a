//! Map files: which field of a file goes into which column, and how it is written there.

use std::fmt;
use std::path::Path;

use indexmap::IndexMap;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use crate::{Error, Exit, Result};

/// A map file as it is written.
#[derive(Debug, Clone, Default)]
pub struct MapFile {
    /// Its name in messages.
    pub name: String,
    /// The text it was read from.
    pub text: String,
    raw: RawMap,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMap {
    /// The table it was written for.
    table: Option<String>,
    /// The unique key by which rows are told apart.
    key: Option<String>,
    /// What becomes of fields that it does not mention.
    #[serde(default)]
    rest: Rest,
    /// By path.
    #[serde(default)]
    columns: IndexMap<String, Spanned<Written>>,
}

/// What becomes of fields that a map does not mention.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rest {
    /// They must name columns, as without a map.
    #[default]
    Match,
    /// They are passed over.
    Ignore,
}

/// Where a column's value comes from, and how it is written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FieldRule {
    /// The field of the file.
    pub field: Option<String>,
    /// Or the same value for every row.
    pub constant: Option<String>,
    /// Takes white space off both ends, before anything else.
    pub trim: bool,
    /// An empty text is null.
    pub empty_is_null: bool,
    /// Texts that mean null.
    pub null: Vec<String>,
    /// How dates and times are written, in the signs of `strftime`.
    pub format: Option<String>,
    /// The decimal sign of numbers.
    pub decimal: Option<char>,
    /// The sign between thousands.
    pub group: Option<char>,
    /// Words for true, whatever their case.
    #[serde(rename = "true")]
    pub truths: Vec<String>,
    /// Words for false.
    #[serde(rename = "false")]
    pub falsehoods: Vec<String>,
    /// Lower case, without punctuation and accents, one space between words.
    pub normalize: bool,
    /// The same of a person's name: first name first, without a suffix such as `Jr.`
    pub person: bool,
    /// Feet and inches, such as `6-2`, as inches.
    pub feet_and_inches: bool,
}

/// A rule is a table, or the name of the field alone.
fn rule<'de, D: Deserializer<'de>>(deserializer: D) -> Result<FieldRule, D::Error> {
    struct Rule;

    impl<'de> Visitor<'de> for Rule {
        type Value = FieldRule;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("the name of a field, or a table such as { field = \"…\", trim = true }")
        }

        fn visit_str<E>(self, field: &str) -> Result<FieldRule, E> {
            Ok(FieldRule { field: Some(field.to_owned()), ..FieldRule::default() })
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<FieldRule, A::Error> {
            FieldRule::deserialize(MapAccessDeserializer::new(map))
        }
    }

    deserializer.deserialize_any(Rule)
}

impl MapFile {
    /// Reads a map file.
    ///
    /// # Errors
    /// [`Exit::Configuration`], with file, line and column.
    pub fn read(path: &Path) -> Result<Self> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|error| Error::new(Exit::Usage, format!("the map {name} cannot be read")).caused_by(error))?;
        Self::parse(&name, text)
    }

    /// Reads the text of a map file; `name` is what messages call it.
    ///
    /// # Errors
    /// As [`MapFile::read`].
    pub fn parse(name: &str, text: String) -> Result<Self> {
        let raw: RawMap = toml::from_str(&text).map_err(|error| {
            let (line, column) = error.span().map_or((1, 1), |span| place(&text, span.start));
            Error::new(Exit::Configuration, format!("{name}:{line}:{column}: {}", error.message()))
                .help("a dotted path stands in quotes: \"school.ncaa_id\" = \"school_id\"")
        })?;
        let map = Self { name: name.to_owned(), text, raw };
        for (path, rule) in &map.raw.columns {
            map.check(path, &rule.get_ref().0)?;
        }
        Ok(map)
    }

    fn check(&self, path: &str, rule: &FieldRule) -> Result<()> {
        let wrong = |what: &str| Err(self.at(path, what));
        match (&rule.field, &rule.constant) {
            (None, None) => return wrong("names neither `field` nor `constant`"),
            (Some(_), Some(_)) => return wrong("names both `field` and `constant`"),
            _ => {}
        }
        let numeric = rule.decimal.is_some() || rule.group.is_some();
        if rule.decimal.is_some() && rule.decimal == rule.group {
            return wrong("has the same sign for `decimal` and `group`");
        }
        let kinds = [
            numeric,
            rule.format.is_some(),
            !rule.truths.is_empty() || !rule.falsehoods.is_empty(),
            rule.normalize,
            rule.person,
            rule.feet_and_inches,
        ];
        if kinds.into_iter().filter(|kind| *kind).count() > 1 {
            return wrong("mixes conversions of numbers, dates, booleans and texts");
        }
        if let Some(format) = &rule.format
            && chrono::format::StrftimeItems::new(format).any(|item| matches!(item, chrono::format::Item::Error))
        {
            return wrong("has a `format` that strftime does not know");
        }
        Ok(())
    }

    /// The table that it was written for.
    pub fn table(&self) -> Option<&str> {
        self.raw.table.as_deref()
    }

    /// The key that it names.
    pub fn key(&self) -> Option<&str> {
        self.raw.key.as_deref()
    }

    /// What becomes of fields that it does not mention.
    pub fn rest(&self) -> Rest {
        self.raw.rest
    }

    /// The rules, by path.
    pub fn rules(&self) -> impl Iterator<Item = (&str, &FieldRule)> {
        self.raw.columns.iter().map(|(path, rule)| (path.as_str(), &rule.get_ref().0))
    }

    /// An error at the rule of a path.
    pub fn at(&self, path: &str, what: &str) -> Error {
        let start = self.raw.columns.get(path).map_or(0, |rule| rule.span().start);
        let (line, column) = place(&self.text, start);
        Error::new(Exit::Configuration, format!("{}:{line}:{column}: {path} {what}", self.name))
    }
}

/// Line and column of a byte, from 1.
fn place(text: &str, at: usize) -> (usize, usize) {
    let before = &text[..at.min(text.len())];
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

/// [`FieldRule`] reads its table form; this is what a map file may write.
#[derive(Debug, Clone)]
struct Written(FieldRule);

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        rule(deserializer).map(Written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        MapFile::parse("map.toml", text.to_owned()).unwrap_err().to_string()
    }

    #[test]
    fn a_rule_is_a_name_or_a_table() {
        let text = "[columns]\nname = \"player\"\n\"team.season\" = { field = \"year\", trim = true }\n";
        let map = MapFile::parse("map.toml", text.to_owned()).unwrap();
        let rules: Vec<_> = map.rules().collect();
        assert_eq!((rules[0].0, rules[0].1.field.as_deref()), ("name", Some("player")));
        assert_eq!((rules[1].0, rules[1].1.field.as_deref(), rules[1].1.trim), ("team.season", Some("year"), true));
    }

    #[test]
    fn errors_name_file_line_and_column() {
        let cases = [
            ("[columns]\nname = 3\n", "map.toml:2:8: "),
            ("[columns]\nname = { feild = \"x\" }\n", "map.toml:2:10: "),
            ("rest = \"drop\"\n", "map.toml:1:8: "),
            ("[columns]\na = \"x\"\n\nb = { trim = true }\n", "map.toml:4:5: b names neither"),
            ("[columns]\nb = { field = \"x\", constant = \"y\" }\n", "map.toml:2:5: b names both"),
            ("[columns]\nb = { field = \"x\", format = \"%Q\" }\n", "map.toml:2:5: b has a `format`"),
            ("[columns]\nb = { field = \"x\", format = \"%d\", decimal = \",\" }\n", "map.toml:2:5: b mixes"),
            ("[columns\n", "map.toml:1:"),
        ];
        for (text, start) in cases {
            let message = error(text);
            assert!(message.starts_with(start), "{text:?} gives {message}");
        }
    }
}
