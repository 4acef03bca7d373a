//! When a host is not asked at all: it refuses us, or it is down and gets a rest.
//!
//! ```text
//!           so many failures in a row            a refusal
//! closed ─────────────────────────────▶ resting ───────────▶ closed to us, for as long as the process lives
//!    ▲                                     │ after a while
//!    └──────── success ──── one trial ◀────┘
//! ```
//!
//! What is under way may end; nothing starts, retries included. Tasks that share a fetcher share this, too.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::FetchError;

/// The breaker of one host.
#[derive(Debug)]
pub(super) struct Breaker {
    /// So many requests in a row fail before the host gets a rest.
    failures: u32,
    rest: Duration,
    state: Mutex<State>,
    /// Wakes requests that wait for their turn, once none may start any more.
    opened: Notify,
}

#[derive(Debug, Default)]
struct State {
    failed_in_a_row: u32,
    resting_until: Option<Instant>,
    /// Whether a request is under way that shows if the host is back.
    on_trial: bool,
    /// What showed that the host refuses us.
    refusal: Option<String>,
}

/// Permission to ask, for one request with all its attempts.
#[derive(Debug)]
pub(super) struct Pass {
    breaker: Arc<Breaker>,
    is_trial: bool,
}

impl Breaker {
    pub(super) fn new(failures: u32, rest: Duration) -> Self {
        Self { failures: failures.max(1), rest, state: Mutex::default(), opened: Notify::new() }
    }

    /// Asks for permission.
    ///
    /// # Errors
    /// [`FetchError::Blocked`] once the host has refused us, [`FetchError::Resting`] while it gets a rest.
    pub(super) fn enter(self: &Arc<Self>, url: &str) -> Result<Pass, FetchError> {
        let mut state = self.state();
        state.check(url, false)?;
        // Its rest is over, or never began; after a rest, one request goes ahead.
        let is_trial = state.resting_until.is_some();
        state.on_trial |= is_trial;
        drop(state);
        Ok(Pass { breaker: Arc::clone(self), is_trial })
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The host has answered. A success that was under way when a rest began does not end it: the trial does.
    fn answered(&mut self, is_trial: bool) {
        if is_trial || self.resting_until.is_none() {
            self.failed_in_a_row = 0;
            self.resting_until = None;
        }
    }

    fn check(&self, url: &str, is_trial: bool) -> Result<(), FetchError> {
        if let Some(reason) = &self.refusal {
            let reason = format!("its host has refused an earlier request, and is asked for nothing more: {reason}");
            return Err(FetchError::Blocked { url: url.to_owned(), reason });
        }
        let Some(until) = self.resting_until.filter(|_| !is_trial) else { return Ok(()) };
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() && !self.on_trial {
            return Ok(());
        }
        Err(FetchError::Resting { url: url.to_owned(), failures: self.failed_in_a_row, left })
    }
}

impl Pass {
    /// Whether a request may still start.
    ///
    /// # Errors
    /// Those of [`Breaker::enter`].
    pub(super) fn check(&self, url: &str) -> Result<(), FetchError> {
        let state = self.breaker.state();
        // A rest that has ended meanwhile is for a trial to find out; this request was not chosen.
        match state.resting_until {
            Some(until) if !self.is_trial && until <= Instant::now() && state.refusal.is_none() => {
                Err(FetchError::Resting { url: url.to_owned(), failures: state.failed_in_a_row, left: Duration::ZERO })
            }
            _ => state.check(url, self.is_trial),
        }
    }

    /// Waits for `turn`, or for the moment from which on no request may start.
    ///
    /// # Errors
    /// Those of [`Breaker::enter`].
    pub(super) async fn unless_opened<T>(&self, url: &str, turn: impl Future<Output = T>) -> Result<T, FetchError> {
        tokio::pin!(turn);
        loop {
            // Made before the check: what happens in between wakes it.
            let opened = self.breaker.opened.notified();
            tokio::pin!(opened);
            opened.as_mut().enable();
            self.check(url)?;
            tokio::select! {
                turn = &mut turn => {
                    self.check(url)?;
                    return Ok(turn);
                }
                () = opened => {}
            }
        }
    }

    /// Tells how the request ended. What says nothing of the host (settings, robots.txt, a budget) changes nothing.
    pub(super) fn ended<T>(self, answer: &Result<T, FetchError>) {
        let mut state = self.breaker.state();
        match answer {
            Ok(_) => state.answered(self.is_trial),
            Err(error) if error.is_of_the_page() => state.answered(self.is_trial),
            Err(FetchError::Down { url, reason, .. }) => {
                state.failed_in_a_row = state.failed_in_a_row.saturating_add(1);
                let begins = state.resting_until.is_none() && state.failed_in_a_row >= self.breaker.failures;
                if begins || self.is_trial {
                    let (failures, rest) = (state.failed_in_a_row, self.breaker.rest);
                    tracing::warn!(url, reason, failures, rest_seconds = rest.as_secs_f64(), "the host gets a rest");
                    state.resting_until = Some(Instant::now() + rest);
                    self.breaker.opened.notify_waiters();
                }
            }
            Err(FetchError::Blocked { url, reason }) if state.refusal.is_none() => {
                state.refusal = Some(format!("{url}: {reason}"));
                self.breaker.opened.notify_waiters();
            }
            Err(_) => {}
        }
    }
}

/// A trial that ends, however it ends, lets another one begin.
impl Drop for Pass {
    fn drop(&mut self) {
        if self.is_trial {
            self.breaker.state().on_trial = false;
        }
    }
}
