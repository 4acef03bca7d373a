//! What a command means of the graph: tasks and partitions, with what each waits for.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, Days, Utc};
use models::TableDef;

use super::{dag, named};
use crate::sources::task::{Dimension, Partition, season_of};
use crate::sources::{Source, Task};
use crate::{Error, Exit, Result};

/// What a user names.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Selection {
    /// DAGs, sources or tasks; none means the directory's DAG.
    pub names: Vec<String>,
    /// The seasons of what is cut by season; none means the present one.
    pub seasons: Vec<i32>,
    /// The codes of the sports of what is cut by sport; none means all of the source.
    pub sports: Vec<String>,
    /// The week of what is cut by week, as its Monday; none means the present one.
    pub week: Option<String>,
    /// Only what has a past: tasks that are cut by season, and those that are made of their rows.
    #[serde(default)]
    pub of_past: bool,
}

impl Selection {
    /// The same with what a moment means filled in, so that whoever goes on with it later means the same.
    #[must_use]
    pub fn settled(mut self, now: DateTime<Utc>) -> Self {
        if self.seasons.is_empty() {
            self.seasons.push(season_of(now));
        }
        let monday = now.date_naive() - Days::new(u64::from(now.weekday().num_days_from_monday()));
        self.week.get_or_insert_with(|| monday.to_string());
        self
    }
}

/// A task and one of its partitions.
#[derive(Debug, Clone)]
pub struct Node {
    /// The source that the task asks.
    pub source: &'static Source,
    /// The task.
    pub task: &'static Task,
    /// The slice.
    pub partition: Partition,
    /// The nodes that it waits for, by their positions in the plan.
    pub after: Vec<usize>,
}

/// Tasks cut into partitions, each after those that it depends on.
#[derive(Debug, Clone)]
pub struct Plan {
    /// They.
    pub nodes: Vec<Node>,
}

/// The DAG that is meant where nothing is named: what everything else hangs on.
pub(crate) const FIRST: &str = "ncaa_directory_sync";

impl Node {
    /// What it is called in messages and in the bookkeeping's locks.
    pub fn name(&self) -> String {
        let (task, partition) = (self.task.name, &self.partition);
        if partition.is_empty() { task.to_owned() } else { format!("{task} {partition}") }
    }
}

impl Plan {
    /// What a selection means at a moment. Tasks of sources that are off are in it if `is_on` says so or they are named themselves.
    ///
    /// # Errors
    /// [`Exit::Usage`] for names that are none.
    pub fn new(selection: &Selection, now: DateTime<Utc>, is_on: &dyn Fn(&Source) -> bool) -> Result<Self> {
        let selection = &selection.clone().settled(now);
        let mut chosen: Vec<(&'static Source, &'static Task)> = Vec::new();
        if selection.names.is_empty() {
            chosen = dag(FIRST)?.tasks();
        }
        for name in &selection.names {
            let is_dag = super::DAGS.iter().any(|dag| dag.name == name);
            let of_name = named(name)?.into_iter().filter(|(source, _)| !is_dag || is_on(source));
            chosen.extend(of_name);
        }
        // In the order of the graph, whatever the order of the names.
        let tasks = super::all_tasks().filter(|(_, task)| chosen.iter().any(|(_, named)| std::ptr::eq(*task, *named)));
        let mut plan = Self { nodes: Vec::new() };
        let has_past = |task: &Task| !task.partitions.is_empty() && !task.partitions.contains(&Dimension::Week);
        for (source, task) in tasks.filter(|(_, task)| !selection.of_past || has_past(task)) {
            for partition in partitions(source, task, selection) {
                plan.add(source, task, partition);
            }
        }
        if selection.of_past && plan.nodes.is_empty() {
            let names = selection.names.join(", ");
            return Err(Error::new(Exit::Usage, format!("{names} has no past: nothing of it is cut by season"))
                .help("`pipeline sync` loads it as it is now"));
        }
        Ok(plan)
    }

    /// Which nodes a set of loaded partitions makes unnecessary: those that are in it, but for one that is not cut by season and is made
    /// of rows of others, which is loaded again when one of them is.
    pub fn complete(&self, loaded: &BTreeSet<(String, String)>) -> Vec<bool> {
        let mut complete: Vec<bool> = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            let is_loaded = loaded.contains(&(node.task.name.to_owned(), node.partition.to_string()));
            let is_of_season = node.task.partitions.contains(&Dimension::Season);
            complete.push(is_loaded && (is_of_season || node.after.iter().all(|before| complete[*before])));
        }
        complete
    }

    /// One task and one partition.
    ///
    /// # Errors
    /// [`Exit::Usage`] for a partition that is not of the task's dimensions.
    pub fn single(source: &'static Source, task: &'static Task, partition: Partition) -> Result<Self> {
        let mut wanted = task.partitions.to_vec();
        wanted.sort();
        if partition.dimensions().collect::<Vec<_>>() != wanted {
            let names: Vec<&str> = wanted.iter().map(|dimension| dimension.as_str()).collect();
            let help = match names[..] {
                [] => format!("{} is one piece: leave --partition out", task.name),
                _ => format!("{} is cut by {}: --partition {}", task.name, names.join(" and "), example(&wanted)),
            };
            return Err(Error::new(Exit::Usage, format!("`{partition}` is no partition of {}", task.name)).help(help));
        }
        let mut plan = Self { nodes: Vec::new() };
        plan.add(source, task, partition);
        Ok(plan)
    }

    fn add(&mut self, source: &'static Source, task: &'static Task, partition: Partition) {
        let fits = |before: &Node| {
            let common: Vec<Dimension> =
                task.partitions.iter().copied().filter(|it| before.task.partitions.contains(it)).collect();
            task.after.contains(&before.task.name) && before.partition.within(&common) == partition.within(&common)
        };
        let after =
            self.nodes.iter().enumerate().filter(|(_, before)| fits(before)).map(|(position, _)| position).collect();
        self.nodes.push(Node { source, task, partition, after });
    }

    /// The nodes that are loaded together, each by itself where nothing says otherwise. What a stage waits for is in the stages
    /// before it.
    pub fn stages(&self) -> Vec<Vec<usize>> {
        let mut stages: Vec<Vec<usize>> = Vec::new();
        for (position, node) in self.nodes.iter().enumerate() {
            let joins = |stage: &&mut Vec<usize>| {
                let first = &self.nodes[stage[0]];
                node.source.loads_as_one && std::ptr::eq(first.source, node.source) && first.partition == node.partition
            };
            match stages.iter_mut().find(joins) {
                Some(stage) => stage.push(position),
                None => stages.push(vec![position]),
            }
        }
        stages
    }

    /// The tables that it loads, each once.
    pub fn tables(&self) -> Vec<&'static TableDef> {
        let mut tables: Vec<&'static TableDef> = Vec::new();
        for table in self.nodes.iter().flat_map(|node| node.task.tables) {
            if !tables.iter().any(|known| std::ptr::eq(*known, *table)) {
                tables.push(table);
            }
        }
        tables
    }
}

fn example(dimensions: &[Dimension]) -> Partition {
    let value = |dimension: &Dimension| match dimension {
        Dimension::Season => "2026",
        Dimension::Sport => "MBA",
        Dimension::Week => "2026-02-16",
    };
    dimensions.iter().fold(Partition::default(), |all, dimension| all.with(*dimension, value(dimension)))
}

fn partitions(source: &Source, task: &Task, selection: &Selection) -> Vec<Partition> {
    let mut partitions = vec![Partition::default()];
    for dimension in task.partitions {
        let values: Vec<String> = match dimension {
            Dimension::Season => selection.seasons.iter().map(i32::to_string).collect(),
            Dimension::Sport if selection.sports.is_empty() => {
                source.sports.iter().map(|&sport| sport.to_owned()).collect()
            }
            Dimension::Sport => selection.sports.clone(),
            Dimension::Week => selection.week.iter().cloned().collect(),
        };
        partitions = partitions
            .iter()
            .flat_map(|so_far| values.iter().map(|value| so_far.clone().with(*dimension, value)))
            .collect();
    }
    partitions
}
