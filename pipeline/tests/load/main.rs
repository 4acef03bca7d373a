//! The loader on a real PostgreSQL.

#[path = "../support/record.rs"]
mod record;
#[path = "../../../tests/support/postgres.rs"]
mod server;
#[path = "../support/tables.rs"]
mod tables;

mod concurrency;
mod encoding;
mod keys;
mod large;
mod merging;
mod model;
mod quarantine;
mod references;

use std::sync::OnceLock;

use models::TableDef;
use pipeline::Result;
use pipeline::load::{Load, LoadOutcome, Options, RunContext};
use pipeline::report::TableCounts;
use record::{Parent, Record, Value, rows};
use server::Server;
use sqlx::{AssertSqlSafe, PgConnection, Row};

/// One server for all tests; it ends with the process.
fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| Server::start(&["-c", "fsync=off", "-c", "max_connections=60"]))
}

/// A database with the schema, and a connection to it.
struct Database {
    name: String,
    connection: PgConnection,
    options: Options,
}

impl Database {
    async fn new() -> Database {
        let name = server().create_database().await;
        let mut connection = server().connect(&name).await;
        for sql in [pipeline::database::init_sql(None), tables::TABLES.to_owned()] {
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.expect("the schema is created");
        }
        Database { name, connection, options: Options::default() }
    }

    async fn begin(&mut self) -> Load<'_> {
        let options = self.options.clone();
        Load::begin(&mut self.connection, run("directory"), options).await.expect("the load begins")
    }

    /// Loads into one table by one of its keys, and commits.
    async fn try_load(&mut self, table: &TableDef, key: usize, records: Vec<Record>) -> Result<LoadOutcome> {
        let mut load = self.begin().await;
        let counts = load.table_by_key(table, &table.keys[key], &mut rows(records)).await?;
        assert_eq!(counts.read, counts.accounted(), "{counts:?}");
        load.commit().await
    }

    async fn load(&mut self, table: &TableDef, key: usize, records: Vec<Record>) -> TableCounts {
        let outcome = self.try_load(table, key, records).await.unwrap_or_else(|error| panic!("{error}"));
        outcome.tables[&table.qualified_name()]
    }

    async fn execute(&mut self, sql: &str) {
        let sql = AssertSqlSafe(sql.to_owned());
        sqlx::raw_sql(sql).execute(&mut self.connection).await.expect("the statement runs");
    }

    /// The rows of a query, their columns as text between bars.
    async fn query(&mut self, sql: &str) -> Vec<String> {
        let rows = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).fetch_all(&mut self.connection).await.expect("it runs");
        let value = |row: &sqlx::postgres::PgRow, place| row.get::<Option<String>, _>(place).unwrap_or("∅".to_owned());
        rows.iter().map(|row| (0..row.len()).map(|place| value(row, place)).collect::<Vec<_>>().join("|")).collect()
    }

    /// Every row version of a table, and its sequence: equal before and after if nothing was written.
    async fn versions(&mut self, table: &str) -> Vec<String> {
        let sql = format!(
            "SELECT ctid::text, xmin::text, xmax::text, {table}::text FROM {table} UNION ALL SELECT 'sequence', last_value::text, \
             NULL, NULL FROM {table}_id_seq ORDER BY 1, 4"
        );
        self.query(&sql).await
    }
}

fn run(task: &str) -> RunContext {
    RunContext { run_id: uuid::Uuid::now_v7(), task: Some(task.to_owned()), source: "directory".to_owned() }
}

/// The counts of a table's load, zero but for those named.
macro_rules! counts {
    ($($count:ident: $value:expr),* $(,)?) => {
        pipeline::report::TableCounts { $($count: $value,)* ..Default::default() }
    };
}
use counts;

fn conference(ncaa_id: i32, name: &str) -> Record {
    Record::default().with(&tables::CONFERENCE, "ncaa_id", ncaa_id).with(&tables::CONFERENCE, "name", name)
}

fn sport(code: &str) -> Record {
    Record::default().with(&tables::SPORT, "code", code)
}

fn school(ncaa_id: i32, name: &str) -> Record {
    school_key(ncaa_id).with(&tables::SCHOOL, "name", name)
}

fn school_key(ncaa_id: i32) -> Record {
    Record::default().with(&tables::SCHOOL, "ncaa_id", ncaa_id)
}

fn parent(table: &'static TableDef, key: usize, parts: Vec<Value>) -> Parent {
    Parent { table, key, parts }
}

fn conference_ref(ncaa_id: i32) -> Parent {
    parent(&tables::CONFERENCE, 0, vec![ncaa_id.into()])
}

fn team_ref(school: i32, sport: &str, season: i16) -> Parent {
    let school = parent(&tables::SCHOOL, 0, vec![school.into()]).into();
    let sport = parent(&tables::SPORT, 0, vec![sport.into()]).into();
    parent(&tables::TEAM, 0, vec![school, sport, Value::Int2(season)])
}

fn team(school: i32, sport: &str, season: i16) -> Record {
    let parts = team_ref(school, sport, season).parts;
    ["school_id", "sport_id", "season"]
        .into_iter()
        .zip(parts)
        .fold(Record::default(), |record, (column, value)| record.with(&tables::TEAM, column, value))
}
