//! `validate` says yes exactly when PostgreSQL does.

use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::database;
use super::everything::*;

/// Absent, null, or a value.
fn field<T: std::fmt::Debug + Clone + 'static>(
    values: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = Field<Option<T>>> {
    prop_oneof![
        3 => Just(Field::Absent),
        1 => Just(Field::Value(None)),
        3 => values.prop_map(|value| Field::Value(Some(value))),
    ]
}

fn decimal() -> impl Strategy<Value = rust_decimal::Decimal> {
    prop_oneof![
        (-1_100_000i64..1_100_000, 0..5u32).prop_map(|(mantissa, scale)| rust_decimal::Decimal::new(mantissa, scale)),
        prop_oneof![
            Just("0.004"),
            Just("0.005"),
            Just("1.5"),
            Just("1.495"),
            Just("1.504"),
            Just("999.994"),
            Just("999.995")
        ]
        .prop_map(|form| form.parse().unwrap()),
    ]
}

fn insert() -> impl Strategy<Value = LimitInsert> {
    let label = field(prop_oneof!["[nošit' ]{0,6}", Just("it's".to_owned()), Just("no   ".to_owned()), "a\0?b"]);
    let code = field("[ab ]{0,5}");
    let ratio = prop_oneof![
        Just(0.25),
        Just(0.249_999_999),
        Just(f64::NAN),
        Just(f64::INFINITY),
        Just(-0.0),
        any::<f64>(),
        0.0..1.0f64,
    ];
    let status = prop_oneof![
        Just(TextStatus::Open),
        Just(TextStatus::APlus),
        Just(TextStatus::Closed),
        Just(TextStatus::from("paused")),
    ];
    let document =
        prop_oneof![Just(serde_json::json!({"a": 1})), Just(serde_json::json!(["\0"])), Just(serde_json::Value::Null)];
    let words = proptest::collection::vec("[a-zé ]{0,4}", 0..3);
    let day = (-4_800..263_000i32, 1..366u32)
        .prop_filter_map("a day", |(year, day)| chrono::NaiveDate::from_yo_opt(year, day));
    let fields = (
        field(prop_oneof![-7..13i16, any::<i16>()]),
        label,
        code,
        field(decimal()),
        field(ratio),
        field(status),
        field(document),
        field(words),
        field(
            prop_oneof![9 => (1..3000i32).prop_map(|year| chrono::NaiveDate::from_yo_opt(year, 1).unwrap()), 1 => day],
        ),
    );
    fields.prop_map(|(small, label, code, amount, ratio, status, document, words, day)| {
        let mut insert = LimitInsert::new(1);
        insert.small = small;
        insert.label = label;
        insert.code = code;
        insert.amount = amount;
        insert.ratio = ratio;
        insert.status = status;
        insert.document = document;
        insert.words = words;
        insert.day = day;
        insert
    })
}

#[tokio::test]
async fn what_is_valid_is_what_the_database_takes() {
    let mut connection = database().await;
    let mut runner = TestRunner::deterministic();
    let (mut taken, mut refused) = (0, 0);
    for _ in 0..3_000 {
        let insert = insert().new_tree(&mut runner).unwrap().current();
        let valid = insert.validate();
        let mut transaction = sqlx::Connection::begin(&mut connection).await.unwrap();
        let outcome = insert.insert().execute(&mut *transaction).await;
        transaction.rollback().await.unwrap();
        assert_eq!(valid.is_ok(), outcome.is_ok(), "{insert:?}\n{valid:?}\n{outcome:?}");
        *if outcome.is_ok() { &mut taken } else { &mut refused } += 1;
    }
    assert!(taken > 200 && refused > 200, "{taken} taken, {refused} refused");
}

/// What the database does not know: the labels of `text({ enum })`.
#[tokio::test]
async fn labels_of_text_are_drizzles_own_rule() {
    let mut connection = database().await;
    let insert = LimitInsert::new(1).with_level(LimitLevel::from("middling"));
    assert_eq!(insert.validate().unwrap_err()[0].rule, runtime::Rule::NotListed);
    insert.insert().execute(&mut connection).await.unwrap();
}
