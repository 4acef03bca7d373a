//! `drizzle.config.ts`, read without running drizzle-kit.

use std::path::{Path, PathBuf};

use super::casing::Casing;
use super::known;
use super::packages::DrizzlePackages;
use crate::diagnostic::Diagnostic;
use crate::evaluate::{Interpreter, Slot, Value};
use crate::parse::{ModuleGraph, ModuleId};
use crate::read::{no_thread, on_large_stack};
use crate::source::{Sources, Span, expand};

/// What a drizzle configuration says about the schema. `out` is drizzle-kit's folder of migrations and no concern of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrizzleConfig {
    /// Files, folders and globs, relative to [`DrizzleConfig::folder`].
    pub schema: Vec<String>,
    /// The folder that drizzle-kit is run in. Its paths are relative to that, wherever the configuration lies.
    pub folder: PathBuf,
    /// `casing`
    pub casing: Casing,
    /// `breakpoints`: drizzle-kit marks where a statement of its SQL ends. True where nothing is said.
    pub breakpoints: bool,
}

/// What marks a folder where commands are run.
const PROJECT_FILES: [&str; 4] = ["package.json", "deno.json", "deno.jsonc", ".git"];

/// Reads the default export of a configuration file.
///
/// Where drizzle-kit is run is not written anywhere: it is the configuration's own folder if `schema` means files there, else
/// the nearest project's folder above where it does.
///
/// # Errors
/// Its diagnostics, with the sources to render them.
pub fn read_config(path: &Path) -> Result<DrizzleConfig, (Vec<Diagnostic>, Sources)> {
    let path = path.to_owned();
    let read = on_large_stack(move |answer| answer(read_here(&path)));
    read.unwrap_or_else(|error| Err((vec![no_thread(&error)], Sources::default())))
}

fn read_here(path: &Path) -> Result<DrizzleConfig, (Vec<Diagnostic>, Sources)> {
    let own = path.parent().map_or_else(PathBuf::new, Path::to_path_buf);
    let config = read_in(path, &own)?;
    if expand(&own, &config.schema).is_ok() {
        return Ok(config);
    }
    let above = own.ancestors().skip(1).filter(|folder| PROJECT_FILES.iter().any(|file| folder.join(file).exists()));
    // What the configuration says may hang on the folder too: `process.cwd()`.
    let elsewhere = above.filter_map(|folder| read_in(path, folder).ok());
    let found = elsewhere.into_iter().find(|config| expand(&config.folder, &config.schema).is_ok());
    Ok(found.unwrap_or(config))
}

fn read_in(path: &Path, folder: &Path) -> Result<DrizzleConfig, (Vec<Diagnostic>, Sources)> {
    let root = path.parent().unwrap_or(Path::new(""));
    let mut diagnostics = Vec::new();
    let graph = ModuleGraph::load(root, &[path.to_owned()], &mut diagnostics);
    let mut config =
        DrizzleConfig { schema: Vec::new(), folder: folder.to_owned(), casing: Casing::Keep, breakpoints: true };
    if diagnostics.is_empty()
        && let Some(entry) = graph.modules.entries().first().copied()
    {
        let packages = DrizzlePackages::default();
        let mut cx = Interpreter::new(&graph.modules, &packages).with_working_folder(folder);
        cx.run(entry);
        match evaluate(&mut cx, &graph, entry) {
            Ok(evaluated) => (config.schema, config.casing, config.breakpoints) = evaluated,
            Err(diagnostic) => cx.report(*diagnostic),
        }
        diagnostics = cx.take_diagnostics();
    }
    if diagnostics.is_empty() { Ok(config) } else { Err((diagnostics, graph.sources)) }
}

/// `schema`, `casing` and `breakpoints`.
fn evaluate(
    cx: &mut Interpreter<'_>,
    graph: &ModuleGraph,
    entry: ModuleId,
) -> Result<(Vec<String>, Casing, bool), Box<Diagnostic>> {
    let read = |thrown: crate::evaluate::Thrown| thrown.diagnostic;
    let start = graph.sources.files().first().map_or(1, |file| file.base);
    let file = Span { lo: start, hi: start };
    let config = cx.export(entry, "default", file).map_err(read)?;
    let mut get = |key: &str| {
        let own = config.as_object().and_then(|object| object.own(key));
        let span = own.as_ref().map(|property| property.span).filter(|span| span.lo > 0).unwrap_or(file);
        match own.map(|property| property.slot) {
            Some(Slot::Value(value)) => Ok((value, span)),
            _ => cx.get(&config, key, file).map(|value| (value, span)).map_err(read),
        }
    };

    let (dialect, span) = get("dialect")?;
    let (driver, _) = get("driver")?;
    // drizzle-kit 0.20 and before had no dialects, and named PostgreSQL's driver instead.
    let is_old_postgresql = dialect.is_undefined() && driver.as_str() == Some("pg");
    if dialect.as_str() != Some("postgresql") && !is_old_postgresql {
        let expected = "'postgresql': codegen reads PostgreSQL schemas only";
        return Err(known::mismatch(&dialect, span, "`dialect`", expected).into());
    }
    let casing = match get("casing")? {
        (Value::Undefined, _) => Casing::Keep,
        (value, span) => match value.as_str() {
            Some("snake_case") => Casing::Snake,
            Some("camelCase") => Casing::Camel,
            _ => return Err(known::mismatch(&value, span, "`casing`", "'snake_case' or 'camelCase'").into()),
        },
    };
    let breakpoints = match get("breakpoints")? {
        // It does not matter to the schema, so that one from the environment is no reason to refuse it.
        (Value::Undefined | Value::Opaque(_), _) => true,
        (Value::Bool(breakpoints), _) => breakpoints,
        (value, span) => return Err(known::mismatch(&value, span, "`breakpoints`", "a boolean").into()),
    };
    let (value, span) = get("schema")?;
    let patterns = match value.as_str() {
        Some(pattern) => Some(vec![pattern.to_owned()]),
        None => value.as_array().and_then(|items| items.iter().map(|item| item.as_str().map(str::to_owned)).collect()),
    };
    match patterns {
        Some(schema) => Ok((schema, casing, breakpoints)),
        None => Err(known::mismatch(&value, span, "`schema`", "a path, a glob, or an array of them").into()),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// The folder, relative to the project's, and the patterns; or what the first error says.
    fn config(files: &[(&str, &str)], path: &str) -> Result<(String, Vec<String>), String> {
        let project = tempfile::tempdir().unwrap();
        for (file, text) in files {
            let file = project.path().join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        let config = read_config(&project.path().join(path)).map_err(|(errors, _)| errors[0].message.clone())?;
        let folder = config.folder.strip_prefix(project.path()).unwrap().to_str().unwrap().to_owned();
        let root = format!("{}/", project.path().display());
        Ok((folder, config.schema.iter().map(|pattern| pattern.replace(&root, "")).collect()))
    }

    #[test]
    fn paths_are_relative_to_the_folder_where_drizzle_kit_is_run() {
        let with = |schema: &str| format!("export default {{ dialect: 'postgresql', schema: {schema} }}");
        let files = |schema: &str| {
            config(
                &[
                    ("package.json", "{}"),
                    ("shop/package.json", "{}"),
                    ("shop/src/db/schema.ts", ""),
                    ("schema.ts", ""),
                    ("shop/src/db/drizzle.config.ts", &with(schema)),
                ],
                "shop/src/db/drizzle.config.ts",
            )
            .unwrap()
        };
        let found = |folder: &str, pattern: &str| (folder.to_owned(), vec![pattern.to_owned()]);
        assert_eq!(
            files("'./schema.ts'"),
            found("shop/src/db", "./schema.ts"),
            "the configuration's folder comes first"
        );
        assert_eq!(files("'src/db/*.ts'"), found("shop", "src/db/*.ts"), "no project's folder in between");
        assert_eq!(files("'shop/src/db'"), found("", "shop/src/db"));
        assert_eq!(files("'nowhere.ts'"), found("shop/src/db", "nowhere.ts"));
        let cwd = "`${process.cwd()}/src/db/schema.ts`";
        assert_eq!(files(cwd), found("shop", "shop/src/db/schema.ts"));
    }

    #[test]
    fn forms_of_a_configuration() {
        let file = |name: &str, text: &str| config(&[(name, text), ("a.ts", "")], name).map(|(_, schema)| schema);
        let a = Ok(vec!["a.ts".to_owned()]);
        assert_eq!(file("c.cjs", "module.exports = { dialect: 'postgresql', schema: 'a.ts' }"), a);
        assert_eq!(file("c.json", r#"{ "dialect": "postgresql", "schema": ["a.ts"] }"#), a);
        assert_eq!(file("c.js", "export default { driver: 'pg', schema: 'a.ts' }"), a, "as before drizzle-kit 0.21");
        for (dialect, told) in [("dialect: 'mysql'", "\"mysql\""), ("driver: 'd1'", "undefined")] {
            let error = file("c.ts", &format!("export default {{ {dialect}, schema: 'a.ts' }}")).unwrap_err();
            assert!(error.contains("`dialect`") && error.contains(told), "{error}");
        }
    }
}
