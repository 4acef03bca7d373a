//! Full refreshes: rows that go missing, rows that come back, and which of several rows of a key wins.

use crate::Scene;

/// A schema of soft-deleted rows, as Drizzle users write them.
const SCHEMA: &str = r"
import { sql } from 'drizzle-orm';
import { integer, pgTable, text, timestamp, unique } from 'drizzle-orm/pg-core';

export const item = pgTable('item', {
  id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
  code: text('code').notNull(),
  season: integer('season').notNull().default(2026),
  name: text('name').notNull(),
  games: integer('games'),
  updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow().$onUpdate(() => new Date()),
  version: integer('version').notNull().default(1).$onUpdate(() => sql`${item.version} + 1`),
  place: text('place').notNull().$defaultFn(() => sql`'row ' || 1 + 1`),
  deletedAt: timestamp('deleted_at', { withTimezone: true }),
}, (table) => [unique('item_key').on(table.code, table.season)]);
";

impl Scene {
    async fn with_items(rows: &str) -> Self {
        let mut scene = Self::with_schema(SCHEMA).await;
        scene.load_text("item", "items.csv", format!("code,season,name\n{rows}"));
        scene.execute("UPDATE item SET updated_at = 'epoch'").await;
        scene
    }

    /// Each row: its code, name, whether it is deleted, and whether it was touched.
    async fn items(&mut self) -> Vec<String> {
        let sql = "SELECT code || season % 100, name, CASE WHEN deleted_at IS NULL THEN 'lives' ELSE 'deleted' END, CASE WHEN \
                   updated_at = 'epoch' THEN 'as it was' ELSE 'touched' END FROM item ORDER BY 1";
        self.query(sql).await
    }
}

const TEN: &str =
    "a,2026,A\nb,2026,B\nc,2026,C\nd,2026,D\ne,2026,E\nf,2026,F\ng,2026,G\nh,2026,H\ni,2026,I\nj,2026,J\n";

/// `$onUpdate` and `$defaultFn` may be SQL: it is the database that computes it, for each row that changes.
#[tokio::test]
async fn what_drizzle_leaves_to_sql_is_computed_by_the_database() {
    let mut scene = Scene::with_items("a,2026,A\nb,2026,B\n").await;
    scene.load_text("item", "next.csv", "code,season,name\na,2026,A2\nb,2026,B\n").ok("read 2, unchanged 1, updated 1");
    scene.load_text("item", "last.csv", "code,season,name\na,2026,A3\nb,2026,B\n").ok("read 2, unchanged 1, updated 1");
    let found = scene.query("SELECT name, version::text, place FROM item ORDER BY code").await;
    assert_eq!(found, ["A3|3|row 2", "B|1|row 2"]);
}

#[tokio::test]
async fn rows_that_a_full_refresh_no_longer_has_are_marked() {
    let mut scene = Scene::with_items(TEN).await;
    let file = |rows: &str| format!("code,season,name\n{rows}");
    let all = TEN.replace("i,2026,I\n", "").replace("a,2026,A", "a,2026,A2");
    scene.file("next.csv", file(&all));
    let ran = scene.load(&["item", "next.csv", "--mark-missing"]);
    ran.ok("marked_missing 1, read 9, unchanged 8, updated 1");
    let items = scene.items().await;
    assert_eq!((items[0].as_str(), items[8].as_str()), ("a26|A2|lives|touched", "i26|I|deleted|touched"));
    assert_eq!(items.iter().filter(|item| item.ends_with("|lives|as it was")).count(), 8);
    // Again: it is marked already.
    scene.load(&["item", "next.csv", "--mark-missing"]).ok("read 9, unchanged 9");
    // It comes again: it is updated and stays deleted, until it is asked back to life.
    scene.file("back.csv", file("i,2026,I2\n"));
    scene.load(&["item", "back.csv"]).ok("read 1, updated 1");
    assert_eq!(scene.items().await[8], "i26|I2|deleted|touched");
    scene.load(&["item", "back.csv"]).ok("read 1, unchanged 1");
    scene.load(&["item", "back.csv", "--revive"]).ok("read 1, updated 1");
    assert_eq!(scene.items().await[8], "i26|I2|lives|touched");
    scene.load(&["item", "back.csv", "--revive"]).ok("read 1, unchanged 1");
}

#[tokio::test]
async fn a_short_read_deletes_nothing() {
    let mut scene = Scene::with_items(TEN).await;
    let before = scene.items().await;
    let file = |rows: &str| format!("code,season,name\n{rows}");
    let three_missing = file(&TEN[..TEN.len() - "h,2026,H\ni,2026,I\nj,2026,J\n".len()]);
    // New rows do not make up for those that are gone.
    let replaced = file(&TEN.replace(",2026", "2,2026"));
    let cases: [(&str, &[&str], &[&str]); 5] = [
        (&three_missing, &[], &["3 of 10 rows", "--max-missing is 20%"]),
        (&three_missing, &["--max-missing", "2"], &["--max-missing is 2"]),
        (&three_missing, &["--max-missing", "29%"], &["--max-missing is 29%"]),
        ("code,season,name\n", &[], &["10 of 10 rows"]),
        (&replaced, &["--max-missing", "60%"], &["10 of 10 rows"]),
    ];
    for (content, flags, words) in cases {
        scene.file("short.csv", content);
        let ran = scene.load(&[&["item", "short.csv", "--mark-missing"], flags].concat());
        ran.failed(65, &[words, &["nothing was loaded"]].concat());
        assert_eq!(scene.items().await, before, "{content}");
    }
    scene.file("short.csv", file("a,2026,A\n"));
    scene.load(&["item", "short.csv", "--mark-missing", "--limit", "1"]).failed(64, &["--limit"]);
    scene.load(&["item", "short.csv", "--max-missing", "5"]).failed(64, &["--mark-missing"]);
    // A record that is refused may be one of those that seem to be missing.
    scene.file("refused.csv", file(&TEN.replace("i,2026,I\nj,2026,J", "i,never,I")));
    let ran = scene.load(&["item", "refused.csv", "--mark-missing"]);
    assert!(ran.code == Some(0) && ran.stderr.contains("no row of public.item was marked"), "{}", ran.stderr);
    assert_eq!(scene.items().await, before);
    // Whoever means it says so.
    scene.file("short.csv", &three_missing);
    scene
        .load(&["item", "short.csv", "--mark-missing", "--max-missing", "30%", "--dry-run"])
        .ok("read 7, rolled_back 7");
    assert_eq!(scene.items().await, before);
    scene
        .load(&["item", "short.csv", "--mark-missing", "--max-missing", "30%"])
        .ok("marked_missing 3, read 7, unchanged 7");
    scene.file("empty.csv", "code,season,name\n");
    let ran = scene.load(&["item", "empty.csv", "--mark-missing", "--max-missing", "none"]);
    ran.ok("marked_missing 7");
}

#[tokio::test]
async fn a_slice_marks_only_its_own_rows() {
    let mut scene = Scene::with_items("a,2025,A\nb,2025,B\na,2026,A\nb,2026,B\n").await;
    scene.file("season.csv", "code,season,name\na,2026,A\n");
    let slice = ["item", "season.csv", "--mark-missing", "--max-missing", "50%", "--mark-missing-within"];
    scene.load(&[&slice[..], &["season"]].concat()).ok("marked_missing 1, read 1, unchanged 1");
    let lives = |items: Vec<String>| items.into_iter().filter(|item| item.contains("lives")).count();
    assert_eq!(scene.items().await[3], "b26|B|deleted|touched");
    assert_eq!(lives(scene.items().await), 3);
    scene.load(&[&slice[..], &["nothing"]].concat()).failed(64, &["nothing", "public.item"]);
    scene.load(&[&slice[..], &["games"]].concat()).failed(65, &["season.csv does not give"]);
}

/// `updated_at` moves with something else, and is no change of its own.
#[tokio::test]
async fn a_moment_of_update_alone_is_no_change() {
    let mut scene = Scene::with_items("a,2026,A\nb,2026,B\n").await;
    let rows = "code,season,name,updatedAt\na,2026,A,2026-01-01T00:00:00Z\nb,2026,B2,2026-01-02T00:00:00Z\n";
    scene.load_text("item", "stamped.csv", rows).ok("read 2, unchanged 1, updated 1");
    let moments = "SELECT (updated_at AT TIME ZONE 'UTC')::date::text FROM item ORDER BY code";
    assert_eq!(scene.query(moments).await, ["1970-01-01", "2026-01-02"]);
}

#[tokio::test]
async fn of_several_rows_of_a_key_the_last_or_the_greatest_wins() {
    let lines = [
        r#"{"code":"a","season":2026,"name":"first","games":5}"#,
        r#"{"code":"a","season":2026,"name":"most","games":9}"#,
        r#"{"code":"a","season":2026,"name":"none","games":null}"#,
        r#"{"code":"b","season":2026,"name":"equal","games":3}"#,
        r#"{"code":"b","season":2026,"name":"equal and later","games":3}"#,
        r#"{"code":"a","season":2026,"name":"last","games":1}"#,
    ];
    let content = lines.join("\n");
    for (flags, winners) in
        [(&[][..], ["last|1", "equal and later|3"]), (&["--winner", "games"], ["most|9", "equal and later|3"])]
    {
        let mut scene = Scene::with_schema(SCHEMA).await;
        scene.file("twice.ndjson", &content);
        scene.load(&[&["item", "twice.ndjson"], flags].concat()).ok("duplicates 4, inserted 2, read 6");
        assert_eq!(scene.query("SELECT name, games::text FROM item ORDER BY code").await, winners);
        scene.load(&[&["item", "twice.ndjson"], flags].concat()).ok("duplicates 4, read 6, unchanged 2");
    }
    // A field that the winner does not give keeps what another row gave; rows without the column come first.
    let mut scene = Scene::with_schema(SCHEMA).await;
    let lines = [r#"{"code":"a","season":2026,"games":9}"#, r#"{"code":"a","season":2026,"name":"without games"}"#];
    scene.file("apart.ndjson", lines.join("\n"));
    scene.load(&["item", "apart.ndjson", "--winner", "games"]).ok("duplicates 1, inserted 1, read 2");
    assert_eq!(scene.query("SELECT name, games::text FROM item").await, ["without games|9"]);
    scene.load(&["item", "apart.ndjson", "--winner", "gmaes"]).failed(64, &["gmaes", "did you mean \"games\""]);
}
