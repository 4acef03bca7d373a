//! The graph as data for a scheduler: what it needs to know to run the tasks without asking this program.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{DAGS, Dag, Plan, Selection};
use crate::Exit;
use crate::fetch::Rate;
use crate::sources::task::{Dimension, SEASON_BEGINS, Volume};
use crate::sources::{self, Source, Task};

/// The whole graph. Fields are only added within a version; one that changes its meaning makes the next version.
#[derive(Debug, Serialize)]
pub struct ExportedGraph {
    /// The version of this form: 1.
    pub v: u32,
    /// The month and day on which a season begins, which is named by the year in which it ends: `08-01`.
    pub season_begins: String,
    /// What to do about each exit code of a task.
    pub exits: Vec<ExportedExit>,
    /// What bounds how many tasks run at once, one for each source that has a site.
    pub pools: Vec<ExportedPool>,
    /// The DAGs, in the order of loading.
    pub dags: Vec<ExportedDag>,
}

/// An exit code and what it means to a scheduler.
#[derive(Debug, Serialize)]
pub struct ExportedExit {
    /// The exit code.
    pub code: u8,
    /// What to do.
    pub then: Then,
    /// What it means, in a few words.
    pub meaning: &'static str,
}

/// What a scheduler does about a task that ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Then {
    /// It succeeded.
    Succeed,
    /// It did not apply; what comes after it may run.
    Skip,
    /// It may succeed later.
    Retry,
    /// It would fail again, until somebody has looked.
    Fail,
    /// Again, unless the result's `status` is `blocked`.
    RetryUnlessBlocked,
}

/// A pool: tasks that ask the same site take turns.
#[derive(Debug, Serialize)]
pub struct ExportedPool {
    /// Its name.
    pub name: String,
    /// How many tasks it lets run at once. One process keeps a site's rate; two would ask twice as often.
    pub slots: u32,
    /// What it is for, with the rate.
    pub about: String,
}

/// A DAG.
#[derive(Debug, Serialize)]
pub struct ExportedDag {
    /// Its name.
    pub dag: &'static str,
    /// What it does, in one line.
    pub about: &'static str,
    /// When it runs, as cron writes it.
    pub schedule: &'static str,
    /// The time zone of the schedule.
    pub timezone: &'static str,
    /// How long a run may take: three times what its requests take at the polite rate, and some hours.
    pub timeout_seconds: u64,
    /// The sports of its tasks that are cut by sport, by the NCAA's codes.
    pub sports: Vec<&'static str>,
    /// Its tasks, each after those that it depends on.
    pub tasks: Vec<ExportedTask>,
}

/// A task.
#[derive(Debug, Serialize)]
pub struct ExportedTask {
    /// Its name, as `pipeline run` takes it.
    pub task: &'static str,
    /// The source that it asks.
    pub source: &'static str,
    /// What it does, in one line.
    pub about: &'static str,
    /// Whether the DAG runs it; else only who names it.
    pub in_dag: bool,
    /// Whether it runs where settings say nothing: else it exits 99 until they turn its source on.
    pub is_on: bool,
    /// The tasks whose rows it needs, of this DAG or another.
    pub after: &'static [&'static str],
    /// What its partitions are told apart by, as `--partition` takes them.
    pub partitions: Vec<&'static str>,
    /// The tables that it loads, as `schema.name`, parents first.
    pub tables: Vec<String>,
    /// Whether it takes files, by `--input`.
    pub reads_files: bool,
    /// Whether a partition of the past can be had; what a site shows only of the present cannot.
    pub has_past: bool,
    /// The pool that it takes a slot of; null where it asks no site.
    pub pool: Option<String>,
    /// How long one of its partitions may take: three times what its requests take at the polite rate, and two hours.
    pub timeout_seconds: u64,
}

/// A pool's name.
fn pool(source: &Source) -> String {
    format!("pipeline-{}", source.name)
}

/// The graph.
pub fn export() -> ExportedGraph {
    let (month, day) = SEASON_BEGINS;
    let asks = |source: &&&Source| {
        DAGS.iter().flat_map(Dag::all_tasks).any(|(of, task)| of.name == source.name && most_requests(of, task) > 0)
    };
    ExportedGraph {
        v: 1,
        season_begins: format!("{month:02}-{day:02}"),
        exits: Exit::ALL
            .iter()
            .map(|exit| ExportedExit { code: exit.code(), then: then(*exit), meaning: exit.meaning() })
            .collect(),
        pools: sources::ALL.iter().filter(asks).map(|source| exported_pool(source)).collect(),
        dags: DAGS.iter().map(exported).collect(),
    }
}

/// What `CONTRACTS.md` says of each exit code.
fn then(exit: Exit) -> Then {
    match exit {
        Exit::Success => Then::Succeed,
        Exit::NotApplicable => Then::Skip,
        Exit::Temporary | Exit::Interrupted | Exit::Terminated => Then::Retry,
        Exit::Unavailable => Then::RetryUnlessBlocked,
        Exit::Differences | Exit::Usage | Exit::Input | Exit::Permission | Exit::Configuration => Then::Fail,
    }
}

fn exported_pool(source: &Source) -> ExportedPool {
    let Source { title, rate, .. } = source;
    ExportedPool { name: pool(source), slots: 1, about: format!("{title}; one task at a time keeps {rate}") }
}

fn exported(dag: &Dag) -> ExportedDag {
    let mut sports: Vec<&'static str> = Vec::new();
    for (source, _) in dag.tasks() {
        sports.extend(source.sports.iter().filter(|sport| !sports.contains(sport)).collect::<Vec<_>>());
    }
    let tasks = dag.all_tasks().map(|(source, task)| ExportedTask {
        task: task.name,
        source: source.name,
        about: task.about,
        in_dag: task.is_in_dag,
        is_on: source.is_on,
        after: task.after,
        partitions: task.partitions.iter().map(|dimension| dimension.as_str()).collect(),
        tables: task.tables.iter().map(|table| table.qualified_name()).collect(),
        reads_files: task.reads_files,
        has_past: !task.partitions.contains(&Dimension::Week),
        pool: (most_requests(source, task) > 0).then(|| pool(source)),
        timeout_seconds: bearable(most_requests(source, task), source.rate, TWO_HOURS),
    });
    ExportedDag {
        dag: dag.name,
        about: dag.about,
        schedule: dag.schedule,
        timezone: "UTC",
        timeout_seconds: run_timeout(dag),
        sports,
        tasks: tasks.collect(),
    }
}

const TWO_HOURS: u64 = 2 * 60 * 60;
const SIX_HOURS: u64 = 6 * 60 * 60;

/// Three times what the requests take, and some time for everything else; in whole minutes.
fn bearable(requests: u64, rate: Rate, grace: u64) -> u64 {
    let gap = u64::try_from(rate.gap().as_millis()).unwrap_or(u64::MAX);
    (requests.saturating_mul(gap).saturating_mul(3) / 60_000).saturating_mul(60).saturating_add(grace)
}

/// The requests of its largest partition, at least.
fn most_requests(source: &Source, task: &Task) -> u64 {
    let selection = Selection { names: vec![task.name.to_owned()], ..Selection::default() };
    // Any moment: only the season and week of the partitions depend on it.
    let plan = Plan::new(&selection, DateTime::<Utc>::UNIX_EPOCH, &|_| true);
    let nodes = plan.map(|plan| plan.nodes).unwrap_or_default();
    let requests = |partition| (task.requests)(&Volume { partition, teams: super::estimate::TEAMS });
    debug_assert!(nodes.iter().all(|node| node.source.name == source.name), "a task's name is its own");
    nodes.iter().map(|node| requests(&node.partition)).max().unwrap_or_default()
}

fn run_timeout(dag: &Dag) -> u64 {
    let selection = Selection { names: vec![dag.name.to_owned()], ..Selection::default() };
    let Ok(plan) = Plan::new(&selection, DateTime::<Utc>::UNIX_EPOCH, &|_| true) else { return SIX_HOURS };
    let reach = |source: &Source| (source.base_url.to_owned(), source.rate.gap());
    let time = plan.estimate(&vec![false; plan.nodes.len()], &Default::default(), &reach).time;
    (time.as_secs().saturating_mul(3) / 3600).saturating_mul(3600).saturating_add(SIX_HOURS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_exit_code_has_a_consequence_and_is_there_once() {
        let graph = export();
        let mut codes: Vec<u8> = graph.exits.iter().map(|exit| exit.code).collect();
        codes.sort_unstable();
        assert_eq!(codes, [0, 1, 64, 65, 69, 75, 77, 78, 99, 130, 143]);
    }

    #[test]
    fn timeouts_leave_room_for_the_polite_rate() {
        for dag in export().dags {
            for task in &dag.tasks {
                let (source, of) = super::super::task(task.task).unwrap();
                let polite = source.rate.gap().as_secs_f64() * most_requests(source, of) as f64;
                assert!(
                    task.timeout_seconds as f64 > 2.0 * polite,
                    "{}: {} s for {polite} s",
                    task.task,
                    task.timeout_seconds
                );
                assert!(dag.timeout_seconds > task.timeout_seconds || !task.in_dag, "{}", task.task);
            }
        }
    }

    #[test]
    fn what_asks_a_site_has_the_pool_of_its_source() {
        let graph = export();
        let pools: Vec<&str> = graph.pools.iter().map(|pool| pool.name.as_str()).collect();
        assert_eq!(pools, ["pipeline-ncaa-directory", "pipeline-ncaa-stats", "pipeline-ncaa-com", "pipeline-niche"]);
        for task in graph.dags.iter().flat_map(|dag| &dag.tasks) {
            match &task.pool {
                Some(pool) => assert_eq!(*pool, format!("pipeline-{}", task.source)),
                None => assert!(["athletes", "awards"].contains(&task.task), "{}", task.task),
            }
        }
    }
}
