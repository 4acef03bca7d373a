//! Module specifiers to files: relative paths, the `paths` of a `tsconfig.json`, and the packages of the project itself.

use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::package::{self, Package, Workspace};
use super::tsconfig::Paths;

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

/// Resolves specifiers and remembers what it asked of the file system.
#[derive(Debug, Default)]
pub struct Resolver {
    root: PathBuf,
    /// By the path's text: a path itself is hashed component by component.
    is_file: FxHashMap<OsString, bool>,
    /// The nearest `tsconfig.json`'s paths and the nearest `package.json`, by folder.
    paths: FxHashMap<PathBuf, Arc<Paths>>,
    packages: FxHashMap<PathBuf, Option<Arc<Package>>>,
    workspaces: FxHashMap<PathBuf, Arc<Workspace>>,
    /// What packages are, by importing folder and specifier.
    resolved: FxHashMap<(PathBuf, String), Target>,
}

impl Resolver {
    /// A resolver for a project: its `tsconfig.json` comes before those of the importing files, as drizzle-kit knows only
    /// that of the folder where it runs.
    pub fn new(root: &Path) -> Self {
        Self { root: root.to_owned(), ..Self::default() }
    }

    /// What `specifier`, written in the file `from`, names.
    pub fn resolve(&mut self, from: &Path, specifier: &str) -> Target {
        let relative = specifier.starts_with("./") || specifier.starts_with("../") || matches!(specifier, "." | "..");
        let folder = from.parent().unwrap_or(Path::new(""));
        if relative || Path::new(specifier).is_absolute() {
            let path = normalize(&folder.join(specifier.strip_prefix("./").unwrap_or(specifier)));
            return self.candidates(&path).map_or(Target::Missing, Target::File);
        }
        // What every schema imports is known by name, and never a file of the project.
        let name = package::split(specifier).0;
        if matches!(name, "drizzle-orm" | "drizzle-kit" | "drizzle-zod") || name.starts_with("node:") {
            return Target::Package(specifier.to_owned());
        }
        let key = (folder.to_owned(), specifier.to_owned());
        if let Some(known) = self.resolved.get(&key) {
            return known.clone();
        }
        let found = self.non_relative(folder, specifier);
        let target = found.map_or_else(|| Target::Package(specifier.to_owned()), Target::File);
        self.resolved.insert(key, target.clone());
        target
    }

    /// `paths` of the project's configuration, then of the importing file's, then packages.
    fn non_relative(&mut self, folder: &Path, specifier: &str) -> Option<PathBuf> {
        for configured in [self.root.clone(), folder.to_owned()] {
            let paths = self.paths_of(&configured);
            for candidate in paths.candidates(specifier) {
                if let Some(file) = self.candidates(&candidate) {
                    return Some(file);
                }
            }
        }
        let entries = if specifier.starts_with('#') {
            self.package_of(folder)?.imports(specifier)
        } else {
            let (name, subpath) = package::split(specifier);
            self.project_package(folder, name)?.entries(subpath)
        };
        entries.iter().find_map(|entry| self.candidates(entry))
    }

    /// The package of that name if it is a part of the project: the importing one itself, one that is linked into
    /// `node_modules`, or one of the workspace, whether installed or not.
    fn project_package(&mut self, folder: &Path, name: &str) -> Option<Arc<Package>> {
        if let Some(own) = self.package_of(folder).filter(|own| own.name() == Some(name)) {
            return Some(own);
        }
        for above in folder.ancestors() {
            let installed = above.join("node_modules").join(name);
            let Ok(metadata) = installed.symlink_metadata() else { continue };
            // A folder of its own, or a link into a package manager's store, is somebody else's code.
            let linked = if metadata.is_symlink() { installed.canonicalize().ok() } else { None };
            let linked = linked.filter(|target| !package::is_installed(target))?;
            return self.package_in(&linked);
        }
        let workspace = match self.workspaces.get(folder) {
            Some(known) => known.clone(),
            None => {
                let workspace = Arc::new(Workspace::of(folder));
                self.workspaces.insert(folder.to_owned(), workspace.clone());
                workspace
            }
        };
        self.package_in(workspace.package(name)?)
    }

    fn package_in(&mut self, folder: &Path) -> Option<Arc<Package>> {
        if let Some(known) = self.packages.get(folder) {
            return known.clone();
        }
        let package = Package::read(folder).map(Arc::new);
        self.packages.insert(folder.to_owned(), package.clone());
        package
    }

    /// The package that a folder belongs to.
    fn package_of(&mut self, folder: &Path) -> Option<Arc<Package>> {
        folder.ancestors().find_map(|above| self.package_in(above))
    }

    fn paths_of(&mut self, folder: &Path) -> Arc<Paths> {
        if let Some(known) = self.paths.get(folder) {
            return known.clone();
        }
        let config = folder.join("tsconfig.json");
        let paths = if self.is_file(&config) {
            Arc::new(Paths::read(&config, &mut |folder, specifier| self.extended_package(folder, specifier)))
        } else {
            folder.parent().map_or_else(Arc::default, |parent| self.paths_of(parent))
        };
        self.paths.insert(folder.to_owned(), paths.clone());
        paths
    }

    /// The configuration file that `"extends": "@acme/tsconfig/base.json"` means.
    fn extended_package(&mut self, folder: &Path, specifier: &str) -> Option<PathBuf> {
        let (name, subpath) = package::split(specifier);
        let linked = folder.ancestors().map(|above| above.join("node_modules").join(name)).find(|path| path.is_dir());
        let package = match linked {
            Some(linked) => self.package_in(&linked)?,
            None => self.project_package(folder, name)?,
        };
        let mut files = package.entries(subpath);
        let file = if subpath.is_empty() { "tsconfig.json" } else { subpath };
        files.push(package.folder.join(file));
        files.push(package.folder.join(format!("{file}.json")));
        files.into_iter().find(|file| file.extension().is_some_and(|ending| ending == "json") && file.is_file())
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
        if let Some(known) = self.is_file.get(path.as_os_str()) {
            return *known;
        }
        let is_file = path.is_file();
        self.is_file.insert(path.as_os_str().to_owned(), is_file);
        is_file
    }
}

/// Takes `.` and `..` out of a path without asking the file system.
pub(crate) fn normalize(path: &Path) -> PathBuf {
    let text = path.as_os_str().as_encoded_bytes();
    let is_odd = |pair: &[u8]| pair[0] == b'/' && matches!(pair[1], b'.' | b'/');
    if cfg!(unix) && text.starts_with(b"/") && !text.ends_with(b"/") && !text.windows(2).any(is_odd) {
        return path.to_owned();
    }
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
