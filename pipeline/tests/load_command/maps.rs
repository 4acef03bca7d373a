//! Headers, maps and references.

use crate::Scene;

async fn with_clubs() -> Scene {
    let scene = Scene::new().await;
    scene.load_text("league", "leagues.csv", "code\nL1\n").ok("inserted 1, read 1");
    scene.load_text("club", "clubs.csv", "ncaa_id,name,league.code\n1,A,L1\n2,B,\n").ok("inserted 2, read 2");
    scene
}

#[tokio::test]
async fn references_are_found_by_the_parents_natural_key() {
    let mut scene = with_clubs().await;
    let found =
        scene.query("SELECT c.name, l.code FROM club c LEFT JOIN league l ON l.id = c.league_id ORDER BY 1").await;
    assert_eq!(found, ["A|L1", "B|∅"]);
    let seasons = "club.ncaa_id,year,wins\n1,2024,10\n2,2024,11\n9,2024,12\n";
    scene.load_text("season", "seasons.csv", seasons).ok("inserted 2, quarantined 1, read 3");
    let lost = "SELECT reason, message, file, byte_offset::text, convert_from(raw, 'UTF8'), key::text FROM pipeline.quarantine";
    let message = "line 4: column club_id needs a row of public.club with the key {\"ncaa_id\": 9}, which is not there";
    let key = "{\"year\": 2024, \"club_id\": {\"ncaa_id\": 9}}";
    let offset = seasons.find("9,2024,12").unwrap();
    assert_eq!(
        scene.query(lost).await,
        [format!("unresolved-reference|{message}|seasons.csv|{offset}|9,2024,12|{key}")]
    );
    // Two steps: the club's season is named by the club and the year.
    let players = "season.club.ncaa_id,season.year,number,name\n1,2024,7,P\n2,2024,7,Q\n";
    scene.load_text("player", "players.csv", players).ok("inserted 2, read 2");
    let found = "SELECT p.name, c.name FROM player p JOIN season s ON s.id = p.season_id JOIN club c ON c.id = s.club_id ORDER BY 1";
    assert_eq!(scene.query(found).await, ["P|A", "Q|B"]);
}

#[tokio::test]
async fn a_nullable_reference_that_leads_nowhere_is_listed() {
    let mut scene = with_clubs().await;
    let ran = scene.load_text("club", "more.csv", "ncaa_id,name,league.code\n3,C,L9\n1,A,L9\n");
    ran.ok("inserted 1, read 2, unchanged 1");
    assert_eq!(ran.result["unresolved_references"], 2);
    let found =
        scene.query("SELECT row_key::text, parent_key::text FROM pipeline.unresolved_reference ORDER BY 1").await;
    assert_eq!(found, ["{\"ncaa_id\": 1}|{\"code\": \"L9\"}", "{\"ncaa_id\": 3}|{\"code\": \"L9\"}"]);
}

#[tokio::test]
async fn a_map_renames_and_converts() {
    let mut scene = with_clubs().await;
    let map = r#"
table = "club"
rest = "ignore"

[columns]
ncaaId = "Org ID"
name = { field = "Name", trim = true }
founded = { field = "Since", format = "%m/%d/%Y", null = ["unknown"] }
is_private = { field = "Kind", true = ["private"], false = ["public"] }
budget = { field = "Budget", decimal = ",", group = "." }
"league.code" = { constant = "L1" }
"#;
    scene.file("map.toml", map);
    let rows = "Org ID,Name,Since,Kind,Budget,Remark\n7, Seven ,02/28/1901,Public,\"1.234.567,5\",x\n8,Eight,unknown,private,,\n";
    scene.file("export.csv", format!("{rows}9,Nine,1901-02-28,public,,\n"));
    scene.load(&["club", "export.csv", "--map", "map.toml"]).ok("inserted 2, quarantined 1, read 3");
    let found = "SELECT c.ncaa_id::text, name, founded::text, is_private::text, budget::text, l.code FROM club c JOIN league l ON l.id = \
                 c.league_id WHERE c.ncaa_id > 2 ORDER BY 1";
    let expected = ["7|Seven|1901-02-28|false|1234567.50|L1", "8|Eight|∅|true|∅|L1"];
    assert_eq!(scene.query(found).await, expected);
    let refused = scene.query("SELECT reason, message FROM pipeline.quarantine").await;
    let message = "line 4: column founded, from Since: \"1901-02-28\" is not written as %m/%d/%Y";
    assert_eq!(refused, [format!("conversion|{message}")]);
}

/// Everything that is wrong with headers and maps is told before anything is read.
#[tokio::test]
async fn what_does_not_fit_is_told_with_its_place() {
    let scene = with_clubs().await;
    let headers: [(&str, &[&str]); 8] = [
        ("ncaa_id,nmae\n", &["\"nmae\"", "no column of public.club", "did you mean \"name\""]),
        ("ncaa_id,name,ncaa_id\n", &["\"ncaa_id\" stands twice", "fields 1 and 3"]),
        ("ncaa_id,ncaaId,name\n", &["\"ncaaId\"", "which something else gives too"]),
        ("id,ncaa_id,name\n", &["id can only be written by the database"]),
        ("name\n", &["does not give ncaa_id", "club_ncaa_id_unique"]),
        ("ncaa_id,name,league.id.x\n", &["\"league.id.x\"", "no foreign key"]),
        ("ncaa_id,name,leage.code\n", &["\"leage.code\"", "neither a column"]),
        ("", &["is empty"]),
    ];
    for (header, words) in headers {
        scene.load_text("club", "clubs.csv", header).failed(65, words);
    }
    scene.file("clubs.csv", "ncaa_id,name\n5,E\n");
    let maps: [(&str, &[&str]); 4] = [
        ("[columns]\nnaem = \"name\"\n", &["map.toml:2:8", "naem", "did you mean \"name\""]),
        ("[columns]\nname = \"nam\"\n", &["map.toml:2:8", "field \"nam\"", "did you mean \"name\""]),
        ("[columns]\nname = { field = \"name\", trin = true }\n", &["map.toml:2:", "trin"]),
        ("[columns]\nfounded = { field = \"name\", true = [\"x\"] }\n", &["founded", "words for true"]),
    ];
    for (map, words) in maps {
        scene.file("map.toml", map);
        scene.load(&["club", "clubs.csv", "--map", "map.toml"]).failed(78, words);
    }
    scene.file("seasons.csv", "club.name,year\nA,2024\n");
    scene.load(&["season", "seasons.csv"]).failed(65, &["by (name), which is none of its unique keys", "(ncaa_id)"]);
    scene.load(&["clubs", "clubs.csv"]).failed(64, &["no table clubs", "did you mean \"club\""]);
    scene.load(&["club", "nothing.csv"]).failed(64, &["nothing.csv"]);
    scene
        .load(&["club", "clubs.csv", "--key", "club_nam"])
        .failed(64, &["no unique key club_nam", "club_ncaa_id_unique"]);
}
