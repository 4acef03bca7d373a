//! SQL that the schema's author wrote, or that Drizzle makes of a JavaScript value.

use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Serialize};

/// Whose spelling is asked for, where drizzle-kit's own is not valid SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Wording {
    /// SQL that PostgreSQL takes.
    #[default]
    Valid,
    /// What drizzle-kit writes, byte for byte.
    DrizzleKit,
}

/// A piece of valid SQL. It remembers how drizzle-kit spells it where that differs (`$1` for a literal, quotes that are not
/// doubled in it); that memory is no part of the serialised form, nor of equality.
#[derive(Debug, Clone, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Sql {
    text: String,
    drizzle_kit: Option<String>,
}

impl Sql {
    /// SQL of both spellings.
    pub fn new(text: String, drizzle_kit: String) -> Sql {
        let drizzle_kit = (drizzle_kit != text).then_some(drizzle_kit);
        Sql { text, drizzle_kit }
    }

    /// The valid spelling.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The spelling that is asked for.
    pub fn in_wording(&self, wording: Wording) -> &str {
        match (wording, &self.drizzle_kit) {
            (Wording::DrizzleKit, Some(theirs)) => theirs,
            _ => &self.text,
        }
    }
}

impl Deref for Sql {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Sql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl PartialEq for Sql {
    fn eq(&self, other: &Sql) -> bool {
        self.text == other.text
    }
}

impl From<String> for Sql {
    fn from(text: String) -> Sql {
        Sql { text, drizzle_kit: None }
    }
}

impl From<Sql> for String {
    fn from(sql: Sql) -> String {
        sql.text
    }
}
