//! The whole of a build script: decide, generate, tell cargo.
//!
//! A build script needs `fn main() -> ExitCode { codegen::build::main() }` and `codegen` as a build-dependency.
//! What cargo does with the directives was measured: a missing path reruns the script every time, so only existing ones
//! are named; a folder is watched with all that is in it, so none that holds the output or cargo's target folder is;
//! the output folder itself is watched, so that a hand edit is repaired.

use std::collections::BTreeSet;
use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::config::{Flags, Settings, settings};
use crate::diagnostic::Look;
use crate::task::{Mode, run};

/// How much of a difference a build shows.
const SHOWN_LINES: usize = 60;

/// What cargo and the user tell a build script.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// The package's folder (`CARGO_MANIFEST_DIR`); `codegen.toml` is sought from there upward.
    pub manifest_dir: PathBuf,
    /// Where the script may write (`OUT_DIR`): inside cargo's target folder.
    pub out_dir: PathBuf,
    /// `CODEGEN_MODE`: `write` or `check`.
    pub mode: Option<String>,
    /// `CI`.
    pub ci: Option<String>,
}

/// What a build script prints, and whether it succeeds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// `cargo::` lines.
    pub lines: Vec<String>,
    /// Whether the build may go on.
    pub success: bool,
}

/// The build script of a crate of generated models: reads cargo's environment, runs, prints the directives.
pub fn main() -> ExitCode {
    let variable = |name: &str| env::var(name).ok();
    let folder = |name: &str| variable(name).map(PathBuf::from).unwrap_or_default();
    let report = build(&Environment {
        manifest_dir: folder("CARGO_MANIFEST_DIR"),
        out_dir: folder("OUT_DIR"),
        mode: variable("CODEGEN_MODE"),
        ci: variable("CI"),
    });
    for line in &report.lines {
        println!("{line}");
    }
    if report.success { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Generates or checks, and says what cargo is to be told.
pub fn build(environment: &Environment) -> Report {
    let mut lines = vec!["rerun-if-env-changed=CODEGEN_MODE".to_owned(), "rerun-if-env-changed=CI".to_owned()];
    let result = attempt(environment, &mut lines);
    let success = result.is_ok();
    if let Err(error) = result {
        // A directive is one line.
        lines.extend(error.lines().map(|line| format!("error={line}")));
    }
    Report { lines: lines.into_iter().map(|line| format!("cargo::{line}")).collect(), success }
}

fn attempt(environment: &Environment, lines: &mut Vec<String>) -> Result<(), String> {
    let mode = mode(environment.mode.as_deref(), environment.ci.as_deref())?;
    let settings = settings(&Flags::default(), &environment.manifest_dir).map_err(|error| error.to_string())?;
    // A script that fails is run again whatever it watched.
    let outcome = run(&settings, mode, Look::Plain).map_err(|error| error.to_string())?;
    watch(lines, settings.file.iter().cloned());
    watch(lines, folders(&settings, &outcome.patterns, environment));
    watch(lines, outcome.inputs.iter().cloned());
    watch(lines, settings.out.clone());
    for warning in outcome.warnings.iter().flat_map(|warning| warning.lines()) {
        lines.push(format!("warning={warning}"));
    }
    if mode == Mode::Check && !outcome.changes.is_empty() {
        let summary = outcome.summary(mode);
        let lines: Vec<&str> = outcome.diff.lines().collect();
        let shown = lines[..lines.len().min(SHOWN_LINES)].join("\n");
        let rest = if lines.len() > SHOWN_LINES { "\n… (all of it: `codegen --check`)" } else { "" };
        return Err(format!(
            "the generated models are stale: {summary}\nrun `codegen` and commit the result\n{shown}{rest}"
        ));
    }
    Ok(())
}

/// `CODEGEN_MODE` wins; else check when `CI` is set and neither empty, `0` nor `false`; else write.
fn mode(mode: Option<&str>, ci: Option<&str>) -> Result<Mode, String> {
    match mode {
        Some("write") => Ok(Mode::Write),
        Some("check") => Ok(Mode::Check),
        Some(other) if !other.is_empty() => Err(format!("CODEGEN_MODE={other}: it is `write` or `check`")),
        _ if matches!(ci, None | Some("" | "0" | "false")) => Ok(Mode::Write),
        _ => Ok(Mode::Check),
    }
}

fn watch(lines: &mut Vec<String>, paths: impl IntoIterator<Item = PathBuf>) {
    for path in paths.into_iter().filter(|path| path.exists()) {
        let line = format!("rerun-if-changed={}", path.display());
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
}

/// The folders in which a new schema file would appear, but none that is written to: watching it would not end.
fn folders(settings: &Settings, patterns: &[String], environment: &Environment) -> BTreeSet<PathBuf> {
    let bases = patterns.iter().map(|pattern| settings.root.join(literal_start(pattern)));
    let written = [settings.out.as_deref(), Some(environment.out_dir.as_path())];
    let holds = |base: &Path| written.iter().flatten().any(|written| written.starts_with(base));
    bases.filter(|base| !holds(base)).collect()
}

/// The part of a pattern before its first wildcard, by whole components.
fn literal_start(pattern: &str) -> PathBuf {
    let components = Path::new(pattern).components();
    components.take_while(|part| !part.as_os_str().to_string_lossy().contains(['*', '?', '[', '{'])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mode_follows_the_environment() {
        let cases = [
            (None, None, Mode::Write),
            (None, Some(""), Mode::Write),
            (None, Some("0"), Mode::Write),
            (None, Some("false"), Mode::Write),
            (None, Some("true"), Mode::Check),
            (None, Some("1"), Mode::Check),
            (Some("write"), Some("true"), Mode::Write),
            (Some("check"), None, Mode::Check),
            (Some(""), Some("true"), Mode::Check),
        ];
        for (given, ci, expected) in cases {
            assert_eq!(mode(given, ci), Ok(expected), "CODEGEN_MODE={given:?} CI={ci:?}");
        }
        assert!(mode(Some("chekc"), None).is_err());
    }

    #[test]
    fn a_folder_that_is_written_to_is_not_watched() {
        let watched = |pattern: &str| {
            let settings = Settings {
                root: "/project".into(),
                file: None,
                schema: Vec::new(),
                drizzle_config: None,
                out: Some("/project/src/models".into()),
                casing: None,
                overrides: Default::default(),
            };
            let out_dir = "/project/target/debug/build/x/out".into();
            folders(&settings, &[pattern.to_owned()], &Environment { out_dir, ..Environment::default() })
        };
        assert_eq!(watched("db/*.ts"), BTreeSet::from(["/project/db".into()]));
        assert_eq!(watched("db/schema.ts"), BTreeSet::from(["/project/db/schema.ts".into()]));
        assert_eq!(watched("src/**/*.ts"), BTreeSet::new());
        assert_eq!(watched("**/*.sql.ts"), BTreeSet::new());
    }
}
