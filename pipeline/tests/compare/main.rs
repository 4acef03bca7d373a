//! `pipeline compare` on a real PostgreSQL: the real program, two databases with planted differences, and nothing else reported.

#[path = "../../../tests/support/postgres.rs"]
mod server;

mod answers;
mod rows;
mod types;

use std::fmt::Write as _;
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use serde_json::Value;
use server::Server;
use sqlx::{AssertSqlSafe, PgConnection};

/// One server for all tests; it ends with the process.
fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| Server::start(&["-c", "fsync=off", "-c", "max_connections=60"]))
}

/// A table with four rows.
const PLAIN: &str = "CREATE TABLE thing (code text PRIMARY KEY, name text, rank integer); INSERT INTO thing VALUES
  ('a', 'Ann', 1), ('b', 'Bob', 2), ('c', 'Cid', 3), ('d', 'Dan', 4);";

/// Two databases.
struct Scene {
    folder: tempfile::TempDir,
    urls: [String; 2],
    connections: [PgConnection; 2],
}

impl Scene {
    async fn new(left: &str, right: &str) -> Self {
        let names = [server().create_database().await, server().create_database().await];
        let connections = [server().connect(&names[0]).await, server().connect(&names[1]).await];
        let urls = names.each_ref().map(|name| server().url(name));
        let mut scene = Self { folder: tempfile::tempdir().unwrap(), urls, connections };
        scene.execute(0, left).await;
        scene.execute(1, right).await;
        scene
    }

    async fn execute(&mut self, side: usize, sql: &str) {
        let sql = AssertSqlSafe(sql.to_owned());
        sqlx::raw_sql(sql).execute(&mut self.connections[side]).await.expect("the statement runs");
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pipeline"));
        command.args(["compare", "--left", &self.urls[0], "--right", &self.urls[1]]).args(arguments);
        command.current_dir(self.folder.path()).env_clear().env("HOME", self.folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        Ran::from(self.command(arguments).output().unwrap())
    }

    /// What is told as JSON, in short.
    #[track_caller]
    fn told(&self, arguments: &[&str]) -> String {
        let ran = self.run(&[&["--format", "json"], arguments].concat());
        let Ok(json) = serde_json::from_str::<Value>(&ran.stdout) else {
            return format!("exit {}\n{}", ran.code, ran.stderr);
        };
        assert_eq!(ran.stderr, "", "a query command says nothing but its answer");
        let expected = if json["status"] == "equal" { 0 } else { 1 };
        assert_eq!(ran.code, expected, "{json}");
        short(&json)
    }
}

struct Ran {
    code: i32,
    stdout: String,
    stderr: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().expect("it ends by itself"),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// All that an answer tells, a line each: rows as `left/right =equal ~changed`, keys behind `<`, `>` (only on a side) and `2<`,
/// `2>` (several rows), then the columns that differ.
fn short(json: &Value) -> String {
    let mut text = String::new();
    for table in json["tables"].as_array().unwrap() {
        let (rows, keys) = (&table["rows"], &table["key"]);
        let by: Vec<&str> = keys.as_array().unwrap().iter().map(|key| key.as_str().unwrap()).collect();
        let name = table["table"].as_str().unwrap().trim_start_matches("public.");
        writeln!(
            text,
            "{name} by {}: {}/{} ={} ~{}",
            by.join(","),
            rows["left"],
            rows["right"],
            rows["equal"],
            rows["changed"]
        )
        .unwrap();
        if rows["not_compared"] != 0 {
            writeln!(text, " ? {} rows", rows["not_compared"]).unwrap();
        }
        for (sign, found) in [("<", "only_left"), (">", "only_right")] {
            if table[found]["rows"] != 0 {
                writeln!(text, " {sign} {}: {}", table[found]["rows"], samples(&table[found])).unwrap();
            }
        }
        for (sign, found) in [("2<", "duplicates_left"), ("2>", "duplicates_right")] {
            let found = &table[found];
            if found["keys"] != 0 {
                writeln!(text, " {sign} {} of {}: {}", found["rows"], found["keys"], samples(found)).unwrap();
            }
        }
        for column in table["columns"].as_array().unwrap() {
            let samples = column["samples"].as_array().unwrap().iter();
            let samples = samples
                .map(|one| format!("[{}] {} -> {}", key(&one["key"]), value(&one["left"]), value(&one["right"])))
                .collect::<Vec<_>>();
            writeln!(text, " {} {}: {}", column["column"].as_str().unwrap(), column["differences"], samples.join("; "))
                .unwrap();
        }
        not_compared(&mut text, table);
    }
    for side in ["only_left", "only_right"] {
        for table in json[side].as_array().unwrap() {
            writeln!(text, "{side} {}", table.as_str().unwrap()).unwrap();
        }
    }
    not_compared(&mut text, json);
    text
}

fn not_compared(text: &mut String, of: &Value) {
    for one in of["not_compared"].as_array().unwrap() {
        writeln!(text, " ? {}: {}", one["name"].as_str().unwrap(), one["reason"].as_str().unwrap()).unwrap();
    }
}

fn samples(found: &Value) -> String {
    found["samples"].as_array().unwrap().iter().map(key).collect::<Vec<_>>().join("; ")
}

/// The parts of a key, in the order of their names.
fn key(key: &Value) -> String {
    key.as_object().unwrap().values().map(value).collect::<Vec<_>>().join(",")
}

fn value(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| "∅".to_owned(), |text| if text.is_empty() { "''".to_owned() } else { text.to_owned() })
}
