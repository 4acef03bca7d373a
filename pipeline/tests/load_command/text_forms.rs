//! Text forms against PostgreSQL's own input functions: what is accepted, and what it means.

use crate::Scene;

/// Type of the column, and forms. Each is loaded through a file and cast by PostgreSQL, which is the judge of both.
const CASES: [(&str, &[&str]); 14] = [
    (
        "integer",
        &[
            "1",
            "+1",
            "-1",
            " 7 ",
            "\t7",
            "007",
            "",
            "1.0",
            "1e3",
            "2147483647",
            "2147483648",
            "-2147483648",
            "x",
            "1 2",
            "--1",
        ],
    ),
    ("smallint", &["32767", "32768", "-32769"]),
    ("bigint", &["9223372036854775807", "9223372036854775808", "-9223372036854775808"]),
    (
        "numeric(6,2)",
        &[
            "1", "1.005", "-0.005", "9999.994", "9999.995", "NaN", "Infinity", ".5", "5.", "1e2", "1e-3", "1,5", "",
            "$1", " 2 ", "+3",
        ],
    ),
    ("numeric", &["1.10", "1e10", "0.00000000000000000000000000001", "-inf", "nan", "1e", "."]),
    (
        "double precision",
        &["1", "1.5e3", "1e400", "1e-400", "NaN", "-Infinity", "inf", ".5", "5.", "1d", "", " 1 ", "1_0"],
    ),
    ("real", &["1.1", "1e39", "1e-50", "3.4028236e38", "infinity"]),
    ("boolean", &["t", "TRUE", "yes", "of", "off", "o", "1", "0", "2", "", " t ", "tru", "truex", "on", "n"]),
    ("varchar(3)", &["abc", "abcd", "abc  ", "äöü", ""]),
    ("char(3)", &["ab", "abcd", "abc  ", "ab   "]),
    ("uuid", &["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "A0EEBC999C0B4EF8BB6D6BB9BD380A11", "a0eebc99", "x"]),
    ("bytea", &["\\x00ff", "\\x0 0", "\\x00 ff", "\\xf", "\\xzz", "abc", "a\\\\b", "\\101\\000", "\\400", "\\", "\\x"]),
    ("jsonb", &["{\"a\": 1}", "null", "1", "\"x\"", "{a:1}", "", "[1,2]", "\"\\u0000\""]),
    (
        "text[]",
        &[
            "{}",
            "{a,b}",
            "{ a , b c }",
            "{\"a,b\",\"c\\\"d\"}",
            "{NULL,null,\"NULL\"}",
            "{a",
            "a,b",
            "{a,,b}",
            "{{a,b},{c,d}}",
            "{{a},{b,c}}",
            "{a}x",
            "{\\\"}",
            "{a\\ }",
            "{\"a\"b}",
            "{,}",
            " {a} ",
            "{\"\"}",
            "{ä,\\ö}",
        ],
    ),
];

const MOMENTS: [(&str, &[&str]); 4] = [
    ("date", &["2024-02-29", "2023-02-29", "0001-01-01", "2024-13-01", " 2024-01-05 ", "2024-1-5"]),
    ("time", &["13:05", "13:05:09", "13:05:09.25", "25:00", "13:60"]),
    (
        "timestamp",
        &["2024-02-29 10:00:00", "2024-02-29T10:00", "2024-02-29", "2024-02-30 10:00", "2024-02-29 10:00:00.123456"],
    ),
    (
        "timestamp with time zone",
        &["2024-02-29 10:00:00Z", "2024-02-29T10:00:00+02", "2024-02-29 10:00:00.5-05:30", "2024-02-29 10:00+0530"],
    ),
];

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

#[tokio::test]
async fn text_is_read_as_postgresql_reads_it() {
    let mut differences = Vec::new();
    for (number, (sql_type, forms)) in CASES.iter().chain(&MOMENTS).enumerate() {
        let mut scene = Scene::new().await;
        let drizzle = r"
import { integer, pgTable, customType, PGTYPE } from 'drizzle-orm/pg-core';
export const form = pgTable('form', { number: integer('number').primaryKey(), value: COLUMN });
";
        let (import, column) = match *sql_type {
            "integer" => ("text", "integer('value')".to_owned()),
            "smallint" => ("smallint", "smallint('value')".to_owned()),
            "bigint" => ("bigint", "bigint('value', { mode: 'number' })".to_owned()),
            "numeric(6,2)" => ("numeric", "numeric('value', { precision: 6, scale: 2 })".to_owned()),
            "double precision" => ("doublePrecision", "doublePrecision('value')".to_owned()),
            "varchar(3)" => ("varchar", "varchar('value', { length: 3 })".to_owned()),
            "char(3)" => ("char", "char('value', { length: 3 })".to_owned()),
            "bytea" => ("bytea", "bytea('value')".to_owned()),
            "text[]" => ("text", "text('value').array()".to_owned()),
            "timestamp with time zone" => ("timestamp", "timestamp('value', { withTimezone: true })".to_owned()),
            other => (other, format!("{other}('value')")),
        };
        let schema = drizzle.replace("PGTYPE", import).replace("COLUMN", &column);
        scene.file("schema.ts", schema);
        scene.execute(&format!("CREATE TABLE form (number integer PRIMARY KEY, value {sql_type})")).await;
        let rows: String = forms.iter().enumerate().map(|(n, form)| format!("{n},{}\n", quoted(form))).collect();
        scene.file("forms.csv", format!("number,value\n{rows}"));
        let ran = scene.load(&["form", "forms.csv"]);
        assert_eq!(ran.code, Some(0), "{number} {sql_type}: {}", ran.stderr);
        for (place, form) in forms.iter().enumerate() {
            let ours = scene.query(&format!("SELECT value::text FROM form WHERE number = {place}")).await.pop();
            let literal = form.replace('\'', "''");
            // The whole way a text takes on its way into a column: input function, then length coercion as of an assignment.
            let sql = format!("CREATE TEMP TABLE judge (value {sql_type}); INSERT INTO judge VALUES ('{literal}'); ");
            let judged = sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut scene.connection).await;
            let theirs = match judged {
                Ok(_) => scene.query("SELECT value::text FROM judge").await.pop(),
                Err(_) => None,
            };
            scene.execute("DROP TABLE IF EXISTS judge").await;
            if ours != theirs {
                differences.push(format!("{sql_type} {form:?}: {ours:?}, but PostgreSQL says {theirs:?}"));
            }
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
