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

pub mod extract;
mod records;
mod requests;
mod tables;

pub use records::{
    Asked, Category, ContestPage, GridPage, ListedTeam, PlayerRecord, RosterPage, ScheduledContest, StatPlayer,
    StatRecord, TeamHeader, TeamList,
};
pub use requests::{ListDivision, contest_stats, old_roster, roster, season_stats, team, team_list};
pub use tables::{RosterRows, roster_rows};

/// The source's name.
pub const NAME: &str = "ncaa-stats";
