//! `pipeline load` on a real PostgreSQL: the real program, files, and what the database holds afterwards.

#[path = "../../../tests/support/postgres.rs"]
mod server;

mod bad_input;
mod conflicts;
mod database_faults;
mod faults;
mod formats;
mod full_disk;
mod killed;
mod maps;
mod memory;
mod parquet;
mod pgbouncer;
mod quarantine;
mod refresh;
mod server_killed;
mod stopped;
mod text_forms;

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use serde_json::Value;
use server::Server;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, Row};

/// One server for all tests; it ends with the process.
fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| Server::start(&["-c", "fsync=off", "-c", "max_connections=60"]))
}

/// The schema that the tests load into, as a Drizzle user writes it.
const SCHEMA: &str = r"
import { boolean, date, doublePrecision, integer, jsonb, numeric, pgTable, text, timestamp, unique, varchar } from 'drizzle-orm/pg-core';

export const league = pgTable('league', {
  id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
  code: text('code').notNull().unique(),
});

export const club = pgTable('club', {
  id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
  ncaaId: integer('ncaa_id').notNull().unique(),
  name: varchar('name', { length: 20 }).notNull(),
  founded: date('founded'),
  isPrivate: boolean('is_private'),
  colors: text('colors').array(),
  budget: numeric('budget', { precision: 12, scale: 2 }),
  links: jsonb('links'),
  rating: doublePrecision('rating'),
  seenAt: timestamp('seen_at', { withTimezone: true }),
  leagueId: integer('league_id').references(() => league.id),
});

export const season = pgTable('season', {
  id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
  clubId: integer('club_id').notNull().references(() => club.id),
  year: integer('year').notNull(),
  wins: integer('wins').notNull().default(0),
}, (table) => [unique('season_key').on(table.clubId, table.year)]);

export const player = pgTable('player', {
  id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
  seasonId: integer('season_id').notNull().references(() => season.id),
  number: integer('number').notNull(),
  name: text('name').notNull(),
}, (table) => [unique('player_key').on(table.seasonId, table.number)]);
";

/// A database with the schema's tables and the bookkeeping, and a folder with the schema in it.
struct Scene {
    server: &'static Server,
    folder: tempfile::TempDir,
    database: String,
    connection: PgConnection,
}

impl Scene {
    async fn new() -> Self {
        Self::with_schema(SCHEMA).await
    }

    async fn with_schema(text: &str) -> Self {
        Self::of(server(), text).await
    }

    /// On a server of one's own.
    async fn on(server: &'static Server) -> Self {
        Self::of(server, SCHEMA).await
    }

    async fn of(server: &'static Server, text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("schema.ts"), text).unwrap();
        let database = server.create_database().await;
        let connection = server.connect(&database).await;
        let mut scene = Self { server, folder, database, connection };
        let schema = scene.folder.path().join("schema.ts");
        let ddl = pipeline::catalogue::Catalogue::read(&schema).unwrap().ddl;
        scene.execute(&pipeline::database::init_sql(None)).await;
        scene.execute(&ddl.replace("--> statement-breakpoint", "")).await;
        scene
    }

    /// Until the server has ended the connection, as it does with all of them when one crashes.
    async fn connection_ends(&mut self) {
        while self.connection.ping().await.is_ok() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    }

    /// After the server was gone; it may still be recovering.
    async fn connect_again(&mut self) {
        self.connection = loop {
            match self.server.options(&self.database).connect().await {
                Ok(connection) => break connection,
                Err(_) => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
            }
        };
    }

    async fn execute(&mut self, sql: &str) {
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut self.connection).await.unwrap();
    }

    /// The rows of a query, their columns as text between bars.
    async fn query(&mut self, sql: &str) -> Vec<String> {
        let rows = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).fetch_all(&mut self.connection).await.unwrap();
        let value = |row: &sqlx::postgres::PgRow, place| row.get::<Option<String>, _>(place).unwrap_or("∅".to_owned());
        rows.iter().map(|row| (0..row.len()).map(|place| value(row, place)).collect::<Vec<_>>().join("|")).collect()
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// `pipeline load` with these arguments, in the folder.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pipeline"));
        self.surround(command.args(["load", "--schema", "schema.ts"]).args(arguments));
        command
    }

    /// The folder, the database and nothing else around a command.
    fn surround(&self, command: &mut Command) {
        command.current_dir(self.folder.path());
        command.env_clear().env("HOME", self.folder.path()).env("DATABASE_URL", self.server.url(&self.database));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    }

    fn load(&self, arguments: &[&str]) -> Ran {
        Ran::from(self.command(arguments).output().unwrap())
    }

    /// Loads a file's content into a table.
    fn load_text(&self, table: &str, name: &str, content: impl AsRef<[u8]>) -> Ran {
        self.file(name, content);
        self.load(&[table, name])
    }
}

struct Ran {
    code: Option<i32>,
    result: Value,
    stderr: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let stdout = String::from_utf8(output.stdout).unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(stdout.matches('\n').count(), 1, "standard output: {stdout}\nstandard error: {stderr}");
        Self { code: output.status.code(), result: serde_json::from_str(&stdout).unwrap(), stderr }
    }
}

impl Ran {
    /// The counts of the only table that are not zero, as `inserted 3, read 3`; checks that they add up.
    fn counts(&self) -> String {
        let tables = self.result["tables"].as_object().unwrap();
        assert!(tables.len() < 2, "{}", self.result);
        let Some(counts) = tables.values().next().and_then(Value::as_object) else { return String::new() };
        let number = |value: &Value| value.as_u64().unwrap();
        let apart = ["read", "marked_missing"];
        let others: u64 =
            counts.iter().filter(|(name, _)| !apart.contains(&name.as_str())).map(|(_, value)| number(value)).sum();
        assert_eq!(number(&counts["read"]), others, "{}", self.result);
        let told = counts.iter().filter(|(_, value)| number(value) > 0);
        told.map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join(", ")
    }

    #[track_caller]
    fn ok(&self, counts: &str) {
        assert_eq!((self.code, self.counts().as_str()), (Some(0), counts), "{}", self.stderr);
    }

    /// It ended with this code, and said all of this.
    #[track_caller]
    fn failed(&self, code: i32, words: &[&str]) {
        assert_eq!(self.code, Some(code), "{}", self.stderr);
        for word in words {
            assert!(self.stderr.contains(word), "{word:?} is not in: {}", self.stderr);
        }
        assert!(self.result["error"].is_string(), "{}", self.result);
    }
}

fn gzip(content: impl AsRef<[u8]>) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, content.as_ref()).unwrap();
    encoder.finish().unwrap()
}
