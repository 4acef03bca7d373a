//! How a command ends: the exit codes of the command line, and the error that carries one.

use std::fmt;

/// The exit codes that schedulers rely on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Exit {
    /// Finished, also with quarantined rows.
    Success = 0,
    /// A comparison found differences.
    Differences = 1,
    /// The command line is wrong. Never retried.
    Usage = 64,
    /// The input is unusable: its layout changed, or too many errors. Never retried.
    Input = 65,
    /// The source is blocked (never retried) or down (retried).
    Unavailable = 69,
    /// A passing trouble: try again.
    Temporary = 75,
    /// The database or the file system refuses. Never retried.
    Permission = 77,
    /// The configuration, or the state of the database, does not allow it. Never retried.
    Configuration = 78,
    /// Does not apply: skipped.
    NotApplicable = 99,
    /// Stopped by SIGINT.
    Interrupted = 130,
    /// Stopped by SIGTERM.
    Terminated = 143,
}

impl Exit {
    /// All of them, by their codes.
    pub const ALL: [Self; 11] = [
        Self::Success,
        Self::Differences,
        Self::Usage,
        Self::Input,
        Self::Unavailable,
        Self::Temporary,
        Self::Permission,
        Self::Configuration,
        Self::NotApplicable,
        Self::Interrupted,
        Self::Terminated,
    ];

    /// What it means, in a few words.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Success => "finished, also with quarantined or only unchanged rows",
            Self::Differences => "differences found",
            Self::Usage => "the command line is wrong",
            Self::Input => "the input is unusable: its layout changed, or too many errors",
            Self::Unavailable => "the source refuses us (blocked) or is down",
            Self::Temporary => "a passing trouble",
            Self::Permission => "no permission",
            Self::Configuration => "the configuration, or the state of the database, does not allow it",
            Self::NotApplicable => "does not apply: the source is off, or the partition complete",
            Self::Interrupted => "stopped by SIGINT",
            Self::Terminated => "stopped by SIGTERM",
        }
    }

    /// The process's exit status.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// How severe it is: what comes to several ends exits with the most severe.
    pub fn severity(self) -> u8 {
        match self {
            Self::NotApplicable => 0,
            Self::Success => 1,
            Self::Differences => 2,
            Self::Interrupted | Self::Terminated => 3,
            Self::Temporary => 4,
            Self::Unavailable => 5,
            Self::Input => 6,
            Self::Usage => 7,
            Self::Permission => 8,
            Self::Configuration => 9,
        }
    }
}

/// An error with the exit code it leads to, told in the reader's terms.
#[derive(Debug)]
pub struct Error {
    exit: Exit,
    message: String,
    help: Option<String>,
    address: Option<String>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// A result whose error knows its exit code.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error that ends the command with `exit`. The message names the place and the reason.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into(), help: None, address: None, source: None }
    }

    /// Adds the way out.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds the address whose answer cannot be used.
    #[must_use]
    pub fn at(mut self, address: impl Into<String>) -> Self {
        self.address = Some(address.into());
        self
    }

    /// Adds what caused it.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The exit code it leads to.
    pub fn exit(&self) -> Exit {
        self.exit
    }

    /// The address whose answer cannot be used, if it is about one.
    pub fn address(&self) -> Option<&str> {
        self.address.as_deref()
    }

    /// The way out, if one is known.
    pub fn help_text(&self) -> Option<&str> {
        self.help.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
