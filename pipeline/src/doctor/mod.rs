//! What is wrong here, and what to do about it: `pipeline doctor`.
//!
//! ```text
//! settings -> folders, programs, database, clock, sources -> findings -> table or JSON, exit code
//! ```
//!
//! Each group of checks is a file. A check ends in a [`Finding`], whatever happens: what could not be looked at is *not checked*, and
//! says why. Nothing is mended here, and a user's database is only looked at.

mod certificate;
mod clock;
mod database;
mod finding;
mod folders;
mod programs;
mod settings;
mod show;
mod sources;

use std::path::PathBuf;

pub use clock::{Moment, compared};
pub use finding::{Finding, Verdict, exit};
pub use folders::{Space, folder};
pub use show::table;

use finding::Findings;

use crate::config::Settings;
use crate::error::Result;

/// Looks at everything. `file` is the settings file that was found; `live` also asks the sources, politely.
pub async fn examine(file: Option<PathBuf>, loaded: Result<Settings>, live: bool) -> Vec<Finding> {
    let mut findings = settings::check(file, loaded.as_ref());
    let Ok(settings) = loaded else {
        for group in ["folders", "programs", "database", "clock", "sources"] {
            let mut rest = Findings::of(group);
            rest.not_checked("all", "the settings say where to look", "mend the settings, then ask again");
            findings.extend(rest.into_all());
        }
        return findings;
    };
    findings.extend(folders::check(&settings));
    findings.extend(programs::check(&settings).await);
    let (of_database, database_clock) = database::check(&settings).await;
    findings.extend(of_database);
    let (of_sources, source_clocks) = sources::check(&settings, live).await;
    findings.extend(database_clock.into_iter().chain(source_clocks));
    findings.extend(of_sources);
    findings
}
