//! What the row type tells of its table: the plain data, the run-time defaults, the keys.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::Table;
use crate::model::defaults::computed;
use crate::schema::{Column, KeyKind, RuntimeValue};

use super::{Imports, count, default, docs, ident};

pub(super) fn items(table: &Table<'_>, imports: &Imports) -> Vec<TokenStream> {
    let mut items = vec![implementation(table, imports)];
    if table.reference.is_some() {
        let keyed = imports.runtime("Keyed");
        let (name, reference_name) = (ident(&table.name), ident(&table.reference_name()));
        items.push(quote! {
            impl #keyed for #name {
                type Ref = #reference_name;
            }
        });
    }
    if !table.keys.is_empty() {
        items.push(keys(table, imports));
    }
    items
}

fn implementation(table: &Table<'_>, imports: &Imports) -> TokenStream {
    let name = ident(&table.name);
    let (table_trait, table_def) = (imports.runtime("Table"), imports.runtime("TableDef"));
    let default_value = values(table, imports, "default_value", |column| column.runtime_default.as_deref());
    let update_value = values(table, imports, "update_value", |column| column.on_update.as_deref());
    quote! {
        impl #table_trait for #name {
            const TABLE: &'static #table_def = &TABLE;
            #default_value
            #update_value
        }
    }
}

/// A function from a column's index to its value, if there are any.
fn values(
    table: &Table<'_>,
    imports: &Imports,
    name: &str,
    of: impl Fn(&Column) -> Option<&RuntimeValue>,
) -> Option<TokenStream> {
    let arms = table.fields.iter().enumerate().filter_map(|(index, field)| {
        let value = computed(of(field.column)?, &field.rust_type)?;
        let (index, value) = (count(index), default::expression(&value, imports));
        Some(quote!(#index => Some(#value),))
    });
    let arms: Vec<TokenStream> = arms.collect();
    let name = ident(name);
    (!arms.is_empty()).then(|| {
        quote! {
            fn #name(column: usize) -> Option<String> {
                match column {
                    #(#arms)*
                    _ => None,
                }
            }
        }
    })
}

fn keys(table: &Table<'_>, imports: &Imports) -> TokenStream {
    let name = ident(&table.name);
    let key_type = imports.runtime("Key");
    let constants = table.keys.iter().enumerate().map(|(index, (key, constant))| {
        let kind = match key.kind {
            KeyKind::PrimaryKey => "Primary key",
            KeyKind::UniqueConstraint => "Unique constraint",
            KeyKind::UniqueIndex => "Unique index",
        };
        let parts: Vec<String> = key.columns.iter().chain(&key.expressions).map(|part| docs::code(part)).collect();
        let mut about = format!("{kind} `{}` over {}", key.name, parts.join(", "));
        if let Some(predicate) = &key.predicate {
            about.push_str(&format!(", where {}", docs::code(predicate)));
        }
        if key.nulls_not_distinct {
            about.push_str("; two nulls are the same");
        }
        about.push('.');
        if table.conflict.key == Some(index) {
            about.push_str(&format!("\n\nThe default conflict key: {}.", table.conflict.reason));
        }
        let docs = docs::attributes(&about);
        let (constant, index) = (ident(constant), count(index));
        quote!(#docs pub const #constant: #key_type<#name> = #key_type::new(&KEYS[#index]);)
    });
    let constants: Vec<TokenStream> = constants.collect();
    quote!(impl #name { #(#constants)* })
}
