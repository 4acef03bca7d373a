//! `pipeline.toml`: found, read, and taken apart with the line of each value.

use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use super::paths::Paths;
use super::suggest::did_you_mean;
use super::table::{SETTINGS, SOURCES};
use crate::error::{Error, Exit, Result};

/// The name of the file.
pub(super) const FILE_NAME: &str = "pipeline.toml";

/// A settings file that was read.
#[derive(Debug)]
pub(super) struct SettingsFile {
    pub(super) path: PathBuf,
    /// The values of known settings.
    pub(super) entries: Vec<Entry>,
    /// What is wrong with it, each a line for the user.
    pub(super) problems: Vec<String>,
}

/// One value in the file.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) section: String,
    pub(super) key: String,
    pub(super) raw: String,
    pub(super) line: usize,
}

/// Finds the file to use: `explicit`, else the nearest `pipeline.toml` from `folder` upward, else the one in the user's
/// configuration folder. At most one file is used.
///
/// # Errors
/// [`Exit::Usage`] if `explicit` cannot be read, [`Exit::Configuration`] if a file that was found cannot, or is no TOML.
pub(super) fn find(explicit: Option<&Path>, folder: &Path, paths: &Paths) -> Result<Option<SettingsFile>> {
    if let Some(path) = explicit {
        return read(&folder.join(path), Exit::Usage).map(Some);
    }
    locate(None, folder, paths).map(|path| read(&path, Exit::Configuration)).transpose()
}

/// The path of that file, whatever is in it; of `explicit`, whether it is there or not.
pub(super) fn locate(explicit: Option<&Path>, folder: &Path, paths: &Paths) -> Option<PathBuf> {
    if let Some(path) = explicit {
        return Some(folder.join(path));
    }
    let upward = folder.ancestors().map(|folder| folder.join(FILE_NAME));
    let own = paths.config.iter().map(|folder| folder.join(FILE_NAME));
    upward.chain(own).find(|path| path.exists())
}

fn read(path: &Path, unreadable: Exit) -> Result<SettingsFile> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        Error::new(unreadable, format!("the settings file {} cannot be read", path.display())).caused_by(error)
    })?;
    parse(path, &text)
}

fn parse(path: &Path, text: &str) -> Result<SettingsFile> {
    let line_of = |offset: usize| text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1;
    let document = DeTable::parse(text).map_err(|error| {
        let line = error.span().map_or(1, |span| line_of(span.start));
        // The message alone: the excerpt that the error would show may hold a password.
        Error::new(Exit::Configuration, format!("{}:{line}: {}", path.display(), error.message()))
            .help("the settings file is TOML, such as\n  [http]\n  timeout = \"30s\"")
    })?;
    let mut file = SettingsFile { path: path.to_owned(), entries: Vec::new(), problems: Vec::new() };
    for (place, section, content) in sections(document.get_ref()) {
        let place = format!("{}:{}", path.display(), line_of(place));
        let section = section.as_str();
        let known: Vec<&str> =
            SETTINGS.iter().filter(|setting| setting.section == section).map(|setting| setting.key).collect();
        if known.is_empty() {
            let hint = did_you_mean(section, SETTINGS.iter().map(|setting| setting.section));
            file.problems.push(format!("{place}: there is no section \"{section}\"{hint}"));
            continue;
        }
        let DeValue::Table(content) = content else {
            file.problems.push(format!("{place}: \"{section}\" is a section: write [{section}] and its keys below"));
            continue;
        };
        for (key, value) in content {
            let line = line_of(key.span().start);
            let place = format!("{}:{line}", path.display());
            let key = key.get_ref().as_ref();
            if !known.contains(&key) {
                let hint = did_you_mean(key, known.iter().copied());
                file.problems.push(format!("{place}: there is no setting \"{section}.{key}\"{hint}"));
                continue;
            }
            let Some(raw) = scalar(value.get_ref()) else {
                let kind = value.get_ref().type_str();
                file.problems.push(format!("{place}: {section}.{key} is one text or number, not of type {kind}"));
                continue;
            };
            file.entries.push(Entry { section: section.to_owned(), key: key.to_owned(), raw, line });
        }
    }
    Ok(file)
}

/// The sections with where they begin. Below `sources` each source has one: `[sources.ncaa-directory]`.
fn sections<'a>(document: &'a DeTable<'a>) -> Vec<(usize, String, &'a DeValue<'a>)> {
    let mut sections = Vec::new();
    for (name, content) in document {
        match content.get_ref() {
            DeValue::Table(of_sources) if name.get_ref() == SOURCES => {
                let nested = of_sources.iter().map(|(source, content)| {
                    (source.span().start, format!("{SOURCES}.{}", source.get_ref()), content.get_ref())
                });
                sections.extend(nested);
            }
            content => sections.push((name.span().start, name.get_ref().clone().into_owned(), content)),
        }
    }
    sections
}

/// The value as a user would write it in the environment, so that every origin is checked alike.
fn scalar(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.clone().into_owned()),
        DeValue::Integer(number) => Some(
            i128::from_str_radix(number.as_str(), number.radix())
                .map_or_else(|_| number.to_string(), |n| n.to_string()),
        ),
        DeValue::Float(number) => Some(number.to_string()),
        DeValue::Boolean(truth) => Some(truth.to_string()),
        DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => None,
    }
}
