//! `drizzle.config.ts`, read without running drizzle-kit.

use std::path::{Path, PathBuf};

use super::casing::Casing;
use super::known;
use super::packages::DrizzlePackages;
use crate::diagnostic::Diagnostic;
use crate::evaluate::{Interpreter, Value};
use crate::parse::ModuleGraph;
use crate::read::{no_thread, on_large_stack};
use crate::source::{Sources, Span};

/// What a drizzle configuration says about the schema. `out` is drizzle-kit's folder of migrations and no concern of ours.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DrizzleConfig {
    /// Files, folders and globs, relative to the configuration's folder.
    pub schema: Vec<String>,
    /// `casing`
    pub casing: Casing,
}

/// Reads the default export of a configuration file.
///
/// # Errors
/// Its diagnostics, with the sources to render them.
pub fn read_config(path: &Path) -> Result<DrizzleConfig, (Vec<Diagnostic>, Sources)> {
    let path = path.to_owned();
    let read = on_large_stack(move |answer| answer(read_here(&path)));
    read.unwrap_or_else(|error| Err((vec![no_thread(&error)], Sources::default())))
}

fn read_here(path: &Path) -> Result<DrizzleConfig, (Vec<Diagnostic>, Sources)> {
    let root = path.parent().map_or_else(PathBuf::new, Path::to_path_buf);
    let mut diagnostics = Vec::new();
    let graph = ModuleGraph::load(&root, &[path.to_owned()], &mut diagnostics);
    let mut config = DrizzleConfig::default();
    if diagnostics.is_empty() {
        let packages = DrizzlePackages::default();
        let mut cx = Interpreter::new(&graph, &packages);
        match evaluate(&mut cx, &graph) {
            Ok(read) => config = read,
            Err(diagnostic) => cx.report(*diagnostic),
        }
        diagnostics = cx.take_diagnostics();
    }
    if diagnostics.is_empty() { Ok(config) } else { Err((diagnostics, graph.sources)) }
}

fn evaluate(cx: &mut Interpreter<'_>, graph: &ModuleGraph) -> Result<DrizzleConfig, Box<Diagnostic>> {
    let Some(entry) = graph.entries.first().copied() else { return Ok(DrizzleConfig::default()) };
    cx.run(entry);
    let read = |thrown: crate::evaluate::Thrown| thrown.diagnostic;
    let start = graph.sources.files().first().map_or(1, |file| file.base);
    let span = Span { lo: start, hi: start };
    let config = cx.export(entry, "default", span).map_err(read)?;
    let mut get = |key: &str| cx.get(&config, key, span).map_err(read);

    let dialect = get("dialect")?;
    if dialect.as_str() != Some("postgresql") {
        let expected = "'postgresql': codegen reads PostgreSQL schemas only";
        return Err(known::mismatch(&dialect, span, "`dialect`", expected).into());
    }
    let casing = match get("casing")? {
        Value::Undefined => Casing::Keep,
        value => match value.as_str() {
            Some("snake_case") => Casing::Snake,
            Some("camelCase") => Casing::Camel,
            _ => return Err(known::mismatch(&value, span, "`casing`", "'snake_case' or 'camelCase'").into()),
        },
    };
    let value = get("schema")?;
    let patterns = match value.as_str() {
        Some(pattern) => Some(vec![pattern.to_owned()]),
        None => value.as_array().and_then(|items| items.iter().map(|item| item.as_str().map(str::to_owned)).collect()),
    };
    match patterns {
        Some(schema) => Ok(DrizzleConfig { schema, casing }),
        None => Err(known::mismatch(&value, span, "`schema`", "a path, a glob, or an array of them").into()),
    }
}
