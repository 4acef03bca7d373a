//! The schema `pipeline`: the pipeline's own tables, versioned.

use sqlx::{PgConnection, Row};

use super::errors::database_error;
use super::tables::SEARCH_PATH;
use crate::error::{Error, Exit, Result};

/// Every migration, in order; the position plus one is the version. Each records itself in `pipeline.schema_version`. One
/// that has been released is never changed, only followed by another.
const MIGRATIONS: [&str; 4] = [
    include_str!("migrations/0001_bookkeeping.sql"),
    include_str!("migrations/0002_replay.sql"),
    include_str!("migrations/0003_tasks.sql"),
    include_str!("migrations/0004_hosts.sql"),
];

/// The version that this binary works with.
pub const VERSION: i32 = MIGRATIONS.len() as i32;

/// The advisory lock under which the schema and the tables are made, `pipeline` as a number. Transaction-level, since
/// PgBouncer in transaction mode would hand a session's lock to a stranger.
const LOCK: i64 = i64::from_be_bytes(*b"pipeline");

/// What a database has of the schema `pipeline`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nothing, or only the empty schema.
    Missing,
    /// An earlier version.
    Outdated(i32),
    /// What this binary works with.
    Current,
}

/// Reads the version. The catalogue is asked first whether it may be read: a role without rights on the schema would get
/// an error for asking after a table in it.
///
/// # Errors
/// [`Exit::Permission`] when the version may not be read; [`Exit::Configuration`] when it is newer than this binary.
pub(super) async fn state(connection: &mut PgConnection) -> Result<State> {
    let failed = |error| database_error("look for the schema `pipeline`", error);
    let query = "select has_schema_privilege(n.oid, 'USAGE') and has_table_privilege(c.oid, 'SELECT') as readable, \
                 current_user::text as role \
                 from pg_catalog.pg_namespace n join pg_catalog.pg_class c on c.relnamespace = n.oid \
                 where n.nspname = 'pipeline' and c.relname = 'schema_version'";
    let found = sqlx::query(query).persistent(false).fetch_optional(&mut *connection).await.map_err(failed)?;
    let Some(found) = found else { return Ok(State::Missing) };
    if !found.try_get::<bool, _>("readable").map_err(failed)? {
        let role: String = found.try_get("role").map_err(failed)?;
        let message = format!("the role `{role}` may not read `pipeline.schema_version`");
        return Err(Error::new(Exit::Permission, message).help(format!(
            "grant it all on schema pipeline and its tables: grant usage on schema pipeline to \"{role}\"; grant all on \
             all tables in schema pipeline to \"{role}\""
        )));
    }
    let version = "select coalesce(max(version), 0) from pipeline.schema_version";
    let version: i32 = sqlx::query_scalar(version).persistent(false).fetch_one(connection).await.map_err(failed)?;
    match version {
        VERSION => Ok(State::Current),
        0 => Ok(State::Missing),
        older if older < VERSION => Ok(State::Outdated(older)),
        newer => {
            let message = format!("the schema `pipeline` is at version {newer}, and this binary knows {VERSION}");
            Err(Error::new(Exit::Configuration, message)
                .help("a newer pipeline has been at work there: upgrade this one"))
        }
    }
}

/// Waits for the lock that guards the making of schema and tables, until the transaction ends.
pub(super) async fn lock(transaction: &mut PgConnection) -> Result<()> {
    sqlx::query("select pg_advisory_xact_lock($1)")
        .persistent(false)
        .bind(LOCK)
        .execute(transaction)
        .await
        .map_err(|error| database_error("wait for another `pipeline db init`", error))?;
    Ok(())
}

/// Brings the schema to this binary's version, in the caller's transaction and under [`lock`]. Gives the version it was
/// at: 0 if there was none, [`VERSION`] if there was nothing to do.
pub(super) async fn migrate(transaction: &mut PgConnection) -> Result<i32> {
    let from = match state(transaction).await? {
        State::Missing => 0,
        State::Outdated(version) => version,
        State::Current => VERSION,
    };
    for (version, migration) in (1..).zip(MIGRATIONS).filter(|(version, _)| *version > from) {
        sqlx::raw_sql(migration)
            .execute(&mut *transaction)
            .await
            .map_err(|error| database_error(&format!("bring the schema `pipeline` to version {version}"), error))?;
    }
    Ok(from)
}

/// All of it as a script for psql, for those who apply it themselves: one transaction under the same lock, then the
/// tables' DDL if it is given.
pub fn init_sql(ddl: Option<&str>) -> String {
    let mut script = format!("begin;\nselect pg_advisory_xact_lock({LOCK});\n\n");
    for migration in MIGRATIONS {
        script.push_str(migration.trim_end());
        script.push_str("\n\n");
    }
    if let Some(ddl) = ddl {
        script.push_str(&format!("{SEARCH_PATH};\n\n{}\n\n", ddl.trim_end()));
    }
    script.push_str("commit;\n");
    script
}
