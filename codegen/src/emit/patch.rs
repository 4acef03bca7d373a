//! The patch struct: changes to a row, every field of which may be left out.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::Table;

use super::shape::{given, handing_over, setter, value_type};
use super::{Imports, docs, ident};

pub(super) fn items(table: &Table<'_>, imports: &Imports) -> Vec<TokenStream> {
    let name = ident(&table.patch_name());
    let about = docs::attributes(&format!("Changes to a [`{}`] row; what is absent stays as it is.", table.name));
    let fields = given(table).map(|(_, field)| {
        let docs = docs::attributes(&docs::patch_field(field));
        let (name, value, absent) = (ident(&field.name), value_type(field), imports.runtime("Field"));
        quote!(#docs pub #name: #absent<#value>)
    });
    let fields: Vec<TokenStream> = fields.collect();
    let setters: Vec<TokenStream> = given(table).map(|(_, field)| setter(field, imports)).collect();
    let patch = imports.runtime("Patch");
    let body = handing_over(table, imports, |_| false);
    let mut items = vec![quote! {
        #about
        #[derive(Debug, Clone, Default, PartialEq)]
        #[non_exhaustive]
        pub struct #name { #(#fields),* }
    }];
    if !setters.is_empty() {
        items.push(quote!(impl #name { #(#setters)* }));
    }
    items.push(quote!(impl #patch for #name { #body }));
    items
}
