//! The NCAA directory: from the site to rows, and from rows to records for the loader.

use std::sync::{Arc, Mutex};

use crate::Result;
use crate::fetch::Fetcher;
use crate::job::Job;
use crate::load::{Origin, Rejected, Row};
use crate::report::{ProgressTask, Run};
use crate::sources::found::{Found, Place, Refused};
use crate::sources::ncaa_directory::{self, Progress, Rows, SOURCE};

/// Asks for everything and makes rows of it. What extractors passed over is counted.
pub(super) async fn collect(job: &Job, run: &mut Run, fetcher: &Fetcher) -> Result<Rows> {
    let lists = job.progress.task("lists", None);
    let pages: Mutex<Option<ProgressTask>> = Mutex::new(None);
    let tell = |progress| {
        let Ok(mut pages) = pages.lock() else { return };
        match progress {
            Progress::Listed { schools } => {
                lists.advance(3);
                *pages = Some(job.progress.task("schools", Some(schools as u64)));
            }
            Progress::Page => {
                if let Some(task) = &*pages {
                    task.advance(1);
                }
            }
        }
    };
    let harvest = ncaa_directory::harvest(fetcher, job.options.limit, &tell).await?;
    for (reason, number) in harvest.skipped() {
        run.skip(reason, number);
    }
    Ok(ncaa_directory::rows(harvest))
}

/// Where something was found, for the quarantine.
fn origin(place: Place) -> Arc<Origin> {
    Arc::new(Origin {
        source: Arc::from(SOURCE.name),
        url: Some(place.url),
        file: None,
        byte_offset: Some(place.offset as u64),
        media_type: place.media_type,
        raw: place.raw,
    })
}

/// A row for the loader.
pub(super) fn row<R>(found: Found<R>) -> Row<R> {
    Row { row: found.record, origin: origin(found.place) }
}

/// What an extractor refused, for the quarantine.
pub(super) fn rejected(refused: Refused) -> Rejected {
    Rejected {
        table: refused.table.to_owned(),
        reason: refused.reason.as_str().into(),
        message: refused.message,
        key: refused.key,
        origin: origin(refused.place),
    }
}
