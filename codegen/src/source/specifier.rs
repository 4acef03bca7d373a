//! Which files a `schema` setting means: drizzle-kit's rules for files, folders and globs.

use std::path::{Path, PathBuf};

use super::resolve::normalize;

/// The endings of schema files, as drizzle-kit filters them.
const ENDINGS: [&str; 6] = ["ts", "mts", "cts", "js", "mjs", "cjs"];

/// Expands files, folders (their direct files only) and globs, each sorted, without repeats, in the order given.
///
/// # Errors
/// A message for the first pattern that is malformed or means no file.
pub fn expand(root: &Path, patterns: &[String]) -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    for pattern in patterns {
        let found = matches(root, pattern)?;
        if found.is_empty() {
            return Err(format!("no schema files found for `{pattern}` (looked in {})", root.display()));
        }
        for file in found {
            if !files.contains(&file) {
                files.push(file);
            }
        }
    }
    Ok(files)
}

fn matches(root: &Path, pattern: &str) -> Result<Vec<PathBuf>, String> {
    let path = normalize(&root.join(pattern));
    if path.is_file() {
        return Ok(vec![path]);
    }
    let mut found = Vec::new();
    if path.is_dir() {
        let entries = std::fs::read_dir(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        found.extend(entries.filter_map(|entry| Some(entry.ok()?.path())));
    } else {
        let text = path.to_str().ok_or_else(|| format!("`{pattern}` is not valid UTF-8"))?;
        let entries = glob::glob(text).map_err(|error| format!("`{pattern}` is no valid glob: {error}"))?;
        found.extend(entries.filter_map(Result::ok));
    }
    found.retain(|file| file.is_file() && is_schema_file(file));
    found.sort();
    Ok(found)
}

fn is_schema_file(path: &Path) -> bool {
    path.extension().and_then(|ending| ending.to_str()).is_some_and(|ending| ENDINGS.contains(&ending))
}
