//! Arrays, of one dimension and of more.

use proptest::collection::vec;
use proptest::prelude::*;
use uuid::Uuid;

use crate::models::*;
use crate::scalars::kept;
use crate::{database, strategies};

#[tokio::test]
async fn arrays_of_each_type() {
    let mut connection = database().await;
    kept!(connection, Many, ManyInsert.int2, vec(any::<i16>(), 0..5), [vec![], vec![i16::MIN, i16::MAX]]);
    kept!(connection, Many, ManyInsert.int8, vec(any::<i64>(), 0..5), [vec![i64::MIN, i64::MAX]]);
    kept!(connection, Many, ManyInsert.float8, vec(proptest::num::f64::NORMAL, 0..5), [vec![f64::MIN, f64::MAX, -0.0]]);
    kept!(connection, Many, ManyInsert.decimal, vec(strategies::decimal(), 0..5), []);
    kept!(connection, Many, ManyInsert.bool, vec(any::<bool>(), 0..5), []);
    let texts = ["", "NULL", "null", "{}", "a,b", "\\", "\"", " "].map(str::to_owned).to_vec();
    kept!(connection, Many, ManyInsert.text, vec(strategies::text(), 0..5), [texts]);
    kept!(connection, Many, ManyInsert.char, vec("[^\0]{3}", 0..5), []);
    kept!(connection, Many, ManyInsert.mood, vec(proptest::sample::select(Mood::ALL), 0..5), []);
    kept!(connection, Many, ManyInsert.uuid, vec(any::<u128>().prop_map(Uuid::from_u128), 0..5), []);
    kept!(
        connection,
        Many,
        ManyInsert.jsonb,
        vec(strategies::json(strategies::halves()), 0..4),
        [vec![serde_json::json!(null)]]
    );
    kept!(connection, Many, ManyInsert.bytea, vec(any::<Vec<u8>>(), 0..4), [vec![vec![], vec![0, 255]]]);
    kept!(connection, Many, ManyInsert.date, vec(strategies::date(), 0..5), []);
    kept!(connection, Many, ManyInsert.time, vec(strategies::time(), 0..5), []);
    kept!(connection, Many, ManyInsert.timetz, vec(strategies::time_tz(), 0..5), []);
    kept!(connection, Many, ManyInsert.timestamp, vec(strategies::naive_moment(), 0..5), []);
    kept!(connection, Many, ManyInsert.timestamptz, vec(strategies::moment(), 0..5), []);
    kept!(connection, Many, ManyInsert.interval, vec(strategies::interval(), 0..5), []);
    kept!(connection, Many, ManyInsert.inet, vec(strategies::network(), 0..5), []);
    kept!(connection, Many, ManyInsert.macaddr, vec(any::<[u8; 6]>().prop_map(PgMacAddr), 0..5), []);
    kept!(connection, Many, ManyInsert.varbit, vec(strategies::bits(0..=12), 0..5), [vec![PgBits(vec![])]]);
    kept!(connection, Many, ManyInsert.point, vec(Just(PgPoint { x: 0.1, y: -1e300 }), 0..5), []);
    kept!(connection, Many, ManyInsert.int4range, vec(strategies::discrete(any::<i32>), 0..5), []);
    kept!(connection, Many, ManyInsert.tstzrange, vec(strategies::continuous(strategies::moment), 0..4), []);
    kept!(connection, Many, ManyInsert.money, vec(Just(PgText::from("$1,000.50")), 0..3), []);
    // PostgreSQL writes an array of boxes with semicolons.
    kept!(connection, Many, ManyInsert.r#box, vec(Just(PgText::from("(2,2),(1,1)")), 0..3), []);
}

#[tokio::test]
async fn arrays_of_arrays() {
    let mut connection = database().await;
    let matrix = (1..4usize, 1..4usize).prop_flat_map(|(rows, columns)| vec(vec(any::<i32>(), columns), rows));
    kept!(connection, Many, ManyInsert.matrix, matrix, [vec![], vec![vec![i32::MIN], vec![i32::MAX]]]);
    let cube = (1..3usize, 1..3usize, 1..3usize).prop_flat_map(|(a, b, c)| vec(vec(vec(strategies::text(), c), b), a));
    kept!(connection, Many, ManyInsert.labels, cube, [vec![vec![vec!["{".to_owned()], vec!["NULL".to_owned()]]]]);
    let moods = vec(vec(proptest::sample::select(Mood::ALL), 2), 1..3);
    kept!(connection, Many, ManyInsert.moods, moods, []);
    // PostgreSQL has one empty array, whatever was in it.
    let row =
        ManyInsert::default().with_matrix(vec![vec![], vec![]]).insert().fetch_one(&mut connection).await.unwrap();
    assert_eq!(row.matrix, Some(vec![]));
    // Rows of different lengths are no array; validation says so before the server does.
    let ragged = ManyInsert::default().with_matrix(vec![vec![1], vec![2, 3]]);
    assert_eq!(ragged.validate().unwrap_err()[0].rule, Rule::RaggedArray);
    assert!(ragged.insert().execute(&mut connection).await.unwrap_err().as_database_error().is_some());
}
