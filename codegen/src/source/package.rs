//! Packages of the project itself: those of its workspace, and what a `package.json` says of their files.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::jsonc;
use super::resolve::normalize;

/// The conditions of `exports` and `imports` under which a file is taken, as drizzle-kit's loader sets them; `types` and
/// the others, which often name the source where the built file is missing, come after.
const CONDITIONS: &[&str] = &["node", "require", "module-sync", "default"];
const OTHER_CONDITIONS: &[&str] = &["import", "development", "source", "types", "bun", "worker", "browser"];

/// A `package.json`.
#[derive(Debug)]
pub(super) struct Package {
    pub(super) folder: PathBuf,
    manifest: Value,
}

impl Package {
    /// Reads the `package.json` of a folder.
    pub(super) fn read(folder: &Path) -> Option<Self> {
        let text = std::fs::read_to_string(folder.join("package.json")).ok()?;
        Some(Self { folder: folder.to_owned(), manifest: jsonc::parse(&text)? })
    }

    pub(super) fn name(&self) -> Option<&str> {
        self.manifest["name"].as_str()
    }

    /// The paths that `name/subpath` may mean, best first; `subpath` is empty for the package itself.
    pub(super) fn entries(&self, subpath: &str) -> Vec<PathBuf> {
        let mut targets = Vec::new();
        match &self.manifest["exports"] {
            Value::Null => {
                if subpath.is_empty() {
                    let fields = ["main", "module", "types", "typings"];
                    targets.extend(fields.iter().filter_map(|field| self.manifest[*field].as_str().map(str::to_owned)));
                    targets.extend(["index".to_owned(), "src/index".to_owned()]);
                } else {
                    targets.push(subpath.to_owned());
                }
            }
            exports => {
                let key = if subpath.is_empty() { ".".to_owned() } else { format!("./{subpath}") };
                let by_subpath = exports.as_object().is_some_and(|map| map.keys().any(|key| key.starts_with('.')));
                if by_subpath {
                    self.pattern(exports, &key, &mut targets);
                } else if subpath.is_empty() {
                    collect(exports, "", &mut targets);
                }
            }
        }
        self.paths(targets)
    }

    /// The paths that a specifier with `#` may mean by the package's `imports`.
    pub(super) fn imports(&self, specifier: &str) -> Vec<PathBuf> {
        let mut targets = Vec::new();
        self.pattern(&self.manifest["imports"], specifier, &mut targets);
        self.paths(targets)
    }

    /// The targets of the key that matches: an exact one, else the longest with a `*`.
    fn pattern(&self, map: &Value, key: &str, targets: &mut Vec<String>) {
        let Some(map) = map.as_object() else { return };
        if let Some(target) = map.get(key) {
            return collect(target, "", targets);
        }
        let matching = map.iter().filter_map(|(pattern, target)| {
            let (before, after) = pattern.split_once('*')?;
            let rest = key.strip_prefix(before)?.strip_suffix(after)?;
            Some((before.len(), rest, target))
        });
        if let Some((_, rest, target)) = matching.max_by_key(|(length, ..)| *length) {
            collect(target, rest, targets);
        }
    }

    /// Where a target was never built, its source is what the package means.
    fn paths(&self, targets: Vec<String>) -> Vec<PathBuf> {
        let mut paths = Vec::with_capacity(targets.len());
        for target in &targets {
            paths.push(normalize(&self.folder.join(target)));
        }
        for target in &targets {
            let target = target.trim_start_matches("./");
            let built = ["dist/", "build/", "lib/", "out/"].iter().find_map(|folder| target.strip_prefix(folder));
            let Some(built) = built.map(|built| built.strip_prefix("src/").unwrap_or(built)) else { continue };
            let endings = [".d.ts", ".d.mts", ".d.cts", ".js", ".mjs", ".cjs"];
            let stem = endings.iter().find_map(|ending| built.strip_suffix(ending)).unwrap_or(built);
            paths.push(normalize(&self.folder.join("src").join(stem)));
        }
        paths
    }

    /// The folders of the workspace whose root this is, as globs; `None` for a package that is no such root.
    fn workspace_globs(&self) -> Option<Vec<String>> {
        let listed = match &self.manifest["workspaces"] {
            Value::Object(map) => map.get("packages").cloned().unwrap_or_default(),
            other => other.clone(),
        };
        if let Some(globs) = listed.as_array() {
            return Some(globs.iter().filter_map(|glob| glob.as_str().map(str::to_owned)).collect());
        }
        pnpm_globs(&std::fs::read_to_string(self.folder.join("pnpm-workspace.yaml")).ok()?)
    }
}

/// The `packages` of a `pnpm-workspace.yaml`, a list of strings.
fn pnpm_globs(text: &str) -> Option<Vec<String>> {
    let mut lines = text.lines().skip_while(|line| line.trim_end() != "packages:").skip(1);
    let mut globs = Vec::new();
    for line in &mut lines {
        let line = line.trim();
        match line.strip_prefix("- ") {
            Some(glob) => {
                let glob = glob.split(" #").next().unwrap_or_default().trim();
                globs.push(glob.trim_matches(['"', '\'']).to_owned());
            }
            None if line.is_empty() || line.starts_with('#') => {}
            None => break,
        }
    }
    (!globs.is_empty()).then_some(globs)
}

/// The targets under a value of `exports`: its conditions in the order of preference, `*` replaced.
fn collect(target: &Value, rest: &str, targets: &mut Vec<String>) {
    match target {
        Value::String(path) => targets.push(path.replace('*', rest)),
        Value::Array(options) => options.iter().for_each(|option| collect(option, rest, targets)),
        Value::Object(conditions) => {
            let met = conditions.iter().filter(|(condition, _)| CONDITIONS.contains(&condition.as_str()));
            met.for_each(|(_, target)| collect(target, rest, targets));
            let others = conditions.iter().filter(|(condition, _)| OTHER_CONDITIONS.contains(&condition.as_str()));
            others.for_each(|(_, target)| collect(target, rest, targets));
            let own = |condition: &str| !CONDITIONS.contains(&condition) && !OTHER_CONDITIONS.contains(&condition);
            let custom = conditions.iter().filter(|(condition, _)| own(condition));
            custom.for_each(|(_, target)| collect(target, rest, targets));
        }
        _ => {}
    }
}

/// `@scope/name/sub/path` as the package's name and the path in it.
pub(super) fn split(specifier: &str) -> (&str, &str) {
    let slashes = if specifier.starts_with('@') { 1 } else { 0 };
    match specifier.match_indices('/').nth(slashes) {
        Some((at, _)) => (&specifier[..at], &specifier[at + 1..]),
        None => (specifier, ""),
    }
}

/// The packages of the workspace that a folder belongs to, by name.
#[derive(Debug, Default)]
pub(super) struct Workspace {
    packages: HashMap<String, PathBuf>,
}

impl Workspace {
    /// Looks for the workspace's root in a folder and above it, and reads its packages' names.
    pub(super) fn of(folder: &Path) -> Self {
        let roots = folder.ancestors().filter_map(Package::read);
        let Some((root, globs)) = roots
            .filter_map(|package| Some((package.workspace_globs()?, package)))
            .next()
            .map(|(globs, root)| (root, globs))
        else {
            return Self::default();
        };
        let mut packages = HashMap::new();
        for glob in globs.iter().filter(|glob| !glob.starts_with('!')) {
            let pattern = root.folder.join(glob.trim_end_matches('/')).join("package.json");
            let Some(found) = pattern.to_str().and_then(|pattern| glob::glob(pattern).ok()) else { continue };
            for manifest in found.filter_map(Result::ok) {
                let Some(folder) = manifest.parent().filter(|folder| !is_installed(folder)) else { continue };
                let package = Package::read(folder);
                if let Some(name) = package.as_ref().and_then(Package::name) {
                    packages.entry(name.to_owned()).or_insert_with(|| folder.to_owned());
                }
            }
        }
        Self { packages }
    }

    pub(super) fn package(&self, name: &str) -> Option<&Path> {
        self.packages.get(name).map(PathBuf::as_path)
    }
}

/// True for a folder of installed packages, which are not read.
pub(super) fn is_installed(path: &Path) -> bool {
    path.components().any(|component| component.as_os_str() == "node_modules")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_specifier_is_a_name_and_a_path() {
        assert_eq!(split("zod"), ("zod", ""));
        assert_eq!(split("zod/v4/core"), ("zod", "v4/core"));
        assert_eq!(split("@acme/db"), ("@acme/db", ""));
        assert_eq!(split("@acme/db/schema/users"), ("@acme/db", "schema/users"));
    }

    #[test]
    fn pnpms_list_ends_where_another_key_begins() {
        let text = "# all\npackages:\n  - 'apps/*'\n  # inner\n  - packages/** # deep\n\ncatalog:\n  - zod\n";
        assert_eq!(pnpm_globs(text), Some(vec!["apps/*".to_owned(), "packages/**".to_owned()]));
        assert_eq!(pnpm_globs("catalog:\n  zod: 1\n"), None);
    }
}
