//! A database on its way to being ready: looked at, or completed.

use models::TableDef;
use sqlx::{Connection, PgConnection};

use super::Origin;
use super::bookkeeping::{self, State, VERSION};
use super::errors::database_error;
use super::rights::check_rights;
use super::tables::{Difference, check_tables, create_tables};
use crate::error::{Error, Exit, Result};

/// What `pipeline db init` did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InitReport {
    /// The version that the schema `pipeline` was at; 0 if there was none.
    pub from_version: i32,
    /// The version it is at now.
    pub version: i32,
    /// The tables were created.
    pub tables_created: bool,
}

/// Looks at a user's database and changes nothing. Everything that is missing or different is in one error.
pub(super) async fn check(connection: &mut PgConnection, tables: &[&TableDef]) -> Result<()> {
    let mut transaction = connection.begin().await.map_err(|error| database_error("look at the database", error))?;
    let connection = &mut *transaction;
    let state = bookkeeping::state(connection).await?;
    let differences = check_tables(connection, tables).await?;
    let mut problems = Vec::new();
    match state {
        State::Missing => problems.push("the pipeline's own schema `pipeline` is missing".to_owned()),
        State::Outdated(version) => {
            problems.push(format!("the schema `pipeline` is at version {version}, and this binary needs {VERSION}"));
        }
        State::Current => {}
    }
    problems.extend(differences.iter().map(ToString::to_string));
    if problems.is_empty() {
        return check_rights(connection, tables).await;
    }
    let all_missing = none_exists(&differences, tables);
    let help = match (state, differences.is_empty()) {
        (_, true) => "run `pipeline db init`, which creates or updates only that schema (`--print` shows the SQL)",
        (_, false) if all_missing => {
            "create the tables with drizzle-kit's migrations and run `pipeline db init`, or let \
             `pipeline db init --with-tables` create both"
        }
        (State::Current, false) => MIGRATE_HELP,
        (_, false) => "bring the tables up to date with drizzle-kit's migrations, and run `pipeline db init`",
    };
    Err(not_ready("the database", &problems, help))
}

/// Brings the schema `pipeline` up to date, and with `ddl` creates the tables if none of them exists, all in one
/// transaction under a lock. With `ddl` the tables are as the models have them afterwards, or nothing has changed.
pub(super) async fn complete(
    connection: &mut PgConnection,
    origin: Origin,
    tables: &[&TableDef],
    ddl: Option<&str>,
) -> Result<InitReport> {
    let failed = |error| database_error("set up the database", error);
    let mut transaction = connection.begin().await.map_err(failed)?;
    // Mostly there is nothing to do, and then nothing is locked.
    if bookkeeping::state(&mut transaction).await? == State::Current
        && (ddl.is_none() || check_tables(&mut transaction, tables).await?.is_empty())
    {
        return Ok(InitReport { from_version: VERSION, version: VERSION, tables_created: false });
    }
    bookkeeping::lock(&mut transaction).await?;
    let from_version = bookkeeping::migrate(&mut transaction).await?;
    let mut tables_created = false;
    if let Some(ddl) = ddl {
        let mut differences = check_tables(&mut transaction, tables).await?;
        if none_exists(&differences, tables) && !differences.is_empty() {
            create_tables(&mut transaction, ddl).await?;
            tables_created = true;
            differences = check_tables(&mut transaction, tables).await?;
        }
        if !differences.is_empty() {
            let problems: Vec<String> = differences.iter().map(ToString::to_string).collect();
            let (place, help) = match origin {
                Origin::Embedded => (
                    "the embedded database",
                    "it was created from another version of the schema: `pipeline db reset` deletes it with everything \
                     in it, and the next run creates it anew",
                ),
                Origin::User => ("the database", MIGRATE_HELP),
            };
            return Err(not_ready(place, &problems, help));
        }
    }
    transaction.commit().await.map_err(failed)?;
    Ok(InitReport { from_version, version: VERSION, tables_created })
}

pub(crate) const MIGRATE_HELP: &str = "bring the tables up to date with drizzle-kit's migrations; `pipeline db init --with-tables` \
    creates them only where none of them exists";

/// None of the tables is there.
pub(crate) fn none_exists(differences: &[Difference], tables: &[&TableDef]) -> bool {
    tables.iter().all(|table| {
        differences.iter().any(|difference| match difference {
            Difference::MissingSchema { schema } => *schema == table.schema,
            Difference::MissingTable { table: missing } => *missing == table.qualified_name(),
            _ => false,
        })
    })
}

fn not_ready(place: &str, problems: &[String], help: &str) -> Error {
    let list: String = problems.iter().map(|problem| format!("\n  {problem}")).collect();
    Error::new(Exit::Configuration, format!("{place} is not ready:{list}")).help(help)
}
