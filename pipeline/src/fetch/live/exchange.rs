//! One request, tried until there is an answer: turns, redirects, retries.

use std::collections::BTreeMap;
use std::time::{Instant, SystemTime};

use backon::BackoffBuilder;
use bytes::Bytes;
use chrono::Utc;
use reqwest::header::{self, HeaderMap};
use tracing::Instrument;
use url::Url;

use super::body::{Body, Bounds, Stop};
use super::failure::{self, Failure};
use super::observed::Observed;
use super::setup::{Credentials, Site};
use super::{Client, redirect};
use crate::fetch::breaker::Pass;
use crate::fetch::robots::Robots;
use crate::fetch::{FetchError, Origin, Response, message, retry};

/// Redirects followed for one request; RFC 9309 asks for five for robots.txt.
const REDIRECTS: usize = 5;

/// Headers that describe the transfer, not the content: they no longer hold for a body that has been read and decompressed.
const TRANSFER_HEADERS: [&str; 6] =
    ["connection", "content-encoding", "content-length", "keep-alive", "trailer", "transfer-encoding"];

/// What is asked, and within which bounds.
pub(super) struct Exchange<'a> {
    pub(super) site: &'a Site,
    pub(super) pass: &'a Pass,
    pub(super) url: &'a Url,
    pub(super) robots: &'a Robots,
    pub(super) bounds: Bounds,
    /// Headers by which the site can say that nothing has changed.
    pub(super) validators: HeaderMap,
}

impl<'a> Exchange<'a> {
    pub(super) fn new(site: &'a Site, pass: &'a Pass, url: &'a Url, robots: &'a Robots, bounds: Bounds) -> Self {
        Self { site, pass, url, robots, bounds, validators: HeaderMap::new() }
    }
}

/// What a site answers.
pub(super) enum Answer {
    Redirect(Url, u16),
    Whole(Response),
}

impl Client {
    /// Tries until there is an answer, or no use in trying.
    pub(super) async fn exchange(&self, exchange: &Exchange<'_>) -> Result<Response, FetchError> {
        let mut waits = self.backoff.build();
        let (mut attempt, mut sent) = (1, 0);
        loop {
            let (reason, status, retry_after) = match self.attempt(exchange, &mut sent).await {
                Ok(response) => return Ok(response),
                Err(Failure::Final(error)) => return Err(error),
                Err(Failure::Passing { reason, status, retry_after }) => (reason, status, retry_after),
            };
            let too_long = retry_after.filter(|wait| *wait > self.retry_after_max);
            if attempt >= self.attempts || too_long.is_some() {
                let reason = match too_long {
                    Some(wait) => format!("{reason} and asks to wait {} seconds", wait.as_secs()),
                    None => reason,
                };
                return Err(failure::exhausted(exchange.url, attempt, reason, status));
            }
            self.budget.check(exchange.url.as_str())?;
            let wait = retry_after.unwrap_or_else(|| waits.next().unwrap_or_default());
            tracing::warn!(url = %exchange.url, attempt, reason, wait_seconds = wait.as_secs_f64(), "trying again");
            if retry_after.is_some() {
                exchange.site.host.pace.hold_back(wait);
            } else {
                exchange.pass.unless_opened(exchange.url.as_str(), tokio::time::sleep(wait)).await?;
                exchange.site.host.counters.waited(wait);
            }
            exchange.site.host.counters.retry();
            attempt += 1;
        }
    }

    /// One attempt, following redirects within the host. Each request of it takes its turn; `sent` counts them over all attempts.
    async fn attempt(&self, exchange: &Exchange<'_>, sent: &mut u32) -> Result<Response, Failure> {
        let mut url = exchange.url.clone();
        for _ in 0..=REDIRECTS {
            check_robots(exchange.robots, &url).map_err(Failure::Final)?;
            self.budget.check(url.as_str()).map_err(Failure::Final)?;
            let turn = exchange.pass.unless_opened(url.as_str(), exchange.site.host.pace.turn());
            let _turn = turn.await.map_err(Failure::Final)?;
            self.budget.take(url.as_str()).map_err(Failure::Final)?;
            let counters = &exchange.site.host.counters;
            let mut observed = Observed::new(counters.request(), &url, *sent);
            *sent += 1;
            tracing::debug!(%url, "requesting");
            let started = Instant::now();
            let answer = self.send(exchange, &url, started).instrument(observed.span()).await;
            counters.requested(started.elapsed());
            observed.ended(&answer);
            match answer.inspect_err(|_| counters.failed())? {
                Answer::Redirect(next, _) => url = next,
                Answer::Whole(response) => return Ok(response),
            }
        }
        let (url, to) = (exchange.url.to_string(), url.to_string());
        Err(Failure::Final(FetchError::Redirect { url, to, reason: "too many redirects" }))
    }

    /// One request, up to the last byte of what it is answered.
    async fn send(&self, exchange: &Exchange<'_>, url: &Url, started: Instant) -> Result<Answer, Failure> {
        let request = self.http.get(url.clone()).headers(exchange.validators.clone());
        let request = Credentials::of(exchange.site.credentials.as_ref(), request);
        let mut answer = request.send().await.map_err(|error| Failure::of(error, url, started, self.timeouts))?;
        let status = answer.status().as_u16();
        if let Some(next) = redirect::target(url, status, answer.headers()) {
            return next.map(|next| Answer::Redirect(next, status)).map_err(Failure::Final);
        }
        if retry::is_passing(status) {
            let value = answer.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
            let retry_after = value.and_then(|value| retry::retry_after(value, SystemTime::now()));
            let reason = format!("the site answers HTTP {status}");
            return Err(Failure::Passing { reason, status: Some(status), retry_after });
        }
        let headers = headers(answer.headers());
        let body = self.body(&mut answer, exchange.bounds, url, started).await?;
        exchange.site.host.counters.received(body.len());
        tracing::debug!(%url, status, bytes = body.len(), seconds = started.elapsed().as_secs_f64(), "answered");
        Ok(Answer::Whole(Response {
            status,
            media_type: message::media_type(&headers),
            headers,
            body,
            url: url.to_string(),
            fetched_at: Utc::now(),
            origin: Origin::Live,
        }))
    }

    /// Reads a body to its end. One that is not whole, or not what its headers say, may be whole the next time.
    async fn body(
        &self,
        answer: &mut reqwest::Response,
        bounds: Bounds,
        url: &Url,
        started: Instant,
    ) -> Result<Bytes, Failure> {
        let encoding = answer.headers().get(header::CONTENT_ENCODING);
        let encoding = encoding.map(|encoding| String::from_utf8_lossy(encoding.as_bytes()).into_owned());
        let Some(mut body) = Body::new(encoding.as_deref(), bounds) else {
            let encoding = encoding.unwrap_or_default();
            return Err(Failure::Final(FetchError::Encoding { url: url.to_string(), encoding }));
        };
        let read = loop {
            match answer.chunk().await.map_err(|error| Failure::of(error, url, started, self.timeouts))? {
                Some(chunk) => match body.push(&chunk) {
                    Ok(()) => {}
                    Err(Stop::Cut) => break body.finish(true),
                    Err(stop) => break Err(stop),
                },
                None => break body.finish(false),
            }
        };
        read.map_err(|stop| match stop {
            Stop::TooLarge | Stop::Cut => {
                Failure::Final(FetchError::TooLarge { url: url.to_string(), limit: bounds.limit })
            }
            Stop::TooDense => Failure::Final(FetchError::TooDense { url: url.to_string(), ratio: bounds.ratio }),
            Stop::Broken(error) => {
                let reason = format!("its body cannot be unpacked: {error}");
                Failure::Passing { reason, status: None, retry_after: None }
            }
        })
    }
}

/// What robots.txt says of an address.
pub(super) fn check_robots(robots: &Robots, url: &Url) -> Result<(), FetchError> {
    match robots.forbids(&url[url::Position::BeforePath..url::Position::AfterQuery]) {
        Some(rule) => Err(FetchError::Disallowed { url: url.to_string(), rule: rule.to_owned() }),
        None => Ok(()),
    }
}

fn headers(map: &HeaderMap) -> BTreeMap<String, String> {
    let mut headers = BTreeMap::<String, String>::new();
    for (name, value) in map {
        let name = name.as_str();
        if name.starts_with("set-cookie") || TRANSFER_HEADERS.contains(&name) {
            continue;
        }
        let value = String::from_utf8_lossy(value.as_bytes());
        headers.entry(name.to_owned()).and_modify(|all| *all = format!("{all}, {value}")).or_insert(value.into_owned());
    }
    headers
}
