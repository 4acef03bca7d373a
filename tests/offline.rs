//! What people try first: both DAGs on the recording that ships with the program. The numbers are those of the recording's README.

#[path = "support/pipeline.rs"]
mod pipeline_command;
#[path = "support/postgres.rs"]
mod postgres;
#[path = "../pipeline/tests/support/mod.rs"]
mod site;

use pipeline::sources::ncaa_stats;
use pipeline_command::{Pipeline, assert_accounted, count, server};
use serde_json::Value;
use site::{Answer, Site};

/// Every row version of what the weekly DAG loads, and every sequence.
const FOOTPRINT: &str = "
    select md5(string_agg(part, ',' order by part)) from (
      select 'school_alias' || ctid || xmin as part from school_alias union all
      select 'team' || ctid || xmin from team union all
      select 'roster_entry' || ctid || xmin from roster_entry union all
      select 'athlete' || ctid || xmin from athlete union all
      select 'athlete_link' || ctid || xmin from athlete_link union all
      select 'player_stat' || ctid || xmin from player_stat union all
      select sequencename || coalesce(last_value, 0) from pg_sequences where schemaname = 'public') as footprint";

const LOADED: [&str; 5] = ["team", "roster_entry", "athlete", "athlete_link", "player_stat"];

async fn with_schools() -> Pipeline {
    let (pipeline, _connection) = Pipeline::on(server()).await;
    assert!(pipeline.run(&["db", "init", "--with-tables"]).await.status.success());
    assert_eq!(pipeline.job(&["sync", "--offline"]).await.0, 0);
    pipeline
}

fn inserted(result: &Value) -> [u64; 5] {
    LOADED.map(|table| count(result, table, "inserted"))
}

fn assert_unchanged(result: &Value) {
    assert_accounted(result);
    for (table, counts) in result["tables"].as_object().expect("tables") {
        let changes = ["inserted", "updated", "duplicates", "ignored"].map(|what| counts[what].as_u64());
        assert_eq!(changes, [Some(0); 4], "{table}: {counts}");
    }
}

#[tokio::test]
async fn both_dags_fill_the_embedded_database_and_change_nothing_the_second_time() {
    let pipeline = Pipeline::embedded();
    for dag in ["ncaa_directory_sync", "weekly_stats_sync"] {
        let (exit, result) = pipeline.job(&["sync", dag, "--offline"]).await;
        assert_eq!((exit, result["status"].as_str(), &result["requests"]), (0, Some("ok"), &0.into()), "{result}");
        assert_accounted(&result);
        if dag == "weekly_stats_sync" {
            assert_eq!(inserted(&result), [8, 40, 40, 40, 36], "{result}");
            // Of 18 sports two are recorded, and ncaa.com has no women's bowling: teams, rosters and leaders of the others.
            let passed_over = serde_json::json!({ "not-recorded": 16 + 16 + 15, "totals-row": 1 });
            assert_eq!(result["skipped"], passed_over, "{result}");
        }
    }
    let leader = "select concat_ws(' ', a.name, s.name, p.ncaa_id, t.season, f.period, f.category, f.value) from player_stat f \
                  join roster_entry e on e.id = f.roster_entry_id join team t on t.id = e.team_id join school s on s.id = t.school_id \
                  join sport p on p.id = t.sport_id join athlete_link l on l.roster_entry_id = e.id join athlete a on a.id = l.athlete_id \
                  where f.category in ('Batting Average/BA', 'Kills Per Set/Per Set') order by f.value desc limit 2";
    assert_eq!(
        pipeline.psql(leader).await,
        "Elke Sample Creighton University WVB 2027 week:2026-10-26 Kills Per Set/Per Set 5.0000\n\
         Jill Imaginary Rice University WVB 2027 week:2026-10-26 Kills Per Set/Per Set 4.0000"
    );
    // Whatever day it is, what is asked for is of the day of the recording.
    let asked = "select string_agg(distinct partition, ' ' order by partition) from pipeline.partition_done where partition like '%MBA%'";
    assert_eq!(pipeline.psql(asked).await, "season=2027,sport=MBA sport=MBA sport=MBA,week=2026-10-26");
    let before = pipeline.psql(FOOTPRINT).await;
    for dag in ["ncaa_directory_sync", "weekly_stats_sync"] {
        let (exit, result) = pipeline.job(&["sync", dag, "--offline"]).await;
        assert_eq!((exit, result["status"].as_str()), (0, Some("ok")), "{result}");
        if dag == "weekly_stats_sync" {
            assert_unchanged(&result);
        }
    }
    assert_eq!(pipeline.psql(FOOTPRINT).await, before, "no row version, no id");
}

#[tokio::test]
async fn a_backfill_links_athletes_across_the_seasons() {
    let pipeline = with_schools().await;
    // As people do it: the present season first.
    assert_eq!(pipeline.job(&["sync", "weekly_stats_sync", "--offline"]).await.0, 0);
    let fill = ["backfill", "weekly_stats_sync", "--from", "2025", "--to", "2027", "--offline"];
    let (exit, result) = pipeline.job(&fill).await;
    // The player without a name is in the quarantine.
    assert_eq!((exit, result["status"].as_str()), (0, Some("partial")), "{result}");
    assert_eq!(count(&result, "roster_entry", "quarantined"), 1, "{result}");
    assert_accounted(&result);
    let rows = "select concat_ws(' ', (select count(*) from team), (select count(*) from roster_entry), \
                (select count(*) from athlete where deleted_at is null), (select count(*) from athlete_link))";
    assert_eq!(pipeline.psql(rows).await, "24 120 56 120");
    let rules = "select string_agg(rule || ' ' || n, ', ' order by rule) from (select rule, count(*) n from athlete_link group by rule) r";
    assert_eq!(pipeline.psql(rules).await, "first 56, same-school 63, transfer 1");
    let moved = "select string_agg(concat_ws(' ', s.name, t.season, l.rule), ', ' order by t.season) from athlete a \
                 join athlete_link l on l.athlete_id = a.id join roster_entry e on e.id = l.roster_entry_id \
                 join team t on t.id = e.team_id join school s on s.id = t.school_id where a.name = 'Ivo Figment'";
    assert_eq!(
        pipeline.psql(moved).await,
        "University of Alabama 2025 first, Abilene Christian University 2026 transfer"
    );
    let before = pipeline.psql(FOOTPRINT).await;
    let (exit, result) = pipeline.job(&fill).await;
    assert_eq!(exit, 0, "{result}");
    assert_unchanged(&result);
    assert_eq!(pipeline.psql(FOOTPRINT).await, before, "no row version, no id");
    assert_eq!(pipeline.psql("select count(*) from pipeline.quarantine").await, "1");
    // A sample does not keep a backfill from the site itself.
    assert_eq!(pipeline.psql("select count(*) from pipeline.partition_done where is_whole").await, "0");
}

#[tokio::test]
async fn any_task_and_partition_ends_well() {
    let pipeline = with_schools().await;
    // (task, partition, exit, rows of all tables, not recorded)
    let cases = [
        ("sports", "", 0, 108, 0),
        ("conferences", "", 0, 146, 0),
        ("schools", "", 0, 44 + 11 + 32, 0),
        ("memberships", "sport=MBA", 0, 0, 1),
        ("teams", "season=2026,sport=MBA", 0, 4, 0),
        ("teams", "season=1999,sport=MBA", 0, 0, 1),
        ("teams", "season=2060,sport=MFB", 0, 0, 1),
        ("rosters", "season=2026,sport=MBA", 0, 4 + 4 + 20, 0),
        ("rosters", "season=2026,sport=WBB", 0, 0, 1),
        ("athletes", "sport=MBA", 0, 20 + 20, 0),
        ("athletes", "sport=WSV", 0, 0, 0),
        ("season_statistics", "season=2026,sport=MBA", 0, 0, 1),
        ("game_statistics", "season=2026,sport=MBA", 0, 0, 1),
        ("ncaa_com_schools", "", 0, 92, 0),
        // A week of a season without rosters: each leader waits in the quarantine.
        ("statistics", "sport=MBA,week=2061-01-03", 0, 6, 0),
        ("statistics", "sport=MFB,week=2019-11-04", 0, 0, 1),
        ("statistics", "sport=WBW,week=2026-10-26", 99, 0, 0),
        ("niche", "", 99, 0, 0),
        ("awards", "", 99, 0, 0),
    ];
    for (task, partition, code, rows, missing) in cases {
        let run =
            [&["run", task, "--offline"][..], &["--partition", partition][..if partition.is_empty() { 0 } else { 2 }]];
        for time in ["first", "second"] {
            let (exit, result) = pipeline.job(&run.concat()).await;
            assert_eq!(exit, code, "{task} {partition}, {time}: {result}");
            assert_accounted(&result);
            let tables = result["tables"].as_object().expect("tables").values();
            let read: u64 = tables.filter_map(|counts| counts["read"].as_u64()).sum();
            let told = result["skipped"]["not-recorded"].as_u64().unwrap_or_default();
            assert_eq!((read, told), (rows, missing), "{task} {partition}, {time}: {result}");
        }
    }
    // All sports of a season and a week that nobody has recorded.
    let (exit, result) =
        pipeline.job(&["sync", "weekly_stats_sync", "--season", "1999", "--week", "2061-01-03", "--offline"]).await;
    assert_eq!((exit, count(&result, "roster_entry", "read")), (0, 0), "{result}");
    let unrecorded = 2 * ncaa_stats::SOURCE.sports.len() + 15;
    assert_eq!(result["skipped"]["not-recorded"].as_u64(), u64::try_from(unrecorded).ok(), "{result}");
}

#[tokio::test]
async fn a_list_that_the_site_lacks_is_a_change_of_the_site_as_ever() {
    let site = Site::start(|_, _| Answer::text(404, "")).await;
    let pipeline = with_schools().await;
    let folder = pipeline.home.path().join("recording").display().to_string();
    let lists = [
        ("teams", "season=2026,sport=MBA", "/team/inst_team_list"),
        ("statistics", "sport=MBA,week=2026-10-26", "/stats/baseball/d1"),
    ];
    for (task, partition, list) in lists {
        let run = ["run", task, "--partition", partition];
        let live = pipeline.job_at(&site, &[&run[..], &["--record", &folder]].concat()).await;
        let replayed = pipeline.job(&[&run[..], &["--replay", &folder]].concat()).await;
        for (exit, result) in [live, replayed] {
            assert_eq!(exit, 65, "{result}");
            let error = result["error"].as_str().unwrap_or_default();
            assert!(error.starts_with("the layout of http") && error.contains(list), "{error}");
        }
    }
}
