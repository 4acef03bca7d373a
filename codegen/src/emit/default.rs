//! Calls of the runtime's functions that compute what Drizzle's client would, and the parts of the runtime that have them.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::Model;
use crate::model::defaults::{Computed, Function, functions};

use super::{Imports, count};

/// One file a function, so that a schema without `ulid()` needs no crate of that name.
const PARTS: [(&str, &str); 6] = [
    ("now", include_str!("../../templates/runtime/defaults/now.rs")),
    ("uuid_v4", include_str!("../../templates/runtime/defaults/uuid_v4.rs")),
    ("uuid_v7", include_str!("../../templates/runtime/defaults/uuid_v7.rs")),
    ("nano_id", include_str!("../../templates/runtime/defaults/nano_id.rs")),
    ("cuid2", include_str!("../../templates/runtime/defaults/cuid2.rs")),
    ("ulid", include_str!("../../templates/runtime/defaults/ulid.rs")),
];

/// The parts that the model uses.
pub(super) fn parts(model: &Model<'_>) -> Vec<&'static str> {
    let functions = functions(model);
    let used: BTreeSet<&str> = functions.iter().map(Function::name).collect();
    PARTS.iter().filter(|(name, _)| used.contains(name)).map(|(_, source)| *source).collect()
}

/// The expression, a `String`.
pub(super) fn expression(value: &Computed, imports: &Imports) -> TokenStream {
    let function = match value {
        Computed::Text(text) => return quote!(#text.to_owned()),
        Computed::Call(function) => function,
    };
    let name = imports.runtime(function.name());
    match function {
        Function::Now | Function::UuidV4 | Function::UuidV7 | Function::Ulid => quote!(#name()),
        Function::NanoId(length, alphabet) => {
            let length = count(*length);
            quote!(#name(#length, #alphabet))
        }
        Function::Cuid2(length) => {
            let length = count((*length).into());
            quote!(#name(#length))
        }
    }
}
