//! What a run was asked to do, as its record keeps it.

use serde_json::{Value, json};

use crate::database::RunRecord;
use crate::graph::{self, Node, Plan, Selection};
use crate::orchestrate::What;
use crate::sources::Source;

/// What is on record of it; nothing for jobs that are one piece, and for what another version of the program recorded.
pub(super) fn what(run: &RunRecord) -> Option<What> {
    serde_json::from_value(run.what.clone()?).ok()
}

/// What ran, in a few words.
pub(super) fn title(run: &RunRecord) -> String {
    match what(run) {
        Some(What::Selection(selection) | What::Missing(selection)) if selection.names.is_empty() => {
            graph::FIRST.to_owned()
        }
        Some(What::Selection(selection) | What::Missing(selection)) => selection.names.join(", "),
        Some(What::Task { task, partition, .. }) => format!("{task} {partition}").trim_end().to_owned(),
        Some(What::Rest { .. }) | None => run.command.clone(),
    }
}

/// The selection as a command line.
pub(super) fn command_line(run: &RunRecord) -> Option<String> {
    let mut words = vec!["pipeline".to_owned(), run.command.clone()];
    match what(run)? {
        What::Selection(selection) => {
            words.extend(selection.names.iter().cloned());
            let seasons: Vec<String> = selection.seasons.iter().map(i32::to_string).collect();
            let flags = [
                ("--season", seasons),
                ("--sport", selection.sports),
                ("--week", selection.week.into_iter().collect()),
            ];
            for (flag, values) in flags.into_iter().filter(|(_, values)| !values.is_empty()) {
                words.extend([flag.to_owned(), values.join(",")]);
            }
        }
        What::Missing(Selection { names, seasons, sports, .. }) => {
            words.extend(names);
            for (flag, season) in [("--from", seasons.iter().min()), ("--to", seasons.iter().max())] {
                words.extend(season.into_iter().flat_map(|season| [flag.to_owned(), season.to_string()]));
            }
            if !sports.is_empty() {
                words.extend(["--sport".to_owned(), sports.join(",")]);
            }
        }
        What::Task { task, partition, .. } => {
            words.push(task);
            if !partition.is_empty() {
                words.extend(["--partition".to_owned(), partition.to_string()]);
            }
        }
        What::Rest { .. } => return None,
    }
    Some(words.join(" "))
}

/// The tasks and partitions that it was to run. What cannot be planned any more (a task that has gone) is none.
pub(super) fn plan(run: &RunRecord, is_on: &dyn Fn(&Source) -> bool) -> Vec<Node> {
    let plan = match what(run) {
        Some(What::Selection(selection) | What::Missing(selection)) => Plan::new(&selection, run.started_at, is_on),
        Some(What::Task { task, partition, .. }) => {
            graph::task(&task).and_then(|(source, task)| Plan::single(source, task, partition))
        }
        Some(What::Rest { .. }) | None => return Vec::new(),
    };
    plan.map(|plan| plan.nodes).unwrap_or_default()
}

/// Whether it passes over what is loaded already.
pub(super) fn passes_over_complete(run: &RunRecord) -> bool {
    run.resumes.is_some() || matches!(what(run), Some(What::Missing(_)))
}

/// What runs of the same kind have in common: all but the moment. Weeks and seasons come and go; of a job that is one piece, it is
/// the tables.
pub(super) fn kind(run: &RunRecord) -> Value {
    let mut what = run.what.clone().unwrap_or(Value::Null);
    for selection in ["selection", "missing"] {
        if let Some(selection) = what.get_mut(selection).and_then(Value::as_object_mut) {
            selection.remove("week");
            selection.remove("seasons");
        }
    }
    if let Some(partition) = what.pointer_mut("/task/partition") {
        let of = partition.as_str().unwrap_or_default().split(',');
        let stays = |part: &&str| !part.starts_with("season=") && !part.starts_with("week=");
        *partition = of.filter(stays).collect::<Vec<_>>().join(",").into();
    }
    let tables = run.result.as_ref().and_then(|result| result["tables"].as_object());
    let tables: Vec<&String> = tables.filter(|_| run.what.is_none()).into_iter().flat_map(|all| all.keys()).collect();
    json!([run.command, what, tables])
}
