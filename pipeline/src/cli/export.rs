//! `pipeline dags export`: the graph as a file that a scheduler reads, and whether that file is still true.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use pipeline::graph;
use pipeline::report::OutputFile;
use pipeline::{Error, Exit, Result};
use serde_json::{Map, json};
use similar::TextDiff;

use super::query::{answer, printed};

/// Where the files are in a checkout.
const GRAPH: &str = "dags/pipeline_dags.json";
const POOLS: &str = "dags/pipeline_pools.json";

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// The whole graph as JSON, or the pools alone in the form that `airflow pools import` takes.
    #[arg(long, value_name = "FORMAT", default_value = "json")]
    format: Format,
    /// Write to this file, in one step, rather than to standard output.
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Compare with the file instead, and exit 1 with the difference if it is stale; without FILE, with the one in ./dags.
    #[arg(long, value_name = "FILE", num_args = 0..=1, conflicts_with = "out")]
    check: Option<Option<PathBuf>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Json,
    Pools,
}

/// Writes or compares.
pub(crate) fn run(args: &ExportArgs) -> Result<()> {
    let text = match args.format {
        Format::Json => printed(&graph::export())?,
        Format::Pools => printed(&pools())?,
    };
    match (&args.check, &args.out) {
        (Some(file), _) => {
            let usual = if args.format == Format::Json { GRAPH } else { POOLS };
            check(file.as_deref().unwrap_or(Path::new(usual)), &text, args.format)
        }
        (None, Some(file)) => OutputFile::new("--out", file)?.write(text.as_bytes()),
        (None, None) => answer(&text),
    }
}

fn pools() -> Map<String, serde_json::Value> {
    let of = |pool: graph::ExportedPool| {
        (pool.name, json!({ "slots": pool.slots, "description": pool.about, "include_deferred": false }))
    };
    graph::export().pools.into_iter().map(of).collect()
}

fn check(file: &Path, expected: &str, format: Format) -> Result<()> {
    let shown = file.display();
    let found = fs::read_to_string(file).map_err(|error| {
        Error::new(Exit::Usage, format!("{shown} cannot be read"))
            .caused_by(error)
            .help("name the file: `pipeline dags export --check FILE`; `--out FILE` writes it")
    })?;
    if found == expected {
        return Ok(());
    }
    let diff = TextDiff::from_lines(found.as_str(), expected);
    let (before, after) = (format!("a/{shown}"), format!("b/{shown}"));
    answer(&diff.unified_diff().context_radius(3).header(&before, &after).to_string())?;
    let format = if format == Format::Json { "json" } else { "pools" };
    Err(Error::new(Exit::Differences, format!("{shown} is stale"))
        .help(format!("`pipeline dags export --format {format} --out {shown}` writes it anew")))
}
