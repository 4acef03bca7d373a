//! The front half as one function: schema files in, IR out.

use std::path::PathBuf;

use crate::diagnostic::{Diagnostic, Severity};
use crate::drizzle::{Casing, DrizzlePackages, lower};
use crate::evaluate::Interpreter;
use crate::parse::ModuleGraph;
use crate::schema::Schema;
use crate::source::{Sources, expand};

/// What to read.
#[derive(Debug, Clone)]
pub struct ReadOptions {
    /// The folder that patterns and file names in messages are relative to.
    pub root: PathBuf,
    /// Files, folders and globs, as drizzle-kit's `schema` setting has them.
    pub patterns: Vec<String>,
    /// The names of columns without one.
    pub casing: Casing,
}

/// What was read.
#[derive(Debug)]
pub struct Read {
    /// The schema; `None` when there are errors.
    pub schema: Option<Schema>,
    /// Errors and warnings in source order.
    pub diagnostics: Vec<Diagnostic>,
    /// The texts, to render them.
    pub sources: Sources,
}

/// The parser and the evaluator recurse as deep as the source nests. Address space is all that a stack takes up before it
/// is used.
const STACK_SIZE: usize = 512 << 20;

/// Reads schema files: parses them with all that they import, evaluates them and lowers what they export.
pub fn read(options: &ReadOptions) -> Read {
    let options = options.clone();
    let thread = std::thread::Builder::new().name("codegen".to_owned()).stack_size(STACK_SIZE);
    let result = thread.spawn(move || read_here(&options)).map(std::thread::JoinHandle::join);
    match result {
        Ok(Ok(read)) => read,
        Ok(Err(panic)) => std::panic::resume_unwind(panic),
        Err(error) => failed(Diagnostic::error("E0103", format!("cannot start a thread: {error}"))),
    }
}

fn failed(diagnostic: Diagnostic) -> Read {
    Read { schema: None, diagnostics: vec![diagnostic], sources: Sources::default() }
}

fn read_here(options: &ReadOptions) -> Read {
    let files = match expand(&options.root, &options.patterns) {
        Ok(files) => files,
        Err(message) => return failed(Diagnostic::error("E0101", message)),
    };
    let mut diagnostics = Vec::new();
    let mut graph = ModuleGraph::load(&options.root, &files, &mut diagnostics);
    let packages = DrizzlePackages::default();
    let mut interpreter = Interpreter::new(&graph, &packages);
    for entry in &graph.entries {
        interpreter.run(*entry);
    }
    let lowered = (!interpreter.is_exhausted()).then(|| lower(&mut interpreter, &graph, options.casing));
    diagnostics.extend(interpreter.take_diagnostics());
    diagnostics.sort_by_key(Diagnostic::order);
    let has_errors = diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    drop(interpreter);
    let schema = lowered.filter(|_| !has_errors).map(|(mut schema, uses)| {
        crate::typescript::resolve(&mut schema, &uses, &mut graph, &options.root);
        schema
    });
    Read { schema, diagnostics, sources: graph.sources }
}
