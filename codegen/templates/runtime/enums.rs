/// What every enum of labels can do, from `ALL` and `as_str`, in the labels' own spelling. A label that is not known is
/// carried in `Unrecognized`.
#[allow(unused_macros)]
macro_rules! open_labels {
    ($name:ident) => {
        impl $name {
            fn known(label: &str) -> Option<Self> {
                Self::ALL.iter().find(|known| known.as_str() == label).cloned()
            }
        }

        impl From<String> for $name {
            fn from(label: String) -> Self {
                Self::known(&label).unwrap_or(Self::Unrecognized(label))
            }
        }

        impl From<&str> for $name {
            fn from(label: &str) -> Self {
                Self::known(label).unwrap_or_else(|| Self::Unrecognized(label.to_owned()))
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::convert::Infallible;

            fn from_str(label: &str) -> Result<Self, Self::Err> {
                Ok(Self::from(label))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <String as serde::Deserialize>::deserialize(deserializer).map(Self::from)
            }
        }

        impl super::runtime::AsCell for $name {
            fn as_cell(&self) -> super::runtime::Cell<'_> {
                super::runtime::Cell::Text(self.as_str())
            }
        }

        impl super::runtime::FromColumn for $name {
            const TYPES: &'static [&'static str] = <String as super::runtime::FromColumn>::TYPES;

            fn accepts(of: &sqlx::postgres::PgTypeInfo) -> bool {
                <String as super::runtime::FromColumn>::accepts(of)
            }

            fn from_binary(bytes: &[u8]) -> Result<Self, sqlx::error::BoxDynError> {
                <String as super::runtime::FromColumn>::from_binary(bytes).map(Self::from)
            }
        }

        impl super::runtime::FromJson for $name {
            fn from_json(value: serde_json::Value) -> Result<Self, super::runtime::JsonMismatch> {
                <String as super::runtime::FromJson>::from_json(value).map(Self::from)
            }
        }

        impl sqlx::Encode<'_, sqlx::Postgres> for $name {
            fn encode_by_ref(
                &self,
                buffer: &mut sqlx::postgres::PgArgumentBuffer,
            ) -> Result<sqlx::encode::IsNull, sqlx::error::BoxDynError> {
                <&str as sqlx::Encode<'_, sqlx::Postgres>>::encode_by_ref(&self.as_str(), buffer)
            }
        }

        impl<'r> sqlx::Decode<'r, sqlx::Postgres> for $name {
            fn decode(value: sqlx::postgres::PgValueRef<'r>) -> Result<Self, sqlx::error::BoxDynError> {
                <&str as sqlx::Decode<'r, sqlx::Postgres>>::decode(value).map(Self::from)
            }
        }
    };
}

#[allow(unused_imports)]
pub(crate) use open_labels;

/// An enum type of the database.
#[allow(unused_macros)]
macro_rules! open_enum {
    ($name:ident, $sql:literal) => {
        super::runtime::open_labels!($name);

        impl sqlx::Type<sqlx::Postgres> for $name {
            fn type_info() -> sqlx::postgres::PgTypeInfo {
                sqlx::postgres::PgTypeInfo::with_name($sql)
            }

            // Any enum: the name depends on the search path, and labels are carried whatever they are.
            fn compatible(type_info: &sqlx::postgres::PgTypeInfo) -> bool {
                matches!(type_info.kind(), sqlx::postgres::PgTypeKind::Enum(_))
                    || <String as sqlx::Type<sqlx::Postgres>>::compatible(type_info)
            }
        }

        impl sqlx::postgres::PgHasArrayType for $name {
            fn array_type_info() -> sqlx::postgres::PgTypeInfo {
                sqlx::postgres::PgTypeInfo::array_of($sql)
            }

            fn array_compatible(type_info: &sqlx::postgres::PgTypeInfo) -> bool {
                match type_info.kind() {
                    sqlx::postgres::PgTypeKind::Array(element) => <Self as sqlx::Type<sqlx::Postgres>>::compatible(element),
                    _ => false,
                }
            }
        }
    };
}

#[allow(unused_imports)]
pub(crate) use open_enum;

/// Labels in a column of text, which the database does not check.
#[allow(unused_macros)]
macro_rules! text_labels {
    ($name:ident) => {
        super::runtime::open_labels!($name);

        impl sqlx::Type<sqlx::Postgres> for $name {
            fn type_info() -> sqlx::postgres::PgTypeInfo {
                <String as sqlx::Type<sqlx::Postgres>>::type_info()
            }

            fn compatible(type_info: &sqlx::postgres::PgTypeInfo) -> bool {
                <String as sqlx::Type<sqlx::Postgres>>::compatible(type_info)
            }
        }

        impl sqlx::postgres::PgHasArrayType for $name {
            fn array_type_info() -> sqlx::postgres::PgTypeInfo {
                <String as sqlx::postgres::PgHasArrayType>::array_type_info()
            }

            fn array_compatible(type_info: &sqlx::postgres::PgTypeInfo) -> bool {
                <String as sqlx::postgres::PgHasArrayType>::array_compatible(type_info)
            }
        }
    };
}

#[allow(unused_imports)]
pub(crate) use text_labels;
