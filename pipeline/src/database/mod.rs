//! Finds or starts PostgreSQL, checks that it is as the models have it, and keeps the pipeline's own tables there.
//!
//! ```text
//! DATABASE_URL --------------------+-> connect -> bookkeeping -> tables -> rights -> Database
//! none: embedded, found or started-+              schema         as the    as
//!                                                 `pipeline`     models    needed
//! ```
//!
//! A user's database is only looked at; `pipeline db init` makes things in it. The embedded one is ours to fill.

mod bookkeeping;
mod connect;
mod embedded;
mod errors;
mod history;
mod inspect;
mod psql;
mod rights;
mod runs;
mod setup;
mod tables;
mod tasks;

use models::TableDef;
use sqlx::{PgConnection, PgPool};

pub use bookkeeping::{State as SchemaState, VERSION as BOOKKEEPING_VERSION, init_sql};
pub use connect::{ConnectionSettings, connect, connect_options, pool};
pub use embedded::{Description, Embedded, EmbeddedConfig, ServerPrograms, server_programs};
pub use errors::database_error;
pub use history::{
    RunRecord, TaskRecord, TaskSummary, ended_before, loaded_before, resumed_by, run_of, runs, task_summaries, tasks,
};
pub use inspect::{Inspection, Server, inspect};
pub use psql::{psql_command, psql_program};
pub use runs::{Begun, acquire, begin, begin_run, commit, finish_run, note_hosts};
pub use setup::InitReport;
pub(crate) use setup::{MIGRATE_HELP, none_exists};
pub use tables::{Difference, check_tables};
pub use tasks::{Broken, Partitions, TaskState, broken_run, done, done_by, note_task, partition_done};

use crate::error::Result;
use crate::mask::mask_url;

/// Which database, and how to connect to it.
#[derive(Debug, Clone, Default)]
pub struct DatabaseConfig {
    /// The user's database; `None` for the embedded one.
    pub url: Option<String>,
    /// Where the embedded one lies.
    pub embedded: EmbeddedConfig,
    /// How to connect.
    pub connection: ConnectionSettings,
}

/// Whose database it is, which decides who may change its tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Our own cluster: tables are created as needed.
    Embedded,
    /// The user's: tables belong to Drizzle.
    User,
}

/// A database that is ready for work.
#[derive(Debug, Clone)]
pub struct Database {
    /// Its connections. Queries say `.persistent(false)`: see [`connect_options`].
    pub pool: PgPool,
    /// Whose it is.
    pub origin: Origin,
    /// Its URL as it may be shown.
    pub url: String,
}

/// Gets the database ready for work on `tables`. The embedded one is started, and its tables are created from `ddl`
/// (statements separated by `--> statement-breakpoint`) when it has none of them. A user's database is only checked,
/// before any other work: the schema `pipeline`, the tables, the role's rights.
///
/// # Errors
/// [`Exit::Configuration`](crate::Exit::Configuration) when something is missing or different, with the command that
/// remedies it; [`Exit::Permission`](crate::Exit::Permission) for missing rights; those of [`connect()`] and
/// [`Embedded::ensure_running`].
pub async fn prepare(config: &DatabaseConfig, tables: &[&TableDef], ddl: &str) -> Result<Database> {
    let (mut connection, origin, url) = reach(config).await?;
    match origin {
        Origin::User => setup::check(&mut connection, tables).await?,
        Origin::Embedded => setup::complete(&mut connection, origin, tables, Some(ddl)).await.map(drop)?,
    }
    Ok(Database { pool: pool(&url, &config.connection)?, origin, url: mask_url(&url) })
}

/// Creates or updates the schema `pipeline`, and with `ddl` the tables, all in one transaction. Doing it again, or twice at
/// once, changes nothing. The embedded database gets its tables by [`prepare`] anyway.
///
/// # Errors
/// [`Exit::Configuration`](crate::Exit::Configuration) when some of the tables exist and others do not, or they differ:
/// then nothing is changed. [`Exit::Permission`](crate::Exit::Permission) when the role may not create them. Those of
/// [`connect()`] and [`Embedded::ensure_running`].
pub async fn init(config: &DatabaseConfig, tables: &[&TableDef], ddl: Option<&str>) -> Result<InitReport> {
    let (mut connection, origin, _) = reach(config).await?;
    setup::complete(&mut connection, origin, tables, ddl).await
}

/// A first connection to the configured database, whose it is, and its URL, which may hold a secret.
async fn reach(config: &DatabaseConfig) -> Result<(PgConnection, Origin, String)> {
    let (origin, url) = match &config.url {
        Some(url) => (Origin::User, url.clone()),
        None => {
            let embedded = Embedded::locate(&config.embedded).await?;
            embedded.ensure_running().await?;
            (Origin::Embedded, embedded.url())
        }
    };
    Ok((connect(&url, &config.connection).await?, origin, url))
}
