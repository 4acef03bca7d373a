//! drizzle-kit's DDL for `drizzle-schemas`, run in one database, and ours, run in another, give the same catalogue.
//! PostgreSQL's own `pg_dump` is the judge.

#[path = "support/drizzle_kit.rs"]
mod drizzle_kit;
#[path = "support/postgres.rs"]
mod postgres;

use std::path::{Path, PathBuf};
use std::process::Command;

use codegen::drizzle::Casing;
use codegen::{ReadOptions, read, sql};
use postgres::Server;
use sqlx::{AssertSqlSafe, Executor};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

/// Runs DDL in a database of its own and gives what `pg_dump` says of it.
async fn catalogue(server: &Server, ddl: &str) -> String {
    let database = server.create_database().await;
    let mut connection = server.connect(&database).await;
    connection.execute(AssertSqlSafe(ddl.to_owned())).await.expect("the DDL runs");
    let url = server.url(&database);
    let output = Command::new("pg_dump").args(["--schema-only", "--dbname", &url]).output().expect("pg_dump runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let dump = String::from_utf8(output.stdout).expect("UTF-8");
    // Newer versions of pg_dump put a random word into these.
    let lines = dump.lines().filter(|line| !line.starts_with("\\restrict") && !line.starts_with("\\unrestrict"));
    lines.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn our_ddl_and_drizzle_kits_give_the_same_catalogue() {
    let schemas = repository().join("drizzle-schemas");
    let theirs = drizzle_kit::generate(&schemas).expect("drizzle-kit accepts the schema").sql;
    let options = ReadOptions { root: schemas, patterns: vec!["*.sql.ts".to_owned()], casing: Casing::Keep };
    let ours = sql::script(&read(&options).schema.expect("codegen accepts the schema"));

    let server = Server::start(&[]);
    let (theirs, ours) = (catalogue(&server, &theirs).await, catalogue(&server, &ours).await);
    assert!(theirs.contains("CREATE TABLE public.school ("), "pg_dump shows the tables:\n{theirs}");
    assert_eq!(theirs, ours);
}

#[tokio::test]
async fn the_committed_ddl_is_the_schemas() {
    let committed = std::fs::read_to_string(repository().join("models/src/generated/schema.sql")).expect("it is there");
    let theirs = drizzle_kit::generate(&repository().join("drizzle-schemas")).expect("drizzle-kit accepts it").sql;
    let server = Server::start(&[]);
    assert_eq!(catalogue(&server, &committed).await, catalogue(&server, &theirs).await);
}
