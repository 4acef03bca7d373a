//! Asks the sites themselves, and the cache before them.

mod body;
mod exchange;
mod failure;
mod observed;
mod redirect;
mod setup;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use backon::ExponentialBuilder;
use url::Url;

use super::breaker::Pass;
use super::budget::Budget;
use super::cache::{Cache, Stored};
use super::robots::{self, Robots};
use super::statistics::Books;
use super::{FetchConfig, FetchError, Request, Response, challenge, outcome, retry};
use body::{Bounds, Excess};
use exchange::Exchange;
use failure::Timeouts;
use setup::Site;

/// How long a robots.txt holds (RFC 9309, 2.4).
const ROBOTS_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// An HTTP client with manners. It knows all sources, and the hosts that they share.
#[derive(Debug)]
pub(super) struct Client {
    http: reqwest::Client,
    cache: Option<Arc<Cache>>,
    sites: BTreeMap<String, Site>,
    agent: String,
    attempts: u32,
    backoff: ExponentialBuilder,
    retry_after_max: Duration,
    timeouts: Timeouts,
    body_limit: usize,
    body_ratio: u32,
    budget: Budget,
}

impl Client {
    pub(super) fn new(config: &FetchConfig, books: &Books) -> Result<Self, FetchError> {
        Ok(Self {
            http: setup::http_client(config)?,
            cache: config.cache.as_ref().map(Cache::open).transpose()?,
            sites: setup::sites(config, books)?,
            agent: robots::product_token(&config.user_agent).to_owned(),
            attempts: config.attempts.max(1),
            backoff: retry::backoff(config.backoff, config.backoff_max),
            retry_after_max: config.retry_after_max,
            timeouts: Timeouts { whole: config.timeout, idle: config.idle_timeout },
            body_limit: config.body_limit,
            body_ratio: config.body_ratio,
            budget: Budget::new(config.max_requests),
        })
    }

    /// Whether robots.txt allows the request.
    pub(super) async fn allowed(&self, request: &Request) -> Result<(), FetchError> {
        let site = self.site(request)?;
        let url = site.url(request)?;
        let pass = site.host.breaker.enter(url.as_str())?;
        let robots = self.robots(site, &pass).await;
        let allowed = robots.and_then(|robots| exchange::check_robots(&robots, &url));
        match &allowed {
            // A rule about one page is no refusal of the host.
            Ok(()) | Err(FetchError::Disallowed { .. }) => drop(pass),
            Err(_) => pass.ended(&allowed),
        }
        allowed
    }

    fn site(&self, request: &Request) -> Result<&Site, FetchError> {
        self.sites
            .get(request.source())
            .ok_or_else(|| FetchError::Configuration(format!("no base URL is set for the source {}", request.source())))
    }

    /// Gets what the request asks for. What is fresh in the cache is not asked for.
    pub(super) async fn get(&self, request: &Request) -> Result<Response, FetchError> {
        let site = self.site(request)?;
        let url = site.url(request)?;
        let lifetime = request.own_lifetime().unwrap_or(site.lifetime);
        match self.stored(site, &url, lifetime, self.body_limit).await {
            Known::Fresh(response) => outcome(response),
            Known::Stored(stored) => {
                let pass = site.host.breaker.enter(url.as_str())?;
                let under_way = site.host.under_way.read().await;
                let answer = self.page(site, &pass, &url, stored).await;
                if answer.as_ref().is_err_and(FetchError::is_blocked) {
                    site.host.counters.refused();
                }
                pass.ended(&answer);
                drop(under_way);
                if matches!(answer, Err(FetchError::Budget { .. } | FetchError::Blocked { .. })) {
                    // This ends the run, and so whatever is under way: its answers are to be stored first. Not for ever, for
                    // nobody promises to wait for them.
                    let _ = tokio::time::timeout(self.timeouts.whole, site.host.under_way.write()).await;
                }
                answer
            }
        }
    }

    /// Forgets a stored answer.
    pub(super) fn forget(&self, url: &str) {
        if let Some(cache) = &self.cache {
            cache.forget(url);
        }
    }

    async fn page(&self, site: &Site, pass: &Pass, url: &Url, stored: Option<Stored>) -> Result<Response, FetchError> {
        let robots = self.robots(site, pass).await?;
        let bounds = Bounds { limit: self.body_limit, ratio: self.body_ratio, excess: Excess::Fail };
        let response = self.ask(Exchange::new(site, pass, url, &robots, bounds), stored).await?;
        // A refusal is an answer until it is looked at.
        outcome(response).inspect_err(|_| site.host.counters.failed())
    }

    /// What robots.txt asks of us. It is asked for once by all who wait for it, and again when it is a day old.
    async fn robots(&self, site: &Site, pass: &Pass) -> Result<Arc<Robots>, FetchError> {
        let mut known = site.host.robots.lock().await;
        if let Some((_, robots)) = known.as_ref().filter(|(since, _)| since.elapsed() < ROBOTS_LIFETIME) {
            return Ok(Arc::clone(robots));
        }
        let robots = Arc::new(self.ask_robots(site, pass).await?);
        *known = Some((Instant::now(), Arc::clone(&robots)));
        Ok(robots)
    }

    async fn ask_robots(&self, site: &Site, pass: &Pass) -> Result<Robots, FetchError> {
        let mut url = site.base.clone();
        url.set_path("/robots.txt");
        let answer = match self.stored(site, &url, ROBOTS_LIFETIME, robots::SIZE_LIMIT).await {
            Known::Fresh(response) => Ok(response),
            Known::Stored(stored) => {
                let all = Robots::allow_all();
                let bounds = Bounds { limit: robots::SIZE_LIMIT, ratio: self.body_ratio, excess: Excess::Cut };
                self.ask(Exchange::new(site, pass, &url, &all, bounds), stored).await
            }
        };
        let url = url.to_string();
        match answer {
            Ok(response) if (200..300).contains(&response.status) => match challenge::marker(&response) {
                Some(marker) => Err(FetchError::Blocked {
                    url,
                    reason: format!("its robots.txt is a challenge page: it contains `{marker}`"),
                }),
                None => Ok(Robots::parse(&String::from_utf8_lossy(&response.body), &self.agent)),
            },
            // RFC 9309, 2.3.1.3: a robots.txt that is not available (4xx) forbids nothing.
            Ok(response) => {
                tracing::debug!(url, status = response.status, "no robots.txt: everything may be fetched");
                Ok(Robots::allow_all())
            }
            Err(FetchError::Redirect { to, .. }) => {
                tracing::warn!(url, to, "robots.txt redirects away: taken as not available");
                Ok(Robots::allow_all())
            }
            // RFC 9309, 2.3.1.4: one that cannot be reached forbids everything; the site is down.
            Err(error) => Err(error),
        }
    }

    async fn stored(&self, site: &Site, url: &Url, lifetime: Duration, body_limit: usize) -> Known {
        let Some(cache) = &self.cache else { return Known::Stored(None) };
        match cache.get(url.as_str(), body_limit).await.map(|stored| stored.fresh(lifetime)) {
            Some(Ok(response)) => {
                site.host.counters.cached();
                Known::Fresh(response)
            }
            Some(Err(stale)) => Known::Stored(Some(stale)),
            None => Known::Stored(None),
        }
    }

    /// Asks the site, conditionally if a stale answer is known, and keeps what it answers. The status is any that does not pass.
    async fn ask(&self, mut exchange: Exchange<'_>, stale: Option<Stored>) -> Result<Response, FetchError> {
        exchange.validators = stale.as_ref().map(Stored::validators).unwrap_or_default();
        let is_conditional = !exchange.validators.is_empty();
        let mut response = self.exchange(&exchange).await?;
        if let Some(stored) = stale.filter(|_| is_conditional && response.status == 304) {
            exchange.site.host.counters.not_modified();
            response = stored.confirmed(&response);
        }
        if let Some(cache) = &self.cache {
            cache.put(exchange.url.as_str(), &response).await;
        }
        Ok(response)
    }
}

/// What the cache knows of an address.
enum Known {
    /// The answer.
    Fresh(Response),
    /// Nothing, or an answer that may no longer hold.
    Stored(Option<Stored>),
}
