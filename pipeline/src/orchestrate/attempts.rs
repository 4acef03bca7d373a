//! Loads that fail for a passing trouble are tried again as a whole: their transaction is gone, and the tables are as they were.
//! One of which the database refuses a row is tried once more, carefully: then such rows go to the quarantine.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};

use super::unless_stopped;
use crate::config::Settings;
use crate::database::{self, Database, Embedded};
use crate::job::Job;
use crate::load::{Committed, Load, LoadOutcome, is_of_a_row, is_passing, was_committed};
use crate::report::Run;
use crate::{Error, Result};

/// The wait before the second attempt; it doubles from one to the next, with a random part, so that loads that disturbed each
/// other do not do so again.
const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// The attempts that a load has.
pub(super) struct Attempts<'j, O> {
    job: &'j Job<O>,
    most: u32,
}

/// One of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attempt {
    last: bool,
    /// Whether rows that only the database refuses are to be found: see [`crate::load::Options::careful`].
    pub(super) careful: bool,
}

impl<'j, O> Attempts<'j, O> {
    pub(super) fn new(job: &'j Job<O>, settings: &Settings) -> Self {
        Self { job, most: settings.load.attempts }
    }

    /// Tries until a load ends, well or for good. Retries are counted, logged, and told in the summary.
    pub(super) async fn run(
        &self,
        database: &Database,
        run: &mut Run,
        mut attempt: impl AsyncFnMut(Attempt) -> Result<(LoadOutcome, Result<()>)>,
    ) -> Result<(LoadOutcome, Result<()>)> {
        let waits = ExponentialBuilder::new().with_min_delay(FIRST_WAIT).with_max_delay(LONGEST_WAIT).with_jitter();
        let mut waits = waits.without_max_times().build();
        let (mut number, mut careful) = (1, false);
        loop {
            let last = number >= self.most;
            let error = match attempt(Attempt { last, careful }).await {
                Err(error) if !last && is_passing(&error) => error,
                Err(error) if !careful && is_of_a_row(&error) => {
                    careful = true;
                    let message =
                        "the database refused a row: the load is repeated, to find such rows and quarantine them";
                    tracing::warn!("{message}");
                    run.remark(message.to_owned());
                    continue;
                }
                ended => return ended,
            };
            let wait = waits.next().unwrap_or(LONGEST_WAIT);
            let message = format!("attempt {number} of {} failed and is repeated as a whole: {error}", self.most);
            tracing::warn!(wait = wait.as_secs_f64(), "{message}");
            run.remark(message);
            run.requests(0, 1);
            unless_stopped(self.job, async {
                tokio::time::sleep(wait).await;
                revive(database, &self.job.settings).await
            })
            .await?;
            number += 1;
        }
    }
}

/// An embedded server that has died is ours to start again; of a user's the pool waits until it answers.
async fn revive(database: &Database, settings: &Settings) -> Result<()> {
    if database.origin == database::Origin::Embedded {
        let config = super::database_config(settings);
        Embedded::locate(&config.embedded).await?.ensure_running().await?;
    }
    Ok(())
}

impl Attempt {
    /// True if no other attempt follows after this error.
    pub(super) fn is_final(self, error: &Error) -> bool {
        (self.last || !is_passing(error)) && (self.careful || !is_of_a_row(error))
    }

    /// Ends a load: commits it, or undoes it and keeps what was refused until then in the quarantine. An attempt that is to be
    /// repeated leaves nothing at all.
    pub(super) async fn end(
        self,
        database: &Database,
        load: Load<'_>,
        filled: Result<()>,
        dry_run: bool,
    ) -> Result<(LoadOutcome, Result<()>)> {
        match filled {
            Ok(()) if dry_run => Ok((load.discard().await?, Ok(()))),
            Ok(()) => match load.try_commit().await {
                Committed::Done(outcome) => Ok((outcome, Ok(()))),
                Committed::Failed(error) => Err(error),
                // The answer was lost, not necessarily the commit.
                Committed::Unknown { error, transaction, outcome } => {
                    match was_committed(&database.pool, &transaction).await {
                        Some(true) => Ok((outcome, Ok(()))),
                        _ => Err(error),
                    }
                }
            },
            Err(error) if !self.is_final(&error) => Err(error),
            Err(error) if dry_run => {
                Ok((load.discard().await.map(LoadOutcome::after_rollback).unwrap_or_default(), Err(error)))
            }
            // The error that ended the load says more than one of the rollback, which follows from it.
            Err(error) => match load.rollback().await {
                Ok(outcome) => Ok((outcome, Err(error))),
                Err(_) => Err(error),
            },
        }
    }
}
