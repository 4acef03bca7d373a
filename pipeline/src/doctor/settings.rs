//! The settings: where they come from, and what is wrong with them.

use std::path::PathBuf;

use super::finding::{Finding, Findings};
use crate::config::Settings;
use crate::error::Error;
use crate::job::{Caching, JobOptions};
use crate::orchestrate::fetcher;

const LIST: &str = "`pipeline config --help` lists every setting, `pipeline config` shows their values";

pub(super) fn check(file: Option<PathBuf>, loaded: Result<&Settings, &Error>) -> Vec<Finding> {
    let mut findings = Findings::of("settings");
    findings.ok(
        "file",
        file.map_or_else(
            || "no pipeline.toml from here upward or in the user's folder: defaults, environment and flags".to_owned(),
            |file| file.display().to_string(),
        ),
    );
    let settings = match loaded {
        Ok(settings) => settings,
        Err(error) => {
            findings.error("values", error);
            return findings.into_all();
        }
    };
    findings.ok("values", format!("{} settings, each as it may be", settings.effective.len()));
    if settings.warnings.is_empty() {
        findings.ok("variables", "none that looks like a setting and is none");
    }
    for warning in &settings.warnings {
        findings.warning("variables", warning, format!("correct its name or unset it; {LIST}"));
    }
    // Without a cache, for that would be made.
    match fetcher(settings, &JobOptions { caching: Caching::Off, ..JobOptions::default() }) {
        Ok(_) => findings.ok("http", "addresses, rates and certificates can be used"),
        Err(error) => findings.error("http", &error),
    }
    findings.into_all()
}
