//! The loader against the server-side floor, in one run, phase by phase in turn: `cargo bench -p pipeline --bench load [-- ROWS [ROUNDS]]`.
//!
//! The floor is `INSERT … SELECT … ON CONFLICT DO UPDATE` from an unlogged table that holds the rows already, the foreign
//! key joined: what PostgreSQL does when nothing has to come in. Phases: fresh, the same again, one row in ten changed. The
//! durability is PostgreSQL's default.

#[path = "../../tests/support/postgres.rs"]
mod server;

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Instant;

use models::{Cell, ColumnDef, Identity, KeyDef, KeyKind, Kind, Reference, ReferenceDef, TableDef};
use pipeline::load::{Fields, Iterated, Load, Options, Origin, Row, RunContext};
use pipeline::report::TableCounts;
use server::Server;
use sqlx::{AssertSqlSafe, PgConnection};

const SCHOOLS: i32 = 1_000;

const SETUP: &str = "
CREATE SCHEMA pipeline;
CREATE TABLE pipeline.unresolved_reference (table_name text, resolved_at timestamptz);
CREATE TABLE school (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, ncaa_id integer NOT NULL UNIQUE);
INSERT INTO school (ncaa_id) SELECT n FROM generate_series(0, 999) AS n;
CREATE TABLE athlete (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, ncaa_id integer NOT NULL UNIQUE, name text NOT NULL,
  hometown text, school_id bigint NOT NULL REFERENCES school (id), games integer NOT NULL);
CREATE UNLOGGED TABLE inside (ncaa_id integer, name text, hometown text, school integer, games integer);
CREATE TABLE athlete_floor (LIKE athlete INCLUDING ALL, FOREIGN KEY (school_id) REFERENCES school (id));
ANALYZE school;
";

const FLOOR: &str = "INSERT INTO athlete_floor (ncaa_id, name, hometown, school_id, games) SELECT i.ncaa_id, i.name, i.hometown, s.id, \
                     i.games FROM inside AS i JOIN school AS s ON s.ncaa_id = i.school ON CONFLICT (ncaa_id) DO UPDATE SET name \
                     = excluded.name, hometown = excluded.hometown, school_id = excluded.school_id, games = excluded.games";

fn column(name: &'static str, sql_type: &'static str, kind: Kind) -> ColumnDef {
    ColumnDef::new(name, sql_type, kind).not_null()
}

fn table(name: &'static str, columns: Vec<ColumnDef>, references: Vec<ReferenceDef>) -> &'static TableDef {
    let id = column("id", "bigint", Kind::Int8).identity(Identity::Always);
    let key = KeyDef {
        name: "ncaa_id".into(),
        kind: KeyKind::UniqueConstraint,
        columns: Cow::Owned(vec!["ncaa_id".into()]),
        expressions: Cow::Borrowed(&[]),
        predicate: None,
        nulls_not_distinct: false,
    };
    Box::leak(Box::new(TableDef {
        columns: [vec![id, column("ncaa_id", "integer", Kind::Int4)], columns].concat().into(),
        keys: vec![key].into(),
        references: references.into(),
        conflict_key: Some(0),
        ..TableDef::new("public", name, &[])
    }))
}

#[derive(Debug)]
struct School(i32, &'static TableDef);

impl Reference for School {
    fn table(&self) -> &'static TableDef {
        self.1
    }

    fn key(&self) -> &'static KeyDef {
        &self.1.keys[0]
    }

    fn visit<'a>(&'a self, visit: &mut dyn FnMut(usize, Cell<'a>)) {
        visit(0, Cell::Int4(self.0));
    }
}

struct Athlete {
    ncaa_id: i32,
    name: String,
    hometown: Option<String>,
    school: School,
    games: i32,
}

impl Fields for Athlete {
    fn visit<'a>(&'a self, visit: &mut dyn FnMut(usize, Cell<'a>)) {
        visit(1, Cell::Int4(self.ncaa_id));
        visit(2, Cell::Text(&self.name));
        visit(3, self.hometown.as_deref().map_or(Cell::Null, Cell::Text));
        visit(4, Cell::Reference(&self.school));
        visit(5, Cell::Int4(self.games));
    }
}

/// The number of games in a phase: one athlete in ten played another in the last.
const GAMES: [&str; 3] = ["n % 30", "n % 30", "n % 30 + CASE WHEN n % 10 = 0 THEN 1 ELSE 0 END"];

fn athletes(rows: i32, phase: usize, school: &'static TableDef) -> impl Iterator<Item = Row<Athlete>> + Send {
    let origin: Arc<Origin> = Arc::default();
    (0..rows).map(move |n| {
        let row = Athlete {
            // A key order that is not that of the rows.
            ncaa_id: key(n),
            name: format!("Athlete number {n}"),
            hometown: (n % 3 > 0).then(|| format!("Town {}, ST", n % 5_000)),
            school: School(n % SCHOOLS, school),
            games: n % 30 + i32::from(phase == 2 && n % 10 == 0),
        };
        Row { row, origin: Arc::clone(&origin) }
    })
}

fn key(n: i32) -> i32 {
    (i64::from(n) * 7_919 % 10_000_019) as i32
}

async fn execute(connection: &mut PgConnection, sql: &str) {
    // One by one: several statements at once are one transaction, in which VACUUM does not run.
    for statement in sql.split(';').filter(|statement| !statement.trim().is_empty()) {
        sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(&mut *connection).await.expect("the statement runs");
    }
}

/// What a piece of work took.
#[derive(Clone, Copy)]
struct Cost {
    seconds: f64,
    /// Seconds of the processor, of this process and of the server's for this connection.
    client: f64,
    server: f64,
    /// Bytes of WAL.
    wal: i64,
}

impl Cost {
    fn processor(self) -> f64 {
        self.client + self.server
    }

    /// The least of each; what else the machine does only adds.
    fn least(self, other: Self) -> Self {
        Cost {
            seconds: self.seconds.min(other.seconds),
            client: self.client.min(other.client),
            server: self.server.min(other.server),
            wal: self.wal.min(other.wal),
        }
    }
}

/// Seconds of the processor that a process took: its times in user and kernel mode, in hundredths.
fn processor(process: &str) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).expect("the process runs");
    let times = stat.rsplit_once(')').expect("its name ends").1.split_whitespace().skip(11).take(2);
    times.map(|time| time.parse::<f64>().expect("a number")).sum::<f64>() / 100.0
}

async fn measured<'c>(connection: &'c mut PgConnection, work: impl AsyncFnOnce(&mut PgConnection)) -> Cost {
    const POSITION: &str = "SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint, pg_backend_pid()";
    let (before, process): (i64, i32) = sqlx::query_as(POSITION).fetch_one(&mut *connection).await.expect("a position");
    let server = process.to_string();
    let (client_before, server_before, start) = (processor("self"), processor(&server), Instant::now());
    work(connection).await;
    let seconds = start.elapsed().as_secs_f64();
    let (client, server) = (processor("self") - client_before, processor(&server) - server_before);
    let (after, _): (i64, i32) = sqlx::query_as(POSITION).fetch_one(connection).await.expect("a position");
    Cost { seconds, client, server, wal: after - before }
}

/// Loads into `athlete`, and commits.
async fn load(
    connection: &mut PgConnection,
    athlete: &TableDef,
    athletes: impl Iterator<Item = Row<Athlete>> + Send,
) -> TableCounts {
    let run = RunContext { run_id: uuid::Uuid::now_v7(), task: None, source: "bench".to_owned() };
    let mut load = Load::begin(connection, run, Options::default()).await.expect("the load begins");
    let mut rows = Iterated::new(athletes);
    let counts = load.table_by_key(athlete, &athlete.keys[0], &mut rows).await.expect("the load works");
    load.commit().await.expect("the load commits");
    counts
}

#[tokio::main]
async fn main() {
    let numbers: Vec<i32> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let rows = numbers.first().copied().unwrap_or(100_000);
    let rounds = numbers.get(1).copied().unwrap_or(3);
    let server = Server::start(&[]);
    let games = column("games", "integer", Kind::Int4);
    let text = |name| column(name, "text", Kind::Text { max_length: None });
    let school = table("school", vec![], vec![]);
    let reference = ReferenceDef {
        name: "athlete_school".into(),
        columns: Cow::Owned(vec!["school_id".into()]),
        foreign_schema: "public".into(),
        foreign_table: "school".into(),
        foreign_columns: Cow::Owned(vec!["id".into()]),
    };
    let hometown = ColumnDef { not_null: false, ..text("hometown") };
    let columns = vec![text("name"), hometown, column("school_id", "bigint", Kind::Int8), games];
    let athlete = table("athlete", columns, vec![reference]);
    println!("{rows} rows; µs a row, of the clock and of the processor (server + client); WAL: bytes a row");
    let mut least: Vec<Option<[Cost; 2]>> = vec![None; GAMES.len()];
    for round in 1..=rounds {
        let database = server.create_database().await;
        let mut connection = server.connect(&database).await;
        execute(&mut connection, SETUP).await;
        for (phase, games) in GAMES.into_iter().enumerate() {
            let fill = format!(
                "TRUNCATE inside; INSERT INTO inside SELECT (n::bigint * 7919 % 10000019)::int, 'Athlete number ' || n, CASE WHEN n % 3 > 0 \
                 THEN 'Town ' || n % 5000 || ', ST' END, n % {SCHOOLS}, {games} FROM generate_series(0, {rows} - 1) AS n; ANALYZE inside; CHECKPOINT"
            );
            execute(&mut connection, &fill).await;
            let floor = measured(&mut connection, async |connection| execute(connection, FLOOR).await).await;
            execute(&mut connection, "CHECKPOINT").await;
            let mut counts = TableCounts::default();
            let work = async |connection: &mut PgConnection| {
                counts = load(connection, athlete, athletes(rows, phase, school)).await;
            };
            let loader = measured(&mut connection, work).await;
            let changed = (rows + 9) / 10;
            let expected = [[rows, 0, 0], [0, 0, rows], [0, changed, rows - changed]][phase];
            assert_eq!(
                [counts.inserted, counts.updated, counts.unchanged],
                expected.map(|rows| rows as u64),
                "{counts:?}"
            );
            print(&format!("round {round}"), phase, rows, [floor, loader]);
            let both = least[phase].map_or([floor, loader], |[f, l]| [f.least(floor), l.least(loader)]);
            least[phase] = Some(both);
        }
        // Ten rows should not pay for the table's size.
        let work = async |connection: &mut PgConnection| {
            load(connection, athlete, athletes(10, 1, school)).await;
        };
        println!("round {round} ten rows: {:.1} ms", measured(&mut connection, work).await.seconds * 1e3);
    }
    for (phase, costs) in least.into_iter().enumerate() {
        costs.into_iter().for_each(|costs| print("least", phase, rows, costs));
    }
}

fn print(what: &str, phase: usize, rows: i32, [floor, loader]: [Cost; 2]) {
    let each = |total: f64| total / f64::from(rows) * 1e6;
    println!(
        "{what} {:5}  floor {:5.2} / {:5.2}  loader {:5.2} / {:5.2} ({:.2} + {:.2})  x {:.2}  CPU {:.2}  WAL {:4.0} (floor {:4.0})",
        ["fresh", "same", "ten"][phase],
        each(floor.seconds),
        each(floor.processor()),
        each(loader.seconds),
        each(loader.processor()),
        each(loader.server),
        each(loader.client),
        floor.seconds / loader.seconds,
        loader.processor() / floor.processor(),
        loader.wal as f64 / f64::from(rows),
        floor.wal as f64 / f64::from(rows),
    );
}
