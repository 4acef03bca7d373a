//! The length of PostgreSQL's identifiers.

/// The most bytes an identifier has (`NAMEDATALEN` less one).
const MAX_BYTES: usize = 63;

/// A name as PostgreSQL keeps it: cut to 63 bytes, never inside a character (`truncate_identifier`).
pub fn truncated(name: &str) -> &str {
    cut(name, MAX_BYTES)
}

/// The name PostgreSQL gives to what has none: after the table, which is cut so that the ending fits (`makeObjectName`).
pub fn object_name(table: &str, ending: &str) -> String {
    format!("{}{ending}", cut(table, MAX_BYTES.saturating_sub(ending.len())))
}

/// `schema.name`, with `public` spelled out: how tables are told apart.
pub fn object_key(schema: Option<&str>, name: &str) -> String {
    [schema.unwrap_or("public"), ".", name].concat()
}

fn cut(name: &str, bytes: usize) -> &str {
    let end = (0..=bytes.min(name.len())).rev().find(|&end| name.is_char_boundary(end));
    &name[..end.unwrap_or(0)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_cut_between_characters() {
        assert_eq!(truncated(&"a".repeat(70)).len(), 63);
        // 62 bytes and a character of two: PostgreSQL's pg_mbcliplen leaves the 62.
        assert_eq!(truncated(&format!("{}é", "a".repeat(62))), "a".repeat(62));
        assert_eq!(truncated("short"), "short");
        assert_eq!(object_name(&"a".repeat(60), "_pkey"), format!("{}_pkey", "a".repeat(58)));
        assert_eq!(object_name("t", "_pkey"), "t_pkey");
    }
}
