//! How settings are shown: `pipeline config`, its JSON form, and the list in its help.

use std::fmt::Write as _;

use indexmap::IndexMap;
use serde::Serialize;

use super::table::{Preset, SETTINGS};
use super::typed::Settings;

impl Settings {
    /// One line a setting: name, value, origin, in columns. Secrets are masked.
    pub fn to_text(&self) -> String {
        let rows: Vec<[String; 3]> = self
            .effective
            .iter()
            .map(|one| {
                let value = match (&one.shown, one.setting.preset) {
                    (Some(shown), _) => shown.clone(),
                    (None, Preset::Unset(meaning)) => format!("({meaning})"),
                    (None, _) => "(no home folder)".to_owned(),
                };
                [one.setting.name(), value, one.origin.to_string()]
            })
            .collect();
        columns(&rows)
    }

    /// For JSON: each setting by name, in the order of the table. Secrets are masked.
    pub fn to_map(&self) -> IndexMap<String, ShownSetting> {
        let members = self.effective.iter().map(|one| {
            let shown = ShownSetting {
                value: one.shown.clone(),
                origin: one.origin.to_string(),
                env: one.setting.variables(),
                help: one.setting.help,
            };
            (one.setting.name(), shown)
        });
        members.collect()
    }
}

/// A setting as `pipeline config --json` shows it.
#[derive(Debug, Clone, Serialize)]
pub struct ShownSetting {
    /// Its value as a user would write it, secrets masked; null if it is not set.
    pub value: Option<String>,
    /// Where the value came from.
    pub origin: String,
    /// The environment variables that set it, the winning one first.
    pub env: Vec<String>,
    /// What it does.
    pub help: &'static str,
}

/// Every setting with its environment variable, default and meaning, for help texts.
pub fn settings_help() -> String {
    let mut text = String::new();
    for setting in SETTINGS.iter() {
        let default = match setting.preset {
            Preset::Is(value) => value.to_owned(),
            Preset::Folder(place, _) => place.to_owned(),
            Preset::Unset(meaning) => meaning.to_owned(),
        };
        let flag = setting.flag.map(|flag| format!("{flag}, ")).unwrap_or_default();
        // Writing to a String does not fail.
        let _ = writeln!(text, "  {}  [{}{}]", setting.name(), flag, setting.variables().join(", "));
        let _ = writeln!(text, "      {} Default: {default}", setting.help);
    }
    text
}

fn columns<const N: usize>(rows: &[[String; N]]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..N).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    text
}
