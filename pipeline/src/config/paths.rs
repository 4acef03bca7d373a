//! The folders under which the pipeline keeps what is its own.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The folder below each base folder that is ours.
const FOLDER: &str = "drizzle-pipeline";

/// The pipeline's own folders. None of them is created here; without a home folder there may be none.
///
/// They follow the XDG Base Directory Specification: `$XDG_CONFIG_HOME`, `$XDG_STATE_HOME`, `$XDG_CACHE_HOME` and
/// `$XDG_DATA_HOME` if they are absolute, else `.config`, `.local/state`, `.cache` and `.local/share` in the home folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// Where a `pipeline.toml` for all projects may lie.
    pub config: Option<PathBuf>,
    /// What should outlive a run but not a machine: logs, history.
    pub state: Option<PathBuf>,
    /// What can be fetched or made again: responses, downloaded programs.
    pub cache: Option<PathBuf>,
    /// What cannot: the embedded database.
    pub data: Option<PathBuf>,
}

impl Paths {
    /// The folders for this process.
    pub fn of_process(environment: &BTreeMap<OsString, OsString>) -> Self {
        Self::resolve(environment, std::env::home_dir().as_deref())
    }

    pub(super) fn resolve(environment: &BTreeMap<OsString, OsString>, home: Option<&Path>) -> Self {
        let home = home.filter(|home| home.is_absolute());
        let folder = |variable: &str, below_home: &str| {
            let given = environment.get(OsString::from(variable).as_os_str()).map(PathBuf::from);
            let base = given.filter(|folder| folder.is_absolute()).or_else(|| Some(home?.join(below_home)));
            base.map(|base| base.join(FOLDER))
        };
        Self {
            config: folder("XDG_CONFIG_HOME", ".config"),
            state: folder("XDG_STATE_HOME", ".local/state"),
            cache: folder("XDG_CACHE_HOME", ".cache"),
            data: folder("XDG_DATA_HOME", ".local/share"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_follow_the_xdg_specification() {
        let resolve = |pairs: &[(&str, &str)], home: Option<&str>| {
            let environment = pairs.iter().map(|(name, value)| (name.into(), value.into())).collect();
            let paths = Paths::resolve(&environment, home.map(Path::new));
            [paths.config, paths.state, paths.cache, paths.data]
                .map(|path| path.map(|path| path.to_str().unwrap().to_owned()).unwrap_or_default())
        };
        assert_eq!(
            resolve(&[], Some("/home/ann")),
            [
                "/home/ann/.config/drizzle-pipeline",
                "/home/ann/.local/state/drizzle-pipeline",
                "/home/ann/.cache/drizzle-pipeline",
                "/home/ann/.local/share/drizzle-pipeline",
            ]
        );
        // A relative XDG folder is to be ignored.
        let moved = resolve(&[("XDG_DATA_HOME", "/srv/data"), ("XDG_CACHE_HOME", "relative")], Some("/home/ann"));
        assert_eq!(moved[2..], ["/home/ann/.cache/drizzle-pipeline", "/srv/data/drizzle-pipeline"]);
        // A container's arbitrary user has no home.
        assert_eq!(resolve(&[("XDG_STATE_HOME", "/srv")], None), ["", "/srv/drizzle-pipeline", "", ""]);
    }
}
