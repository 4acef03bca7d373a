/// What lets a query of one's own read a type of the runtime: sqlx's traits.
#[allow(unused_macros)] // Not every schema has such a type.
macro_rules! sqlx_column {
    ([$($parameter:tt)*] $name:ty, $sql:literal) => {
        impl<$($parameter)*> sqlx::Type<sqlx::Postgres> for $name {
            fn type_info() -> sqlx::postgres::PgTypeInfo {
                sqlx::postgres::PgTypeInfo::with_name($sql)
            }

            fn compatible(type_info: &sqlx::postgres::PgTypeInfo) -> bool {
                <Self as FromColumn>::accepts(type_info)
            }
        }

        impl<'r, $($parameter)*> sqlx::Decode<'r, sqlx::Postgres> for $name {
            fn decode(value: sqlx::postgres::PgValueRef<'r>) -> Result<Self, sqlx::error::BoxDynError> {
                <Self as FromColumn>::from_binary(value.as_bytes()?)
            }
        }

        impl<$($parameter)*> sqlx::postgres::PgHasArrayType for $name {
            fn array_type_info() -> sqlx::postgres::PgTypeInfo {
                sqlx::postgres::PgTypeInfo::array_of($sql)
            }

            fn array_compatible(type_info: &sqlx::postgres::PgTypeInfo) -> bool {
                <Vec<Self> as FromColumn>::accepts(type_info)
            }
        }
    };
}

/// What a type does whose text form is all there is to know of it: it is a cell, and a string for serde.
#[allow(unused_macros)] // Not every schema has such a type.
macro_rules! text_form {
    ($name:ty) => {
        impl AsCell for $name {
            fn as_cell(&self) -> Cell<'_> {
                Cell::Shown(self)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <String as serde::Deserialize>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
