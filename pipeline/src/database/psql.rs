//! `psql`, pointed at a database.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::connect::parse_url;
use crate::error::{Error, Exit, Result};

/// Parameters of a URL, libpq's and sqlx's spellings, and the variables that libpq reads in their place.
const VARIABLES: [(&str, &str); 22] = [
    ("host", "PGHOST"),
    ("hostaddr", "PGHOSTADDR"),
    ("port", "PGPORT"),
    ("dbname", "PGDATABASE"),
    ("user", "PGUSER"),
    ("password", "PGPASSWORD"),
    ("application_name", "PGAPPNAME"),
    ("options", "PGOPTIONS"),
    ("connect_timeout", "PGCONNECT_TIMEOUT"),
    ("target_session_attrs", "PGTARGETSESSIONATTRS"),
    ("channel_binding", "PGCHANNELBINDING"),
    ("gssencmode", "PGGSSENCMODE"),
    ("sslnegotiation", "PGSSLNEGOTIATION"),
    ("sslmode", "PGSSLMODE"),
    ("ssl-mode", "PGSSLMODE"),
    ("sslrootcert", "PGSSLROOTCERT"),
    ("ssl-root-cert", "PGSSLROOTCERT"),
    ("ssl-ca", "PGSSLROOTCERT"),
    ("sslcert", "PGSSLCERT"),
    ("ssl-cert", "PGSSLCERT"),
    ("sslkey", "PGSSLKEY"),
    ("ssl-key", "PGSSLKEY"),
];

/// A `psql` for the database at `url`, handed all of `arguments`, ready to be run. The URL travels in libpq's environment
/// variables: its password is not in the process list, and every argument keeps its own meaning, another database's name
/// included. `bin` is where to look before `PATH`: the embedded server's own programs.
///
/// # Errors
/// [`Exit::Configuration`] for an unusable URL, and when there is no `psql`.
pub fn psql_command<I, A>(url: &str, bin: Option<&Path>, arguments: I) -> Result<Command>
where
    I: IntoIterator<Item = A>,
    A: AsRef<OsStr>,
{
    let mut command = Command::new(psql_program(bin)?);
    // Set around us, these would lead elsewhere: libpq puts them before a host.
    command.env_remove("PGSERVICE").env_remove("PGHOSTADDR");
    for (variable, value) in variables(url)? {
        command.env(variable, value);
    }
    command.args(arguments);
    Ok(command)
}

/// Where `psql` is: in `bin`, else in `PATH`.
///
/// # Errors
/// [`Exit::Configuration`] when there is none.
pub fn psql_program(bin: Option<&Path>) -> Result<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = bin.map(Path::to_owned).into_iter().chain(std::env::split_paths(&path));
    folders.map(|folder| folder.join("psql")).find(|program| program.is_file()).ok_or_else(|| {
        Error::new(Exit::Configuration, "there is no `psql` on this machine").help(
            "install PostgreSQL's client (`apt install postgresql-client`, `brew install libpq`), or give the URL that \
             `pipeline db url` prints to another client",
        )
    })
}

/// The variables that say what the URL says.
fn variables(url: &str) -> Result<Vec<(&'static str, String)>> {
    let parsed = parse_url(url)?;
    let decoded = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    let mut variables = Vec::new();
    let database = parsed.path().trim_start_matches('/');
    let parts = [
        ("PGHOST", parsed.host_str().map(|host| decoded(host.trim_start_matches('[').trim_end_matches(']')))),
        ("PGPORT", parsed.port().map(|port| port.to_string())),
        ("PGUSER", Some(decoded(parsed.username()))),
        ("PGPASSWORD", parsed.password().map(decoded)),
        ("PGDATABASE", Some(decoded(database))),
    ];
    variables.extend(parts.into_iter().filter_map(|(name, value)| Some((name, value.filter(|v| !v.is_empty())?))));
    for (key, value) in parsed.query_pairs() {
        // Later ones win, as in libpq: a parameter over the part before the question mark.
        if let Some((_, variable)) = VARIABLES.iter().find(|(name, _)| *name == key) {
            variables.push((variable, value.into_owned()));
        }
    }
    Ok(variables)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn libpq_reads_what_the_url_says() {
        let cases: [(&str, &[(&str, &str)]); 4] = [
            (
                "postgres://ann:s%2Fcret@db.example.org:6432/stats?sslmode=require",
                &[
                    ("PGHOST", "db.example.org"),
                    ("PGPORT", "6432"),
                    ("PGUSER", "ann"),
                    ("PGPASSWORD", "s/cret"),
                    ("PGDATABASE", "stats"),
                    ("PGSSLMODE", "require"),
                ],
            ),
            (
                "postgresql://pipeline@localhost:5432/pipeline?host=%2Ftmp%2Fa%20b",
                &[("PGHOST", "/tmp/a b"), ("PGPORT", "5432"), ("PGUSER", "pipeline"), ("PGDATABASE", "pipeline")],
            ),
            ("postgres:///stats", &[("PGDATABASE", "stats")]),
            ("postgres://[::1]/", &[("PGHOST", "::1")]),
        ];
        for (url, expected) in cases {
            let found: BTreeMap<_, _> = variables(url).unwrap().into_iter().collect();
            let expected = expected.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
            assert_eq!(found, expected, "{url}");
        }
    }
}
