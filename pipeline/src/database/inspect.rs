//! Everything that [`super::prepare`] checks, looked at without stopping at the first that is wrong.

use chrono::{DateTime, Utc};
use models::TableDef;
use sqlx::{Connection, PgConnection, Row};

use super::bookkeeping::{self, State};
use super::errors::database_error;
use super::rights::check_rights;
use super::tables::{Difference, check_tables};
use crate::doctor::Moment;
use crate::error::Result;

/// What a database is like. Each part is told or fails by itself.
#[derive(Debug)]
pub struct Inspection {
    /// The server.
    pub server: Result<Server>,
    /// The schema `pipeline`.
    pub schema: Result<State>,
    /// What is not as the models have it.
    pub differences: Result<Vec<Difference>>,
    /// Whether the role may do what a run does; the error names each right that is missing.
    pub rights: Result<()>,
    /// The server's clock.
    pub moment: Result<Moment>,
}

/// A server and what the role may do there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Such as `15.18`.
    pub version: String,
    /// Such as 15.
    pub major: i32,
    /// It follows another server and takes no rows.
    pub is_standby: bool,
    /// The role may create schemas.
    pub may_create: bool,
}

/// Looks at a database, in transactions that can change nothing.
pub async fn inspect(connection: &mut PgConnection, tables: &[&TableDef]) -> Inspection {
    Inspection {
        server: reading(connection, server).await,
        schema: reading(connection, bookkeeping::state).await,
        differences: reading(connection, async |connection| check_tables(connection, tables).await).await,
        rights: reading(connection, async |connection| check_rights(connection, tables).await).await,
        moment: reading(connection, moment).await,
    }
}

/// One transaction for each part: after an error nothing more can be asked in it.
async fn reading<T>(
    connection: &mut PgConnection,
    look: impl AsyncFnOnce(&mut PgConnection) -> Result<T>,
) -> Result<T> {
    let failed = |error| database_error("look at the database", error);
    let mut transaction = connection.begin_with("BEGIN READ ONLY").await.map_err(failed)?;
    let seen = look(&mut transaction).await;
    // Whether that succeeds changes nothing of what was seen; a connection that is gone fails the next part.
    let _ = transaction.rollback().await;
    seen
}

async fn server(connection: &mut PgConnection) -> Result<Server> {
    let failed = |error| database_error("ask the server for its version", error);
    let sql = "select current_setting('server_version') as version, current_setting('server_version_num')::int / 10000 as major, \
               pg_is_in_recovery() as is_standby, has_database_privilege(current_database(), 'CREATE') as may_create";
    let row = sqlx::query(sql).persistent(false).fetch_one(connection).await.map_err(failed)?;
    let version: String = row.try_get("version").map_err(failed)?;
    Ok(Server {
        // Distributions add their own name to it.
        version: version.split(' ').next().unwrap_or_default().to_owned(),
        major: row.try_get("major").map_err(failed)?,
        is_standby: row.try_get("is_standby").map_err(failed)?,
        may_create: row.try_get("may_create").map_err(failed)?,
    })
}

async fn moment(connection: &mut PgConnection) -> Result<Moment> {
    let before = Utc::now();
    let query = sqlx::query_scalar("select clock_timestamp()").persistent(false);
    let there: DateTime<Utc> =
        query.fetch_one(connection).await.map_err(|error| database_error("ask the server for its time", error))?;
    Ok(Moment { before, there, after: Utc::now() })
}
