//! Names that everybody knows and no rule finds: `UCLA`, `Ole Miss`, `Army West Point`.

use std::sync::LazyLock;

use serde::Deserialize;

/// The hand-made file.
pub const WELL_KNOWN: &str = include_str!("well-known.toml");

/// What the hand-made file says.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WellKnown {
    /// Short names by which more schools go than official names show.
    pub shared: Vec<String>,
    /// Schools with their aliases.
    #[serde(rename = "school")]
    pub schools: Vec<Aliases>,
}

/// A school's aliases.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Aliases {
    /// The NCAA's organisation id, where it was seen.
    pub ncaa_id: Option<i32>,
    /// The official name: by it the school is known where the id was not seen.
    pub name: String,
    /// Its other names.
    pub aliases: Vec<String>,
    /// Colleges that compete as part of it, and are schools of their own otherwise.
    #[serde(default)]
    pub parts: Vec<String>,
}

/// The well-known names. The file is part of the program; a test reads it, so that it can be read.
pub fn well_known() -> &'static WellKnown {
    static READ: LazyLock<WellKnown> =
        LazyLock::new(|| toml::from_str(WELL_KNOWN).unwrap_or_else(|error| panic!("well-known.toml: {error}")));
    &READ
}
