//! What PostgreSQL and the way to it answer, in the reader's terms and with the exit code it leads to.

use std::io::ErrorKind;

use crate::error::{Error, Exit};

/// What to do about TLS. Named wherever TLS is the trouble, since the setting is part of the URL.
const TLS_HELP: &str = "set `sslmode=` in the database URL: `verify-full` (the default for other hosts) checks the \
    certificate, with `sslrootcert=FILE` against your own authority; `require` encrypts without checking; `disable` \
    does neither";

/// Turns an error of sqlx into one with an exit code. `doing` completes "cannot …", such as `read the schema version`.
///
/// A refused password or a missing right is [`Exit::Permission`]; what may pass by itself (nothing answers, starting up,
/// too many connections, a deadlock) is [`Exit::Temporary`]; values that the database refuses are [`Exit::Input`]; the
/// rest (a database, table or column that does not exist, TLS) is [`Exit::Configuration`].
pub fn database_error(doing: &str, error: sqlx::Error) -> Error {
    let (exit, reason, help) = match &error {
        sqlx::Error::Database(database) => {
            let code = database.code().unwrap_or_default();
            let reason = format!("{} (SQLSTATE {code})", database.message());
            (exit_of(&code), reason, help_for(&code, database.message()))
        }
        sqlx::Error::Io(io) if is_tls(io) => (Exit::Configuration, format!("TLS: {io}"), Some(TLS_HELP)),
        sqlx::Error::Io(io) => match io.kind() {
            ErrorKind::PermissionDenied => (Exit::Permission, io.to_string(), None),
            _ => (Exit::Temporary, io.to_string(), Some("is the server running, and are host and port right?")),
        },
        sqlx::Error::Tls(tls) => (Exit::Configuration, format!("TLS: {tls}"), Some(TLS_HELP)),
        sqlx::Error::Configuration(reason) => (Exit::Configuration, reason.to_string(), None),
        sqlx::Error::PoolTimedOut => {
            let help = "more work at once than connections: raise the pool size or the acquire timeout";
            (Exit::Temporary, "no connection became free in time".to_owned(), Some(help))
        }
        sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => (Exit::Temporary, error.to_string(), None),
        _ => (Exit::Configuration, error.to_string(), None),
    };
    let told = Error::new(exit, format!("cannot {doing}: {reason}")).caused_by(error);
    match help {
        Some(help) => told.help(help),
        None => told,
    }
}

/// The exit code for a SQLSTATE (PostgreSQL documentation, appendix A).
fn exit_of(code: &str) -> Exit {
    match code {
        // insufficient_privilege, and class 28: invalid authorization
        "42501" => Exit::Permission,
        _ if code.starts_with("28") => Exit::Permission,
        // query_canceled, lock_not_available, object_in_use
        "57014" | "55P03" | "55006" => Exit::Temporary,
        // Connection exceptions, transaction rollbacks (serialisation, deadlock), out of resources (too many
        // connections, disk full), operator intervention (shutdown, starting up), system errors, internal errors.
        _ if ["08", "40", "53", "57", "58", "XX"].iter().any(|class| code.starts_with(class)) => Exit::Temporary,
        // Data exceptions and violated constraints.
        _ if ["22", "23"].iter().any(|class| code.starts_with(class)) => Exit::Input,
        _ => Exit::Configuration,
    }
}

fn help_for(code: &str, message: &str) -> Option<&'static str> {
    match code {
        // Before it looks at the password, a server that wants TLS refuses a connection without it by pg_hba.conf.
        "28000" if message.contains("no encryption") => Some(TLS_HELP),
        "28P01" | "28000" => Some("check user and password in the database URL"),
        "3D000" => Some("create the database, or name another in the database URL"),
        "25006" => Some("this server or role is read-only: name the primary in the database URL"),
        "53300" => Some("the server takes no more connections: lower the pool size, or raise max_connections there"),
        _ => None,
    }
}

/// A failed handshake reaches sqlx as an input error that holds the TLS library's own.
fn is_tls(error: &std::io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sqlstates_lead_to_exit_codes() {
        let cases = [
            ("28P01", Exit::Permission),
            ("28000", Exit::Permission),
            ("42501", Exit::Permission),
            ("57P03", Exit::Temporary),
            ("57P01", Exit::Temporary),
            ("53300", Exit::Temporary),
            ("53100", Exit::Temporary),
            ("08006", Exit::Temporary),
            ("40001", Exit::Temporary),
            ("40P01", Exit::Temporary),
            ("55P03", Exit::Temporary),
            ("3D000", Exit::Configuration),
            ("42P01", Exit::Configuration),
            ("25006", Exit::Configuration),
            ("22P02", Exit::Input),
            ("23505", Exit::Input),
        ];
        for (code, exit) in cases {
            assert_eq!(exit_of(code), exit, "{code}");
        }
    }
}
