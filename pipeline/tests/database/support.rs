//! A server of one's own for a test, and what tests ask of it.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use pipeline::database::{ConnectionSettings, DatabaseConfig, Embedded, EmbeddedConfig, connect};
use sqlx::{AssertSqlSafe, PgConnection};
use tempfile::TempDir;

/// A folder for an embedded database, which is deleted with its server in the end.
pub(crate) struct Home {
    folder: TempDir,
    pub(crate) config: EmbeddedConfig,
}

impl Home {
    /// A folder that every user can enter, as most homes are.
    pub(crate) fn new() -> Self {
        Self::with(0o755, "data")
    }

    /// A folder with these permissions, and below it this path for the database.
    pub(crate) fn with(mode: u32, below: &str) -> Self {
        let folder =
            tempfile::Builder::new().prefix("db-").permissions(Permissions::from_mode(mode)).tempdir().unwrap();
        let dir = Some(folder.path().join(below));
        Self { folder, config: EmbeddedConfig { dir, ..EmbeddedConfig::default() } }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) async fn embedded(&self) -> Embedded {
        Embedded::locate(&self.config).await.unwrap()
    }

    pub(crate) async fn started(&self) -> Embedded {
        let embedded = self.embedded().await;
        embedded.ensure_running().await.unwrap();
        embedded
    }

    /// The settings for this embedded database.
    pub(crate) fn settings(&self) -> DatabaseConfig {
        DatabaseConfig { url: None, embedded: self.config.clone(), connection: ConnectionSettings::default() }
    }

    /// A database on this server as if it were the user's own, with its URL.
    pub(crate) async fn users_database(&self) -> DatabaseConfig {
        let embedded = self.started().await;
        run(&embedded.url(), "create database users").await;
        self.user_settings(&embedded.url().replace("/pipeline?", "/users?"))
    }

    pub(crate) fn user_settings(&self, url: &str) -> DatabaseConfig {
        DatabaseConfig { url: Some(url.to_owned()), ..self.settings() }
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let config = self.config.clone();
        // A test's own runtime may be gone, or be the one that this runs in.
        let reset = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                if let Some(embedded) = Embedded::existing(&config).unwrap() {
                    embedded.reset().await.unwrap();
                    let folder = embedded.describe().folder;
                    // Away from the temporary folder: where root put it instead.
                    if let Some(parent) = folder.parent().filter(|parent| parent.starts_with("/var/lib")) {
                        std::fs::remove_dir_all(parent).unwrap();
                    }
                }
            });
        });
        let ended = reset.join();
        if !std::thread::panicking() {
            ended.unwrap();
        }
    }
}

pub(crate) async fn open(url: &str) -> PgConnection {
    connect(url, &ConnectionSettings::default()).await.unwrap()
}

pub(crate) async fn run(url: &str, sql: &str) {
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut open(url).await).await.unwrap();
}

/// One value as text.
pub(crate) async fn value(url: &str, sql: &str) -> String {
    let sql = AssertSqlSafe(format!("select ({sql})::text"));
    sqlx::query_scalar(sql).persistent(false).fetch_one(&mut open(url).await).await.unwrap()
}

/// The process id of a cluster's server.
pub(crate) fn server_pid(embedded: &Embedded) -> Pid {
    let file: PathBuf = embedded.describe().folder.join("data/postmaster.pid");
    let text = std::fs::read_to_string(file).unwrap();
    Pid::from_raw(text.lines().next().unwrap().parse().unwrap())
}

pub(crate) fn is_alive(pid: Pid) -> bool {
    kill(pid, None).is_ok()
}

/// Whether a process ends within seconds. One whose parent is gone stays in the list until the system has noticed.
pub(crate) fn ends(pid: Pid) -> bool {
    (0..100).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        !is_alive(pid)
    })
}

pub(crate) fn kill_hard(pid: Pid) {
    kill(pid, Signal::SIGKILL).unwrap();
}
