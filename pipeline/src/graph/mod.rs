//! The task graph: what depends on what, when it runs, and which pieces of it a command means.
//!
//! It is written once, in the sources: each task names the tasks whose rows it needs. A DAG is the tasks of some sources with a
//! schedule. A [`Plan`] is a DAG's tasks, or some of them, cut into partitions.

mod draw;
mod estimate;
mod export;
mod plan;

pub use draw::{mermaid, text};
pub use estimate::{Estimate, TaskEstimate};
pub use export::{ExportedDag, ExportedExit, ExportedGraph, ExportedPool, ExportedTask, Then, export};
pub(crate) use plan::FIRST;
pub use plan::{Node, Plan, Selection};

use crate::config::did_you_mean;
use crate::sources::{self, Source, Task};
use crate::{Error, Exit, Result};

/// A DAG: the tasks of some sources, and when they run.
#[derive(Debug)]
pub struct Dag {
    /// Its name, the same on Airflow.
    pub name: &'static str,
    /// What it does, in one line.
    pub about: &'static str,
    /// When it runs, as cron writes it, in UTC.
    pub schedule: &'static str,
}

/// All DAGs, in the order of loading.
pub static DAGS: [Dag; 2] = [
    Dag { name: "ncaa_directory_sync", about: "sports, conferences and member schools, daily", schedule: "0 2 * * *" },
    Dag {
        name: "weekly_stats_sync",
        about: "teams, rosters and statistics of the season, weekly; then Niche and awards where they are on",
        schedule: "0 4 * * 1",
    },
];

impl Dag {
    /// The tasks that it runs, with their sources, each after those that it depends on.
    pub fn tasks(&self) -> Vec<(&'static Source, &'static Task)> {
        self.all_tasks().filter(|(_, task)| task.is_in_dag).collect()
    }

    /// Those that only who names them runs, too.
    pub fn all_tasks(&self) -> impl Iterator<Item = (&'static Source, &'static Task)> {
        all_tasks().filter(|(source, _)| source.dag == self.name)
    }
}

/// All tasks with their sources, each after those that it depends on.
pub fn all_tasks() -> impl Iterator<Item = (&'static Source, &'static Task)> {
    sources::ALL.iter().flat_map(|source| source.tasks.iter().map(|task| (*source, task)))
}

/// A DAG by its name.
///
/// # Errors
/// [`Exit::Usage`] if there is none.
pub fn dag(name: &str) -> Result<&'static Dag> {
    let names = || DAGS.iter().map(|dag| dag.name);
    DAGS.iter().find(|dag| dag.name == name).ok_or_else(|| {
        let hint = did_you_mean(name, names());
        let known = names().collect::<Vec<_>>().join(" and ");
        Error::new(Exit::Usage, format!("there is no DAG {name}{hint}")).help(format!("the DAGs are {known}"))
    })
}

/// A task by its name.
///
/// # Errors
/// [`Exit::Usage`] if there is none.
pub fn task(name: &str) -> Result<(&'static Source, &'static Task)> {
    all_tasks().find(|(_, task)| task.name == name).ok_or_else(|| {
        let names = || all_tasks().map(|(_, task)| task.name);
        let hint = did_you_mean(name, names());
        let known = names().collect::<Vec<_>>().join(", ");
        Error::new(Exit::Usage, format!("there is no task {name}{hint}")).help(format!("the tasks are {known}"))
    })
}

/// The tasks that a DAG, a source or a task of that name means.
///
/// # Errors
/// [`Exit::Usage`] if nothing is called so.
pub fn named(name: &str) -> Result<Vec<(&'static Source, &'static Task)>> {
    if let Some(dag) = DAGS.iter().find(|dag| dag.name == name) {
        return Ok(dag.tasks());
    }
    if let Some(source) = sources::find(name) {
        return Ok(source.tasks.iter().map(|task| (source, task)).collect());
    }
    if let Some(found) = all_tasks().find(|(_, task)| task.name == name) {
        return Ok(vec![found]);
    }
    let names = || {
        let tasks = all_tasks().map(|(_, task)| task.name);
        DAGS.iter().map(|dag| dag.name).chain(sources::ALL.iter().map(|source| source.name)).chain(tasks)
    };
    let hint = did_you_mean(name, names());
    Err(Error::new(Exit::Usage, format!("nothing is called {name}{hint}"))
        .help(format!("name a DAG, a source or a task: {}", names().collect::<Vec<_>>().join(", "))))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_task_comes_after_those_that_it_needs_and_names_are_unique() {
        let mut seen = BTreeSet::new();
        for (source, task) in all_tasks() {
            assert!(DAGS.iter().any(|dag| dag.name == source.dag), "{} is of no DAG", source.name);
            for before in task.after {
                assert!(seen.contains(before), "{} comes before {before}", task.name);
            }
            assert!(seen.insert(task.name), "{} is there twice", task.name);
            assert!(!task.tables.is_empty(), "{} loads nothing", task.name);
        }
    }
}
