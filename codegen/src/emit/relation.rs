//! A table's relations.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::relations::Relation;
use crate::model::{Model, Table};

use super::definition::texts;
use super::{Imports, count, docs, ident};

pub(super) fn items(model: &Model<'_>, table: &Table<'_>, imports: &Imports) -> Vec<TokenStream> {
    if table.relations.is_empty() {
        return Vec::new();
    }
    let name = ident(&table.name);
    let (def, relation_type) = (imports.runtime("RelationDef"), imports.runtime("Relation"));
    let constants = table.relations.iter().enumerate().map(|(index, relation)| {
        let target = &model.tables[relation.foreign];
        let target_name =
            if target.module == table.module { name.clone() } else { imports.from(&target.module, &target.name) };
        let docs = docs::attributes(&about(relation, target));
        let (constant, index) = (ident(&relation.constant), count(index));
        quote!(#docs pub const #constant: #relation_type<#name, #target_name> = #relation_type::new(&RELATIONS[#index]);)
    });
    let constants: Vec<TokenStream> = constants.collect();
    let about = docs::attributes("Everything that `relations()` declares of it.");
    vec![quote! {
        impl #name {
            #(#constants)*

            #about
            pub const RELATIONS: &'static [#def] = &RELATIONS;
        }
    }]
}

/// ``Many [`Team`]: their `school_id` is this `id`.``
fn about(relation: &Relation, target: &Table<'_>) -> String {
    let (kind, whose) = if relation.many { ("Many", "their") } else { ("One", "its") };
    let pairs = relation.columns.iter().zip(&relation.foreign_columns);
    let equal = pairs.map(|(own, foreign)| format!("{} is this {}", docs::code(foreign), docs::code(own)));
    format!("{kind} [`{}`]: {whose} {}.", target.name, equal.collect::<Vec<_>>().join(", "))
}

/// The list of them, for the table's data.
pub(super) fn definitions(model: &Model<'_>, table: &Table<'_>, imports: &Imports) -> Vec<TokenStream> {
    let definition = |relation: &Relation| {
        let (def, kind) = (imports.runtime("RelationDef"), imports.runtime("RelationKind"));
        let name = &relation.name;
        let kind = if relation.many { quote!(#kind::Many) } else { quote!(#kind::One) };
        let (columns, foreign_columns) = (texts(&relation.columns, imports), texts(&relation.foreign_columns, imports));
        let foreign = model.tables[relation.foreign].schema;
        let (schema, table) = (foreign.schema.as_deref().unwrap_or("public"), &foreign.name);
        let named = relation.relation_name.as_ref().map(|name| quote!(.named(#name)));
        quote!(#def::new(#name, #kind, #columns, (#schema, #table), #foreign_columns) #named)
    };
    table.relations.iter().map(definition).collect()
}
