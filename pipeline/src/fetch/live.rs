//! Asks the sites themselves.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use backon::{BackoffBuilder, ExponentialBuilder};
use bytes::BytesMut;
use chrono::Utc;
use reqwest::header::{self, HeaderMap};
use tokio::sync::OnceCell;
use url::Url;

use super::pace::Pace;
use super::robots::{self, Robots};
use super::statistics::Counters;
use super::{FetchConfig, FetchError, Origin, Request, Response, challenge, message, retry};

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

#[derive(Debug)]
struct Site {
    base: Url,
    host: Arc<Host>,
}

#[derive(Debug)]
struct Host {
    pace: Pace,
    robots: OnceCell<Robots>,
}

/// Why one attempt gave no response.
enum Failure {
    /// Trying again is no use.
    Final(FetchError),
    /// It may pass.
    Passing { reason: String, status: Option<u16>, retry_after: Option<Duration> },
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
            http: http_client(config)?,
            sites: sites(config, &counters)?,
            agent: robots::product_token(&config.user_agent).to_owned(),
            attempts: config.attempts.max(1),
            backoff: ExponentialBuilder::new()
                .with_min_delay(config.backoff)
                .with_max_delay(config.backoff_max)
                .without_max_times()
                .with_jitter(),
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
                return Err(exhausted(url, attempt, reason, status));
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
            let mut answer = self.http.get(url.clone()).send().await.map_err(|error| self.failure(&url, error))?;
            let status = answer.status().as_u16();
            if let Some(next) = redirect(&url, status, answer.headers()) {
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
            while let Some(chunk) = answer.chunk().await.map_err(|error| self.failure(&url, error))? {
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

    fn failure(&self, url: &Url, error: reqwest::Error) -> Failure {
        if let Some(reason) = certificate_problem(&error) {
            return Failure::Final(FetchError::Certificate { url: url.to_string(), reason });
        }
        let reason = if error.is_timeout() && !error.is_connect() {
            format!("no whole answer within {} seconds", self.timeout.as_secs_f64())
        } else {
            chain(&error.without_url())
        };
        Failure::Passing { reason, status: None, retry_after: None }
    }
}

impl Site {
    fn url(&self, request: &Request) -> Result<Url, FetchError> {
        let text = format!("{}{}", self.base.as_str().trim_end_matches('/'), request.target());
        Url::parse(&text).map_err(|error| FetchError::Configuration(format!("`{text}` is not a URL: {error}")))
    }
}

/// The error after the last attempt: 429 without end is a refusal, anything else an outage.
fn exhausted(url: Url, attempts: u32, reason: String, status: Option<u16>) -> FetchError {
    let url = String::from(url);
    if status == Some(429) {
        return FetchError::Blocked { url, reason: format!("{reason} (too many requests), {attempts} times") };
    }
    FetchError::Down { url, attempts, reason, status }
}

fn check_robots(robots: &Robots, url: &Url) -> Result<(), FetchError> {
    match robots.forbids(&url[url::Position::BeforePath..url::Position::AfterQuery]) {
        Some(rule) => Err(FetchError::Disallowed { url: url.to_string(), rule: rule.to_owned() }),
        None => Ok(()),
    }
}

/// Where a redirect leads, or why it is not followed; none if the answer is no redirect.
fn redirect(from: &Url, status: u16, headers: &HeaderMap) -> Option<Result<Url, FetchError>> {
    if !matches!(status, 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = String::from_utf8_lossy(headers.get(header::LOCATION)?.as_bytes()).into_owned();
    let refuse = |reason| Err(FetchError::Redirect { url: from.to_string(), to: location.clone(), reason });
    let Ok(to) = from.join(&location) else {
        return Some(refuse("that is not a URL"));
    };
    let upgrade = from.scheme() == "http" && to.scheme() == "https" && from.port().is_none() && to.port().is_none();
    let same_port = from.scheme() == to.scheme() && from.port_or_known_default() == to.port_or_known_default();
    if from.host() != to.host() || !(same_port || upgrade) {
        return Some(refuse("redirects are followed within the host only"));
    }
    Some(Ok(to))
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

fn http_client(config: &FetchConfig) -> Result<reqwest::Client, FetchError> {
    // reqwest panics where no provider is installed; one that is installed already stays.
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
    let mut builder = reqwest::Client::builder()
        .user_agent(&config.user_agent)
        .connect_timeout(config.connect_timeout)
        .timeout(config.timeout)
        .redirect(reqwest::redirect::Policy::none());
    if let Some(path) = &config.ca_file {
        let unusable = |reason: String| {
            FetchError::Configuration(format!("the certificate file {} cannot be used: {reason}", path.display()))
        };
        let pem = std::fs::read(path).map_err(|error| unusable(error.to_string()))?;
        let certificates = reqwest::Certificate::from_pem_bundle(&pem).map_err(|error| unusable(chain(&error)))?;
        if certificates.is_empty() {
            return Err(unusable("it holds no PEM certificate".to_owned()));
        }
        builder = builder.tls_certs_merge(certificates);
    }
    builder
        .build()
        .map_err(|error| FetchError::Configuration(format!("the HTTP client cannot be set up: {}", chain(&error))))
}

/// The sources by name; those on the same host share its turns and its robots.txt.
fn sites(config: &FetchConfig, counters: &Arc<Counters>) -> Result<BTreeMap<String, Site>, FetchError> {
    let mut bases = Vec::new();
    let mut slowest = HashMap::new();
    for (name, access) in &config.sources {
        let base = base_url(name, &access.base_url)?;
        let key = (base.host_str().unwrap_or_default().to_owned(), base.port_or_known_default());
        let rate = slowest.entry(key.clone()).or_insert(access.rate);
        *rate = access.rate.max(*rate);
        bases.push((name.clone(), base, key));
    }
    let mut hosts = HashMap::new();
    for (key, rate) in slowest {
        let pace = Pace::new(rate, config.concurrency, Arc::clone(counters))?;
        hosts.insert(key, Arc::new(Host { pace, robots: OnceCell::new() }));
    }
    Ok(bases.into_iter().map(|(name, base, key)| (name, Site { base, host: Arc::clone(&hosts[&key]) })).collect())
}

fn base_url(source: &str, text: &str) -> Result<Url, FetchError> {
    let unusable = |reason: &str| FetchError::Configuration(format!("the base URL `{text}` of {source} {reason}"));
    let url = Url::parse(text).map_err(|error| unusable(&format!("is not a URL: {error}")))?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(unusable("is not an http or https URL"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(unusable("has a query or a fragment; paths are appended to it"));
    }
    Ok(url)
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
fn chain(error: &dyn std::error::Error) -> String {
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
