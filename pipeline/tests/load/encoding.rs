//! Every kind of value, against PostgreSQL's own reading of its text form.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta};
use models::{ColumnDef, Kind, TableDef};
use proptest::collection::vec;
use proptest::prelude::{Strategy, any, prop_oneof};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use rust_decimal::Decimal;
use serde_json::json;

use crate::record::{Record, Value};
use crate::{Database, counts, tables};

/// Loads pairs of a value and its text form, and compares what is stored with what the server makes of the text.
async fn check(sql_type: &'static str, kind: Kind, dimensions: u8, pairs: Vec<(Value, Option<String>)>) {
    let mut database = Database::new().await;
    database.execute(&format!("CREATE TABLE kind (id integer PRIMARY KEY, v {sql_type})")).await;
    let id = ColumnDef { not_null: true, ..tables::column("id", "integer", Kind::Int4) };
    let v = ColumnDef { dimensions, ..tables::column("v", sql_type, kind) };
    let table: &TableDef = tables::table("kind", vec![id, v], vec![tables::key("kind_pkey", &["id"])], vec![]);
    let (ids, texts): (Vec<i32>, Vec<_>) =
        pairs.iter().enumerate().map(|(id, (_, text))| (id as i32, text.clone())).unzip();
    let records = || {
        let row = |(id, (value, _)): (usize, &(Value, Option<String>))| {
            Record(vec![(0, Value::Int4(id as i32)), (1, value.clone())])
        };
        pairs.iter().enumerate().map(row).collect::<Vec<_>>()
    };
    let count = pairs.len() as u64;
    assert_eq!(database.load(table, 0, records()).await, counts! { read: count, inserted: count }, "{sql_type}");
    let sql = format!(
        "SELECT k.v::text, (t.v::{sql_type})::text FROM unnest($1::int[], $2::text[]) AS t (id, v) JOIN kind AS k USING (id) \
         WHERE k.v::text IS DISTINCT FROM (t.v::{sql_type})::text"
    );
    let query = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(ids).bind(texts);
    let wrong: Vec<(Option<String>, Option<String>)> = query.fetch_all(&mut database.connection).await.unwrap();
    assert!(wrong.is_empty(), "{sql_type}: stored and expected differ: {:?}", &wrong[..wrong.len().min(5)]);
    assert_eq!(
        database.load(table, 0, records()).await,
        counts! { read: count, unchanged: count },
        "{sql_type}, again"
    );
}

/// A thousand values of a strategy, the same ones on each run.
fn many<S: Strategy>(strategy: S) -> Vec<S::Value> {
    let mut runner = TestRunner::deterministic();
    (0..1_000).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

fn pairs<T: ToString>(values: Vec<T>, value: impl Fn(T) -> Value) -> Vec<(Value, Option<String>)> {
    values.into_iter().map(|one| (one.to_string(), value(one))).map(|(text, one)| (one, Some(text))).collect()
}

fn decimals() -> impl Strategy<Value = Decimal> {
    let mantissa =
        prop_oneof![any::<i64>().prop_map(i128::from), -(1i128 << 96) + 1..(1i128 << 96), -20_000..20_000i128];
    (mantissa, 0..=28u32).prop_map(|(mantissa, scale)| Decimal::from_i128_with_scale(mantissa, scale))
}

#[tokio::test]
async fn numeric() {
    check("numeric", Kind::Numeric { precision: None, scale: None }, 0, pairs(many(decimals()), Value::Numeric)).await;
    // In text form, any number of digits, exponents, and the three that are no numbers.
    let forms = many(prop_oneof![
        "[+-]?[0-9]{1,60}(\\.[0-9]{0,40})?",
        "[+-]?\\.[0-9]{1,50}",
        "-?[1-9]\\.[0-9]{1,5}[eE][+-]?[0-9]{1,3}",
        "0{1,9}(\\.0{1,9})?",
        "-?0\\.0{1,20}[0-9]{1,9}",
    ]);
    let kind = Kind::Numeric { precision: None, scale: None };
    check("numeric", kind.clone(), 0, pairs(forms, Value::Text)).await;
    let special = ["NaN", "Infinity", "-Infinity", "1e4", "10000", "0.0001", "100000000", "9999.9999", "-0"];
    check("numeric", kind, 0, pairs(special.to_vec(), Value::from)).await;
    // Rounded as it is stored, so that the same again is no change.
    let rounded = many((-9_999_999_949i64..9_999_999_949, 5..9u32).prop_map(|(m, scale)| Decimal::new(m, scale)));
    check("numeric(8,3)", Kind::Numeric { precision: Some(8), scale: Some(3) }, 0, pairs(rounded, Value::Numeric))
        .await;
}

#[tokio::test]
async fn numeric_with_precision_refuses_what_postgresql_refuses() {
    let mut database = Database::new().await;
    let mut forms: Vec<String> = many("-?[0-9]{0,5}[09]{0,3}\\.[0-9]{1,3}9{0,3}[0-9]{0,2}");
    forms.extend(["99.995", "99.994999", "999.99", "9999", "0.005", "-99.995"].map(str::to_owned));
    let column = tables::column("v", "numeric(5,2)", Kind::Numeric { precision: Some(5), scale: Some(2) });
    let function = "CREATE FUNCTION fits(v text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN PERFORM v::numeric(5, 2); RETURN \
                    true; EXCEPTION WHEN numeric_value_out_of_range THEN RETURN false; END $$";
    database.execute(function).await;
    let query = sqlx::query_scalar("SELECT fits(v) FROM unnest($1::text[]) WITH ORDINALITY AS t (v, n) ORDER BY n");
    let fits: Vec<bool> = query.bind(&forms).fetch_all(&mut database.connection).await.unwrap();
    assert!(fits.iter().any(|fits| *fits) && fits.iter().any(|fits| !*fits));
    for (form, fits) in forms.iter().zip(fits) {
        assert_eq!(models::check(&column, models::Cell::Text(form)).is_ok(), fits, "{form}");
        if let Ok(decimal) = form.parse() {
            assert_eq!(models::check(&column, models::Cell::Numeric(decimal)).is_ok(), fits, "{form}");
        }
    }
}

#[tokio::test]
async fn dates_and_times() {
    let day = |days: u64| NaiveDate::from_ymd_opt(1, 1, 1).unwrap() + Days::new(days);
    let dates = many((0..3_600_000u64).prop_map(day));
    check("date", Kind::Date, 0, pairs(dates.clone(), Value::Date)).await;
    check("date", Kind::Date, 0, pairs(dates, |date| Value::Text(date.to_string()))).await;
    let time = |micros: u64| NaiveTime::MIN + TimeDelta::microseconds(micros as i64);
    check("time", Kind::Time, 0, pairs(many((0..86_400_000_000u64).prop_map(time)), Value::Time)).await;
    let moment = |micros: i64| DateTime::from_timestamp_micros(micros).unwrap();
    let moments = || many((-60_000_000_000_000_000..200_000_000_000_000_000i64).prop_map(moment));
    let naive = moments().into_iter().map(|at| at.naive_utc()).collect();
    check("timestamp", Kind::Timestamp, 0, pairs(naive, Value::Timestamp)).await;
    let zoned = |at: DateTime<chrono::Utc>| (Value::TimestampTz(at), Some(at.to_rfc3339()));
    check("timestamp with time zone", Kind::TimestampTz, 0, moments().into_iter().map(zoned).collect()).await;
    let text = |at: DateTime<chrono::Utc>| (Value::Text(at.to_rfc3339()), Some(at.to_rfc3339()));
    check("timestamp (3) with time zone", Kind::TimestampTz, 0, moments().into_iter().map(text).collect()).await;
    let forms = ["2026-01-31 10:11:12+02", "2026-01-31T10:11:12.5Z", "2026-01-31 10:11-03:30"];
    check("timestamp with time zone", Kind::TimestampTz, 0, pairs(forms.to_vec(), Value::from)).await;
}

#[tokio::test]
async fn plain_kinds() {
    check("smallint", Kind::Int2, 0, pairs(many(any::<i16>()), Value::Int2)).await;
    check("integer", Kind::Int4, 0, pairs(many(any::<i16>()), Value::Int2)).await;
    check("bigint", Kind::Int8, 0, pairs(many(any::<i64>()), |value| Value::Text(value.to_string()))).await;
    check("real", Kind::Float4, 0, pairs(many(any::<f32>()), Value::Float4)).await;
    check("double precision", Kind::Float8, 0, pairs(many(any::<f64>()), Value::Float8)).await;
    check("boolean", Kind::Bool, 0, pairs(vec![true, false], Value::Bool)).await;
    check("boolean", Kind::Bool, 0, pairs(vec!["yes", "OFF", "t", "0", "n"], Value::from)).await;
    let uuids = many(any::<u128>().prop_map(uuid::Uuid::from_u128));
    check("uuid", Kind::Uuid, 0, pairs(uuids, Value::Uuid)).await;
    let hex = |bytes: Vec<u8>| bytes.iter().fold("\\x".to_owned(), |hex, byte| format!("{hex}{byte:02x}"));
    let bytes = many(vec(any::<u8>(), 0..40)).into_iter().map(|bytes| (Value::Bytes(bytes.clone()), Some(hex(bytes))));
    check("bytea", Kind::Bytes, 0, bytes.collect()).await;
    check("text", Kind::Text { max_length: None }, 0, pairs(many("[^\0]{0,30}"), Value::Text)).await;
    check("varchar(5)", Kind::Text { max_length: Some(5) }, 0, pairs(vec!["", "abcde", "ab", "abcde  "], Value::from))
        .await;
    check("char(5)", Kind::Char { length: 5 }, 0, pairs(vec!["", "abcde", "ab", "abcde  "], Value::from)).await;
    check("interval", Kind::Other, 0, pairs(vec!["1 day 02:03", "P1Y"], Value::from)).await;
    check("bit(3)", Kind::Bit { length: Some(3), varying: false }, 0, pairs(vec!["101", "000"], Value::from)).await;
    let at_most = Kind::Bit { length: Some(3), varying: true };
    check("bit varying(3)", at_most, 0, pairs(vec!["", "1", "111"], Value::from)).await;
    // A type without equality.
    check("point", Kind::Other, 0, pairs(vec!["(1,2)", "(0,0)"], Value::from)).await;
    let documents =
        vec![json!({"b": [1, 2.5, null], "a": "x\\u0000 'y'"}), json!([]), json!("text"), json!(null), json!(1e300)];
    check("jsonb", Kind::Jsonb, 0, pairs(documents.clone(), Value::Json)).await;
    check("json", Kind::Json, 0, pairs(documents.clone(), Value::Json)).await;
    check(
        "json",
        Kind::Json,
        0,
        pairs(documents, |document| Value::Text(format!(" {document}")))
            .into_iter()
            .map(|(value, text)| (value, text.map(|text| format!(" {text}"))))
            .collect(),
    )
    .await;
}

/// A value that is only displayed, as of a type that a user chose, is read as its text would be.
#[tokio::test]
async fn values_that_are_displayed() {
    let shown = |value: &'static dyn models::Shown| vec![(Value::Shown(value), Some(value.to_string()))];
    check("interval", Kind::Other, 0, shown(&"-3 mons 2 days")).await;
    check("int4range", Kind::Other, 0, shown(&"[1,5)")).await;
    check("numeric(9,3)", Kind::Numeric { precision: Some(9), scale: Some(3) }, 0, shown(&-12.5)).await;
    check("bigint", Kind::Int8, 0, shown(&u32::MAX)).await;
    check("date", Kind::Date, 0, shown(&"2026-02-28")).await;
    check("text", Kind::Text { max_length: None }, 0, shown(&'ä')).await;
    let ranges = Value::Array(vec![Value::Shown(&"[1,5)"), Value::Null]);
    check("int4range[]", Kind::Other, 1, vec![(ranges, Some("{\"[1,5)\",NULL}".to_owned()))]).await;
}

#[tokio::test]
async fn arrays() {
    let list = |items: &[Option<i32>]| Value::Array(items.iter().map(|item| Value::from(*item)).collect());
    let shown = |items: &[Option<i32>]| {
        let items = items.iter().map(|item| item.map_or("NULL".to_owned(), |item| item.to_string()));
        format!("{{{}}}", items.collect::<Vec<_>>().join(","))
    };
    let lists = many(vec(any::<Option<i32>>(), 0..6));
    let integers = || lists.iter().map(|items| (list(items), Some(shown(items)))).collect::<Vec<_>>();
    check("integer[]", Kind::Int4, 1, integers()).await;
    // Elements take the column's type, whatever integers they are given as.
    check("bigint[]", Kind::Int8, 1, integers()).await;
    check("numeric(12,2)[]", Kind::Numeric { precision: Some(12), scale: Some(2) }, 1, integers()).await;
    let words = Value::Array(vec!["a".into(), "b,\"c".into(), Value::Null, "".into()]);
    let shown = Some(r#"{a,"b,\"c",NULL,""}"#.to_owned());
    for sql_type in ["text[]", "varchar(9)[]"] {
        check(sql_type, Kind::Text { max_length: None }, 1, vec![(words.clone(), shown.clone())]).await;
    }
    let matrix = Value::Array(vec![list(&[Some(1), None]), list(&[Some(3), Some(4)])]);
    check("integer[][]", Kind::Int4, 2, vec![(matrix, Some("{{1,NULL},{3,4}}".to_owned())), (Value::Null, None)]).await;
    let labels = vec!["I".into(), "II".into(), "III".into()].into();
    let divisions = Value::Array(vec!["II".into(), "I".into()]);
    check("\"Division\"[]", Kind::Enum { labels }, 1, vec![(divisions, Some("{II,I}".to_owned()))]).await;
    let document = Value::Array(vec![json!({"a": 1}).into()]);
    check("jsonb[]", Kind::Jsonb, 1, vec![(document, Some(r#"{"{\"a\": 1}"}"#.to_owned()))]).await;
}
