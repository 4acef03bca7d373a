//! Rows of Niche and the awards in a real PostgreSQL: they fit the tables, and a second load changes nothing.

use std::sync::Arc;

use models::{AthleteInsert, SchoolInsert, SportGender, SportInsert, Upsert};
use pipeline::identity::{KnownSchool, Matcher};
use pipeline::load::{Load, LoadOutcome, Options, Origin, Row, RunContext};
use pipeline::report::TableCounts;
use pipeline::sources::awards::{self, Given, KnownAthlete, KnownAthletes};
use pipeline::sources::found::{Found, Refused};
use pipeline::sources::niche;
use sqlx::{AssertSqlSafe, PgConnection, Row as _};

use crate::server::Server;

const SCHOOLS: [(i32, &str); 3] = [(901, "Harbor University"), (902, "Lake View College"), (903, "Pine College")];

fn fixture(name: &str) -> bytes::Bytes {
    let path = format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}")).into()
}

fn made<R>(row: R) -> Row<R> {
    Row { row, origin: Arc::new(Origin::default()) }
}

async fn begin<'c>(connection: &'c mut PgConnection, source: &str) -> Load<'c> {
    let run = RunContext { run_id: uuid::Uuid::now_v7(), task: None, source: source.to_owned() };
    Load::begin(connection, run, Options::default()).await.unwrap()
}

async fn bring<R: Upsert + Send + Sync + 'static>(load: &mut Load<'_>, rows: Vec<Found<R>>, source: &Arc<str>) {
    load.table(rows.into_iter().map(|found| found.into_row(source)).collect::<Vec<_>>()).await.unwrap();
}

fn refuse(load: &mut Load<'_>, refused: Vec<Refused>, source: &Arc<str>) {
    refused.into_iter().for_each(|refused| load.quarantine(refused.into_rejected(source)));
}

async fn load_niche(connection: &mut PgConnection, matcher: &Matcher) -> LoadOutcome {
    let source: Arc<str> = niche::NAME.into();
    let found = niche::extract::file("profiles.json", &fixture("niche/profiles.json")).unwrap();
    let rows = niche::rows(found.records, &[], matcher);
    let mut load = begin(connection, &source).await;
    bring(&mut load, rows.aliases, &source).await;
    bring(&mut load, rows.profiles, &source).await;
    bring(&mut load, rows.grades, &source).await;
    refuse(&mut load, found.refused, &source);
    refuse(&mut load, rows.refused, &source);
    load.commit().await.unwrap()
}

async fn load_awards(connection: &mut PgConnection, matcher: &Matcher) -> LoadOutcome {
    let source: Arc<str> = awards::NAME.into();
    let given = Given { sport: Some("MFB".to_owned()), ..Given::default() };
    let found = awards::awards("accolades.csv", &fixture("awards/accolades.csv"), &given).unwrap();
    let reed = KnownAthlete {
        identity_key: "reed".to_owned(),
        normalized_name: "ivo reed".to_owned(),
        school: 901,
        season: 2025,
    };
    let rows = awards::rows(found.records, &given, matcher, &KnownAthletes::new([reed]));
    let mut load = begin(connection, &source).await;
    bring(&mut load, rows.aliases, &source).await;
    bring(&mut load, rows.awards, &source).await;
    refuse(&mut load, found.refused, &source);
    refuse(&mut load, rows.refused, &source);
    load.commit().await.unwrap()
}

async fn lines(connection: &mut PgConnection, sql: &str) -> Vec<String> {
    let rows = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).fetch_all(connection).await.unwrap();
    rows.iter().map(|row| row.get::<Option<String>, _>(0).unwrap_or_default()).collect()
}

#[tokio::test]
async fn rows_fit_the_tables_and_a_second_load_changes_nothing() {
    let server = Server::start(&["-c", "fsync=off"]);
    let database = server.create_database().await;
    let mut connection = server.connect(&database).await;
    let sql = pipeline::database::init_sql(Some(models::SCHEMA_SQL));
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    let mut load = begin(&mut connection, "ncaa-directory").await;
    load.table(SCHOOLS.map(|(id, name)| made(SchoolInsert::new(id, name)))).await.unwrap();
    load.table([made(SportInsert::new("MFB", "Football", "Football", SportGender::Men))]).await.unwrap();
    load.table([made(AthleteInsert::new("reed", "Ivo Reed"))]).await.unwrap();
    load.commit().await.unwrap();
    let known = SCHOOLS.map(|(ncaa_id, name)| KnownSchool { ncaa_id, name: name.to_owned(), ..KnownSchool::default() });
    let matcher = Matcher::new(known);

    let first = [load_niche(&mut connection, &matcher).await, load_awards(&mut connection, &matcher).await];
    let second = [load_niche(&mut connection, &matcher).await, load_awards(&mut connection, &matcher).await];
    for (first, second) in first.iter().zip(&second) {
        for (table, counts) in &first.tables {
            let again = TableCounts { inserted: 0, unchanged: counts.inserted, ..*counts };
            assert_eq!(second.tables[table], again, "{table}");
        }
    }

    let aliases = "select concat_ws('|', source, normalized_alias, ncaa_id, rule, score) from school_alias join school on school.id = school_id \
                   order by 1";
    let expected = [
        "awards|harbor university|901|name|0.97",
        "awards|harbor|901|short-name|0.90",
        "awards|lake view|902|short-name|0.90",
        "niche|harbor university|901|name|0.97",
        "niche|pine college|903|name|0.97",
    ];
    assert_eq!(lines(&mut connection, aliases).await, expected);
    let profiles = "select concat_ws('|', ncaa_id, slug, national_rank, (select string_agg(category || ' ' || grade, ', ' order by category) from \
                    niche_grade where niche_profile_id = p.id)) from niche_profile p join school on school.id = school_id order by 1";
    let expected =
        ["901|harbor-university|1|Campus Food C, Overall Niche Grade A+, Party Scene B-", "903|pine-college|5"];
    assert_eq!(lines(&mut connection, profiles).await, expected);
    let awards = "select concat_ws('|', player_name, award, team_level, position, s.name, a.identity_key) from award left join school s on s.id = \
                  school_id left join athlete a on a.id = athlete_id where player_name in ('Ivo Reed', 'Max Stone') order by 1";
    let expected = [
        "Ivo Reed|All American|1|QB|Harbor University|reed",
        "Ivo Reed|All Conference (BIG TEN): Player of the Year||QB|Harbor University|reed",
        "Ivo Reed|All Conference (BIG TEN)|1|KR/PR|Harbor University|reed",
        "Max Stone|All Conference (BIG TEN)|1|S",
    ];
    assert_eq!(lines(&mut connection, awards).await, expected);
    let waiting = "select concat_ws('|', source, table_name, reason, file, times_seen) from pipeline.quarantine where reason like '%school' order by \
                   1, id";
    let expected = [
        "awards|public.school_alias|unknown-school|accolades.csv|2",
        "awards|public.school_alias|unknown-school|accolades.csv|2",
        "niche|public.niche_profile|unknown-school|profiles.json|2",
        "niche|public.niche_profile|unknown-school|profiles.json|2",
        "niche|public.niche_profile|unknown-school|profiles.json|2",
    ];
    assert_eq!(lines(&mut connection, waiting).await, expected);
}
