//! The NCAA directory: from the site to rows.

use std::sync::Mutex;

use crate::Result;
use crate::fetch::Fetcher;
use crate::job::Job;
use crate::report::{ProgressTask, Run};
use crate::sources::ncaa_directory::{self, Progress, Rows};

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
