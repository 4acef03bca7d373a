//! Small college athletics, invented: all sites of it under one address, as healthy as can be.

use super::Answer;

/// Its sports.
pub const SPORTS: [&str; 3] = ["MBA", "MBB", "WVB"];
/// How many schools, by the ids from 1.
pub const SCHOOLS: i32 = 12;
/// How many players a team has.
pub const PLAYERS: i32 = 3;

/// A season team's id tells season, sport and school.
fn team_id(season: i32, sport: usize, school: i32) -> i32 {
    (season - 2000) * 10_000 + i32::try_from(sport).expect("small") * 100 + school
}

/// What it answers to a path with its query.
pub fn answer(target: &str) -> Answer {
    match target {
        "/robots.txt" => Answer::text(404, ""),
        "/directory/api/common/sportList" => Answer::json(
            r#"[{"label":"Baseball","value":"MBA"},{"label":"Men's Basketball","value":"MBB"},{"label":"Women's Volleyball","value":"WVB"}]"#,
        ),
        "/directory/api/common/conferenceList" => Answer::json(r#"[{"orgId":900,"nameOfficial":"Lakes Conference"}]"#),
        "/directory/api/directory/memberList?type=12" => {
            let school = |id| {
                format!(
                    r#"{{"orgId":{id},"nameOfficial":"{} College","conferenceId":900,"division":1,"memberOrgAddress":{{"state":"MN"}}}}"#,
                    name(id)
                )
            };
            Answer::json(format!("[{}]", (1..=SCHOOLS).map(school).collect::<Vec<_>>().join(",")))
        }
        _ if target.starts_with("/team/inst_team_list?") => team_list(target),
        _ if target.ends_with("/roster") => roster(target),
        _ if target.contains("/season_to_date_stats") => season_stats(target),
        _ if target.starts_with("/contests/") => contest(target),
        _ if target.starts_with("/teams/") => schedule(target),
        "/json/schools" => {
            let school = |id| format!(r#"{{"slug":"{0}-college","name":"{0}","long":"{0} College"}}"#, name(id));
            Answer::json(format!("[{}]", (1..=SCHOOLS).map(school).collect::<Vec<_>>().join(",")))
        }
        _ if target.starts_with("/stats/") && target.contains("/d1") => leaders(target),
        _ if target.starts_with("/colleges/search/best-colleges/?page=") => colleges(target.ends_with("=1")),
        _ if target.starts_with("/colleges/") => profile(target),
        _ => Answer::text(404, ""),
    }
}

/// The name of a school, without `College`.
pub fn name(school: i32) -> &'static str {
    const NAMES: [&str; SCHOOLS as usize] = [
        "Aspen",
        "Birchwood",
        "Cedarfield",
        "Dogwood",
        "Elmhaven",
        "Firbank",
        "Gingko",
        "Hawthorn",
        "Ironwood",
        "Juniper",
        "Kauri",
        "Larchmont",
    ];
    NAMES[usize::try_from(school - 1).expect("a school")]
}

fn team_list(target: &str) -> Answer {
    let value = |key: &str| {
        target.split(['?', '&']).find_map(|pair| pair.strip_prefix(&format!("{key}="))).expect("it is given").to_owned()
    };
    let (season, sport, division) = (value("academic_year"), value("sport_code"), value("division"));
    let index = SPORTS.iter().position(|known| *known == sport).expect("a known sport");
    let ids = 1..=if division == "1" { SCHOOLS } else { 0 };
    let year: i32 = season.parse().expect("a year");
    let links: String = ids
        .map(|school| {
            format!(r#"<tr><td><a href="/teams/{}">{}</a></td></tr>"#, team_id(year, index, school), name(school))
        })
        .collect();
    Answer::text(
        200,
        &format!(
            r#"<form name="params_form"><input name="sport_code" value="{sport}"><input name="academic_year" value="{season}">
            <input name="division" value="{division}"></form><div class="css-panes"><table><tr><td><table>{links}</table></td></tr></table></div>"#
        ),
    )
}

fn roster(target: &str) -> Answer {
    let id: i32 = target.trim_start_matches("/teams/").trim_end_matches("/roster").parse().expect("a team");
    let (season, sport, school) =
        (2000 + id / 10_000, SPORTS[usize::try_from(id / 100 % 100).expect("small")], id % 100);
    let player = |number: i32| {
        format!(
            r#"<tr><td>{number}</td><td><a href="/players/{}">Player{number} {}</a></td><td>Jr.</td><td>P</td><td>6-{number}</td></tr>"#,
            id * 10 + number,
            name(school)
        )
    };
    let rows: String = (1..=PLAYERS).map(player).collect();
    Answer::text(
        200,
        &format!(
            r#"<a href="/teams/history/{sport}/{school}">h</a><select id="year_list"><option selected value="{id}">{}-{:02}</option></select>
            <table id="rosters_form_players_1_data_table"><thead><tr><th>#</th><th>Name</th><th>Class</th><th>Position</th><th>Height</th></tr></thead>
            <tbody>{rows}</tbody></table>"#,
            season - 1,
            season % 100
        ),
    )
}

const CATEGORIES: [&str; 12] = [
    "Points", "Rebounds", "Assists", "Steals", "Blocks", "Fouls", "Minutes", "Starts", "Wins", "Losses", "Saves",
    "Goals",
];

/// A category's only page, or without one the first's.
fn leaders(target: &str) -> Answer {
    let path = target.split('/').nth(2).expect("a sport");
    let row = |school: i32| {
        format!(
            "<tr><td>{school}</td><td>Player1 {0}</td><td>{0}</td><td>Jr.</td><td>P</td><td>1,{school}00</td></tr>",
            name(school)
        )
    };
    let rows: String = (1..=SCHOOLS).map(row).collect();
    let shown: usize = target.rsplit('/').next().and_then(|id| id.parse().ok()).unwrap_or(1);
    let title = CATEGORIES[shown - 1];
    let category = |id: usize| {
        format!(r#"<option value="/stats/{path}/d1/current/individual/{id}">{}</option>"#, CATEGORIES[id - 1])
    };
    let categories: String = (1..=CATEGORIES.len()).map(category).collect();
    Answer::text(
        200,
        &format!(
            r#"<main><select id="select-container-individual">{categories}</select>
            <div class="stats-header__lower__title">{title}</div><div class="stats-header__lower__desc">Last updated March 24, 2026</div>
            <table><thead><tr><th>Rank</th><th>Name</th><th>Team</th><th>Cl</th><th>Pos</th><th>PTS</th></tr></thead><tbody>{rows}</tbody></table></main>"#
        ),
    )
}

/// Season, sport and school of a target with a season team's id.
fn team_of(target: &str) -> (i32, i32, &'static str, i32) {
    let digits: String = target.trim_start_matches("/teams/").chars().take_while(char::is_ascii_digit).collect();
    let id: i32 = digits.parse().expect("a team");
    (id, 2000 + id / 10_000, SPORTS[usize::try_from(id / 100 % 100).expect("small")], id % 100)
}

/// The header of a season team's page.
fn header((id, season, sport, school): (i32, i32, &str, i32)) -> String {
    format!(
        r#"<a href="/teams/history/{sport}/{school}">h</a><select id="year_list"><option selected value="{id}">{}-{:02}</option></select>"#,
        season - 1,
        season % 100
    )
}

/// Two categories, of which none is said to be shown where the address names none.
fn season_stats(target: &str) -> Answer {
    let team @ (id, _, _, school) = team_of(target);
    let row = |number: i32| {
        format!(
            r#"<tr><td>{number}</td><td><a href="/players/{}">Player{number} {}</a></td><td>{number}</td><td>.{number}00</td></tr>"#,
            id * 10 + number,
            name(school)
        )
    };
    let rows: String = (1..=PLAYERS).map(row).collect();
    let link = |category: &str, number: i32| {
        format!(r#"<a href="/teams/{id}/season_to_date_stats?year_stat_category_id={number}">{category}</a>"#)
    };
    let (first, second) = (link("Hitting", 1), link("Fielding", 2));
    Answer::text(
        200,
        &format!(
            r#"{}{first}{second}<table id="stat_grid"><thead><tr><th>#</th><th>Player</th><th>GP</th><th>Pct</th></tr></thead>
            <tbody>{rows}<tr><td></td><td>Totals</td><td>9</td><td></td></tr></tbody></table>"#,
            header(team)
        ),
    )
}

/// Schools play in pairs, 1 against 2 and so on, once.
fn schedule(target: &str) -> Answer {
    let team @ (id, season, _, school) = team_of(target);
    let (home, other) = if school % 2 == 1 { (id, id + 1) } else { (id - 1, id - 1) };
    Answer::text(
        200,
        &format!(
            r#"{}<table><thead><tr><th>Date</th><th>Opponent</th><th>Result</th></tr></thead><tbody>
            <tr><td>02/14/{season}</td><td><a href="/teams/{other}">Them</a></td><td><a href="/contests/{home}/box_score">W 2-1</a></td></tr>
            <tr><td>05/02/{season}</td><td>@ Later</td><td></td></tr></tbody></table>"#,
            header(team)
        ),
    )
}

/// A game between the school of the id and the next.
fn contest(target: &str) -> Answer {
    let id: i32 = target.split('/').nth(2).and_then(|id| id.parse().ok()).expect("a contest");
    let side = |team: i32| {
        let school = team % 100;
        let row = |number: i32| {
            format!(
                r#"<tr><td>{number}</td><td><a href="/players/{}">Player{number} {}</a></td><td>P</td><td>{number}</td></tr>"#,
                team * 10 + number,
                name(school)
            )
        };
        let rows: String = (1..=PLAYERS).map(row).collect();
        format!(
            r#"<div class="card"><div class="card-header"><a href="/teams/{team}"><img alt="{0}" src="/All_Logos/sm//{school}.gif" />{0}</a></div>
            <div class="card-body"><table id="competitor_{team}_year_stat_category_1_data_table"><thead><tr><th>#</th><th>Name</th><th>P</th><th>Goals</th></tr></thead>
            <tbody>{rows}</tbody></table></div></div>"#,
            name(school)
        )
    };
    Answer::text(
        200,
        &format!(
            r#"<table><tr><td class="grey_text">02/14/{}</td></tr></table>{}{}"#,
            2000 + id / 10_000,
            side(id),
            side(id + 1)
        ),
    )
}

fn slug(school: i32) -> String {
    format!("{}-college", name(school).to_lowercase())
}

/// The list of best colleges, all on its first page.
fn colleges(is_first: bool) -> Answer {
    let item = |school: i32| {
        format!(
            r#"{{"@type":"ListItem","position":{school},"url":"https://www.niche.com/colleges/{}/","name":"{} College"}}"#,
            slug(school),
            name(school)
        )
    };
    let items: Vec<String> = (1..=if is_first { SCHOOLS } else { 0 }).map(item).collect();
    Answer::text(
        200,
        &format!(
            r#"<script type="application/ld+json">{{"@type":"CollectionPage","mainEntity":{{"@type":"ItemList","itemListElement":[{}]}}}}</script>"#,
            items.join(",")
        ),
    )
}

fn profile(target: &str) -> Answer {
    let Some(school) = (1..=SCHOOLS).find(|school| target == format!("/colleges/{}/", slug(*school))) else {
        return Answer::text(404, "");
    };
    Answer::text(
        200,
        &format!(
            r#"<script type="application/ld+json">{{"@type":"CollegeOrUniversity","name":"{} College","address":{{"@type":"PostalAddress","addressRegion":"MN"}},
            "additionalProperty":[{{"@type":"PropertyValue","name":"Overall Niche Grade","value":"B+"}},{{"@type":"PropertyValue","name":"Campus Food","value":"A-"}}]}}</script>"#,
            name(school)
        ),
    )
}
