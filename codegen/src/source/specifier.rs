//! Which files a `schema` setting means: drizzle-kit's rules for files, folders and globs.

use std::path::{Path, PathBuf};

use super::glob::glob;
use super::resolve::normalize;

/// The endings of schema files: what drizzle-kit can load. It fails on other files; they are passed over here.
const ENDINGS: [&str; 8] = ["ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs"];

/// Folders that compilers write to, and where the sources that they were written from may lie.
const BUILT: [&str; 3] = ["dist", "build", "out"];
const SOURCES: [Option<&str>; 2] = [Some("src"), None];

/// Expands files, folders (their direct files only) and globs, each sorted, without repeats, in the order given.
///
/// A path into a build folder (`dist/schema.js`) where nothing has been built means its source (`src/schema.ts`).
///
/// # Errors
/// A message when a pattern is malformed, or none of them means a file. drizzle-kit too passes over one among others that
/// means none.
pub fn expand(root: &Path, patterns: &[String]) -> Result<Vec<PathBuf>, String> {
    let (mut files, mut missing) = (Vec::new(), Vec::new());
    for pattern in patterns {
        let path = normalize(&root.join(pattern));
        let mut found = matches(&path)?;
        for source in sources(root, &path) {
            if found.is_empty() {
                found = matches(&source)?;
            }
        }
        if found.is_empty() {
            missing.push(format!("`{}`", path.strip_prefix(root).unwrap_or(&path).display()));
        }
        for file in found {
            if !files.contains(&file) {
                files.push(file);
            }
        }
    }
    match (files.is_empty(), missing.is_empty()) {
        (true, false) => {
            Err(format!("no schema files found for {} (looked in {})", missing.join(", "), root.display()))
        }
        _ => Ok(files),
    }
}

fn matches(path: &Path) -> Result<Vec<PathBuf>, String> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    if path.is_dir() {
        found.extend(direct_files(path)?);
    } else {
        let text = path.to_str().ok_or_else(|| format!("`{}` is not valid UTF-8", path.display()))?;
        for path in glob(text).map_err(|error| format!("`{text}` {error}"))? {
            // A folder that a glob names means its files, like one that is named itself.
            if path.is_dir() { found.extend(direct_files(&path)?) } else { found.push(path) }
        }
    }
    found.retain(|file| file.is_file() && is_schema_file(file));
    Ok(found)
}

fn direct_files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.sort();
    Ok(files)
}

/// Where the source of a built file may lie.
fn sources(root: &Path, path: &Path) -> Vec<PathBuf> {
    // A project may itself lie in a folder of such a name.
    let (root, inside) = path.strip_prefix(root).map_or((Path::new(""), path), |inside| (root, inside));
    let parts: Vec<_> = inside.iter().collect();
    let Some(built) = parts.iter().rposition(|part| BUILT.iter().any(|name| part == name)) else { return Vec::new() };
    let before = root.join(parts[..built].iter().collect::<PathBuf>());
    let after: PathBuf = parts[built + 1..].iter().collect();
    let endings: &[&str] = match after.extension().and_then(|ending| ending.to_str()) {
        Some("js") => &["ts", "tsx"],
        Some("mjs") => &["mts", "ts"],
        Some("cjs") => &["cts", "ts"],
        _ => &[],
    };
    let mut sources: Vec<PathBuf> = endings.iter().map(|ending| after.with_extension(ending)).collect();
    sources.push(after);
    let folders = SOURCES.map(|folder| folder.map_or_else(|| before.clone(), |folder| before.join(folder)));
    folders.iter().flat_map(|folder| sources.iter().map(|source| folder.join(source))).collect()
}

fn is_schema_file(path: &Path) -> bool {
    path.extension().and_then(|ending| ending.to_str()).is_some_and(|ending| ENDINGS.contains(&ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(files: &[&str], patterns: &[&str]) -> Result<Vec<String>, String> {
        let project = tempfile::tempdir().unwrap();
        for file in files {
            let file = project.path().join(file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, "").unwrap();
        }
        let patterns: Vec<String> = patterns.iter().map(|&pattern| pattern.to_owned()).collect();
        let found = expand(project.path(), &patterns)?;
        let name = |path: &PathBuf| path.strip_prefix(project.path()).unwrap().to_str().unwrap().to_owned();
        Ok(found.iter().map(name).collect())
    }

    #[test]
    fn what_was_not_built_means_its_source() {
        let source = Ok(vec!["src/schema/index.ts".to_owned()]);
        for pattern in ["dist/schema/index.js", "./dist/schema/index.mjs", "build/src/schema/index.js", "dist/schema"] {
            assert_eq!(expanded(&["src/schema/index.ts"], &[pattern]), source, "{pattern}");
        }
        let built = expanded(&["dist/schema.js", "src/schema.ts"], &["dist/*.js"]);
        assert_eq!(built, Ok(vec!["dist/schema.js".to_owned()]), "what was built comes first");
        assert_eq!(
            expanded(&["src/db/user.schema.ts"], &["dist/db/**/*.schema.js"]).unwrap(),
            ["src/db/user.schema.ts"]
        );
    }

    #[test]
    fn only_patterns_that_all_mean_nothing_are_an_error() {
        assert_eq!(expanded(&["a.ts"], &["gone.ts", "a.ts"]), Ok(vec!["a.ts".to_owned()]));
        let error = expanded(&["a.ts"], &["./gone.ts", "none/*"]).unwrap_err();
        assert!(error.starts_with("no schema files found for `gone.ts`, `none/*`"), "{error}");
    }
}
