//! `runtime.rs`: the one file that generated code stands on, with the parts that the schema needs.

use std::collections::BTreeSet;

use crate::model::Model;
use crate::model::types::words;

use super::{MARK, default};

/// What every schema needs, a part a concept.
const PARTS: [&str; 18] = [
    include_str!("../../templates/runtime/table.rs"),
    include_str!("../../templates/runtime/build.rs"),
    include_str!("../../templates/runtime/key.rs"),
    include_str!("../../templates/runtime/row.rs"),
    include_str!("../../templates/runtime/column.rs"),
    include_str!("../../templates/runtime/scalar.rs"),
    include_str!("../../templates/runtime/decimal.rs"),
    include_str!("../../templates/runtime/statement.rs"),
    include_str!("../../templates/runtime/writer.rs"),
    include_str!("../../templates/runtime/text_form.rs"),
    include_str!("../../templates/runtime/rules.rs"),
    include_str!("../../templates/runtime/check.rs"),
    include_str!("../../templates/runtime/number.rs"),
    include_str!("../../templates/runtime/form.rs"),
    include_str!("../../templates/runtime/text.rs"),
    include_str!("../../templates/runtime/enums.rs"),
    include_str!("../../templates/runtime/json.rs"),
    include_str!("../../templates/runtime/relation.rs"),
];

/// What the runtime's own types have in common.
const SHARED: &str = include_str!("../../templates/runtime/types/decode.rs");

/// The runtime's own types, of which a schema gets those that its columns have, and the crates' types that it reads.
const TYPES: [(&str, &str); 12] = [
    ("PgBits", include_str!("../../templates/runtime/types/bits.rs")),
    ("PgGeometry", include_str!("../../templates/runtime/types/geometry.rs")),
    ("PgInterval", include_str!("../../templates/runtime/types/interval.rs")),
    ("PgLine", include_str!("../../templates/runtime/types/line.rs")),
    ("PgMacAddr", include_str!("../../templates/runtime/types/mac_addr.rs")),
    ("PgMacAddr8", include_str!("../../templates/runtime/types/mac_addr.rs")),
    ("PgPoint", include_str!("../../templates/runtime/types/point.rs")),
    ("PgRange", include_str!("../../templates/runtime/types/range.rs")),
    ("PgSparseVector", include_str!("../../templates/runtime/types/sparse_vector.rs")),
    ("PgTimeTz", include_str!("../../templates/runtime/types/time_tz.rs")),
    ("PgVector", include_str!("../../templates/runtime/types/vector.rs")),
    ("ipnetwork::IpNetwork", include_str!("../../templates/runtime/types/network.rs")),
];

/// Whether the runtime has a type of that name for the columns that need it.
pub(super) fn has_type(name: &str) -> bool {
    !name.contains("::") && TYPES.iter().any(|(known, _)| *known == name)
}

pub(super) fn file(model: &Model<'_>) -> String {
    let fields = model.tables.iter().flat_map(|table| &table.fields);
    let used: BTreeSet<&str> = fields.flat_map(|field| words(&field.rust_type.path)).collect();
    let mut types: Vec<&str> = Vec::new();
    for (_, source) in TYPES.iter().filter(|(name, _)| used.contains(name)) {
        if !types.contains(source) {
            types.push(source);
        }
    }
    let shared = (!types.is_empty()).then_some(SHARED);
    let parts: Vec<&str> = PARTS.into_iter().chain(shared).chain(types).chain(default::parts(model)).collect();
    format!("// {MARK}; do not edit.\n\n{}", parts.join("\n"))
}
