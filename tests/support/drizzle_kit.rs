//! The real drizzle-kit, as `drizzle-schemas/package-lock.json` pins it.

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

/// The migration that `drizzle-kit generate` writes for a project into an empty database.
///
/// The project is copied first, so that nothing is written next to the original. Its folder `packages` holds stand-ins for
/// packages that the schema imports and that codegen must not need.
pub(crate) fn generate(project: &Path) -> Result<String, String> {
    let copy = tempfile::tempdir().map_err(|error| error.to_string())?;
    copy_files(project, copy.path()).map_err(|error| error.to_string())?;
    link_packages(project, copy.path()).map_err(|error| error.to_string())?;

    let mut command = Command::new("node");
    command.arg(node_modules().join("drizzle-kit/bin.cjs")).arg("generate").current_dir(copy.path());
    let config = copy.path().join("drizzle.config.ts");
    let out = if config.is_file() {
        command.arg("--config=drizzle.config.ts");
        // The folder is the configuration's own, or drizzle-kit's default.
        ["migrations", "drizzle"]
    } else {
        command.args(["--dialect=postgresql", "--schema=./schema.ts", "--out=./migrations"]);
        ["migrations", "migrations"]
    };
    let output = command.output().map_err(|error| format!("node does not run: {error}"))?;
    let migration = out.iter().find_map(|folder| {
        let entries = std::fs::read_dir(copy.path().join(folder)).ok()?;
        let mut files = entries.filter_map(|entry| Some(entry.ok()?.path()));
        files.find(|file| file.extension().is_some_and(|extension| extension == "sql"))
    });
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    match migration {
        Some(file) if output.status.success() => std::fs::read_to_string(file).map_err(|error| error.to_string()),
        _ => Err(format!("{}{}", text(&output.stdout), text(&output.stderr))),
    }
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
