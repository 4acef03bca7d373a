//! What an output is: a terminal or not, how wide, with colours or without.

use std::ffi::OsStr;
use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;

/// The wish for colours (`--color`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What an output can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terminal {
    /// Whether to write colours.
    pub color: bool,
    /// Whether a person watches: lines may be drawn over.
    pub interactive: bool,
    /// Its columns; nothing if it is no terminal, which takes lines of any length.
    pub width: Option<u16>,
}

/// What a colour says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paint {
    Good,
    Doubtful,
    Bad,
    Hint,
}

impl Terminal {
    /// Looks at standard error, `NO_COLOR` (<https://no-color.org>) and `TERM`.
    pub fn of_stderr(choice: ColorChoice) -> Self {
        Self::of(&io::stderr(), choice)
    }

    /// The same of standard output, where answers go.
    pub fn of_stdout(choice: ColorChoice) -> Self {
        Self::of(&io::stdout(), choice)
    }

    fn of(output: &(impl IsTerminal + AsFd), choice: ColorChoice) -> Self {
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == OsStr::new("dumb"));
        let interactive = output.is_terminal() && !dumb;
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let color = match choice {
            ColorChoice::Auto => interactive && !no_color,
            ColorChoice::Always => true,
            ColorChoice::Never => false,
        };
        let size = if output.is_terminal() { terminal_size::terminal_size_of(output) } else { None };
        Self { color, interactive, width: size.map(|(width, _)| width.0) }
    }

    /// No terminal at all: no colours, lines of any length.
    pub fn plain() -> Self {
        Self { color: false, interactive: false, width: None }
    }

    pub(crate) fn paint(&self, paint: Paint, text: &str) -> String {
        if !self.color {
            return text.to_owned();
        }
        let code = match paint {
            Paint::Good => "32;1",
            Paint::Doubtful => "33;1",
            Paint::Bad => "31;1",
            Paint::Hint => "36",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}

/// Writes to standard error in one piece. Nobody may be reading any more (a scheduler after a timeout): that is no error,
/// and must not be a panic, as `eprint!` would make it.
pub(super) fn write_to_stderr(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
