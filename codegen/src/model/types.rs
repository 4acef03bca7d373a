//! Which Rust type a column is, and what the loader needs to know of it.

mod path;
mod spelling;
mod table;

pub use path::{is_of_the_runtime, words};
pub use table::{Mapping, TEXT_FORM, TYPES, canonical, mapping};

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
    /// `Bit { length, varying }`
    Bit(Option<u32>, bool),
    /// `Vector { dimensions }`
    Vector(Option<u32>),
    /// `Enum { labels }`
    Enum(Vec<String>),
}

/// The type of a column, by the table of types. `enums` gives the Rust name of an enum by schema and name.
///
/// Drizzle's `mode` says what JavaScript makes of a column, and nothing here. What a `customType` spells counts as that type.
/// What the table does not have is held in its text form; a setting in `codegen.toml` replaces either.
pub fn rust_type(data_type: &DataType, enums: &dyn Fn(Option<&str>, &str) -> String) -> RustType {
    match data_type {
        DataType::Enum { schema, name, values, .. } => {
            RustType { path: enums(schema.as_deref(), name), kind: Kind::Enum(values.clone()), dimensions: 0 }
        }
        DataType::Array { element, .. } => {
            let inner = rust_type(element, enums);
            let dimensions = inner.dimensions.saturating_add(1);
            RustType { path: array(&inner.path, 1), dimensions, ..inner }
        }
        data_type => {
            let spelt = spelling::of(data_type);
            let (path, kind) = match mapping(&spelt.name) {
                Some(mapping) => (mapping.rust, with_modifiers(&mapping.kind, &spelt.modifiers)),
                None => (TEXT_FORM, Kind::Plain("Other")),
            };
            RustType { path: array(path, spelt.dimensions), kind, dimensions: spelt.dimensions }
        }
    }
}

/// The name of a column's type for settings: of an array, its elements'; of an enum, with its schema where that is not
/// `public`.
pub fn setting_name(data_type: &DataType) -> String {
    match data_type {
        DataType::Array { element, .. } => setting_name(element),
        DataType::Enum { schema: Some(schema), name, .. } => format!("{schema}.{name}"),
        DataType::Enum { name, .. } => name.clone(),
        data_type => canonical(&spelling::of(data_type).name).to_owned(),
    }
}

/// Whether a type as a user writes it means the one of that [`setting_name`].
pub fn is_named(written: &str, name: &str) -> bool {
    written == name || canonical(&spelling::parse(written).name) == name
}

/// An array of a type, of that many dimensions.
pub fn array(element: &str, dimensions: u8) -> String {
    (0..dimensions).fold(element.to_owned(), |inner, _| format!("Vec<{inner}>"))
}

/// A kind with the modifiers of a type's spelling.
fn with_modifiers(kind: &Kind, modifiers: &[i64]) -> Kind {
    let number = |index: usize| modifiers.get(index).and_then(|number| u32::try_from(*number).ok());
    match kind {
        Kind::Numeric(..) => Kind::Numeric(number(0), modifiers.get(1).and_then(|scale| i32::try_from(*scale).ok())),
        Kind::Text(_) => Kind::Text(number(0)),
        Kind::Char(length) => Kind::Char(number(0).unwrap_or(*length)),
        Kind::Bit(length, varying) => Kind::Bit(number(0).or(*length), *varying),
        Kind::Vector(_) => Kind::Vector(number(0)),
        Kind::Plain(_) | Kind::Enum(_) => kind.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_the_tables() {
        let enums = |_: Option<&str>, _: &str| "Division".to_owned();
        let array = |element| DataType::Array { element: Box::new(element), size: None };
        let other = |sql: &str| DataType::Other { sql: sql.to_owned() };
        let labels = vec!["I".to_owned()];
        let division =
            DataType::Enum { schema: None, name: "division".into(), values: labels.clone(), from_object: false };
        let plain = |name| Kind::Plain(name);
        let cases = [
            (array(division), "Vec<Division>", Kind::Enum(labels), 1),
            (array(array(DataType::Integer)), "Vec<Vec<i32>>", plain("Int4"), 2),
            (other("text[]"), "Vec<String>", Kind::Text(None), 1),
            (other("citext"), "String", Kind::Text(None), 0),
            (other("NUMERIC(9, 2)"), "rust_decimal::Decimal", Kind::Numeric(Some(9), Some(2)), 0),
            (other("timestamp (3) with time zone"), "chrono::DateTime<chrono::Utc>", plain("TimestampTz"), 0),
            (other("int4range"), "PgRange<i32>", plain("Other"), 0),
            (other("bit(3)"), "PgBits", Kind::Bit(Some(3), false), 0),
            (other("vector(3)"), "PgVector", Kind::Vector(Some(3)), 0),
            (array(other("tsvector")), "Vec<PgText>", plain("Other"), 1),
        ];
        for (data_type, path, kind, dimensions) in cases {
            let expected = RustType { path: path.to_owned(), kind, dimensions };
            assert_eq!(rust_type(&data_type, &enums), expected, "{data_type:?}");
        }
    }

    #[test]
    fn a_type_has_one_row() {
        let mut names: Vec<&str> = TYPES.iter().flat_map(|mapping| mapping.sql).copied().collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
