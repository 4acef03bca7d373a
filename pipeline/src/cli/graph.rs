//! `pipeline dags …`, `pipeline status`, `pipeline runs`: the task graph, and what ran of it.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};
use clap::{Args, Subcommand, ValueEnum};
use pipeline::database::{self, RunRecord, TaskRecord, TaskSummary};
use pipeline::graph::{self, DAGS, Dag};
use pipeline::report::{ago, listing, moment};
use pipeline::{Error, Exit, Result};
use serde_json::{Value, json};
use uuid::Uuid;

use super::args::GlobalFlags;
use super::export::{self, ExportArgs};
use super::query::{answer, ask, printed};

#[derive(Debug, Subcommand)]
pub(crate) enum DagsCommand {
    /// List the DAGs with their tasks.
    List {
        /// Print JSON: an array of DAGs, each with its tasks.
        #[arg(long)]
        json: bool,
    },
    /// Draw a DAG.
    Show {
        /// The DAG.
        #[arg(value_name = "DAG")]
        dag: String,
        /// As text, or as a Mermaid flow chart for documents.
        #[arg(long, value_name = "FORMAT", default_value = "text")]
        format: Format,
    },
    /// Write the graph as data for a scheduler, or see whether such a file is still up to date.
    Export(ExportArgs),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Text,
    Mermaid,
}

#[derive(Debug, Args)]
pub(crate) struct StatusArgs {
    /// Print JSON: an array with one object a task.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RunsArgs {
    /// One run, with its tasks; without it, a list.
    #[arg(value_name = "RUN")]
    run: Option<Uuid>,
    /// Show at most N.
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
    /// Print JSON: an array of runs, or one run with its tasks.
    #[arg(long)]
    json: bool,
}

/// Shows the graph.
pub(crate) fn dags(command: &DagsCommand) -> Result<()> {
    match command {
        DagsCommand::List { json: true } => answer(&printed(&DAGS.iter().map(described).collect::<Vec<_>>())?),
        DagsCommand::List { json: false } => answer(&DAGS.iter().map(graph::text).collect::<Vec<_>>().join("\n")),
        DagsCommand::Show { dag, format: Format::Text } => answer(&graph::text(graph::dag(dag)?)),
        DagsCommand::Show { dag, format: Format::Mermaid } => answer(&graph::mermaid(graph::dag(dag)?)),
        DagsCommand::Export(args) => export::run(args),
    }
}

fn described(dag: &Dag) -> Value {
    let tasks = dag.all_tasks().map(|(source, task)| {
        let partitions: Vec<&str> = task.partitions.iter().map(|dimension| dimension.as_str()).collect();
        let tables: Vec<String> = task.tables.iter().map(|table| table.qualified_name()).collect();
        json!({ "task": task.name, "source": source.name, "about": task.about, "in_dag": task.is_in_dag, "after": task.after, "partitions": partitions, "tables": tables })
    });
    json!({ "dag": dag.name, "about": dag.about, "schedule": dag.schedule, "tasks": tasks.collect::<Vec<_>>() })
}

/// Tells of each task what its last run came to, and whether its rows are stale.
pub(crate) fn status(global: &GlobalFlags, args: &StatusArgs) -> Result<()> {
    let known = ask(global, async |connection| database::task_summaries(connection).await)?;
    let known: BTreeMap<&str, &TaskSummary> = known.iter().map(|one| (one.task.as_str(), one)).collect();
    let now = Utc::now();
    let mut rows = Vec::new();
    let mut all = Vec::new();
    for dag in &DAGS {
        for (source, task) in dag.all_tasks() {
            let found = known.get(task.name);
            let loaded_at = found.and_then(|found| found.loaded_at);
            let state = state(dag, source.is_on, loaded_at, now);
            all.push(json!({
                "task": task.name, "dag": dag.name, "source": source.name, "state": state, "loaded_at": loaded_at,
                "partitions": found.map_or(0, |found| found.partitions),
                "last_status": found.and_then(|found| found.status.as_deref()),
                "last_started_at": found.and_then(|found| found.started_at),
                "error": found.and_then(|found| found.error.as_deref()),
            }));
            rows.push(vec![
                task.name.to_owned(),
                dag.name.to_owned(),
                state.to_owned(),
                loaded_at.map_or("-".to_owned(), |at| ago(at, now)),
                found.map_or("-".to_owned(), |found| found.partitions.to_string()),
                found.and_then(|found| found.status.clone()).unwrap_or_else(|| "-".to_owned()),
                found.and_then(|found| found.error.clone()).unwrap_or_default(),
            ]);
        }
    }
    if args.json {
        return answer(&printed(&all)?);
    }
    answer(&listing(&["task", "dag", "state", "loaded", "partitions", "last run", "why"], rows))
}

/// Rows are stale when their DAG should have run since, with some hours of grace.
fn state(dag: &Dag, is_on: bool, loaded_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> &'static str {
    let weekly = !dag.schedule.ends_with('*');
    let bearable = if weekly { Duration::hours(7 * 24 + 12) } else { Duration::hours(24 + 12) };
    match loaded_at {
        None if !is_on => "off",
        None => "never loaded",
        Some(at) if now - at > bearable => "stale",
        Some(_) => "fresh",
    }
}

/// Lists runs, or shows one.
pub(crate) fn runs(global: &GlobalFlags, args: &RunsArgs) -> Result<()> {
    let (runs, tasks) = ask(global, async |connection| {
        let runs = database::runs(connection, args.run, args.limit.into()).await?;
        let tasks = match args.run {
            Some(run) => database::tasks(connection, run).await?,
            None => Vec::new(),
        };
        Ok((runs, tasks))
    })?;
    let Some(id) = args.run else {
        return answer(&if args.json { printed(&runs)? } else { list(&runs) });
    };
    let Some(run) = runs.first() else {
        return Err(Error::new(Exit::Usage, format!("there is no run {id}")).help("`pipeline runs` lists them"));
    };
    if args.json {
        let mut shown = json!(run);
        shown["tasks"] = json!(tasks);
        return answer(&printed(&shown)?);
    }
    answer(&show(run, &tasks))
}

fn list(runs: &[RunRecord]) -> String {
    if runs.is_empty() {
        return "nothing ran yet\n".to_owned();
    }
    let head = ["run", "command", "began", "took", "status", "rows read", "why"];
    listing(
        &head,
        runs.iter().map(|run| {
            vec![
                run.id.to_string(),
                run.command.clone(),
                moment(run.started_at),
                took(run.started_at, run.finished_at),
                run.status.clone(),
                rows_read(run.result.as_ref()),
                why(run.result.as_ref()),
            ]
        }),
    )
}

fn show(run: &RunRecord, tasks: &[TaskRecord]) -> String {
    let mut text = format!("run      {}\ncommand  {}\nbegan    {}\n", run.id, run.command, moment(run.started_at));
    text.push_str(&format!("took     {}\nstatus   {}", took(run.started_at, run.finished_at), run.status));
    if let Some(exit) = run.exit_code {
        text.push_str(&format!(" (exit {exit})"));
    }
    text.push('\n');
    if let Some(first) = run.resumes {
        text.push_str(&format!("resumes  {first}\n"));
    }
    if let Some(what) = &run.what {
        text.push_str(&format!("asked    {what}\n"));
    }
    let error = why(run.result.as_ref());
    if !error.is_empty() {
        text.push_str(&format!("why      {error}\n"));
    }
    if !tasks.is_empty() {
        let head = ["task", "partition", "took", "status", "rows read", "why"];
        let row = |task: &TaskRecord| {
            vec![
                task.task.clone(),
                task.partition.clone(),
                took(task.started_at, task.finished_at),
                task.status.clone(),
                rows_read(task.result.as_ref()),
                why(task.result.as_ref()),
            ]
        };
        text.push('\n');
        text.push_str(&listing(&head, tasks.iter().map(row)));
    }
    text
}

fn took(from: DateTime<Utc>, to: Option<DateTime<Utc>>) -> String {
    to.map_or_else(|| "-".to_owned(), |to| format!("{:.1} s", (to - from).as_seconds_f64()))
}

fn rows_read(result: Option<&Value>) -> String {
    let tables = result.and_then(|result| result["tables"].as_object());
    let read = tables.map(|tables| tables.values().filter_map(|table| table["read"].as_u64()).sum::<u64>());
    read.map_or_else(|| "-".to_owned(), |read| read.to_string())
}

fn why(result: Option<&Value>) -> String {
    result.and_then(|result| result["error"].as_str()).unwrap_or_default().to_owned()
}
