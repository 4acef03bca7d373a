//! A PostgreSQL server that is installed on this machine.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::user::ServerUser;

/// The oldest major version that is taken from the system.
const OLDEST: u32 = 14;

/// What a server needs; `psql` is a client and may be elsewhere.
const NEEDED: [&str; 3] = ["initdb", "pg_ctl", "postgres"];

/// Where distributions put the programs of each version, most of them away from `PATH`.
const USUAL_PLACES: [&str; 10] = [
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/libexec/postgresql*",
    "/usr/local/pgsql/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/home/linuxbrew/.linuxbrew/opt/postgresql*/bin",
    "/opt/local/lib/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
    "/Library/PostgreSQL/*/bin",
];

/// A server's programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Binaries {
    /// The folder that holds them.
    pub(super) bin: PathBuf,
    /// Such as `15.18`.
    pub(super) version: String,
    /// Such as 15: what a cluster's files depend on.
    pub(super) major: u32,
}

impl Binaries {
    /// The programs in `bin`, if they are all there and `user` can run them.
    pub(super) fn inspect(bin: &Path, user: &ServerUser) -> Option<Self> {
        let bin = bin.canonicalize().ok()?;
        if NEEDED.iter().any(|name| !bin.join(name).is_file()) || user.barred_at(&bin).is_some() {
            return None;
        }
        let output = user.command(bin.join("postgres")).arg("--version").output().ok()?;
        let (version, major) = parse_version(&String::from_utf8_lossy(&output.stdout))?;
        Some(Self { bin, version, major })
    }

    /// Every usable server of this machine, the highest version first.
    pub(super) fn of_system(user: &ServerUser) -> Vec<Self> {
        let mut found: Vec<Self> = Vec::new();
        for place in places() {
            let Some(binaries) = Self::inspect(&place, user) else { continue };
            if binaries.major >= OLDEST && !found.contains(&binaries) {
                found.push(binaries);
            }
        }
        found.sort_by_key(|binaries| std::cmp::Reverse(version_key(&binaries.version)));
        found
    }

    /// The path of one of the programs.
    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.bin.join(name)
    }
}

fn places() -> Vec<PathBuf> {
    let asked = Command::new("pg_config").arg("--bindir").output().ok().filter(|output| output.status.success());
    let asked = asked.map(|output| PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    let path = std::env::var_os("PATH").unwrap_or_default();
    // A link in PATH leads to the folder that holds the other programs too.
    let linked = std::env::split_paths(&path).filter_map(|folder| {
        let program = folder.join("postgres").canonicalize().ok()?;
        program.parent().map(Path::to_owned)
    });
    let usual = USUAL_PLACES.iter().filter_map(|pattern| glob::glob(pattern).ok()).flatten().flatten();
    asked.into_iter().chain(linked).chain(usual).collect()
}

/// Reads `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`, `… 18beta2`, `… 19devel`.
fn parse_version(text: &str) -> Option<(String, u32)> {
    let version = text.split_once("(PostgreSQL) ")?.1.split_whitespace().next()?;
    let major = version.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()?;
    Some((version.to_owned(), major))
}

fn version_key(version: &str) -> Vec<u32> {
    version.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_distributions_write_them() {
        let cases = [
            ("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n", Some(("15.18", 15))),
            ("postgres (PostgreSQL) 18.6\n", Some(("18.6", 18))),
            ("postgres (PostgreSQL) 18beta2 (Homebrew)", Some(("18beta2", 18))),
            ("postgres (PostgreSQL) 19devel", Some(("19devel", 19))),
            ("postgres (EnterpriseDB) 15.1", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(parse_version(text), expected.map(|(version, major)| (version.to_owned(), major)), "{text:?}");
        }
        assert!(version_key("15.10") > version_key("15.9") && version_key("9.6") < version_key("15.9"));
    }
}
