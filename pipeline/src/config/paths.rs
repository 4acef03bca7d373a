//! The folders under which the pipeline keeps what is its own.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The folder below each base folder that is ours.
const FOLDER: &str = "pipeline";

/// The pipeline's own folders. None of them is created here.
///
/// They follow the XDG Base Directory Specification: `$XDG_CONFIG_HOME`, `$XDG_STATE_HOME`, `$XDG_CACHE_HOME` and
/// `$XDG_DATA_HOME` if they are absolute, else `.config`, `.local/state`, `.cache` and `.local/share` in the home folder.
/// For root the fallbacks are `/var/lib/pipeline` and `/var/cache/pipeline`: PostgreSQL does not run as root, and the user it
/// runs as must be able to enter every parent of its data and programs, which root's home folder forbids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// Where a `pipeline.toml` for all projects may lie.
    pub config: PathBuf,
    /// What should outlive a run but not a machine: locks, logs, history.
    pub state: PathBuf,
    /// What can be fetched or made again: responses, downloaded programs.
    pub cache: PathBuf,
    /// What cannot: the embedded database.
    pub data: PathBuf,
}

impl Paths {
    /// The folders for this process.
    pub fn of_process(environment: &BTreeMap<OsString, OsString>) -> Self {
        let home = std::env::home_dir().filter(|home| home.is_absolute());
        Self::resolve(environment, home.as_deref(), nix::unistd::geteuid().is_root())
    }

    pub(super) fn resolve(environment: &BTreeMap<OsString, OsString>, home: Option<&Path>, root: bool) -> Self {
        let given = |name: &str| {
            let folder = environment.get(OsString::from(name).as_os_str()).map(PathBuf::from);
            folder.filter(|folder| folder.is_absolute()).map(|folder| folder.join(FOLDER))
        };
        // A user without a home folder (a container's arbitrary id) still gets a place of its own.
        let nobody = std::env::temp_dir().join(format!("{FOLDER}-{}", nix::unistd::geteuid().as_raw()));
        let below_home = |part: &str| match home {
            Some(home) => home.join(part).join(FOLDER),
            None => nobody.join(part),
        };
        let fallback = |part: &str, of_root: &str| if root { PathBuf::from(of_root) } else { below_home(part) };
        Self {
            config: given("XDG_CONFIG_HOME").unwrap_or_else(|| below_home(".config")),
            state: given("XDG_STATE_HOME").unwrap_or_else(|| fallback(".local/state", "/var/lib/pipeline/state")),
            cache: given("XDG_CACHE_HOME").unwrap_or_else(|| fallback(".cache", "/var/cache/pipeline")),
            data: given("XDG_DATA_HOME").unwrap_or_else(|| fallback(".local/share", "/var/lib/pipeline")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(pairs: &[(&str, &str)]) -> BTreeMap<OsString, OsString> {
        pairs.iter().map(|(name, value)| (name.into(), value.into())).collect()
    }

    #[test]
    fn folders_follow_the_xdg_specification() {
        let home = Some(Path::new("/home/ann"));
        let plain = Paths::resolve(&environment(&[]), home, false);
        assert_eq!(plain.config, Path::new("/home/ann/.config/pipeline"));
        assert_eq!(plain.state, Path::new("/home/ann/.local/state/pipeline"));
        assert_eq!(plain.cache, Path::new("/home/ann/.cache/pipeline"));
        assert_eq!(plain.data, Path::new("/home/ann/.local/share/pipeline"));

        let moved =
            Paths::resolve(&environment(&[("XDG_DATA_HOME", "/srv/data"), ("XDG_CACHE_HOME", "rel")]), home, false);
        assert_eq!(moved.data, Path::new("/srv/data/pipeline"));
        assert_eq!(moved.cache, Path::new("/home/ann/.cache/pipeline"), "a relative XDG folder is to be ignored");
    }

    #[test]
    fn root_keeps_its_database_where_another_user_can_enter() {
        let root = Paths::resolve(&environment(&[]), Some(Path::new("/home/root")), true);
        assert_eq!(root.data, Path::new("/var/lib/pipeline"));
        assert_eq!(root.cache, Path::new("/var/cache/pipeline"));
        let moved = Paths::resolve(&environment(&[("XDG_DATA_HOME", "/srv")]), None, true);
        assert_eq!(moved.data, Path::new("/srv/pipeline"));
    }
}
