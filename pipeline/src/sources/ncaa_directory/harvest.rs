//! Asks the directory for everything, list by list and page by page, and turns it into records.

use std::collections::{BTreeMap, BTreeSet};

use futures::StreamExt;
use futures::stream;

use super::extract;
use super::records::{ConferenceRecord, DetailRecord, MemberRecord, SportRecord};
use super::requests;
use crate::fetch::{FetchError, Fetcher};
use crate::sources::found::{Extracted, layout_changed_at};
use crate::{Error, Exit, Result};

/// Everything that one pass over the directory found.
#[derive(Debug, Default)]
pub struct Harvest {
    /// The sports, doubled codes twice.
    pub sports: Extracted<SportRecord>,
    /// The conferences.
    pub conferences: Extracted<ConferenceRecord>,
    /// The schools, as the list of members gives them.
    pub schools: Extracted<MemberRecord>,
    /// What the detail pages add, by the school's id. A school without a page is not in it.
    pub details: BTreeMap<i32, DetailRecord>,
    /// What became of the detail pages.
    pub pages: DetailCounts,
}

/// What became of the detail pages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DetailCounts {
    /// Pages that gave something.
    pub read: u64,
    /// Pages that showed nothing known.
    pub empty: u64,
    /// Schools that have no page (404): no fault.
    pub absent: u64,
    /// Pages that could not be had, while others could.
    pub unavailable: u64,
}

/// How far a pass over the directory is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// The lists are read; so many detail pages are to come.
    Listed {
        /// Schools, and so detail pages.
        schools: usize,
    },
    /// One more detail page is done.
    Page,
}

impl Harvest {
    /// What was passed over and what could not be had, by reason: the result's `skipped`.
    pub fn skipped(&self) -> BTreeMap<&'static str, u64> {
        let mut skipped = BTreeMap::new();
        for passed_over in [&self.sports.passed_over, &self.conferences.passed_over, &self.schools.passed_over] {
            for (reason, count) in passed_over {
                *skipped.entry(*reason).or_default() += count;
            }
        }
        for (reason, count) in [("detail-unavailable", self.pages.unavailable), ("detail-empty", self.pages.empty)] {
            if count > 0 {
                skipped.insert(reason, count);
            }
        }
        skipped
    }
}

/// Fetches and extracts the whole directory. `limit` bounds the schools, and so the detail pages; lists load in full.
///
/// A single detail page that cannot be had (the site fails, refuses this one, redirects away, answers without end) is passed
/// over and counted. When all of them fail, or more than 3 and a twentieth, the last failure is the error.
///
/// # Errors
/// The fetcher's; a list that is not what it used to be, and detail pages of which none shows anything known, exit 65.
pub async fn harvest(fetcher: &Fetcher, limit: Option<u64>, progress: &(dyn Fn(Progress) + Sync)) -> Result<Harvest> {
    let sports = extract::sports(&fetcher.get(&requests::sports()).await?)?;
    let conferences = extract::conferences(&fetcher.get(&requests::conferences()).await?)?;
    let schools = extract::members(&fetcher.get(&requests::members()).await?, limit)?;
    progress(Progress::Listed { schools: schools.records.len() });

    let mut details = BTreeMap::new();
    let mut pages = DetailCounts::default();
    let bearable = 3 + schools.records.len() as u64 / 20;
    let mut last_failure = None;
    let mut last_empty = None;
    // A school that the list gives twice has one page.
    let ids: BTreeSet<i32> = schools.records.iter().map(|school| school.record.ncaa_id).collect();
    let mut answers = stream::iter(ids)
        .map(|id| async move { (id, fetcher.get(&requests::detail(id)).await) })
        .buffer_unordered(fetcher.concurrency());
    while let Some((id, answer)) = answers.next().await {
        match answer {
            Ok(response) if response.is_absent() => pages.absent += 1,
            Ok(response) => {
                let url = response.url.clone();
                // Parsing a page may take long; a signal must be able to end the job meanwhile.
                let detail =
                    tokio::task::spawn_blocking(move || extract::detail(&response)).await.map_err(|error| {
                        Error::new(Exit::Input, format!("the detail page {url} cannot be read: {error}"))
                            .caused_by(error)
                    })?;
                if detail.is_empty() {
                    tracing::warn!(url, "the detail page shows nothing that is known");
                    pages.empty += 1;
                    last_empty = Some(url);
                } else {
                    pages.read += 1;
                    details.insert(id, detail);
                }
            }
            Err(error) if is_of_the_page(&error) && pages.unavailable < bearable => {
                tracing::warn!(school = id, %error, "no details of this school");
                pages.unavailable += 1;
                last_failure = Some(error);
            }
            Err(error) => return Err(error.into()),
        }
        progress(Progress::Page);
    }
    drop(answers);
    if let Some(error) = last_failure.filter(|_| pages.read + pages.empty + pages.absent == 0) {
        return Err(error.into());
    }
    if let Some(url) = last_empty.filter(|_| pages.read == 0 && pages.empty >= TELLING) {
        return Err(layout_changed_at(
            &url,
            format_args!("none of {} detail pages shows anything that is known; this is the last of them", pages.empty),
        ));
    }
    Ok(Harvest { sports, conferences, schools, details, pages })
}

/// So many detail pages without anything known, and none with something, are no accident.
const TELLING: u64 = 3;

/// Whether an error is about the one page that was asked for, rather than about the site, our settings or the recording.
fn is_of_the_page(error: &FetchError) -> bool {
    error.is_of_the_page() || matches!(error, FetchError::Down { .. })
}
