//! `pipeline sources …`: what the sources are, and whether they still are what the extractors expect.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use pipeline::config::Settings;
use pipeline::database;
use pipeline::fetch::{Response, is_beyond_recording, is_blocked};
use pipeline::job::{Caching, JobOptions};
use pipeline::mask::mask_url;
use pipeline::orchestrate::fetcher;
use pipeline::report::{ago, listing};
use pipeline::sources::check::Match;
use pipeline::sources::{self, Source};
use pipeline::{Error, Exit, Result};
use serde_json::json;

use super::args::GlobalFlags;
use super::query::{answer, ask_of, printed};
use super::start;
use super::sync::SourceFlags;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct SourcesArgs {
    #[command(subcommand)]
    command: Option<SourcesCommand>,
    /// Print JSON: an array with one object a source.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SourcesCommand {
    /// Fetch one page of each kind and tell what of that which extractors look for is there. A few requests, at the polite rate.
    Check(CheckArgs),
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// The source.
    #[arg(value_name = "SOURCE")]
    source: String,
    /// Ask the site itself, which is what happens unless --replay or --offline says otherwise.
    #[arg(long, conflicts_with_all = ["replay", "offline"])]
    live: bool,
    /// Print JSON: an array with one object a page.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    flags: SourceFlags,
}

pub(crate) fn run(global: &GlobalFlags, args: &SourcesArgs) -> Result<()> {
    match &args.command {
        Some(SourcesCommand::Check(args)) => check(global, args),
        None => list(global, args.json),
    }
}

/// Lists the sources.
fn list(global: &GlobalFlags, as_json: bool) -> Result<()> {
    let settings = global.settings()?;
    // Without a database, or with one that is not prepared yet, nothing was loaded.
    let summaries = ask_of(global, &settings, async |connection| database::task_summaries(connection).await);
    let known = summaries.unwrap_or_default();
    let loaded: BTreeMap<&str, DateTime<Utc>> =
        known.iter().filter_map(|one| Some((one.task.as_str(), one.loaded_at?))).collect();
    let now = Utc::now();
    let mut rows = Vec::new();
    let mut all = Vec::new();
    for source in sources::ALL {
        let access = &settings.sources[source.name];
        let loaded_at = source.tasks.iter().filter_map(|task| loaded.get(task.name)).max().copied();
        let state = if access.is_on { "on" } else { "off" };
        let tasks: Vec<&str> = source.tasks.iter().map(|task| task.name).collect();
        all.push(json!({
            "source": source.name, "title": source.title, "state": state, "needs": source.needs,
            "base_url": mask_url(access.base_url.as_str()), "rate": access.rate.to_string(), "dag": source.dag, "tasks": tasks,
            "loaded_at": loaded_at, "ships_offline": source.ships_offline,
        }));
        rows.push(vec![
            source.name.to_owned(),
            state.to_owned(),
            if source.ships_offline { "yes" } else { "no" }.to_owned(),
            source.title.to_owned(),
            source.needs.to_owned(),
            access.rate.to_string(),
            loaded_at.map_or("never".to_owned(), |at| ago(at, now)),
            tasks.join(", "),
        ]);
    }
    if as_json {
        return answer(&printed(&all)?);
    }
    answer(&listing(&["source", "state", "offline", "what", "needs", "rate", "loaded", "tasks"], rows))
}

/// What became of a page that was looked at.
struct Seen {
    page: &'static str,
    url: String,
    outcome: Result<Vec<Match>>,
}

/// Looks at the pages of a source.
fn check(global: &GlobalFlags, args: &CheckArgs) -> Result<()> {
    let source = sources::find(&args.source).ok_or_else(|| {
        let known: Vec<&str> = sources::ALL.iter().map(|source| source.name).collect();
        Error::new(Exit::Usage, format!("there is no source {}", args.source))
            .help(format!("the sources are {}", known.join(", ")))
    })?;
    if source.checks.is_empty() {
        return Err(Error::new(Exit::NotApplicable, format!("{} has no pages: its input is files", source.name)));
    }
    let settings = args.flags.settings(global)?;
    start::log(global, &settings, None);
    let seen = start::runtime()?.block_on(look(source, &settings, &args.flags))?;
    let shown: Vec<_> = seen.iter().map(|seen| {
        let matches: BTreeMap<&str, usize> =
            seen.outcome.iter().flatten().map(|found| (found.what.as_str(), found.found)).collect();
        json!({ "page": seen.page, "url": seen.url, "matches": matches, "error": seen.outcome.as_ref().err().map(ToString::to_string) })
    }).collect();
    if args.json {
        answer(&printed(&shown)?)?;
    } else {
        let row = |seen: &Seen| match &seen.outcome {
            Ok(found) => found
                .iter()
                .map(|found| {
                    let verdict = if found.found == 0 { "not there" } else { "there" };
                    vec![seen.page.to_owned(), found.what.clone(), found.found.to_string(), verdict.to_owned()]
                })
                .collect(),
            Err(error) => {
                let verdict = if is_beyond_recording(error) { "not recorded" } else { "unusable" };
                vec![vec![seen.page.to_owned(), error.to_string(), String::new(), verdict.to_owned()]]
            }
        };
        answer(&listing(&["page", "looked for", "found", ""], seen.iter().flat_map(row)))?;
    }
    // What a recording leaves out says nothing of the site.
    let failed = seen.into_iter().filter_map(|seen| seen.outcome.err()).find(|error| !is_beyond_recording(error));
    failed.map_or(Ok(()), Err)
}

/// Asks for the pages one after another, until the source refuses us.
async fn look(source: &Source, settings: &Settings, flags: &SourceFlags) -> Result<Vec<Seen>> {
    // What was stored says nothing of the site as it is now.
    let options = JobOptions { traffic: flags.traffic(), caching: Caching::Off, ..JobOptions::default() };
    let fetcher = fetcher(settings, &options)?;
    let mut seen = Vec::new();
    for check in source.checks {
        let request = (check.request)();
        let answer: Result<Response> = fetcher.get(&request).await.map_err(Error::from);
        let url = answer.as_ref().map_or_else(|_| request.target(), |answer| answer.url.clone());
        let is_over = answer.as_ref().is_err_and(|error| is_blocked(error));
        seen.push(Seen { page: check.page, url, outcome: answer.and_then(|answer| (check.probe)(&answer)) });
        if is_over {
            break;
        }
    }
    Ok(seen)
}
