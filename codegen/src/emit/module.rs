//! `mod.rs`: what the generated module is made of.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::Model;
use crate::model::dependencies::dependencies;
use crate::notice::Notice;

use super::{MARK, docs, format, ident};

pub(super) fn file(model: &Model<'_>) -> Result<String, Notice> {
    let dependencies: Vec<String> =
        dependencies(model).iter().map(|dependency| format!("//! {dependency}\n")).collect();
    let dependencies = dependencies.concat();
    let header = format!(
        "// {MARK}; do not edit.\n\n//! Rust models of a Drizzle schema.\n//!\n//! For each table: a row, an insert, a patch, a reference to a row of it, its keys, and the table as plain data\n//! ([`TableDef`]).\n//!\n//! What it needs in `Cargo.toml`, besides a runtime for sqlx:\n//!\n//! ```toml\n//! [dependencies]\n{dependencies}//! ```\n\n\
         #![cfg_attr(rustfmt, rustfmt_skip)]\n\
         // A schema holds more than one program uses, and its comments are written for TypeScript.\n\
         #![allow(dead_code, unreachable_pub, unused_imports, clippy::module_inception, clippy::doc_lazy_continuation, clippy::doc_overindented_list_items, clippy::type_complexity)]\n",
    );
    let mut names: Vec<(&str, String)> =
        model.tables.iter().map(|table| (table.module.as_str(), table.schema.qualified_name())).collect();
    names.sort();
    let mut modules: Vec<TokenStream> = Vec::new();
    let mut exports: Vec<TokenStream> = Vec::new();
    let enums = (!model.enums.is_empty()).then_some("enums");
    for (name, _) in &names {
        // Private: a table called like a crate shadows none for those who import everything.
        let name = ident(name);
        modules.push(quote!(mod #name;));
        exports.push(quote!(pub use self::#name::*;));
    }
    let json = (!model.json.items.is_empty()).then_some("json");
    for name in enums.into_iter().chain(json).chain(["runtime"]) {
        let name = ident(name);
        modules.push(quote!(pub mod #name;));
        exports.push(quote!(pub use self::#name::*;));
    }
    let tables = model.tables.iter().map(|table| {
        let (module, name) = (ident(&table.module), ident(&table.name));
        quote!(<self::#module::#name as Table>::TABLE)
    });
    let about = docs::attributes("Every table of the schema, in its order.");
    let ddl = docs::attributes(
        "The statements that create the whole schema in an empty database, as drizzle-kit writes them.",
    );
    let items = vec![
        modules.into_iter().collect(),
        exports.into_iter().collect(),
        quote!(#about pub static TABLES: &[&TableDef] = &[#(#tables),*];),
        quote!(#ddl pub const SCHEMA_SQL: &str = include_str!("schema.sql");),
    ];
    format::file(&header, Vec::new(), items)
}
