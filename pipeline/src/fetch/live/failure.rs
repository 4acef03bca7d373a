//! Why an attempt gave no response, and what that means after the last one.

use std::time::{Duration, Instant};

use url::Url;

use crate::fetch::FetchError;

/// How long one attempt may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Timeouts {
    /// From its start to the last byte.
    pub(super) whole: Duration,
    /// From one byte to the next.
    pub(super) idle: Duration,
}

/// Why one attempt gave no response.
pub(super) enum Failure {
    /// Trying again is no use.
    Final(FetchError),
    /// It may pass.
    Passing { reason: String, status: Option<u16>, retry_after: Option<Duration> },
}

impl Failure {
    /// What the client's error means: one that may pass, unless it is about the site's certificate.
    pub(super) fn of(error: reqwest::Error, url: &Url, started: Instant, timeouts: Timeouts) -> Self {
        if let Some(reason) = certificate_problem(&error) {
            return Self::Final(FetchError::Certificate { url: url.to_string(), reason });
        }
        let reason = if error.is_timeout() && !error.is_connect() {
            if started.elapsed() < timeouts.whole {
                format!("it said nothing for {} seconds", timeouts.idle.as_secs_f64())
            } else {
                format!("no whole answer within {} seconds", timeouts.whole.as_secs_f64())
            }
        } else {
            chain(&error.without_url())
        };
        Self::Passing { reason, status: None, retry_after: None }
    }
}

/// The error after the last attempt: 429 without end is a refusal, anything else an outage.
pub(super) fn exhausted(url: &Url, attempts: u32, reason: String, status: Option<u16>) -> FetchError {
    let url = url.to_string();
    if status == Some(429) {
        return FetchError::Blocked { url, reason: format!("{reason} (too many requests, attempt {attempts})") };
    }
    FetchError::Down { url, attempts, reason, status }
}

/// The verifier's reason, if a request failed for the site's certificate. IO errors hide what they hold: their `source` is
/// that of the held error, not the error itself.
fn certificate_problem(error: &(dyn std::error::Error + 'static)) -> Option<String> {
    if let Some(rustls::Error::InvalidCertificate(reason)) = error.downcast_ref() {
        return Some(reason.to_string());
    }
    let held = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    match held {
        Some(held) => certificate_problem(held),
        None => error.source().and_then(certificate_problem),
    }
}

/// An error and what caused it, in one line; a cause that the text before it tells already is left out.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(current) = cause {
        let reason = current.to_string();
        if !text.contains(&reason) {
            text = format!("{text}: {reason}");
        }
        cause = current.source();
    }
    text
}
