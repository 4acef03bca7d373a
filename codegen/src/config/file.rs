//! `codegen.toml`: every key known, everything wrong told at once.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use crate::generate::Overrides;
use crate::notice::did_you_mean;

use super::Error;

const KEYS: &[&str] = &["schema", "config", "out", "tables", "columns", "types"];
const TABLE_KEYS: &[&str] = &["conflict_key"];
const TYPE_KEYS: &[&str] = &["rust_type"];

/// The file's content. Paths are as written, relative to its folder.
#[derive(Debug, Default)]
pub(super) struct File {
    pub(super) schema: Vec<String>,
    pub(super) config: Option<PathBuf>,
    pub(super) out: Option<PathBuf>,
    pub(super) overrides: Overrides,
}

pub(super) fn read(path: &Path) -> Result<File, Error> {
    let text = fs::read_to_string(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
    parse(&text, &path.display().to_string())
}

fn parse(text: &str, name: &str) -> Result<File, Error> {
    let mut reader = Reader { text, name, errors: Vec::new() };
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        reader.wrong(error.span().unwrap_or_default(), error.message());
    }
    let mut file = File::default();
    for (key, value) in table.get_ref() {
        let span = value.span();
        match key.get_ref().as_ref() {
            "schema" => file.schema = reader.strings(value.get_ref(), span),
            "config" => file.config = reader.string("config", value.get_ref(), span).map(PathBuf::from),
            "out" => file.out = reader.string("out", value.get_ref(), span).map(PathBuf::from),
            "tables" => file.overrides.conflict_keys = reader.section("tables", value.get_ref(), span, TABLE_KEYS),
            "columns" => file.overrides.rust_types = reader.section("columns", value.get_ref(), span, TYPE_KEYS),
            "types" => file.overrides.sql_types = reader.section("types", value.get_ref(), span, TYPE_KEYS),
            unknown => reader.unknown(unknown, key.span(), KEYS),
        }
    }
    if reader.errors.is_empty() { Ok(file) } else { Err(Error::Invalid(reader.errors)) }
}

struct Reader<'a> {
    text: &'a str,
    name: &'a str,
    errors: Vec<String>,
}

impl Reader<'_> {
    fn wrong(&mut self, span: Range<usize>, message: &str) {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        self.errors.push(format!("{}:{line}:{column}: {message}", self.name));
    }

    fn unknown(&mut self, key: &str, span: Range<usize>, known: &[&str]) {
        let guess = did_you_mean(key, known.iter().copied());
        let known = known.join("`, `");
        self.wrong(span, &format!("unknown key `{key}`{guess} (known: `{known}`)"));
    }

    fn string(&mut self, key: &str, value: &DeValue<'_>, span: Range<usize>) -> Option<String> {
        let text = value.as_str().map(str::to_owned);
        if text.is_none() {
            self.wrong(span, &format!("`{key}` takes a string, not {}", kind(value)));
        }
        text
    }

    /// One string, or several.
    fn strings(&mut self, value: &DeValue<'_>, span: Range<usize>) -> Vec<String> {
        match value {
            DeValue::Array(items) => {
                items.iter().filter_map(|item| self.string("schema", item.get_ref(), item.span())).collect()
            }
            one => self.string("schema", one, span).into_iter().collect(),
        }
    }

    /// `[tables."schema.table"]` and the like: one setting a name.
    fn section<C: FromIterator<(String, String)>>(
        &mut self,
        section: &str,
        value: &DeValue<'_>,
        span: Range<usize>,
        known: &[&str],
    ) -> C {
        let mut settings = Vec::new();
        let DeValue::Table(names) = value else {
            self.wrong(span, &format!("`{section}` takes tables, not {}", kind(value)));
            return settings.into_iter().collect();
        };
        for (name, value) in names {
            let DeValue::Table(keys) = value.get_ref() else {
                let message = format!("`{section}.{}` takes a table, not {}", name.get_ref(), kind(value.get_ref()));
                self.wrong(value.span(), &message);
                continue;
            };
            for (key, value) in keys {
                if !known.contains(&key.get_ref().as_ref()) {
                    // `[tables.public.school]` without quotes is a table inside a table.
                    self.unknown(key.get_ref(), key.span(), known);
                } else if let Some(text) = self.string(key.get_ref(), value.get_ref(), value.span()) {
                    settings.push((name.get_ref().to_string(), text));
                }
            }
        }
        settings.into_iter().collect()
    }
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_overrides() {
        let text = r#"
            schema = ["a.ts", "b/*.ts"]
            config = "drizzle.config.ts"
            out = "src/models"
            [tables."public.school"]
            conflict_key = "school_ncaa_id_unique"
            [columns."public.school.colors"]
            rust_type = "crate::Colors"
            [types.numeric]
            rust_type = "bigdecimal::BigDecimal"
        "#;
        let file = parse(text, "codegen.toml").unwrap();
        assert_eq!(file.schema, ["a.ts", "b/*.ts"]);
        assert_eq!(file.overrides.conflict_keys["public.school"], "school_ncaa_id_unique");
        assert_eq!(file.overrides.rust_types["public.school.colors"], "crate::Colors");
        assert_eq!(file.overrides.sql_types["numeric"], "bigdecimal::BigDecimal");
        assert_eq!(file.out, Some("src/models".into()));
    }

    #[test]
    fn tells_everything_that_is_wrong_with_its_place() {
        let text = "shema = \"a.ts\"\nout = 3\n[tables.\"public.school\"]\nconflictkey = \"x\"\n";
        let Err(Error::Invalid(mut errors)) = parse(text, "codegen.toml") else { panic!("accepted") };
        errors.sort();
        assert_eq!(errors.len(), 3, "{errors:?}");
        assert!(errors[0].starts_with("codegen.toml:1:1: unknown key `shema`; did you mean `schema`?"), "{errors:?}");
        assert!(errors[1].starts_with("codegen.toml:2:7: `out` takes a string, not a number"), "{errors:?}");
        assert!(errors[2].contains("did you mean `conflict_key`?"), "{errors:?}");
        assert!(parse("out = ", "codegen.toml").is_err());
    }
}
