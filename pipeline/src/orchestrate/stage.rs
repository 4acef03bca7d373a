//! A stage: tasks whose sources are asked one after another, and whose rows are then loaded in one short transaction. Mostly it is
//! one task.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tracing::field::Empty;
use tracing::{Instrument, Span};
use uuid::Uuid;

use super::attempts::{Attempt, Attempts, Ending};
use super::collect::collect;
use super::{load_options, unless_stopped};
use crate::database::{self, Database, TaskState};
use crate::graph::Node;
use crate::job::{Job, JobOptions, Traffic};
use crate::known::Known;
use crate::load::{Load, LoadOutcome, Options, Refused, RunContext};
use crate::metrics;
use crate::report::{Run, RunResult, Status};
use crate::sources::batch::Batch;
use crate::sources::pages::Pages;
use crate::{Error, Result, traces};

/// What the tasks of a run share.
pub(super) struct Shared<'a, O> {
    pub(super) database: &'a Database,
    pub(super) job: &'a Job<O>,
    pub(super) pages: &'a Pages,
    pub(super) known: &'a Known,
    /// How many stages load at once: each holds a connection, and one more is left for everything else.
    pub(super) loads: Semaphore,
}

/// A task of a stage and its part of the run.
pub(super) struct Member<'a> {
    pub(super) position: usize,
    pub(super) node: &'a Node,
    pub(super) run: Run,
    /// What it logs, and the loads of its tables, belong to it.
    span: Span,
    batch: Option<Batch>,
}

impl<'a> Member<'a> {
    pub(super) fn new(position: usize, node: &'a Node, run: &Run) -> Self {
        Self { position, node, run: run.child(), span: task_span(node), batch: None }
    }

    /// Whether it ended well; known when its stage has ended.
    pub(super) fn is_well(&self) -> bool {
        matches!(self.run.finish().status, Status::Ok | Status::Partial | Status::Skipped) && self.batch.is_some()
    }
}

impl<O: AsRef<JobOptions>> Shared<'_, O> {
    /// Runs a stage. How each of its tasks ended, its run is told; one that needs another that failed does not run.
    pub(super) async fn run(&self, members: &mut [Member<'_>]) {
        for position in 0..members.len() {
            let (before, rest) = members.split_at_mut(position);
            let Some(member) = rest.first_mut() else { continue };
            let needs = |other: &&Member<'_>| member.node.after.contains(&other.position);
            if let Some(failed) = before.iter().filter(needs).find(|other| other.batch.is_none()) {
                let name = failed.node.name();
                self.not_run(member.node, &name, &mut member.run).await;
                continue;
            }
            let span = member.span.clone();
            self.ask(member).instrument(span).await;
        }
        // A signal while the sources were asked leaves everything as it was.
        if members.iter().any(|member| member.batch.is_some()) {
            match self.job.shutdown.check() {
                Ok(()) => {
                    // What several tasks share belongs to none of them.
                    let span = if members.len() == 1 { members[0].span.clone() } else { Span::current() };
                    self.load_all(members).instrument(span).await;
                }
                Err(error) => fail(members, error),
            }
        }
        for member in &mut *members {
            let result = member.run.finish();
            if member.batch.is_none() && result.error.is_none() {
                continue;
            }
            self.ended(member, &result).instrument(member.span.clone()).await;
        }
        if let Some(member) = members.first() {
            self.note_hosts(member.run.id()).await;
        }
    }

    /// Records what was asked of which host so far, for whoever looks at a run that has not ended, or never will.
    pub(super) async fn note_hosts(&self, run: Uuid) {
        let hosts = self.pages.fetcher().hosts();
        if let Err(error) = database::note_hosts(&self.database.pool, run, &hosts).await {
            tracing::warn!("what was asked of which host is not in the bookkeeping: {error}");
        }
    }

    /// The first half of a task.
    async fn ask(&self, member: &mut Member<'_>) {
        tracing::info!("begins");
        self.note(&member.run, member.node, TaskState::Running).await;
        match collect(self.job, &mut member.run, self.pages, self.known, member.node).await {
            Ok(batch) => member.batch = batch,
            Err(error) => member.run.failed(error),
        }
    }

    async fn ended(&self, member: &Member<'_>, result: &RunResult) {
        traces::ended(&member.span, result);
        metrics::task_ended(member.node.task.name, result.status.as_str(), result.seconds);
        let read: u64 = result.tables.values().map(|counts| counts.read).sum();
        tracing::info!(status = result.status.as_str(), rows = read, seconds = result.seconds, "ended");
        self.note(&member.run, member.node, TaskState::Ended(result)).await;
    }

    /// Tells that a task does not run, for one that it needs failed.
    pub(super) async fn not_run(&self, node: &Node, failed: &str, run: &mut Run) {
        metrics::task_not_run(node.task.name);
        let span = task_span(node);
        span.record("pipeline.status", "not-run");
        span.record("otel.status_code", "ERROR");
        span.in_scope(|| tracing::warn!("not run, for {failed} failed"));
        run.remark(format!("{} was not run, for {failed} failed", node.name()));
        self.note(run, node, TaskState::NotRun).await;
    }

    async fn load_all(&self, members: &mut [Member<'_>]) {
        let mut whole = members[0].run.child();
        // It is never closed; without a permit the pool says what it has to say.
        let permit = self.loads.acquire().await;
        let loaded = self.load(members, &mut whole).await;
        drop(permit);
        let Some(last) = members.iter().rposition(|member| member.batch.is_some()) else { return };
        members[last].run.absorb(whole);
        let ended = match loaded {
            Ok((mut outcome, ended)) => {
                for member in members.iter_mut().filter(|member| member.batch.is_some()) {
                    for table in member.node.task.tables.iter().map(|table| table.qualified_name()) {
                        member.run.count(&table, outcome.tables.remove(&table).unwrap_or_default());
                        outcome.refused.retain(|refused| refused.table != table || tell(refused, &mut member.run));
                    }
                }
                // What was refused on the way is of a table that none of the tasks loads: a team's, for its statistics.
                outcome.tables.iter().for_each(|(table, counts)| members[last].run.count(table, *counts));
                outcome.refused.retain(|refused| tell(refused, &mut members[last].run));
                members[last].run.unresolved_references(outcome.unresolved_references);
                outcome.remarks.into_iter().for_each(|remark| members[last].run.remark(remark));
                ended
            }
            Err(error) => Err(error),
        };
        match ended {
            Ok(()) => {
                members.iter_mut().filter(|member| member.batch.is_some()).for_each(|member| member.run.finished())
            }
            Err(error) => fail(members, error),
        }
    }

    /// Loads everything in one transaction, again as a whole if a passing trouble ends it. A signal before the commit rolls it back.
    /// What was refused until then is kept in the quarantine even so, and the rows are counted as rolled back.
    async fn load(&self, members: &[Member<'_>], run: &mut Run) -> Result<(LoadOutcome, Result<()>)> {
        let settings = &self.job.settings;
        let refresh = &self.job.options.as_ref().refresh;
        let options = Options { revive: refresh.revive, ..load_options(&settings.load) };
        let node = members[0].node;
        let task = if members.len() == 1 { Some(node.name()) } else { None };
        let context = RunContext { run_id: run.id(), task, source: node.source.name.to_owned() };
        let id = run.id();
        let attempts = Attempts::new(self.job, settings);
        let attempt = async |attempt: Attempt| {
            let ending = Ending { dry_run: false, keep_refused: true };
            let fill = async |load: &mut Load<'_>| unless_stopped(self.job, self.fill(members, id, load)).await;
            attempt.load(self.database, (context.clone(), options.clone()), ending, fill).await
        };
        attempts.run(self.database, run, attempt).await
    }

    /// Parents before the rows that refer to them.
    async fn fill(&self, members: &[Member<'_>], run: Uuid, load: &mut Load<'_>) -> Result<()> {
        for member in members {
            if members.len() > 1 {
                // Whoever runs one of these tasks by itself is not to be at it at the same time.
                load.lock_task(&member.node.name()).await?;
            }
            self.fill_one(member, run, load).instrument(member.span.clone()).await?;
        }
        Ok(())
    }

    async fn fill_one(&self, member: &Member<'_>, run: Uuid, load: &mut Load<'_>) -> Result<()> {
        let options = self.job.options.as_ref();
        let Some(batch) = &member.batch else { return Ok(()) };
        let source = Arc::from(member.node.source.name);
        batch.refused.iter().cloned().for_each(|refused| load.quarantine(refused.into_rejected(&source)));
        for part in &batch.parts {
            load.options().mark_missing = options.refresh.mark_missing.clone().filter(|_| part.is_whole);
            part.rows.load(load, &source).await?;
        }
        let (task, partition) = (member.node.task.name, member.node.partition.to_string());
        // The shipped recording is a sample: what it gives does not keep a backfill from the site.
        let is_whole = options.limit.is_none() && options.traffic != Traffic::Offline && !batch.has_gaps;
        database::partition_done(load.connection(), run, (task, &partition), is_whole).await
    }

    /// Records how far a task is. What its rows are worth is recorded with them; this is for people, and a database that is away
    /// just now costs no more than that.
    async fn note(&self, run: &Run, node: &Node, state: TaskState<'_>) {
        let (task, partition) = (node.task.name, node.partition.to_string());
        let noted =
            database::note_task(&self.database.pool, run.id(), (task, &partition), run.started_at(), state).await;
        if let Err(error) = noted {
            tracing::warn!("the task is not in the bookkeeping: {error}");
        }
    }
}

/// Everything of one task and partition. Its level is the highest, so that also what is logged at `error` alone says its task.
pub(super) fn task_span(node: &Node) -> Span {
    let (task, source) = (node.task.name, node.source.name);
    tracing::error_span!(
        "task",
        task,
        partition = %node.partition,
        source,
        otel.name = format!("task {task}"),
        pipeline.status = Empty,
        error.type = Empty,
        otel.status_code = Empty,
        otel.status_description = Empty,
    )
}

/// Tells why records were refused; false, for they need not be told again.
fn tell(refused: &Refused, run: &mut Run) -> bool {
    refused.keys.iter().for_each(|key| run.refuse(&refused.table, &refused.reason, key.as_deref()));
    false
}

/// All tasks of a stage that were to be loaded share the fate of their transaction.
fn fail(members: &mut [Member<'_>], error: Error) {
    let exit = error.exit();
    let mut error = Some(error);
    for member in members.iter_mut().filter(|member| member.batch.is_some()) {
        let shared = || Error::new(exit, format!("{} was undone with the others", member.node.name()));
        member.run.failed(error.take().unwrap_or_else(shared));
        member.batch = None;
    }
}
