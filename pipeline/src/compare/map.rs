//! Map files: what tables and columns are called on the left side, and how their values are compared.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use rust_decimal::Decimal;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use super::family::As;
use super::rule::Rule;
use crate::config::parse_time;
use crate::{Error, Exit, Result};

/// A map file as it is written. Tables and columns are named as on the right side.
#[derive(Debug, Clone, Default)]
pub struct CompareMap {
    /// Its name in messages.
    name: String,
    text: String,
    raw: RawMap,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMap {
    #[serde(default)]
    tables: BTreeMap<String, Spanned<TableMap>>,
}

/// What is said of a table.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct TableMap {
    /// Its name on the left.
    pub(super) left: Option<String>,
    /// The columns by which rows are told apart.
    pub(super) key: Option<Vec<String>>,
    /// Columns that are not compared.
    pub(super) ignore: Vec<String>,
    /// It is not compared at all.
    pub(super) skip: bool,
    pub(super) columns: BTreeMap<String, Spanned<ColumnMap>>,
}

/// What is said of a column.
#[derive(Debug, Clone, Default)]
pub(super) struct ColumnMap {
    /// Its name on the left, or the way to it through foreign keys.
    pub(super) left: Option<String>,
    options: RawColumn,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawColumn {
    left: Option<String>,
    tolerance: Option<Decimal>,
    #[serde(deserialize_with = "time")]
    time_tolerance: Option<Duration>,
    ignore_case: Option<bool>,
    ignore_space: Option<bool>,
    null_is_empty: Option<bool>,
    r#as: Option<As>,
    left_time_zone: Option<String>,
    right_time_zone: Option<String>,
}

/// A time as settings have it: `1s`, `500ms`.
fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let time = parse_time(&text);
    time.map(Some).ok_or_else(|| serde::de::Error::custom(format!("{text:?} is no time such as \"1s\"")))
}

/// A column is a table, or its name on the left alone.
impl<'de> Deserialize<'de> for ColumnMap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;

        impl<'de> Visitor<'de> for Written {
            type Value = ColumnMap;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter
                    .write_str("the column's name on the left, or a table such as { left = \"…\", ignore_case = true }")
            }

            fn visit_str<E>(self, left: &str) -> Result<ColumnMap, E> {
                Ok(ColumnMap { left: Some(left.to_owned()), ..ColumnMap::default() })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ColumnMap, A::Error> {
                let options = RawColumn::deserialize(MapAccessDeserializer::new(map))?;
                Ok(ColumnMap { left: options.left.clone(), options })
            }
        }

        deserializer.deserialize_any(Written)
    }
}

impl ColumnMap {
    /// The rule of the column, where `general` holds for all.
    pub(super) fn rule(&self, general: &Rule) -> Rule {
        let own = &self.options;
        let time = own.time_tolerance.map(|time| u64::try_from(time.as_micros()).unwrap_or(u64::MAX));
        Rule {
            tolerance: own.tolerance.or(general.tolerance),
            time_tolerance: time.or(general.time_tolerance),
            ignore_case: own.ignore_case.unwrap_or(general.ignore_case),
            ignore_space: own.ignore_space.unwrap_or(general.ignore_space),
            null_is_empty: own.null_is_empty.unwrap_or(general.null_is_empty),
            forced: own.r#as.or(general.forced),
        }
    }

    /// The zones of timestamps without one, left and right.
    pub(super) fn zones<'a>(&'a self, general: [Option<&'a str>; 2]) -> [Option<&'a str>; 2] {
        let [left, right] = general;
        [self.options.left_time_zone.as_deref().or(left), self.options.right_time_zone.as_deref().or(right)]
    }
}

impl CompareMap {
    /// Reads a map file.
    ///
    /// # Errors
    /// [`Exit::Configuration`], with file, line and column; [`Exit::Usage`] if it cannot be read.
    pub fn read(path: &Path) -> Result<Self> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|error| Error::new(Exit::Usage, format!("the map {name} cannot be read")).caused_by(error))?;
        Self::parse(&name, text)
    }

    /// Reads the text of a map file; `name` is what messages call it.
    ///
    /// # Errors
    /// As [`CompareMap::read`].
    pub fn parse(name: &str, text: String) -> Result<Self> {
        let raw: RawMap = toml::from_str(&text).map_err(|error| {
            let (line, column) = error.span().map_or((1, 1), |span| place(&text, span.start));
            Error::new(Exit::Configuration, format!("{name}:{line}:{column}: {}", error.message()))
                .help("docs/comparing.md has the format; names with a dot stand in quotes: [tables.\"public.school\"]")
        })?;
        let map = Self { name: name.to_owned(), text, raw };
        for (table, said) in &map.raw.tables {
            for (column, said) in &said.get_ref().columns {
                let options = &said.get_ref().options;
                if options.tolerance.is_some_and(|tolerance| tolerance.is_sign_negative()) {
                    return Err(map.at(table, Some(column), "has a negative tolerance"));
                }
            }
        }
        Ok(map)
    }

    /// The tables that it names, by name.
    pub(super) fn tables(&self) -> impl Iterator<Item = (&str, &TableMap)> {
        self.raw.tables.iter().map(|(name, said)| (name.as_str(), said.get_ref()))
    }

    /// All time zones that it names.
    pub(super) fn time_zones(&self) -> impl Iterator<Item = &str> {
        let columns = self.tables().flat_map(|(_, table)| table.columns.values());
        columns.flat_map(|column| column.get_ref().zones([None, None])).flatten()
    }

    /// An error at a table, or at a column of it.
    pub(super) fn at(&self, table: &str, column: Option<&str>, what: &str) -> Error {
        let said = self.raw.tables.get(table);
        let at_column = column.and_then(|column| Some(said?.get_ref().columns.get(column)?.span().start));
        let start = at_column.or_else(|| Some(said?.span().start)).unwrap_or(0);
        let (line, place) = place(&self.text, start);
        let named = column.map_or_else(|| table.to_owned(), |column| format!("{table}, {column}"));
        Error::new(Exit::Configuration, format!("{}:{line}:{place}: {named} {what}", self.name))
    }
}

/// Line and column of a byte, from 1.
fn place(text: &str, at: usize) -> (usize, usize) {
    let before = &text[..at.min(text.len())];
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_name_file_line_and_column() {
        let cases = [
            ("[tables.school]\nlefft = \"schools\"\n", "map.toml:2:1: unknown field `lefft`"),
            ("table = 1\n", "map.toml:1:1: unknown field `table`"),
            ("[tables.school.columns]\nname = 3\n", "map.toml:2:8: invalid type"),
            ("[tables.school.columns]\nname = { trim = true }\n", "map.toml:2:10: unknown field `trim`"),
            ("[tables.school.columns]\n\nrank = { as = \"numbre\" }\n", "map.toml:3:15: unknown variant `numbre`"),
            (
                "[tables.school.columns]\nrank = { tolerance = -1 }\n",
                "map.toml:2:8: school, rank has a negative tolerance",
            ),
            ("[tables.school.columns]\nat = { time_tolerance = \"soon\" }\n", "map.toml:2:25: \"soon\" is no time"),
            ("[tables.school\n", "map.toml:1:"),
        ];
        for (text, start) in cases {
            let message = CompareMap::parse("map.toml", text.to_owned()).unwrap_err().to_string();
            assert!(message.starts_with(start), "{text:?} gives {message}");
        }
    }

    #[test]
    fn what_a_column_says_wins_over_what_holds_for_all() {
        let text = "[tables.school.columns]\nname = \"title\"\nrank = { tolerance = 0.5, ignore_case = false }\n";
        let map = CompareMap::parse("map.toml", text.to_owned()).unwrap();
        let (_, school) = map.tables().next().unwrap();
        assert_eq!(school.columns["name"].get_ref().left.as_deref(), Some("title"));
        let general = Rule::new(None, None, [true, true, false]);
        let rule = school.columns["rank"].get_ref().rule(&general);
        assert_eq!(rule.tolerance, Some("0.5".parse().unwrap()));
        assert_eq!((rule.ignore_case, rule.ignore_space, rule.null_is_empty), (false, true, false));
    }
}
