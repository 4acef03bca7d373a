//! `pipeline load`: its flags.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use pipeline::config::Settings;
use pipeline::files::Format;
use pipeline::load::{Cap, OnConflict};
use pipeline::orchestrate::LoadOptions;
use pipeline::{Error, Exit, Result};

use super::args::GlobalFlags;
use super::job::Arguments;
use super::refresh::{REFRESH, RefreshFlags};

#[derive(Debug, Args)]
pub(crate) struct LoadArgs {
    /// The table, with its schema where that is not public.
    #[arg(value_name = "[SCHEMA.]TABLE")]
    table: String,
    /// The files, in the order in which they apply; - is standard input.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// The Drizzle schema that declares the table: TypeScript, or codegen's IR as JSON. Without it, that of the models.
    #[arg(long, value_name = "PATH")]
    schema: Option<PathBuf>,
    /// A map from fields to columns.
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// The unique key by which rows are told apart.
    #[arg(long, value_name = "NAME")]
    key: Option<String>,
    /// Load these columns only; with --no-header, the names of the fields in order.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    columns: Option<Vec<String>>,
    /// What becomes of rows whose key exists.
    #[arg(long, value_name = "WHAT", default_value = "update")]
    on_conflict: Conflict,
    /// Of several rows of one key, the one with the greatest value of this column wins; without it the last one.
    #[arg(long, value_name = "COLUMN")]
    winner: Option<String>,
    /// How many records may be refused before nothing is loaded: a number, a share such as 2.5%, or none for any number.
    #[arg(long, value_name = "N|P%", default_value = "10000")]
    max_errors: Cap,
    /// Take at most N records of all files together.
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    /// Do everything, and undo it: tells what would be loaded, and changes nothing.
    #[arg(long)]
    dry_run: bool,
    /// Also write the result line to this file, in one step.
    #[arg(long, value_name = "PATH")]
    result_file: Option<PathBuf>,
    #[command(flatten)]
    format: FormatFlags,
    #[command(flatten)]
    refresh: RefreshFlags,
    /// Mark only rows that agree in these columns with a row of the files, such as those of the same season.
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',', requires = "mark_missing", help_heading = REFRESH)]
    mark_missing_within: Vec<String>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Format options")]
struct FormatFlags {
    /// The format of the files; without it, by name: .ndjson, .jsonl and .json are NDJSON, .parquet and .pq are Parquet, which
    /// is known by its first bytes too; all else is CSV.
    #[arg(long, value_name = "FORMAT")]
    format: Option<FileFormat>,
    /// The delimiter of CSV, one character or \t; without it a comma, and a tab in .tsv.
    #[arg(long, value_name = "CHARACTER", value_parser = sign)]
    delimiter: Option<u8>,
    /// The quote of CSV.
    #[arg(long, value_name = "CHARACTER", value_parser = sign, default_value = "\"")]
    quote: u8,
    /// Quotes mean nothing in this CSV.
    #[arg(long, conflicts_with = "quote")]
    no_quote: bool,
    /// The first line of CSV is no header; --columns names the fields.
    #[arg(long, requires = "columns")]
    no_header: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FileFormat {
    Csv,
    Ndjson,
    Parquet,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Conflict {
    /// Update the fields that differ.
    Update,
    /// Leave the row that exists alone.
    Ignore,
    /// Load nothing.
    Error,
}

impl From<Conflict> for OnConflict {
    fn from(conflict: Conflict) -> Self {
        match conflict {
            Conflict::Update => Self::Update,
            Conflict::Ignore => Self::Ignore,
            Conflict::Error => Self::Error,
        }
    }
}

fn sign(raw: &str) -> Result<u8, String> {
    match raw.as_bytes() {
        b"\\t" => Ok(b'\t'),
        [sign] if !matches!(sign, b'\r' | b'\n') => Ok(*sign),
        _ => Err("one ASCII character, or \\t".to_owned()),
    }
}

impl Arguments for LoadArgs {
    type Options = LoadOptions;

    fn settings(&self, global: &GlobalFlags) -> Result<Settings> {
        global.settings()
    }

    fn options(&self) -> Result<LoadOptions> {
        if self.files.iter().filter(|file| file.as_os_str() == "-").count() > 1 {
            return Err(Error::new(Exit::Usage, "standard input (-) is named twice"));
        }
        let format = &self.format;
        if format.delimiter.is_some_and(|delimiter| !format.no_quote && delimiter == format.quote) {
            return Err(Error::new(Exit::Usage, "--delimiter and --quote are the same character"));
        }
        Ok(LoadOptions {
            table: self.table.clone(),
            files: self.files.clone(),
            schema: self.schema.clone(),
            map: self.map.clone(),
            key: self.key.clone(),
            columns: self.columns.clone(),
            header: !format.no_header,
            format: format.format.map(|format| match format {
                FileFormat::Csv => Format::Csv,
                FileFormat::Ndjson => Format::Ndjson,
                FileFormat::Parquet => Format::Parquet,
            }),
            delimiter: format.delimiter,
            quote: (!format.no_quote).then_some(format.quote),
            on_conflict: self.on_conflict.into(),
            winner: self.winner.clone(),
            refresh: self.refresh.of(&self.mark_missing_within),
            max_errors: self.max_errors,
            limit: self.limit,
            dry_run: self.dry_run,
        })
    }

    fn result_file(&self) -> Option<&Path> {
        self.result_file.as_deref()
    }
}
