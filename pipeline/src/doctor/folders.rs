//! The folders that are the pipeline's own: there or to be made, writable, with room.

use std::io::ErrorKind;
use std::path::Path;

use nix::sys::statvfs::statvfs;

use super::finding::{Finding, Findings};
use crate::config::Settings;
use crate::error::Exit;

/// Less room than this and a load of some size may not end.
const LITTLE: u64 = 1 << 30;

/// Less than this and nothing works.
const NOTHING: u64 = 16 << 20;

/// What is left where a folder lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Space {
    /// So many bytes.
    Free(u64),
    /// The system does not say.
    Unknown,
}

pub(super) fn check(settings: &Settings) -> Vec<Finding> {
    let folders = [
        ("state", settings.paths.state.as_deref(), "set XDG_STATE_HOME or HOME"),
        ("cache", settings.cache.dir.as_deref(), "set cache.dir, XDG_CACHE_HOME or HOME"),
        ("embedded data", settings.database.dir.as_deref(), "set database.dir, XDG_DATA_HOME or HOME, or DATABASE_URL"),
    ];
    let mut all = Vec::new();
    for (name, path, setting) in folders {
        // A database of the user's needs none here.
        if name == "embedded data" && settings.database.url.is_some() {
            continue;
        }
        match path {
            Some(path) => all.extend(folder(name, path, setting, space(path))),
            None => {
                let mut findings = Findings::of("folders");
                findings.warning(name, "there is no folder for it: this user has no home", setting);
                all.extend(findings.into_all());
            }
        }
    }
    all
}

/// Whether a folder is there or can be made, can be written to, and has room. `setting` says how to choose another.
pub fn folder(name: &str, path: &Path, setting: &str, space: Space) -> Vec<Finding> {
    let mut findings = Findings::of("folders");
    let there = existing(path);
    let is_there = there == path;
    let shown = path.display();
    // Trying is the only test that holds for root, for read-only file systems and for quotas alike.
    let tried = tempfile::Builder::new().prefix(".doctor-").tempfile_in(there);
    if let Err(error) = tried {
        let exit = match error.kind() {
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Exit::Permission,
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Exit::Temporary,
            _ => Exit::Configuration,
        };
        let place = if is_there {
            format!("{shown} cannot be written to")
        } else {
            format!("{shown} cannot be made: {} cannot be written to", there.display())
        };
        let reason = std::io::Error::from(error.kind());
        let remedy = match error.kind() {
            ErrorKind::NotADirectory => format!("remove what is in the way, or {setting}"),
            _ => format!("let this user write there (`chown`, `chmod u+rwx`), or {setting}"),
        };
        findings.wrong(name, exit, format!("{place}: {reason}"), remedy);
        return findings.into_all();
    }
    let found = if is_there { format!("{shown}, writable") } else { format!("{shown} will be made when it is needed") };
    let room = format!("make room (`du -sh {}` shows what is there), or {setting}", there.display());
    match space {
        Space::Free(free) if free < NOTHING => {
            findings.wrong(name, Exit::Temporary, format!("{found}; {} free", size(free)), room);
        }
        Space::Free(free) if free < LITTLE => findings.warning(name, format!("{found}; {} free", size(free)), room),
        Space::Free(free) => findings.ok(name, format!("{found}; {} free", size(free))),
        Space::Unknown => findings.ok(name, format!("{found}; the system does not tell how much is free")),
    }
    findings.into_all()
}

/// The folder, or the nearest one above it that is there. One that cannot be looked into counts as there.
fn existing(path: &Path) -> &Path {
    let is_missing = |path: &&Path| {
        let looked_at = path.symlink_metadata();
        looked_at.is_err_and(|error| matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory))
    };
    path.ancestors().find(|path| !is_missing(path)).unwrap_or(path)
}

fn space(path: &Path) -> Space {
    #[allow(clippy::useless_conversion, reason = "the types are narrower on other systems")]
    statvfs(existing(path)).map_or(Space::Unknown, |found| {
        Space::Free(u64::from(found.blocks_available()).saturating_mul(u64::from(found.fragment_size())))
    })
}

fn size(bytes: u64) -> String {
    let mib = bytes >> 20;
    if mib < 1024 { format!("{mib} MiB") } else { format!("{} GiB", mib >> 10) }
}
