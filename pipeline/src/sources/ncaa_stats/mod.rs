//! `stats.ncaa.org`: the teams of a sport and season, their rosters, season statistics and statistics of games.
//!
//! | what | request | answer |
//! |---|---|---|
//! | teams | `/team/inst_team_list?academic_year=&conf_id=-1&division=&sport_code=` | HTML: season teams by id and name |
//! | a team's games | `/teams/{id}` | HTML: schedule and results |
//! | roster | `/teams/{id}/roster`; older: `/team/{org}/roster/{ctl}` | HTML: a table, its columns by sport |
//! | season statistics | `/teams/{id}/season_to_date_stats`, `?year_stat_category_id=` for each category | HTML: `#stat_grid` |
//! | statistics of a game | `/contests/{id}/individual_stats` | HTML: a table for each team and category |
//!
//! `academic_year` is the year in which the season ends. Player ids are given anew each season: they name a roster entry, not a
//! person. The site is behind bot protection, whose challenges come as HTTP 200; fetching tells them, they never come here.
//! A page without the table or header that it must have is a change of layout, and an error; an empty table is none.

mod athletes;
mod collect;
pub mod extract;
mod records;
mod requests;
mod tables;

pub use records::{
    Asked, Category, ContestPage, GridPage, ListedTeam, PlayerRecord, RosterPage, ScheduledContest, StatPlayer,
    StatRecord, TeamHeader, TeamList,
};
pub use requests::{ListDivision, contest_stats, old_roster, roster, season_stats, team, team_list};
pub use tables::{RosterRows, StatRows, contest_rows, grid_rows, roster_rows};

use std::time::Duration;

use models::{Athlete, AthleteLink, PlayerStat, RosterEntry, SchoolAlias, Table, Team};

use super::check::{Check, Match};
use super::task::Dimension::{Season, Sport};
use super::task::Volume;
use super::{Source, Task};
use crate::fetch::{Rate, Response};

/// The source's name.
pub const NAME: &str = "ncaa-stats";

/// The source.
pub static SOURCE: Source = Source {
    name: NAME,
    title: "stats.ncaa.org: teams, rosters and statistics",
    needs: "the schools of ncaa-directory",
    base_url: "https://stats.ncaa.org",
    rate: Rate::ONE_IN_FIVE_SECONDS,
    is_on: true,
    lifetime: Duration::from_secs(24 * 60 * 60),
    dag: "weekly_stats_sync",
    sports: &SPORTS,
    loads_as_one: false,
    tasks: &[
        Task {
            name: "teams",
            about: "the teams of a sport and season whose school is certain by name",
            after: &["sports", "schools"],
            partitions: &[Season, Sport],
            tables: &[Team::TABLE],
            is_in_dag: true,
            reads_files: false,
            requests: lists,
            collect: collect::collect_teams,
        },
        Task {
            name: "rosters",
            about: "the teams with their players, and the site's names of schools",
            after: &["teams"],
            partitions: &[Season, Sport],
            tables: &[SchoolAlias::TABLE, Team::TABLE, RosterEntry::TABLE],
            is_in_dag: true,
            reads_files: false,
            requests: |volume| volume.teams,
            collect: collect::collect_rosters,
        },
        Task {
            name: "athletes",
            about: "who is who across the seasons that are loaded; asks the site for nothing",
            after: &["rosters"],
            partitions: &[Sport],
            tables: &[Athlete::TABLE, AthleteLink::TABLE],
            is_in_dag: true,
            reads_files: false,
            requests: |_| 0,
            collect: athletes::collect_athletes,
        },
        Task {
            name: "season_statistics",
            about: "the players' statistics of a season, category by category",
            after: &["rosters"],
            partitions: &[Season, Sport],
            tables: &[PlayerStat::TABLE],
            is_in_dag: false,
            reads_files: false,
            // A page a category, of which sports have about three.
            requests: |volume| 3 * volume.teams,
            collect: collect::collect_season_statistics,
        },
        Task {
            name: "game_statistics",
            about: "the players' statistics of each game, of which there are many",
            after: &["rosters"],
            partitions: &[Season, Sport],
            tables: &[PlayerStat::TABLE],
            is_in_dag: false,
            reads_files: false,
            // Its schedule, and some fifty games, each of two teams.
            requests: |volume| 26 * volume.teams,
            collect: collect::collect_game_statistics,
        },
    ],
    checks: &[
        Check {
            page: "team list",
            request: || requests::team_list("MBA", 2025, ListDivision::I),
            probe: |page| Ok(vec![Match::of("teams", extract::team_list(page)?.teams.records.len())]),
        },
        Check { page: "roster", request: || requests::roster(CORPUS_CHRISTI), probe: shown },
    ],
    ships_offline: true,
};

/// The team lists of a sport and season, one for each division; the other tasks read the same answers.
fn lists(volume: &Volume<'_>) -> u64 {
    ListDivision::of(volume.partition.get(Sport).unwrap_or_default()).len() as u64
}

/// The sports of which the site has statistics.
pub(super) const SPORTS: [&str; 18] = [
    "MBA", "MBB", "MFB", "MIH", "MLA", "MSO", "MVB", "MWP", "WBB", "WBW", "WFH", "WIH", "WLA", "WSB", "WSO", "WSV",
    "WVB", "WWP",
];

/// A season team whose roster stands for all: baseball of Texas A&M-Corpus Christi, 2026.
const CORPUS_CHRISTI: i32 = 614_839;

/// What a roster shows of what is looked for.
fn shown(page: &Response) -> crate::Result<Vec<Match>> {
    let roster = extract::roster(page, &Asked::default())?;
    let players = &roster.players;
    let with_id = players.records.iter().filter(|player| player.record.source_player_id.is_some()).count();
    let mut all = vec![
        Match::of("players", players.records.len()),
        Match::of("players with an id", with_id),
        Match::of("school", 1),
    ];
    all.extend(players.unknown.keys().map(|what| Match::of(format!("unknown: {what}"), 1)));
    Ok(all)
}
