//! Types that differ between the sides, and orders of keys.

use std::fmt::Write as _;

use crate::{Scene, server};

/// A type on the left, its value, a type on the right, the same value there, and another one.
const TYPES: [(&str, &str, &str, &str, &str); 26] = [
    ("varchar(20)", "'x'", "text", "'x'", "'y'"),
    ("char(5)", "'x'", "text", "'x'", "'x '"),
    ("integer", "7", "bigint", "7", "8"),
    ("smallint", "-7", "integer", "-7", "7"),
    ("integer", "7", "numeric(8,2)", "7", "7.01"),
    ("numeric(8,2)", "0.1", "numeric(12,4)", "0.1", "0.1001"),
    ("numeric", "12345.6", "double precision", "12345.6", "12345.7"),
    ("real", "0.1", "double precision", "0.1", "0.2"),
    ("real", "'NaN'", "real", "'NaN'", "1"),
    ("boolean", "true", "integer", "1", "0"),
    ("boolean", "true", "text", "'true'", "'false'"),
    ("timestamp", "'2025-01-01 12:00'", "timestamptz", "'2025-01-01 13:00+01'", "'2025-01-01 12:00+01'"),
    ("date", "'2025-01-01'", "timestamptz", "'2025-01-01 00:00Z'", "'2025-01-01 01:00Z'"),
    ("date", "'2025-01-01'", "timestamp", "'2025-01-01'", "'2025-01-02'"),
    ("timestamptz", "'infinity'", "timestamptz", "'infinity'", "'2025-01-01'"),
    ("json", "'{\"b\": 1.0,\"a\":[2]}'", "jsonb", "'{\"a\":[2],\"b\":1}'", "'{\"a\":[3],\"b\":1}'"),
    ("json", "'{\"b\":1, \"a\":2}'", "json", "'{\"a\":2,\"b\":1}'", "'{\"a\":2}'"),
    ("text[]", "'{a,\"b c\"}'", "varchar(9)[]", "'{a,\"b c\"}'", "'{a,b,c}'"),
    ("text[]", "'{a,NULL}'", "jsonb", "'[\"a\", null]'", "'[\"a\", \"null\"]'"),
    ("integer[]", "'{1,2}'", "bigint[]", "'{1,2}'", "'{2,1}'"),
    ("uuid", "'11111111-1111-1111-1111-111111111111'", "text", "'11111111-1111-1111-1111-111111111111'", "'1'"),
    ("mood", "'sad'", "text", "'sad'", "'Sad'"),
    ("bytea", "'\\x00ff'", "bytea", "'\\x00ff'", "'\\x00fe'"),
    ("interval", "'1 day'", "interval", "'1 day'", "'24:00'"),
    ("inet", "'10.0.0.1'", "text", "'10.0.0.1/32'", "'10.0.0.1'"),
    ("length", "5", "integer", "5", "6"),
];

/// Each pair of types as a column and as a key.
#[tokio::test]
async fn types_that_differ_are_compared_by_value() {
    let types = "CREATE TYPE mood AS ENUM ('sad', 'glad'); CREATE DOMAIN length AS smallint CHECK (VALUE > 0);";
    let (mut left, mut right) = (types.to_owned(), types.to_owned());
    let (mut told, mut flags) = (String::new(), Vec::new());
    for (place, (left_type, left_value, right_type, same, other)) in TYPES.iter().enumerate() {
        for (sql, name, one, two) in
            [(&mut left, left_type, left_value, left_value), (&mut right, right_type, same, other)]
        {
            write!(
                sql,
                "CREATE TABLE t{place} (n integer PRIMARY KEY, v {name}); INSERT INTO t{place} VALUES (1, {one}), (2, {two}), (3, NULL);
                 CREATE TABLE k{place:02} (v {name}); INSERT INTO k{place:02} VALUES ({one}), (NULL);"
            )
            .unwrap();
        }
        flags.push(format!("t{place}"));
        write!(told, "t{place} by n: 3/3 =2 ~1\n v 1\n").unwrap();
    }
    let scene = Scene::new(&left, &right).await;
    let arguments: Vec<&str> = flags.iter().flat_map(|table| ["--table", table]).chain(["--samples", "0"]).collect();
    assert_eq!(scene.told(&arguments).replace(": \n", "\n"), told);
    let (mut told, mut map) = (String::new(), String::new());
    for (place, (_, left_value, ..)) in TYPES.iter().enumerate() {
        write!(map, "[tables.k{place:02}]\nkey = [\"v\"]\n").unwrap();
        // Two spellings of a number in json are the same value, and not the same key.
        told += &match left_value.contains("1.0,") {
            true => format!("k{place:02} by v: 2/2 =1 ~0\n < 1: \n > 1: \n"),
            false => format!("k{place:02} by v: 2/2 =2 ~0\n"),
        };
    }
    std::fs::write(scene.folder.path().join("map.toml"), map).unwrap();
    assert_eq!(scene.told(&["--map", "map.toml", "--samples", "0"]), told);
}

/// Keys of each kind of order, in databases that sort texts differently: nothing is taken for missing.
#[tokio::test]
async fn the_order_does_not_depend_on_the_collation() {
    let table = |collation: &str| {
        format!(
            "CREATE TABLE word (w text COLLATE {collation} PRIMARY KEY, n numeric, f float8, d date, u uuid, b boolean);
             INSERT INTO word SELECT w || n, n / 7.0, n / -3.0, date '2020-01-01' - n * 37, md5(n::text)::uuid, n % 2 = 0
               FROM unnest(ARRAY['a','B','ä','-','_','Z',' ','é','ß','日','😀','aa','A']) AS w, generate_series(-60, 60) AS n;
             INSERT INTO word (w, n, f) VALUES ('nan', 'NaN', 'NaN'), ('inf', 'Infinity', '-Infinity');"
        )
    };
    let found = {
        let mut connection = server().connect("postgres").await;
        let sql = "SELECT quote_ident(collname) FROM pg_collation WHERE collname ~ '^en.*(x-icu|utf8)$' ORDER BY 1 DESC LIMIT 1";
        sqlx::query_scalar::<_, String>(sql).fetch_optional(&mut connection).await.unwrap()
    };
    let other = found.expect("PostgreSQL has a collation that sorts as people do");
    let scene = Scene::new(&table("\"C\""), &table(&other)).await;
    let rows = 13 * 121 + 2;
    for key in ["w", "n,w", "f,w", "d,w", "u,w", "b,w", "w,n"] {
        let told = scene.told(&["--table", "word", "--key", key]);
        assert_eq!(told, format!("word by {key}: {rows}/{rows} ={rows} ~0\n"));
    }
}
