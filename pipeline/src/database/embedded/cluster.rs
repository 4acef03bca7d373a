//! One cluster: its files, its socket, its life.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use tokio::process::{Child, Command};

use super::binaries::Binaries;
use super::folders::{cluster_folder, short_hash, sibling, sweep};
use super::lock::Lock;
use super::user::ServerUser;
use super::{file_error, last_lines};
use crate::database::connect::connect_options;
use crate::database::errors::database_error;
use crate::error::{Error, Exit, Result};

/// Role and database.
const NAME: &str = "pipeline";

/// Part of the socket's file name only: the server does not listen on the network. It is spelt out everywhere, so that
/// `PGPORT` changes nothing.
const PORT: u16 = 5432;

/// The longest socket path: `sun_path` of `sockaddr_un`, less the closing zero byte.
const MAX_SOCKET_PATH: usize = if cfg!(target_os = "linux") { 107 } else { 103 };

/// How long a server may take to recover before the start counts as failed. It goes on recovering.
const START_PATIENCE: Duration = Duration::from_secs(120);

/// How long a server that was killed may still be in the way: its processes notice within
/// seconds, on a busy machine later.
const REMAINS_PATIENCE: Duration = Duration::from_secs(30);

/// How long one answer may take.
const ANSWER_PATIENCE: Duration = Duration::from_secs(10);

/// What such a server's remains make the next one say as it exits.
const REMAINS: [&str; 2] = ["pre-existing shared memory block", "lock file \"postmaster.pid\" already exists"];

/// A cluster of one major version, with the programs that run it.
#[derive(Debug)]
pub(super) struct Cluster {
    pub(super) binaries: Binaries,
    pub(super) folder: PathBuf,
    user: ServerUser,
    socket: PathBuf,
}

/// What the socket says.
enum Answer {
    /// It takes connections.
    Ready,
    /// It does, but there is no database `pipeline` yet.
    NoDatabase,
    /// A server is there and takes none now: it starts, recovers or stops.
    NotNow(Error),
    /// Somebody is there who is slow, or was killed a moment ago: the next answer will tell.
    Unclear(Error),
    /// Nobody is there.
    Silence,
}

impl Cluster {
    /// The cluster for these programs in `data`; it need not exist.
    pub(super) fn new(data: &Path, binaries: Binaries, user: ServerUser) -> Self {
        let folder = cluster_folder(data, binaries.major);
        let user = user.for_owner_of(&folder);
        let socket = socket_folder(&folder);
        Self { binaries, folder, user, socket }
    }

    /// `postgresql://…`, understood alike by libpq and sqlx.
    pub(super) fn url(&self) -> String {
        self.url_of(NAME)
    }

    fn url_of(&self, database: &str) -> String {
        let socket = self.socket.to_string_lossy();
        let socket = utf8_percent_encode(&socket, NON_ALPHANUMERIC);
        format!("postgresql://{NAME}@localhost:{PORT}/{database}?host={socket}")
    }

    /// The user that the server runs as.
    pub(super) fn user(&self) -> &str {
        self.user.name()
    }

    /// The server's log.
    pub(super) fn log(&self) -> PathBuf {
        self.folder.join("server.log")
    }

    /// Makes the cluster and starts its server, as far as either is needed.
    pub(super) async fn ensure_running(&self) -> Result<()> {
        if let Answer::Ready = self.ask().await? {
            return Ok(());
        }
        let _lock = self.lock().await?;
        sweep(&self.folder);
        if !self.folder.exists() {
            self.initialise().await?;
        }
        self.start().await
    }

    /// Ends the server: open transactions are rolled back, everything is written out. False if none was running.
    pub(super) async fn stop(&self) -> Result<bool> {
        let _lock = self.lock().await?;
        self.stop_locked().await
    }

    /// Ends the server and deletes the cluster. False if there was none.
    pub(super) async fn reset(&self) -> Result<bool> {
        let _lock = self.lock().await?;
        self.stop_locked().await?;
        if !self.folder.exists() {
            return Ok(false);
        }
        // Away by a rename first: a killed reset leaves no half of a cluster.
        let doomed = sibling(&self.folder, "deleted");
        fs::rename(&self.folder, &doomed).map_err(|error| file_error("delete", &self.folder, error))?;
        fs::remove_dir_all(&doomed).map_err(|error| file_error("delete", &doomed, error))?;
        if !self.socket.starts_with(&self.folder) && self.socket.exists() {
            fs::remove_dir_all(&self.socket).map_err(|error| file_error("delete", &self.socket, error))?;
        }
        Ok(true)
    }

    async fn lock(&self) -> Result<Lock> {
        Lock::acquire(&self.folder.with_file_name("lock")).await
    }

    /// Makes the cluster under another name and renames it, so that it is complete from the moment it is there.
    async fn initialise(&self) -> Result<()> {
        tracing::info!(folder = %self.folder.display(), version = self.binaries.version, "creating the database");
        let new = sibling(&self.folder, "new");
        let made = self.initialise_at(&new).await;
        if made.is_err() {
            let _ = fs::remove_dir_all(&new);
        }
        made
    }

    async fn initialise_at(&self, new: &Path) -> Result<()> {
        self.user.create_private(new).map_err(|error| file_error("create", new, error))?;
        // The locale is named because without LANG, as under cron, the encoding would become SQL_ASCII.
        let (mut status, mut said) = self.initdb(new, "C.UTF-8").await?;
        if !status.success() && said.contains("invalid locale") {
            (status, said) = self.initdb(new, "C").await?;
        }
        if !status.success() {
            let message = format!("cannot create the database in {}:\n{}", new.display(), last_lines(&said, 20));
            return Err(Error::new(Exit::Configuration, message));
        }
        fs::rename(new, &self.folder).map_err(|error| file_error("create", &self.folder, error))
    }

    async fn initdb(&self, new: &Path, locale: &str) -> Result<(ExitStatus, String)> {
        let mut command = self.user.command(self.binaries.program("initdb"));
        command.arg("-D").arg(new.join("data")).args(["-U", NAME, "-E", "UTF8"]).arg(format!("--locale={locale}"));
        // Whoever can enter the socket's folder is let in: nobody but the server's user, and root.
        command.args(["--auth-local=trust", "--auth-host=reject", "--no-instructions"]);
        self.run(command).await
    }

    /// Starts the server and waits until it takes connections. Only under the lock.
    async fn start(&self) -> Result<()> {
        self.prepare_socket_folder().await?;
        // The last start's log stays beside this one's.
        let _ = fs::rename(self.log(), self.folder.join("server.log.1"));
        tracing::info!(folder = %self.folder.display(), version = self.binaries.version, "starting the database");
        let started = Instant::now();
        let mut server: Option<Child> = None;
        let mut not_now = None;
        while started.elapsed() < START_PATIENCE {
            match self.ask().await? {
                Answer::Ready => return Ok(()),
                Answer::NoDatabase => self.create_database().await?,
                Answer::NotNow(error) | Answer::Unclear(error) => not_now = Some(error),
                Answer::Silence => match &mut server {
                    None => server = Some(self.spawn()?),
                    Some(child) => {
                        let exited = child.try_wait().map_err(|error| file_error("watch", &self.log(), error))?;
                        if let Some(status) = exited {
                            let log = self.log_tail();
                            let remains = REMAINS.iter().any(|text| log.contains(text));
                            if !remains || started.elapsed() > REMAINS_PATIENCE {
                                return Err(self.start_error(&format!("it ended with {status}"), &log, remains));
                            }
                            tokio::time::sleep(Duration::from_millis(200)).await;
                            server = Some(self.spawn()?);
                        }
                    }
                },
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let reason = not_now.map_or_else(|| "it does not answer".to_owned(), |error| error.to_string());
        let reason = format!("after {} s {reason}", START_PATIENCE.as_secs());
        Err(self.start_error(&reason, &self.log_tail(), true))
    }

    /// Starts the server in a process group of its own, so that Ctrl-C ends the command and not the database.
    fn spawn(&self) -> Result<Child> {
        // The shell opens the log as the server's user: opened by root, a link in that user's folder could lead anywhere.
        let mut command = self.user.command("/bin/sh");
        command.args(["-c", "exec \"$@\" >>\"$0\" 2>&1"]).arg(self.log()).arg(self.binaries.program("postgres"));
        command.arg("-D").arg(self.folder.join("data")).arg("-p").arg(PORT.to_string());
        command.args(["-c", "listen_addresses=", "-c", "unix_socket_permissions=0700", "-c", "logging_collector=off"]);
        // The default, "$user" first, would have everything that role makes land in the schema `pipeline`.
        command.args(["-c", "search_path=public"]);
        command.arg("-c").arg(format!("unix_socket_directories={}", self.socket.display()));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        Command::from(command).spawn().map_err(|error| file_error("run", Path::new("/bin/sh"), error))
    }

    /// Asks the socket whether the server takes connections. Neither `postmaster.pid` nor `pg_ctl status` is asked: both
    /// speak of a killed server as if it ran.
    async fn ask(&self) -> Result<Answer> {
        if !self.socket.try_exists().map_err(|error| file_error("look at", &self.socket, error))? {
            return Ok(Answer::Silence);
        }
        self.user.require_private(&self.socket)?;
        let Err(error) = self.connect(NAME).await else {
            return Ok(Answer::Ready);
        };
        let kind = if let sqlx::Error::Io(error) = &error { Some(error.kind()) } else { None };
        let code = error.as_database_error().and_then(|error| error.code()).unwrap_or_default().into_owned();
        let told = database_error(&format!("connect to the database in {}", self.folder.display()), error);
        Ok(match (kind, code.as_str()) {
            (Some(ErrorKind::NotFound | ErrorKind::ConnectionRefused), _) => Answer::Silence,
            (Some(ErrorKind::PermissionDenied), _) => return Err(told),
            (Some(_), _) => Answer::Unclear(told),
            (None, "57P03") => Answer::NotNow(told),
            (None, "3D000") => Answer::NoDatabase,
            // too_many_connections: it runs.
            (None, "53300") => Answer::Ready,
            (None, _) => return Err(told),
        })
    }

    async fn connect(&self, database: &str) -> Result<(), sqlx::Error> {
        let connection = self.open(database).await?;
        connection.close().await
    }

    async fn open(&self, database: &str) -> Result<PgConnection, sqlx::Error> {
        let options: PgConnectOptions = connect_options(&self.url_of(database), NAME)
            .map_err(|error| sqlx::Error::Configuration(error.to_string().into()))?;
        let connecting = PgConnection::connect_with(&options);
        let late = |_| sqlx::Error::Io(ErrorKind::TimedOut.into());
        tokio::time::timeout(ANSWER_PATIENCE, connecting).await.map_err(late)?
    }

    async fn create_database(&self) -> Result<()> {
        let doing = format!("create the database `{NAME}` in {}", self.folder.display());
        let failed = |error| database_error(&doing, error);
        let mut connection = self.open("postgres").await.map_err(failed)?;
        sqlx::raw_sql("create database pipeline").execute(&mut connection).await.map_err(failed)?;
        connection.close().await.map_err(failed)
    }

    async fn stop_locked(&self) -> Result<bool> {
        // pg_ctl signals the process that postmaster.pid names, which after a crash may be anybody's by now.
        let asked = Instant::now();
        loop {
            match self.ask().await? {
                Answer::Silence => return Ok(false),
                Answer::Unclear(_) if asked.elapsed() < ANSWER_PATIENCE => {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                _ => break,
            }
        }
        let mut command = self.user.command(self.binaries.program("pg_ctl"));
        command.arg("stop").arg("-D").arg(self.folder.join("data")).args(["-m", "fast", "-w", "-t", "120"]);
        let (status, said) = self.run(command).await?;
        if status.success() {
            return Ok(true);
        }
        let message = format!("cannot stop the database in {}:\n{}", self.folder.display(), last_lines(&said, 10));
        Err(Error::new(Exit::Temporary, message).help(format!("its log is {}", self.log().display())))
    }

    /// Runs a tool to its end and gives what it said.
    async fn run(&self, mut command: std::process::Command) -> Result<(ExitStatus, String)> {
        command.stdin(Stdio::null());
        let program = PathBuf::from(command.get_program());
        let output = Command::from(command).output().await.map_err(|error| file_error("run", &program, error))?;
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        Ok((output.status, said))
    }

    async fn prepare_socket_folder(&self) -> Result<()> {
        if !self.socket.exists() {
            // By the server's user too, for the same reason as the log.
            let mut command = self.user.command("mkdir");
            command.args(["-m", "700"]).arg(&self.socket);
            let (status, said) = self.run(command).await?;
            if !status.success() {
                let message = format!("cannot create {}: {}", self.socket.display(), said.trim());
                return Err(Error::new(Exit::Permission, message));
            }
        }
        self.user.require_private(&self.socket)
    }

    fn log_tail(&self) -> String {
        last_lines(&String::from_utf8_lossy(&fs::read(self.log()).unwrap_or_default()), 20)
    }

    fn start_error(&self, reason: &str, log: &str, temporary: bool) -> Error {
        let exit = if temporary { Exit::Temporary } else { Exit::Configuration };
        let folder = self.folder.display();
        let message = format!("the database in {folder} did not start: {reason}. Its log ends:\n{log}");
        let help = if log.contains(REMAINS[1]) {
            let data = self.folder.join("data");
            format!(
                "if the process that the log names is no running PostgreSQL (`ps -p`), remove {}/postmaster.pid",
                data.display()
            )
        } else {
            let log = self.log();
            format!("the whole log is {}; `pipeline db reset` deletes the database and starts anew", log.display())
        };
        Error::new(exit, message).help(help)
    }
}

/// The folder of the server's socket: in the cluster's own, or where that would be too long for a socket or has a
/// character that the server's list of folders or a URL's list of hosts gives a meaning, a short one in `/tmp`. Not in
/// `TMPDIR`: every later command must come to the same place.
fn socket_folder(cluster: &Path) -> PathBuf {
    let own = cluster.join("socket");
    let plain = own.to_str().is_some_and(|path| !path.contains([',', '"', '\'', '\\']) && path.trim() == path);
    let length = own.as_os_str().len() + format!("/.s.PGSQL.{PORT}").len();
    if plain && length <= MAX_SOCKET_PATH {
        return own;
    }
    PathBuf::from(format!("/tmp/drizzle-pipeline-{}", short_hash(cluster)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_fits_its_address() {
        let short = PathBuf::from("/home/ann/.local/share/drizzle-pipeline/postgresql-18");
        assert_eq!(socket_folder(&short), short.join("socket"));
        let longest = PathBuf::from(format!("/{}", "x".repeat(MAX_SOCKET_PATH - 1 - "/socket/.s.PGSQL.5432".len())));
        assert_eq!(socket_folder(&longest), longest.join("socket"));
        let long = PathBuf::from(format!("{}x", longest.display()));
        for awkward in [long, PathBuf::from("/a,b"), PathBuf::from("/a\"b")] {
            let folder = socket_folder(&awkward);
            assert!(folder.starts_with("/tmp") && folder.as_os_str().len() < 60, "{}", folder.display());
        }
    }
}
