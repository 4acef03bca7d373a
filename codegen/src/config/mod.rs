//! Settings: flags, then `codegen.toml`, then `drizzle.config.ts`.

mod file;

use std::path::{Component, Path, PathBuf};

use crate::drizzle::Casing;
use crate::generate::Overrides;

/// The settings file's name.
pub const FILE_NAME: &str = "codegen.toml";

/// Names under which drizzle-kit looks for its own settings, in its order; then those that it must be given by name.
const DRIZZLE_CONFIGS: &[&str] =
    &["drizzle.config.ts", "drizzle.config.js", "drizzle.config.json", "drizzle.config.mjs", "drizzle.config.cjs"];

/// What the command line says. Paths are relative to the current folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flags {
    /// Schema files or globs.
    pub schema: Vec<String>,
    /// A `codegen.toml`, or a drizzle-kit configuration.
    pub config: Option<PathBuf>,
    /// The folder to write to.
    pub out: Option<PathBuf>,
    /// The names of columns without one, whatever the drizzle-kit configuration says.
    pub casing: Option<Casing>,
}

/// The effective settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The project's folder: that of `codegen.toml`, else the current one. Places in messages and in generated files
    /// are relative to it.
    pub root: PathBuf,
    /// The `codegen.toml` that was read.
    pub file: Option<PathBuf>,
    /// Schema files, folders and globs, absolute or relative to [`Settings::root`]; none where the drizzle-kit
    /// configuration names them.
    pub schema: Vec<String>,
    /// The drizzle-kit configuration that says what `schema` does not, such as `casing`.
    pub drizzle_config: Option<PathBuf>,
    /// The folder to write to, if any setting names one.
    pub out: Option<PathBuf>,
    /// The names of columns without one; `None` leaves them to the drizzle-kit configuration.
    pub casing: Option<Casing>,
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

/// Brings the settings together: a flag wins over the file, and `schema` over the
/// `schema` of a drizzle-kit configuration.
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

    let from_flags: Vec<String> = flags.schema.iter().map(|pattern| relative(&current.join(pattern), &root)).collect();
    // `--config drizzle.config.ts` asks for that file's schema; `--schema` beside it for its casing only.
    let schema = match (from_flags.is_empty(), &drizzle) {
        (false, _) => from_flags,
        (true, Some(_)) => Vec::new(),
        (true, None) => file.schema,
    };
    let found = || {
        let mut paths = DRIZZLE_CONFIGS.iter().map(|name| root.join(name));
        if schema.is_empty() { paths.find(|path| path.is_file()) } else { None }
    };
    let drizzle_config = drizzle.or(file.config.map(|config| root.join(config))).or_else(found);
    if schema.is_empty() && drizzle_config.is_none() {
        return Err(Error::NoSchema);
    }
    let out = flags.out.as_ref().map(|out| current.join(out)).or(file.out.as_ref().map(|out| root.join(out)));
    Ok(Settings { root, file: path, schema, drizzle_config, out, casing: flags.casing, overrides: file.overrides })
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
        let config = settings.drizzle_config.iter().map(|path| format!("config:{}", relative(path, &settings.root)));
        settings.schema.iter().cloned().chain(config).collect()
    }

    #[test]
    fn a_configuration_is_found_under_each_of_its_names() {
        let folder = tempfile::tempdir().unwrap();
        // The later ones in this list are taken before the earlier.
        for name in ["cjs", "mjs", "json", "js", "ts"].map(|end| format!("drizzle.config.{end}")) {
            fs::write(folder.path().join(&name), "").unwrap();
            let found = settings(&Flags::default(), folder.path()).unwrap();
            assert_eq!(patterns(&found), [format!("config:{name}")]);
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

        let flags = Flags { schema: vec!["../x/*.ts".into()], out: Some("gen".into()), ..Flags::default() };
        let flags = settings(&flags, &inner).unwrap();
        assert_eq!(patterns(&flags), ["crates/x/*.ts"]);
        assert_eq!(flags.out, Some(inner.join("gen")));

        let config = Flags { config: Some("../../drizzle.config.ts".into()), ..Flags::default() };
        let config = settings(&config, &inner).unwrap();
        assert_eq!(patterns(&config), ["config:drizzle.config.ts"]);
        assert_eq!(config.out, Some(root.join("src/models")));
    }
}
