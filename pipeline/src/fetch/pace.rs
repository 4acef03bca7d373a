//! When the next request to a host may start.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_timer::Delay;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::statistics::Counters;
use super::{FetchError, Rate};

/// A timer wakes some tenths of a millisecond late, and a start that is late is late for good: the next one keeps its distance
/// to it. So the timer is set for a little earlier, and the rest is waited for awake.
const EARLY: Duration = Duration::from_micros(500);

/// The turns of one host: how far apart requests start, how many are under way, and until when all of them wait.
#[derive(Debug)]
pub(super) struct Pace {
    limiter: DefaultDirectRateLimiter,
    /// Of all that wait for the next turn, one looks at the clock.
    next: tokio::sync::Mutex<()>,
    under_way: Arc<Semaphore>,
    resume: Mutex<Option<Instant>>,
    counters: Arc<Counters>,
}

/// Permission to start one request; the place is given back when it is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    _place: Option<OwnedSemaphorePermit>,
}

impl Pace {
    pub(super) fn new(rate: Rate, concurrency: usize, counters: Arc<Counters>) -> Result<Self, FetchError> {
        // A burst of one and no jitter: starts are never closer than the gap, whatever happened before.
        let quota = Quota::with_period(rate.gap())
            .ok_or_else(|| FetchError::Configuration("a rate must be above zero".to_owned()))?
            .allow_burst(std::num::NonZeroU32::MIN);
        Ok(Self {
            limiter: RateLimiter::direct(quota),
            next: tokio::sync::Mutex::default(),
            under_way: Arc::new(Semaphore::new(concurrency.max(1))),
            resume: Mutex::new(None),
            counters,
        })
    }

    /// Waits for a turn. The request should start at once when this returns.
    pub(super) async fn turn(&self) -> Turn {
        let since = Instant::now();
        // The semaphore is never closed; were it, the rate alone would hold.
        let place = Arc::clone(&self.under_way).acquire_owned().await.ok();
        loop {
            while let Some(wait) = self.held_back() {
                tokio::time::sleep(wait).await;
            }
            self.next_turn().await;
            // The host may have asked for a pause while this request waited for its turn.
            if self.held_back().is_none() {
                break;
            }
        }
        self.counters.waited(since.elapsed());
        Turn { _place: place }
    }

    async fn next_turn(&self) {
        let _next = self.next.lock().await;
        while let Err(too_early) = self.limiter.check() {
            match too_early.wait_time_from(DefaultClock::default().now()).checked_sub(EARLY) {
                Some(wait) if !wait.is_zero() => Delay::new(wait).await,
                _ => tokio::task::yield_now().await,
            }
        }
    }

    /// Starts no request before that time has passed: what the host asked for with `Retry-After`.
    pub(super) fn hold_back(&self, time: Duration) {
        let until = Instant::now() + time;
        let mut resume = self.resume.lock().unwrap_or_else(PoisonError::into_inner);
        *resume = Some(resume.map_or(until, |resume| resume.max(until)));
    }

    fn held_back(&self) -> Option<Duration> {
        let resume = *self.resume.lock().unwrap_or_else(PoisonError::into_inner);
        resume.and_then(|resume| resume.checked_duration_since(Instant::now())).filter(|wait| !wait.is_zero())
    }
}
