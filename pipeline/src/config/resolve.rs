//! Which value of each setting wins, and where it came from.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use super::file::{self, SettingsFile};
use super::paths::Paths;
use super::suggest::did_you_mean;
use super::table::{Preset, SETTINGS, Setting};
use super::value::Value;
use crate::error::{Error, Exit, Result};
use crate::sources;

/// Where settings are looked for.
#[derive(Debug)]
pub struct Inputs {
    /// Settings given as flags, in the order of the command line: the last of a setting wins.
    pub flags: Vec<FlagValue>,
    /// `--config FILE`.
    pub config_file: Option<PathBuf>,
    /// The process's environment.
    pub environment: BTreeMap<OsString, OsString>,
    /// The current folder.
    pub folder: PathBuf,
    /// The user's folders.
    pub paths: Paths,
}

impl Inputs {
    /// What this process was started with, and `flags`.
    ///
    /// # Errors
    /// [`Exit::Configuration`] if the current folder no longer exists or may not be entered.
    pub fn of_process(flags: Vec<FlagValue>, config_file: Option<PathBuf>) -> Result<Self> {
        let environment: BTreeMap<OsString, OsString> = std::env::vars_os().collect();
        let folder = std::env::current_dir()
            .map_err(|error| Error::new(Exit::Configuration, "the current folder cannot be used").caused_by(error))?;
        let paths = Paths::of_process(&environment);
        Ok(Self { flags, config_file, environment, folder, paths })
    }

    /// The settings file that they lead to, if there is one.
    pub fn settings_file(&self) -> Option<PathBuf> {
        file::locate(self.config_file.as_deref(), &self.folder, &self.paths)
    }
}

/// A setting given on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlagValue {
    /// The flag, as in the table: `--rate`.
    pub flag: &'static str,
    /// The source, for flags that are given per source (`SOURCE=VALUE`).
    pub source: Option<String>,
    /// The value as written.
    pub value: String,
}

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The command line, by this flag.
    Flag(&'static str),
    /// This environment variable.
    Environment(String),
    /// This line of a settings file.
    File(PathBuf, usize),
    /// Nobody said anything.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => f.write_str(flag),
            Self::Environment(name) => f.write_str(name),
            Self::File(path, line) => write!(f, "{}:{line}", path.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

/// A setting with the value it has in this run.
#[derive(Debug, Clone)]
pub struct Effective {
    /// The setting.
    pub setting: &'static Setting,
    /// Its value as it may be shown, secrets masked; nothing if it is not set.
    pub shown: Option<String>,
    /// Where the value came from.
    pub origin: Origin,
    pub(super) value: Option<Value>,
}

/// All settings in the order of the table, and remarks that are no errors.
pub(super) struct Resolved {
    pub(super) effective: Vec<Effective>,
    pub(super) warnings: Vec<String>,
}

/// A mistake and whether it stands on the command line.
struct Mistake {
    on_command_line: bool,
    text: String,
}

/// Picks the value of every setting.
///
/// # Errors
/// All mistakes at once: [`Exit::Usage`] if every one stands on the command line, else [`Exit::Configuration`].
pub(super) fn resolve(inputs: &Inputs) -> Result<Resolved> {
    let file = file::find(inputs.config_file.as_deref(), &inputs.folder, &inputs.paths)?;
    let in_file = file.iter().flat_map(|file| &file.problems);
    let mut mistakes: Vec<Mistake> =
        in_file.map(|text| Mistake { on_command_line: false, text: text.clone() }).collect();
    mistakes.extend(unknown_sources(&inputs.flags));

    let mut effective = Vec::new();
    for setting in SETTINGS.iter() {
        match pick(setting, inputs, file.as_ref()) {
            Ok(one) => effective.push(one),
            Err(mistake) => mistakes.push(mistake),
        }
    }
    if mistakes.is_empty() {
        return Ok(Resolved { effective, warnings: unknown_variables(&inputs.environment) });
    }
    let usage = mistakes.iter().all(|mistake| mistake.on_command_line);
    let lines: Vec<String> = mistakes.into_iter().map(|mistake| mistake.text).collect();
    let exit = if usage { Exit::Usage } else { Exit::Configuration };
    Err(Error::new(exit, lines.join("\n")).help("`pipeline config --help` lists all settings"))
}

fn pick(setting: &'static Setting, inputs: &Inputs, file: Option<&SettingsFile>) -> Result<Effective, Mistake> {
    let Some((raw, origin)) = given(setting, inputs, file)? else {
        let folder = match setting.preset {
            Preset::Is(raw) => return parsed(setting, raw.to_owned(), Origin::Default, inputs),
            Preset::Folder(_, folder) => folder(&inputs.paths),
            Preset::Unset(_) => None,
        };
        let shown = folder.as_ref().map(|folder| folder.display().to_string());
        return Ok(Effective { setting, shown, origin: Origin::Default, value: folder.map(Value::Path) });
    };
    parsed(setting, raw, origin, inputs)
}

/// The winning value as written, if somebody gave one. An empty environment variable is none: that is how shells and
/// container files unset one.
fn given(
    setting: &'static Setting,
    inputs: &Inputs,
    file: Option<&SettingsFile>,
) -> Result<Option<(String, Origin)>, Mistake> {
    let by_flag = inputs.flags.iter().rev().find(|given| {
        Some(given.flag) == setting.flag && given.source.as_deref().is_none_or(|source| source == setting.key)
    });
    if let Some(given) = by_flag {
        return Ok(Some((given.value.clone(), Origin::Flag(given.flag))));
    }
    for name in setting.variables() {
        match inputs.environment.get(OsString::from(&name).as_os_str()).map(|value| value.to_str()) {
            Some(Some("")) | None => {}
            Some(Some(value)) => return Ok(Some((value.to_owned(), Origin::Environment(name)))),
            Some(None) => {
                let text = format!("{} (from {name}) is not UTF-8", setting.name());
                return Err(Mistake { on_command_line: false, text });
            }
        }
    }
    let in_file = file.and_then(|file| {
        let entry = file.entries.iter().find(|entry| entry.section == setting.section && entry.key == setting.key)?;
        Some((entry.raw.clone(), Origin::File(file.path.clone(), entry.line)))
    });
    Ok(in_file)
}

fn parsed(setting: &'static Setting, raw: String, origin: Origin, inputs: &Inputs) -> Result<Effective, Mistake> {
    let folder = match &origin {
        Origin::File(path, _) => path.parent().unwrap_or(Path::new("")),
        _ => &inputs.folder,
    };
    let Some(value) = setting.kind.parse(&raw, folder) else {
        let shown = setting.kind.show(&raw);
        let allowed = setting.kind.allowed();
        let mistake = setting.kind.mistake(&raw).map(|mistake| format!(": {mistake}")).unwrap_or_default();
        let name = setting.name();
        let text = format!("{name} = \"{shown}\" (from {origin}) is not allowed{mistake}; expected {allowed}");
        return Err(Mistake { on_command_line: matches!(origin, Origin::Flag(_)), text });
    };
    let shown = match &value {
        Value::Path(path) => path.display().to_string(),
        _ => setting.kind.show(&raw),
    };
    Ok(Effective { setting, shown: Some(shown), origin, value: Some(value) })
}

fn unknown_sources(flags: &[FlagValue]) -> impl Iterator<Item = Mistake> {
    let names = || sources::ALL.iter().map(|source| source.name);
    flags.iter().filter_map(move |given| {
        let source = given.source.as_deref().filter(|source| names().all(|known| known != *source))?;
        let hint = did_you_mean(source, names());
        let known = names().collect::<Vec<_>>().join(", ");
        let text = format!("{}: there is no source \"{source}\" (known: {known}){hint}", given.flag);
        Some(Mistake { on_command_line: true, text })
    })
}

/// Variables that look like a setting of ours and are none. No error, because other programs (build servers among them) set
/// variables that begin with `PIPELINE_` too.
fn unknown_variables(environment: &BTreeMap<OsString, OsString>) -> Vec<String> {
    let known: Vec<String> = SETTINGS.iter().flat_map(Setting::variables).collect();
    let sections: Vec<String> = SETTINGS
        .iter()
        .map(|setting| format!("PIPELINE_{}_", setting.section.to_uppercase().replace(['-', '.'], "_")))
        .collect();
    let names = environment.keys().filter_map(|name| name.to_str());
    let ours = names.filter(|name| sections.iter().any(|section| name.starts_with(section.as_str())));
    ours.filter(|name| known.iter().all(|known| known != name))
        .map(|name| {
            let hint = did_you_mean(name, known.iter().map(String::as_str));
            format!("the environment variable {name} is no setting of the pipeline{hint}")
        })
        .collect()
}
