//! The recorded real pages: counts and shapes, no names.

use std::collections::BTreeMap;

use models::Field;
use pipeline::sources::ncaa_stats::{Asked, ListDivision, extract};

use super::support::pages::{self, page};
use super::{SITE, places_are_true};

#[test]
fn the_recorded_pages_are_read() {
    let Some(list) = pages::recorded("ncaa-stats-pages/ncaa_team_list.html") else { return };
    let response = page(&format!("{SITE}/team/inst_team_list"), &list);
    let found = extract::team_list(&response).unwrap();
    assert_eq!((found.sport_code.as_str(), found.season, found.division), ("MLA", 2025, ListDivision::I));
    assert_eq!((found.teams.records.len(), found.teams.refused.len()), (list.matches("<a href=\"/teams/").count(), 0));
    places_are_true(&response, &found.teams.records, &[], "<tr>");

    let Some(roster) = pages::recorded("ncaa-stats-pages/roster_614839_2025-26_excerpt.html") else { return };
    let response = page(&format!("{SITE}/teams/614839/roster"), &roster);
    let found = extract::roster(&response, &Asked::new("MBA", 2026)).unwrap();
    assert_eq!((found.team.team_id, found.team.organisation_id), (Some(614839), 26172));
    let players = &found.players;
    assert_eq!((players.records.len(), players.refused.len(), players.unknown.len()), (6, 0, 0));
    places_are_true(&response, &players.records, &[], "<tr>");
    let heights: Vec<_> = players.records.iter().map(|found| found.record.height_inches).collect();
    assert_eq!(
        heights.iter().filter(|height| **height == Field::Value(None)).count(),
        roster.matches("<td>-</td>").count()
    );
    for found in &players.records {
        let player = &found.record;
        assert!(player.source_player_id.is_some() && !player.number.is_empty() && !player.position.is_empty());
        assert!(
            player.hometown.value().unwrap().as_ref().is_some_and(|town| town.country.is_some() && town.city.is_some())
        );
        assert_eq!(player.extra.keys().collect::<Vec<_>>(), ["Bats", "Throws"]);
    }
}

#[test]
fn the_recorded_statistics_are_read() {
    let Some(game) = pages::recorded("ncaa-stats-pages/ncaa_game_details.html") else { return };
    let response = page(&format!("{SITE}/contests/6310104/individual_stats"), &game);
    let found = extract::contest(&response).unwrap();
    assert_eq!((found.contest_id, found.played_on), (6310104, chrono::NaiveDate::from_ymd_opt(2025, 2, 1)));
    let stats = &found.stats;
    // 56 field players with 11 figures each, two goalkeepers with 5; TEAM and the team itself are no players.
    let field_players = game.matches("_year_stat_category_15649\"").count() - 4;
    assert_eq!((stats.records.len(), stats.refused.len()), (11 * field_players + 5 * 2, 0));
    assert_eq!(stats.passed_over, BTreeMap::from([("totals-row", 2 * 2 + 2)]));
    assert!(
        stats
            .records
            .iter()
            .all(|found| found.record.value.is_some() && found.record.player.source_player_id.is_some())
    );
    let minutes: Vec<_> = stats.records.iter().filter(|found| found.record.raw == "60:00").collect();
    assert!(minutes.len() > 20 && minutes.iter().all(|found| found.record.value == Some(60.into())));
    let mut categories: Vec<&str> = stats.records.iter().map(|found| &*found.record.category).collect();
    categories.sort_unstable();
    categories.dedup();
    assert_eq!(categories.len(), 16, "{categories:?}");
    assert!(categories.contains(&"FO Won") && categories.contains(&"Goalkeepers/Save Pct"), "{categories:?}");
    places_are_true(&response, &stats.records, &[], "<tr");

    let Some(team) = pages::recorded("ncaa-stats-pages/ncaa_game_by_game.html") else { return };
    let response = page(&format!("{SITE}/teams/594020"), &team);
    let found = extract::schedule(&response).unwrap();
    let games: Vec<_> = found.records.iter().map(|found| &found.record).collect();
    assert_eq!((games.len(), found.refused.len()), (16, 0));
    let played = games.iter().filter(|game| game.contest_id.is_some()).count();
    assert_eq!((played, team.matches("/box_score\"").count()), (15, 15), "the last one is to come");
    assert!(games.iter().all(|game| game.opponent_team_id.is_some() && game.opponent.starts_with(char::is_alphabetic)));
}
