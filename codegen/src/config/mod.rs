//! Settings: flags, then `codegen.toml`, then `drizzle.config.ts`.

mod file;

use std::path::{Component, Path, PathBuf};

use crate::generate::Overrides;

/// The settings file's name.
pub const FILE_NAME: &str = "codegen.toml";

/// Names under which drizzle-kit looks for its own settings.
const DRIZZLE_CONFIGS: &[&str] = &["drizzle.config.ts", "drizzle.config.js", "drizzle.config.json"];

/// What the command line says. Paths are relative to the current folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flags {
    /// Schema files or globs.
    pub schema: Vec<String>,
    /// A `codegen.toml`, or a drizzle-kit configuration.
    pub config: Option<PathBuf>,
    /// The folder to write to.
    pub out: Option<PathBuf>,
}

/// Where the schema is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemaSource {
    /// Files, folders and globs, absolute or relative to [`Settings::root`].
    Patterns(Vec<String>),
    /// The `schema` of a drizzle-kit configuration.
    DrizzleConfig(PathBuf),
}

/// The effective settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The project's folder: that of `codegen.toml`, else the current one. Places in messages and in generated files
    /// are relative to it.
    pub root: PathBuf,
    /// The `codegen.toml` that was read.
    pub file: Option<PathBuf>,
    /// Where the schema is.
    pub schema: SchemaSource,
    /// The folder to write to, if any setting names one.
    pub out: Option<PathBuf>,
    /// Overrides for single tables and columns.
    pub overrides: Overrides,
}

/// Why there are no settings.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A settings file could not be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A settings file is wrong; all that is wrong with it, as `file:line:column: what`.
    #[error("{}", .0.join("\n"))]
    Invalid(Vec<String>),
    /// Nothing says where the schema is.
    #[error(
        "no schema: give `--schema 'src/db/*.ts'`, or `schema` in a {FILE_NAME}, or run in a folder with a drizzle.config.ts"
    )]
    NoSchema,
}

/// Brings the settings together: a flag wins over the file, and `schema` over `config` where both are said.
///
/// # Errors
/// [`Error`]: an unreadable or wrong file, or no schema at all.
pub fn settings(flags: &Flags, current: &Path) -> Result<Settings, Error> {
    let is_toml = |path: &&PathBuf| path.extension().is_some_and(|end| end == "toml");
    let given = flags.config.as_ref().filter(is_toml).map(|path| current.join(path));
    let drizzle = flags.config.as_ref().filter(|path| !is_toml(path)).map(|path| current.join(path));
    let path = given.or_else(|| find_upward(current));
    let file = match &path {
        Some(path) => file::read(path)?,
        None => file::File::default(),
    };
    let root = path.as_deref().and_then(Path::parent).unwrap_or(current).to_owned();

    let from_flags = || {
        let patterns = flags.schema.iter().map(|pattern| relative(&current.join(pattern), &root));
        (!flags.schema.is_empty()).then(|| SchemaSource::Patterns(patterns.collect()))
    };
    let from_file = || (!file.schema.is_empty()).then(|| SchemaSource::Patterns(file.schema.clone()));
    let config_of_file = || file.config.as_ref().map(|config| SchemaSource::DrizzleConfig(root.join(config)));
    let found = || {
        let paths = DRIZZLE_CONFIGS.iter().map(|name| root.join(name));
        paths.into_iter().find(|path| path.is_file()).map(SchemaSource::DrizzleConfig)
    };
    let schema = from_flags()
        .or(drizzle.map(SchemaSource::DrizzleConfig))
        .or_else(from_file)
        .or_else(config_of_file)
        .or_else(found)
        .ok_or(Error::NoSchema)?;
    let out = flags.out.as_ref().map(|out| current.join(out)).or(file.out.as_ref().map(|out| root.join(out)));
    Ok(Settings { root, file: path, schema, out, overrides: file.overrides })
}

/// The nearest `codegen.toml`, in a folder or above it.
fn find_upward(folder: &Path) -> Option<PathBuf> {
    folder.ancestors().map(|folder| folder.join(FILE_NAME)).find(|path| path.is_file())
}

/// A path or pattern as seen from a folder, with `.` and `..` taken out where the folder holds it.
fn relative(path: &Path, folder: &Path) -> String {
    let mut clean = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                clean.pop();
            }
            other => clean.push(other),
        }
    }
    let inside = clean.strip_prefix(folder).map(Path::to_owned).unwrap_or(clean);
    inside.to_string_lossy().replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn patterns(settings: &Settings) -> Vec<String> {
        match &settings.schema {
            SchemaSource::Patterns(patterns) => patterns.clone(),
            SchemaSource::DrizzleConfig(path) => vec![format!("config:{}", relative(path, &settings.root))],
        }
    }

    #[test]
    fn flags_win_over_the_file_and_the_file_over_drizzle_config() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let inner = root.join("crates/app");
        fs::create_dir_all(&inner).unwrap();

        let none = settings(&Flags::default(), root).unwrap_err();
        assert!(matches!(none, Error::NoSchema), "{none}");

        fs::write(root.join("drizzle.config.ts"), "").unwrap();
        let drizzle = settings(&Flags::default(), root).unwrap();
        assert_eq!((patterns(&drizzle), drizzle.out), (vec!["config:drizzle.config.ts".to_owned()], None));

        fs::write(root.join(FILE_NAME), "schema = \"db/*.ts\"\nout = \"src/models\"\n").unwrap();
        let file = settings(&Flags::default(), &inner).unwrap();
        assert_eq!(patterns(&file), ["db/*.ts"]);
        assert_eq!((file.root.as_path(), file.out), (root, Some(root.join("src/models"))));

        let flags = Flags { schema: vec!["../x/*.ts".into()], out: Some("gen".into()), config: None };
        let flags = settings(&flags, &inner).unwrap();
        assert_eq!(patterns(&flags), ["crates/x/*.ts"]);
        assert_eq!(flags.out, Some(inner.join("gen")));

        let config = Flags { config: Some("../../drizzle.config.ts".into()), ..Flags::default() };
        let config = settings(&config, &inner).unwrap();
        assert_eq!(patterns(&config), ["config:drizzle.config.ts"]);
        assert_eq!(config.out, Some(root.join("src/models")));
    }
}
