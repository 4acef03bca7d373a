//! One load of a task at a time: an advisory lock for as long as the transaction lasts.

use sqlx::PgConnection;

use super::failure;
use crate::{Error, Exit, Result};

const TRY: &str = "SELECT pg_try_advisory_xact_lock(hashtextextended('pipeline load ' || $1, 0))";
const WAIT: &str = "SELECT pg_advisory_xact_lock(hashtextextended('pipeline load ' || $1, 0))";

/// Takes the lock, or waits for it as long as `lock_timeout` allows.
///
/// # Errors
/// Exit code 75 if another load holds it longer.
pub(super) async fn take(transaction: &mut PgConnection, holder: &str) -> Result<()> {
    let failed = |error| failure::database("beginning a transaction", error);
    let free = sqlx::query_scalar(TRY).persistent(false).bind(holder).fetch_one(&mut *transaction).await;
    if free.map_err(failed)? {
        return Ok(());
    }
    tracing::info!("waiting for another load of {holder}");
    let waited = sqlx::query(WAIT).persistent(false).bind(holder).execute(transaction).await;
    waited.map(drop).map_err(|error| match error.as_database_error().and_then(|error| error.code()).as_deref() {
        Some("55P03") => Error::new(Exit::Temporary, format!("another load of {holder} is at work"))
            .help("try again when it has ended; load.lock_timeout says how long to wait for it"),
        _ => failed(error),
    })
}
