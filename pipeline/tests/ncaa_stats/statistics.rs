//! Season statistics, games and schedules.

use std::collections::BTreeMap;

use models::{Field, RosterEntryRef, SchoolRef, Source, SportRef, TeamRef};
use pipeline::sources::found::{Found, Reason};
use pipeline::sources::ncaa_stats::{Asked, StatRecord, contest_rows, contest_stats, extract, grid_rows, season_stats};

use super::{fixture, given, places_are_true, told};

/// Statistics as lines: player, category, number, text.
fn lines(stats: &[Found<StatRecord>]) -> String {
    let line = |found: &Found<StatRecord>| {
        let StatRecord { player, category, value, raw } = &found.record;
        let id = player.source_player_id.as_deref().unwrap_or("-");
        let value = value.map_or("null".to_owned(), |value| value.to_string());
        format!("{id} {} #{} {} | {category} | {value} | {raw}", player.name, player.number, player.position)
    };
    stats.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn season_statistics_are_told_figure_by_figure() {
    let path = "/teams/700010/season_to_date_stats";
    let response = fixture(path, "season.html");
    let found = extract::season(&response, &Asked::new("MBA", 2026)).unwrap();
    assert_eq!((found.team.team_id, found.team.organisation_id), (Some(700010), 90001));
    let categories: Vec<_> = found.categories.iter().map(|category| (category.id, category.name.as_str())).collect();
    assert_eq!(categories, [(15687, "Hitting"), (15688, "Pitching"), (15689, "Fielding")]);
    insta::assert_snapshot!(lines(&found.stats.records), @r"
    99000001 Easton Marsh #20 P | Pitching/GP | 16 | 16
    99000001 Easton Marsh #20 P | Pitching/IP | 6.6667 | 6.2
    99000001 Easton Marsh #20 P | Pitching/ERA | 2.7012 | 2.70
    99000001 Easton Marsh #20 P | Pitching/BF | 1023 | 1,023
    99000001 Easton Marsh #20 P | Pitching/Pct | 0.333 | .333
    99000001 Easton Marsh #20 P | Pitching/Pct (2) | 0.455 | 45.5%
    99000001 Easton Marsh #20 P | Pitching/Min | 32.25 | 32:15
    99000001 Easton Marsh #20 P | Pitching/Mix | null | INF
    - Ansel Quill #31 OF | Pitching/GP | 4 | 4
    - Ansel Quill #31 OF | Pitching/Pct | 1 | 1.000
    ");
    assert_eq!(found.stats.passed_over, BTreeMap::from([("totals-row", 3)]));
    assert_eq!(found.stats.refused, []);
    places_are_true(&response, &found.stats.records, &[], "<tr>");

    let hitting = fixture(&format!("{path}?year_stat_category_id=15687"), "season.html");
    let hitting = extract::season(&hitting, &Asked::default()).unwrap();
    assert_eq!(hitting.category.as_deref(), Some("Hitting"), "the address tells more than the page");
    assert_eq!(season_stats(700010, Some(15687)).target(), format!("{path}?year_stat_category_id=15687"));
    assert_eq!(season_stats(700010, None).target(), path);
}

#[test]
fn a_game_gives_the_figures_of_both_teams() {
    let response = fixture("/contests/8000001/individual_stats", "contest.html");
    let found = extract::contest(&response).unwrap();
    assert_eq!((found.contest_id, found.played_on), (8000001, chrono::NaiveDate::from_ymd_opt(2026, 2, 14)));
    insta::assert_snapshot!(lines(&found.stats.records), @r"
    99000201 Pia Lindqvist #24 SSDM | Min | 60 | 60:00
    99000201 Pia Lindqvist #24 SSDM | Goals | 0 | 0
    99000201 Pia Lindqvist #24 SSDM | FO Won | 3 | 3
    - Una Sub #7 M | Goals | 1 | 1
    99000301 Wren Castillo #1 G | Goalkeepers/G Min | 60 | 60:00
    99000301 Wren Castillo #1 G | Goalkeepers/Save Pct | 0.476 | 0.476
    ");
    let teams: Vec<_> = found
        .stats
        .records
        .iter()
        .map(|found| (found.record.player.team_id, found.record.player.organisation_id))
        .collect();
    assert_eq!((teams[0], teams[5]), ((Some(700040), 90001), (Some(700041), 90004)));
    assert_eq!(
        told(&found.stats.refused),
        [(Reason::Missing, "public.player_stat", "`Name` is \"--\", which is no name")]
    );
    assert_eq!(found.stats.passed_over, BTreeMap::from([("totals-row", 2)]), "TEAM, and the team by its name");
    places_are_true(&response, &found.stats.records, &found.stats.refused, "<tr");
    assert_eq!(contest_stats(8000001).target(), "/contests/8000001/individual_stats");
}

#[test]
fn a_schedule_names_the_games() {
    let response = fixture("/teams/700040", "schedule.html");
    let found = extract::schedule(&response).unwrap();
    let games: Vec<_> = found
        .records
        .iter()
        .map(|found| &found.record)
        .map(|game| {
            let (opponent, result) = (game.opponent.as_str(), game.result.as_deref());
            (game.contest_id, game.played_on.to_string(), game.opponent_team_id, opponent, result)
        })
        .collect();
    assert_eq!(
        games,
        [
            (Some(8000000), "2026-02-01".to_owned(), Some(700041), "Dogwood St.", Some("L 8-11")),
            (Some(8000001), "2026-02-14".to_owned(), Some(700042), "Elm Tech", Some("W 21-8")),
            (None, "2026-05-02".to_owned(), None, "Fir College", None),
        ]
    );
    assert_eq!(told(&found.refused), [(Reason::WrongType, "public.player_stat", "`Date` is \"TBA\", which is no day")]);
    assert_eq!(found.passed_over, BTreeMap::from([("empty-row", 1)]));
    places_are_true(&response, &found.records, &found.refused, "<tr");
}

#[test]
fn statistics_become_rows_of_player_stat() {
    let page =
        extract::season(&fixture("/teams/700010/season_to_date_stats", "season.html"), &Asked::default()).unwrap();
    let rows = grid_rows(page, None);
    let team = TeamRef::SchoolIdSportIdSeason {
        school_id: SchoolRef::NcaaId(90001),
        sport_id: SportRef::NcaaId("MBA".into()),
        season: 2026,
    };
    let entry = |team_id: &TeamRef, key: &str| RosterEntryRef::SourceTeamIdPlayerKey {
        source: Source::NcaaStats,
        team_id: team_id.clone(),
        player_key: key.to_owned(),
    };
    assert_eq!((rows.stats.len(), rows.refused.len()), (10, 0));
    let innings = &rows.stats[1].record;
    assert_eq!(innings.roster_entry_id, entry(&team, "99000001"));
    assert_eq!((innings.period.as_str(), innings.category.as_str()), ("season", "Pitching/IP"));
    assert_eq!((innings.value, innings.raw_value.as_str()), (given("6.6667".parse().unwrap()), "6.2"));
    assert_eq!((&innings.source, innings.played_on), (&Source::NcaaStats, Field::Absent));
    assert_eq!(rows.stats[7].record.value, Field::Value(None), "a text that is no number");
    assert_eq!(rows.stats[8].record.roster_entry_id, entry(&team, "ansel quill|31|OF"));

    let page = extract::contest(&fixture("/contests/8000001/individual_stats", "contest.html")).unwrap();
    let rows = contest_rows(page, "WLA", 2026);
    let saves = &rows.stats[5].record;
    let team = TeamRef::SchoolIdSportIdSeason {
        school_id: SchoolRef::NcaaId(90004),
        sport_id: SportRef::NcaaId("WLA".into()),
        season: 2026,
    };
    assert_eq!((&saves.roster_entry_id, saves.period.as_str()), (&entry(&team, "99000301"), "game:8000001"));
    assert_eq!(saves.played_on, given(chrono::NaiveDate::from_ymd_opt(2026, 2, 14).unwrap()));
    assert_eq!(rows.refused.len(), 1);
}
