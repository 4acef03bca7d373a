//! What a JSON value looks like, as TypeScript's types tell it.

use serde::{Deserialize, Serialize};

use super::Location;

/// A named type of the TypeScript source: an interface, an alias, an enum, or one instance of a generic one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TypeDeclaration {
    /// Its name, and its arguments if it is generic: `Page<Item>`.
    pub name: String,
    /// The comment above it.
    pub docs: Option<String>,
    /// Where it is declared.
    pub location: Location,
    /// What it stands for.
    pub body: JsonType,
}

/// The values that a type allows, as `JSON.stringify` writes them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum JsonType {
    /// Any value; with the reason, where the type says more than could be read.
    Unknown {
        /// A clause that begins with what it is about: "`Page` is declared in …".
        reason: Option<String>,
    },
    /// `null`
    Null,
    /// `boolean`
    Boolean,
    /// `number`
    Number,
    /// `string`, and what becomes one in JSON: `Date`
    String,
    /// One of these strings, numbers and booleans, in order and each once.
    Literals(Vec<serde_json::Value>),
    /// `T[]`
    Array(Box<JsonType>),
    /// `[A, B]`
    Tuple(Vec<JsonType>),
    /// `Record<string, T>`
    Record(Box<JsonType>),
    /// Members by name.
    Object(JsonObject),
    /// One of several types, none of them a union itself.
    Union(Vec<JsonType>),
    /// The type or `null`.
    Nullable(Box<JsonType>),
    /// The type or `undefined`. A member of such a type is an optional one, so it occurs nowhere but as what an alias stands
    /// for.
    Optional(Box<JsonType>),
    /// An entry of [`Schema::types`](super::Schema::types).
    Declared(usize),
}

/// An object type.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct JsonObject {
    /// The members in order.
    pub members: Vec<JsonMember>,
    /// What an index signature says of all other keys.
    pub rest: Option<Box<JsonType>>,
}

/// A member of an object type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JsonMember {
    /// The key.
    pub name: String,
    /// The comment above it.
    pub docs: Option<String>,
    /// True when it may be absent.
    pub optional: bool,
    /// What it holds where it is present.
    pub value: JsonType,
}

impl JsonType {
    /// Any value, for a reason.
    pub fn unreadable(reason: impl Into<String>) -> Self {
        Self::Unknown { reason: Some(reason.into()) }
    }

    /// Goes through the types that this one is made of, itself not among them.
    pub fn children_mut(&mut self) -> Vec<&mut JsonType> {
        match self {
            Self::Array(inner) | Self::Record(inner) | Self::Nullable(inner) | Self::Optional(inner) => {
                vec![&mut **inner]
            }
            Self::Tuple(items) | Self::Union(items) => items.iter_mut().collect(),
            Self::Object(object) => {
                let members = object.members.iter_mut().map(|member| &mut member.value);
                members.chain(object.rest.as_deref_mut()).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The types that this one is made of.
    pub fn children(&self) -> Vec<&JsonType> {
        match self {
            Self::Array(inner) | Self::Record(inner) | Self::Nullable(inner) | Self::Optional(inner) => vec![&**inner],
            Self::Tuple(items) | Self::Union(items) => items.iter().collect(),
            Self::Object(object) => {
                object.members.iter().map(|member| &member.value).chain(object.rest.as_deref()).collect()
            }
            _ => Vec::new(),
        }
    }
}

impl JsonObject {
    /// The member of that key.
    pub fn member(&self, name: &str) -> Option<&JsonMember> {
        self.members.iter().find(|member| member.name == name)
    }
}
