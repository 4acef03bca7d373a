/// A value in its text form, of a type that has no Rust type here (`tsvector`, `money`, `xml`), or has one that does not
/// hold all that the database does.
///
/// Inserts send it as text. A row reads it where the query gives text: [`TableDef::select_list`] does.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct PgText(pub String);

impl From<String> for PgText {
    fn from(text: String) -> Self {
        PgText(text)
    }
}

impl From<&str> for PgText {
    fn from(text: &str) -> Self {
        PgText(text.to_owned())
    }
}

impl std::fmt::Display for PgText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsCell for PgText {
    fn as_cell(&self) -> Cell<'_> {
        Cell::Text(&self.0)
    }
}

impl FromColumn for PgText {
    const TYPES: &'static [&'static str] = <String as FromColumn>::TYPES;

    fn from_binary(bytes: &[u8]) -> Result<Self, sqlx::error::BoxDynError> {
        String::from_binary(bytes).map(PgText)
    }
}

impl sqlx::Type<sqlx::Postgres> for PgText {
    fn type_info() -> sqlx::postgres::PgTypeInfo {
        <String as sqlx::Type<sqlx::Postgres>>::type_info()
    }

    fn compatible(_: &sqlx::postgres::PgTypeInfo) -> bool {
        true
    }
}

impl<'r> sqlx::Decode<'r, sqlx::Postgres> for PgText {
    fn decode(value: sqlx::postgres::PgValueRef<'r>) -> Result<Self, sqlx::error::BoxDynError> {
        use sqlx::{TypeInfo, ValueRef};
        let type_info = value.type_info().into_owned();
        let text = <String as sqlx::Type<sqlx::Postgres>>::compatible(&type_info);
        if !text && value.format() == sqlx::postgres::PgValueFormat::Binary {
            return Err(format!("no Rust type for {}: select it as text (`column::text`)", type_info.name()).into());
        }
        <String as sqlx::Decode<'r, sqlx::Postgres>>::decode(value).map(PgText)
    }
}

impl sqlx::postgres::PgHasArrayType for PgText {
    fn array_type_info() -> sqlx::postgres::PgTypeInfo {
        <String as sqlx::postgres::PgHasArrayType>::array_type_info()
    }

    fn array_compatible(_: &sqlx::postgres::PgTypeInfo) -> bool {
        true
    }
}
