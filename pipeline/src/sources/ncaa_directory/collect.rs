//! Asks the directory for everything, list by list and page by page.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use futures::future::LocalBoxFuture;

use super::extract;
use super::records::{ConferenceRecord, DetailRecord, MemberRecord, SportRecord};
use super::{requests, tables};
use crate::Result;
use crate::fetch::is_blocked;
use crate::report::Progress;
use crate::sources::batch::Batch;
use crate::sources::found::{Extracted, Found};
use crate::sources::pages::{Kind, PageCounts, Pages};
use crate::sources::task::Context;

/// What the list of members and their pages say of the schools.
#[derive(Debug, Default)]
pub struct Schools {
    /// The schools, as the list of members gives them.
    pub members: Extracted<MemberRecord>,
    /// What the detail pages add, by the school's id. A school without a page is not in it.
    pub details: BTreeMap<i32, DetailRecord>,
    /// What became of the detail pages.
    pub pages: PageCounts,
}

/// What the lists of conferences and their pages say.
#[derive(Debug, Default)]
pub struct Conferences {
    /// The conferences, as their list gives them.
    pub list: Extracted<ConferenceRecord>,
    /// What the detail pages add, by the conference's id.
    pub details: BTreeMap<i32, DetailRecord>,
    /// What became of the detail pages.
    pub pages: PageCounts,
    /// Why what should add to the list could not be had.
    pub remark: Option<String>,
}

/// The sports, doubled codes twice.
///
/// # Errors
/// The fetcher's; a list that is not what it used to be exits 65.
pub async fn sports(pages: &Pages) -> Result<Extracted<SportRecord>> {
    extract::sports(&pages.shared(&requests::sports()).await?)
}

/// The conferences. Sites and divisions are in the list of members of another type, which nobody has recorded: what it and the
/// detail pages of those that it names do not give, or not as expected, costs nothing else. A limit leaves both out, as
/// it bounds the requests for details.
///
/// # Errors
/// As [`sports`], and a site that refuses us.
pub async fn conferences(pages: &Pages, limit: Option<u64>, progress: &Progress) -> Result<Conferences> {
    let list = extract::conferences(&pages.get(&requests::conferences()).await?)?;
    let mut found = Conferences { list, ..Conferences::default() };
    if limit.is_some() {
        return Ok(found);
    }
    let more = async {
        let answer = pages.get(&requests::conference_members()).await?;
        if answer.is_absent() {
            tracing::info!(url = answer.url, "there is no list of conferences as members");
            return Ok(Default::default());
        }
        let members = extract::conference_members(&answer)?;
        let known: BTreeSet<i32> = found.list.records.iter().map(|listed| listed.record.ncaa_id).collect();
        let ids = members.keys().copied().filter(|id| known.contains(id));
        let details = details(pages, "conference-detail", progress, ids.collect()).await?;
        Ok((members, details))
    };
    match more.await {
        Ok((members, (details, counts))) => {
            for listed in &mut found.list.records {
                if let Some(member) = members.get(&listed.record.ncaa_id) {
                    listed.record.add(member.clone());
                }
            }
            (found.details, found.pages) = (details, counts);
        }
        Err(error) if is_blocked(&error) => return Err(error),
        Err(error) => found.remark = Some(format!("sites and profiles of conferences are left as they are: {error}")),
    }
    Ok(found)
}

/// The schools and their detail pages. `limit` bounds the schools, and so the pages.
///
/// # Errors
/// As [`sports`], and those of [`Pages::each`].
pub async fn schools(pages: &Pages, limit: Option<u64>, progress: &Progress) -> Result<Schools> {
    let members = extract::members(&pages.get(&requests::members()).await?, limit)?;
    // A school that the list gives twice has one page.
    let ids: BTreeSet<i32> = members.records.iter().map(|school| school.record.ncaa_id).collect();
    let (details, counts) = details(pages, "detail", progress, ids).await?;
    Ok(Schools { members, details, pages: counts })
}

async fn details(
    pages: &Pages,
    name: &'static str,
    progress: &Progress,
    ids: BTreeSet<i32>,
) -> Result<(BTreeMap<i32, DetailRecord>, PageCounts)> {
    let told = if name == "detail" { "schools" } else { "conferences" };
    let progress = progress.task(told, Some(ids.len() as u64));
    let requests = ids.into_iter().map(|id| (id, requests::detail(id))).collect();
    let read = |response: &_| Ok(Some(extract::detail(response)).filter(|detail| !detail.is_empty()));
    let (found, counts) = pages.each(&Kind { name, progress: &progress }, requests, read).await?;
    Ok((found.into_iter().collect(), counts))
}

/// The task `sports`.
pub(super) fn collect_sports<'a>(context: &'a Context<'a>) -> LocalBoxFuture<'a, Result<Batch>> {
    Box::pin(async move {
        let mut batch = Batch::default();
        let found = batch.take(sports(context.pages).await?);
        batch.whole(found.into_iter().map(|found| found.map(tables::sport)).collect());
        Ok(batch)
    })
}

/// The task `conferences`.
pub(super) fn collect_conferences<'a>(context: &'a Context<'a>) -> LocalBoxFuture<'a, Result<Batch>> {
    Box::pin(async move {
        let mut batch = Batch::default();
        let Conferences { list, mut details, pages, remark } =
            conferences(context.pages, context.limit, context.progress).await?;
        pages.skip("conference-detail", &mut batch);
        batch.remarks.extend(remark);
        let row = |found: Found<ConferenceRecord>| {
            let detail = details.remove(&found.record.ncaa_id).unwrap_or_default();
            found.map(|record| tables::conference(record, detail))
        };
        let rows = batch.take(list).into_iter().map(row).collect();
        batch.whole(rows);
        Ok(batch)
    })
}

/// The task `schools`.
pub(super) fn collect_schools<'a>(context: &'a Context<'a>) -> LocalBoxFuture<'a, Result<Batch>> {
    Box::pin(async move {
        // The pages name sports by their labels.
        let codes: HashMap<String, String> = tables::codes(&sports(context.pages).await?.records);
        let found = schools(context.pages, context.limit, context.progress).await?;
        Ok(tables::schools(found, &codes))
    })
}

/// The task `memberships`: which schools sponsor a sport, in one request where the detail pages of all schools would tell it, too.
pub(super) fn collect_memberships<'a>(context: &'a Context<'a>) -> LocalBoxFuture<'a, Result<Batch>> {
    Box::pin(async move {
        let mut batch = Batch::default();
        let sport = context.partition.sport()?;
        let answer = context.pages.get(&requests::members_of(sport)).await?;
        let mut members = extract::members(&answer, context.limit)?;
        for refused in &mut members.refused {
            refused.table = "public.school_sport";
        }
        let members = batch.take(members);
        batch.rows(members.into_iter().map(|found| found.map(|member| tables::membership(sport, &member))).collect());
        Ok(batch)
    })
}
