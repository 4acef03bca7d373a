//! From a load's outcome to the run's accounts, and from settings to a load's options.

use crate::config::LoadSettings;
use crate::load::{LoadOutcome, Options};
use crate::report::Run;

/// The options that settings decide.
pub(super) fn load_options(settings: &LoadSettings) -> Options {
    Options {
        lock_timeout: settings.lock_timeout,
        statement_timeout: settings.statement_timeout,
        batch_rows: settings.batch_rows,
        work_mem_mib: settings.work_mem_mib,
        ..Options::default()
    }
}

/// Counts what a load did.
pub(super) fn account(run: &mut Run, outcome: &LoadOutcome) {
    for (table, counts) in &outcome.tables {
        run.count(table, *counts);
    }
    for refused in &outcome.refused {
        for key in &refused.keys {
            run.refuse(&refused.table, &refused.reason, key.as_deref());
        }
    }
    run.unresolved_references(outcome.unresolved_references);
    outcome.remarks.iter().for_each(|remark| run.remark(remark.clone()));
}
