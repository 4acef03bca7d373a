//! What two columns are compared as: a family of types, and the SQL that brings a column's type into it.
//!
//! Where the types differ, both sides are brought to the one that holds less, since the other side cannot hold more: a float
//! against a numeric is compared as a float, a date against a timestamp as its midnight.

use super::sql::literal;

/// What a type of PostgreSQL is, as far as comparing needs to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Bool,
    Int,
    Oid,
    Decimal,
    Single,
    Double,
    Text,
    /// Text that its type compares or prints in a way of its own: `char(n)`, `citext`, enums.
    TextLike,
    Uuid,
    Date,
    Timestamp,
    TimestampTz,
    Bytes,
    Json,
    /// An array whose elements are `json`, which no one can compare.
    JsonArray,
    Array,
    /// Anything else: by its text form.
    Other,
}

/// A column's type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Type {
    /// As SQL spells it.
    pub(super) name: String,
    pub(super) class: Class,
}

impl Type {
    /// `name` is the spelling; `base` the name in `pg_type` of the type, of what a domain stands on, and of an array's elements.
    pub(super) fn new(name: String, base: &str, is_array: bool, is_enum: bool) -> Self {
        let class = match base {
            "json" if is_array => Class::JsonArray,
            _ if is_array => Class::Array,
            "bool" => Class::Bool,
            "int2" | "int4" | "int8" => Class::Int,
            "oid" => Class::Oid,
            "numeric" => Class::Decimal,
            "float4" => Class::Single,
            "float8" => Class::Double,
            "text" | "varchar" => Class::Text,
            "bpchar" | "citext" | "name" | "char" => Class::TextLike,
            _ if is_enum => Class::TextLike,
            "uuid" => Class::Uuid,
            "date" => Class::Date,
            "timestamp" => Class::Timestamp,
            "timestamptz" => Class::TimestampTz,
            "bytea" => Class::Bytes,
            "json" | "jsonb" => Class::Json,
            _ => Class::Other,
        };
        Self { name, class }
    }
}

/// What values are compared as. The bytes are those of PostgreSQL's binary form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Bool,
    /// Two, four or eight bytes.
    Int,
    Decimal,
    Single,
    Double,
    Text,
    Uuid,
    Date,
    /// Microseconds since 2000; with a zone they are a moment, without one what a clock on the wall shows.
    Time {
        zoned: bool,
    },
    Bytes,
    /// The text of `jsonb`.
    Json,
}

/// What a map file may say that a column is compared as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum As {
    Text,
    Number,
    Boolean,
    Date,
    Time,
    Json,
}

/// The family of two columns. `zones` says whether timestamps without a zone of one side are said to be of some zone.
pub(super) fn family(left: &Type, right: &Type, forced: Option<As>, zones: bool) -> Family {
    use Class::{Array, Bytes, Date, Decimal, Double, Int, Json, JsonArray, Oid, Single, Timestamp, TimestampTz, Uuid};
    let either = |class| left.class == class || right.class == class;
    let both = |classes: &[Class]| classes.contains(&left.class) && classes.contains(&right.class);
    let zoned = zones || either(TimestampTz);
    match forced {
        Some(As::Text) => return Family::Text,
        Some(As::Number) => return Family::Decimal,
        Some(As::Boolean) => return Family::Bool,
        Some(As::Date) => return Family::Date,
        Some(As::Time) => return Family::Time { zoned },
        Some(As::Json) => return Family::Json,
        None => {}
    }
    if both(&[Class::Bool]) {
        Family::Bool
    } else if both(&[Int, Oid, Class::Bool]) {
        Family::Int
    } else if both(&[Int, Oid, Decimal, Single, Double]) {
        match (either(Single), either(Double)) {
            (true, _) => Family::Single,
            (_, true) => Family::Double,
            _ => Family::Decimal,
        }
    } else if both(&[Date]) {
        Family::Date
    } else if both(&[Date, Timestamp, TimestampTz]) {
        Family::Time { zoned }
    } else if both(&[Uuid]) {
        Family::Uuid
    } else if both(&[Bytes]) {
        Family::Bytes
    } else if either(Json) && both(&[Json, Array, JsonArray]) {
        Family::Json
    } else {
        Family::Text
    }
}

/// The SQL that brings a column of one side into the family. `same` says that the other side's type is the same: then the
/// numbers have the same width. `zone` is that of the side's timestamps without one.
pub(super) fn cast(expression: &str, of: &Type, into: Family, same: bool, zone: &str) -> String {
    let to = |name: &str| format!("({expression})::pg_catalog.{name}");
    match (into, of.class) {
        (Family::Bool, Class::Bool)
        | (Family::Decimal, Class::Decimal)
        | (Family::Single, Class::Single)
        | (Family::Double, Class::Double)
        | (Family::Text, Class::Text)
        | (Family::Uuid, Class::Uuid)
        | (Family::Date, Class::Date)
        | (Family::Time { zoned: false }, Class::Timestamp)
        | (Family::Time { zoned: true }, Class::TimestampTz)
        | (Family::Bytes, Class::Bytes) => expression.to_owned(),
        (Family::Int, Class::Int) if same => expression.to_owned(),
        (Family::Int, Class::Bool) => format!("({expression})::pg_catalog.int4::pg_catalog.int8"),
        (Family::Int, _) => to("int8"),
        // Of texts, PostgreSQL's own words: true, yes, on, 1 and their like.
        (Family::Bool, Class::Int) => format!("(({expression}) <> 0)"),
        (Family::Bool, _) => format!("({expression})::pg_catalog.text::pg_catalog.bool"),
        (Family::Decimal, Class::Bool) => format!("({expression})::pg_catalog.int4::pg_catalog.numeric"),
        (Family::Decimal, _) => to("numeric"),
        (Family::Single, _) => to("float4"),
        (Family::Double, _) => to("float8"),
        (Family::Text, Class::JsonArray) => format!("({expression})::pg_catalog.jsonb[]::pg_catalog.text"),
        (Family::Text, Class::Json) => format!("({expression})::pg_catalog.jsonb::pg_catalog.text"),
        (Family::Text, _) => to("text"),
        (Family::Uuid, _) => to("uuid"),
        (Family::Date, _) => to("date"),
        (Family::Time { zoned: true }, Class::Timestamp | Class::Date) => {
            format!("pg_catalog.timezone({}, ({expression})::pg_catalog.timestamp)", literal(zone))
        }
        (Family::Time { zoned: true }, _) => to("timestamptz"),
        (Family::Time { zoned: false }, _) => to("timestamp"),
        (Family::Bytes, _) => to("bytea"),
        (Family::Json, Class::Array | Class::JsonArray) => {
            format!("pg_catalog.to_jsonb({expression})::pg_catalog.text")
        }
        (Family::Json, _) => format!("({expression})::pg_catalog.jsonb::pg_catalog.text"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_that_differ_meet_in_the_one_that_holds_less() {
        let of = |name: &str| {
            let (base, is_array) = name.strip_suffix("[]").map_or((name, false), |base| (base, true));
            Type::new(name.to_owned(), base, is_array, base == "division")
        };
        let time = |zoned| Family::Time { zoned };
        let cases = [
            ("int4", "int8", Family::Int),
            ("bool", "int2", Family::Int),
            ("int4", "numeric", Family::Decimal),
            ("numeric", "float8", Family::Double),
            ("float4", "float8", Family::Single),
            ("varchar", "text", Family::Text),
            ("bpchar", "text", Family::Text),
            ("division", "text", Family::Text),
            ("uuid", "text", Family::Text),
            ("bool", "text", Family::Text),
            ("int4", "text", Family::Text),
            ("date", "date", Family::Date),
            ("date", "timestamp", time(false)),
            ("timestamp", "timestamptz", time(true)),
            ("json", "jsonb", Family::Json),
            ("text[]", "jsonb", Family::Json),
            ("varchar[]", "text[]", Family::Text),
            ("interval", "interval", Family::Text),
            ("bytea", "bytea", Family::Bytes),
        ];
        for (left, right, expected) in cases {
            assert_eq!(family(&of(left), &of(right), None, false), expected, "{left} and {right}");
            assert_eq!(family(&of(right), &of(left), None, false), expected, "{right} and {left}");
        }
        assert_eq!(family(&of("timestamp"), &of("timestamp"), None, true), time(true));
        assert_eq!(family(&of("text"), &of("numeric"), Some(As::Number), false), Family::Decimal);
    }
}
