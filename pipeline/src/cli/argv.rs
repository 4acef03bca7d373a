//! What has to be known of the command line before it is parsed.

use std::ffi::{OsStr, OsString};

use clap::{ArgAction, ColorChoice, CommandFactory};

use super::args::Cli;

/// Puts `--` behind `db psql`, so that everything after it reaches psql as it was written: `--help`, `--quiet` and the other
/// flags of ours included, which clap would take otherwise.
pub(crate) fn protect_psql_arguments(mut argv: Vec<OsString>) -> Vec<OsString> {
    let words = positions_of_words(&argv);
    if let [db, psql, ..] = words[..]
        && argv[db] == "db"
        && argv[psql] == "psql"
    {
        argv.insert(psql + 1, "--".into());
    }
    argv
}

/// The positions of the first two arguments that are neither flags nor values of global flags.
fn positions_of_words(argv: &[OsString]) -> Vec<usize> {
    let command = Cli::command();
    let with_value: Vec<String> = command
        .get_arguments()
        .filter(|argument| matches!(argument.get_action(), ArgAction::Set | ArgAction::Append))
        .filter_map(|argument| argument.get_long().map(|long| format!("--{long}")))
        .collect();
    let mut words = Vec::new();
    let mut index = 1;
    while index < argv.len() && words.len() < 2 {
        let argument = argv[index].to_string_lossy();
        if with_value.iter().any(|flag| *flag == argument) {
            index += 1;
        } else if !argument.starts_with('-') {
            words.push(index);
        }
        index += 1;
    }
    words
}

/// The wish for colours, so that errors of the command line itself heed it too. `NO_COLOR` and the terminal are clap's to see.
pub(crate) fn color(argv: &[OsString]) -> ColorChoice {
    let wish = argv.iter().enumerate().find_map(|(index, argument)| match argument.to_str()? {
        "--" => Some(None),
        "--color" => Some(argv.get(index + 1).and_then(|value| value.to_str()).map(str::to_owned)),
        argument => argument.strip_prefix("--color=").map(|value| Some(value.to_owned())),
    });
    match wish.flatten().as_deref().map(OsStr::new) {
        Some(wish) if wish == "always" => ColorChoice::Always,
        Some(wish) if wish == "never" => ColorChoice::Never,
        _ => ColorChoice::Auto,
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::super::args::{Command, DbCommand};
    use super::*;

    fn parsed(line: &str) -> Result<Cli, clap::Error> {
        let argv = line.split(' ').map(OsString::from).collect();
        Cli::try_parse_from(protect_psql_arguments(argv))
    }

    #[test]
    fn everything_after_psql_reaches_psql() {
        let cases = [
            ("pipeline db psql", ""),
            ("pipeline db psql -c select", "-c select"),
            ("pipeline db psql --help", "--help"),
            ("pipeline db psql -h host --version", "-h host --version"),
            ("pipeline db psql --quiet --color never --config x", "--quiet --color never --config x"),
            ("pipeline db psql -- -c select", "-- -c select"),
            ("pipeline --quiet --color never db --config psql psql -q", "-q"),
            ("pipeline --config=db db psql -At psql", "-At psql"),
        ];
        for (line, handed_on) in cases {
            match parsed(line).unwrap().command {
                Command::Db(DbCommand::Psql { args }) => {
                    assert_eq!(args.join(OsStr::new(" ")), handed_on, "{line}");
                }
                other => panic!("{line}: {other:?}"),
            }
        }
    }

    #[test]
    fn other_commands_are_left_alone() {
        for line in ["pipeline sync --replay psql", "pipeline db url --quiet", "pipeline"] {
            let argv: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            assert_eq!(protect_psql_arguments(argv.clone()), argv);
        }
    }
}
