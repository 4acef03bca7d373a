//! Pages that are not what they were.

use pipeline::Exit;
use pipeline::fetch::Response;
use pipeline::sources::ncaa_stats::{Asked, extract};

use super::SITE;
use super::support::pages::{self, page};

/// What is not there is named, never read as "none".
#[test]
fn a_page_that_is_not_what_it_was_is_a_change_of_layout() {
    let roster = pages::fixture("ncaa-stats", "roster-baseball.html");
    let list = pages::fixture("ncaa-stats", "team-list.html");
    type Read = fn(&Response) -> pipeline::Result<()>;
    let as_roster: Read = |response| extract::roster(response, &Asked::default()).map(drop);
    let as_asked: Read = |response| extract::roster(response, &Asked::new("MBA", 2025)).map(drop);
    let as_softball: Read = |response| extract::roster(response, &Asked::new("WSB", 2026)).map(drop);
    let as_list: Read = |response| extract::team_list(response).map(drop);
    let as_season: Read = |response| extract::season(response, &Asked::default()).map(drop);
    let as_contest: Read = |response| extract::contest(response).map(drop);
    let as_schedule: Read = |response| extract::schedule(response).map(drop);
    let [season, contest, schedule] =
        ["season.html", "contest.html", "schedule.html"].map(|name| pages::fixture("ncaa-stats", name));
    let cases: Vec<(Read, String, &str)> = vec![
        (as_season, season.replace("\"stat_grid\"", "\"grid\""), "`table#stat_grid` finds nothing"),
        (
            as_season,
            season.replace(">Player<", ">Who<"),
            "`table#stat_grid` has no column `Name` or `Player`, only: #, Who",
        ),
        (as_contest, contest.replace("competitor_", "team_"), "`table[id^=\"competitor_\"]` finds nothing"),
        (
            as_contest,
            contest.replace("<th>Name</th>", "<th>Who</th>"),
            "has no column `Name` or `Player`, only: #, Who, P",
        ),
        (as_contest, contest.replace("card-header", "card-top"), "a table of statistics has no `.card-header`"),
        (as_contest, contest.replace("/All_Logos/", "/Logos/"), "has no logo `img[src*=\"/All_Logos/\"]`"),
        (as_contest, contest.replace("/contests/", "/games/"), "names the game"),
        (as_schedule, schedule.replace("<th>Date</th>", "<th>Day</th>"), "columns `Date`, `Opponent` and `Result`"),
        (as_roster, String::new(), "the body is empty"),
        (as_roster, "{\"players\":[]}".to_owned(), "no HTML"),
        (as_roster, "<div>".repeat(1_001), "nested"),
        // A challenge that fetching did not tell must not pass for a roster without players.
        (as_roster, "<html><body><iframe src=\"/check.html\"></iframe></body></html>".to_owned(), "finds a roster"),
        (as_roster, roster.replace("rosters_form_players_", "players_"), "`table[id^=\"rosters_form_players_\"]`"),
        (as_roster, roster.replace(">Name<", ">Who<"), "no column `Name` or `Player`, only: GP, GS, #, Who"),
        (
            as_roster,
            roster.replace("/teams/history/", "/history/"),
            "`a[href^=\"/teams/history/\"]` finds no organisation",
        ),
        (
            as_roster,
            roster.replace(" selected=\"selected\"", ""),
            "`select#year_list option[selected]` finds no season",
        ),
        (as_asked, roster.clone(), "it is of season 2026, where 2025 was asked for"),
        (as_softball, roster.clone(), "it is of sport MBA, where WSB was asked for"),
        (as_list, list.replace("css-panes", "panes"), "`.css-panes table` finds nothing"),
        (
            as_list,
            list.replace("params_form\"", "form\""),
            "`form[name=params_form] input[name=division]` finds nothing",
        ),
        (as_list, list.replace("value=\"12\"", "value=\"13\""), "`division` is 13, which is no division"),
    ];
    for (read, body, message) in cases {
        let error = read(&page(&format!("{SITE}/teams/700010/roster"), &body)).unwrap_err();
        assert_eq!(error.exit(), Exit::Input, "{message}");
        assert!(error.to_string().contains(message), "{message:?} in {error}");
        assert!(error.to_string().contains(SITE), "{error}");
    }
    let absent = Response { status: 404, ..page(SITE, &roster) };
    assert!(as_roster(&absent).unwrap_err().to_string().contains("HTTP 404"));
}
