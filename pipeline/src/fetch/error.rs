//! Why there is no response.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;

use crate::{Error, Exit};

/// Why there is no response. Converted into [`crate::Error`] it carries its exit code and its way out.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FetchError {
    /// A setting cannot be used: a base URL, a certificate file, the folder of a recording. Exit 78.
    #[error("{0}")]
    Configuration(String),
    /// The site refuses us: a challenge page, 403, 429 without end. Nothing was read from the body. Exit 69, blocked.
    #[error("{url} is blocked: {reason}")]
    Blocked {
        /// The address that answered.
        url: String,
        /// What shows it.
        reason: String,
    },
    /// The site's robots.txt asks not to fetch this. Nothing was requested. Exit 69, blocked.
    #[error("{url} is not to be fetched: robots.txt says `Disallow: {rule}`")]
    Disallowed {
        /// The address.
        url: String,
        /// The rule that matched.
        rule: String,
    },
    /// The site does not answer, or only with passing errors, after all attempts. Exit 69, not blocked.
    #[error("{url} is down: {reason} ({attempts} attempt{})", if *.attempts == 1 { "" } else { "s" })]
    Down {
        /// The address.
        url: String,
        /// How often it was tried.
        attempts: u32,
        /// What happened the last time.
        reason: String,
        /// The HTTP status of the last attempt, if it got one.
        status: Option<u16>,
    },
    /// Too many requests to its host failed in a row: it gets a rest, and nothing was requested. Exit 69, not blocked.
    #[error("{url} is not asked for: the last {failures} requests to its host failed, and it gets a rest{}", further(.left))]
    Resting {
        /// The address.
        url: String,
        /// How many requests failed in a row.
        failures: u32,
        /// For how much longer.
        left: Duration,
    },
    /// As many requests as allowed have been sent; nothing was requested. Exit 75.
    #[error("{url} is not asked for: all {limit} requests that were allowed have been sent")]
    Budget {
        /// The address.
        url: String,
        /// How many were allowed.
        limit: u64,
    },
    /// The program ends, and with it the request. Exit 75.
    #[error("{url} was not answered before the program ended")]
    Ended {
        /// What was asked for.
        url: String,
    },
    /// The site's certificate cannot be verified. Verification is never switched off. Exit 78.
    #[error("the certificate of {url} cannot be verified: {reason}")]
    Certificate {
        /// The address.
        url: String,
        /// The verifier's reason.
        reason: String,
    },
    /// A status that is neither a success nor passing, such as 400. Exit 65.
    #[error("{url} answers HTTP {status}")]
    Status {
        /// The address that answered.
        url: String,
        /// The status.
        status: u16,
    },
    /// The body is longer than the limit. Exit 65.
    #[error("the answer of {url} is larger than {limit} bytes")]
    TooLarge {
        /// The address that answered.
        url: String,
        /// The limit in bytes.
        limit: usize,
    },
    /// The body unpacks to more than its packed size can honestly hold. Exit 65.
    #[error("the answer of {url} unpacks to more than {ratio} times its size")]
    TooDense {
        /// The address that answered.
        url: String,
        /// The most that is allowed.
        ratio: u32,
    },
    /// The body is packed in a way that was not asked for. Exit 65.
    #[error("the answer of {url} is packed as `{encoding}`, which was not asked for")]
    Encoding {
        /// The address that answered.
        url: String,
        /// What `Content-Encoding` says.
        encoding: String,
    },
    /// A redirect that is not followed: it leaves the host, or there are too many. Exit 65.
    #[error("{url} redirects to {to}: {reason}")]
    Redirect {
        /// The address that answered.
        url: String,
        /// Where it points.
        to: String,
        /// Why it is not followed.
        reason: &'static str,
    },
    /// A recording does not hold the request. Exit 65.
    #[error("`{request}` of {source_name} is not in the recording {recording}")]
    Unrecorded {
        /// The request.
        request: String,
        /// The source.
        source_name: &'static str,
        /// The recording's folder, or what it is called.
        recording: String,
    },
    /// A recording is of a part of the site, and the request is for something else. Exit 99.
    #[error("`{request}` of {source_name} is beyond what the recording {recording} holds")]
    Beyond {
        /// The request.
        request: String,
        /// The source.
        source_name: &'static str,
        /// The recording's folder, or what it is called.
        recording: String,
    },
    /// A recording cannot be read. Exit 65.
    #[error("the recording {place} cannot be read: {reason}")]
    Recording {
        /// The file and line.
        place: String,
        /// Why.
        reason: String,
    },
    /// A recording cannot be written. Exit 77 if the file system refuses, 78 if there can be no folder at that path.
    #[error("the recording {} cannot be written: {cause}", path.display())]
    RecordingWrite {
        /// The file.
        path: PathBuf,
        /// The file system's reason.
        cause: std::io::Error,
    },
}

fn further(left: &Duration) -> String {
    if left.is_zero() { String::new() } else { format!(" of {} more seconds", left.as_secs_f64().ceil()) }
}

impl FetchError {
    /// The site refuses us (exit 69, never retried), rather than being down (exit 69, retried).
    pub fn is_blocked(&self) -> bool {
        matches!(self, Self::Blocked { .. } | Self::Disallowed { .. })
    }

    /// The host answers, and what is wrong is this answer: other pages of it may well be had.
    pub(crate) fn is_of_the_page(&self) -> bool {
        matches!(
            self,
            Self::Status { .. }
                | Self::TooLarge { .. }
                | Self::TooDense { .. }
                | Self::Encoding { .. }
                | Self::Redirect { .. }
        )
    }

    /// The exit code that it leads to.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Configuration(_) | Self::Certificate { .. } => Exit::Configuration,
            Self::Blocked { .. } | Self::Disallowed { .. } | Self::Down { .. } | Self::Resting { .. } => {
                Exit::Unavailable
            }
            Self::Budget { .. } | Self::Ended { .. } => Exit::Temporary,
            Self::Beyond { .. } => Exit::NotApplicable,
            Self::Status { .. }
            | Self::TooLarge { .. }
            | Self::TooDense { .. }
            | Self::Encoding { .. }
            | Self::Redirect { .. }
            | Self::Unrecorded { .. }
            | Self::Recording { .. } => Exit::Input,
            // A path that cannot be such a folder is a wrong setting; what else the file system says is a refusal.
            Self::RecordingWrite { cause, .. } => match cause.kind() {
                ErrorKind::AlreadyExists | ErrorKind::NotADirectory | ErrorKind::NotFound => Exit::Configuration,
                _ => Exit::Permission,
            },
        }
    }

    fn help(&self) -> Option<&'static str> {
        match self {
            Self::Blocked { .. } => {
                Some("nothing was read; wait, lower the rate (`--rate`), or work from a recording (`--replay`)")
            }
            Self::Disallowed { .. } => Some("work from a recording (`--replay`) or from files"),
            Self::Budget { .. } => Some(
                "what was answered is in the cache, unless `--no-cache` was given: run it again to go on, or raise \
                 `--max-requests`",
            ),
            Self::Down { .. } | Self::Resting { .. } => Some("try again later; `--offline` works without the site"),
            Self::Certificate { .. } => {
                Some("if the site leaves out an intermediate certificate, give it as a PEM file with `--ca-file`")
            }
            Self::Redirect { .. } => Some("if the site has moved, set its new address with `--base-url`"),
            Self::Unrecorded { .. } => Some(
                "a recording made with `--limit` is replayed with the same `--limit`; what else is missing, record with \
                 `--record` against the site",
            ),
            _ => None,
        }
    }
}

impl From<FetchError> for Error {
    fn from(error: FetchError) -> Self {
        let converted = Error::new(error.exit(), error.to_string());
        let converted = match error.help() {
            Some(help) => converted.help(help),
            None => converted,
        };
        converted.caused_by(error)
    }
}

/// Whether an error comes from a source that refuses us: what tells `blocked` from `failed` in a result with exit 69.
pub fn is_blocked(error: &(dyn std::error::Error + 'static)) -> bool {
    is(error, FetchError::is_blocked)
}

/// Whether an error is of a request for something that a recording does not hold, and says so: there is nothing to load, and
/// nothing wrong.
pub fn is_beyond_recording(error: &(dyn std::error::Error + 'static)) -> bool {
    is(error, |error| matches!(error, FetchError::Beyond { .. }))
}

fn is(error: &(dyn std::error::Error + 'static), wanted: impl Fn(&FetchError) -> bool) -> bool {
    std::iter::successors(Some(error), |error| error.source())
        .any(|error| error.downcast_ref::<FetchError>().is_some_and(&wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocked_and_down_share_an_exit_code_and_are_told_apart() {
        let blocked: Error = FetchError::Blocked { url: "u".into(), reason: "r".into() }.into();
        let down: Error = FetchError::Down { url: "u".into(), attempts: 3, reason: "r".into(), status: None }.into();
        assert_eq!((blocked.exit(), down.exit()), (Exit::Unavailable, Exit::Unavailable));
        assert!(is_blocked(&blocked));
        assert!(!is_blocked(&down));
        assert_eq!(down.to_string(), "u is down: r (3 attempts)");
    }
}
