//! Rows of pages in a real database.

use std::sync::Arc;

use models::{RosterEntry, SchoolInsert, SportGender, SportInsert, Table, Upsert};
use pipeline::load::{Load, Options, Row, RunContext};
use pipeline::report::TableCounts;
use pipeline::sources::found::{Found, Refused};
use pipeline::sources::ncaa_stats::{Asked, ListDivision, extract, grid_rows, roster_rows};
use sqlx::{AssertSqlSafe, PgConnection, Row as _};

use super::server::Server;
use super::{fixture, read_roster};

fn counts(read: u64, inserted: u64, unchanged: u64) -> TableCounts {
    TableCounts { read, inserted, unchanged, ..TableCounts::default() }
}

fn rows<R>(found: &[Found<R>]) -> Vec<Row<R>>
where
    R: Clone,
{
    let source: Arc<str> = "ncaa-stats".into();
    found.iter().cloned().map(|found| found.into_row(&source)).collect()
}

/// Loads into one table by its default key, and commits.
async fn load<R: Upsert + Clone>(connection: &mut PgConnection, found: &[Found<R>]) -> TableCounts {
    let mut load = begin(connection).await;
    let counts = load.table(rows(found)).await.unwrap();
    load.commit().await.unwrap();
    assert_eq!(counts.read, counts.accounted());
    counts
}

async fn begin(connection: &mut PgConnection) -> Load<'_> {
    let run = RunContext { run_id: uuid::Uuid::now_v7(), task: Some("rosters".into()), source: "ncaa-stats".into() };
    Load::begin(connection, run, Options::default()).await.unwrap()
}

#[tokio::test]
async fn players_with_and_without_an_id_get_their_statistics() {
    let server = Server::start(&["-c", "fsync=off"]);
    let name = server.create_database().await;
    let mut database = server.connect(&name).await;
    let tables = include_str!("../../../models/src/generated/schema.sql");
    for sql in [pipeline::database::init_sql(None), tables.to_owned()] {
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut database).await.unwrap();
    }
    SchoolInsert::new(90001, "Alder A&M").upsert().execute(&mut database).await.unwrap();
    SportInsert::new("MBA", "Baseball", "Baseball", SportGender::Men).upsert().execute(&mut database).await.unwrap();

    let roster = roster_rows(read_roster("/teams/700010/roster", "roster-baseball.html"), Some(ListDivision::I));
    let team = [roster.team.clone()];
    assert_eq!(load(&mut database, &team).await, counts(1, 1, 0));
    assert_eq!(load(&mut database, &roster.identified).await, counts(3, 3, 0));
    let key = RosterEntry::BY_TEAM_ID_NORMALIZED_NAME_NUMBER_POSITION.definition();
    for expected in [counts(2, 1, 0), counts(2, 0, 1)] {
        let mut load = begin(&mut database).await;
        let found = rows(&roster.unidentified);
        let loaded =
            load.table_by_key(RosterEntry::TABLE, key, &mut pipeline::load::Iterated::new(found)).await.unwrap();
        load.commit().await.unwrap();
        assert_eq!(loaded, TableCounts { duplicates: 1, ..expected }, "of two equal rows one is a duplicate");
    }

    let page = fixture("/teams/700010/season_to_date_stats", "season.html");
    let statistics = grid_rows(extract::season(&page, &Asked::new("MBA", 2026)).unwrap(), None);
    assert_eq!(statistics.refused, Vec::<Refused>::new());
    assert_eq!(load(&mut database, &statistics.stats).await, counts(10, 10, 0), "every player is found by his key");
    assert_eq!(load(&mut database, &statistics.stats).await, counts(10, 0, 10));
    assert_eq!(load(&mut database, &roster.identified).await, counts(3, 0, 3));
    assert_eq!(load(&mut database, &team).await, counts(1, 0, 1));

    let sql = "SELECT e.name, count(*)::text, max(s.value) FILTER (WHERE s.category = 'Pitching/IP')::text FROM player_stat s \
               JOIN roster_entry e ON e.id = s.roster_entry_id GROUP BY e.name ORDER BY 1";
    let found = sqlx::raw_sql(sql).fetch_all(&mut database).await.unwrap();
    let found: Vec<(String, String, Option<String>)> =
        found.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect();
    let expected = [("Ansel Quill", "2", None), ("Easton Marsh", "8", Some("6.6667"))];
    assert_eq!(found, expected.map(|(name, count, innings)| (name.into(), count.into(), innings.map(str::to_owned))));
}
