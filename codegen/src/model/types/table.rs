//! The one table of types: which Rust type each PostgreSQL type is.
//!
//! `docs/types.md` shows it to users; a test holds the two together.

use super::Kind;

/// A PostgreSQL type and its Rust type.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapping {
    /// What PostgreSQL calls it: the name that settings and documentation use first, then its other names.
    pub sql: &'static [&'static str],
    /// The Rust type, as it is written in a table's module.
    pub rust: &'static str,
    /// What encoding and validation know of it, without modifiers.
    pub kind: Kind,
    /// What the database holds and the Rust type does not: to read it is an error. Empty where there is nothing.
    pub beyond: &'static str,
}

/// The runtime type for what has no Rust type of its own: the value's text form.
pub const TEXT_FORM: &str = "PgText";

const OTHER: Kind = Kind::Plain("Other");

const fn row(sql: &'static [&'static str], rust: &'static str, kind: Kind) -> Mapping {
    Mapping { sql, rust, kind, beyond: "" }
}

const fn limited(sql: &'static [&'static str], rust: &'static str, kind: Kind, beyond: &'static str) -> Mapping {
    Mapping { sql, rust, kind, beyond }
}

const DATES_BEYOND: &str = "`infinity`, `-infinity`, years after 262142";

/// Every type that has a Rust type. Any other is [`TEXT_FORM`]: `money`, `xml`, `tsvector`, `ltree`, …
pub static TYPES: &[Mapping] = &[
    row(&["smallint", "int2", "smallserial", "serial2"], "i16", Kind::Plain("Int2")),
    row(&["integer", "int", "int4", "serial", "serial4"], "i32", Kind::Plain("Int4")),
    row(&["bigint", "int8", "bigserial", "serial8"], "i64", Kind::Plain("Int8")),
    row(&["real", "float4"], "f32", Kind::Plain("Float4")),
    row(&["double precision", "float8", "float"], "f64", Kind::Plain("Float8")),
    limited(
        &["numeric", "decimal", "dec"],
        "rust_decimal::Decimal",
        Kind::Numeric(None, None),
        "`NaN`, `Infinity`, `-Infinity`, more than 28 decimal digits",
    ),
    row(&["boolean", "bool"], "bool", Kind::Plain("Bool")),
    row(&["text"], "String", Kind::Text(None)),
    row(&["varchar", "character varying"], "String", Kind::Text(None)),
    // Without a length, `char` and `bit` are of length 1.
    row(&["char", "character"], "String", Kind::Char(1)),
    row(&["citext"], "String", Kind::Text(None)),
    row(&["uuid"], "uuid::Uuid", Kind::Plain("Uuid")),
    row(&["json"], "serde_json::Value", Kind::Plain("Json")),
    row(&["jsonb"], "serde_json::Value", Kind::Plain("Jsonb")),
    row(&["bytea"], "Vec<u8>", Kind::Plain("Bytes")),
    limited(&["date"], "chrono::NaiveDate", Kind::Plain("Date"), DATES_BEYOND),
    limited(&["time", "time without time zone"], "chrono::NaiveTime", Kind::Plain("Time"), "`24:00:00`"),
    limited(&["time with time zone", "timetz"], "PgTimeTz", OTHER, "`24:00:00`"),
    limited(
        &["timestamp", "timestamp without time zone"],
        "chrono::NaiveDateTime",
        Kind::Plain("Timestamp"),
        DATES_BEYOND,
    ),
    limited(
        &["timestamp with time zone", "timestamptz"],
        "chrono::DateTime<chrono::Utc>",
        Kind::Plain("TimestampTz"),
        DATES_BEYOND,
    ),
    limited(&["interval"], "PgInterval", OTHER, "`infinity`, `-infinity` (PostgreSQL 17)"),
    row(&["inet"], "ipnetwork::IpNetwork", OTHER),
    row(&["cidr"], "ipnetwork::IpNetwork", OTHER),
    row(&["macaddr"], "PgMacAddr", OTHER),
    row(&["macaddr8"], "PgMacAddr8", OTHER),
    row(&["bit"], "PgBits", Kind::Bit(Some(1), false)),
    row(&["varbit", "bit varying"], "PgBits", Kind::Bit(None, true)),
    row(&["point"], "PgPoint", OTHER),
    row(&["line"], "PgLine", OTHER),
    row(&["int4range"], "PgRange<i32>", OTHER),
    row(&["int8range"], "PgRange<i64>", OTHER),
    limited(&["numrange"], "PgRange<rust_decimal::Decimal>", OTHER, "bounds that `numeric` does not hold"),
    limited(&["daterange"], "PgRange<chrono::NaiveDate>", OTHER, "bounds that `date` does not hold"),
    limited(&["tsrange"], "PgRange<chrono::NaiveDateTime>", OTHER, "bounds that `timestamp` does not hold"),
    limited(
        &["tstzrange"],
        "PgRange<chrono::DateTime<chrono::Utc>>",
        OTHER,
        "bounds that `timestamp with time zone` does not hold",
    ),
    row(&["vector"], "PgVector", Kind::Vector(None)),
    row(&["halfvec"], "PgVector", Kind::Vector(None)),
    row(&["sparsevec"], "PgSparseVector", OTHER),
    row(&["geometry"], "PgGeometry", OTHER),
    row(&["geography"], "PgGeometry", OTHER),
];

/// The row of a type by any of its names.
pub fn mapping(name: &str) -> Option<&'static Mapping> {
    TYPES.iter().find(|mapping| mapping.sql.contains(&name))
}

/// The name that settings and documentation use for a type; a type that the table does not have keeps its own.
pub fn canonical(name: &str) -> &str {
    mapping(name).map_or(name, |mapping| mapping.sql[0])
}
