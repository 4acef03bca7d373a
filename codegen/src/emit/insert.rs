//! The insert struct: what must be given, what may be, and how it is handed over.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::fields::{Field, Presence};
use crate::model::{Model, Table};

use super::shape::{converts, given, handing_over, import_types, parameter_type, setter, value_type};
use super::{Imports, docs, ident};

/// From how many parameters on clippy asks to be told that it is meant (`too_many_arguments`).
const MANY: usize = 8;

pub(super) fn items(model: &Model<'_>, table: &Table<'_>, imports: &Imports) -> Vec<TokenStream> {
    import_types(model, table, imports);
    let mut items = vec![structure(table, imports), constructor(table, imports), insert(table, imports)];
    if let Some(key) = table.conflict.key {
        let names = ["Upsert", "Key"].map(|name| imports.runtime(name));
        let [upsert, key_type] = names;
        let (name, row, constant) = (ident(&table.insert_name()), ident(&table.name), ident(&table.keys[key].1));
        items.push(quote! {
            impl #upsert for #name {
                const CONFLICT_KEY: #key_type<#row> = #row::#constant;
            }
        });
    }
    items
}

fn is_required(field: &Field<'_>) -> bool {
    field.presence == Presence::Required
}

fn structure(table: &Table<'_>, imports: &Imports) -> TokenStream {
    let name = ident(&table.insert_name());
    let about = docs::attributes(&about(table));
    let fields = given(table).map(|(_, field)| {
        let docs = docs::attributes(&docs::insert_field(field));
        let value = value_type(field);
        let value = if is_required(field) {
            value
        } else {
            let absent = imports.runtime("Field");
            quote!(#absent<#value>)
        };
        let name = ident(&field.name);
        quote!(#docs pub #name: #value)
    });
    let fields: Vec<TokenStream> = fields.collect();
    let required = given(table).any(|(_, field)| is_required(field));
    let default = (!required).then(|| quote!(, Default));
    quote! {
        #about
        #[derive(Debug, Clone, PartialEq #default)]
        #[non_exhaustive]
        pub struct #name { #(#fields),* }
    }
}

/// What it is, and which checks `validate` knows.
fn about(table: &Table<'_>) -> String {
    let mut about = format!("A [`{}`] row to be inserted.", table.name);
    let names = |readable: bool| {
        let checks = table.checks.iter().filter(|(_, conditions)| conditions.is_empty() != readable);
        checks.map(|(check, _)| docs::code(&check.name)).collect::<Vec<_>>().join(", ")
    };
    let (read, left) = (names(true), names(false));
    if !read.is_empty() {
        about.push_str(&format!("\n\nChecks that `validate` holds it to: {read}."));
    }
    if !left.is_empty() {
        about.push_str(&format!("\n\nChecks that are left to the database: {left}."));
    }
    about
}

fn constructor(table: &Table<'_>, imports: &Imports) -> TokenStream {
    let name = ident(&table.insert_name());
    let required: Vec<&Field<'_>> = given(table).map(|(_, field)| field).filter(|field| is_required(field)).collect();
    let optional: Vec<&Field<'_>> = given(table).map(|(_, field)| field).filter(|field| !is_required(field)).collect();
    let parameters = required.iter().map(|field| {
        let name = ident(&field.name);
        let value = parameter_type(field);
        quote!(#name: #value)
    });
    let assignments = given(table).map(|(_, field)| {
        let name = ident(&field.name);
        match field.presence {
            Presence::Required if converts(field) => quote!(#name: #name.into()),
            Presence::Required => quote!(#name),
            Presence::Optional | Presence::Never => {
                let absent = imports.runtime("Field");
                quote!(#name: #absent::Absent)
            }
        }
    });
    let assignments: Vec<TokenStream> = assignments.collect();
    let about = if required.is_empty() {
        "With every field absent.".to_owned()
    } else if optional.is_empty() {
        "With its fields.".to_owned()
    } else {
        "With the fields that must be given; the others are absent.".to_owned()
    };
    let about = docs::attributes(&about);
    let many = (required.len() >= MANY).then(|| quote!(#[allow(clippy::too_many_arguments)]));
    let setters: Vec<TokenStream> = optional.iter().map(|field| setter(field, imports)).collect();
    quote! {
        impl #name {
            #about
            #[must_use]
            #many
            pub fn new(#(#parameters),*) -> Self {
                Self { #(#assignments),* }
            }
            #(#setters)*
        }
    }
}

fn insert(table: &Table<'_>, imports: &Imports) -> TokenStream {
    let name = ident(&table.insert_name());
    let insert = imports.runtime("Insert");
    let body = handing_over(table, imports, is_required);
    quote!(impl #insert for #name { #body })
}
