//! One target of a source misbehaves, and keeps doing so.

use std::time::Duration;

use sqlx::{AssertSqlSafe, PgConnection, Row};

use crate::postgres::Server;
use crate::sources::SOURCES;
use crate::support::{Answer, gzip};
use crate::{Patient, job, program};

/// How a run ends: its exit code and status.
type End = (i32, &'static str);

const OK: End = (0, "ok");
const DOWN: End = (69, "failed");
const BLOCKED: End = (69, "blocked");
const UNUSABLE: End = (65, "failed");

struct Illness {
    name: &'static str,
    answer: Answer,
    /// How the run ends if a required target has it.
    required: End,
    /// How it ends if an optional one has it.
    optional: End,
}

fn illnesses() -> Vec<Illness> {
    let ill = |name, answer, required, optional| Illness { name, answer, required, optional };
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n";
    let packed = gzip(b"[{\"label\":\"Baseball\",\"value\":\"MBA\"}]");
    let latin = b"[{\"orgId\":4,\"nameOfficial\":\"Jos\xe9\"}]".to_vec();
    let drops = [head.as_bytes().to_vec()].into_iter().chain((0..40).map(|_| b"[".to_vec())).collect();
    vec![
        ill("slow headers", Answer::Late(Duration::from_secs(30), Box::new(Answer::json("[]"))), DOWN, OK),
        ill("a slow body", Answer::Pieces(Duration::from_millis(100), drops), DOWN, OK),
        ill("silence in the body", Answer::Silence(format!("{head}[").into_bytes()), DOWN, OK),
        ill("500", Answer::text(500, "no"), DOWN, OK),
        ill("a reset", Answer::Reset(Vec::new()), DOWN, OK),
        ill("half a body", Answer::Raw(format!("{head}[").into_bytes()), DOWN, OK),
        ill("plain, said to be gzip", Answer::packed(b"[]".to_vec()), DOWN, OK),
        ill("gzip cut short", Answer::packed(packed[..packed.len() - 4].to_vec()), DOWN, OK),
        ill("a long header", Answer::text(200, "[]").with("x-long", "x".repeat(1 << 20)), DOWN, OK),
        ill("a gzip bomb", Answer::packed(gzip(&vec![b' '; 6 << 20])), UNUSABLE, OK),
        ill("too long", Answer::json(vec![b' '; 9 << 20]), UNUSABLE, OK),
        ill("a redirect away", Answer::text(302, "").with("location", "https://elsewhere.example/"), UNUSABLE, OK),
        ill("400", Answer::text(400, "no"), UNUSABLE, OK),
        ill("404", Answer::text(404, "no"), UNUSABLE, OK),
        ill("an empty 200", Answer::text(200, ""), UNUSABLE, OK),
        ill("another page", Answer::text(200, "<h1>We are moving to a new home</h1>"), UNUSABLE, OK),
        ill("a wrong charset", Answer::json(latin), UNUSABLE, OK),
        ill("429 without end", Answer::text(429, "no"), BLOCKED, BLOCKED),
        ill("429 for a day", Answer::text(429, "no").with("retry-after", "86400"), BLOCKED, BLOCKED),
        ill("403", Answer::text(403, "no"), BLOCKED, BLOCKED),
        ill("a challenge page", Answer::text(200, "<script src='/_sec/verify'></script>"), BLOCKED, BLOCKED),
    ]
}

/// What an optional page may well say: that there is nothing, or nothing that is known.
const BELIEVED: [&str; 3] = ["404", "another page", "a wrong charset"];

#[tokio::test(flavor = "multi_thread")]
async fn every_illness_ends_in_its_exit_code_and_leaves_nothing_in_the_cache() {
    for source in SOURCES {
        let patient = Patient::of(source).await;
        let test = |home: &tempfile::TempDir| job(program(source, &patient.site, home.path(), source.test));
        let (exit, healthy) = test(&tempfile::tempdir().unwrap()).await;
        assert_eq!(exit, 0, "{healthy}");
        let mut wrong = Vec::new();
        for illness in illnesses() {
            let required = source.required.iter().map(|target| (target, illness.required));
            let optional = source.optional.iter().map(|target| (target, illness.optional));
            for (target, end) in required.chain(optional) {
                let home = tempfile::tempdir().unwrap();
                patient.falls_ill(target, illness.answer.clone());
                let (exit, ill) = test(&home).await;
                if (exit, ill["status"].as_str()) != (end.0, Some(end.1)) {
                    wrong.push(format!("{} of {target}: {ill}", illness.name));
                }
                patient.recovers();
                let (exit, recovered) = test(&home).await;
                let is_healthy = exit == 0 && recovered["tables"] == healthy["tables"];
                // For an optional target, some illnesses look like an answer, and are believed for a while.
                let is_believed = exit == 0 && source.optional.contains(target) && BELIEVED.contains(&illness.name);
                if !is_healthy && !is_believed {
                    wrong.push(format!("after {} of {target}: {recovered}", illness.name));
                }
            }
        }
        assert!(wrong.is_empty(), "{}:\n{}", source.name, wrong.join("\n"));
    }
}

/// How many rows all tables of the user have together.
async fn rows(connection: &mut PgConnection) -> i64 {
    let tables = "select quote_ident(table_name) as name from information_schema.tables where table_schema = 'public'";
    let tables = sqlx::raw_sql(tables);
    let tables: Vec<String> =
        tables.fetch_all(&mut *connection).await.unwrap().iter().map(|row| row.get("name")).collect();
    assert!(!tables.is_empty());
    let counts: Vec<_> = tables.iter().map(|table| format!("(select count(*) from {table})")).collect();
    let sql = format!("select {} as rows", counts.join(" + "));
    sqlx::raw_sql(AssertSqlSafe(sql)).fetch_one(connection).await.unwrap().get("rows")
}

async fn count(connection: &mut PgConnection, table: &str) -> i64 {
    let sql = format!("select count(*) as rows from {table}");
    sqlx::raw_sql(AssertSqlSafe(sql)).fetch_one(connection).await.unwrap().get("rows")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ends_a_run_leaves_nothing_wrong_in_the_database() {
    let server = Server::start(&[]);
    for source in SOURCES {
        let patient = Patient::of(source).await;
        let database = server.create_database().await;
        let mut connection = server.connect(&database).await;
        let home = tempfile::tempdir().unwrap();
        let command = |arguments: &[&str]| {
            let mut command = program(source, &patient.site, home.path(), arguments);
            command.env("DATABASE_URL", server.url(&database));
            command
        };
        let mut init = std::process::Command::new(env!("CARGO_BIN_EXE_pipeline"));
        init.args(["db", "init", "--with-tables"]).current_dir(home.path()).env_clear().env("HOME", home.path());
        assert!(init.env("DATABASE_URL", server.url(&database)).output().unwrap().status.success());

        sqlx::raw_sql(AssertSqlSafe((source.parents)())).execute(&mut connection).await.unwrap();
        let (before, schools) = (rows(&mut connection).await, count(&mut connection, "school").await);
        let target = source.required.last().unwrap();
        for illness in illnesses() {
            patient.falls_ill(target, illness.answer);
            let (exit, ill) = job(command(source.sync)).await;
            assert_eq!(
                (exit, ill["status"].as_str()),
                (illness.required.0, Some(illness.required.1)),
                "{}",
                illness.name
            );
            // What does not hang on it may be loaded; what does has no row.
            let stored = rows(&mut connection).await;
            assert!(stored == before || source.partial.contains(target), "{} of {target}", illness.name);
            assert_eq!(count(&mut connection, "school").await, schools, "{} of {target}", illness.name);
        }
        patient.recovers();
        let (exit, healthy) = job(command(source.sync)).await;
        assert_eq!((exit, healthy["status"].as_str()), (0, Some("ok")), "{healthy}");
        assert!(rows(&mut connection).await > before);
    }
}
