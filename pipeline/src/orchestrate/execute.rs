//! Runs a plan: as many stages at once as their dependencies and the user allow.

use futures::StreamExt;
use futures::stream::FuturesUnordered;

use super::stage::{Member, Shared};
use crate::graph::Plan;
use crate::job::JobOptions;
use crate::report::Run;

/// How far a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Waiting,
    Running,
    /// It ended well, or was loaded before.
    Done,
    /// It failed, or did not run because another one had.
    Failed,
}

/// Runs all nodes of a plan but those that are `done` already, by their positions. A node that fails costs those that hang on it; the rest goes on.
/// A signal ends what runs, and nothing more begins.
pub(super) async fn execute<O: AsRef<JobOptions>>(
    shared: &Shared<'_, O>,
    plan: &Plan,
    done: &[bool],
    parallel: usize,
    run: &mut Run,
) {
    let mut states: Vec<State> = done.iter().map(|done| if *done { State::Done } else { State::Waiting }).collect();
    let complete: Vec<String> = (0..plan.nodes.len())
        .filter(|position| states[*position] == State::Done)
        .map(|position| plan.nodes[position].name())
        .collect();
    if !complete.is_empty() {
        complete.iter().for_each(|_| run.not_applicable());
        tracing::info!(partitions = complete.len(), "are complete already");
        run.remark(match &complete[..] {
            [one] => format!("{one} is complete already"),
            [first, .., last] => format!("{} partitions are complete already, from {first} to {last}", complete.len()),
            [] => String::new(),
        });
    }
    let mut waiting: Vec<Vec<usize>> = plan.stages();
    waiting.iter_mut().for_each(|stage| stage.retain(|position| states[*position] == State::Waiting));
    let mut running = FuturesUnordered::new();
    loop {
        for stage in &mut waiting {
            // What needs something that failed leaves its stage.
            for position in std::mem::take(stage) {
                let node = &plan.nodes[position];
                match node.after.iter().find(|before| states[**before] == State::Failed) {
                    Some(before) => {
                        states[position] = State::Failed;
                        shared.not_run(node, &plan.nodes[*before].name(), run).await;
                    }
                    None => stage.push(position),
                }
            }
            let is_ready = |before: &usize| states[*before] == State::Done || stage.contains(before);
            let is_ready = stage.iter().all(|position| plan.nodes[*position].after.iter().all(is_ready));
            let may_begin = running.len() < parallel && shared.job.shutdown.check().is_ok();
            if !stage.is_empty() && is_ready && may_begin {
                let stage = std::mem::take(stage);
                stage.iter().for_each(|position| states[*position] = State::Running);
                let mut members: Vec<Member<'_>> =
                    stage.iter().map(|position| Member::new(*position, &plan.nodes[*position], run)).collect();
                running.push(async move {
                    shared.run(&mut members).await;
                    members
                });
            }
        }
        waiting.retain(|stage| !stage.is_empty());
        let Some(members) = running.next().await else { break };
        for member in members {
            states[member.position] = if member.is_well() { State::Done } else { State::Failed };
            run.absorb(member.run);
        }
    }
    let left: usize = waiting.iter().map(Vec::len).sum();
    if let Err(error) = shared.job.shutdown.check()
        && left > 0
    {
        run.remark(format!("stopped before {left} more task{}", if left == 1 { "" } else { "s" }));
        run.failed(error);
    }
}
