//! The schema that the settings name, and the files it was read from.

use std::fs;
use std::path::{Path, PathBuf};

use crate::config::Settings;
use crate::diagnostic::{Diagnostic, Look, render, render_message};
use crate::drizzle::{Casing, read_config};
use crate::read::{Read, ReadOptions, Types, no_thread, read_then as read_typescript};
use crate::schema::{IR_VERSION, Schema};
use crate::source::{Sources, normalize};

/// A schema as read.
#[derive(Debug)]
pub struct Input {
    /// The schema.
    pub schema: Schema,
    /// Every file it came from, imported ones too.
    pub files: Vec<PathBuf>,
    /// The patterns that lead to them, absolute or relative to the project's folder.
    pub patterns: Vec<String>,
    /// Whether SQL marks where a statement ends: `breakpoints` of the drizzle-kit configuration.
    pub breakpoints: bool,
    /// Warnings, rendered.
    pub warnings: Vec<String>,
    /// The files' texts; none for a schema read from its IR.
    pub sources: Sources,
}

/// The schema cannot be read, or has errors: all of them, rendered.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Error(pub String);

/// Reads the schema: TypeScript, or one file of the IR as `codegen export --format ir` writes it (`.json`).
///
/// # Errors
/// [`Error`], with everything that is wrong with the schema.
pub fn read(settings: &Settings, look: Look) -> Result<Input, Error> {
    read_then(settings, look, Types::Read, |input| input)
}

/// Reads the schema and gives what `then` makes of it, in the thread that has read it.
///
/// # Errors
/// [`Error`], with everything that is wrong with the schema.
pub fn read_then<T: Send + 'static>(
    settings: &Settings,
    look: Look,
    types: Types,
    then: impl FnOnce(Input) -> T + Send + 'static,
) -> Result<T, Error> {
    if let [only] = &settings.schema[..]
        && only.ends_with(".json")
    {
        let path = settings.root.join(only);
        let schema = ir(&path).map_err(|message| Error(render_message(&message, look)))?;
        let (files, patterns, sources) = (vec![path], settings.schema.clone(), Sources::default());
        return Ok(then(Input { schema, files, patterns, breakpoints: true, warnings: Vec::new(), sources }));
    }
    let mut patterns = settings.schema.clone();
    let mut casing = Casing::default();
    let mut breakpoints = true;
    let mut files = Vec::new();
    if let Some(path) = &settings.drizzle_config {
        let config = read_config(path).map_err(|(errors, sources)| Error(render(&errors, &sources, look)))?;
        casing = config.casing;
        breakpoints = config.breakpoints;
        files.push(path.clone());
        if patterns.is_empty() {
            let absolute = |pattern: &String| normalize(&config.folder.join(pattern)).to_string_lossy().into_owned();
            patterns = config.schema.iter().map(absolute).collect();
        }
    }
    let casing = settings.casing.unwrap_or(casing);
    let options = ReadOptions { root: settings.root.clone(), patterns: patterns.clone(), casing };
    let made = read_typescript(&options, types, move |Read { schema, diagnostics, sources }| {
        let rendered = |diagnostics: &[Diagnostic]| render(diagnostics, &sources, look);
        let Some(schema) = schema else { return Err(Error(rendered(&diagnostics))) };
        files.extend(sources.files().iter().map(|file| file.path.clone()));
        let warnings = diagnostics.iter().map(|warning| rendered(std::slice::from_ref(warning))).collect();
        Ok(then(Input { schema, files, patterns, breakpoints, warnings, sources }))
    });
    made.unwrap_or_else(|error| Err(Error(render(&[no_thread(&error)], &Sources::default(), look))))
}

fn ir(path: &Path) -> Result<Schema, String> {
    let failed = |message: String| format!("error: {}: {message}", path.display());
    let text = fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
    let schema: Schema = serde_json::from_str(&text).map_err(|error| failed(format!("no schema IR: {error}")))?;
    if schema.version > IR_VERSION {
        return Err(failed(format!("IR version {}, and this codegen knows up to {IR_VERSION}", schema.version)));
    }
    Ok(schema)
}
