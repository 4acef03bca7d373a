//! `pipeline test`: extraction and validation, without a database.

use models::Insert;

use super::{directory, end_of_fetching, fetcher, unless_stopped};
use crate::Result;
use crate::job::Job;
use crate::report::{Run, TableCounts};
use crate::sources::found::{Found, Refused};
use crate::validate::check_row;

/// Fetches, extracts and validates, and tells what was found and what was refused, and why. Rows that would be accepted
/// count as `ignored`: nothing is loaded.
///
/// # Errors
/// Those of the source. A blocked source is told to `run` instead.
pub async fn test(job: &Job, run: &mut Run) -> Result<()> {
    let fetcher = fetcher(job)?;
    let collected = unless_stopped(job, directory::collect(job, run, &fetcher)).await;
    let Some(rows) = end_of_fetching(run, &fetcher, collected)? else { return Ok(()) };
    validate(run, &rows.sports);
    validate(run, &rows.conferences);
    validate(run, &rows.locations);
    validate(run, &rows.schools);
    validate(run, &rows.school_sports);
    rows.refused.iter().for_each(|refused| tell(run, refused));
    run.finished();
    Ok(())
}

fn validate<R: Insert>(run: &mut Run, rows: &[Found<R>]) {
    let table = R::TABLE.qualified_name();
    run.count(&table, TableCounts::default());
    for found in rows {
        let outcome = check_row(&found.record);
        run.count(&table, counts(outcome.is_ok()));
        if let Err(refusal) = outcome {
            tracing::warn!(table, url = &*found.place.url, offset = found.place.offset, "refused: {refusal}");
            run.refuse(&table, refusal.reason.as_str(), None);
        }
    }
}

/// What the extractor refused.
fn tell(run: &mut Run, refused: &Refused) {
    let key = refused.key.as_ref().map(ToString::to_string);
    let (url, offset) = (&*refused.place.url, refused.place.offset);
    tracing::warn!(table = refused.table, url, offset, "refused: {} ({})", refused.message, refused.reason.as_str());
    run.count(refused.table, counts(false));
    run.refuse(refused.table, refused.reason.as_str(), key.as_deref());
}

fn counts(accepted: bool) -> TableCounts {
    TableCounts { read: 1, ignored: accepted.into(), quarantined: (!accepted).into(), ..TableCounts::default() }
}
