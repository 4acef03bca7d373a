//! The jobs: what runs, in which order.
//!
//! ```text
//! Selection -> Plan -> execute -> stage: collect -> load, in one transaction with its bookkeeping
//! ```
//!
//! [`sync()`] and [`test()`] share one path from the source to the rows; `test` stops before the database. [`load()`] brings
//! files into a table.

mod attempts;
mod collect;
mod execute;
mod fetcher;
mod foresee;
mod load;
mod outcome;
mod prepare;
mod replay;
mod stage;
mod sync;
mod test;

pub use fetcher::fetcher;
pub use load::{LoadOptions, load};
pub use replay::{ReplayOptions, replay};
pub use sync::{SyncOptions, What, database_config, sync};
pub use test::{TestOptions, test};

use chrono::{DateTime, Utc};
use outcome::{account, load_options};

use crate::database::Database;
use crate::fetch::{Fetcher, shipped_at};
use crate::job::{Job, JobOptions, Traffic};
use crate::metrics;
use crate::report::Run;
use crate::{Error, Exit, Result};

/// Waits for work, or for a signal that ends it where it stands.
async fn unless_stopped<T, O>(job: &Job<O>, work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::select! {
        biased;
        () = job.shutdown.requested() => {
            job.shutdown.check()?;
            Err(Error::new(Exit::Interrupted, "stopped"))
        }
        outcome = work => outcome,
    }
}

/// The moment whose season and week are meant where none is named: now, or when the shipped recording was made, for it holds no
/// later ones.
fn present<O: AsRef<JobOptions>>(job: &Job<O>) -> DateTime<Utc> {
    if job.options.as_ref().traffic == Traffic::Offline { shipped_at() } else { Utc::now() }
}

/// Asks the database for the figures that only it knows, where somebody is to see them. They are not worth failing for.
async fn observe<O>(job: &Job<O>, database: &Database, has_ended: bool) {
    if !job.settings.metrics.is_on() {
        return;
    }
    let asked = async {
        metrics::last_successes(&database.pool).await?;
        if has_ended { metrics::waiting(&database.pool).await } else { Ok(()) }
    };
    if let Err(error) = asked.await {
        tracing::warn!("the metrics lack what the database knows: {error}");
    }
}

/// Counts what was fetched.
fn end_of_fetching(run: &mut Run, fetcher: &Fetcher) {
    let statistics = fetcher.statistics();
    run.requests(statistics.requests, statistics.retries);
    if statistics.from_cache + statistics.not_modified > 0 {
        let (stored, confirmed) = (statistics.from_cache, statistics.not_modified);
        run.remark(format!("answers from the cache: {stored} without a request, {confirmed} confirmed by the site"));
    }
}
