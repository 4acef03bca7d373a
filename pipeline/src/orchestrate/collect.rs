//! A task's first half: its source is asked, and gives rows.

use std::collections::BTreeMap;
use std::time::Duration;

use super::unless_stopped;
use crate::fetch::{is_beyond_recording, is_blocked};
use crate::graph::Node;
use crate::job::{Job, JobOptions};
use crate::known::Known;
use crate::metrics;
use crate::report::Run;
use crate::sources::batch::Batch;
use crate::sources::pages::Pages;
use crate::sources::task::Context;
use crate::{Error, Exit, Result};

/// Why a task of a sport, season or week that a recording does not hold loads nothing.
const NOT_RECORDED: &str = "not-recorded";

/// Asks the source of a task for one partition, again if it is down or slow and settings allow it. What extractors passed over is counted.
/// `None` if the source refuses us, which `run` is told. What is beyond a recording is nothing to load, and no fault; it is counted.
///
/// # Errors
/// Those of the source, and [`Exit::Temporary`] when it takes longer than `run.timeout`.
pub(super) async fn collect<O: AsRef<JobOptions>>(
    job: &Job<O>,
    run: &mut Run,
    pages: &Pages,
    known: &Known,
    node: &Node,
) -> Result<Option<Batch>> {
    let settings = &job.settings.run;
    let (mut attempt, mut wait) = (1, settings.retry_wait);
    loop {
        match unless_stopped(job, within(settings.timeout, node, ask(job, pages, known, node))).await {
            Ok(batch) => return Ok(Some(counted(batch, node, run))),
            Err(error) if is_blocked(&error) => {
                run.blocked(error);
                return Ok(None);
            }
            Err(error) if is_beyond_recording(&error) => {
                tracing::info!("has nothing to load: {error}");
                run.skip(NOT_RECORDED, 1);
                return Ok(Some(Batch { has_gaps: true, ..Batch::default() }));
            }
            Err(error)
                if attempt < settings.attempts && matches!(error.exit(), Exit::Unavailable | Exit::Temporary) =>
            {
                let message = format!("{}, attempt {attempt} of {}: {error}", node.name(), settings.attempts);
                tracing::warn!(wait_seconds = wait.as_secs_f64(), "{message}");
                run.remark(message);
                run.requests(0, 1);
                metrics::task_retried(node.task.name);
                let slept = async {
                    tokio::time::sleep(wait).await;
                    Ok(())
                };
                unless_stopped(job, slept).await?;
                (attempt, wait) = (attempt + 1, wait * 2);
            }
            Err(error) => {
                // It is to be asked for again, not to be read from the cache as long as it is fresh.
                error.address().into_iter().for_each(|address| pages.fetcher().forget(address));
                return Err(error);
            }
        }
    }
}

async fn ask<O: AsRef<JobOptions>>(job: &Job<O>, pages: &Pages, known: &Known, node: &Node) -> Result<Batch> {
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
    (node.task.collect)(&context).await
}

async fn within(time: Duration, node: &Node, work: impl Future<Output = Result<Batch>>) -> Result<Batch> {
    if time.is_zero() {
        return work.await;
    }
    let late = |_| {
        let message = format!("{} asks its source for longer than {} s", node.name(), time.as_secs_f64());
        Error::new(Exit::Temporary, message).help("run.timeout says how long it may; what was answered is stored")
    };
    tokio::time::timeout(time, work).await.map_err(late)?
}

/// Counts what a batch brings besides its rows.
fn counted(mut batch: Batch, node: &Node, run: &mut Run) -> Batch {
    for (reason, number) in std::mem::take(&mut batch.skipped) {
        run.skip(&reason, number);
    }
    run.unresolved_references(batch.unresolved_references);
    if !batch.unknown.is_empty() {
        run.remark(unknown(node.source.name, &batch.unknown));
    }
    std::mem::take(&mut batch.remarks).into_iter().for_each(|remark| run.remark(remark));
    batch
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
