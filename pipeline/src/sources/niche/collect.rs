//! Reads profiles from the files that are named, or else asks the site for them.

use bytes::Bytes;
use futures::future::LocalBoxFuture;

use super::records::{ListedRecord, ProfileRecord};
use super::{extract, requests, tables};
use crate::fetch::Response;
use crate::sources::batch::Batch;
use crate::sources::found::Found;
use crate::sources::pages::Kind;
use crate::sources::task::Context;
use crate::{Error, Exit, Result};

/// Why a college beyond the limit is not asked for.
const BEYOND_LIMIT: &str = "beyond-limit";

/// The task `niche`.
pub(super) fn collect<'a>(context: &'a Context<'a>) -> LocalBoxFuture<'a, Result<Batch>> {
    Box::pin(async move {
        let mut batch = Batch::default();
        let (profiles, listed) = if context.files.is_empty() {
            of_site(context, &mut batch).await?
        } else {
            (of_files(context, &mut batch)?, Vec::new())
        };
        if context.known.is_nothing() {
            batch.not_resolved(profiles.len());
            return Ok(batch);
        }
        let rows = tables::rows(profiles, &listed, &context.known.matcher().await?);
        rows.passed_over.into_iter().for_each(|(reason, number)| batch.skip(reason, number));
        batch.refused.extend(rows.refused);
        batch.rows(rows.aliases);
        batch.rows(rows.profiles);
        batch.rows(rows.grades);
        Ok(batch)
    })
}

fn of_files(context: &Context<'_>, batch: &mut Batch) -> Result<Vec<Found<ProfileRecord>>> {
    let mut profiles = Vec::new();
    for path in context.files {
        let name = path.display().to_string();
        let bytes = std::fs::read(path)
            .map_err(|error| Error::new(Exit::Usage, format!("the file {name} cannot be read")).caused_by(error))?;
        profiles.extend(batch.take(extract::file(&name, &Bytes::from(bytes))?));
    }
    cut(&mut profiles, context.limit, batch);
    Ok(profiles)
}

/// The list page by page, until one has no more colleges, then the profile of each.
async fn of_site(context: &Context<'_>, batch: &mut Batch) -> Result<(Vec<Found<ProfileRecord>>, Vec<ListedRecord>)> {
    let mut listed = Vec::new();
    let progress = context.progress.task("list", None);
    for page in 1.. {
        let answer = context.pages.get(&requests::list(page)).await?;
        if answer.is_absent() && page > 1 {
            break;
        }
        let found = batch.take(extract::list(&answer, page)?);
        progress.advance(1);
        let is_enough = context.limit.is_some_and(|limit| listed.len() as u64 + found.len() as u64 > limit);
        let is_last = found.is_empty();
        listed.extend(found);
        if is_last || is_enough {
            break;
        }
    }
    drop(progress);
    cut(&mut listed, context.limit, batch);
    let listed: Vec<ListedRecord> = listed.into_iter().map(|found| found.record).collect();
    let progress = context.progress.task("profiles", Some(listed.len() as u64));
    let requests = listed.iter().map(|college| ((), requests::profile(&college.slug))).collect();
    let read = |answer: &Response| extract::profile(answer).map(Some);
    let (pages, counts) = context.pages.each(&Kind { name: "profile", progress: &progress }, requests, read).await?;
    counts.skip("profile", batch);
    let profiles = pages.into_iter().flat_map(|((), page)| batch.take(page)).collect();
    Ok((profiles, listed))
}

fn cut<T>(records: &mut Vec<Found<T>>, limit: Option<u64>, batch: &mut Batch) {
    if let Some(limit) = limit.and_then(|limit| usize::try_from(limit).ok())
        && records.len() > limit
    {
        batch.skip(BEYOND_LIMIT, (records.len() - limit) as u64);
        records.truncate(limit);
    }
}
