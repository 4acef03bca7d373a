//! A table's relations.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::Table;

use super::definition::texts;
use super::{Imports, docs, ident};

pub(super) fn items(table: &Table<'_>, imports: &Imports) -> Vec<TokenStream> {
    if table.relations.is_empty() {
        return Vec::new();
    }
    let name = ident(&table.name);
    let (def, kind) = (imports.runtime("RelationDef"), imports.runtime("RelationKind"));
    let relations = table.relations.iter().map(|relation| {
        let name = &relation.name;
        let kind = if relation.many { quote!(#kind::Many) } else { quote!(#kind::One) };
        let (columns, foreign_columns) = (texts(&relation.columns, imports), texts(&relation.foreign_columns, imports));
        let (foreign_schema, foreign_table) = &relation.foreign;
        let named = relation.relation_name.as_ref().map(|name| quote!(.named(#name)));
        quote!(#def::new(#name, #kind, #columns, (#foreign_schema, #foreign_table), #foreign_columns) #named)
    });
    let listed: Vec<String> = table
        .relations
        .iter()
        .map(|relation| {
            let kind = if relation.many { "many" } else { "one" };
            format!("- {}: {kind} `{}`", docs::code(&relation.name), relation.foreign.1)
        })
        .collect();
    let about = docs::attributes(&format!("What `relations()` declares of it:\n\n{}", listed.join("\n")));
    vec![quote! {
        impl #name {
            #about
            pub const RELATIONS: &'static [#def] = &[#(#relations),*];
        }
    }]
}
