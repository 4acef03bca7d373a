//! Asks the sites themselves.

mod failure;
mod redirect;
mod setup;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use backon::{BackoffBuilder, ExponentialBuilder};
use bytes::BytesMut;
use chrono::Utc;
use reqwest::header::{self, HeaderMap};
use url::Url;

use super::robots::{self, Robots};
use super::statistics::Counters;
use super::{FetchConfig, FetchError, Origin, Request, Response, challenge, message, retry};
use failure::Failure;
use setup::{Host, Site};

/// Redirects followed for one request; RFC 9309 asks for five for robots.txt.
const REDIRECTS: usize = 5;

/// Headers that describe the transfer, not the content: they no longer hold for a body that has been read and decompressed.
const TRANSFER_HEADERS: [&str; 6] =
    ["connection", "content-encoding", "content-length", "keep-alive", "trailer", "transfer-encoding"];

/// An HTTP client with manners. It knows all sources, and the hosts that they share.
#[derive(Debug)]
pub(super) struct Client {
    http: reqwest::Client,
    sites: BTreeMap<String, Site>,
    agent: String,
    attempts: u32,
    backoff: ExponentialBuilder,
    retry_after_max: Duration,
    timeout: Duration,
    body_limit: usize,
    counters: Arc<Counters>,
}

/// What to do with a body beyond the limit.
#[derive(Clone, Copy)]
enum Excess {
    Fail,
    Cut,
}

impl Client {
    pub(super) fn new(config: &FetchConfig, counters: Arc<Counters>) -> Result<Self, FetchError> {
        Ok(Self {
            http: setup::http_client(config)?,
            sites: setup::sites(config, &counters)?,
            agent: robots::product_token(&config.user_agent).to_owned(),
            attempts: config.attempts.max(1),
            backoff: retry::backoff(config.backoff, config.backoff_max),
            retry_after_max: config.retry_after_max,
            timeout: config.timeout,
            body_limit: config.body_limit,
            counters,
        })
    }

    /// Gets what the request asks for, with any status that is not a passing one.
    pub(super) async fn get(&self, request: &Request) -> Result<Response, FetchError> {
        let site = self.sites.get(request.source()).ok_or_else(|| {
            FetchError::Configuration(format!("no base URL is set for the source {}", request.source()))
        })?;
        let url = site.url(request)?;
        let robots = site.host.robots.get_or_try_init(|| self.robots(site)).await?;
        self.fetch(&site.host, url, robots, (self.body_limit, Excess::Fail)).await
    }

    async fn robots(&self, site: &Site) -> Result<Robots, FetchError> {
        let mut url = site.base.clone();
        url.set_path("/robots.txt");
        let address = url.to_string();
        let limit = (robots::SIZE_LIMIT, Excess::Cut);
        match self.fetch(&site.host, url, &Robots::allow_all(), limit).await {
            Ok(response) if (200..300).contains(&response.status) => match challenge::marker(&response) {
                Some(marker) => Err(FetchError::Blocked {
                    url: address,
                    reason: format!("its robots.txt is a challenge page: it contains `{marker}`"),
                }),
                None => Ok(Robots::parse(&String::from_utf8_lossy(&response.body), &self.agent)),
            },
            // RFC 9309, 2.3.1.3: a robots.txt that is not available (4xx) forbids nothing.
            Ok(response) => {
                tracing::debug!(url = address, status = response.status, "no robots.txt: everything may be fetched");
                Ok(Robots::allow_all())
            }
            Err(FetchError::Redirect { to, .. }) => {
                tracing::warn!(url = address, to, "robots.txt redirects away: taken as not available");
                Ok(Robots::allow_all())
            }
            // RFC 9309, 2.3.1.4: one that cannot be reached forbids everything; the site is down.
            Err(error) => Err(error),
        }
    }

    /// Tries until there is an answer, or no use in trying.
    async fn fetch(
        &self,
        host: &Host,
        url: Url,
        robots: &Robots,
        limit: (usize, Excess),
    ) -> Result<Response, FetchError> {
        let mut waits = self.backoff.build();
        let mut attempt = 1;
        loop {
            let (reason, status, retry_after) = match self.attempt(host, &url, robots, limit).await {
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
                return Err(failure::exhausted(url, attempt, reason, status));
            }
            let wait = retry_after.unwrap_or_else(|| waits.next().unwrap_or_default());
            tracing::warn!(%url, attempt, reason, wait_seconds = wait.as_secs_f64(), "trying again");
            if retry_after.is_some() {
                host.pace.hold_back(wait);
            } else {
                tokio::time::sleep(wait).await;
                self.counters.waited(wait);
            }
            self.counters.retry();
            attempt += 1;
        }
    }

    /// One attempt, following redirects within the host. Each request of it takes its turn.
    async fn attempt(
        &self,
        host: &Host,
        start: &Url,
        robots: &Robots,
        (limit, excess): (usize, Excess),
    ) -> Result<Response, Failure> {
        let mut url = start.clone();
        for _ in 0..=REDIRECTS {
            check_robots(robots, &url).map_err(Failure::Final)?;
            let _turn = host.pace.turn().await;
            self.counters.request();
            tracing::debug!(%url, "requesting");
            let mut answer =
                self.http.get(url.clone()).send().await.map_err(|error| Failure::of(error, &url, self.timeout))?;
            let status = answer.status().as_u16();
            if let Some(next) = redirect::target(&url, status, answer.headers()) {
                url = next.map_err(Failure::Final)?;
                continue;
            }
            if retry::is_passing(status) {
                let value = answer.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
                let retry_after = value.and_then(|value| retry::retry_after(value, SystemTime::now()));
                let reason = format!("the site answers HTTP {status}");
                return Err(Failure::Passing { reason, status: Some(status), retry_after });
            }
            let headers = headers(answer.headers());
            let mut body = BytesMut::new();
            while let Some(chunk) = answer.chunk().await.map_err(|error| Failure::of(error, &url, self.timeout))? {
                body.extend_from_slice(&chunk);
                if body.len() > limit {
                    match excess {
                        Excess::Cut => {
                            body.truncate(limit);
                            break;
                        }
                        Excess::Fail => {
                            return Err(Failure::Final(FetchError::TooLarge { url: url.into(), limit }));
                        }
                    }
                }
            }
            self.counters.received(body.len());
            return Ok(Response {
                status,
                media_type: message::media_type(&headers),
                headers,
                body: body.freeze(),
                url: url.into(),
                fetched_at: Utc::now(),
                origin: Origin::Live,
            });
        }
        let (url, to) = (start.to_string(), url.to_string());
        Err(Failure::Final(FetchError::Redirect { url, to, reason: "too many redirects" }))
    }
}

fn check_robots(robots: &Robots, url: &Url) -> Result<(), FetchError> {
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
