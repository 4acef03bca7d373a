//! `pipeline compare` against two `COPY … TO STDOUT` that are read at once and thrown away: what reading both sides costs at least.
//! `cargo bench -p pipeline --bench compare [-- ROWS [ROUNDS]]`.
//!
//! Both sides have the same rows in other physical orders and with other ids: a number, two texts, a reference, a count and a moment.
//! The program runs as users run it. In each round everything is measured in turn; told is the median of the rounds.

#[path = "../../tests/support/postgres.rs"]
mod server;

use std::process::{Command, Stdio};
use std::time::Instant;

use futures::TryStreamExt as _;
use server::Server;
use sqlx::{AssertSqlSafe, PgConnection};

const TABLES: &str = "
CREATE TABLE school (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, ncaa_id integer NOT NULL UNIQUE);
CREATE TABLE athlete (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, ncaa_id integer NOT NULL UNIQUE, code text NOT NULL,
  name text NOT NULL, hometown text, school_id bigint NOT NULL REFERENCES school (id), number integer NOT NULL, games integer NOT NULL,
  seen_at timestamptz NOT NULL);
";

/// What is measured: its name, the flags, and how many rows of a thousand differ.
const CASES: [(&str, &[&str], i64); 4] = [
    ("key: a number", &["--key", "ncaa_id"], 0),
    ("key: a text", &["--key", "code"], 0),
    ("key: the school's, a number", &["--key", "school_id,number"], 0),
    ("key: a number; one row in a hundred differs", &["--key", "ncaa_id"], 10),
];

async fn execute(connection: &mut PgConnection, sql: &str) {
    // One by one: several statements at once are one transaction, in which VACUUM does not run.
    for statement in sql.split(';').filter(|statement| !statement.trim().is_empty()) {
        sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(&mut *connection).await.expect("the statement runs");
    }
}

/// Fills a side. `step` is prime to the number of rows, and says in which order they lie there.
async fn fill(connection: &mut PgConnection, rows: i64, step: i64, changed: i64) {
    let sql = format!(
        "{TABLES}
         INSERT INTO school (ncaa_id) SELECT n FROM generate_series(1, 1000) AS n ORDER BY n::bigint * {step} % 1009;
         INSERT INTO athlete (ncaa_id, code, name, hometown, school_id, number, games, seen_at)
           SELECT n, md5(n::text), 'Athlete number ' || n, CASE WHEN n % 3 > 0 THEN 'Town ' || n % 5000 || ', ST' END, school.id, n,
             n % 30 + CASE WHEN n % 1000 < {changed} THEN 1 ELSE 0 END, timestamptz '2025-01-01' + n * interval '1 second'
           FROM (SELECT place::bigint * {step} % {rows} AS n FROM generate_series(0, {rows} - 1) AS place) AS numbers
           JOIN school ON school.ncaa_id = n % 1000 + 1;
         VACUUM ANALYZE"
    );
    execute(connection, &sql).await;
}

/// Reads both tables at once and throws them away.
async fn copies(connections: &mut [PgConnection; 2]) -> f64 {
    let began = Instant::now();
    let read = async |connection: &mut PgConnection| {
        let mut rows = connection.copy_out_raw("COPY athlete TO STDOUT").await.expect("the server sends");
        let mut bytes = 0;
        while let Some(message) = rows.try_next().await.expect("the server goes on") {
            bytes += message.len();
        }
        assert!(bytes > 0);
    };
    let [left, right] = connections;
    tokio::join!(read(left), read(right));
    began.elapsed().as_secs_f64()
}

/// Seconds, and the most memory in MiB.
fn compare(urls: [&str; 2], flags: &[&str], differs: bool) -> (f64, f64) {
    let began = Instant::now();
    let mut command = Command::new(env!("CARGO_BIN_EXE_pipeline"));
    command.args(["compare", "--left", urls[0], "--right", urls[1], "--table", "athlete"]);
    let mut child = command.args(flags).stdout(Stdio::null()).spawn().expect("the program starts");
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    let code = loop {
        let told = std::fs::read_to_string(&status).unwrap_or_default();
        let line = told.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        peak = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(peak);
        if let Some(code) = child.try_wait().expect("it can be waited for") {
            break code.code();
        }
        std::thread::sleep(std::time::Duration::from_millis(2));
    };
    assert_eq!(code, Some(i32::from(differs)));
    (began.elapsed().as_secs_f64(), f64::from(peak) / 1_024.0)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

#[tokio::main]
async fn main() {
    let numbers: Vec<i64> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let rows = numbers.first().copied().unwrap_or(1_000_000);
    let rounds = numbers.get(1).copied().unwrap_or(5);
    let server = Server::start(&[]);
    let mut sides = Vec::new();
    for (step, changed) in [(7_919, 0), (104_729, 0), (104_729, 10)] {
        let name = server.create_database().await;
        let mut connection = server.connect(&name).await;
        fill(&mut connection, rows, step, changed).await;
        sides.push((server.url(&name), connection));
    }
    let urls: Vec<String> = sides.iter().map(|(url, _)| url.clone()).collect();
    let mut connections: Vec<PgConnection> = sides.into_iter().map(|(_, connection)| connection).collect();
    connections.truncate(2);
    let mut connections: [PgConnection; 2] = connections.try_into().expect("two sides");

    let mut floor = Vec::new();
    let mut measured = vec![Vec::new(); CASES.len()];
    let mut peak = 0_f64;
    for round in 0..=rounds {
        let seconds = copies(&mut connections).await;
        let found: Vec<(f64, f64)> = CASES
            .iter()
            .map(|(_, flags, changed)| {
                let right = if *changed > 0 { &urls[2] } else { &urls[1] };
                compare([&urls[0], right], flags, *changed > 0)
            })
            .collect();
        // The first round warms the caches.
        if round > 0 {
            floor.push(seconds);
            for (all, (seconds, memory)) in measured.iter_mut().zip(found) {
                all.push(seconds);
                peak = peak.max(memory);
            }
        }
    }
    let floor = median(floor);
    println!("{rows} rows a side, {rounds} rounds; two COPY: {floor:.2} s");
    for ((name, ..), seconds) in CASES.iter().zip(measured) {
        let seconds = median(seconds);
        println!("{name}: {seconds:.2} s, {:.2} times two COPY", seconds / floor);
    }
    println!("most memory of the program: {peak:.0} MiB");
}
