//! The statements that rows, patches and keys make.

use serde_json::json;

use super::database;
use super::everything::*;

async fn count(connection: &mut sqlx::PgConnection, condition: &str) -> i64 {
    let sql = format!("select count(*) from {condition}");
    sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(connection).await.unwrap()
}

#[tokio::test]
async fn insert_gives_the_row_with_its_defaults() {
    let mut connection = database().await;
    let counter = CounterInsert::default().insert().fetch_one(&mut connection).await.unwrap();
    assert_eq!(counter.id, 1);
    assert_eq!(CounterInsert::default().insert().execute(&mut connection).await.unwrap(), 1);
    let row = EverythingInsert::new("t").insert().fetch_one(&mut connection).await.unwrap();
    assert_eq!((row.id, row.flag, row.numbers), (1, false, vec![]));
    let error = UserInsert::new("a").insert().execute(&mut connection).await.map(drop);
    assert!(error.is_ok());
    let error = UserInsert::new("a").insert().execute(&mut connection).await.unwrap_err();
    assert!(error.as_database_error().unwrap().is_unique_violation(), "{error}");
}

#[tokio::test]
async fn values_arrive_as_they_are() {
    let mut connection = database().await;
    let moment = |text: &str| text.parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    let insert = EverythingInsert::new("it's \\ \"quoted\"")
        .with_small(i16::MIN)
        .with_big(i64::MAX)
        .with_flag(true)
        .with_label("läbel".to_owned())
        .with_code("a".to_owned())
        .with_amount("12345678.90".parse::<rust_decimal::Decimal>().unwrap())
        .with_real_value(f32::MIN_POSITIVE)
        .with_double_value(f64::NEG_INFINITY)
        .with_json_value(json!({"b": 1e300, "a": null}))
        .with_jsonb_value(json!("text"))
        .with_uuid_value(uuid::Uuid::max())
        .with_date_value(chrono::NaiveDate::from_ymd_opt(-43, 3, 15).unwrap())
        .with_time_value(chrono::NaiveTime::from_hms_micro_opt(23, 59, 59, 999_999).unwrap())
        .with_timestamp_value(moment("9999-12-31T23:59:59.123Z").naive_utc())
        .with_timestamptz_value(moment("0001-01-01T00:00:00.000001Z"))
        .with_bytea_value(vec![0, 255, b'\\'])
        .with_inet_value("10.0.0.1/8".parse::<ipnetwork::IpNetwork>().unwrap())
        .with_interval_value(PgInterval { months: 0, days: 1, microseconds: 7_384_000_000 })
        .with_matrix(vec![vec![1, 2], vec![3, 4]])
        .with_status(TextStatus::APlus)
        .with_role(Role::_2nd)
        .with_texts(vec!["a,b".to_owned(), "NULL".to_owned(), "c\"\\".to_owned(), String::new()])
        .with_numbers(vec![i32::MIN, 7])
        .with_statuses(vec![TextStatus::Empty, TextStatus::AMinus])
        .with_blobs(vec![vec![], vec![1]]);
    assert_eq!(insert.validate(), Ok(()));
    let row = insert.insert().fetch_one(&mut connection).await.unwrap();
    assert_eq!(row.r#type, "it's \\ \"quoted\"");
    assert_eq!((row.small, row.big, row.flag), (Some(i16::MIN), Some(i64::MAX), true));
    assert_eq!((row.label.as_deref(), row.code.as_deref()), (Some("läbel"), Some("a ")));
    assert_eq!(row.amount.unwrap().to_string(), "12345678.90");
    assert_eq!((row.real_value, row.double_value), (Some(f32::MIN_POSITIVE), Some(f64::NEG_INFINITY)));
    assert_eq!((row.json_value, row.jsonb_value), (Some(json!({"b": 1e300, "a": null})), Some(json!("text"))));
    assert_eq!(row.uuid_value, Some(uuid::Uuid::max()));
    assert_eq!(row.date_value, chrono::NaiveDate::from_ymd_opt(-43, 3, 15));
    assert_eq!(row.time_value, chrono::NaiveTime::from_hms_micro_opt(23, 59, 59, 999_999));
    assert_eq!(row.timestamp_value, Some(moment("9999-12-31T23:59:59.123Z").naive_utc()));
    assert_eq!(row.timestamptz_value, Some(moment("0001-01-01T00:00:00.000001Z")));
    assert_eq!(row.bytea_value, Some(vec![0, 255, b'\\']));
    assert_eq!(row.inet_value, Some("10.0.0.1/8".parse::<ipnetwork::IpNetwork>().unwrap()));
    assert_eq!(row.interval_value, Some(PgInterval { months: 0, days: 1, microseconds: 7_384_000_000 }));
    assert_eq!(row.matrix, Some(vec![vec![1, 2], vec![3, 4]]));
    assert_eq!((row.status, row.role), (Some(TextStatus::APlus), Some(Role::_2nd)));
    let texts = ["a,b", "NULL", "c\"\\", ""].map(str::to_owned).to_vec();
    assert_eq!((row.texts, row.numbers), (Some(texts), vec![i32::MIN, 7]));
    assert_eq!(row.statuses, Some(vec![TextStatus::Empty, TextStatus::AMinus]));
    assert_eq!(row.blobs, Some(vec![vec![], vec![1]]));
}

#[tokio::test]
async fn what_is_too_long_is_an_error_and_not_cut() {
    let mut connection = database().await;
    for insert in [
        LimitInsert::new(1).with_label("longer".to_owned()),
        LimitInsert::new(1).with_code("abcd".to_owned()),
        LimitInsert::new(1).with_words(vec!["four".to_owned()]),
        LimitInsert::new(1).with_amount(rust_decimal::Decimal::from(1000)),
    ] {
        insert.insert().execute(&mut connection).await.unwrap_err();
    }
}

#[tokio::test]
async fn upsert_inserts_updates_or_leaves_alone() {
    let mut connection = database().await;
    let limit = |small| LimitInsert::new(5).with_small(small);
    assert_eq!(limit(1).upsert().execute(&mut connection).await.unwrap(), 1);
    assert_eq!(limit(1).upsert().execute(&mut connection).await.unwrap(), 0);
    assert_eq!(limit(2).upsert().execute(&mut connection).await.unwrap(), 1);
    // What is absent stays.
    let row = LimitInsert::new(5).with_label("ok".to_owned()).upsert().fetch_one(&mut connection).await.unwrap();
    assert_eq!((row.small, row.label.as_deref()), (Some(2), Some("ok")));
    // An unchanged row is given back, untouched.
    let version = "select xmin::text from \"limit\"";
    let before: String = sqlx::query_scalar(version).fetch_one(&mut connection).await.unwrap();
    let row = limit(2).upsert().fetch_one(&mut connection).await.unwrap();
    assert_eq!((row.id, row.label.as_deref()), (5, Some("ok")));
    let after: String = sqlx::query_scalar(version).fetch_one(&mut connection).await.unwrap();
    assert_eq!(before, after);
    // Nothing but the key: there is nothing to update.
    assert_eq!(UserInsert::new("a@b.c").upsert().execute(&mut connection).await.unwrap(), 1);
    let again = UserInsert::new("a@b.c").upsert().fetch_one(&mut connection).await.unwrap();
    assert_eq!((again.id, again.email.as_str()), (1, "a@b.c"));
}

#[tokio::test]
async fn each_kind_of_key_finds_its_row() {
    let mut connection = database().await;
    // Partial: only rows that satisfy the predicate conflict.
    let first = KeysInsert::new("a", "1").upsert_on(Keys::BY_A).fetch_one(&mut connection).await.unwrap();
    let second = KeysInsert::new("a", "2").upsert_on(Keys::BY_A).fetch_one(&mut connection).await.unwrap();
    assert_eq!((first.id, second.c.as_str()), (second.id, "2"));
    let other = KeysInsert::new("a", "3").with_b("x".to_owned());
    let third = other.upsert_on(Keys::BY_KEYS_A_OTHER_INDEX).fetch_one(&mut connection).await.unwrap();
    assert_ne!(third.id, first.id);
    let unchanged = other.upsert_on(Keys::BY_KEYS_A_OTHER_INDEX).fetch_one(&mut connection).await.unwrap();
    assert_eq!(unchanged, third);
    // Over an expression: `A` is `a`.
    let upper = KeysInsert::new("A", "3").with_b("x".to_owned());
    let fourth = upper.upsert_on(Keys::BY_KEYS_LOWER_INDEX).fetch_one(&mut connection).await.unwrap();
    assert_eq!((fourth.id, fourth.a.as_str()), (third.id, "A"));
    assert_eq!(upper.upsert_on(Keys::BY_KEYS_LOWER_INDEX).fetch_one(&mut connection).await.unwrap(), fourth);
    // Nulls that are not distinct: `b` is null in the first row.
    let null = KeysInsert::new("z", "9").with_b(None);
    let fifth = null.upsert_on(Keys::BY_B).fetch_one(&mut connection).await.unwrap();
    assert_eq!((fifth.id, fifth.a.as_str()), (first.id, "z"));
    assert_eq!(null.upsert_on(Keys::BY_B).fetch_one(&mut connection).await.unwrap(), fifth);
    assert_eq!(count(&mut connection, "keys").await, 2);
    // A name that PostgreSQL has cut.
    type Long = ATableWithANameThatIsQuiteLongButStillFitsSixty;
    let long = ATableWithANameThatIsQuiteLongButStillFitsSixtyInsert::new("r");
    let first = long.upsert_on(Long::BY_EXTERNAL_REFERENCE).fetch_one(&mut connection).await.unwrap();
    assert_eq!(long.upsert().fetch_one(&mut connection).await.unwrap(), first);
    // A composite one; columns of a primary key that do not say that they are not null.
    let user = UserInsert::new("u").insert().fetch_one(&mut connection).await.unwrap();
    let tagging = TaggingInsert::new(user.id, "t");
    assert_eq!(tagging.upsert().execute(&mut connection).await.unwrap(), 1);
    let key = TaggingRef::UserIdTag { user_id: user.id.into(), tag: "t".into() };
    assert_eq!(Tagging::find(key).fetch_one(&mut connection).await.unwrap().tag, "t");
    let by_email = TaggingRef::UserIdTag { user_id: UserRef::Email("u".into()), tag: "t".into() };
    assert_eq!(Tagging::find(by_email).fetch_one(&mut connection).await.unwrap().user_id, user.id);
}

#[tokio::test]
async fn parents_are_named_by_natural_keys() {
    let mut connection = database().await;
    sqlx::raw_sql("alter table category disable trigger all").execute(&mut connection).await.unwrap();
    let root = CategoryInsert::new(1, "root").with_id(1).insert().fetch_one(&mut connection).await.unwrap();
    let named = CategoryRef::ParentIdName { parent_id: Box::new(root.id.into()), name: "root".into() };
    let child =
        CategoryInsert::new(named.clone(), "child").with_id(2).insert().fetch_one(&mut connection).await.unwrap();
    assert_eq!(child.parent_id, 1);
    let nested = CategoryRef::ParentIdName { parent_id: Box::new(named), name: "child".into() };
    let leaf =
        CategoryInsert::new(nested.clone(), "leaf").with_id(3).upsert().fetch_one(&mut connection).await.unwrap();
    assert_eq!(leaf.parent_id, child.id);
    assert_eq!(Category::find(nested.clone()).fetch_one(&mut connection).await.unwrap(), child);

    // One that is not there: nothing is written, whether the column could be null or not.
    let missing = CategoryRef::ParentIdName { parent_id: Box::new(nested), name: "none".into() };
    assert_eq!(CategoryInsert::new(missing.clone(), "x").insert().execute(&mut connection).await.unwrap(), 0);
    let orphan = KeysInsert::new("a", "c").with_owner(AuthUserRef::Login("nobody".into()));
    assert!(matches!(orphan.insert().fetch_one(&mut connection).await, Err(sqlx::Error::RowNotFound)));
    assert_eq!(orphan.upsert_on(Keys::BY_A).execute(&mut connection).await.unwrap(), 0);
    KeysInsert::new("a", "c").insert().execute(&mut connection).await.unwrap();
    let patch = KeysPatch::default().with_c("d").with_owner(AuthUserRef::Phone("0".into()));
    assert_eq!(patch.update(1).execute(&mut connection).await.unwrap(), 0);
    assert_eq!(count(&mut connection, "keys where c = 'c' and owner is null").await, 1);
    let moved = CategoryPatch::default().with_parent_id(missing).update(leaf.id);
    assert_eq!(moved.execute(&mut connection).await.unwrap(), 0);

    let user = AuthUserInsert::new("ada", "1").insert().fetch_one(&mut connection).await.unwrap();
    let patch = KeysPatch::default().with_owner(AuthUserRef::Login("ada".into()));
    assert_eq!(patch.update(1).fetch_one(&mut connection).await.unwrap().owner, Some(user.id));
}

#[tokio::test]
async fn a_patch_changes_what_it_gives() {
    let mut connection = database().await;
    let row = KeysInsert::new("a", "c").with_b("b".to_owned()).insert().fetch_one(&mut connection).await.unwrap();
    let row = KeysPatch::default().with_b(None).update(row.id).fetch_one(&mut connection).await.unwrap();
    assert_eq!((row.a.as_str(), row.b, row.c.as_str()), ("a", None, "c"));
    // A patch of nothing changes nothing, and still finds the row.
    let row = KeysPatch::default().update(row.id).fetch_one(&mut connection).await.unwrap();
    assert_eq!(row.a, "a");
    assert_eq!(KeysPatch::default().with_a("x").update(99).execute(&mut connection).await.unwrap(), 0);
    // `$onUpdate` columns follow, unless they are given.
    sqlx::raw_sql("insert into everything (type, token, changed) values ('t', gen_random_uuid(), '2000-01-01')")
        .execute(&mut connection)
        .await
        .unwrap();
    let row = EverythingPatch::default().with_type("u").update(1).fetch_one(&mut connection).await.unwrap();
    let age = chrono::Utc::now() - row.changed;
    assert!(age.num_seconds().abs() < 60, "{age}");
    let given = EverythingPatch::default().with_type("v").with_changed(chrono::DateTime::UNIX_EPOCH);
    assert_eq!(given.update(1).fetch_one(&mut connection).await.unwrap().changed, chrono::DateTime::UNIX_EPOCH);
}

#[tokio::test]
async fn run_time_defaults_are_computed() {
    let mut connection = database().await;
    // What could not be read must be given, also where the column may be null.
    let insert = StampedInsert::new("secret", None);
    assert_eq!(insert.validate(), Ok(()));
    let row = insert.insert().fetch_one(&mut connection).await.unwrap();
    assert_eq!(row.id.get_version_num(), 7);
    assert_eq!(row.slug.len(), 12);
    assert!(row.code.len() == 6 && row.code.chars().all(|c| "ABC".contains(c)), "{}", row.code);
    assert!(row.cuid.len() == 24 && cuid2::is_cuid2(&row.cuid), "{}", row.cuid);
    assert!(ulid::Ulid::from_string(&row.ulid).is_ok(), "{}", row.ulid);
    assert_eq!((row.kind.as_str(), row.tags), ("plain", vec!["a".to_owned(), "b \"c\"".to_owned()]));
    assert_eq!((row.settings, row.hint), (json!({"theme": "dark"}), None));
    // `$onUpdate` is applied at insert too, where nothing else gives the column.
    assert!((chrono::Utc::now() - row.touched_at).num_seconds().abs() < 60);
    assert!((chrono::Utc::now().naive_utc() - row.revised_at.unwrap()).num_seconds().abs() < 60);

    let other = insert.insert().fetch_one(&mut connection).await.unwrap();
    assert_ne!((row.id, &row.slug, &row.ulid), (other.id, &other.slug, &other.ulid));
    // On conflict, what was not given is left alone, but for `$onUpdate`.
    let again = StampedInsert::new("new", None).with_slug(other.slug.clone());
    let updated = again.upsert_on(Stamped::BY_SLUG).fetch_one(&mut connection).await.unwrap();
    assert_eq!((updated.id, &updated.code, updated.secret.as_str()), (other.id, &other.code, "new"));
    assert!(updated.touched_at >= other.touched_at);
    let given = StampedInsert::new("s", "hint".to_owned()).with_kind("given").with_id(uuid::Uuid::max());
    let given = given.insert().fetch_one(&mut connection).await.unwrap();
    assert_eq!((given.id, given.kind.as_str()), (uuid::Uuid::max(), "given"));
}

#[tokio::test]
async fn sql_at_insert_and_at_update_is_the_databases() {
    let mut connection = database().await;
    let row = CountedInsert::new("a").insert().fetch_one(&mut connection).await.unwrap();
    assert_eq!((row.id.get_version_num(), row.changes), (4, 0));
    // As JavaScript writes a date.
    let written = chrono::NaiveDateTime::parse_from_str(&row.written, "%Y-%m-%dT%H:%M:%S%.3fZ").unwrap();
    assert!((chrono::Utc::now().naive_utc() - written).num_seconds().abs() < 60);
    assert!((chrono::Utc::now() - row.touched.unwrap()).num_seconds().abs() < 60);

    let renamed = CountedPatch::default().with_name("b").update(row.id).fetch_one(&mut connection).await.unwrap();
    assert_eq!((renamed.changes, renamed.written == row.written), (1, true));
    let again = CountedInsert::new("b").with_written("now").upsert_on(Counted::BY_NAME);
    assert_eq!(again.fetch_one(&mut connection).await.unwrap().changes, 2);
    let given = CountedPatch::default().with_changes(7).update(row.id).fetch_one(&mut connection).await.unwrap();
    assert_eq!(given.changes, 7);
}
