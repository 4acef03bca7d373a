//! Asks the site for its schools, and for the leaders of each statistic of a sport.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, Utc};
use futures::future::LocalBoxFuture;
use models::{Division, Subdivision};

use super::extract;
use super::records::{Kind as Subjects, StatPage};
use super::resolve::{KnownRoster, resolve};
use super::{SportPath, path_of, requests, tables};
use crate::fetch::Response;
use crate::sources::batch::Batch;
use crate::sources::found::layout_changed_at;
use crate::sources::pages::Kind;
use crate::sources::task::{Context, Dimension, season_of};
use crate::{Error, Exit, Result};

/// Why a category beyond the limit is not asked for.
const BEYOND_LIMIT: &str = "beyond-limit";

/// The task `ncaa_com_schools`: the site's names and slugs of schools.
pub(super) fn collect_schools<'a>(context: &'a Context<'a>) -> LocalBoxFuture<'a, Result<Batch>> {
    Box::pin(async move {
        let mut batch = Batch::default();
        let mut list = extract::schools(&context.pages.get(&requests::schools()).await?)?;
        batch.note(&mut list);
        if context.known.is_nothing() {
            batch.not_resolved(list.records.len());
            return Ok(batch);
        }
        let rows = tables::alias_rows(list, &context.known.matcher().await?);
        batch.refused.extend(rows.refused);
        batch.rows(rows.aliases);
        Ok(batch)
    })
}

/// The task `statistics`: every category of players, of all divisions that have one, in the sport. The site shows only what holds
/// now: the week is that of the day which the page names, whatever week was asked for.
pub(super) fn collect_statistics<'a>(context: &'a Context<'a>) -> LocalBoxFuture<'a, Result<Batch>> {
    Box::pin(async move {
        let mut batch = Batch::default();
        let (sport, week) = (sport(context)?, week(context)?);
        let read = |answer: &Response| extract::leaders(answer).map(Some);
        let (mut first_pages, mut absent) = (Vec::new(), Vec::new());
        for division in divisions(sport) {
            let Some(request) = requests::categories(sport, &division.0, division.1.as_ref()) else { continue };
            let answer = context.pages.get(&request).await?;
            if answer.is_absent() {
                absent.push(answer.url);
                continue;
            }
            for category in extract::categories(&answer)?.individual {
                let of = (&division.0, division.1.as_ref());
                first_pages.extend(requests::stats(sport, of, Subjects::Individual, category.id, 1).map(|it| ((), it)));
            }
        }
        if let Some(url) = absent.first().filter(|_| first_pages.is_empty()) {
            absent.iter().for_each(|url| context.pages.fetcher().forget(url));
            return Err(layout_changed_at(url, "no division of the sport has statistics any more"));
        }
        if let Some(limit) = context.limit.and_then(|limit| usize::try_from(limit).ok())
            && first_pages.len() > limit
        {
            batch.skip(BEYOND_LIMIT, (first_pages.len() - limit) as u64);
            first_pages.truncate(limit);
        }
        let progress = context.progress.task("categories", Some(first_pages.len() as u64));
        let kind = Kind { name: "category", progress: &progress };
        let (pages, counts) = context.pages.each(&kind, first_pages, read).await?;
        counts.skip("category", &mut batch);
        let mut pages: Vec<StatPage> = pages.into_iter().map(|((), page)| page).collect();
        let mut more = Vec::new();
        for page in &pages {
            let of = (&page.division, page.subdivision.as_ref());
            let rest =
                (2..=page.pages).filter_map(|number| requests::stats(sport, of, page.kind, page.category_id, number));
            more.extend(rest.map(|request| ((), request)));
        }
        let progress = context.progress.task("pages of categories", Some(more.len() as u64));
        let kind = Kind { name: "category", progress: &progress };
        let (rest, counts) = context.pages.each(&kind, more, read).await?;
        counts.skip("category", &mut batch);
        pages.extend(rest.into_iter().map(|((), page)| page));
        if context.known.is_nothing() {
            batch.not_resolved(pages.iter().map(|page| page.stats.records.len()).sum());
            return Ok(batch);
        }
        let matcher = context.known.matcher().await?;
        // What is shown is of the season of its day, whatever week was asked for.
        let mut rosters: BTreeMap<i32, KnownRoster> = BTreeMap::new();
        let mut rows = Vec::new();
        for mut page in pages {
            batch.note(&mut page.stats);
            let day = page.updated.unwrap_or(week);
            let season = season_of(DateTime::<Utc>::from_naive_utc_and_offset(day.and_time(NaiveTime::MIN), Utc));
            if let Entry::Vacant(unknown) = rosters.entry(season) {
                unknown.insert(context.known.rosters(sport.code, season).await?);
            }
            let found = resolve(page, &rosters[&season], &matcher, &format!("week:{}", monday(day)));
            rows.extend(found.stats);
            batch.refused.extend(found.refused);
        }
        batch.rows(rows);
        Ok(batch)
    })
}

fn sport(context: &Context<'_>) -> Result<SportPath> {
    let code = context.partition.sport()?;
    path_of(code).ok_or_else(|| Error::new(Exit::NotApplicable, format!("ncaa.com has no statistics of {code}")))
}

fn week(context: &Context<'_>) -> Result<NaiveDate> {
    let week = context.partition.get(Dimension::Week).and_then(|week| week.parse().ok());
    week.ok_or_else(|| Error::new(Exit::Usage, "the partition names no week"))
}

/// The Monday on which a day's week begins.
fn monday(day: NaiveDate) -> NaiveDate {
    day - Days::new(u64::from(day.weekday().num_days_from_monday()))
}

/// The divisions that the site tells apart.
fn divisions(sport: SportPath) -> Vec<(Division, Option<Subdivision>)> {
    if sport.code == "MFB" {
        return vec![
            (Division::I, Some(Subdivision::Fbs)),
            (Division::I, Some(Subdivision::Fcs)),
            (Division::II, None),
            (Division::III, None),
        ];
    }
    vec![(Division::I, None), (Division::II, None), (Division::III, None)]
}
