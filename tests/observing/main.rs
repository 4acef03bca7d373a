//! What a run tells while it works and afterwards, as other programs read it: log lines, metrics, traces.
//! The real program, a real PostgreSQL, a real HTTP server with a small site of invented schools and players.

#[path = "../support/pipeline.rs"]
mod pipeline_command;
#[path = "../support/postgres.rs"]
mod postgres;
#[path = "../../pipeline/tests/support/mod.rs"]
mod site;

mod logs;
mod metrics;
mod traces;

use pipeline_command::{Pipeline, server};

/// What most of the tests run: all tasks of both DAGs for one sport.
const WEEK: [&str; 9] =
    ["sync", "ncaa_directory_sync", "weekly_stats_sync", "--season", "2026", "--sport", "MBA", "--week", "2026-03-23"];

async fn prepared() -> Pipeline {
    let (pipeline, _connection) = Pipeline::on(server()).await;
    assert!(pipeline.run(&["db", "init", "--with-tables"]).await.status.success());
    pipeline
}
