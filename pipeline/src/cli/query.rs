//! Commands that answer a question on standard output, and print nothing else there.

use std::io::{self, Write};

use pipeline::config::Settings;
use pipeline::database::{self, Database};
use pipeline::orchestrate::database_config;
use pipeline::{Error, Exit, Result};
use sqlx::PgConnection;

use super::args::{ConfigArgs, GlobalFlags};
use super::start;

/// `pipeline config`: every setting, its value and where it came from.
pub(crate) fn config(global: &GlobalFlags, args: &ConfigArgs) -> Result<()> {
    let settings = global.settings()?;
    for warning in &settings.warnings {
        // Nobody may be reading: that is no error.
        let _ = writeln!(io::stderr().lock(), "warning: {warning}");
    }
    if !args.json {
        return answer(&settings.to_text());
    }
    let json = serde_json::to_string_pretty(&settings.to_map())
        .map_err(|error| Error::new(Exit::Temporary, "the settings cannot be shown as JSON").caused_by(error))?;
    answer(&(json + "\n"))
}

/// Prints an answer. A reader that has seen enough (`| head`) is no error.
pub(crate) fn answer(text: &str) -> Result<()> {
    let mut output = io::stdout().lock();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Error::new(Exit::Temporary, "the answer cannot be printed").caused_by(error))
        }
        _ => Ok(()),
    }
}

/// A value as JSON with a newline.
pub(crate) fn printed(value: &impl serde::Serialize) -> Result<String> {
    let json = serde_json::to_string_pretty(value)
        .map_err(|error| Error::new(Exit::Temporary, "the answer cannot be shown as JSON").caused_by(error))?;
    Ok(json + "\n")
}

/// Asks the database.
pub(crate) fn ask<T>(global: &GlobalFlags, question: impl AsyncFnOnce(&mut PgConnection) -> Result<T>) -> Result<T> {
    ask_of(global, &global.settings()?, question)
}

/// Asks the database that settings name.
pub(crate) fn ask_of<T>(
    global: &GlobalFlags,
    settings: &Settings,
    question: impl AsyncFnOnce(&mut PgConnection) -> Result<T>,
) -> Result<T> {
    start::log(global, settings, None);
    start::runtime()?.block_on(async {
        let Database { pool, .. } = database::prepare(&database_config(settings), &[], "").await?;
        // One transaction, so that a pooler in transaction mode keeps the connection.
        let mut transaction = database::begin(&pool).await?;
        let answer = question(&mut transaction).await?;
        database::commit(transaction).await?;
        Ok(answer)
    })
}
