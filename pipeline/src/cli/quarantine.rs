//! `pipeline quarantine …`: what was refused or waits for its parent.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};
use pipeline::config::{Settings, parse_time};
use pipeline::load::OnConflict;
use pipeline::orchestrate::ReplayOptions;
use pipeline::quarantine::{self, Entry, Filter, Kind, State};
use pipeline::{Error, Exit, Result};
use serde_json::{Value, json};
use uuid::Uuid;

use super::args::GlobalFlags;
use super::job::Arguments;
use super::load::Conflict;
use super::query::{self, ask, printed};

#[derive(Debug, Subcommand)]
pub(crate) enum QuarantineCommand {
    /// List what waits, or count it.
    List(ListArgs),
    /// Show entries with everything that is known of them, the record included.
    Show(ShowArgs),
    /// Load what waits, once its cause is mended: in one transaction, with a result line.
    Replay(ReplayArgs),
    /// Remove entries for good.
    Purge(PurgeArgs),
}

/// Which entries.
#[derive(Debug, Args)]
#[command(next_help_heading = "Filters")]
struct Filters {
    /// Only of this table, with its schema where that is not public.
    #[arg(long, value_name = "TABLE")]
    table: Option<String>,
    /// Only of this reason, such as too-long.
    #[arg(long, value_name = "REASON")]
    reason: Option<String>,
    /// Only of this source, such as ncaa-directory; file for files.
    #[arg(long, value_name = "SOURCE")]
    source: Option<String>,
    /// Only what this run saw last.
    #[arg(long, value_name = "RUN")]
    run: Option<Uuid>,
    /// Only what was last seen so long ago, such as 12h or 30d.
    #[arg(long, value_name = "TIME", value_parser = time)]
    older_than: Option<Duration>,
    /// Only what was seen within this time.
    #[arg(long, value_name = "TIME", value_parser = time)]
    newer_than: Option<Duration>,
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    filters: Filters,
    /// Unresolved references instead of refused records.
    #[arg(long)]
    references: bool,
    /// What still waits, what was loaded after all, or both.
    #[arg(long, value_name = "STATE", default_value = "open")]
    state: StateWord,
    /// Count by table, reason and source.
    #[arg(long)]
    summary: bool,
    /// Show at most N.
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: u64,
    /// Print JSON: an array of objects.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// The entries' numbers, as list shows them.
    #[arg(value_name = "ID", required = true)]
    ids: Vec<i64>,
    /// Print JSON: an array of objects, the record as text or in hexadecimal digits.
    #[arg(long, conflicts_with = "raw")]
    json: bool,
    /// Print the bytes of the record and nothing else; not to a terminal, which might obey them.
    #[arg(long)]
    raw: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ReplayArgs {
    /// The entries' numbers; without them and without filters, everything that waits.
    #[arg(value_name = "ID", conflicts_with = "references")]
    ids: Vec<i64>,
    #[command(flatten)]
    filters: Filters,
    /// Unresolved references only. Without it refused records come first, then the references.
    #[arg(long)]
    references: bool,
    /// The Drizzle schema, instead of the one that the records were loaded with.
    #[arg(long, value_name = "PATH")]
    schema: Option<PathBuf>,
    /// The map, instead of the one that the records were loaded with.
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// What becomes of rows that exist, instead of what their load said: a newer row is kept with ignore.
    #[arg(long, value_name = "WHAT")]
    on_conflict: Option<Conflict>,
    /// Do everything, and undo it.
    #[arg(long)]
    dry_run: bool,
    /// Also write the result line to this file, in one step.
    #[arg(long, value_name = "PATH")]
    result_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct PurgeArgs {
    /// The entries' numbers.
    #[arg(value_name = "ID")]
    ids: Vec<i64>,
    #[command(flatten)]
    filters: Filters,
    /// Unresolved references instead of refused records.
    #[arg(long)]
    references: bool,
    /// Only what still waits, or only what was loaded after all.
    #[arg(long, value_name = "STATE")]
    state: Option<StateWord>,
    /// Everything; without it, a number or a filter is needed.
    #[arg(long)]
    all: bool,
    /// Tell what would be removed, and remove nothing.
    #[arg(long)]
    dry_run: bool,
    /// Print JSON: an array of objects, one for each table, reason and source.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum StateWord {
    /// It still waits.
    Open,
    /// It was loaded after all.
    Done,
    /// Both.
    Any,
}

impl From<StateWord> for State {
    fn from(word: StateWord) -> Self {
        match word {
            StateWord::Open => Self::Open,
            StateWord::Done => Self::Done,
            StateWord::Any => Self::Any,
        }
    }
}

fn time(raw: &str) -> Result<Duration, String> {
    parse_time(raw).ok_or_else(|| "write it with its unit, such as 90s, 15m, 12h or 30d".to_owned())
}

impl Filters {
    fn filter(&self, ids: &[i64], state: State) -> Filter {
        Filter {
            ids: ids.to_vec(),
            table: self.table.clone(),
            reason: self.reason.clone(),
            source: self.source.clone(),
            run: self.run,
            older_than: self.older_than,
            newer_than: self.newer_than,
            state,
        }
    }
}

fn kind(references: bool) -> Kind {
    if references { Kind::Reference } else { Kind::Record }
}

/// Runs a query of the quarantine.
pub(crate) fn list(global: &GlobalFlags, args: &ListArgs) -> Result<()> {
    let (filter, kind) = (args.filters.filter(&[], args.state.into()), kind(args.references));
    let limit = Some(args.limit);
    let text = ask(global, async |connection| {
        let counts = quarantine::purge(connection, &filter, kind, false).await?;
        if args.summary {
            return Ok(if args.json { printed(&counts)? } else { quarantine::group(&counts) });
        }
        let all: i64 = counts.iter().map(|count| count.entries).sum();
        let more = all.unsigned_abs().saturating_sub(args.limit);
        Ok(match kind {
            Kind::Record => {
                let found = quarantine::entries(connection, &filter, limit).await?;
                if args.json { printed(&found)? } else { quarantine::list(&found, &[], more) }
            }
            Kind::Reference => {
                let found = quarantine::references(connection, &filter, limit).await?;
                if args.json { printed(&found)? } else { quarantine::list(&[], &found, more) }
            }
        })
    })?;
    query::answer(&text)
}

/// Shows entries.
pub(crate) fn show(global: &GlobalFlags, args: &ShowArgs) -> Result<()> {
    if args.raw && io::stdout().is_terminal() {
        let message = "the bytes of a record are not printed to a terminal, which might obey them";
        return Err(Error::new(Exit::Usage, message).help("send them to a file or a pipe, or leave --raw out"));
    }
    let filter = Filter { ids: args.ids.clone(), state: State::Any, ..Filter::default() };
    let found = ask(global, async |connection| quarantine::entry(connection, &filter, false).await)?;
    let known: BTreeSet<i64> = found.iter().map(|entry| entry.id).collect();
    if let Some(lost) = args.ids.iter().find(|id| !known.contains(id)) {
        return Err(Error::new(Exit::Usage, format!("the quarantine has no entry {lost}"))
            .help("`pipeline quarantine list --state any` shows all"));
    }
    if args.raw {
        return print_raw(&found);
    }
    if args.json {
        let shown: Vec<Value> = found.iter().map(with_record).collect();
        return query::answer(&printed(&shown)?);
    }
    let shown: Vec<String> = found.iter().map(quarantine::show).collect();
    query::answer(&shown.join("\n"))
}

fn print_raw(entries: &[Entry]) -> Result<()> {
    let mut output = io::stdout().lock();
    let mut records = entries.iter().filter_map(|entry| entry.raw.as_deref());
    match records.try_for_each(|raw| output.write_all(raw)).and_then(|()| output.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Error::new(Exit::Temporary, "the record cannot be printed").caused_by(error))
        }
        _ => Ok(()),
    }
}

/// An entry as JSON, its record as text where it is UTF-8.
fn with_record(entry: &Entry) -> Value {
    let raw = entry.raw.as_deref().unwrap_or_default();
    let (name, record) = match std::str::from_utf8(raw) {
        Ok(text) => ("raw", text.to_owned()),
        Err(_) => ("raw_hex", raw.iter().map(|byte| format!("{byte:02x}")).collect()),
    };
    let mut shown = json!(entry);
    shown[name] = record.into();
    shown
}

/// Removes entries, and tells which.
pub(crate) fn purge(global: &GlobalFlags, args: &PurgeArgs) -> Result<()> {
    let filter = args.filters.filter(&args.ids, args.state.map_or(State::Any, State::from));
    if filter.is_empty() && args.state.is_none() && !args.all {
        return Err(Error::new(Exit::Usage, "nothing says what is to be removed")
            .help("name entries, give a filter such as --older-than 30d or --state done, or say --all"));
    }
    let (kind, remove) = (kind(args.references), !args.dry_run);
    let gone = ask(global, async |connection| quarantine::purge(connection, &filter, kind, remove).await)?;
    query::answer(&if args.json { printed(&gone)? } else { quarantine::purged(&gone, args.dry_run) })
}

impl Arguments for ReplayArgs {
    type Options = ReplayOptions;

    fn settings(&self, global: &GlobalFlags) -> Result<Settings> {
        global.settings()
    }

    fn options(&self) -> Result<ReplayOptions> {
        Ok(ReplayOptions {
            filter: self.filters.filter(&self.ids, State::Open),
            records: !self.references,
            references: self.ids.is_empty(),
            schema: self.schema.clone(),
            map: self.map.clone(),
            on_conflict: self.on_conflict.map(OnConflict::from),
            dry_run: self.dry_run,
        })
    }

    fn result_file(&self) -> Option<&Path> {
        self.result_file.as_deref()
    }
}
