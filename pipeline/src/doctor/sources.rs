//! The sources that are on: does the host resolve, is its certificate good, does robots.txt allow our paths, does it answer.
//!
//! Requests go through the same fetcher as those of a run: rate, breaker, `User-Agent`. Of each source it is one page, and robots.txt
//! before it; nothing is tried again.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use super::certificate;
use super::clock::{self, Moment};
use super::finding::{Finding, Findings};
use crate::config::Settings;
use crate::error::{Error, Exit};
use crate::fetch::{FetchError, Fetcher, Request, Response};
use crate::job::{Caching, JobOptions};
use crate::orchestrate::fetcher;
use crate::sources::{self, Source};

const ASK_LIVE: &str = "`pipeline doctor --live` asks each source for a page";

/// What is looked at of each source, one after the other: after one that is wrong the others are not checked.
const CHECKS: [&str; 4] = ["host", "certificate", "robots.txt", "answer"];
const HOST: usize = 0;
const CERTIFICATE: usize = 1;
const ROBOTS: usize = 2;
const ANSWER: usize = 3;

/// The findings, and what the sources' clocks say.
pub(super) async fn check(settings: &Settings, live: bool) -> (Vec<Finding>, Vec<Finding>) {
    let is_on = |source: &&Source| settings.sources.get(source.name).is_some_and(|source| source.is_on);
    let on: Vec<&Source> = sources::ALL.iter().copied().filter(is_on).collect();
    let mut findings = Findings::of("sources");
    if on.is_empty() {
        findings.warning("all", "every source is off", "set sources.NAME.enabled to on; `pipeline sources` lists them");
        return (findings.into_all(), Vec::new());
    }
    if !live {
        on.iter().for_each(|source| findings.not_checked(source.name, "nothing was asked", ASK_LIVE));
        return (findings.into_all(), vec![clock::unknown("the sources", "nothing was asked", ASK_LIVE)]);
    }
    let mut settings = settings.clone();
    settings.http.attempts = 1;
    // What was stored says nothing of the site as it is now.
    let fetcher = match fetcher(&settings, &JobOptions { caching: Caching::Off, ..JobOptions::default() }) {
        Ok(fetcher) => fetcher,
        Err(error) => {
            findings.error("all", &error);
            return (findings.into_all(), Vec::new());
        }
    };
    let mut clocks = Vec::new();
    for source in on {
        let base = &settings.sources[source.name].base_url;
        let mut look = Look { source, base, fetcher: &fetcher, findings: &mut findings };
        let finding = match look.at(settings.http.connect_timeout).await {
            Some((response, before)) => said(source.name, &response, before),
            None => {
                clock::unknown(source.name, "it did not answer", "mend what is wrong with the source, then ask again")
            }
        };
        clocks.push(finding);
    }
    (findings.into_all(), clocks)
}

struct Look<'a> {
    source: &'a Source,
    base: &'a Url,
    fetcher: &'a Fetcher,
    findings: &'a mut Findings,
}

impl Look<'_> {
    /// The answer, and when it was asked for; whatever happens is a finding.
    async fn at(&mut self, timeout: Duration) -> Option<(Response, DateTime<Utc>)> {
        let requests: Vec<Request> = self.source.checks.iter().map(|check| (check.request)()).collect();
        let mut allowed = Vec::new();
        let mut forbidden = Vec::new();
        for request in &requests {
            match self.fetcher.allowed(request).await {
                Ok(()) => allowed.push(request),
                Err(FetchError::Disallowed { rule, .. }) => {
                    forbidden.push(format!("{} (`Disallow: {rule}`)", request.target()));
                }
                Err(error) => {
                    self.failed(error, ROBOTS, timeout).await;
                    return None;
                }
            }
        }
        self.reached();
        if forbidden.is_empty() {
            self.ok(ROBOTS, format!("allows the {} pages that stand for all", requests.len()));
        } else {
            let found = format!("asks not to fetch {}", forbidden.join(", "));
            let remedy = format!(
                "it is heeded: set sources.{}.enabled to off, and work from recordings (`--replay`) or files; or ask the site's owner",
                self.source.name
            );
            self.wrong(ROBOTS, Exit::Unavailable, found, remedy);
        }
        let Some(request) = allowed.first() else {
            self.rest(ANSWER, "robots.txt forbids to ask", "see there");
            return None;
        };
        let before = Utc::now();
        match self.fetcher.get(request).await {
            Ok(response) if response.is_absent() => {
                let found = format!("HTTP {} for {}", response.status, response.url);
                let remedy =
                    format!("the page has moved: `pipeline sources check {}` shows which are left", self.source.name);
                self.wrong(ANSWER, Exit::Input, found, remedy);
                Some((response, before))
            }
            Ok(response) => {
                self.ok(ANSWER, format!("HTTP {} for {}", response.status, response.url));
                Some((response, before))
            }
            Err(error) => {
                self.told(ANSWER, error);
                None
            }
        }
    }

    /// The host answers, and so its name resolves and its certificate is good.
    fn reached(&mut self) {
        self.ok(HOST, format!("{} answers", self.base.host_str().unwrap_or_default()));
        if self.base.scheme() == "https" {
            self.ok(CERTIFICATE, "verified");
        } else {
            self.ok(CERTIFICATE, "none: the address is http");
        }
    }

    /// The first request failed: what of the way there is wrong?
    async fn failed(&mut self, error: FetchError, at: usize, timeout: Duration) {
        let host = self.base.host_str().unwrap_or_default().to_owned();
        match error {
            FetchError::Certificate { reason, .. } => {
                self.ok(HOST, format!("{host} answers"));
                let site = self.base.clone();
                let missing =
                    tokio::task::spawn_blocking(move || certificate::missing(&site, timeout)).await.ok().flatten();
                let (found, remedy) = completed(&reason, missing);
                self.wrong(CERTIFICATE, Exit::Configuration, found, remedy);
                self.rest(
                    CERTIFICATE + 1,
                    "nothing is asked of a site whose certificate is not good",
                    "mend that first",
                );
            }
            error @ (FetchError::Down { status: None, .. } | FetchError::Resting { .. }) => {
                let port = self.base.port_or_known_default().unwrap_or(443);
                let looked_up = tokio::net::lookup_host((host.as_str(), port)).await;
                match looked_up.map(|addresses| addresses.count()) {
                    Ok(1..) => {
                        let remedy =
                            "the name resolves, but nothing usable answers there: try again later, or set base_url \
                                      and the proxy (HTTPS_PROXY) as this network needs them; `--offline` works without"
                                .to_owned();
                        self.wrong(HOST, Exit::Unavailable, error.to_string(), remedy);
                    }
                    outcome => {
                        let reason = outcome.map_or_else(|error| error.to_string(), |_| "no address".to_owned());
                        let remedy = format!(
                            "see whether `getent hosts {host}` knows it: else this machine has no network or no name server, \
                             or base_url.{} is misspelt; `--offline` works without",
                            self.source.name
                        );
                        self.wrong(HOST, Exit::Unavailable, format!("{host} does not resolve: {reason}"), remedy);
                    }
                }
                self.rest(HOST + 1, "the host was not reached", "mend that first");
            }
            error => {
                // It has answered, but not as it should.
                self.reached();
                self.told(at, error);
                self.rest(at + 1, "the check before it failed", "mend that first");
            }
        }
    }

    fn name(&self, check: usize) -> String {
        format!("{} {}", self.source.name, CHECKS[check])
    }

    fn ok(&mut self, check: usize, found: impl Into<String>) {
        self.findings.ok(self.name(check), found);
    }

    fn wrong(&mut self, check: usize, exit: Exit, found: String, remedy: String) {
        self.findings.wrong(self.name(check), exit, found, remedy);
    }

    fn told(&mut self, check: usize, error: FetchError) {
        let name = self.name(check);
        match error {
            // Our own bound says nothing of the site.
            FetchError::Budget { .. } => {
                self.findings.not_checked(name, error.to_string(), "raise http.max_requests, or unset it");
            }
            error => self.findings.error(name, &Error::from(error)),
        }
    }

    fn rest(&mut self, from: usize, reason: &str, remedy: &str) {
        for check in from..CHECKS.len() {
            self.findings.not_checked(self.name(check), reason, remedy);
        }
    }
}

/// What is wrong with a certificate, with the name of what is missing where that is known.
fn completed(reason: &str, missing: Option<certificate::Missing>) -> (String, String) {
    let setting = "set http.ca_file (PIPELINE_HTTP_CA_FILE, or `--ca-file` of a job)";
    let otherwise = "verification is never switched off";
    match missing.filter(|_| reason.contains("UnknownIssuer")) {
        Some(missing) if missing.is_self_signed => (
            format!("it is signed by `{}`, an authority that this machine does not trust", missing.name),
            format!("if you trust it, {setting} to its certificate in PEM; {otherwise}"),
        ),
        Some(missing) => {
            let place = match missing.address {
                Some(address) => {
                    format!("fetch it from {address} (`openssl x509 -inform der -out missing.pem` turns it into PEM)")
                }
                None => "have it from the authority's site".to_owned(),
            };
            (
                format!("the chain is incomplete: the site does not send the certificate of `{}`", missing.name),
                format!("{place}, and {setting} to that PEM file; {otherwise}"),
            )
        }
        None => (
            format!("it cannot be verified: {reason}"),
            format!(
                "if its authority is missing here, {setting} to the authority's PEM file; if it is out of date or for another \
                     name, its owner has to mend it; {otherwise}"
            ),
        ),
    }
}

/// The clock of a site, by its `Date` and how long the answer lay in a cache on the way.
fn said(name: &str, response: &Response, before: DateTime<Utc>) -> Finding {
    let date = response.headers.get("date").and_then(|date| httpdate::parse_http_date(date).ok());
    let Some(date) = date else {
        return clock::unknown(name, "its answer has no date", "none is needed: the other clocks are enough");
    };
    let age: u32 = response.headers.get("age").and_then(|age| age.parse().ok()).unwrap_or(0);
    let there = DateTime::<Utc>::from(date) + TimeDelta::seconds(age.into());
    clock::compared(name, &Moment { before, there, after: response.fetched_at })
}
