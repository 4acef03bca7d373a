//! The schema that the settings name, and the files it was read from.

use std::fs;
use std::path::{Path, PathBuf};

use crate::config::{SchemaSource, Settings};
use crate::schema::{IR_VERSION, Schema};

/// A schema as read.
#[derive(Debug)]
pub struct Input {
    /// The schema.
    pub schema: Schema,
    /// Every file it came from, imported ones too.
    pub files: Vec<PathBuf>,
    /// Warnings, rendered.
    pub warnings: Vec<String>,
}

/// The schema cannot be read, or has errors: all of them, rendered.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Error(pub String);

/// Reads the schema: TypeScript, or one file of the IR as `codegen export --format ir` writes it (`.json`).
///
/// # Errors
/// [`Error`], with everything that is wrong with the schema.
pub fn read(settings: &Settings, colors: bool) -> Result<Input, Error> {
    match &settings.schema {
        SchemaSource::Patterns(patterns) if patterns.len() == 1 && patterns[0].ends_with(".json") => {
            let path = settings.root.join(&patterns[0]);
            Ok(Input { schema: ir(&path)?, files: vec![path], warnings: Vec::new() })
        }
        _ => typescript(settings, colors),
    }
}

fn typescript(settings: &Settings, _colors: bool) -> Result<Input, Error> {
    Err(Error(format!("error: {:?}: this build of codegen reads IR files (`.json`) only", settings.schema)))
}

fn ir(path: &Path) -> Result<Schema, Error> {
    let failed = |message: String| Error(format!("error: {}: {message}", path.display()));
    let text = fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
    let schema: Schema = serde_json::from_str(&text).map_err(|error| failed(format!("no schema IR: {error}")))?;
    if schema.version > IR_VERSION {
        return Err(failed(format!("IR version {}, and this codegen knows up to {IR_VERSION}", schema.version)));
    }
    Ok(schema)
}
