//! `pipeline completions` and `pipeline man`: what shells and `man` know of the program, from the definition of the command line.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Command, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;
use pipeline::{Error, Exit, Result};

use super::args::Cli;
use super::query::answer;

const PROGRAM: &str = "pipeline";

#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell.
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// The folder; it is made if it is not there.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// Prints the script that a shell reads.
pub(crate) fn completions(args: &CompletionsArgs) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), PROGRAM, &mut script);
    answer(&String::from_utf8_lossy(&script))
}

/// Writes a page for the program and for each of its commands.
pub(crate) fn man(args: &ManArgs) -> Result<()> {
    let failed = |path: &Path, error: std::io::Error| {
        let exit = match error.kind() {
            std::io::ErrorKind::NotADirectory | std::io::ErrorKind::AlreadyExists => Exit::Usage,
            std::io::ErrorKind::StorageFull => Exit::Temporary,
            _ => Exit::Permission,
        };
        Error::new(exit, format!("{} cannot be written", path.display())).caused_by(error)
    };
    std::fs::create_dir_all(&args.out).map_err(|error| failed(&args.out, error))?;
    // Without `help`, whose pages would repeat all others.
    let mut program = Cli::command().disable_help_subcommand(true);
    program.build();
    let mut pages = Vec::new();
    render(&program, &mut pages).map_err(|error| failed(&args.out, error))?;
    for (name, page) in &pages {
        let path = args.out.join(name);
        std::fs::write(&path, page).map_err(|error| failed(&path, error))?;
    }
    let (number, folder) = (pages.len(), args.out.display());
    answer(&format!("{number} pages in {folder}; `man -l {folder}/pipeline.1` shows the first\n"))
}

fn render(command: &Command, pages: &mut Vec<(String, Vec<u8>)>) -> std::io::Result<()> {
    let man = Man::new(command.clone()).manual("Pipeline Manual");
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page)?;
    }
    if let Some(text) = command.get_after_long_help() {
        as_written(&text.to_string(), &mut page)?;
    }
    pages.push((man.get_filename(), page));
    command.get_subcommands().try_for_each(|command| render(command, pages))
}

/// A section with its lines as they are: examples and tables would be filled into paragraphs otherwise.
fn as_written(text: &str, page: &mut Vec<u8>) -> std::io::Result<()> {
    writeln!(page, ".SH NOTES\n.nf")?;
    for line in text.lines() {
        let line = line.replace('\\', "\\e").replace('-', "\\-").replace('\'', "\\(aq").replace('`', "\\(ga");
        // A line that begins with a dot would be a request.
        let guard = if line.starts_with('.') { "\\&" } else { "" };
        writeln!(page, "{guard}{line}")?;
    }
    writeln!(page, ".fi")
}
