//! The command line: arguments to settings, outcomes to exit codes.

mod init;
mod verify;

use std::env;
use std::io::{self, IsTerminal, Write};
use std::mem::ManuallyDrop;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use codegen::config::{self, Flags};
use codegen::diagnostic::{Look, render_message};
use codegen::drizzle::Casing;
use codegen::schema::Wording;
use codegen::task::{Failure, Mode, run};
use codegen::{Types, docs, input, snapshot, sql};

/// Exit codes, as the help lists them.
const OK: u8 = 0;
const STALE: u8 = 1;
const SCHEMA: u8 = 2;
const USAGE: u8 = 64;
const UNAVAILABLE: u8 = 69;

const EXIT_CODES: &str = "\
Exit codes:
  0   written, or up to date
  1   --check or verify found differences, or the output cannot be written
  2   the schema has errors
  64  wrong arguments or settings
  69  verify: the database cannot be asked";

const EXAMPLES: &str = "\
Examples:
  codegen init --schema 'src/db/*.ts'              settings, and what the crate needs
  codegen                                          as codegen.toml says
  codegen --schema 'src/db/*.ts' --out src/models  without one
  codegen --check                                  in CI: fails and shows a diff if models are stale
  codegen export --format sql | psql               create the tables
  codegen docs --format mermaid                    a diagram of tables and foreign keys
  codegen verify --database-url postgresql://…     is the database what the schema says?

Settings come from these flags, then from codegen.toml (found in this folder or above;
its paths are relative to it), then from drizzle.config.ts:

  schema = [\"src/db/*.ts\"]                # or: config = \"drizzle.config.ts\"
  out = \"src/models\"                      # files in it that codegen did not write are left alone
  [tables.\"public.user\"]
  conflict_key = \"user_email_unique\"      # what upserts use when no key is named
  [columns.\"public.user.colors\"]
  rust_type = \"crate::Colors\"
  [types.numeric]                         # every column of a SQL type
  rust_type = \"crate::Money\"";

/// Read Drizzle PostgreSQL schemas, without Node, and write Rust models.
#[derive(Debug, Parser)]
#[command(version, after_help = EXIT_CODES, after_long_help = format!("{EXAMPLES}\n\n{EXIT_CODES}"))]
struct Arguments {
    /// Compare only: print what would change as a diff, and exit with 1 if there is any.
    #[arg(long)]
    check: bool,

    /// Schema files: paths or globs, as in drizzle.config.ts. Repeat it for more.
    #[arg(long, value_name = "GLOB", global = true, num_args = 1..)]
    schema: Vec<String>,

    /// A codegen.toml, or a drizzle.config.ts to take `schema` from.
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,

    /// The folder to write to. Files in it that codegen did not write are left alone.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Say nothing but errors and the diff.
    #[arg(long, short, global = true)]
    quiet: bool,

    /// How errors and warnings are told on standard error.
    #[arg(long, value_enum, value_name = "FORMAT", global = true, default_value_t = MessageFormat::Human)]
    message_format: MessageFormat,

    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print the schema in another form.
    Export {
        /// The form.
        #[arg(long, value_enum)]
        format: Format,

        /// The names of columns without one, as `casing` in drizzle.config.ts, which it replaces.
        #[arg(long, value_enum)]
        casing: Option<CasingName>,

        /// drizzle-kit's own bytes, also where they are no valid SQL (see docs/drizzle-kit-differences.md).
        #[arg(long)]
        bug_compatible: bool,
    },

    /// Print documentation of the schema.
    Docs {
        /// The form.
        #[arg(long, value_enum)]
        format: DocsFormat,
    },

    /// Write a commented codegen.toml, and print what Cargo.toml and build.rs need for this schema.
    Init(init::Arguments),

    /// Compare a live database with the schema, and say what each difference breaks.
    ///
    /// Nothing is changed: the declared tables are made as temporary ones, for PostgreSQL's own spelling of their defaults, checks
    /// and indexes, and rolled back. The role needs the right TEMP on the database. Tables that only the database has, and
    /// other names for the same key, are noted and are no drift.
    Verify(verify::Arguments),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// The statements that create it, as `drizzle-kit generate` writes them.
    Sql,
    /// drizzle-kit's snapshot, version 7, as `drizzle-kit generate` writes it to meta/0000_snapshot.json.
    Snapshot,
    /// Everything that was read, as JSON; `--schema FILE.json` reads it again.
    Ir,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DocsFormat {
    /// A diagram of tables and foreign keys (mermaid's erDiagram).
    Mermaid,
    /// A reference of tables, columns, keys, indexes, checks, policies, views and enums.
    Markdown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum MessageFormat {
    /// As text, with the lines they are about.
    Human,
    /// One JSON object a line: code, severity, message, spans, help, rendered. No summary is printed.
    Json,
}

/// drizzle-kit's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum CasingName {
    /// `firstName` becomes `first_name`.
    #[value(name = "snake_case")]
    Snake,
    /// `first_name` becomes `firstName`.
    #[value(name = "camelCase")]
    Camel,
}

impl From<CasingName> for Casing {
    fn from(name: CasingName) -> Self {
        match name {
            CasingName::Snake => Casing::Snake,
            CasingName::Camel => Casing::Camel,
        }
    }
}

/// Runs the command of this process.
pub(crate) fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Nothing is left to do if not even this can be printed.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { USAGE } else { OK });
        }
    };
    let code = match execute(&arguments) {
        Ok(code) => code,
        Err(failure) => {
            let text = failure.to_string();
            // Errors of the schema and the settings about it are JSON already.
            let told = matches!(failure, Failure::Schema(_) | Failure::Overrides(_))
                || arguments.message_format == MessageFormat::Human;
            report(&if told { text } else { render_message(&text, Look::Json) });
            exit_code(&failure)
        }
    };
    ExitCode::from(code)
}

fn exit_code(failure: &Failure) -> u8 {
    match failure {
        Failure::Config(_) | Failure::NoOut | Failure::Settings(_) | Failure::Overrides(_) => USAGE,
        Failure::Schema(_) => SCHEMA,
        Failure::Database(_) => UNAVAILABLE,
        _ => STALE,
    }
}

fn execute(arguments: &Arguments) -> Result<u8, Failure> {
    let casing = match &arguments.command {
        Some(Command::Export { casing, .. }) => casing.map(Casing::from),
        _ => None,
    };
    let (schema, config, out) = (arguments.schema.clone(), arguments.config.clone(), arguments.out.clone());
    let flags = Flags { schema, config, out, casing };
    let current = env::current_dir().map_err(|source| config::Error::Read { path: ".".into(), source })?;
    let settings = config::settings(&flags, &current)?;
    let has_colors = || io::stderr().is_terminal() && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let look = match arguments.message_format {
        MessageFormat::Json => Look::Json,
        MessageFormat::Human if has_colors() => Look::Colored,
        MessageFormat::Human => Look::Plain,
    };
    if let Some(Command::Export { format, bug_compatible, .. }) = &arguments.command {
        let format = *format;
        let types = if format == Format::Ir { Types::Read } else { Types::Ignored };
        let wording = if *bug_compatible { Wording::DrizzleKit } else { Wording::Valid };
        let (text, warnings) = input::read_then(&settings, look, types, move |input| {
            // The process ends when it is printed: giving the memory back would only take time.
            let mut input = ManuallyDrop::new(input);
            let text = match format {
                Format::Sql => Ok(sql::script_in(&input.schema, wording, input.breakpoints)),
                Format::Snapshot => snapshot::snapshot(&input.schema, wording),
                Format::Ir => serde_json::to_string_pretty(&input.schema),
            };
            (text, std::mem::take(&mut input.warnings))
        })?;
        warn(arguments, &warnings);
        let text = text.map_err(|error| {
            input::Error(render_message(&format!("error: the schema cannot be written as JSON: {error}"), look))
        })?;
        print(text.trim_end_matches('\n'))?;
        print("\n")?;
        return Ok(OK);
    }
    if let Some(Command::Docs { format }) = &arguments.command {
        let input = input::read(&settings, look)?;
        warn(arguments, &input.warnings);
        print(&match format {
            DocsFormat::Mermaid => docs::mermaid::mermaid(&input.schema),
            DocsFormat::Markdown => docs::markdown::markdown(&input.schema),
        })?;
        return Ok(OK);
    }
    if let Some(Command::Init(init)) = &arguments.command {
        let input = input::read(&settings, look)?;
        warn(arguments, &input.warnings);
        print(&init::run(init, &settings, &input.schema, &current)?)?;
        report("codegen: codegen.toml is written; `codegen` writes the models");
        return Ok(OK);
    }
    if let Some(Command::Verify(verify)) = &arguments.command {
        let input = input::read(&settings, look)?;
        warn(arguments, &input.warnings);
        return verify::run(verify, &input.schema);
    }
    let mode = if arguments.check { Mode::Check } else { Mode::Write };
    let outcome = run(&settings, mode, look)?;
    warn(arguments, &outcome.warnings);
    print(&outcome.diff)?;
    if !arguments.quiet && look != Look::Json {
        report(&format!("codegen: {}", outcome.summary(mode)));
    }
    Ok(if mode == Mode::Check && !outcome.changes.is_empty() { STALE } else { OK })
}

fn warn(arguments: &Arguments, warnings: &[String]) {
    for warning in warnings.iter().filter(|_| !arguments.quiet) {
        // Text has an empty line after each.
        let is_text = arguments.message_format == MessageFormat::Human;
        report(&format!("{warning}{}", if is_text { "\n" } else { "" }));
    }
}

/// Prints an answer. A reader that has seen enough (`| head`) is no error; a full disk is.
fn print(text: &str) -> Result<(), Failure> {
    let mut output = io::stdout().lock();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::Output(error)),
        _ => Ok(()),
    }
}

fn report(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}
