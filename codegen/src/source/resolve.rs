//! Module specifiers to files, as TypeScript's bundler resolution has it for relative paths.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

/// What a specifier names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A file of the project.
    File(PathBuf),
    /// A package: its code is not read.
    Package(String),
    /// A relative path where no file lies.
    Missing,
}

/// The extensions that an import may leave out, in the order in which esbuild tries them.
const EXTENSIONS: [&str; 9] = ["ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs", "json"];

/// TypeScript's rule: an import of the emitted file means the source that it is emitted from.
const EMITTED: [(&str, &[&str]); 4] = [("js", &["ts", "tsx"]), ("jsx", &["tsx"]), ("mjs", &["mts"]), ("cjs", &["cts"])];

/// Resolves specifiers and remembers which files exist.
#[derive(Debug, Default)]
pub struct Resolver {
    is_file: HashMap<PathBuf, bool>,
}

impl Resolver {
    /// What `specifier`, written in the file `from`, names.
    pub fn resolve(&mut self, from: &Path, specifier: &str) -> Target {
        let relative = specifier.starts_with("./") || specifier.starts_with("../") || matches!(specifier, "." | "..");
        if !relative && !Path::new(specifier).is_absolute() {
            return Target::Package(specifier.to_owned());
        }
        let folder = from.parent().unwrap_or(Path::new(""));
        let path = normalize(&folder.join(specifier));
        self.candidates(&path).map_or(Target::Missing, Target::File)
    }

    fn candidates(&mut self, path: &Path) -> Option<PathBuf> {
        if path.extension().is_some() && self.is_file(path) {
            return Some(path.to_owned());
        }
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        for extension in EXTENSIONS {
            let candidate = path.with_file_name(format!("{name}.{extension}"));
            if self.is_file(&candidate) {
                return Some(candidate);
            }
        }
        if let Some(extension) = path.extension().and_then(|extension| extension.to_str()) {
            let sources =
                EMITTED.iter().find(|(emitted, _)| *emitted == extension).map_or(&[][..], |(_, sources)| sources);
            for source in sources {
                let candidate = path.with_extension(source);
                if self.is_file(&candidate) {
                    return Some(candidate);
                }
            }
        }
        EXTENSIONS.iter().map(|extension| path.join(format!("index.{extension}"))).find(|index| self.is_file(index))
    }

    fn is_file(&mut self, path: &Path) -> bool {
        if let Some(known) = self.is_file.get(path) {
            return *known;
        }
        let is_file = path.is_file();
        self.is_file.insert(path.to_owned(), is_file);
        is_file
    }
}

/// Takes `.` and `..` out of a path without asking the file system.
pub(crate) fn normalize(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if normal.file_name().is_some() => {
                normal.pop();
            }
            other => normal.push(other),
        }
    }
    normal
}
