//! Generated code against a real PostgreSQL: the DDL runs, every type is decoded, and `ON CONFLICT` accepts each key.

#[rustfmt::skip]
#[path = "fixtures/everything/generated/mod.rs"]
mod everything;
#[path = "../../tests/support/postgres.rs"]
mod postgres;
#[path = "database/statements.rs"]
mod statements;
#[path = "database/validation.rs"]
mod validation;

use everything::*;
use postgres::Server;
use sqlx::{Executor, PgConnection};

/// One server for all tests; it ends with the process.
async fn database() -> PgConnection {
    static SERVER: std::sync::OnceLock<Server> = std::sync::OnceLock::new();
    let server = SERVER.get_or_init(|| Server::start(&[]));
    let name = server.create_database().await;
    let mut connection = server.connect(&name).await;
    connection.execute(SCHEMA_SQL).await.unwrap();
    connection
}

#[tokio::test]
async fn rows_and_keys_are_the_databases() {
    let mut connection = database().await;

    // Every type with a Rust type of its own, binary as sqlx asks for it.
    connection
        .execute(
            r#"insert into everything (small, big, flag, label, code, amount, real_value, double_value, json_value,
                jsonb_value, uuid_value, date_value, time_value, timestamp_value, timestamptz_value, bytea_value, status,
                role, texts, numbers, statuses, blobs, type, "2fa", "Weird Name!", "café", token)
            values (-32768, 9223372036854775807, true, 'läbel', 'a', 12345678.90, 1.5, -1e300, '{"a": 1}', '[null]',
                '00000000-0000-0000-0000-000000000001', '0001-01-01', '23:59:59.999999', '2026-02-03 04:05:06.789',
                '2026-02-03 04:05:06+02', '\x00ff', 'A-', '2nd', '{a,"b c"}', '{1,-2}', '{open,""}', '{"\\x01"}',
                't', 'f', 'w', 'c', '00000000-0000-0000-0000-000000000002')"#,
        )
        .await
        .unwrap();
    connection.execute("alter type text_status add value 'paused'").await.unwrap();
    connection.execute("update everything set statuses = '{paused}'").await.unwrap();
    let query = format!("select {} from everything", Everything::TABLE.select_list());
    let row: Everything = sqlx::query_as(sqlx::AssertSqlSafe(query.as_str())).fetch_one(&mut connection).await.unwrap();
    assert_eq!((row.small, row.big, row.total), (Some(i16::MIN), Some(i64::MAX), Some(-65536)));
    assert_eq!((row.code.as_deref(), row.amount.unwrap().to_string()), (Some("a "), "12345678.90".to_owned()));
    assert_eq!(row.jsonb_value, Some(serde_json::json!([null])));
    assert_eq!(row.bytea_value, Some(vec![0, 255]));
    assert_eq!((row.status, row.role), (Some(TextStatus::AMinus), Some(Role::_2nd)));
    assert_eq!(row.statuses, Some(vec![TextStatus::Unrecognized("paused".into())]));
    assert_eq!((row.numbers, row.blobs), (vec![1, -2], Some(vec![vec![1]])));
    assert_eq!((row.r#type.as_str(), row._2fa.as_deref(), row.weird_name.as_deref()), ("t", Some("f"), Some("w")));
    assert_eq!(row.timestamptz_value.unwrap().to_rfc3339(), "2026-02-03T02:05:06+00:00");

    // Enums as parameters, alone and in arrays.
    let found: i64 = sqlx::query_scalar("select count(*) from everything where status = $1 and role = any($2)")
        .bind(TextStatus::AMinus)
        .bind(vec![Role::_2nd, Role::III])
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(found, 1);

    // The database knows each key as it is described, and every column by its type and default.
    for table in TABLES {
        let name = format!(r#""{}"."{}""#, table.schema, table.name);
        for key in table.keys.iter() {
            let columns = key.columns.iter().map(|column| format!(r#""{column}""#));
            let parts: Vec<String> = key.expressions.iter().map(|sql| format!("({sql})")).chain(columns).collect();
            let predicate = key.predicate.as_ref().map(|sql| format!(" where {sql}")).unwrap_or_default();
            let target = format!("({}){predicate}", parts.join(", "));
            let sql = format!("explain insert into {name} default values on conflict {target} do nothing");
            connection.execute(sqlx::AssertSqlSafe(sql)).await.unwrap_or_else(|error| panic!("{}: {error}", key.name));
            let sql = "select count(*) from pg_indexes where schemaname = $1 and indexname = $2";
            let found: i64 =
                sqlx::query_scalar(sql).bind(&*table.schema).bind(&*key.name).fetch_one(&mut connection).await.unwrap();
            assert_eq!(found, 1, "{}", key.name);
        }
        for column in table.columns.iter() {
            let default = column.default.as_deref().unwrap_or("null");
            let sql = format!("select ({default})::{}", column.sql_type);
            connection
                .execute(sqlx::AssertSqlSafe(sql))
                .await
                .unwrap_or_else(|error| panic!("{name}.{}: {error}", column.name));
        }
    }
}
