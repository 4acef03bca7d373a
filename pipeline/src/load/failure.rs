//! What a database error means to whoever runs the load: which exit code, which words.

use sqlx::postgres::PgDatabaseError;

use crate::validate::{Reason, Refusal};
use crate::{Error, Exit};

/// Turns an error of the database into one with an exit code. `doing` completes "while …", and names the table.
pub(super) fn database(doing: &str, error: sqlx::Error) -> Error {
    let sqlx::Error::Database(inner) = &error else {
        let temporary = matches!(
            error,
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed
        );
        return if temporary {
            Error::new(Exit::Temporary, format!("the connection to the database was lost while {doing}: {error}"))
                .help("nothing was changed; run it again")
                .caused_by(error)
        } else {
            Error::new(Exit::Configuration, format!("the database answered unexpectedly while {doing}: {error}"))
                .caused_by(error)
        };
    };
    let Some(details) = inner.try_downcast_ref::<PgDatabaseError>() else {
        return Error::new(Exit::Configuration, format!("the database refused while {doing}: {error}"))
            .caused_by(error);
    };
    let (exit, help) = meaning(details.code());
    let error_text = describe(details, doing);
    let failed = Error::new(exit, error_text).caused_by(error);
    match help {
        Some(help) => failed.help(help),
        None => failed,
    }
}

/// True if the same load may well succeed when it is tried again as a whole: it lost a race for rows or locks, or its connection.
/// A disk that is full, and a statement that takes too long, are no better a moment later.
pub fn is_passing(error: &Error) -> bool {
    match cause(error) {
        Some(sqlx::Error::Database(database)) => match database.code().as_deref() {
            // serialization_failure, deadlock_detected, lock_not_available, too_many_connections, admin_shutdown,
            // crash_shutdown, cannot_connect_now
            Some("40001" | "40P01" | "55P03" | "53300" | "57P01" | "57P02" | "57P03") => true,
            code => code.is_some_and(|code| code.starts_with("08")),
        },
        Some(sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::WorkerCrashed) => true,
        _ => false,
    }
}

/// What is wrong with a row, if that is what the database says: its values, or a constraint or trigger that they offend.
pub(super) fn row_fault(error: &Error) -> Option<Refusal> {
    let sqlx::Error::Database(database) = cause(error)? else { return None };
    let details = database.try_downcast_ref::<PgDatabaseError>()?;
    let reason = match details.code() {
        "23502" => Reason::NullNotAllowed,
        "23503" => Reason::UnresolvedReference,
        "23505" => Reason::Unique,
        "23514" => Reason::Check,
        "23P01" => Reason::Exclusion,
        // raise_exception, with_check_option_violation
        "P0001" | "44000" => Reason::Database,
        code => match code.get(..2) {
            Some("22") => Reason::InvalidValue,
            Some("23") => Reason::Database,
            _ => return None,
        },
    };
    Some(Refusal::new(reason, describe(details, "writing the row")))
}

/// True if the database refused a row: [`super::Options::careful`] finds which.
pub fn is_of_a_row(error: &Error) -> bool {
    row_fault(error).is_some()
}

fn cause(error: &Error) -> Option<&sqlx::Error> {
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        if let Some(error) = inner.downcast_ref::<sqlx::Error>() {
            return Some(error);
        }
        cause = inner.source();
    }
    None
}

/// Classes and codes: PostgreSQL's manual, appendix A.
fn meaning(code: &str) -> (Exit, Option<&'static str>) {
    const AGAIN: Option<&str> = Some("nothing was changed; run it again");
    match code {
        // serialization_failure, deadlock_detected, lock_not_available, query_canceled (statement_timeout)
        "40001" | "40P01" | "55P03" | "57014" => (Exit::Temporary, AGAIN),
        "42501" => (
            Exit::Permission,
            Some("grant SELECT, INSERT and UPDATE on the table, TEMP, and all on the schema pipeline"),
        ),
        "42P01" | "42703" | "3F000" => {
            (Exit::Configuration, Some("the database lags behind the schema: run the Drizzle migrations"))
        }
        "42P10" => (Exit::Configuration, Some("the database has no such unique key: run the Drizzle migrations")),
        "25006" => (Exit::Permission, Some("the database is read-only: connect to the primary")),
        _ => match code.get(..2) {
            // connection, transaction rollback, insufficient resources, operator intervention, system error
            Some("08" | "40" | "53" | "57" | "58") => (Exit::Temporary, AGAIN),
            // data, integrity
            Some("22" | "23") => (Exit::Input, None),
            Some("28") => (Exit::Permission, None),
            _ => (Exit::Configuration, None),
        },
    }
}

fn describe(details: &PgDatabaseError, doing: &str) -> String {
    let mut text = format!("the database refused while {doing}: {} [{}]", details.message(), details.code());
    let mut add = |label: &str, value: Option<&str>| {
        if let Some(value) = value {
            text.push_str(&format!("; {label} {value}"));
        }
    };
    add("column", details.column());
    add("constraint", details.constraint());
    add("detail:", details.detail());
    // The only place where PostgreSQL tells the line and column of a COPY. Of other statements it repeats their text.
    add("at", details.r#where().filter(|place| place.starts_with("COPY ")));
    text
}
