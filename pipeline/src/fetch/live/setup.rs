//! The client's parts, from the settings.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::RequestBuilder;
use reqwest::header::{ACCEPT_ENCODING, HeaderMap, HeaderValue};
use tokio::sync::{Mutex, RwLock};
use url::Url;

use super::body;
use super::failure::chain;
use crate::fetch::breaker::Breaker;
use crate::fetch::pace::Pace;
use crate::fetch::robots::Robots;
use crate::fetch::statistics::{Books, Counters};
use crate::fetch::{FetchConfig, FetchError, Request};
use crate::mask::mask_url;

/// Where a source lives.
#[derive(Debug)]
pub(super) struct Site {
    /// Without credentials: addresses stand in logs, errors, recordings and the quarantine.
    pub(super) base: Url,
    pub(super) credentials: Option<Credentials>,
    pub(super) host: Arc<Host>,
    /// How long its answers are fresh.
    pub(super) lifetime: Duration,
}

/// What a base URL has before its `@`, sent with each request to the source.
#[derive(Clone)]
pub(super) struct Credentials {
    user: String,
    password: Option<String>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(***)")
    }
}

impl Credentials {
    /// Takes them out of a URL.
    fn take(url: &mut Url) -> Option<Self> {
        let decoded = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
        let (user, password) = (decoded(url.username()), url.password().map(decoded));
        if user.is_empty() && password.is_none() {
            return None;
        }
        // Of a URL with a host, as base URLs are, neither fails.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        Some(Self { user, password })
    }

    /// The request with them.
    pub(super) fn of(of: Option<&Self>, request: RequestBuilder) -> RequestBuilder {
        match of {
            Some(Self { user, password }) => request.basic_auth(user, password.as_deref()),
            None => request,
        }
    }
}

/// A host, with what the sources that live there share.
#[derive(Debug)]
pub(super) struct Host {
    pub(super) pace: Pace,
    pub(super) breaker: Arc<Breaker>,
    pub(super) counters: Arc<Counters>,
    /// Held for reading by each request until its answer is stored.
    pub(super) under_way: RwLock<()>,
    /// Its robots.txt, and since when it is known.
    pub(super) robots: Mutex<Option<(Instant, Arc<Robots>)>>,
}

impl Site {
    /// The address of a request.
    pub(super) fn url(&self, request: &Request) -> Result<Url, FetchError> {
        let text = format!("{}{}", self.base.as_str().trim_end_matches('/'), request.target());
        Url::parse(&text).map_err(|error| FetchError::Configuration(format!("`{text}` is not a URL: {error}")))
    }
}

/// The HTTP client: no redirects, for each takes its turn; the certificates of the system and of the file.
pub(super) fn http_client(config: &FetchConfig) -> Result<reqwest::Client, FetchError> {
    // reqwest panics where no provider is installed; one that is installed already stays.
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
    let mut builder = reqwest::Client::builder()
        .user_agent(&config.user_agent)
        .connect_timeout(config.connect_timeout)
        .timeout(config.timeout)
        .read_timeout(config.idle_timeout)
        .default_headers(HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(body::ACCEPTED))]))
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
pub(super) fn sites(config: &FetchConfig, books: &Books) -> Result<BTreeMap<String, Site>, FetchError> {
    let mut bases = Vec::new();
    let mut slowest = HashMap::new();
    for (name, access) in &config.sources {
        let mut base = base_url(name, &access.base_url)?;
        let credentials = Credentials::take(&mut base);
        let key = (base.host_str().unwrap_or_default().to_owned(), base.port_or_known_default());
        let counters = books.of_source(name).map(Arc::clone).unwrap_or_default();
        let (rate, _) = slowest.entry(key.clone()).or_insert((access.rate, counters));
        *rate = access.rate.max(*rate);
        bases.push((name.clone(), (base, credentials), key, access.lifetime));
    }
    let mut hosts = HashMap::new();
    for (key, (rate, counters)) in slowest {
        let pace = Pace::new(rate, config.concurrency, Arc::clone(&counters))?;
        if config.after_others {
            pace.hold_back(rate.gap());
        }
        let breaker = Arc::new(Breaker::new(config.breaker_failures, config.breaker_rest));
        let (under_way, robots) = (RwLock::default(), Mutex::default());
        hosts.insert(key, Arc::new(Host { pace, breaker, counters, under_way, robots }));
    }
    let site = |(name, (base, credentials), key, lifetime)| {
        (name, Site { base, credentials, host: Arc::clone(&hosts[&key]), lifetime })
    };
    Ok(bases.into_iter().map(site).collect())
}

fn base_url(source: &str, text: &str) -> Result<Url, FetchError> {
    let unusable =
        |reason: &str| FetchError::Configuration(format!("the base URL `{}` of {source} {reason}", mask_url(text)));
    let url = Url::parse(text).map_err(|error| unusable(&format!("is not a URL: {error}")))?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(unusable("is not an http or https URL"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(unusable("has a query or a fragment; paths are appended to it"));
    }
    Ok(url)
}
