//! Where the embedded database and its binaries lie.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::file_error;
use super::user::ServerUser;
use crate::error::{Error, Exit, Result};

const NAME: &str = "drizzle-pipeline";

/// The start of the name of a cluster's folder; the major version follows.
const CLUSTER: &str = "postgresql-";

/// Below this, when root's own choice is behind a folder that the server's user cannot enter.
const ROOT_DATA: &str = "/var/lib/drizzle-pipeline";
const ROOT_CACHE: &str = "/var/cache/drizzle-pipeline";

/// The folder for clusters: `wanted`, else below the XDG data folder.
///
/// Root's home is often closed to others (0700), the server's user among them; then the folder is one below `/var/lib`
/// named after the wanted one, so that different homes still have different databases. A cluster that exists is found
/// again at either place, even if somebody has opened or closed the home since.
pub(super) fn data_folder(wanted: Option<&Path>, user: &ServerUser) -> Result<PathBuf> {
    let wanted = wanted_folder(wanted, "XDG_DATA_HOME", ".local/share")?;
    let instead = Path::new(ROOT_DATA).join(short_hash(&wanted));
    if user.is_switched() && !majors(&instead).is_empty() {
        return Ok(instead);
    }
    create(&wanted)?;
    let existing = majors(&wanted).first().map(|major| user.for_owner_of(&cluster_folder(&wanted, *major)));
    let Some(barrier) = existing.as_ref().unwrap_or(user).barred_at(&wanted) else {
        return Ok(wanted);
    };
    if let Some(user) = existing {
        let message = format!(
            "the database in {} cannot be reached by the user `{}`, who runs its server: {} is closed to others",
            wanted.display(),
            user.name(),
            barrier.display()
        );
        return Err(Error::new(Exit::Permission, message)
            .help(format!("let it through (`chmod o+x {}`), or move the folder", barrier.display())));
    }
    create_open(&instead)?;
    Ok(instead)
}

/// Whether that folder has been made. One that cannot be looked into counts as made: using it says why.
pub(super) fn has_data_folder(wanted: Option<&Path>, user: &ServerUser) -> Result<bool> {
    let wanted = wanted_folder(wanted, "XDG_DATA_HOME", ".local/share")?;
    let instead = Path::new(ROOT_DATA).join(short_hash(&wanted));
    let is_there = |folder: &Path| !matches!(folder.try_exists(), Ok(false));
    Ok(is_there(&wanted) || (user.is_switched() && is_there(&instead)))
}

/// The folder for downloaded binaries: `wanted`, else below the XDG cache folder; for root one below `/var/cache` when the
/// server's user could not run what lies there. Its contents are the same for everybody: checked by their hash.
pub(super) fn cache_folder(wanted: Option<&Path>, user: &ServerUser) -> Result<PathBuf> {
    let wanted = wanted_folder(wanted, "XDG_CACHE_HOME", ".cache")?;
    create(&wanted)?;
    if user.barred_at(&wanted).is_none() {
        return Ok(wanted);
    }
    create_open(Path::new(ROOT_CACHE))?;
    Ok(PathBuf::from(ROOT_CACHE))
}

/// The cluster of one major version.
pub(super) fn cluster_folder(data: &Path, major: u32) -> PathBuf {
    data.join(format!("{CLUSTER}{major}"))
}

/// The major versions of the clusters in `data`, the highest first.
pub(super) fn majors(data: &Path) -> Vec<u32> {
    let entries = fs::read_dir(data).into_iter().flatten().flatten();
    let mut majors: Vec<u32> =
        entries.filter_map(|entry| entry.file_name().to_str()?.strip_prefix(CLUSTER)?.parse().ok()).collect();
    majors.sort_unstable_by(|a, b| b.cmp(a));
    majors
}

/// Twelve hexadecimal digits that stand for a path.
pub(super) fn short_hash(path: &Path) -> String {
    Sha256::digest(path.as_os_str().as_encoded_bytes()).iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

/// A new name beside `folder` for something that becomes it, or was it, by a rename. [`sweep`] finds it.
pub(super) fn sibling(folder: &Path, role: &str) -> PathBuf {
    let moment = std::time::UNIX_EPOCH.elapsed().unwrap_or_default().as_nanos();
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    folder.with_file_name(format!(".{name}.{role}-{}-{moment}", std::process::id()))
}

/// Removes what killed processes left beside `folder`. Only under the lock that guards it.
pub(super) fn sweep(folder: &Path) {
    let prefix = format!(".{}.", folder.file_name().unwrap_or_default().to_string_lossy());
    let entries = folder.parent().and_then(|parent| fs::read_dir(parent).ok()).into_iter().flatten().flatten();
    for entry in entries {
        if entry.file_name().to_string_lossy().starts_with(&prefix) {
            // It costs only space, and may still be in the hands of a tool that outlives its killed parent: then the
            // next time removes the rest.
            let _ = fs::remove_dir_all(entry.path()).or_else(|_| fs::remove_file(entry.path()));
        }
    }
}

fn wanted_folder(given: Option<&Path>, variable: &str, below_home: &str) -> Result<PathBuf> {
    if let Some(folder) = given {
        return std::path::absolute(folder).map_err(|error| file_error("find", folder, error));
    }
    // The XDG base directory specification: a relative path is to be ignored.
    let xdg = std::env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = xdg.or_else(|| Some(std::env::home_dir().filter(|home| home.is_absolute())?.join(below_home)));
    base.map(|base| base.join(NAME)).ok_or_else(|| {
        Error::new(Exit::Configuration, "there is no home folder to keep the database in")
            .help(format!("set HOME or {variable}, or a folder for the database, or DATABASE_URL"))
    })
}

fn create(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).map_err(|error| file_error("create", folder, error))
}

/// Creates a folder below one of root's own places that others can enter whatever the umask.
fn create_open(folder: &Path) -> Result<()> {
    create(folder)?;
    for folder in folder.ancestors().filter(|ancestor| ancestor.iter().any(|part| part == NAME)) {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755))
            .map_err(|error| file_error("open", folder, error))?;
    }
    Ok(())
}
