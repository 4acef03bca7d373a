//! What only the database knows: what other runs loaded, and what waits.

use sqlx::PgPool;

use super::table::METRICS;
use crate::Result;
use crate::database;
use crate::graph;
use crate::quarantine::{Filter, Kind, purge};

/// Asks when each task was loaded last.
///
/// # Errors
/// Those of the database.
pub(crate) async fn last_successes(pool: &PgPool) -> Result<()> {
    let mut transaction = database::begin(pool).await?;
    let known = database::task_summaries(&mut transaction).await?;
    for (source, task) in graph::all_tasks() {
        let loaded = known.iter().find(|known| known.task == task.name).and_then(|known| known.loaded_at);
        if let Some(at) = loaded {
            METRICS.last_success.of([source.dag, task.name]).set(seconds(at));
        }
    }
    Ok(())
}

/// Asks what waits in the quarantine.
///
/// # Errors
/// Those of the database.
pub(crate) async fn waiting(pool: &PgPool) -> Result<()> {
    let mut transaction = database::begin(pool).await?;
    let open = Filter::default();
    let records = purge(&mut transaction, &open, Kind::Record, false).await?;
    let references = purge(&mut transaction, &open, Kind::Reference, false).await?;
    METRICS.quarantine.clear();
    METRICS.references.clear();
    // They are told by source, too.
    for waiting in records {
        METRICS.quarantine.of([&waiting.table_name, &waiting.reason]).inc_by(waiting.open as f64);
    }
    for waiting in references {
        METRICS.references.of([&waiting.table_name]).inc_by(waiting.open as f64);
    }
    Ok(())
}

fn seconds(at: chrono::DateTime<chrono::Utc>) -> f64 {
    at.timestamp_micros() as f64 / 1e6
}
