//! `pipeline test`: extraction and validation, without a database.

use tracing::Instrument;

use super::collect::collect;
use super::stage::task_span;
use super::{end_of_fetching, fetcher, present};
use crate::Result;
use crate::graph::{Plan, Selection};
use crate::job::{Job, JobOptions, Traffic};
use crate::known::Known;
use crate::mask::mask_quoted;
use crate::report::{Run, TableCounts};
use crate::sources::batch::Batch;
use crate::sources::found::Refused;
use crate::sources::pages::Pages;

/// What a test is asked to do.
#[derive(Debug, Clone, PartialEq)]
pub struct TestOptions {
    /// What is the same for all jobs on sources.
    pub common: JobOptions,
    /// What is tested.
    pub selection: Selection,
}

impl AsRef<JobOptions> for TestOptions {
    fn as_ref(&self) -> &JobOptions {
        &self.common
    }
}

/// Fetches, extracts and validates, and tells what was found and what was refused, and why. Rows that would be accepted
/// count as `ignored`: nothing is loaded. A task that fails does not keep the others from being tested, but for one whose source
/// refuses us or is down.
///
/// # Errors
/// Names that are none. How the tasks end, `run` is told.
pub async fn test(job: &Job<TestOptions>, run: &mut Run) -> Result<()> {
    let offline = job.options.common.traffic == Traffic::Offline;
    let plan = Plan::new(&job.options.selection, present(job), &|source| !offline || source.ships_offline)?;
    let pages = Pages::new(fetcher(&job.settings, &job.options.common)?);
    for node in &plan.nodes {
        node.task.tables.iter().for_each(|table| run.count(&table.qualified_name(), TableCounts::default()));
        let span = task_span(node);
        match collect(job, run, &pages, &Known::nothing(), node).instrument(span.clone()).await {
            Ok(Some(batch)) => match span.in_scope(|| validate(run, &batch)) {
                Ok(()) => run.finished(),
                Err(error) => run.failed(error),
            },
            Ok(None) => break,
            Err(error) => {
                let is_over = matches!(error.exit(), crate::Exit::Unavailable) || job.shutdown.check().is_err();
                run.failed(error);
                if is_over {
                    break;
                }
            }
        }
    }
    end_of_fetching(run, pages.fetcher());
    Ok(())
}

fn validate(run: &mut Run, batch: &Batch) -> Result<()> {
    for part in &batch.parts {
        let table = part.rows.table().qualified_name();
        part.rows.check(&mut |place, outcome| {
            run.count(&table, counts(outcome.is_ok()));
            if let Err(refusal) = outcome {
                let message = mask_quoted(&refusal.message);
                tracing::warn!(
                    table,
                    url = &*place.url,
                    offset = place.offset,
                    reason = refusal.reason.as_str(),
                    "refused: {message}"
                );
                run.refuse(&table, refusal.reason.as_str(), None);
            }
        })?;
    }
    batch.refused.iter().for_each(|refused| tell(run, refused));
    Ok(())
}

/// What the extractor refused.
fn tell(run: &mut Run, refused: &Refused) {
    let key = refused.key.as_ref().map(ToString::to_string);
    let (url, offset) = (&*refused.place.url, refused.place.offset);
    let (message, reason) = (mask_quoted(&refused.message), refused.reason.as_str());
    tracing::warn!(table = refused.table, url, offset, reason, "refused: {message}");
    run.count(refused.table, counts(false));
    run.refuse(refused.table, refused.reason.as_str(), key.as_deref());
}

fn counts(accepted: bool) -> TableCounts {
    TableCounts { read: 1, ignored: accepted.into(), quarantined: (!accepted).into(), ..TableCounts::default() }
}
