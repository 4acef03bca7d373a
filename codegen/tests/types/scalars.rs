//! One value in a column.

use std::ops::Bound::{Excluded, Included, Unbounded};

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, Utc};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use crate::models::*;
use crate::{database, strategies};

/// Values of a strategy, the same ones on each run.
pub(crate) fn some<S: Strategy>(strategy: S) -> Vec<S::Value> {
    let mut runner = TestRunner::deterministic();
    (0..100).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

/// Inserts each value into a column, and compares what comes back: as text, so that NaN is itself, -0 is not 0, and 1.0 is
/// not 1.00.
macro_rules! kept {
    ($connection:ident, $row:ident, $insert:ident.$column:ident, $strategy:expr, $extremes:expr) => {
        let mut values = crate::scalars::some($strategy);
        values.extend($extremes);
        for value in values {
            let mut insert = $insert::default();
            insert.$column = Field::Value(Some(value.clone()));
            let row: $row = insert.insert().fetch_one(&mut $connection).await.unwrap_or_else(|error| {
                panic!("{} {value:?}: {error}", stringify!($column));
            });
            assert_eq!(format!("{:?}", row.$column), format!("{:?}", Some(value)), "{}", stringify!($column));
            // What is sent to a browser or to a file comes back the same, too.
            let json = serde_json::to_string(&row).unwrap();
            let read: $row = serde_json::from_str(&json).unwrap_or_else(|error| panic!("{json}: {error}"));
            assert_eq!(serde_json::to_string(&read).unwrap(), json);
        }
    };
}

pub(crate) use kept;

#[tokio::test]
async fn numbers() {
    let mut connection = database().await;
    kept!(connection, One, OneInsert.int2, any::<i16>(), [i16::MIN, 0, i16::MAX]);
    kept!(connection, One, OneInsert.int4, any::<i32>(), [i32::MIN, 0, i32::MAX]);
    kept!(connection, One, OneInsert.int8, any::<i64>(), [i64::MIN, 0, i64::MAX]);
    let floats = [f32::MIN, f32::MAX, f32::MIN_POSITIVE, f32::from_bits(1), -0.0, f32::EPSILON];
    kept!(connection, One, OneInsert.float4, any::<f32>(), floats);
    let doubles = [f64::MIN, f64::MAX, f64::MIN_POSITIVE, f64::from_bits(1), -0.0, f64::EPSILON];
    kept!(connection, One, OneInsert.float8, any::<f64>(), doubles);
    let decimals = ["0", "0.00", "1.10", "10000", "-0.0001", "0.0000000000000000000000000001", "100000000"];
    let decimals = decimals.map(|form| form.parse().unwrap()).into_iter().chain([Decimal::MIN, Decimal::MAX]);
    kept!(connection, One, OneInsert.decimal, strategies::decimal(), decimals);
    let amounts = ["0.00", "9999999999.99", "-9999999999.99"].map(|form| form.parse::<Decimal>().unwrap());
    kept!(connection, One, OneInsert.amount, strategies::amount(), amounts);
    kept!(connection, One, OneInsert.bool, any::<bool>(), [true, false]);
}

/// JSON has no words for these, so that serde is left out.
#[tokio::test]
async fn floats_that_are_no_numbers() {
    let mut connection = database().await;
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let point = PgPoint { x: value, y: -value };
        let insert = OneInsert::default().with_float8(value).with_float4(value as f32).with_point(point);
        let row = insert.insert().fetch_one(&mut connection).await.unwrap();
        let expected = format!("{:?}", (Some(value), Some(value as f32), Some(PgPoint { x: value, y: -value })));
        // PostgreSQL has one NaN.
        let unsigned = |text: String| text.replace("-NaN", "NaN");
        assert_eq!(unsigned(format!("{:?}", (row.float8, row.float4, row.point))), unsigned(expected));
    }
}

#[tokio::test]
async fn texts() {
    let mut connection = database().await;
    let texts = ["", " ", "NULL", "\\", "'", "\"", "{}", "\u{1}", "\u{10ffff}", "a\r\nb\t"].map(str::to_owned);
    kept!(connection, One, OneInsert.text, strategies::text(), texts);
    kept!(connection, One, OneInsert.varchar, "[^\0]{0,7}", ["       ", "äöüßéèê"].map(str::to_owned));
    kept!(connection, One, OneInsert.char, "[^\0]{3}", ["   ", "日本語"].map(str::to_owned));
    kept!(connection, One, OneInsert.mood, proptest::sample::select(Mood::ALL), []);
    kept!(connection, One, OneInsert.uuid, any::<u128>().prop_map(Uuid::from_u128), [Uuid::nil(), Uuid::max()]);
    let documents = || [json!(null), json!([]), json!({}), json!({"": [{}]}), json!("\\u0041"), json!(1.5e-300)];
    kept!(connection, One, OneInsert.json, strategies::json(proptest::num::f64::NORMAL), documents());
    kept!(connection, One, OneInsert.jsonb, strategies::json(strategies::halves()), documents());
    kept!(connection, One, OneInsert.bytea, any::<Vec<u8>>(), [vec![], vec![0], (0..=255).collect()]);
    let text_forms = |forms: [&str; 2]| forms.map(PgText::from);
    kept!(
        connection,
        One,
        OneInsert.money,
        Just(PgText::from("$1.50")),
        text_forms(["$0.00", "-$92,233,720,368,547,758.08"])
    );
    kept!(connection, One, OneInsert.tsvector, Just(PgText::from("'gull':2A 'sea':1")), text_forms(["", "'a'"]));
    kept!(connection, One, OneInsert.xml, Just(PgText::from("<a>ä</a>")), text_forms(["", "<a b=\"c\"/>"]));
}

#[tokio::test]
async fn dates_and_times() {
    let mut connection = database().await;
    let first = strategies::first_day();
    let days = [
        first,
        NaiveDate::MAX,
        NaiveDate::from_ymd_opt(0, 2, 29).unwrap(),
        NaiveDate::from_ymd_opt(2000, 1, 1).unwrap(),
    ];
    kept!(connection, One, OneInsert.date, strategies::date(), days);
    let times = [NaiveTime::MIN, NaiveTime::from_hms_micro_opt(23, 59, 59, 999_999).unwrap()];
    kept!(connection, One, OneInsert.time, strategies::time(), times);
    let offsets = [-57_599, 0, 57_599]
        .map(|seconds| PgTimeTz { time: times[1], offset: FixedOffset::east_opt(seconds).unwrap() });
    kept!(connection, One, OneInsert.timetz, strategies::time_tz(), offsets);
    let last = DateTime::from_timestamp_micros(DateTime::<Utc>::MAX_UTC.timestamp_micros()).unwrap();
    let moments = [first.and_time(NaiveTime::MIN).and_utc(), DateTime::UNIX_EPOCH, last];
    let naive = moments.map(|moment| moment.naive_utc());
    kept!(connection, One, OneInsert.timestamp, strategies::naive_moment(), naive);
    kept!(connection, One, OneInsert.timestamptz, strategies::moment(), moments);
    let intervals = [(0, 0, 0), (i32::MIN, i32::MIN, i64::MIN + 1), (i32::MAX, i32::MAX, i64::MAX - 1), (-14, 3, -1)];
    let intervals = intervals.map(|(months, days, microseconds)| PgInterval { months, days, microseconds });
    kept!(connection, One, OneInsert.interval, strategies::interval(), intervals);
}

#[tokio::test]
async fn networks_bits_and_shapes() {
    let mut connection = database().await;
    let networks = || {
        ["0.0.0.0/0", "255.255.255.255/32", "::/0", "ffff::/16", "::1/128"]
            .map(|form| form.parse::<ipnetwork::IpNetwork>().unwrap())
    };
    kept!(connection, One, OneInsert.inet, strategies::network(), networks());
    kept!(connection, One, OneInsert.cidr, strategies::cidr(), networks());
    let addresses = [PgMacAddr([0; 6]), PgMacAddr([255; 6])];
    kept!(connection, One, OneInsert.macaddr, any::<[u8; 6]>().prop_map(PgMacAddr), addresses);
    let addresses = [PgMacAddr8([0; 8]), PgMacAddr8([255; 8])];
    kept!(connection, One, OneInsert.macaddr8, any::<[u8; 8]>().prop_map(PgMacAddr8), addresses);
    kept!(connection, One, OneInsert.bit, strategies::bits(5), []);
    kept!(connection, One, OneInsert.varbit, strategies::bits(0..=12), [PgBits(vec![]), PgBits(vec![true; 12])]);
    let points = [PgPoint { x: f64::MIN, y: f64::MAX }, PgPoint { x: f64::MIN_POSITIVE, y: -0.0 }];
    kept!(
        connection,
        One,
        OneInsert.point,
        strategies::point().prop_filter("JSON", |p| p.x.is_finite() && p.y.is_finite()),
        points
    );
    kept!(connection, One, OneInsert.line, strategies::line(), [PgLine { a: 1.0, b: -1.0, c: 0.0 }]);
}

#[tokio::test]
async fn ranges() {
    let mut connection = database().await;
    let whole = [PgRange::Empty, PgRange::Between(Unbounded, Unbounded), PgRange::from(i32::MIN..i32::MAX)];
    kept!(connection, One, OneInsert.int4range, strategies::discrete(any::<i32>), whole);
    let whole =
        [PgRange::Empty, PgRange::from(i64::MIN..i64::MAX), PgRange::Between(Included(i64::MAX - 1), Unbounded)];
    kept!(connection, One, OneInsert.int8range, strategies::discrete(any::<i64>), whole);
    let numbers = [PgRange::Empty, PgRange::Between(Excluded(Decimal::MIN), Included(Decimal::MAX))];
    kept!(connection, One, OneInsert.numrange, strategies::continuous(strategies::amount), numbers);
    let days = [PgRange::from(strategies::first_day()..NaiveDate::MAX)];
    kept!(connection, One, OneInsert.daterange, strategies::discrete(strategies::date), days);
    kept!(connection, One, OneInsert.tsrange, strategies::continuous(strategies::naive_moment), [PgRange::Empty]);
    kept!(connection, One, OneInsert.tstzrange, strategies::continuous(strategies::moment), [PgRange::Empty]);
}

/// What is null comes back as null, and what is absent too, where nothing else fills the column.
#[tokio::test]
async fn nulls() {
    let mut connection = database().await;
    let row = OneInsert::default().insert().fetch_one(&mut connection).await.unwrap();
    let json = serde_json::to_value(&row).unwrap();
    assert!(json.as_object().unwrap().iter().all(|(name, value)| (name == "id") != value.is_null()), "{json}");
    let row = ManyInsert::default().with_text(None).insert().fetch_one(&mut connection).await.unwrap();
    assert_eq!(row.text, None);
}
