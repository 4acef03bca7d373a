//! The crates that generated code stands on: those of every schema, and what this one needs beyond them.

use std::fmt;

use super::Model;
use super::defaults::{Function, functions};
use super::types::words;

/// A dependency, as a line of `Cargo.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    /// The crate.
    pub name: &'static str,
    /// The version that is asked for.
    pub version: &'static str,
    /// Whether its default features are asked for.
    pub default_features: bool,
    /// The features, sorted.
    pub features: Vec<&'static str>,
}

impl fmt::Display for Dependency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Dependency { name, version, .. } = self;
        if self.default_features && self.features.is_empty() {
            return write!(f, "{name} = \"{version}\"");
        }
        write!(f, "{name} = {{ version = \"{version}\"")?;
        if !self.default_features {
            f.write_str(", default-features = false")?;
        }
        if !self.features.is_empty() {
            write!(f, ", features = {:?}", self.features)?;
        }
        f.write_str(" }")
    }
}

/// The dependencies, sorted by name.
pub fn dependencies(model: &Model<'_>) -> Vec<Dependency> {
    let names_crate = |name: &str| {
        let fields = model.tables.iter().flat_map(|table| &table.fields);
        let mut paths = fields.flat_map(|field| words(&field.rust_type.path));
        paths.any(|path| path.starts_with(name) && path[name.len()..].starts_with("::"))
    };
    let calls = functions(model);
    let calls = |wanted: fn(&Function) -> bool| calls.iter().any(wanted);

    let whole = |name, version, features: &[&'static str]| Dependency {
        name,
        version,
        default_features: true,
        features: features.to_vec(),
    };
    let bare = |name, version, features: &[&'static str]| Dependency {
        default_features: false,
        ..whole(name, version, features)
    };
    let mut found = vec![
        bare("rust_decimal", "1", &["serde", "std"]),
        whole("serde", "1", &["derive"]),
        // Without `float_roundtrip`, some floats are read one unit in the last place beside what was written.
        whole("serde_json", "1", &["float_roundtrip"]),
        bare("sqlx", "0.9", &["json", "postgres"]),
    ];
    let now: &[&str] =
        if calls(|call| *call == Function::Now) { &["clock", "serde", "std"] } else { &["serde", "std"] };
    found.push(bare("chrono", "0.4", now));
    let mut uuid = whole("uuid", "1", &["serde"]);
    uuid.features.extend(calls(|call| *call == Function::UuidV4).then_some("v4"));
    uuid.features.extend(calls(|call| *call == Function::UuidV7).then_some("v7"));
    found.push(uuid);
    found.extend(names_crate("ipnetwork").then(|| whole("ipnetwork", "0.21", &["serde"])));
    found.extend(calls(|call| matches!(call, Function::Cuid2(_))).then(|| whole("cuid2", "0.1", &[])));
    found.extend(calls(|call| matches!(call, Function::NanoId(..))).then(|| whole("nanoid", "0.5", &[])));
    found.extend(calls(|call| *call == Function::Ulid).then(|| whole("ulid", "3", &[])));
    found.sort_by_key(|dependency| dependency.name);
    found
}
