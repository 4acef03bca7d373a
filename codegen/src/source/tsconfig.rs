//! `paths` and `baseUrl` of a `tsconfig.json`, with what it extends.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::jsonc;
use super::resolve::normalize;

/// How non-relative specifiers are looked up first.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Paths {
    /// `baseUrl`, absolute.
    base_url: Option<PathBuf>,
    /// `paths`: patterns with their substitutions, absolute but for the `*`.
    patterns: Vec<(String, Vec<PathBuf>)>,
}

/// How long a chain of `extends` may be: more is a circle.
const MAX_EXTENDS: usize = 32;

impl Paths {
    /// Reads a configuration file. `package` finds the file that an `extends` of a package means, seen from a folder.
    /// What cannot be read counts as empty, as with drizzle-kit's own loader.
    pub(super) fn read(file: &Path, package: &mut dyn FnMut(&Path, &str) -> Option<PathBuf>) -> Self {
        let mut paths = Self::default();
        paths.extend_from(file, package, 0);
        paths
    }

    fn extend_from(&mut self, file: &Path, package: &mut dyn FnMut(&Path, &str) -> Option<PathBuf>, depth: usize) {
        if depth > MAX_EXTENDS {
            return;
        }
        let Some(config) = std::fs::read_to_string(file).ok().and_then(|text| jsonc::parse(&text)) else { return };
        let folder = file.parent().unwrap_or(Path::new(""));
        // The later of several bases wins, and the file itself over all of them.
        for base in strings(&config["extends"]) {
            let found = if base.starts_with('.') || Path::new(base).is_absolute() {
                extended(&normalize(&folder.join(base)))
            } else {
                package(folder, base)
            };
            if let Some(found) = found {
                self.extend_from(&found, package, depth + 1);
            }
        }
        let options = &config["compilerOptions"];
        if let Some(base_url) = options["baseUrl"].as_str() {
            self.base_url = Some(absolute(folder, base_url));
        }
        if let Some(patterns) = options["paths"].as_object() {
            let base = self.base_url.clone().unwrap_or_else(|| folder.to_owned());
            let substitutions =
                |value: &Value| strings(value).into_iter().map(|path| absolute(&base, path)).collect::<Vec<_>>();
            self.patterns = patterns.iter().map(|(pattern, to)| (pattern.clone(), substitutions(to))).collect();
        }
    }

    /// The paths that a specifier may mean, best first: an exact pattern, else the one with the longest text before `*`,
    /// else what lies under `baseUrl`.
    pub(super) fn candidates(&self, specifier: &str) -> Vec<PathBuf> {
        if let Some((_, paths)) = self.patterns.iter().find(|(pattern, _)| pattern == specifier) {
            return paths.clone();
        }
        let matching = self.patterns.iter().filter_map(|(pattern, paths)| {
            let (before, after) = pattern.split_once('*')?;
            let rest = specifier.strip_prefix(before)?.strip_suffix(after)?;
            Some((before.len(), rest, paths))
        });
        if let Some((_, rest, paths)) = matching.max_by_key(|(length, ..)| *length) {
            let substitute = |path: &PathBuf| normalize(Path::new(&path.to_string_lossy().replacen('*', rest, 1)));
            return paths.iter().map(substitute).collect();
        }
        self.base_url.iter().map(|base| normalize(&base.join(specifier))).collect()
    }
}

fn absolute(folder: &Path, path: &str) -> PathBuf {
    match path.strip_prefix("${configDir}") {
        Some(rest) => normalize(&folder.join(rest.trim_start_matches('/'))),
        None => normalize(&folder.join(path)),
    }
}

/// The file that a relative `extends` means: the ending may be left out.
fn extended(path: &Path) -> Option<PathBuf> {
    let mut with_ending = path.as_os_str().to_owned();
    with_ending.push(".json");
    let options = [path.to_owned(), PathBuf::from(with_ending), path.join("tsconfig.json")];
    options.into_iter().find(|option| option.is_file())
}

/// One string, or several.
fn strings(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}
