//! The real drizzle-kit, as `drizzle-schemas/package-lock.json` pins it.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The folder of the installed packages; installs them with `npm ci` when they are not there.
fn node_modules() -> &'static Path {
    static INSTALLED: OnceLock<PathBuf> = OnceLock::new();
    INSTALLED.get_or_init(|| {
        let project = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").join("drizzle-schemas");
        let folder = project.join("node_modules");
        let lock = std::fs::File::create(std::env::temp_dir().join("drizzle-schemas-npm.lock")).expect("a lock file");
        lock.lock().expect("the lock");
        // npm writes this file last.
        if !folder.join(".package-lock.json").is_file() {
            let status = Command::new("npm").args(["ci", "--silent"]).current_dir(&project).status();
            let status = status.expect("npm runs: Node.js with npm is needed for the tests against drizzle-kit");
            assert!(status.success(), "`npm ci` in drizzle-schemas failed");
        }
        folder
    })
}

/// What `drizzle-kit generate` writes for a project into an empty database.
pub(crate) struct Generated {
    /// The migration.
    pub(crate) sql: String,
    /// `meta/0000_snapshot.json`
    #[allow(dead_code, reason = "not every test that generates compares snapshots")]
    pub(crate) snapshot: String,
}

/// Runs `drizzle-kit generate` on a project, or takes what it wrote for the very same files before: node takes most of the
/// time of a test run. The store is under the target folder, so that `cargo clean` empties it.
///
/// # Errors
/// What drizzle-kit prints when it refuses the project.
pub(crate) fn generate(project: &Path) -> Result<Generated, String> {
    let mut hasher = DefaultHasher::new();
    hash_files(project, Path::new(""), &mut hasher).map_err(|error| error.to_string())?;
    std::fs::read(node_modules().join(".package-lock.json")).map_err(|error| error.to_string())?.hash(&mut hasher);
    include_str!("drizzle_kit.rs").hash(&mut hasher);
    let entry = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("drizzle-kit/{:016x}", hasher.finish()));
    let stored = |name: &str| std::fs::read_to_string(entry.join(name));
    if let (Ok(sql), Ok(snapshot)) = (stored("migration.sql"), stored("snapshot.json")) {
        return Ok(Generated { sql, snapshot });
    }
    let generated = run(project)?;
    let store = |name: &str, text: &str| {
        // Written under another name first: two test binaries may want the same.
        let file = tempfile::NamedTempFile::new_in(&entry)?;
        std::fs::write(file.path(), text)?;
        file.persist(entry.join(name)).map_err(std::io::Error::from)
    };
    std::fs::create_dir_all(&entry).map_err(|error| error.to_string())?;
    store("migration.sql", &generated.sql).map_err(|error| error.to_string())?;
    store("snapshot.json", &generated.snapshot).map_err(|error| error.to_string())?;
    Ok(generated)
}

/// The project is copied first, so that nothing is written next to the original. Its folder `packages` holds stand-ins for
/// packages that the schema imports and that codegen must not need.
fn run(project: &Path) -> Result<Generated, String> {
    let copy = tempfile::tempdir().map_err(|error| error.to_string())?;
    copy_files(project, copy.path()).map_err(|error| error.to_string())?;
    link_packages(project, copy.path()).map_err(|error| error.to_string())?;

    let mut command = Command::new("node");
    command.arg(node_modules().join("drizzle-kit/bin.cjs")).arg("generate").current_dir(copy.path());
    let config = ["ts", "js", "mjs", "cjs", "json"].map(|extension| format!("drizzle.config.{extension}"));
    let config = config.iter().find(|name| copy.path().join(name).is_file());
    let out = match config {
        Some(name) => {
            command.arg(format!("--config={name}"));
            // The folder is the configuration's own, or drizzle-kit's default.
            ["migrations", "drizzle"]
        }
        None => {
            command.args(["--dialect=postgresql", "--schema=./schema.ts", "--out=./migrations"]);
            ["migrations", "migrations"]
        }
    };
    let output = command.output().map_err(|error| format!("node does not run: {error}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let refused = || Err(format!("{}{}", text(&output.stdout), text(&output.stderr)));
    let Some(folder) = out.iter().map(|folder| copy.path().join(folder)).find(|folder| folder.is_dir()) else {
        return refused();
    };
    let entries = std::fs::read_dir(&folder).map_err(|error| error.to_string())?;
    let mut files = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let migration = files.find(|file| file.extension().is_some_and(|extension| extension == "sql"));
    let Some(migration) = migration.filter(|_| output.status.success()) else { return refused() };
    let read = |path: &Path| std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()));
    let prefix =
        migration.file_name().and_then(|name| name.to_str()?.split_once('_')).map_or("0000", |(prefix, _)| prefix);
    let snapshot = folder.join(format!("meta/{prefix}_snapshot.json"));
    Ok(Generated { sql: read(&migration)?, snapshot: read(&snapshot)? })
}

fn hash_files(folder: &Path, name: &Path, hasher: &mut DefaultHasher) -> std::io::Result<()> {
    let mut entries = std::fs::read_dir(folder)?.collect::<std::io::Result<Vec<_>>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let name = name.join(entry.file_name());
        if entry.file_type()?.is_file() {
            name.hash(hasher);
            std::fs::read(entry.path())?.hash(hasher);
        } else if entry.file_type()?.is_dir() && entry.file_name() != "node_modules" {
            hash_files(&entry.path(), &name, hasher)?;
        }
    }
    Ok(())
}

fn link_packages(project: &Path, copy: &Path) -> std::io::Result<()> {
    let target = copy.join("node_modules");
    std::fs::create_dir(&target)?;
    for folder in [node_modules(), &project.join("packages")] {
        if !folder.is_dir() {
            continue;
        }
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            std::os::unix::fs::symlink(entry.path(), target.join(entry.file_name()))?;
        }
    }
    Ok(())
}

fn copy_files(from: &Path, to: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_file() {
            std::fs::copy(entry.path(), target)?;
        } else if entry.file_type()?.is_dir() && entry.file_name() != "node_modules" {
            std::fs::create_dir(&target)?;
            copy_files(&entry.path(), &target)?;
        }
    }
    Ok(())
}
