//! Quoting, and the few notions of SQL text that the statements share.

use models::TableDef;

/// An identifier in double quotes.
pub(super) fn ident(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A string literal. `standard_conforming_strings` is on unless someone turned it off; then a backslash would escape, so
/// such text takes the form that means the same either way.
pub(super) fn literal(text: &str) -> String {
    let doubled = text.replace('\'', "''");
    if text.contains('\\') { format!("E'{}'", doubled.replace('\\', "\\\\")) } else { format!("'{doubled}'") }
}

/// A table's name with its schema.
pub(super) fn table_name(table: &TableDef) -> String {
    format!("{}.{}", ident(&table.schema), ident(&table.name))
}

/// Cuts a name to the 63 bytes that PostgreSQL keeps.
pub(super) fn cut(name: &str) -> &str {
    let mut end = name.len().min(63);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    &name[..end]
}

/// A quoted name made of a prefix and a column's name: `"new:name"`. A name that would not fit ends in a hash.
pub(super) fn prefixed(prefix: &str, column: &str) -> String {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let name = format!("{prefix}:{column}");
    if name.len() <= 63 {
        return ident(&name);
    }
    let mut hasher = DefaultHasher::new();
    column.hash(&mut hasher);
    let mut end = 46;
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    ident(&format!("{}~{:016x}", &name[..end], hasher.finish()))
}

/// A condition that always holds, where a list of conditions is empty.
pub(super) fn all(conditions: &[String]) -> String {
    if conditions.is_empty() { "true".to_owned() } else { conditions.join(" AND ") }
}

/// A condition that never holds, where a list of conditions is empty.
pub(super) fn any(conditions: &[String]) -> String {
    if conditions.is_empty() { "false".to_owned() } else { format!("({})", conditions.join(" OR ")) }
}
