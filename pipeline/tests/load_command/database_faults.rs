//! Faults that only the database sees cost their rows, not the load.

use crate::Scene;

const SCHEMA: &str = r"
import { inet, integer, pgTable, text } from 'drizzle-orm/pg-core';

/** @conflictKey stop_code_unique */
export const stop = pgTable('stop', {
  id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
  code: integer('code').notNull().unique(),
  name: text('name').notNull().unique(),
  opens: integer('opens'),
  closes: integer('closes'),
  host: inet('host'),
});
";

#[tokio::test]
async fn each_kind_of_fault_is_quarantined_with_the_databases_reason() {
    let exclusion = "CREATE EXTENSION IF NOT EXISTS btree_gist; ALTER TABLE stop ADD EXCLUDE USING gist (int4range(opens, closes) WITH \
                     &&) WHERE (opens > 100)";
    let trigger = "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.name = 'forbidden' THEN RAISE EXCEPTION \
                   'not this one'; END IF; RETURN NEW; END $$; CREATE TRIGGER no BEFORE INSERT OR UPDATE ON stop FOR EACH ROW EXECUTE \
                   FUNCTION no()";
    let cases: [(&str, &str, &str, &str); 7] = [
        ("ALTER TABLE stop ADD CONSTRAINT hours CHECK (opens < closes)", "500,S,9,8,", "check", "constraint hours"),
        ("", "500,Stop 3,,,", "unique", "stop_name_unique"),
        (exclusion, "500,S,150,1000,", "exclusion", "23P01"),
        (trigger, "500,forbidden,,,", "database", "not this one"),
        ("", "500,S,,,300.1.1.1", "invalid-value", "inet"),
        ("ALTER TABLE stop ALTER opens SET NOT NULL", "500,S,,8,", "null-not-allowed", "opens"),
        (
            "CREATE TABLE owner (id integer PRIMARY KEY); INSERT INTO owner SELECT generate_series(1, 2000); ALTER TABLE stop ADD FOREIGN KEY \
          (opens) REFERENCES owner",
            "500,S,5000,6000,",
            "unresolved-reference",
            "23503",
        ),
    ];
    for (rule, bad, reason, word) in cases {
        let mut scene = Scene::with_schema(SCHEMA).await;
        scene.execute(rule).await;
        let row = |n: u32| format!("{n},Stop {n},{},{},10.0.0.{}\n", n * 2 + 1, n * 2 + 2, n % 250);
        let rows: String = (0..700).filter(|n| *n != 500).map(row).collect();
        // Two bad rows among many good ones, the second one at the very end.
        let bad_rows = [bad.to_owned(), bad.replace("500", "900")];
        let place = rows.find("\n300,").unwrap() + 1;
        let content = format!(
            "code,name,opens,closes,host\n{}{}\n{}{}\n",
            &rows[..place],
            bad_rows[0],
            &rows[place..],
            bad_rows[1]
        );
        let ran = scene.load_text("stop", "stops.csv", &content);
        ran.ok("inserted 699, quarantined 2, read 701");
        assert_eq!((ran.result["status"].as_str(), ran.result["retries"].as_u64()), (Some("partial"), Some(0)));
        assert!(ran.stderr.contains("the load is repeated"), "{}", ran.stderr);
        let kept = "SELECT reason, convert_from(raw, 'UTF8'), key::text, message FROM pipeline.quarantine ORDER BY byte_offset";
        for ((entry, bad), code) in scene.query(kept).await.iter().zip(bad_rows).zip([500, 900]) {
            let start = format!("{reason}|{bad}|{{\"code\": {code}}}|line ");
            assert!(entry.starts_with(&start) && entry.contains(word), "{entry}\nis not\n{start} … {word}");
        }
        // Again: what is there is unchanged, what was refused is refused.
        scene.load_text("stop", "stops.csv", &content).ok("quarantined 2, read 701, unchanged 699");
        assert_eq!(scene.query("SELECT count(*)::text, sum(times_seen)::text FROM pipeline.quarantine").await, ["2|4"]);
    }
}

#[tokio::test]
async fn updates_and_several_shapes_are_searched_too_and_the_cap_holds() {
    let mut scene = Scene::with_schema(SCHEMA).await;
    scene
        .load_text("stop", "first.csv", "code,name,opens,closes\n1,A,1,2\n2,B,1,2\n3,C,1,2\n")
        .ok("inserted 3, read 3");
    scene.execute("ALTER TABLE stop ADD CONSTRAINT hours CHECK (opens < closes)").await;
    let lines = [
        r#"{"code":1,"opens":5}"#,
        r#"{"code":2,"opens":0}"#,
        r#"{"code":3,"closes":0}"#,
        r#"{"code":4,"name":"D","opens":3,"closes":4}"#,
        r#"{"code":5,"name":"B","closes":4}"#,
    ];
    scene.file("hours.ndjson", lines.join("\n"));
    scene.load(&["stop", "hours.ndjson", "--max-errors", "2"]).failed(65, &["3 of 5 records", "--max-errors is 2"]);
    let hours = "SELECT code::text, name, opens::text, closes::text FROM stop ORDER BY code";
    assert_eq!(scene.query(hours).await, ["1|A|1|2", "2|B|1|2", "3|C|1|2"]);
    scene.load(&["stop", "hours.ndjson"]).ok("inserted 1, quarantined 3, read 5, updated 1");
    assert_eq!(scene.query(hours).await, ["1|A|1|2", "2|B|0|2", "3|C|1|2", "4|D|3|4"]);
    // The cause is mended, and they land.
    scene.execute("ALTER TABLE stop DROP CONSTRAINT hours; UPDATE stop SET name = 'B2' WHERE code = 2").await;
    let output = scene.pipeline(&["quarantine", "replay"]).output().unwrap();
    crate::Ran::from(output).ok("inserted 1, read 3, updated 2");
    assert_eq!(scene.query(hours).await, ["1|A|5|2", "2|B2|0|2", "3|C|1|0", "4|D|3|4", "5|B|∅|4"]);
}
