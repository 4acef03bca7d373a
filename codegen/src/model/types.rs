//! Which Rust type a PostgreSQL type is, and what the loader needs to know of it: the one table.

use crate::schema::DataType;

/// The Rust side of a column.
#[derive(Debug, Clone, PartialEq)]
pub struct RustType {
    /// The type as it is written in the table's module.
    pub path: String,
    /// What it holds; of an array, what its elements hold.
    pub kind: Kind,
    /// The declared dimensions of an array.
    pub dimensions: u8,
}

/// `runtime::Kind`, as the generator sees it.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// A variant without fields, by name.
    Plain(&'static str),
    /// `Numeric { precision, scale }`
    Numeric(Option<u32>, Option<i32>),
    /// `Text { max_length }`
    Text(Option<u32>),
    /// `Char { length }`
    Char(u32),
    /// `Enum { labels }`
    Enum(Vec<String>),
}

/// The runtime type for what has no Rust type of its own: the value's text form.
pub const TEXT_FORM: &str = "PgText";

/// The type of a column. `enums` gives the Rust name of an enum by schema and name.
///
/// The types sqlx decodes without further features are mapped to the type its documentation names. Intervals, `timetz`,
/// network types, arrays of arrays and types that pg-core does not know are held in their text form; a setting in
/// `codegen.toml` (`[columns."schema.table.column"] rust_type`) replaces it.
pub fn rust_type(data_type: &DataType, enums: &dyn Fn(Option<&str>, &str) -> String) -> RustType {
    let plain = |path: &str, kind| RustType { path: path.to_owned(), kind: Kind::Plain(kind), dimensions: 0 };
    let text = |kind| RustType { path: "String".to_owned(), kind, dimensions: 0 };
    match data_type {
        DataType::SmallInt | DataType::SmallSerial => plain("i16", "Int2"),
        DataType::Integer | DataType::Serial => plain("i32", "Int4"),
        DataType::BigInt | DataType::BigSerial => plain("i64", "Int8"),
        DataType::Boolean => plain("bool", "Bool"),
        DataType::Real => plain("f32", "Float4"),
        DataType::DoublePrecision => plain("f64", "Float8"),
        DataType::Numeric { precision, scale } => RustType {
            path: "rust_decimal::Decimal".to_owned(),
            kind: Kind::Numeric(*precision, *scale),
            dimensions: 0,
        },
        DataType::Text => text(Kind::Text(None)),
        DataType::Varchar { length } => text(Kind::Text(*length)),
        // `char` without a length is `char(1)`.
        DataType::Char { length } => text(Kind::Char(length.unwrap_or(1))),
        DataType::Json => plain("serde_json::Value", "Json"),
        DataType::Jsonb => plain("serde_json::Value", "Jsonb"),
        DataType::Uuid => plain("uuid::Uuid", "Uuid"),
        DataType::Date => plain("chrono::NaiveDate", "Date"),
        DataType::Time { with_time_zone: false, .. } => plain("chrono::NaiveTime", "Time"),
        DataType::Timestamp { with_time_zone: false, .. } => plain("chrono::NaiveDateTime", "Timestamp"),
        DataType::Timestamp { with_time_zone: true, .. } => plain("chrono::DateTime<chrono::Utc>", "TimestampTz"),
        DataType::Bytea => plain("Vec<u8>", "Bytes"),
        DataType::Enum { schema, name, values, .. } => {
            RustType { path: enums(schema.as_deref(), name), kind: Kind::Enum(values.clone()), dimensions: 0 }
        }
        DataType::Array { element, .. } => {
            let inner = rust_type(element, enums);
            let dimensions = inner.dimensions.saturating_add(1);
            if dimensions == 1 {
                RustType { path: format!("Vec<{}>", inner.path), kind: inner.kind, dimensions }
            } else {
                // sqlx decodes no arrays of arrays.
                RustType { path: TEXT_FORM.to_owned(), kind: Kind::Plain("Other"), dimensions }
            }
        }
        // What a `customType` spells and sqlx knows.
        DataType::Other { sql } if sql.eq_ignore_ascii_case("citext") => text(Kind::Text(None)),
        DataType::Other { sql } if sql.eq_ignore_ascii_case("bytea") => plain("Vec<u8>", "Bytes"),
        DataType::Time { .. }
        | DataType::Interval { .. }
        | DataType::Inet
        | DataType::Cidr
        | DataType::Macaddr
        | DataType::Macaddr8
        | DataType::Other { .. } => plain(TEXT_FORM, "Other"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_have_their_elements_kind() {
        let enums = |_: Option<&str>, _: &str| "Division".to_owned();
        let array = |element| DataType::Array { element: Box::new(element), size: None };
        let labels = vec!["I".to_owned()];
        let division =
            DataType::Enum { schema: None, name: "division".into(), values: labels.clone(), from_object: false };
        let one = rust_type(&array(division), &enums);
        assert_eq!(one, RustType { path: "Vec<Division>".into(), kind: Kind::Enum(labels), dimensions: 1 });
        let two = rust_type(&array(array(DataType::Integer)), &enums);
        assert_eq!((two.path.as_str(), two.dimensions), ("PgText", 2));
    }
}
