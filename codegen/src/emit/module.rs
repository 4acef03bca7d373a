//! `mod.rs`: what the generated module is made of.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::model::dependencies::dependencies;
use crate::model::{Model, Table};
use crate::notice::Notice;

use super::{MARK, docs, format, ident};

const ABOUT: &str = "\
//! Rust models of a Drizzle schema.
//!
//! For each table: a row, an insert, a patch, a reference to a row of it, its keys, and the table as plain data
//! ([`TableDef`]). Statements come from [`Insert`], [`Upsert`], [`Patch`] and [`Keyed`].
//!
//! What it needs in `Cargo.toml`, besides a runtime for sqlx:
//!
//! ```toml
//! [dependencies]
";

const ATTRIBUTES: &str = "\
#![cfg_attr(rustfmt, rustfmt_skip)]
// A schema holds more than one program uses, and its comments are written for TypeScript.
#![allow(
    dead_code,
    unreachable_pub,
    unused_imports,
    clippy::doc_lazy_continuation,
    clippy::doc_overindented_list_items,
    clippy::module_inception,
    clippy::type_complexity
)]
";

pub(super) fn file(model: &Model<'_>) -> Result<String, Notice> {
    let dependencies: Vec<String> =
        dependencies(model).iter().map(|dependency| format!("//! {dependency}\n")).collect();
    let dependencies = dependencies.concat();
    let header = format!("// {MARK}; do not edit.\n\n{ABOUT}{dependencies}//! ```\n\n{ATTRIBUTES}");
    let mut tables: Vec<&Table<'_>> = model.tables.iter().collect();
    tables.sort_by(|a, b| a.module.cmp(&b.module));
    let shared = [
        ("enums", model.enums.iter().map(|declared| ident(&declared.rust_name)).collect::<Vec<_>>()),
        ("json", model.json.items.iter().map(|item| ident(&item.name)).collect()),
    ];
    let shared = shared.into_iter().filter(|(_, names)| !names.is_empty());

    // Private: a table called like a crate shadows none for those who import everything.
    let mut modules: Vec<TokenStream> = Vec::new();
    let mut public: Vec<TokenStream> = Vec::new();
    // By name: a table may be called like something of the runtime, whose names give way.
    let mut exports: Vec<TokenStream> = Vec::new();
    for table in tables {
        let module = ident(&table.module);
        modules.push(quote!(mod #module;));
        exports.push(export(&table.module, names(table)));
    }
    for (name, names) in shared {
        let module = ident(name);
        public.push(quote!(pub mod #module;));
        exports.push(export(name, names));
    }
    public.push(quote!(
        pub mod runtime;
    ));
    exports.push(quote!(
        pub use self::runtime::*;
    ));
    let tables = model.tables.iter().map(|table| ident(&table.name));
    let about = docs::attributes("Every table of the schema, in its order.");
    let ddl = docs::attributes(
        "The statements that create the whole schema in an empty database, as drizzle-kit writes them.",
    );
    let items = vec![
        modules.into_iter().collect(),
        public.into_iter().collect(),
        exports.into_iter().collect(),
        quote!(#about pub static TABLES: &[&TableDef] = &[#(#tables::TABLE),*];),
        quote!(#ddl pub const SCHEMA_SQL: &str = include_str!("schema.sql");),
    ];
    format::file(&header, Vec::new(), items)
}

/// The types of a table's module.
fn names(table: &Table<'_>) -> Vec<Ident> {
    let reference = table.reference.is_some().then(|| table.reference_name());
    let names = [table.name.clone(), table.insert_name(), table.patch_name()].into_iter().chain(reference);
    names.map(|name| ident(&name)).collect()
}

fn export(module: &str, mut names: Vec<Ident>) -> TokenStream {
    names.sort();
    let module = ident(module);
    match &names[..] {
        [only] => quote!(pub use self::#module::#only;),
        _ => quote!(pub use self::#module::{#(#names),*};),
    }
}
