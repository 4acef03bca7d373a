//! Whether the role may do what the pipeline does.

use models::TableDef;
use sqlx::{PgConnection, Row};

use super::errors::database_error;
use crate::error::{Error, Exit, Result};

/// Checks every right that a run needs, so that none is found missing halfway: SELECT, INSERT and UPDATE on the tables,
/// the sequences behind their serial columns, temporary tables, and everything in the schema `pipeline`. Of what does not
/// exist no right is missing.
///
/// # Errors
/// [`Exit::Permission`], naming each right that is missing.
pub(super) async fn check_rights(connection: &mut PgConnection, tables: &[&TableDef]) -> Result<()> {
    let failed = |error| database_error("look at the role's rights", error);
    let rows = sqlx::query(include_str!("queries/rights.sql"))
        .persistent(false)
        .bind(tables.iter().map(|table| &*table.schema).collect::<Vec<_>>())
        .bind(tables.iter().map(|table| &*table.name).collect::<Vec<_>>())
        .fetch_all(&mut *connection)
        .await
        .map_err(failed)?;
    if rows.is_empty() {
        return Ok(());
    }
    let missing: Vec<String> =
        rows.iter().map(|row| row.try_get("missing")).collect::<Result<_, _>>().map_err(failed)?;
    let role: String = sqlx::query_scalar("select current_user::text")
        .persistent(false)
        .fetch_one(connection)
        .await
        .map_err(failed)?;
    let list: String = missing.iter().map(|right| format!("\n  {right}")).collect();
    Err(Error::new(Exit::Permission, format!("the role `{role}` lacks rights:{list}"))
        .help(format!("have the owner grant them, such as: grant {} to \"{role}\"", missing[0])))
}
