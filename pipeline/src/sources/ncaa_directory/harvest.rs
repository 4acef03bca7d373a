//! Asks the directory for everything, list by list and page by page, and turns it into records.

use std::collections::{BTreeMap, BTreeSet};

use futures::StreamExt;
use futures::stream;

use super::extract;
use super::records::{ConferenceRecord, DetailRecord, MemberRecord, SportRecord};
use super::requests;
use crate::Result;
use crate::fetch::{FetchError, Fetcher};
use crate::sources::found::Extracted;

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
    /// Pages that the site could not give after all attempts, while it gave others.
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
        if self.pages.unavailable > 0 {
            skipped.insert("detail-unavailable", self.pages.unavailable);
        }
        skipped
    }
}

/// Fetches and extracts the whole directory. `limit` bounds the schools, and so the detail pages; lists load in full.
///
/// A single detail page that the site cannot give is passed over and counted. When all of them fail, or more than 3 and a
/// twentieth, the site is down.
///
/// # Errors
/// The fetcher's; and a list that is not what it used to be, exit 65.
pub async fn harvest(fetcher: &Fetcher, limit: Option<u64>, progress: &(dyn Fn(Progress) + Sync)) -> Result<Harvest> {
    let sports = extract::sports(&fetcher.get(&requests::sports()).await?)?;
    let conferences = extract::conferences(&fetcher.get(&requests::conferences()).await?)?;
    let schools = extract::members(&fetcher.get(&requests::members()).await?, limit)?;
    progress(Progress::Listed { schools: schools.records.len() });

    let mut details = BTreeMap::new();
    let mut pages = DetailCounts::default();
    let bearable = 3 + schools.records.len() as u64 / 20;
    let mut last_failure = None;
    // A school that the list gives twice has one page.
    let ids: BTreeSet<i32> = schools.records.iter().map(|school| school.record.ncaa_id).collect();
    let mut answers = stream::iter(ids)
        .map(|id| async move { (id, fetcher.get(&requests::detail(id)).await) })
        .buffer_unordered(fetcher.concurrency());
    while let Some((id, answer)) = answers.next().await {
        match answer {
            Ok(response) if response.is_absent() => pages.absent += 1,
            Ok(response) => {
                let detail = extract::detail(&response);
                if detail.is_empty() {
                    tracing::warn!(url = response.url, "the detail page shows nothing that is known");
                    pages.empty += 1;
                } else {
                    pages.read += 1;
                    details.insert(id, detail);
                }
            }
            Err(error @ FetchError::Down { .. }) if pages.unavailable < bearable => {
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
    Ok(Harvest { sports, conferences, schools, details, pages })
}
