//! The jobs on sources: `sync`, `run`, `backfill` and `test`.

use std::path::{Path, PathBuf};

use clap::Args;
use pipeline::config::{FlagValue, Settings};
use pipeline::graph::Selection;
use pipeline::job::{Caching, JobOptions, Refresh, Traffic};
use pipeline::orchestrate::{SyncOptions, TestOptions, What};
use pipeline::sources::task::{Dimension, Partition};
use pipeline::{Error, Exit, Result};
use uuid::Uuid;

use super::args::{GlobalFlags, of_program};
use super::job::Arguments;
use super::refresh::RefreshFlags;

#[derive(Debug, Args)]
pub(crate) struct SyncArgs {
    #[command(flatten)]
    what: Selected,
    /// Go on with the last run that did not come to its end, or with the one that is named: what it has loaded stays.
    #[arg(long, value_name = "RUN", num_args = 0..=1, require_equals = true, conflicts_with_all = ["names", "season", "sport", "week"])]
    resume: Option<Option<Uuid>>,
    #[command(flatten)]
    parallel: Parallel,
    #[command(flatten)]
    job: JobArgs,
    #[command(flatten)]
    refresh: RefreshFlags,
}

#[derive(Debug, Args)]
pub(crate) struct TestArgs {
    #[command(flatten)]
    what: Selected,
    #[command(flatten)]
    job: JobArgs,
}

#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// The task; `pipeline dags list` shows them.
    #[arg(value_name = "TASK")]
    task: String,
    /// The slice, such as season=2026,sport=MBA. May be given in parts: --partition season=2026 --partition sport=MBA.
    #[arg(long, value_name = "KEY=VALUE")]
    partition: Vec<String>,
    /// Exit 99 if the season's partition is loaded already, as a whole. A task that is not cut by season runs all the same.
    #[arg(long)]
    unless_complete: bool,
    #[command(flatten)]
    job: JobArgs,
    #[command(flatten)]
    refresh: RefreshFlags,
}

#[derive(Debug, Args)]
pub(crate) struct BackfillArgs {
    /// The DAG, source or task.
    #[arg(value_name = "DAG")]
    name: String,
    /// The first season, by the year in which it ends.
    #[arg(long, value_name = "SEASON")]
    from: i32,
    /// The last season.
    #[arg(long, value_name = "SEASON")]
    to: i32,
    /// Only these sports, by the NCAA's codes.
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    sport: Vec<String>,
    /// Also what is complete.
    #[arg(long)]
    again: bool,
    /// Only tell what would be loaded, what is complete, and how long it takes at the polite rate. Nothing is asked for.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    parallel: Parallel,
    #[command(flatten)]
    job: JobArgs,
}

#[derive(Debug, Args)]
struct Parallel {
    /// How many tasks run at once, at most. Requests to a site keep their rate whatever it is.
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=64))]
    parallel: u8,
}

/// What of the graph.
#[derive(Debug, Args)]
struct Selected {
    /// DAGs, sources or tasks, as `pipeline dags list` shows them; without any, ncaa_directory_sync.
    #[arg(value_name = "DAG|SOURCE|TASK")]
    names: Vec<String>,
    /// Seasons of what is cut by season, by the year in which they end; without it, the present one.
    #[arg(long, value_name = "SEASON", value_delimiter = ',')]
    season: Vec<i32>,
    /// Sports of what is cut by sport, by the NCAA's codes; without it, all of them.
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    sport: Vec<String>,
    /// The week of what is cut by week, as the date of its Monday; without it, the present one.
    #[arg(long, value_name = "DATE")]
    week: Option<String>,
}

impl Selected {
    fn selection(&self) -> Result<Selection> {
        let given = self.season.iter().map(|season| (Dimension::Season, season.to_string()));
        let given = given.chain(self.sport.iter().map(|sport| (Dimension::Sport, sport.clone())));
        let given = given.chain(self.week.iter().map(|week| (Dimension::Week, week.clone())));
        for (dimension, value) in given {
            format!("{}={value}", dimension.as_str())
                .parse::<Partition>()
                .map_err(|wrong| Error::new(Exit::Usage, wrong))?;
        }
        Ok(Selection {
            names: self.names.clone(),
            seasons: self.season.clone(),
            sports: self.sport.clone(),
            week: self.week.clone(),
            of_past: false,
        })
    }
}

#[derive(Debug, Args)]
pub(crate) struct JobArgs {
    /// Take at most N leaf records of each source (of the directory: schools); what costs one request loads in full.
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    /// A file that a source takes as input, such as awards in CSV. May be given several times.
    #[arg(long, value_name = "FILE")]
    input: Vec<PathBuf>,
    /// What holds for all that the files hold, where they do not say it, such as sport=WVB. May be given several times.
    #[arg(long, value_name = "KEY=VALUE", value_parser = pair, requires = "input")]
    given: Vec<(String, String)>,
    /// Also write the result line to this file, in one step.
    #[arg(long, value_name = "PATH")]
    result_file: Option<PathBuf>,
    #[command(flatten)]
    source: SourceFlags,
}

/// Where a job's bytes come from.
#[derive(Debug, Args)]
#[command(next_help_heading = "Source options")]
pub(crate) struct SourceFlags {
    /// Replay the recording that ships with the program; no request leaves this machine. It is a sample: a few schools, and invented
    /// athletes of baseball and women's volleyball, seasons 2025 to 2027. Its own season and week stand for the present ones.
    #[arg(long, conflicts_with_all = ["replay", "record", "base_url"])]
    offline: bool,
    /// Replay a recording; no request leaves this machine.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["record", "base_url"])]
    replay: Option<PathBuf>,
    /// Record every exchange, for --replay.
    #[arg(long, value_name = "DIR")]
    record: Option<PathBuf>,
    /// Ask for everything again, whatever is stored, and store it anew.
    #[arg(long, conflicts_with_all = ["offline", "replay", "no_cache"])]
    refresh: bool,
    /// Neither use stored answers nor store any.
    #[arg(long)]
    no_cache: bool,
    /// Where a source is, such as ncaa-directory=http://127.0.0.1:8080. May be given for several sources.
    #[arg(long, value_name = "SOURCE=URL", value_parser = of_source)]
    base_url: Vec<(String, String)>,
    /// How often requests to a source may start, such as ncaa-directory=50/s or 1/5s. May be given for several sources.
    #[arg(long, value_name = "SOURCE=N/s", value_parser = of_source)]
    rate: Vec<(String, String)>,
    /// Send at most N requests in all, and end with 75 if more are needed; 0 works from stored answers alone.
    #[arg(long, value_name = "N")]
    max_requests: Option<String>,
    /// A PEM file with certificates to trust beside the system's.
    #[arg(long, value_name = "FILE")]
    ca_file: Option<String>,
}

impl Arguments for SyncArgs {
    type Options = SyncOptions;

    fn settings(&self, global: &GlobalFlags) -> Result<Settings> {
        self.job.source.settings(global)
    }

    fn options(&self) -> Result<SyncOptions> {
        let what = match self.resume {
            Some(of) => What::Rest { of },
            None => What::Selection(self.what.selection()?),
        };
        let common = JobOptions { refresh: self.refresh.of(&[]), ..self.job.options() };
        Ok(SyncOptions { common, what, parallel: self.parallel.parallel.into(), dry_run: false, command: "sync" })
    }

    fn result_file(&self) -> Option<&Path> {
        self.job.result_file.as_deref()
    }
}

impl Arguments for RunArgs {
    type Options = SyncOptions;

    fn settings(&self, global: &GlobalFlags) -> Result<Settings> {
        self.job.source.settings(global)
    }

    fn options(&self) -> Result<SyncOptions> {
        let partition = self.partition.join(",").parse();
        let partition = partition.map_err(|wrong: String| Error::new(Exit::Usage, format!("--partition: {wrong}")))?;
        let what = What::Task { task: self.task.clone(), partition, unless_complete: self.unless_complete };
        let common = JobOptions { refresh: self.refresh.of(&[]), after_others: true, ..self.job.options() };
        Ok(SyncOptions { common, what, parallel: 1, dry_run: false, command: "run" })
    }

    fn result_file(&self) -> Option<&Path> {
        self.job.result_file.as_deref()
    }
}

impl Arguments for BackfillArgs {
    type Options = SyncOptions;

    fn settings(&self, global: &GlobalFlags) -> Result<Settings> {
        self.job.source.settings(global)
    }

    fn options(&self) -> Result<SyncOptions> {
        if self.from > self.to {
            return Err(Error::new(Exit::Usage, format!("--from {} is after --to {}", self.from, self.to)));
        }
        let (names, seasons) = (vec![self.name.clone()], (self.from..=self.to).collect());
        let selected = Selected { names, season: seasons, sport: self.sport.clone(), week: None };
        let selection = Selection { of_past: true, ..selected.selection()? };
        let what = if self.again { What::Selection(selection) } else { What::Missing(selection) };
        Ok(SyncOptions {
            common: self.job.options(),
            what,
            parallel: self.parallel.parallel.into(),
            dry_run: self.dry_run,
            command: "backfill",
        })
    }

    fn result_file(&self) -> Option<&Path> {
        self.job.result_file.as_deref()
    }
}

impl Arguments for TestArgs {
    type Options = TestOptions;

    fn settings(&self, global: &GlobalFlags) -> Result<Settings> {
        self.job.source.settings(global)
    }

    fn options(&self) -> Result<TestOptions> {
        Ok(TestOptions { common: self.job.options(), selection: self.what.selection()? })
    }

    fn result_file(&self) -> Option<&Path> {
        self.job.result_file.as_deref()
    }
}

impl SourceFlags {
    /// All settings, these flags included.
    pub(crate) fn settings(&self, global: &GlobalFlags) -> Result<Settings> {
        let of_sources = |flag, given: &[(String, String)]| {
            let given = given.iter().cloned();
            given.map(|(source, value)| FlagValue { flag, source: Some(source), value }).collect::<Vec<_>>()
        };
        let mut flags = of_sources("--base-url", &self.base_url);
        flags.extend(of_sources("--rate", &self.rate));
        let own = [("--ca-file", &self.ca_file), ("--max-requests", &self.max_requests)];
        flags.extend(of_program(own));
        global.load(flags)
    }

    /// Where the bytes come from.
    pub(crate) fn traffic(&self) -> Traffic {
        match self {
            Self { offline: true, .. } => Traffic::Offline,
            Self { replay: Some(folder), .. } => Traffic::Replay(folder.clone()),
            Self { record: Some(folder), .. } => Traffic::Record(folder.clone()),
            _ => Traffic::Live,
        }
    }

    /// What becomes of stored answers.
    pub(crate) fn caching(&self) -> Caching {
        match self {
            Self { refresh: true, .. } => Caching::Refresh,
            Self { no_cache: true, .. } => Caching::Off,
            _ => Caching::Use,
        }
    }
}

impl JobArgs {
    fn options(&self) -> JobOptions {
        let traffic = self.source.traffic();
        let (caching, given) = (self.source.caching(), self.given.iter().cloned().collect());
        JobOptions {
            limit: self.limit,
            traffic,
            caching,
            refresh: Refresh::default(),
            files: self.input.clone(),
            given,
            after_others: false,
        }
    }
}

fn pair(raw: &str) -> Result<(String, String), String> {
    let (key, value) = raw.split_once('=').ok_or("write it as KEY=VALUE, such as sport=WVB")?;
    Ok((key.to_owned(), value.to_owned()))
}

fn of_source(raw: &str) -> Result<(String, String), String> {
    let (source, value) = raw.split_once('=').ok_or("write it as SOURCE=VALUE, such as ncaa-directory=50/s")?;
    Ok((source.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::super::args::{Cli, Command};
    use super::*;

    #[test]
    fn the_traffic_flags_exclude_each_other() {
        let options = |flags: &[&str]| match Cli::try_parse_from(["pipeline", "sync"].iter().chain(flags))?.command {
            Command::Sync(args) => Ok(args.options().unwrap()),
            other => unreachable!("{other:?}"),
        };
        let cases: [(&[&str], Traffic); 4] = [
            (&[], Traffic::Live),
            (&["--offline", "--rate", "ncaa-directory=9/s"], Traffic::Offline),
            (&["--replay", "here"], Traffic::Replay("here".into())),
            (&["--record", "there", "--base-url", "ncaa-directory=http://x"], Traffic::Record("there".into())),
        ];
        for (flags, traffic) in cases {
            let found: Result<SyncOptions, clap::Error> = options(flags);
            assert_eq!(found.unwrap().common.traffic, traffic);
        }
        for (flag, caching) in
            [("--refresh", Caching::Refresh), ("--no-cache", Caching::Off), ("--limit=1", Caching::Use)]
        {
            let found: Result<SyncOptions, clap::Error> = options(&[flag]);
            assert_eq!(found.unwrap().common.caching, caching);
        }
        for flags in [["--refresh", "--no-cache"], ["--refresh", "--offline"], ["--refresh", "--replay=x"]] {
            assert!(options(&flags).is_err(), "{flags:?}");
        }
        for flags in [["--offline", "--replay=x"], ["--offline", "--record=x"], ["--replay=x", "--record=y"]] {
            assert!(options(&flags).is_err(), "{flags:?}");
        }
    }
}
