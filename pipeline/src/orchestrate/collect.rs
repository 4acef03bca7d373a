//! A task's first half: its source is asked, and gives rows.

use std::collections::BTreeMap;

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
        given: &options.given,
        progress: &job.progress,
    };
    match unless_stopped(job, (node.task.collect)(&context)).await {
        Ok(mut batch) => {
            for (reason, number) in std::mem::take(&mut batch.skipped) {
                run.skip(&reason, number);
            }
            run.unresolved_references(batch.unresolved_references);
            if !batch.unknown.is_empty() {
                run.remark(unknown(node.source.name, &batch.unknown));
            }
            std::mem::take(&mut batch.remarks).into_iter().for_each(|remark| run.remark(remark));
            Ok(Some(batch))
        }
        Err(error) if is_blocked(&error) => {
            run.blocked(error);
            Ok(None)
        }
        Err(error) => {
            // It is to be asked for again, not to be read from the cache as long as it is fresh.
            error.address().into_iter().for_each(|address| pages.fetcher().forget(address));
            Err(error)
        }
    }
}

/// A sentence about what extractors do not know: the likeliest sign that a site has changed.
fn unknown(source: &str, unknown: &BTreeMap<String, u64>) -> String {
    const SHOWN: usize = 8;
    let mut all: Vec<(&String, &u64)> = unknown.iter().collect();
    all.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    let shown: Vec<String> = all.iter().take(SHOWN).map(|(what, number)| format!("{what} ({number})")).collect();
    let more = if all.len() > SHOWN { format!(" and {} more", all.len() - SHOWN) } else { String::new() };
    format!("{source} shows what is not known: {}{more}", shown.join(", "))
}
