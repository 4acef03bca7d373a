//! `pipeline db …`: the database itself.

use std::ffi::OsString;
use std::io::{self, BufRead, IsTerminal, Write};

use models::{SCHEMA_SQL, TABLES};
use pipeline::database::{self, Embedded, InitReport};
use pipeline::orchestrate::database_config;
use pipeline::report::Terminal;
use pipeline::{Error, Exit, Result};

use super::args::{DbCommand, GlobalFlags};
use super::{query, start};

/// Runs a `db` command.
pub(crate) fn run(command: DbCommand, global: &GlobalFlags) -> Result<()> {
    if let DbCommand::Init { with_tables, print: true } = command {
        return query::answer(&database::init_sql(with_tables.then_some(SCHEMA_SQL)));
    }
    let settings = global.settings()?;
    start::log(global, &settings, None);
    let config = database_config(&settings);
    let runtime = start::runtime()?;
    match command {
        DbCommand::Init { with_tables, .. } => {
            let ddl = with_tables.then_some(SCHEMA_SQL);
            let report = runtime.block_on(database::init(&config, TABLES, ddl))?;
            query::answer(&told(&report))
        }
        DbCommand::Url => {
            let (url, _) = runtime.block_on(reach(&config))?;
            query::answer(&format!("{url}\n"))
        }
        DbCommand::Psql { args } => {
            let (url, embedded) = runtime.block_on(reach(&config))?;
            psql(&url, embedded.as_ref(), args)
        }
        DbCommand::Stop => match own(&config, "stop")? {
            Some(embedded) if runtime.block_on(embedded.stop())? => query::answer("the embedded database is stopped\n"),
            _ => query::answer("the embedded database was not running\n"),
        },
        DbCommand::Reset { yes } => {
            let Some(embedded) = own(&config, "reset")? else {
                return query::answer("there is no embedded database\n");
            };
            if !yes {
                confirm(&embedded)?;
            }
            runtime.block_on(embedded.reset())?;
            query::answer("the embedded database is deleted\n")
        }
    }
}

/// The URL of the database, which may hold a secret; the embedded one is started.
async fn reach(config: &database::DatabaseConfig) -> Result<(String, Option<Embedded>)> {
    if let Some(url) = &config.url {
        return Ok((url.clone(), None));
    }
    let embedded = Embedded::locate(&config.embedded).await?;
    embedded.ensure_running().await?;
    Ok((embedded.url(), Some(embedded)))
}

/// The embedded database, if there is one. A server of the user's is not ours to stop or delete.
fn own(config: &database::DatabaseConfig, command: &str) -> Result<Option<Embedded>> {
    if config.url.is_some() {
        let message =
            format!("`pipeline db {command}` is for the embedded database, and the settings name another one");
        return Err(Error::new(Exit::Configuration, message)
            .help("unset DATABASE_URL (`pipeline config` shows where the setting comes from)"));
    }
    Embedded::existing(&config.embedded)
}

fn told(report: &InitReport) -> String {
    let schema = match report.from_version {
        0 => format!("schema pipeline: created, version {}\n", report.version),
        from if from == report.version => format!("schema pipeline: up to date, version {from}\n"),
        from => format!("schema pipeline: version {from} brought to {}\n", report.version),
    };
    let tables = if report.tables_created { format!("tables: {} created\n", TABLES.len()) } else { String::new() };
    schema + &tables
}

/// Becomes psql, so that signals, the terminal and the exit status are psql's own.
fn psql(url: &str, embedded: Option<&Embedded>, args: Vec<OsString>) -> Result<()> {
    let mut command = database::psql_command(url, embedded.map(Embedded::bin), args)?;
    let error = std::os::unix::process::CommandExt::exec(&mut command);
    Err(Error::new(Exit::Configuration, "psql cannot be started").caused_by(error))
}

fn confirm(embedded: &Embedded) -> Result<()> {
    let folder = embedded.describe().folder;
    let refused = || Error::new(Exit::Usage, "nothing was deleted").help("say `--yes` to delete without being asked");
    if !io::stdin().is_terminal() || !Terminal::of_stderr(Default::default()).interactive {
        return Err(refused());
    }
    // A prompt that nobody sees is answered by nobody.
    let _ = write!(io::stderr().lock(), "Delete {} with everything in it? [y/N] ", folder.display());
    let mut answer = String::new();
    let read = io::stdin().lock().read_line(&mut answer);
    match (read, answer.trim()) {
        (Ok(_), "y" | "Y" | "yes") => Ok(()),
        _ => Err(refused()),
    }
}
