//! One run from settings to disk: what the command and the build script share.

use std::path::{Path, PathBuf};

use crate::config::{self, Settings};
use crate::diagnostic::Look;
use crate::generate::generate;
use crate::write::{self, Changes, changes, diff, write};
use crate::{input, notice};

/// What to do with the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Write what differs.
    Write,
    /// Report what differs.
    Check,
}

/// What a run found and did.
#[derive(Debug)]
pub struct Outcome {
    /// What differed; in [`Mode::Write`] it is written now.
    pub changes: Changes,
    /// The difference as a unified diff, in [`Mode::Check`].
    pub diff: String,
    /// The output folder, as seen from the project's folder where that holds it.
    pub out: PathBuf,
    /// The number of tables.
    pub tables: usize,
    /// The number of files.
    pub files: usize,
    /// Warnings, rendered.
    pub warnings: Vec<String>,
    /// The files the schema was read from.
    pub inputs: Vec<PathBuf>,
    /// The patterns that lead to them, absolute or relative to the project's folder.
    pub patterns: Vec<String>,
}

/// Why a run has no outcome.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The settings are wrong.
    #[error(transparent)]
    Config(#[from] config::Error),
    /// No setting names the output folder.
    #[error("no output folder: give `--out src/models`, or `out` in a codegen.toml")]
    NoOut,
    /// There are settings already, where new ones were to be written.
    #[error("{0}")]
    Settings(String),
    /// The settings name a table, a column or a type that does not exist: everything that is wrong, rendered.
    #[error("{0}")]
    Overrides(String),
    /// The schema cannot be read, or has errors.
    #[error(transparent)]
    Schema(#[from] input::Error),
    /// Standard output cannot be written to.
    #[error("cannot write to standard output: {0}")]
    Output(std::io::Error),
    /// A database could not be asked.
    #[error("{0}")]
    Database(String),
    /// Output could not be compared or written.
    #[error(transparent)]
    Write(#[from] write::Error),
}

/// Reads the schema, makes the output, and writes or compares it.
///
/// # Errors
/// [`Failure`]. Output that differs is no failure.
pub fn run(settings: &Settings, mode: Mode, look: Look) -> Result<Outcome, Failure> {
    let out = settings.out.as_deref().ok_or(Failure::NoOut)?;
    let input = input::read(settings, look)?;
    let mut wrong = Vec::new();
    settings.overrides.check(&input.schema, &mut wrong);
    if !wrong.is_empty() {
        return Err(Failure::Overrides(notice::render(&wrong, &input.sources, look)));
    }
    let generated = generate(&input.schema, &settings.overrides)
        .map_err(|errors| input::Error(notice::render(&errors, &input.sources, look)))?;
    let changes = match mode {
        Mode::Write => write(&generated.files, out)?,
        Mode::Check => changes(&generated.files, out)?,
    };
    let shown = out.strip_prefix(&settings.root).unwrap_or(out);
    let diff = match mode {
        Mode::Write => String::new(),
        Mode::Check => diff(&generated.files, out, shown, &changes),
    };
    let mut warnings = input.warnings;
    warnings.extend(generated.warnings.iter().map(|warning| warning.render(&input.sources, look)));
    Ok(Outcome {
        changes,
        diff,
        out: shown.to_owned(),
        tables: input.schema.tables.len(),
        files: generated.files.len(),
        warnings,
        inputs: input.files,
        patterns: input.patterns,
    })
}

impl Outcome {
    /// What was done, in one line: `13 tables, 17 files in src/models: 2 written, 1 removed`.
    pub fn summary(&self, mode: Mode) -> String {
        let plural = |count: usize, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
        let found = format!("{}, {} in {}", plural(self.tables, "table"), plural(self.files, "file"), shown(&self.out));
        let Changes { added, modified, orphaned } = &self.changes;
        let mut parts = Vec::new();
        match (mode, added.len() + modified.len(), orphaned.len()) {
            (_, 0, 0) => parts.push("up to date".to_owned()),
            (Mode::Write, written, removed) => {
                parts.extend((written > 0).then(|| format!("{written} written")));
                parts.extend((removed > 0).then(|| format!("{removed} removed")));
            }
            (Mode::Check, ..) => {
                parts.extend((!added.is_empty()).then(|| format!("{} missing", added.len())));
                parts.extend((!modified.is_empty()).then(|| format!("{} out of date", modified.len())));
                parts.extend((!orphaned.is_empty()).then(|| format!("{} left over", orphaned.len())));
            }
        }
        format!("{found}: {}", parts.join(", "))
    }
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}
