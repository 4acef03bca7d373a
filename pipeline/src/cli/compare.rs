//! `pipeline compare`: in what two databases differ.

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};
use pipeline::compare::{self, CompareMap, Comparison, Options, Rule, Sample, Status, Target};
use pipeline::config::parse_time;
use pipeline::orchestrate::database_config;
use pipeline::report::{Progress, Terminal, tell_error};
use pipeline::{Error, Exit, Result};
use rust_decimal::Decimal;

use super::args::GlobalFlags;
use super::query::{answer, printed};
use super::start;

/// The heading of the flags that say what is no difference.
const TOLERANCE: &str = "Tolerance";

#[derive(Debug, Args)]
pub(crate) struct CompareArgs {
    /// The database on the left, such as the predecessor's: a URL, or `embedded`.
    #[arg(long, value_name = "URL", env = "PIPELINE_COMPARE_LEFT", hide_env_values = true)]
    left: Target,
    /// The database on the right, such as ours: a URL, or `embedded`.
    #[arg(long, value_name = "URL", env = "PIPELINE_COMPARE_RIGHT", hide_env_values = true)]
    right: Target,
    /// Compare this table, by its name on the right; several times for several. Without it, all of the models and of the map.
    #[arg(long = "table", value_name = "[SCHEMA.]TABLE")]
    tables: Vec<String>,
    /// What rows of the only table are told apart by: the name of a unique key, or columns with commas between them.
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// A map of names and rules, in TOML.
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// Do not compare this column: COLUMN in all tables, or TABLE.COLUMN.
    #[arg(long, value_name = "COLUMN")]
    ignore: Vec<String>,
    /// Show at most N rows of each kind and column.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(0..=10_000))]
    samples: u16,
    /// Compare only about N rows of each table, or a share such as 5%, the same on both sides.
    #[arg(long, value_name = "N|PERCENT")]
    sample: Option<Sample>,
    /// Which rows --sample takes: the same number takes the same rows.
    #[arg(long, value_name = "NUMBER", default_value_t = 0, requires = "sample")]
    seed: u64,
    /// How the answer is written; without it, as the name of the file of --output ends, else as text.
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,
    /// Short for --format json.
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// Write the answer to this file.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    tolerance: ToleranceFlags,
}

#[derive(Debug, Args)]
#[command(next_help_heading = TOLERANCE)]
struct ToleranceFlags {
    /// Numbers may differ by N.
    #[arg(long, value_name = "N", value_parser = distance)]
    numeric_tolerance: Option<Decimal>,
    /// Times may differ by that much, such as 1s or 500ms.
    #[arg(long, value_name = "TIME", value_parser = time)]
    time_tolerance: Option<Duration>,
    /// The time zone that timestamps without one mean on the left, such as America/New_York; UTC where it matters and nobody says.
    #[arg(long, value_name = "ZONE")]
    left_time_zone: Option<String>,
    /// The same on the right.
    #[arg(long, value_name = "ZONE")]
    right_time_zone: Option<String>,
    /// Upper and lower case are the same.
    #[arg(long)]
    ignore_case: bool,
    /// White space at the ends of texts means nothing, and any within is one space.
    #[arg(long)]
    ignore_space: bool,
    /// NULL and the empty text are the same.
    #[arg(long)]
    null_is_empty: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table for people.
    Text,
    /// An object for programs (docs/comparing.md).
    Json,
    /// A page that needs nothing else.
    Html,
}

impl CompareArgs {
    fn format(&self) -> Format {
        let suffix = self.output.as_deref().and_then(Path::extension).map(OsStr::to_ascii_lowercase);
        match (self.format, suffix.as_deref().and_then(OsStr::to_str)) {
            _ if self.json => Format::Json,
            (Some(format), _) => format,
            (None, Some("html" | "htm")) => Format::Html,
            (None, Some("json")) => Format::Json,
            (None, _) => Format::Text,
        }
    }
}

fn distance(raw: &str) -> Result<Decimal, String> {
    raw.parse().ok().filter(|number: &Decimal| !number.is_sign_negative()).ok_or_else(|| "a number from 0".to_owned())
}

fn time(raw: &str) -> Result<Duration, String> {
    parse_time(raw).ok_or_else(|| "a time such as 1s or 500ms".to_owned())
}

/// Compares, prints the answer, and tells by the exit code whether everything is equal.
pub(crate) fn run(global: &GlobalFlags, args: &CompareArgs) -> Exit {
    let found = look(global, args).and_then(|found| {
        give(global, args, &found)?;
        Ok(if found.status == Status::Equal { Exit::Success } else { Exit::Differences })
    });
    found.unwrap_or_else(|error| {
        tell_error(&error, &Terminal::of_stderr(global.color.into()));
        error.exit()
    })
}

fn look(global: &GlobalFlags, args: &CompareArgs) -> Result<Comparison> {
    let settings = global.settings()?;
    let shown = start::log(global, &settings, None);
    // Only for who watches: nobody asked for a log.
    let watched = Terminal::of_stderr(global.color.into()).interactive;
    let progress = if watched { shown } else { Progress::silent() };
    let tolerance = &args.tolerance;
    let options = Options {
        tables: args.tables.clone(),
        key: args.key.clone(),
        map: args.map.as_deref().map(CompareMap::read).transpose()?.unwrap_or_default(),
        ignore: args.ignore.clone(),
        rule: Rule::new(
            tolerance.numeric_tolerance,
            tolerance.time_tolerance,
            [tolerance.ignore_case, tolerance.ignore_space, tolerance.null_is_empty],
        ),
        zones: [tolerance.left_time_zone.clone(), tolerance.right_time_zone.clone()],
        samples: args.samples.into(),
        sample: args.sample,
        seed: args.seed,
    };
    let config = database_config(&settings);
    start::runtime()?.block_on(compare::compare([&args.left, &args.right], &config, &options, &progress))
}

fn give(global: &GlobalFlags, args: &CompareArgs, found: &Comparison) -> Result<()> {
    let terminal = match args.output {
        Some(_) => Terminal::plain(),
        None => Terminal::of_stdout(global.color.into()),
    };
    let text = match args.format() {
        Format::Text => compare::text(found, &terminal),
        Format::Json => printed(found)?,
        Format::Html => compare::html(found),
    };
    match &args.output {
        Some(path) => write(path, &text),
        None => answer(&text),
    }
}

/// Writes the file in one step: who reads it meanwhile sees the old one or the new one. It may hold data of people, and is for
/// its owner alone, as temporary files are.
fn write(path: &Path, text: &str) -> Result<()> {
    let failed = |error: std::io::Error| {
        let exit = match error.kind() {
            std::io::ErrorKind::PermissionDenied => Exit::Permission,
            _ => Exit::Configuration,
        };
        Error::new(exit, format!("the answer cannot be written to {}", path.display())).caused_by(error)
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}
