//! A task's first half: its source is asked, and gives rows.

use super::unless_stopped;
use crate::Result;
use crate::fetch::is_blocked;
use crate::graph::Node;
use crate::job::{Job, JobOptions};
use crate::known::Known;
use crate::report::Run;
use crate::sources::batch::Batch;
use crate::sources::pages::Pages;
use crate::sources::task::Context;

/// Asks the source of a task for one partition. What extractors passed over is counted. `None` if the source refuses us, which
/// `run` is told.
///
/// # Errors
/// Those of the source.
pub(super) async fn collect<O: AsRef<JobOptions>>(
    job: &Job<O>,
    run: &mut Run,
    pages: &Pages,
    known: &Known,
    node: &Node,
) -> Result<Option<Batch>> {
    let options = job.options.as_ref();
    let context = Context {
        pages,
        known,
        partition: &node.partition,
        limit: options.limit,
        files: &options.files,
        progress: &job.progress,
    };
    match unless_stopped(job, (node.task.collect)(&context)).await {
        Ok(mut batch) => {
            for (reason, number) in std::mem::take(&mut batch.skipped) {
                run.skip(&reason, number);
            }
            std::mem::take(&mut batch.remarks).into_iter().for_each(|remark| run.remark(remark));
            Ok(Some(batch))
        }
        Err(error) if is_blocked(&error) => {
            run.blocked(error);
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
