//! A request as metrics and traces see it.

use tracing::Span;
use tracing::field::Empty;
use url::Url;

use super::exchange::Answer;
use super::failure::Failure;
use crate::fetch::FetchError;
use crate::mask::mask_url;
use crate::metrics::Sent;

/// A request under way.
pub(super) struct Observed<'a> {
    sent: Sent<'a>,
    span: Span,
}

impl<'a> Observed<'a> {
    /// One that follows `before` others for the same answer. The names are those of OpenTelemetry's conventions for HTTP clients.
    pub(super) fn new(sent: Sent<'a>, url: &Url, before: u32) -> Self {
        let span = tracing::debug_span!(
            "request",
            otel.name = "GET",
            otel.kind = "client",
            http.request.method = "GET",
            url.full = Empty,
            server.address = Empty,
            server.port = Empty,
            http.request.resend_count = Empty,
            http.response.status_code = Empty,
            error.type = Empty,
            otel.status_code = Empty,
        );
        if !span.is_disabled() {
            span.record("url.full", mask_url(url.as_str()));
            span.record("server.address", url.host_str());
            span.record("server.port", url.port_or_known_default());
            if before > 0 {
                span.record("http.request.resend_count", before);
            }
        }
        Self { sent, span }
    }

    /// Its span.
    pub(super) fn span(&self) -> Span {
        self.span.clone()
    }

    /// Tells what became of it.
    pub(super) fn ended(&mut self, answer: &Result<Answer, Failure>) {
        let (status, outcome) = match answer {
            Ok(Answer::Redirect(_, status)) => (Some(*status), "redirected"),
            Ok(Answer::Whole(response)) => (Some(response.status), word(response.status)),
            Err(Failure::Passing { status: Some(status), .. }) => (Some(*status), "passing"),
            Err(Failure::Passing { status: None, .. } | Failure::Final(FetchError::Certificate { .. })) => {
                (None, "failed")
            }
            Err(Failure::Final(_)) => (None, "unusable"),
        };
        (self.sent.status, self.sent.outcome) = (status, outcome);
        if let Some(status) = status {
            self.span.record("http.response.status_code", status);
        }
        // By the conventions a client's request has failed with any status from 400 on.
        match status {
            Some(status) if status < 400 => {}
            Some(status) => self.failed(&status.to_string()),
            None => self.failed(outcome),
        }
    }

    fn failed(&self, why: &str) {
        self.span.record("error.type", why);
        self.span.record("otel.status_code", "ERROR");
    }
}

/// What an answer with this status is to us.
fn word(status: u16) -> &'static str {
    match status {
        200..=299 | 304 => "answered",
        403 => "refused",
        404 | 410 => "absent",
        _ => "unusable",
    }
}
