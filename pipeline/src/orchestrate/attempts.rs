//! Loads that fail for a passing trouble are tried again as a whole: their transaction is gone, and the tables are as they were.
//! One of which the database refuses a row is tried once more, carefully: then such rows go to the quarantine.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};

use super::unless_stopped;
use crate::config::Settings;
use crate::database::{self, Database, Embedded};
use crate::job::Job;
use crate::load::{Committed, Load, LoadOutcome, Options, RunContext, is_of_a_row, is_passing, was_committed};
use crate::metrics;
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
            metrics::load_retried();
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

/// What becomes of a load in the end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ending {
    /// It is undone even if it went well.
    pub(super) dry_run: bool,
    /// If it fails, the records that were refused until then go to the quarantine.
    pub(super) keep_refused: bool,
}

impl Attempt {
    /// True if no other attempt follows after this error.
    fn is_final(self, error: &Error) -> bool {
        (self.last || !is_passing(error)) && (self.careful || !is_of_a_row(error))
    }

    /// One load, from its beginning to its end. The outer error is one that another attempt may follow; the other ended the load, and
    /// the outcome tells what it had done until then.
    pub(super) async fn load(
        self,
        database: &Database,
        (context, options): (RunContext, Options),
        ending: Ending,
        fill: impl AsyncFnOnce(&mut Load<'_>) -> Result<()>,
    ) -> Result<(LoadOutcome, Result<()>)> {
        let mut connection = database::acquire(&database.pool).await?;
        let mut load = Load::begin(&mut connection, context, Options { careful: self.careful, ..options }).await?;
        let filled = fill(&mut load).await;
        let ended = self.end(database, load, filled, ending).await;
        if !matches!(ended, Ok((_, Ok(())))) {
            // It may have been left in the middle of a statement: nobody else is to get it.
            connection.close_on_drop();
        }
        ended
    }

    /// Commits the load, or undoes it. An attempt that is to be repeated leaves nothing at all.
    async fn end(
        self,
        database: &Database,
        load: Load<'_>,
        filled: Result<()>,
        Ending { dry_run, keep_refused }: Ending,
    ) -> Result<(LoadOutcome, Result<()>)> {
        match filled {
            Ok(()) if dry_run => Ok((load.discard(), Ok(()))),
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
            Err(error) if dry_run || !keep_refused => Ok((load.discard().after_rollback(), Err(error))),
            // The error that ended the load says more than one of the rollback, which follows from it.
            Err(error) => {
                let (outcome, kept) = load.rollback_over(&database.pool).await;
                if let Err(lost) = kept {
                    tracing::warn!("refused records are not in the quarantine: {lost}");
                }
                Ok((outcome, Err(error)))
            }
        }
    }
}
