//! Rust types as they are written: which names they use, and whether the runtime reads them.

use super::table::{TEXT_FORM, TYPES};

/// The names in a written type, paths whole: `Vec<Option<chrono::NaiveDate>>` gives three.
pub fn words(path: &str) -> impl Iterator<Item = &str> {
    path.split(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | ':')).filter(|word| !word.is_empty())
}

/// Whether the runtime itself reads the type from a row: one of the table of types, also in `Vec` and `Option`. Any other is
/// read as its own sqlx traits say.
pub fn is_of_the_runtime(path: &str) -> bool {
    let path: String = path.split_whitespace().collect();
    let inside = |wrapper: &str| path.strip_prefix(wrapper)?.strip_prefix('<')?.strip_suffix('>');
    path == TEXT_FORM
        || TYPES.iter().any(|mapping| mapping.rust == path)
        || ["Vec", "Option"].iter().filter_map(|wrapper| inside(wrapper)).any(is_of_the_runtime)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_runtime_reads_the_tables_types() {
        for path in ["i32", "Vec<u8>", "Vec<Option<chrono::NaiveDate>>", "Option<PgText>", "Vec<Vec<PgRange<i32>>>"] {
            assert!(is_of_the_runtime(path), "{path}");
        }
        for path in ["crate::Colors", "Vec<crate::Colors>", "u8", "bigdecimal::BigDecimal", "std::vec::Vec<i32>", "("] {
            assert!(!is_of_the_runtime(path), "{path}");
        }
    }
}
