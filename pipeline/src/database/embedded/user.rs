//! Who runs the server. PostgreSQL refuses root, so root hands over to another user.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, lchown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use nix::unistd::{Uid, User, geteuid};

use super::file_error;
use crate::error::{Error, Exit, Result};

/// The accounts that root hands over to, the first that exists.
const UNPRIVILEGED: [&str; 2] = ["postgres", "nobody"];

/// What the server and its tools get of the environment. The rest is either none of another user's business (credentials)
/// or changes what they do (`PGDATA`, `PGPORT`, `LC_*`).
const KEPT_ENVIRONMENT: [&str; 6] =
    ["PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "TZ", "TZDIR"];

/// The user that the server runs as.
#[derive(Debug, Clone)]
pub(super) struct ServerUser {
    name: String,
    uid: u32,
    gid: u32,
    home: PathBuf,
    /// We are root and it is somebody else.
    switched: bool,
}

impl ServerUser {
    /// The current user; for root `postgres`, else `nobody`.
    pub(super) fn find() -> Result<Self> {
        if !geteuid().is_root() {
            return Ok(Self::current());
        }
        for name in UNPRIVILEGED {
            if let Ok(Some(user)) = User::from_name(name) {
                let user = Self::switched_to(user);
                return user.try_out().map(|()| user);
            }
        }
        Err(Error::new(Exit::Configuration, "PostgreSQL does not run as root, and there is no user to run it as")
            .help("create one (`useradd --system postgres`), run as another user, or set DATABASE_URL"))
    }

    /// Whether root may hand over at all: in a container it need not.
    fn try_out(&self) -> Result<()> {
        match self.command("/bin/sh").args(["-c", ":"]).status() {
            Ok(status) if status.success() => Ok(()),
            outcome => {
                let reason = outcome.map_or_else(|error| error.to_string(), |status| status.to_string());
                let message = format!(
                    "PostgreSQL does not run as root, and nothing can be run as the user `{}` here: {reason}",
                    self.name
                );
                Err(Error::new(Exit::Permission, message).help("run as another user, or set DATABASE_URL"))
            }
        }
    }

    /// The user for a cluster that exists: root runs it as its owner, whoever that is by now.
    pub(super) fn for_owner_of(&self, cluster: &Path) -> Self {
        match fs::metadata(cluster) {
            Ok(found) if self.switched && found.uid() != self.uid && found.uid() != 0 => {
                let owner = User::from_uid(Uid::from_raw(found.uid())).ok().flatten();
                owner.map_or_else(|| self.clone(), Self::switched_to)
            }
            _ => self.clone(),
        }
    }

    fn current() -> Self {
        let uid = geteuid();
        let user = User::from_uid(uid).ok().flatten();
        Self {
            name: user.as_ref().map_or_else(|| uid.to_string(), |user| user.name.clone()),
            uid: uid.as_raw(),
            gid: nix::unistd::getegid().as_raw(),
            home: std::env::home_dir().unwrap_or_else(|| PathBuf::from("/")),
            switched: false,
        }
    }

    fn switched_to(user: User) -> Self {
        Self { name: user.name, uid: user.uid.as_raw(), gid: user.gid.as_raw(), home: user.dir, switched: true }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn is_switched(&self) -> bool {
        self.switched
    }

    /// A command that runs as this user, in a folder that every user can enter and with an environment of its own.
    /// Messages are in English, because some are looked at.
    pub(super) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear();
        for name in KEPT_ENVIRONMENT {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command.env("LC_ALL", "C").env("HOME", &self.home).current_dir("/");
        if self.switched {
            // Setting the user id as root also drops root's supplementary groups.
            command.uid(self.uid).gid(self.gid);
        }
        command
    }

    /// The first folder on the way to `path` (itself included) that this user may not enter; `None` if it can get there.
    /// Only asked when root hands over: for the current user the attempt itself says it best.
    pub(super) fn barred_at(&self, path: &Path) -> Option<PathBuf> {
        if !self.switched {
            return None;
        }
        let Ok(real) = path.canonicalize() else {
            return Some(path.to_owned());
        };
        let mut folders: Vec<_> = real.ancestors().collect();
        folders.reverse();
        folders.into_iter().find(|folder| !self.may_enter(folder)).map(Path::to_owned)
    }

    fn may_enter(&self, folder: &Path) -> bool {
        fs::metadata(folder).is_ok_and(|found| {
            let shift = match () {
                () if found.uid() == self.uid => 6,
                () if found.gid() == self.gid => 3,
                () => 0,
            };
            !found.is_dir() || found.mode() >> shift & 1 == 1
        })
    }

    /// Makes a folder that only this user can enter. Its parent must exist, it must not.
    pub(super) fn create_private(&self, folder: &Path) -> std::io::Result<()> {
        fs::DirBuilder::new().mode(0o700).create(folder)?;
        if self.switched {
            lchown(folder, Some(self.uid), Some(self.gid))?;
        }
        Ok(())
    }

    /// Refuses a folder that somebody else could have put there or could write to.
    pub(super) fn require_private(&self, folder: &Path) -> Result<()> {
        let found = fs::symlink_metadata(folder).map_err(|error| file_error("look at", folder, error))?;
        if found.is_dir() && found.uid() == self.uid && found.permissions().mode() & 0o077 == 0 {
            return Ok(());
        }
        let message = format!("{} is not a folder that only the user `{}` can enter", folder.display(), self.name);
        Err(Error::new(Exit::Permission, message)
            .help("the database's socket would lie there; remove it, or set another folder for the database"))
    }
}
