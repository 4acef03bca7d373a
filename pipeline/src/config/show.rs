//! How settings are shown: `pipeline config`, its JSON form, and the list in its help.

use std::fmt::Write as _;

use serde_json::{Value, json};

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
                    (None, _) => String::new(),
                };
                [one.setting.name(), value, one.origin.to_string()]
            })
            .collect();
        columns(&rows)
    }

    /// An object with one member a setting: `value` (null if it is not set), `origin`, `env` and `help`. Secrets are masked.
    pub fn to_json(&self) -> Value {
        let members = self.effective.iter().map(|one| {
            let setting = one.setting;
            let about = json!({
                "value": one.shown,
                "origin": one.origin.to_string(),
                "env": setting.variables(),
                "help": setting.help,
            });
            (setting.name(), about)
        });
        Value::Object(members.collect())
    }
}

/// Every setting with its environment variable, default and meaning, for help texts.
pub fn settings_help() -> String {
    let mut text = String::new();
    for setting in SETTINGS {
        let default = match setting.preset {
            Preset::Is(value) => value.to_owned(),
            Preset::Folder(_) => "in the user's data folder".to_owned(),
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
