//! Ending early, in order: the first SIGINT or SIGTERM asks the work to finish its batch, the second ends the process.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::error::{Error, Exit, Result};

/// The wish that the work end. Clones share it; jobs look at it between batches, or wait for it beside other things.
#[derive(Debug, Clone, Default)]
pub struct Shutdown {
    token: CancellationToken,
    /// The exit code of the signal that came first, or zero.
    exit: Arc<AtomicU8>,
}

impl Shutdown {
    /// Listens for SIGINT and SIGTERM from now on. From the second signal on, the process exits at once: open transactions
    /// are rolled back by PostgreSQL when the connection breaks.
    ///
    /// # Errors
    /// If the handlers cannot be installed.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn listen() -> io::Result<Self> {
        let shutdown = Self::default();
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        let listener = shutdown.clone();
        tokio::spawn(async move {
            loop {
                let exit = tokio::select! {
                    _ = interrupt.recv() => Exit::Interrupted,
                    _ = terminate.recv() => Exit::Terminated,
                };
                if listener.is_requested() {
                    std::process::exit(exit.code().into());
                }
                listener.request(exit);
                tracing::warn!("{}; the batch is being finished, a second signal ends at once", reason(exit));
            }
        });
        Ok(shutdown)
    }

    /// Asks for the end, as the signal that leads to `exit` does. The first request stands.
    pub fn request(&self, exit: Exit) {
        // The code before the token: whoever sees the token cancelled finds the code.
        let _ = self.exit.compare_exchange(0, exit.code(), Ordering::SeqCst, Ordering::SeqCst);
        self.token.cancel();
    }

    /// Whether the end was asked for.
    pub fn is_requested(&self) -> bool {
        self.token.is_cancelled()
    }

    /// Waits until the end is asked for.
    pub async fn requested(&self) {
        self.token.cancelled().await;
    }

    /// The token itself, for code that knows nothing of signals.
    pub fn token(&self) -> CancellationToken {
        self.token.clone()
    }

    /// Goes on, unless the end was asked for.
    ///
    /// # Errors
    /// [`Exit::Interrupted`] or [`Exit::Terminated`], as the signal was.
    pub fn check(&self) -> Result<()> {
        if !self.is_requested() {
            return Ok(());
        }
        let terminated = self.exit.load(Ordering::SeqCst) == Exit::Terminated.code();
        let exit = if terminated { Exit::Terminated } else { Exit::Interrupted };
        Err(Error::new(exit, reason(exit)))
    }
}

fn reason(exit: Exit) -> &'static str {
    match exit {
        Exit::Terminated => "stopped by SIGTERM",
        _ => "stopped by SIGINT",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_first_request_stands_and_every_clone_sees_it() {
        let shutdown = Shutdown::default();
        let job = shutdown.clone();
        assert!(job.check().is_ok());
        shutdown.request(Exit::Terminated);
        shutdown.request(Exit::Interrupted);
        job.requested().await;
        assert_eq!(job.check().unwrap_err().exit(), Exit::Terminated);
    }
}
