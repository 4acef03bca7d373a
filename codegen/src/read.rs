//! The front half as one function: schema files in, IR out.

use std::path::PathBuf;

use crate::diagnostic::{Diagnostic, Severity};
use crate::drizzle::{Casing, DrizzlePackages, lower};
use crate::evaluate::Interpreter;
use crate::parse::Loading;
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
/// is used. Threads that parse have as much.
pub(crate) const STACK_SIZE: usize = 512 << 20;

/// Whether the types in `$type<T>()` are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Types {
    /// They are.
    Read,
    /// They are not: the database knows nothing of them, and neither do DDL and drizzle-kit's snapshot.
    Ignored,
}

/// Reads schema files: parses them with all that they import, evaluates them and lowers what they export.
pub fn read(options: &ReadOptions) -> Read {
    read_then(options, Types::Read, |read| read).unwrap_or_else(|error| failed(no_thread(&error)))
}

/// Reads schema files and gives what `then` makes of them, in the thread that has read them: what it is made of is at hand
/// there.
///
/// # Errors
/// When that thread cannot be started.
pub fn read_then<T: Send + 'static>(
    options: &ReadOptions,
    types: Types,
    then: impl FnOnce(Read) -> T + Send + 'static,
) -> std::io::Result<T> {
    let options = options.clone();
    on_large_stack(move |answer| read_here(&options, types, |read| answer(then(read))))
}

/// Runs `work` on a thread whose stack is large enough for what the parser accepts, and returns what it answers with. It
/// does not wait for what `work` does after its answer: giving a large tree's memory back takes time too.
///
/// # Errors
/// When the thread cannot be started.
pub(crate) fn on_large_stack<T: Send + 'static>(work: impl FnOnce(&dyn Fn(T)) + Send + 'static) -> std::io::Result<T> {
    let (sender, receiver) = std::sync::mpsc::sync_channel(1);
    let thread = std::thread::Builder::new().name("codegen".to_owned()).stack_size(STACK_SIZE);
    let thread = thread.spawn(move || {
        work(&|answer| {
            // The receiver waits for it.
            let _ = sender.send(answer);
        });
    })?;
    if let Ok(answer) = receiver.recv() {
        return Ok(answer);
    }
    match thread.join() {
        Err(panic) => std::panic::resume_unwind(panic),
        Ok(()) => unreachable!("`work` answers or panics"),
    }
}

pub(crate) fn no_thread(error: &std::io::Error) -> Diagnostic {
    Diagnostic::error("E0103", format!("cannot start a thread: {error}"))
}

fn failed(diagnostic: Diagnostic) -> Read {
    Read { schema: None, diagnostics: vec![diagnostic], sources: Sources::default() }
}

fn read_here(options: &ReadOptions, types: Types, answer: impl FnOnce(Read)) {
    let files = match expand(&options.root, &options.patterns) {
        Ok(files) => files,
        Err(message) => return answer(failed(Diagnostic::error("E0101", message))),
    };
    let mut diagnostics = Vec::new();
    let loading = Loading::start(&options.root, &files);
    let modules = loading.modules();
    let packages = DrizzlePackages::default();
    let mut interpreter = Interpreter::new(&modules, &packages);
    // The first modules run while the last are parsed.
    for entry in modules.entries() {
        interpreter.run(*entry);
    }
    let mut graph = loading.finish(&mut diagnostics);
    let lowered = (!interpreter.is_exhausted()).then(|| lower(&mut interpreter, &graph, options.casing));
    diagnostics.extend(interpreter.take_diagnostics());
    diagnostics.sort_by_key(Diagnostic::order);
    let has_errors = diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    let Some((mut schema, uses)) = lowered.filter(|_| !has_errors) else {
        return answer(Read { schema: None, diagnostics, sources: graph.sources.clone() });
    };
    if types == Types::Read && !uses.is_empty() {
        // The types are read from the same trees, and further files may join them.
        drop(interpreter);
        drop(modules);
        crate::typescript::resolve(&mut schema, &uses, &mut graph, &options.root);
    }
    answer(Read { schema: Some(schema), diagnostics, sources: graph.sources.clone() });
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;
    use std::fs;

    use super::*;

    /// Modules that import one another, through a barrel and in a circle, in a folder of their own.
    fn read_modules(twist: &dyn Fn(usize) -> &'static str) -> (Vec<String>, Vec<String>) {
        const MODULES: usize = 40;
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        let mut barrel = String::new();
        for number in (0..MODULES).rev() {
            let other = (number + 1) % MODULES;
            writeln!(barrel, "export * from './part_{number}';").unwrap();
            let text = format!(
                "import {{ integer, pgTable }} from 'drizzle-orm/pg-core';
                import {{ id }} from './helpers';
                import {{ table{other} }} from './part_{other}';
                export const table{number} = pgTable('table_{number}', {{
                    id: id(), other: integer().references(() => table{other}.id),{}
                }});",
                twist(number)
            );
            write(&format!("part_{number}.ts"), &text);
        }
        write("index.ts", &barrel);
        write("helpers.ts", "export * from './columns';");
        write(
            "columns.ts",
            "import { integer } from 'drizzle-orm/pg-core'; export const id = () => integer().primaryKey();",
        );
        let (root, patterns) = (folder.path().to_owned(), vec!["index.ts".to_owned()]);
        let read = read(&ReadOptions { root, patterns, casing: Casing::Keep });
        let tables = read.schema.into_iter().flat_map(|schema| schema.tables);
        let names = tables.map(|table| format!("{} -> {}", table.name, table.foreign_keys[0].foreign_table));
        (names.collect(), read.diagnostics.into_iter().map(|diagnostic| diagnostic.message).collect())
    }

    /// Modules run while others are parsed, on whichever thread: what comes out is the same each time.
    #[test]
    fn what_is_read_does_not_depend_on_timing() {
        let expected: Vec<String> =
            (0..40).rev().map(|number| format!("table_{number} -> table_{}", (number + 1) % 40)).collect();
        let wrong = |number| if number % 10 == 3 { "wrong: integer().frist()," } else { "" };
        let (_, first) = read_modules(&wrong);
        assert_eq!(first.len(), 4, "{first:?}");
        for _ in 0..20 {
            assert_eq!(read_modules(&|_| ""), (expected.clone(), Vec::new()));
            assert_eq!(read_modules(&wrong), (Vec::new(), first.clone()));
        }
    }
}
