//! A private PostgreSQL for a test binary.
//!
//! Needs the server's programs on this machine: `tests/run` installs them.
//!
//! A small shell script owns the server, and stops it when its standard input ends: that is when the test process ends,
//! however it ends. The server listens on a Unix socket in its own temporary folder only, and runs as `postgres` when the
//! tests run as root, which PostgreSQL refuses to.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::str::FromStr;
use std::sync::atomic::{AtomicUsize, Ordering};

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, PgConnection};

const SCRIPT: &str = r#"
set -e
tool=$(command -v pg_ctl || ls -d /usr/lib/postgresql/*/bin/pg_ctl | sort -V | tail -n 1)
bin=$(dirname "$tool")
folder=$(mktemp -d /tmp/pipeline-test.XXXXXX)
trap 'rm -rf "$folder"' EXIT
trap '' INT
cd "$folder"
show() { cat "$folder/log" >&2; exit 1; }
"$bin/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C --no-sync >"$folder/log" 2>&1 || show
"$bin/pg_ctl" -D "$folder/data" -l "$folder/log" -w -o "-k '$folder' -c listen_addresses= $*" start >/dev/null || show
echo "$folder"
echo "$bin"
cat >/dev/null || true
"$bin/pg_ctl" -D "$folder/data" -m fast -w stop >/dev/null
"#;

/// A running server.
pub(crate) struct Server {
    folder: String,
    /// Where the server's programs are.
    bin: String,
    arguments: Vec<String>,
    databases: AtomicUsize,
    /// Holds the script's standard input open.
    _script: Child,
}

impl Server {
    /// Starts one, with further arguments for `postgres`.
    pub(crate) fn start(arguments: &[&str]) -> Server {
        Server::start_of(&std::env::var_os("PATH").unwrap_or_default(), arguments)
    }

    /// Starts one of the programs that are found on a `PATH`.
    pub(crate) fn start_of(path: &std::ffi::OsStr, arguments: &[&str]) -> Server {
        let mut command = Command::new(if is_root() { "runuser" } else { "sh" });
        if is_root() {
            command.args(["-u", "postgres", "--", "sh"]);
        }
        command.args(["-c", SCRIPT, "sh"]).args(arguments).current_dir("/").env("PATH", path);
        let mut script = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a shell starts");
        let output = script.stdout.take().expect("standard output is piped");
        let mut lines = BufReader::new(output).lines().map(|line| line.expect("the script answers"));
        let (folder, bin) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
        assert!(!bin.is_empty(), "PostgreSQL did not start: its messages are above");
        let arguments = arguments.iter().map(ToString::to_string).collect();
        Server { folder, bin, arguments, databases: AtomicUsize::new(0), _script: script }
    }

    /// Kills the server; its backends end when they notice.
    pub(crate) fn kill(&self) {
        let file = std::fs::read_to_string(format!("{}/data/postmaster.pid", self.folder)).expect("it runs");
        let pid = file.lines().next().expect("a process id").to_owned();
        assert!(Command::new("kill").args(["-9", &pid]).status().expect("kill runs").success());
    }

    /// Starts it again, once the backends of the one that was killed are gone, and waits until it has recovered.
    pub(crate) fn restart(&self) {
        let options = format!("-k '{}' -c listen_addresses= {}", self.folder, self.arguments.join(" "));
        let start = |tool: &str| {
            let mut command = Command::new(if is_root() { "runuser" } else { tool });
            if is_root() {
                command.args(["-u", "postgres", "--", tool]);
            }
            let (data, log) = (format!("{}/data", self.folder), format!("{}/log", self.folder));
            command.args(["-D", &data, "-l", &log, "-w", "-o", &options, "start"]).current_dir("/");
            command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("pg_ctl runs").success()
        };
        let tool = format!("{}/pg_ctl", self.bin);
        let started = (0..100).any(|_| {
            start(&tool) || {
                std::thread::sleep(std::time::Duration::from_millis(100));
                false
            }
        });
        assert!(started, "it starts again");
    }

    /// The folder of its socket.
    pub(crate) fn folder(&self) -> &str {
        &self.folder
    }

    /// How to reach a database of it.
    pub(crate) fn options(&self, database: &str) -> PgConnectOptions {
        let options = PgConnectOptions::from_str("postgres://postgres@localhost").expect("a valid URL");
        options.socket(&self.folder).database(database).disable_statement_logging()
    }

    /// The URL of a database of it, for programs.
    pub(crate) fn url(&self, database: &str) -> String {
        format!("postgresql://postgres@localhost/{database}?host={}", self.folder)
    }

    /// Creates an empty database, and gives its name.
    pub(crate) async fn create_database(&self) -> String {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let mut connection = self.connect("postgres").await;
        let sql = format!("CREATE DATABASE {name} STRATEGY file_copy");
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.expect("the database is created");
        name
    }

    /// Connects to a database of it.
    pub(crate) async fn connect(&self, database: &str) -> PgConnection {
        self.options(database).connect().await.expect("the server accepts")
    }
}

fn is_root() -> bool {
    Path::new("/proc/self").metadata().is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0)
}
