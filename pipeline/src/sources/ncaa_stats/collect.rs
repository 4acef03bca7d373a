//! Asks the site for the teams, rosters and statistics of a sport and season.

use std::collections::BTreeMap;

use futures::future::LocalBoxFuture;
use models::{Field, PlayerStatInsert, SchoolRef, Source as SourceName, SportRef, TeamInsert};

use super::extract;
use super::records::{Asked, GridPage, ListedTeam, StatRecord};
use super::requests::{self, ListDivision};
use super::tables;
use crate::fetch::Response;
use crate::identity::{self, Match, Matcher, Query, Resolution, Rule};
use crate::sources::batch::Batch;
use crate::sources::found::{Extracted, Found};
use crate::sources::packed::{Packed, Turn};
use crate::sources::pages::{Kind, PageCounts};
use crate::sources::task::Context;
use crate::{Error, Result};

/// Why a team of the list is not loaded from it.
const LEFT_TO_ROSTER: &str = "school-told-by-roster";

/// Why a team beyond the limit is not asked for.
const BEYOND_LIMIT: &str = "beyond-limit";

/// A team of the list with its division.
type Listed = (ListDivision, Found<ListedTeam>);

/// The teams of the partition's sport and season, of all divisions. A division in which the sport has no teams is an empty list; no
/// list at all is a change of the site.
async fn teams(context: &Context<'_>, batch: &mut Batch) -> Result<Vec<Listed>> {
    let (sport, season) = (context.partition.sport()?, context.partition.season()?);
    let mut all = Vec::new();
    for division in ListDivision::of(sport) {
        let answer = context.pages.shared(&requests::team_list(sport, season, *division)).await?;
        let list = extract::team_list(&answer)?;
        all.extend(batch.take(list.teams).into_iter().map(|team| (*division, team)));
    }
    Ok(all)
}

/// The teams that are asked for one by one, as far as the limit allows.
async fn limited_teams(context: &Context<'_>, batch: &mut Batch) -> Result<Vec<Listed>> {
    let mut teams = teams(context, batch).await?;
    if let Some(limit) = context.limit.and_then(|limit| usize::try_from(limit).ok())
        && teams.len() > limit
    {
        batch.skip(BEYOND_LIMIT, (teams.len() - limit) as u64);
        teams.truncate(limit);
    }
    Ok(teams)
}

/// The task `teams`: those of the list whose name is certainly one school's. Of the others the roster tells whose they are.
pub(super) fn collect_teams<'a>(context: &'a Context<'a>) -> LocalBoxFuture<'a, Result<Batch>> {
    Box::pin(async move {
        let mut batch = Batch::default();
        let listed = teams(context, &mut batch).await?;
        let matcher = context.known.matcher().await?;
        let (sport, season) = (context.partition.sport()?, context.partition.season()?);
        let (mut rows, mut left) = (Vec::new(), 0);
        for (division, team) in listed {
            match school_of(&matcher, &team.record.name) {
                Some(found) => {
                    rows.push(team.map(|team| team_row(found.school, sport, season, division, team.team_id)))
                }
                None => left += 1,
            }
        }
        batch.skip(LEFT_TO_ROSTER, left);
        batch.rows(rows);
        Ok(batch)
    })
}

fn school_of(matcher: &Matcher, name: &str) -> Option<Match> {
    let query = Query { source: Some(SourceName::NcaaStats), key: Some(name), ..Query::named(name) };
    match matcher.resolve(&query) {
        Resolution::Resolved(found) => Some(found),
        Resolution::Ambiguous(_) | Resolution::Unknown(_) => None,
    }
}

fn team_row(school: i32, sport: &str, season: i32, division: ListDivision, id: i32) -> TeamInsert {
    let mut row = TeamInsert::new(SchoolRef::NcaaId(school), SportRef::NcaaId(sport.to_owned()), season);
    let (division, subdivision) = division.division();
    row.ncaa_team_id = Field::Value(Some(id));
    row.division = Field::Value(Some(division));
    row.subdivision = Field::Value(subdivision);
    row
}

/// The task `rosters`. Each page tells its school by id, so that the site's name for it is known from then on.
pub(super) fn collect_rosters<'a>(context: &'a Context<'a>) -> LocalBoxFuture<'a, Result<Batch>> {
    Box::pin(async move {
        let mut batch = Batch::default();
        let asked = Asked::new(context.partition.sport()?, context.partition.season()?);
        let read = move |answer: &Response| extract::roster(answer, &asked).map(Some);
        let (pages, _) = team_pages(context, &mut batch, "roster", requests::roster, read).await?;
        let (mut teams, mut aliases, mut identified, mut unidentified) =
            (Vec::new(), BTreeMap::new(), Vec::new(), Vec::new());
        for ((division, listed), mut page) in pages {
            let certain = Match { school: page.team.organisation_id, rule: Rule::Id, score: Rule::Id.score() };
            let alias = listed.map(|listed| identity::alias_row(SourceName::NcaaStats, &listed.name, &certain));
            aliases.insert(alias.record.normalized_alias.clone(), alias);
            batch.note(&mut page.players);
            let rows = tables::roster_rows(page, Some(division));
            teams.push(rows.team);
            identified.extend(rows.identified);
            unidentified.extend(rows.unidentified);
            batch.refused.extend(rows.refused);
        }
        batch.rows(aliases.into_values().collect());
        batch.rows(teams);
        batch.rows_by("roster_entry_source_player_key", identified)?;
        batch.rows_by("roster_entry_unnumbered_player_key", unidentified)?;
        Ok(batch)
    })
}

/// A page that was read, without its records: they are made of it again when they are loaded.
struct Read<T> {
    page: T,
    packed: Packed,
    records: usize,
}

fn season_page(answer: &Response, asked: &Asked) -> Result<Option<Read<GridPage>>> {
    let mut page = extract::season(answer, asked)?;
    let records = std::mem::take(&mut page.stats.records).len();
    Ok(Some(Read { page, packed: Packed::of(answer)?, records }))
}

/// The task `season_statistics`: each category of each team.
pub(super) fn collect_season_statistics<'a>(context: &'a Context<'a>) -> LocalBoxFuture<'a, Result<Batch>> {
    Box::pin(async move {
        let mut batch = Batch::default();
        let asked = Asked::new(context.partition.sport()?, context.partition.season()?);
        let read = {
            let asked = asked.clone();
            move |answer: &Response| season_page(answer, &asked)
        };
        let first = |team| requests::season_stats(team, None);
        let (pages, _) = team_pages(context, &mut batch, "statistics", first, read.clone()).await?;
        let (mut others, mut grids) = (Vec::new(), Vec::new());
        for ((_, listed), read) in pages {
            let shown = &read.page.category;
            let rest = read.page.categories.iter().filter(|category| Some(&category.name) != shown.as_ref());
            others.extend(rest.map(|category| ((), requests::season_stats(listed.record.team_id, Some(category.id)))));
            // A page that does not say what it shows is one of its categories, each of which is asked for.
            if shown.is_some() || read.page.categories.is_empty() {
                grids.push(read);
            }
        }
        let progress = context.progress.task("categories", Some(others.len() as u64));
        let kind = Kind { name: "category", progress: &progress };
        let (pages, counts) = context.pages.each(&kind, others, read).await?;
        counts.skip("category", &mut batch);
        grids.extend(pages.into_iter().map(|((), read)| read));
        let turn = move |answer: &Response| Ok(tables::grid_rows(extract::season(answer, &asked)?, None).stats);
        let stats = grids.into_iter().map(|read| (read.page.stats, read.packed, read.records));
        spool(&mut batch, stats, Box::new(turn));
        Ok(batch)
    })
}

/// The task `game_statistics`: each game of the teams' schedules that has been played.
pub(super) fn collect_game_statistics<'a>(context: &'a Context<'a>) -> LocalBoxFuture<'a, Result<Batch>> {
    Box::pin(async move {
        let mut batch = Batch::default();
        let (sport, season) = (context.partition.sport()?.to_owned(), context.partition.season()?);
        let read = |answer: &Response| extract::schedule(answer).map(Some);
        let (pages, _) = team_pages(context, &mut batch, "schedule", requests::team, read).await?;
        // Both teams' schedules name a game.
        let mut games = BTreeMap::new();
        for (_, schedule) in pages {
            // What is no game, a note among them, is refused by itself; there is no row that it would have been.
            batch.skip("no-game", schedule.refused.len() as u64);
            let played = schedule.records.into_iter().filter_map(|game| game.record.contest_id);
            games.extend(played.map(|contest| (contest, requests::contest_stats(contest))));
        }
        let progress = context.progress.task("games", Some(games.len() as u64));
        let kind = Kind { name: "game", progress: &progress };
        let read = |answer: &Response| {
            let mut page = extract::contest(answer)?;
            let records = std::mem::take(&mut page.stats.records).len();
            Ok(Some(Read { page, packed: Packed::of(answer)?, records }))
        };
        let (pages, counts) = context.pages.each(&kind, games.into_iter().collect(), read).await?;
        counts.skip("game", &mut batch);
        let turn = move |answer: &Response| Ok(tables::contest_rows(extract::contest(answer)?, &sport, season).stats);
        let stats = pages.into_iter().map(|(_, read)| (read.page.stats, read.packed, read.records));
        spool(&mut batch, stats, Box::new(turn));
        Ok(batch)
    })
}

/// Takes over what pages of statistics refused and passed over, and adds their rows.
fn spool(
    batch: &mut Batch,
    pages: impl Iterator<Item = (Extracted<StatRecord>, Packed, usize)>,
    turn: Turn<PlayerStatInsert>,
) {
    let (mut all, mut number) = (Vec::new(), 0);
    for (stats, packed, records) in pages {
        // Its records are in the page.
        batch.take(stats);
        all.push(packed);
        number += records;
    }
    batch.pages(all, number, turn);
}

/// One page of each team, as far as the limit allows.
async fn team_pages<T: Send + 'static>(
    context: &Context<'_>,
    batch: &mut Batch,
    name: &'static str,
    request: impl Fn(i32) -> crate::fetch::Request,
    read: impl Fn(&Response) -> Result<Option<T>> + Clone + Send + 'static,
) -> Result<(Vec<(Listed, T)>, PageCounts), Error> {
    let teams = limited_teams(context, batch).await?;
    let progress = context.progress.task(name, Some(teams.len() as u64));
    let requests = teams.into_iter().map(|team| {
        let request = request(team.1.record.team_id);
        (team, request)
    });
    let (pages, counts) = context.pages.each(&Kind { name, progress: &progress }, requests.collect(), read).await?;
    counts.skip(name, batch);
    Ok((pages, counts))
}
