//! Commits, and what is known of one whose answer was lost.

use std::time::Duration;

use sqlx::{PgConnection, PgPool};

use super::failure;
use super::session::LoadOutcome;
use crate::{Error, Result};

/// What became of a commit.
#[derive(Debug)]
pub enum Committed {
    /// Everything is in the database.
    Done(LoadOutcome),
    /// Nothing is.
    Failed(Error),
    /// The connection was lost before the answer came: [`was_committed`] tells.
    Unknown {
        /// How the connection was lost.
        error: Error,
        /// PostgreSQL's number of the transaction.
        transaction: String,
        /// What the load did, if it was committed.
        outcome: LoadOutcome,
    },
}

impl Committed {
    pub(super) fn of(committed: sqlx::Result<()>, transaction: Option<String>, outcome: LoadOutcome) -> Self {
        let Err(error) = committed else { return Self::Done(outcome) };
        // The server's own word is that it did not; and what has no number has changed nothing.
        let lost = error.as_database_error().is_none();
        let error = failure::database("committing", error);
        match transaction.filter(|_| lost) {
            Some(transaction) => Self::Unknown { error, transaction, outcome },
            None => Self::Failed(error),
        }
    }
}

/// The number of the transaction, if it has changed anything.
pub(super) async fn transaction_id(connection: &mut PgConnection) -> Result<Option<String>> {
    let query = sqlx::query_scalar("SELECT pg_current_xact_id_if_assigned()::text").persistent(false);
    query.fetch_one(connection).await.map_err(|error| failure::database("committing", error))
}

/// Asks the server whether a transaction was committed, as soon as it answers again; `None` if that cannot be known.
pub async fn was_committed(pool: &PgPool, transaction: &str) -> Option<bool> {
    // A backend that lost its client may still be at it.
    for _ in 0..50 {
        let mut asking = pool.begin().await.ok()?;
        let query = sqlx::query_scalar("SELECT pg_xact_status($1::text::xid8)").persistent(false).bind(transaction);
        let status: Option<String> = query.fetch_one(&mut *asking).await.ok()?;
        drop(asking);
        match status.as_deref() {
            Some("committed") => return Some(true),
            Some("aborted") => return Some(false),
            Some("in progress") => tokio::time::sleep(Duration::from_millis(100)).await,
            _ => return None,
        }
    }
    None
}
