//! How PostgreSQL types are spelt.

use std::borrow::Cow;

use crate::schema::{Column, DataType, Wording};

use super::quote;

/// The prefixes that drizzle-kit takes for built-in types (`parseType` in drizzle-kit 0.31). What begins with one is
/// written as it is; anything else is put in quotes, whole. The comparison is case-sensitive.
const NATIVE_PREFIXES: &[&str] = &[
    "uuid",
    "smallint",
    "integer",
    "bigint",
    "boolean",
    "text",
    "varchar",
    "serial",
    "bigserial",
    "decimal",
    "numeric",
    "real",
    "json",
    "time",
    "date",
    "interval",
    "double precision",
    "char",
    "vector",
    "geometry",
    "halfvec",
    "sparsevec",
    "bit",
];

/// Types that exist only in PostgreSQL's grammar, so that their quoted names do not exist.
const GRAMMAR_ONLY: &[&str] = &["int", "dec", "float", "nchar", "character", "national"];

/// A column's type in DDL: as drizzle-kit writes it, and valid where drizzle-kit's is not (a modifier, a schema or
/// upper case inside the quotes; an enum whose name begins like a built-in type).
pub fn ddl(column: &Column) -> Cow<'_, str> {
    let as_it_is = Cow::Borrowed(&*column.sql_type);
    let (base, brackets) = split_array(&column.sql_type);
    if let DataType::Enum { schema, name, .. } = element(&column.data_type) {
        let native = is_native(name);
        return Cow::Owned(match schema {
            None if native && is_plain(name) && !NATIVE_PREFIXES.contains(&name.as_str()) => {
                format!("{name}{brackets}")
            }
            None if native => format!("\"public\".{}{brackets}", quote(name)),
            None => format!("{}{brackets}", quote(name)),
            Some(schema) => format!("{}.{}{brackets}", quote(schema), quote(name)),
        });
    }
    if is_native(base) || !is_identifier(base) || GRAMMAR_ONLY.contains(&base) {
        return as_it_is;
    }
    let lower = base.to_ascii_lowercase();
    if lower != base && (is_native(&lower) || GRAMMAR_ONLY.contains(&lower.as_str())) {
        return as_it_is;
    }
    Cow::Owned(format!("{}{brackets}", quote(base)))
}

/// A column's type in the wording that is asked for.
pub(super) fn in_wording(column: &Column, wording: Wording) -> Cow<'_, str> {
    match wording {
        Wording::Valid => ddl(column),
        Wording::DrizzleKit => Cow::Owned(drizzle_kits(column)),
    }
}

/// What is no built-in type to drizzle-kit is put in quotes with all its modifiers, and what is one gets no schema.
fn drizzle_kits(column: &Column) -> String {
    let (mut base, mut brackets) = (String::new(), String::new());
    let mut rest = column.sql_type.as_str();
    while let Some(open) = rest.find('[') {
        let digits = rest[open + 1..].trim_start_matches(|c: char| c.is_ascii_digit());
        let end = if digits.starts_with(']') { rest.len() - digits.len() + 1 } else { open + 1 };
        base.push_str(&rest[..open]);
        if digits.starts_with(']') { &mut brackets } else { &mut base }.push_str(&rest[open..end]);
        rest = &rest[end..];
    }
    base.push_str(rest);
    if is_native(&base) {
        return base + &brackets;
    }
    match element(&column.data_type) {
        DataType::Enum { schema: Some(schema), from_object: false, .. } => format!("\"{schema}\".\"{base}\"{brackets}"),
        _ => format!("\"{base}\"{brackets}"),
    }
}

/// A column's type for casts and for reading: enums with their schema, quotes only where they are needed, and serials
/// as the integers they are.
pub fn spelling(column: &Column) -> String {
    let (_, brackets) = split_array(&column.sql_type);
    match element(&column.data_type) {
        DataType::SmallSerial => "smallint".to_owned(),
        DataType::Serial => "integer".to_owned(),
        DataType::BigSerial => "bigint".to_owned(),
        DataType::Enum { schema, name, .. } => {
            format!("{}.{}{brackets}", plain(schema.as_deref().unwrap_or("public")), plain(name))
        }
        _ => {
            let ddl = ddl(column);
            let unquoted = ddl.trim_start_matches('"').replace('"', "");
            if is_plain(split_array(&unquoted).0) { unquoted } else { ddl.into_owned() }
        }
    }
}

/// The element type of an array of any depth, or the type itself.
pub(crate) fn element(data_type: &DataType) -> &DataType {
    match data_type {
        DataType::Array { element: inner, .. } => element(inner),
        other => other,
    }
}

/// The name as an identifier, in quotes only where PostgreSQL would fold or refuse it.
fn plain(name: &str) -> String {
    if is_plain(name) { name.to_owned() } else { quote(name) }
}

/// `text[3][]` as `("text", "[3][]")`.
fn split_array(sql_type: &str) -> (&str, &str) {
    let base = sql_type.trim_end_matches(|c: char| c == '[' || c == ']' || c.is_ascii_digit());
    match sql_type[base.len()..].find('[') {
        Some(at) => sql_type.split_at(base.len() + at),
        None => (sql_type, ""),
    }
}

fn is_native(name: &str) -> bool {
    NATIVE_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

fn is_identifier(name: &str) -> bool {
    name.chars().all(|c| c.is_alphanumeric() || c == '_') && !name.starts_with(|c: char| c.is_ascii_digit())
}

fn is_plain(name: &str) -> bool {
    is_identifier(name) && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Location;

    fn column(sql_type: &str, data_type: DataType) -> Column {
        Column {
            name: "c".into(),
            key: "c".into(),
            docs: None,
            location: Location { file: "s.ts".into(), line: 1, column: 1 },
            sql_type: sql_type.into(),
            data_type,
            mode: None,
            not_null: false,
            primary_key: false,
            default: None,
            runtime_default: None,
            on_update: None,
            identity: None,
            generated: None,
            typescript_type: None,
            value_type: None,
            text_enum: None,
        }
    }

    #[test]
    fn types_are_drizzle_kits_where_those_are_valid() {
        let other = |sql: &str| ddl(&column(sql, DataType::Other { sql: sql.into() })).into_owned();
        // As drizzle-kit 0.31.11 writes them.
        assert_eq!(other("point"), "\"point\"");
        assert_eq!(other("citext"), "\"citext\"");
        assert_eq!(other("vector(3)"), "vector(3)");
        assert_eq!(other("timestamp (3) with time zone"), "timestamp (3) with time zone");
        assert_eq!(other("MyType"), "\"MyType\"");
        assert_eq!(other("tsvector[]"), "\"tsvector\"[]");
        assert_eq!(other("numeric(10, 2)[3][]"), "numeric(10, 2)[3][]");
        // drizzle-kit's `"my_type(5)"`, `"public.citext"`, `"int"` and `"NUMERIC(4)"` name no type.
        assert_eq!(other("my_type(5)"), "my_type(5)");
        assert_eq!(other("public.citext"), "public.citext");
        assert_eq!(other("int"), "int");
        assert_eq!(other("TEXT"), "TEXT");
        assert_eq!(other("NUMERIC(4)"), "NUMERIC(4)");
    }

    #[test]
    fn enums_that_begin_like_a_built_in_type_keep_their_name_and_schema() {
        let of = |schema: Option<&str>, name: &str| {
            let data_type = DataType::Enum {
                schema: schema.map(Into::into),
                name: name.into(),
                values: vec![],
                from_object: false,
            };
            ddl(&column(name, data_type)).into_owned()
        };
        assert_eq!(of(None, "division"), "\"division\"");
        assert_eq!(of(Some("auth"), "role"), "\"auth\".\"role\"");
        assert_eq!(of(None, "text_status"), "text_status");
        assert_eq!(of(Some("auth"), "date_kind"), "\"auth\".\"date_kind\"");
        assert_eq!(of(None, "timeUnit"), "\"public\".\"timeUnit\"");
        assert_eq!(of(None, "interval"), "\"public\".\"interval\"");
    }

    #[test]
    fn spellings_can_be_cast_to() {
        let division = DataType::Enum { schema: None, name: "division".into(), values: vec![], from_object: false };
        assert_eq!(spelling(&column("division", division.clone())), "public.division");
        let array = DataType::Array { element: Box::new(division), size: None };
        assert_eq!(spelling(&column("division[]", array)), "public.division[]");
        assert_eq!(spelling(&column("serial", DataType::Serial)), "integer");
        assert_eq!(spelling(&column("inet", DataType::Inet)), "inet");
        assert_eq!(spelling(&column("MyType", DataType::Other { sql: "MyType".into() })), "\"MyType\"");
        assert_eq!(spelling(&column("varchar(2)", DataType::Varchar { length: Some(2) })), "varchar(2)");
    }
}
