//! What a backfill asks for, told before it begins.

use crate::database::Database;
use crate::graph::{Estimate, Plan};
use crate::job::{Job, Traffic};
use crate::known::Known;
use crate::orchestrate::SyncOptions;
use crate::report::Run;
use crate::sources::Source;

/// What is ahead of a plan, by what the database knows of the number of teams.
pub(super) async fn foresee(database: &Database, job: &Job<SyncOptions>, plan: &Plan, complete: &[bool]) -> Estimate {
    let teams = Known::of(database.pool.clone()).teams_by_sport().await.unwrap_or_else(|error| {
        // Only an estimate hangs on it.
        tracing::debug!(%error, "the number of teams is not known");
        Default::default()
    });
    let reach = |source: &Source| {
        let Some(settings) = job.settings.sources.get(source.name) else {
            return (source.base_url.to_owned(), source.rate.gap());
        };
        (settings.base_url.host_str().unwrap_or_default().to_owned(), settings.rate.gap())
    };
    let mut estimate = plan.estimate(complete, &teams, &reach);
    if matches!(job.options.common.traffic, Traffic::Offline | Traffic::Replay(_)) {
        estimate.tasks.iter_mut().for_each(|task| task.requests = 0);
        estimate.time = Default::default();
    }
    estimate
}

/// Tells a person what would run, and ends the run as the real one would if there is nothing to do.
pub(super) fn tell(estimate: &Estimate, run: &mut Run) {
    estimate.tasks.iter().for_each(|task| run.remark(task.to_string()));
    run.remark(format!("nothing was asked for or loaded: {estimate}"));
    if estimate.left() == 0 {
        run.not_applicable();
    } else {
        run.finished();
    }
}
