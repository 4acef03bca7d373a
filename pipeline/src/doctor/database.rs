//! The database: reachable, prepared, as the models have it, with the rights that are needed.

use std::collections::BTreeMap;

use models::TABLES;
use sqlx::PgConnection;

use super::clock;
use super::finding::{Finding, Findings};
use crate::config::Settings;
use crate::database::{
    self, BOOKKEEPING_VERSION, ConnectionSettings, DatabaseConfig, Difference, Embedded, MIGRATE_HELP, Origin,
    SchemaState,
};
use crate::error::{Error, Exit, Result};
use crate::mask::mask_url;
use crate::orchestrate::database_config;

/// The oldest major version that is tested with.
const OLDEST: i32 = 15;

/// What hangs on a connection.
const CHECKS: [&str; 3] = ["schema pipeline", "tables", "rights"];

/// The findings, and what the database's clock says.
pub(super) async fn check(settings: &Settings) -> (Vec<Finding>, Vec<Finding>) {
    let mut findings = Findings::of("database");
    let config = database_config(settings);
    let (reason, remedy) = match reach(&config).await {
        Ok(Some((mut connection, origin, url))) => {
            let clock = look(&mut connection, (origin, &url), &mut findings).await;
            return (findings.into_all(), vec![clock]);
        }
        Ok(None) => {
            let remedy = "`pipeline db init --with-tables` makes it, and so does the first `pipeline sync`";
            findings.not_checked("connection", "there is no embedded database yet", remedy);
            ("there is no database yet", remedy)
        }
        Err(error) => {
            findings.error("connection", &error);
            ("there is no connection", "mend the connection, then ask again")
        }
    };
    findings.not_checked(CHECKS.join(", "), reason, remedy);
    (findings.into_all(), vec![clock::unknown("the database", reason, remedy)])
}

/// A connection, whose database it is, and its URL as it may be shown; none for an embedded database that was never made.
async fn reach(config: &DatabaseConfig) -> Result<Option<(PgConnection, Origin, String)>> {
    let (origin, url) = match &config.url {
        Some(url) => (Origin::User, url.clone()),
        None => match Embedded::existing(&config.embedded)? {
            Some(embedded) => {
                embedded.ensure_running().await?;
                (Origin::Embedded, embedded.url())
            }
            None => return Ok(None),
        },
    };
    let settings = ConnectionSettings { application_name: "pipeline doctor".to_owned(), ..config.connection.clone() };
    let connection = database::connect(&url, &settings).await?;
    Ok(Some((connection, origin, mask_url(&url))))
}

async fn look(connection: &mut PgConnection, (origin, url): (Origin, &str), findings: &mut Findings) -> Finding {
    let seen = database::inspect(connection, TABLES).await;
    match &seen.server {
        Ok(server) => {
            let found = format!("{url}, PostgreSQL {}", server.version);
            if server.is_standby {
                let remedy = "name the primary in the database URL";
                findings.wrong(
                    "connection",
                    Exit::Configuration,
                    format!("{found}: a standby, which takes no rows"),
                    remedy,
                );
            } else if server.major < OLDEST {
                let remedy = format!("use PostgreSQL {OLDEST} or later");
                findings.warning("connection", format!("{found}, older than what is tested"), remedy);
            } else {
                findings.ok("connection", found);
            }
        }
        Err(error) => findings.error("connection", error),
    }
    let may_create = seen.server.as_ref().is_ok_and(|server| server.may_create);
    schema(origin, &seen.schema, may_create, findings);
    tables(origin, &seen.differences, &seen.schema, findings);
    match &seen.rights {
        Ok(()) => findings.ok("rights", "all that a run needs, of what is there"),
        Err(error) => findings.error("rights", error),
    }
    match &seen.moment {
        Ok(moment) => clock::compared("the database", moment),
        Err(error) => clock::unknown("the database", &error.to_string(), "mend what it says, then ask again"),
    }
}

fn schema(origin: Origin, state: &Result<SchemaState>, may_create: bool, findings: &mut Findings) {
    let check = CHECKS[0];
    let needed = format!("this binary needs version {BOOKKEEPING_VERSION}");
    let found = match state {
        Ok(SchemaState::Current) => return findings.ok(check, format!("version {BOOKKEEPING_VERSION}")),
        Ok(SchemaState::Missing) => format!("it is missing; {needed}"),
        Ok(SchemaState::Outdated(version)) => format!("it is at version {version}; {needed}"),
        Err(error) => return findings.error(check, error),
    };
    if origin == Origin::Embedded {
        return findings.ok(check, format!("{found}, and the next run makes it so"));
    }
    let remedy = match state {
        Ok(SchemaState::Missing) if !may_create => {
            "this role may not create schemas: have one that may run what `pipeline db init --print` shows, and grant this \
             role usage on schema pipeline and all on its tables"
        }
        _ => "run `pipeline db init`, which creates or updates only that schema (`--print` shows the SQL)",
    };
    findings.wrong(check, Exit::Configuration, found, remedy);
}

/// A finding for each table that is not as the models have it; one for all if there are none.
fn tables(
    origin: Origin,
    differences: &Result<Vec<Difference>>,
    schema: &Result<SchemaState>,
    findings: &mut Findings,
) {
    let check = CHECKS[1];
    let differences = match differences {
        Ok(differences) => differences,
        Err(error) => return findings.error(check, error),
    };
    let number = TABLES.len();
    if differences.is_empty() {
        return findings.ok(check, format!("{number}, with the columns, types and keys of the models"));
    }
    if database::none_exists(differences, TABLES) {
        let found = format!("none of the {number} tables of the models is there");
        return match origin {
            Origin::Embedded => findings.ok(check, found + ", and the next run makes them"),
            Origin::User => findings.wrong(check, Exit::Configuration, found, all_missing(schema)),
        };
    }
    let remedy = match origin {
        Origin::Embedded => {
            "it was made from another version of the schema: `pipeline db reset` deletes it with everything in it, and the \
             next run makes it anew"
        }
        Origin::User => MIGRATE_HELP,
    };
    let mut by_table: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for difference in differences {
        by_table.entry(difference.place()).or_default().push(difference.to_string());
    }
    for (table, told) in by_table {
        findings.wrong(format!("table {table}"), Exit::Configuration, told.join("\n"), remedy);
    }
}

fn all_missing(schema: &Result<SchemaState, Error>) -> &'static str {
    match schema {
        Ok(SchemaState::Missing) => {
            "create them with drizzle-kit's migrations, or let `pipeline db init --with-tables` create them and the schema \
             `pipeline`"
        }
        _ => "create them with drizzle-kit's migrations, or with `pipeline db init --with-tables`",
    }
}
