//! What PostgreSQL holds and the Rust types do not.

use sqlx::{Executor, PgConnection};

use crate::models::*;
use crate::{Celsius, database};

/// The error of reading the table's only row after a statement.
async fn error_of<T: Table>(connection: &mut PgConnection, statement: &str) -> String {
    let table = T::TABLE.qualified_name();
    connection.execute(sqlx::AssertSqlSafe(format!("begin; delete from {table}; {statement}"))).await.unwrap();
    // With the statement as a comment, so that no cached plan of other types is used.
    let sql = format!("select {} from {table} /* {statement} */", T::TABLE.select_list());
    let read = sqlx::query_as::<_, T>(sqlx::AssertSqlSafe(sql)).fetch_one(&mut *connection).await;
    connection.execute("rollback").await.unwrap();
    match read {
        Ok(_) => format!("{statement}: read without an error"),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn what_a_type_does_not_hold_is_an_error_that_names_the_column() {
    let mut connection = database().await;
    let cases = [
        ("one", "decimal", "'NaN'", "holds NaN, and rust_decimal::Decimal does not"),
        ("one", "decimal", "'Infinity'", "holds infinity, and rust_decimal::Decimal does not"),
        ("one", "decimal", "'-Infinity'", "holds -infinity, and rust_decimal::Decimal does not"),
        ("one", "decimal", "1e29", "holds a number of more than 28 digits"),
        ("one", "decimal", "1e-29", "holds a number of more than 28 digits"),
        ("one", "decimal", "1.23456789012345678901234567891", "holds a number of more than 28 digits"),
        ("one", "date", "'infinity'", "holds infinity, and chrono::NaiveDate does not"),
        ("one", "date", "'-infinity'", "holds -infinity, and chrono::NaiveDate does not"),
        ("one", "date", "'262143-01-01'", "holds a date after the year 262142"),
        ("one", "time", "'24:00'", "holds 24:00:00, and chrono::NaiveTime does not"),
        ("one", "timetz", "'24:00+02'", "holds 24:00:00, and chrono::NaiveTime does not"),
        ("one", "timestamp", "'infinity'", "holds infinity, and chrono::DateTime does not"),
        ("one", "timestamp", "'294276-12-31'", "holds a time after the year 262142"),
        ("one", "timestamptz", "'-infinity'", "holds -infinity, and chrono::DateTime does not"),
        ("one", "numrange", "'[1,NaN]'", "holds NaN, and rust_decimal::Decimal does not"),
        ("one", "daterange", "'[2020-01-01,infinity)'", "holds infinity, and chrono::NaiveDate does not"),
        ("one", "tstzrange", "'[-infinity,)'", "holds -infinity, and chrono::DateTime does not"),
        ("many", "int2", "'{1,NULL}'", "holds a NULL element"),
        ("many", "date", "'{2020-01-01,infinity}'", "holds infinity, and chrono::NaiveDate does not"),
        ("many", "int2", "'[0:1]={1,2}'", "holds an array that begins at 0"),
        ("many", "int2", "'{{1},{2}}'", "holds an array of 2 dimensions, but its type has 1"),
        ("many", "matrix", "'{1,2}'", "holds an array of 1 dimensions, but its type has 2"),
        ("many", "labels", "'{{a},{b}}'", "holds an array of 2 dimensions, but its type has 3"),
    ];
    for (table, column, value, expected) in cases {
        let statement = format!("insert into {table} ({column}) values ({value})");
        let error = match table {
            "one" => error_of::<One>(&mut connection, &statement).await,
            _ => error_of::<Many>(&mut connection, &statement).await,
        };
        assert!(error.contains(&format!("public.{table}.{column}")), "{statement}: {error}");
        assert!(error.contains(expected), "{statement}: {error}");
    }
}

#[tokio::test]
async fn a_database_of_another_schema_is_an_error_that_names_the_column() {
    let mut connection = database().await;
    let cases = [
        (
            "alter table one drop constraint one_pkey; alter table one alter id drop not null; insert into one (id) values (null)",
            "public.one.id: is NULL, but NOT NULL in the schema",
        ),
        (
            "alter table one alter int4 type bigint; insert into one (int4) values (1)",
            "public.one.int4: is INT8 in the database, but integer in the schema: i32 is not read from it",
        ),
        (
            "alter table one alter timestamp type timestamptz; insert into one (timestamp) values (now())",
            "public.one.timestamp: is TIMESTAMPTZ in the database, but timestamp in the schema",
        ),
        (
            "alter table one alter date type text; insert into one (date) values ('x')",
            "public.one.date: is TEXT in the database, but date in the schema",
        ),
    ];
    for (statement, expected) in cases {
        let error = error_of::<One>(&mut connection, statement).await;
        assert!(error.contains(expected), "{error}");
    }
    // A query of one's own that does not select the text form is told how.
    connection.execute("insert into one (tsvector) values ('a')").await.unwrap();
    let read = sqlx::query_as::<_, One>("select * from one").fetch_one(&mut connection).await;
    let error = read.unwrap_err().to_string();
    assert!(error.contains("public.one.money") || error.contains("public.one.tsvector"), "{error}");
    assert!(error.contains("`TableDef::select_list`"), "{error}");
    let read = sqlx::query_as::<_, One>("select id from one").fetch_one(&mut connection).await;
    assert!(read.unwrap_err().to_string().contains("public.one.int2"));
}

#[tokio::test]
async fn a_chosen_type_holds_all_of_it() {
    let mut connection = database().await;
    let insert = ChosenInsert::default()
        .with_decimal(PgText::from("NaN"))
        .with_day(PgText::from("infinity"))
        .with_days(vec![None, Some(PgText::from("-infinity"))])
        .with_numbers(vec![Some(1), None])
        .with_celsius(Celsius(36.6))
        .with_celsiuses(vec![Celsius(-273.15), Celsius(0.0)])
        .with_relation("pg_class".to_owned());
    assert_eq!(insert.validate(), Ok(()));
    let row = insert.insert().fetch_one(&mut connection).await.unwrap();
    assert_eq!((row.decimal, row.day), (Some(PgText::from("NaN")), Some(PgText::from("infinity"))));
    assert_eq!(row.days, Some(vec![None, Some(PgText::from("-infinity"))]));
    assert_eq!(row.numbers, Some(vec![Some(1), None]));
    assert_eq!((row.celsius, row.celsiuses), (Some(Celsius(36.6)), Some(vec![Celsius(-273.15), Celsius(0.0)])));
    assert_eq!(row.relation.as_deref(), Some("pg_class"));
    // A type of the user's own is read as its own traits say, and an error still names the column.
    let statement = "alter table chosen alter celsius type text; insert into chosen (celsius) values ('warm')";
    let error = error_of::<Chosen>(&mut connection, statement).await;
    assert!(error.contains("public.chosen.celsius"), "{error}");
}

#[tokio::test]
async fn an_unknown_label_is_carried() {
    let mut connection = database().await;
    connection.execute("alter type mood add value 'new'").await.unwrap();
    connection.execute("insert into one (mood) values ('new')").await.unwrap();
    connection.execute("insert into many (mood, moods) values ('{new,ok}', '{{new}}')").await.unwrap();
    let row = One::find(1).fetch_one(&mut connection).await.unwrap();
    assert_eq!(row.mood, Some(Mood::Unrecognized("new".to_owned())));
    let row = Many::find(1).fetch_one(&mut connection).await.unwrap();
    assert_eq!(row.mood, Some(vec![Mood::Unrecognized("new".to_owned()), Mood::Ok]));
    assert_eq!(row.moods, Some(vec![vec![Mood::Unrecognized("new".to_owned())]]));
    // And goes back as it came.
    let again = OneInsert::default().with_mood(Mood::from("new")).insert().fetch_one(&mut connection).await.unwrap();
    assert_eq!(again.mood, row.mood.map(|moods| moods[0].clone()));
}

#[test]
fn bits_are_counted_before_the_server_counts_them() {
    let bits = |count| PgBits(vec![true; count]);
    let rule = |insert: OneInsert| insert.validate().err().map(|violations| violations[0].rule);
    assert_eq!(rule(OneInsert::default().with_bit(bits(5)).with_varbit(bits(12))), None);
    assert_eq!(rule(OneInsert::default().with_bit(bits(4))), Some(Rule::InvalidValue));
    assert_eq!(rule(OneInsert::default().with_varbit(bits(13))), Some(Rule::TooLong));
}
