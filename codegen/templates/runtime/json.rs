/// A value that is stored as JSON.
pub trait JsonDocument: std::fmt::Debug + Send + Sync {
    /// The value as JSON.
    fn to_value(&self) -> serde_json::Value;
}

/// A type of JSON values. What it writes is what it has read: keys it does not name are kept.
pub trait FromJson: Sized {
    /// The value as this type.
    ///
    /// # Errors
    /// A value that does not fit: where, what was expected, and what is there.
    fn from_json(value: serde_json::Value) -> Result<Self, JsonMismatch>;
}

/// A JSON value that does not fit its type. The database knows nothing of TypeScript's types, so that one can be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonMismatch {
    /// Where, such as `.links[2].url`; empty for the whole value.
    pub path: String,
    /// What the type has there, such as `a string`.
    pub expected: Str,
    /// What is there, shortened.
    pub found: String,
}

impl JsonMismatch {
    /// A mismatch of a whole value.
    pub fn new(expected: impl Into<Str>, found: &serde_json::Value) -> Self {
        let text = found.to_string();
        let found = if text.chars().count() > 60 { text.chars().take(60).chain(['…']).collect() } else { text };
        JsonMismatch { path: String::new(), expected: expected.into(), found }
    }

    /// The same, seen from the object that has it in this key.
    pub fn at_key(mut self, key: &str) -> Self {
        let plain = key.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '$') && !key.is_empty();
        let step = if plain { format!(".{key}") } else { format!("[{key:?}]") };
        self.path.insert_str(0, &step);
        self
    }

    /// The same, seen from the array that has it at this index.
    pub fn at_index(mut self, index: usize) -> Self {
        self.path.insert_str(0, &format!("[{index}]"));
        self
    }
}

impl std::fmt::Display for JsonMismatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let place = if self.path.is_empty() { "the JSON value" } else { &self.path };
        write!(f, "{place} is {}, and not {}", self.found, self.expected)
    }
}

impl std::error::Error for JsonMismatch {}

/// A JSON column's value of a type that has no name of its own in the schema: `Json<Vec<String>>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize)]
#[serde(transparent)]
pub struct Json<T>(pub T);

impl<T> From<T> for Json<T> {
    fn from(value: T) -> Self {
        Json(value)
    }
}

impl<T> std::ops::Deref for Json<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> std::ops::DerefMut for Json<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: FromJson> FromJson for Json<T> {
    fn from_json(value: serde_json::Value) -> Result<Self, JsonMismatch> {
        T::from_json(value).map(Json)
    }
}

impl<T: serde::Serialize + std::fmt::Debug + Send + Sync> JsonDocument for T {
    fn to_value(&self) -> serde_json::Value {
        // Keys are strings and numbers are JSON's own: nothing in these types can fail.
        serde_json::to_value(self).unwrap_or_default()
    }
}

/// What every type of JSON values can do beside [`FromJson`] and `Serialize`: be deserialised, be a column, be a cell.
macro_rules! json_column {
    ($name:ident) => {
        super::runtime::json_column!([] $name);
    };
    ([$($parameter:tt)*] $name:ty) => {
        impl<'de, $($parameter)*> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = <serde_json::Value as serde::Deserialize>::deserialize(deserializer)?;
                <Self as super::runtime::FromJson>::from_json(value).map_err(serde::de::Error::custom)
            }
        }

        impl<$($parameter)*> super::runtime::AsCell for $name {
            fn as_cell(&self) -> super::runtime::Cell<'_> {
                super::runtime::Cell::Document(self)
            }
        }

        impl<$($parameter)*> super::runtime::FromColumn for $name {
            const TYPES: &'static [&'static str] = <serde_json::Value as super::runtime::FromColumn>::TYPES;

            fn from_binary(bytes: &[u8]) -> Result<Self, sqlx::error::BoxDynError> {
                let value = <serde_json::Value as super::runtime::FromColumn>::from_binary(bytes)?;
                Ok(<Self as super::runtime::FromJson>::from_json(value)?)
            }
        }

        impl<$($parameter)*> sqlx::Type<sqlx::Postgres> for $name {
            fn type_info() -> sqlx::postgres::PgTypeInfo {
                <serde_json::Value as sqlx::Type<sqlx::Postgres>>::type_info()
            }

            fn compatible(type_info: &sqlx::postgres::PgTypeInfo) -> bool {
                <serde_json::Value as sqlx::Type<sqlx::Postgres>>::compatible(type_info)
            }
        }

        impl<$($parameter)*> sqlx::postgres::PgHasArrayType for $name {
            fn array_type_info() -> sqlx::postgres::PgTypeInfo {
                <serde_json::Value as sqlx::postgres::PgHasArrayType>::array_type_info()
            }

            fn array_compatible(type_info: &sqlx::postgres::PgTypeInfo) -> bool {
                <serde_json::Value as sqlx::postgres::PgHasArrayType>::array_compatible(type_info)
            }
        }

        impl<$($parameter)*> sqlx::Encode<'_, sqlx::Postgres> for $name {
            fn encode_by_ref(
                &self,
                buffer: &mut sqlx::postgres::PgArgumentBuffer,
            ) -> Result<sqlx::encode::IsNull, sqlx::error::BoxDynError> {
                <sqlx::types::Json<&Self> as sqlx::Encode<'_, sqlx::Postgres>>::encode_by_ref(&sqlx::types::Json(self), buffer)
            }
        }

        impl<'r, $($parameter)*> sqlx::Decode<'r, sqlx::Postgres> for $name {
            fn decode(value: sqlx::postgres::PgValueRef<'r>) -> Result<Self, sqlx::error::BoxDynError> {
                let value = <serde_json::Value as sqlx::Decode<'r, sqlx::Postgres>>::decode(value)?;
                Ok(<Self as super::runtime::FromJson>::from_json(value)?)
            }
        }
    };
}

#[allow(unused_imports)]
pub(crate) use json_column;

json_column!([T: FromJson + serde::Serialize + std::fmt::Debug + Send + Sync] Json<T>);

/// An object on its way into a struct.
#[derive(Debug)]
pub(crate) struct JsonKeys(serde_json::Map<String, serde_json::Value>);

impl JsonKeys {
    pub(crate) fn of(value: serde_json::Value) -> Result<Self, JsonMismatch> {
        match value {
            serde_json::Value::Object(map) => Ok(JsonKeys(map)),
            other => Err(JsonMismatch::new("an object", &other)),
        }
    }

    /// A member that is always there.
    pub(crate) fn required<T: FromJson>(&mut self, key: &str) -> Result<T, JsonMismatch> {
        match self.0.remove(key) {
            Some(value) => T::from_json(value).map_err(|mismatch| mismatch.at_key(key)),
            None => Err(JsonMismatch { path: String::new(), expected: "a value".into(), found: "absent".into() }.at_key(key)),
        }
    }

    /// A member that may be absent. A null in its place stays among the other keys: the type has none.
    pub(crate) fn optional<T: FromJson>(&mut self, key: &str) -> Result<Option<T>, JsonMismatch> {
        match self.0.get(key) {
            None | Some(serde_json::Value::Null) => Ok(None),
            Some(_) => self.required(key).map(Some),
        }
    }

    /// A member that may be absent and may be null.
    pub(crate) fn nullable<T: FromJson>(&mut self, key: &str) -> Result<Field<Option<T>>, JsonMismatch> {
        if self.0.contains_key(key) { self.required(key).map(Field::Value) } else { Ok(Field::Absent) }
    }

    /// A member of any value that may be absent.
    pub(crate) fn unknown(&mut self, key: &str) -> Result<Option<serde_json::Value>, JsonMismatch> {
        Ok(self.0.remove(key))
    }

    /// A member that has one value only.
    pub(crate) fn constant(&mut self, key: &str, expected: serde_json::Value) -> Result<(), JsonMismatch> {
        let found = self.0.remove(key).unwrap_or_default();
        if found == expected { Ok(()) } else { Err(JsonMismatch::new(expected.to_string(), &found).at_key(key)) }
    }

    /// What no member has taken.
    pub(crate) fn others<T: FromJson>(self) -> Result<T, JsonMismatch> {
        T::from_json(serde_json::Value::Object(self.0))
    }
}

/// An object on its way out of a struct.
#[derive(Debug, Default)]
pub(crate) struct JsonEntries {
    map: serde_json::Map<String, serde_json::Value>,
    error: Option<serde_json::Error>,
}

impl JsonEntries {
    /// With the keys that the struct does not name. A member of the same key replaces one.
    pub(crate) fn of<T: serde::Serialize>(others: &T) -> Self {
        let mut entries = JsonEntries::default();
        if let Some(serde_json::Value::Object(map)) = entries.value(others) {
            entries.map = map;
        }
        entries
    }

    fn value<T: serde::Serialize + ?Sized>(&mut self, value: &T) -> Option<serde_json::Value> {
        serde_json::to_value(value).map_err(|error| self.error = Some(error)).ok()
    }

    pub(crate) fn required<T: serde::Serialize + ?Sized>(&mut self, key: &str, value: &T) {
        if let Some(value) = self.value(value) {
            self.map.insert(key.to_owned(), value);
        }
    }

    pub(crate) fn optional<T: serde::Serialize>(&mut self, key: &str, value: &Option<T>) {
        value.iter().for_each(|value| self.required(key, value));
    }

    pub(crate) fn nullable<T: serde::Serialize>(&mut self, key: &str, value: &Field<Option<T>>) {
        value.value().into_iter().for_each(|value| self.required(key, value));
    }

    pub(crate) fn unknown(&mut self, key: &str, value: &Option<serde_json::Value>) {
        self.optional(key, value);
    }

    pub(crate) fn write<S: serde::Serializer>(self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.error {
            Some(error) => Err(serde::ser::Error::custom(error)),
            None => serde::Serialize::serialize(&self.map, serializer),
        }
    }
}

impl FromJson for serde_json::Value {
    fn from_json(value: serde_json::Value) -> Result<Self, JsonMismatch> {
        Ok(value)
    }
}

impl FromJson for () {
    fn from_json(value: serde_json::Value) -> Result<Self, JsonMismatch> {
        if value.is_null() { Ok(()) } else { Err(JsonMismatch::new("null", &value)) }
    }
}

macro_rules! from_json {
    ($($type:ty: $variant:ident, $expected:literal;)*) => {
        $(impl FromJson for $type {
            fn from_json(value: serde_json::Value) -> Result<Self, JsonMismatch> {
                match value {
                    serde_json::Value::$variant(value) => Ok(value),
                    other => Err(JsonMismatch::new($expected, &other)),
                }
            }
        })*
    };
}

from_json! {
    bool: Bool, "true or false";
    String: String, "a string";
    serde_json::Number: Number, "a number";
    serde_json::Map<String, serde_json::Value>: Object, "an object";
}

impl<T: FromJson> FromJson for Option<T> {
    fn from_json(value: serde_json::Value) -> Result<Self, JsonMismatch> {
        if value.is_null() { Ok(None) } else { T::from_json(value).map(Some) }
    }
}

impl<T: FromJson> FromJson for Box<T> {
    fn from_json(value: serde_json::Value) -> Result<Self, JsonMismatch> {
        T::from_json(value).map(Box::new)
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    fn from_json(value: serde_json::Value) -> Result<Self, JsonMismatch> {
        let serde_json::Value::Array(items) = value else { return Err(JsonMismatch::new("an array", &value)) };
        let item = |(index, item)| T::from_json(item).map_err(|mismatch| mismatch.at_index(index));
        items.into_iter().enumerate().map(item).collect()
    }
}

impl<T: FromJson> FromJson for std::collections::BTreeMap<String, T> {
    fn from_json(value: serde_json::Value) -> Result<Self, JsonMismatch> {
        let serde_json::Value::Object(map) = value else { return Err(JsonMismatch::new("an object", &value)) };
        let entry = |(key, value): (String, _)| match T::from_json(value) {
            Ok(value) => Ok((key, value)),
            Err(mismatch) => Err(mismatch.at_key(&key)),
        };
        map.into_iter().map(entry).collect()
    }
}

macro_rules! tuples {
    ($($count:literal: $($item:ident $index:literal),*;)*) => {
        $(impl<$($item: FromJson),*> FromJson for ($($item,)*) {
            fn from_json(value: serde_json::Value) -> Result<Self, JsonMismatch> {
                const EXPECTED: &str = concat!("an array of length ", $count);
                let serde_json::Value::Array(mut items) = value else { return Err(JsonMismatch::new(EXPECTED, &value)) };
                if items.len() != $count {
                    return Err(JsonMismatch::new(EXPECTED, &serde_json::Value::Array(items)));
                }
                Ok(($($item::from_json(items[$index].take()).map_err(|mismatch| mismatch.at_index($index))?,)*))
            }
        })*
    };
}

tuples! {
    1: A 0;
    2: A 0, B 1;
    3: A 0, B 1, C 2;
    4: A 0, B 1, C 2, D 3;
    5: A 0, B 1, C 2, D 3, E 4;
    6: A 0, B 1, C 2, D 3, E 4, F 5;
    7: A 0, B 1, C 2, D 3, E 4, F 5, G 6;
    8: A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7;
}
