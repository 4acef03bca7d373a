//! Every type of the table of types against a real PostgreSQL: what a row was given comes back as it was, at the extremes
//! too, and what a Rust type does not hold is an error that names table and column.
//!
//! Values go in as text, which the server reads, and come back in its binary form, so that the server stands between the two.
//!
//! To accept a change of the output: `cargo run -p codegen -- --config codegen/tests/fixtures/types/codegen.toml`.

#[path = "types/arrays.rs"]
mod arrays;
#[path = "types/beyond.rs"]
mod beyond;
#[path = "types/documentation.rs"]
mod documentation;
#[rustfmt::skip]
#[path = "fixtures/types/generated/mod.rs"]
mod models;
#[path = "../../tests/support/postgres.rs"]
mod postgres;
#[path = "types/scalars.rs"]
mod scalars;
#[path = "types/strategies.rs"]
mod strategies;

use std::path::Path;

use codegen::config::{Flags, settings};
use codegen::diagnostic::Look;
use codegen::task::{Mode, run};
use models::*;
use postgres::Server;
use sqlx::{Executor, PgConnection};

/// A temperature: a type of a user's own, as `codegen.toml` names it.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize, sqlx::Type)]
#[sqlx(transparent)]
pub struct Celsius(pub f32);

impl AsCell for Celsius {
    fn as_cell(&self) -> Cell<'_> {
        Cell::Float4(self.0)
    }
}

/// One server for all tests; it ends with the process.
async fn database() -> PgConnection {
    static SERVER: std::sync::OnceLock<Server> = std::sync::OnceLock::new();
    let server = SERVER.get_or_init(|| Server::start(&[]));
    let name = server.create_database().await;
    let mut connection = server.connect(&name).await;
    connection.execute(SCHEMA_SQL).await.unwrap();
    connection
}

#[test]
fn committed_output_is_what_is_generated() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/types");
    let settings = settings(&Flags::default(), &folder).unwrap();
    let outcome = run(&settings, Mode::Check, Look::Plain).unwrap();
    assert!(outcome.changes.is_empty(), "{}", outcome.diff);
}
