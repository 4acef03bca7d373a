//! `codegen verify`

use std::env;
use std::io::{self, IsTerminal};

use clap::ValueEnum;
use codegen::config;
use codegen::schema::Schema;
use codegen::task::Failure;
use codegen::verify::{ConnectError, connect, json, table, verify};

use super::{OK, STALE, print};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The database, as postgresql://user:password@host:port/name. Where it does not say `sslmode`, the certificate of any host
    /// but this machine is verified in full.
    #[arg(long, value_name = "URL", env = "DATABASE_URL", hide_env_values = true)]
    database_url: String,

    /// The form of the answer.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// One JSON document.
    Json,
}

/// Compares and prints; the exit code says whether the database has drifted.
pub(super) fn run(arguments: &Arguments, schema: &Schema) -> Result<u8, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::Database(format!("error: cannot start: {error}")))?;
    let comparison = runtime.block_on(async {
        let mut connection = connect(&arguments.database_url).await.map_err(|error| match error {
            ConnectError::Url(_) => Failure::Config(config::Error::Invalid(vec![format!("error: {error}")])),
            error => Failure::Database(format!("error: {error}")),
        })?;
        verify(&mut connection, schema).await.map_err(|error| {
            let reason =
                error.as_database_error().map_or_else(|| error.to_string(), |error| error.message().to_owned());
            let code = error.as_database_error().and_then(|error| error.code()).unwrap_or_default();
            let help = match &*code {
                "42501" => "\n  = help: the role needs the right TEMP on the database (GRANT TEMP ON DATABASE … TO …)",
                "25006" => "\n  = help: a standby has no temporary tables: compare its primary",
                _ => "",
            };
            Failure::Database(format!("error: the database cannot be compared: {reason}{help}"))
        })
    })?;
    let colors = io::stdout().is_terminal() && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    print(&match arguments.format {
        Format::Text => table(&comparison, colors),
        Format::Json => json(&comparison),
    })?;
    Ok(if comparison.has_drifted() { STALE } else { OK })
}
