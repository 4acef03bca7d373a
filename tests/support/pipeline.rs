//! The program as a user calls it, with folders of its own.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use serde_json::Value;
use sqlx::PgConnection;

use crate::postgres::Server;
use crate::site::Site;

/// The program with folders of its own and nothing of the caller's settings.
pub(crate) struct Pipeline {
    pub(crate) home: tempfile::TempDir,
    database_url: Option<String>,
}

impl Pipeline {
    /// With the embedded database.
    pub(crate) fn embedded() -> Self {
        Self::of(None)
    }

    pub(crate) fn of(database_url: Option<String>) -> Self {
        Self { home: tempfile::tempdir().expect("a folder"), database_url }
    }

    /// With a database of a server.
    pub(crate) async fn on(server: &Server) -> (Self, PgConnection) {
        let name = server.create_database().await;
        (Self::of(Some(server.url(&name))), server.connect(&name).await)
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pipeline"));
        command.args(arguments).current_dir(self.home.path()).stdin(Stdio::null());
        let of_caller = ["PIPELINE_", "PG", "OTEL_", "TRACEPARENT", "TRACESTATE"];
        for (name, _) in std::env::vars().filter(|(name, _)| of_caller.iter().any(|start| name.starts_with(start))) {
            command.env_remove(name);
        }
        for folder in ["DATA", "CACHE", "STATE", "CONFIG"] {
            command.env(format!("XDG_{folder}_HOME"), self.home.path().join(folder.to_lowercase()));
        }
        match &self.database_url {
            Some(url) => command.env("DATABASE_URL", url),
            None => command.env_remove("DATABASE_URL"),
        };
        command
    }

    /// Runs a command to its end.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Output {
        let mut command = self.command(arguments);
        tokio::task::spawn_blocking(move || command.output().expect("the program runs")).await.expect("no panic")
    }

    /// Runs a job and gives its exit code and result line.
    pub(crate) async fn job(&self, arguments: &[&str]) -> (i32, Value) {
        result_of(self.run(arguments).await)
    }

    /// Runs a job against a site, fast.
    pub(crate) async fn job_at(&self, site: &Site, arguments: &[&str]) -> (i32, Value) {
        let flags = flags_at(site);
        let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
        self.job(&[arguments, &flags].concat()).await
    }

    pub(crate) async fn psql(&self, sql: &str) -> String {
        let output = self.run(&["db", "psql", "-Atc", sql]).await;
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8").trim().to_owned()
    }
}

impl Drop for Pipeline {
    fn drop(&mut self) {
        if self.database_url.is_none() {
            let status = self.command(&["db", "reset", "--yes"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
            assert!(std::thread::panicking() || status.is_ok_and(|status| status.success()), "the server is stopped");
        }
    }
}

/// The exit code and the result line, of which there must be exactly one.
pub(crate) fn result_of(output: Output) -> (i32, Value) {
    let stdout = String::from_utf8(output.stdout).expect("UTF-8");
    assert_eq!(stdout.lines().count(), 1, "{stdout}\n{}", String::from_utf8_lossy(&output.stderr));
    let result: Value = serde_json::from_str(&stdout).expect("the result is JSON");
    assert_eq!(result["exit_code"].as_i64(), output.status.code().map(i64::from));
    (output.status.code().unwrap_or(-1), result)
}

/// One server for all tests; it ends with the process.
pub(crate) fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| Server::start(&[]))
}

pub(crate) fn count(result: &Value, table: &str, what: &str) -> u64 {
    result["tables"][format!("public.{table}")][what].as_u64().unwrap_or_else(|| panic!("{table}.{what} in {result}"))
}

/// Every row handed to the loader is in exactly one of the counts.
pub(crate) fn assert_accounted(result: &Value) {
    for (table, counts) in result["tables"].as_object().expect("tables") {
        let parts = ["inserted", "updated", "unchanged", "duplicates", "ignored", "quarantined", "rolled_back"];
        let sum: u64 = parts.iter().filter_map(|part| counts[part].as_u64()).sum();
        assert_eq!(counts["read"].as_u64(), Some(sum), "{table}: {counts}");
    }
}

/// The flags that send all sources to one site, fast.
pub(crate) fn flags_at(site: &Site) -> Vec<String> {
    let sources = ["ncaa-directory", "ncaa-stats", "ncaa-com", "niche"];
    let of = |source: &str| {
        ["--base-url".to_owned(), format!("{source}={}", site.url), "--rate".to_owned(), format!("{source}=1000/s")]
    };
    sources.into_iter().flat_map(of).collect()
}
