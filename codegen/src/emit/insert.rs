//! The insert struct: what must be given, what may be, and how it is handed over.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::model::fields::{Field, Presence};
use crate::model::{Model, Table};

use super::{Imports, count, docs, ident, tokens};

/// From how many parameters on clippy asks to be told that it is meant (`too_many_arguments`).
const MANY: usize = 8;

pub(super) fn items(model: &Model<'_>, table: &Table<'_>, imports: &Imports) -> Vec<TokenStream> {
    for field in &table.fields {
        imports.of_type(model, &field.rust_type.path);
    }
    let targets = given(table).filter_map(|field| field.target).map(|target| &model.tables[target]);
    for target in targets.filter(|target| target.module != table.module) {
        imports.from(&target.module, &target.reference_name());
    }
    let mut items = vec![structure(table, imports), constructor(table, imports), insert(table, imports)];
    if let Some(key) = table.conflict.key.map(count) {
        let (upsert, key_def) = (imports.runtime("Upsert"), imports.runtime("KeyDef"));
        let name = ident(&table.insert_name());
        items.push(quote! {
            impl #upsert for #name {
                const CONFLICT_KEY: &'static #key_def = &KEYS[#key];
            }
        });
    }
    items
}

/// The fields that an insert can give.
fn given<'t, 'a>(table: &'t Table<'a>) -> impl Iterator<Item = &'t Field<'a>> {
    table.fields.iter().filter(|field| field.presence != Presence::Never)
}

/// The type of a field's value, `Option` where null can be given.
fn value_type(field: &Field<'_>) -> TokenStream {
    let inner = tokens(&field.insert_type);
    if field.not_null { inner } else { quote!(Option<#inner>) }
}

fn structure(table: &Table<'_>, imports: &Imports) -> TokenStream {
    let name = ident(&table.insert_name());
    let about = docs::attributes(&format!("A [`{}`] to be inserted.", table.name));
    let fields = given(table).map(|field| {
        let docs = docs::attributes(&docs::insert_field(field));
        let value = value_type(field);
        let value = if field.presence == Presence::Required {
            value
        } else {
            let absent = imports.runtime("Field");
            quote!(#absent<#value>)
        };
        let name = ident(&field.name);
        quote!(#docs pub #name: #value)
    });
    let fields: Vec<TokenStream> = fields.collect();
    let required = given(table).any(|field| field.presence == Presence::Required);
    let default = (!required).then(|| quote!(, Default));
    quote! {
        #about
        #[derive(Debug, Clone, PartialEq #default)]
        pub struct #name { #(#fields),* }
    }
}

fn constructor(table: &Table<'_>, imports: &Imports) -> TokenStream {
    let name = ident(&table.insert_name());
    let required: Vec<&Field<'_>> = given(table).filter(|field| field.presence == Presence::Required).collect();
    let optional: Vec<&Field<'_>> = given(table).filter(|field| field.presence == Presence::Optional).collect();
    let parameters = required.iter().map(|field| {
        let name = ident(&field.name);
        let value = parameter_type(field);
        quote!(#name: #value)
    });
    let assignments = given(table).map(|field| {
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
    let setters = optional.iter().map(|field| setter(field, imports));
    let setters: Vec<TokenStream> = setters.collect();
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

fn setter(field: &Field<'_>, imports: &Imports) -> TokenStream {
    let name = ident(&field.name);
    let plain = field.name.trim_start_matches("r#");
    let method = format_ident!("with_{}", plain.trim_start_matches('_'));
    let absent = imports.runtime("Field");
    let value_type = parameter_type(field);
    let value = if converts(field) { quote!(#name.into()) } else { quote!(#name) };
    let about = docs::attributes(&format!("Gives `{}`.", field.column.name));
    quote! {
        #about
        #[must_use]
        pub fn #method(mut self, #name: #value_type) -> Self {
            self.#name = #absent::Value(#value);
            self
        }
    }
}

/// Text and references are taken in all their forms, and of what may be null, a bare value too.
fn converts(field: &Field<'_>) -> bool {
    field.insert_type == "String" || field.target.is_some() || !field.not_null
}

fn parameter_type(field: &Field<'_>) -> TokenStream {
    let value = value_type(field);
    if converts(field) { quote!(impl Into<#value>) } else { value }
}

fn insert(table: &Table<'_>, imports: &Imports) -> TokenStream {
    let name = ident(&table.insert_name());
    let names = ["Insert", "TableDef", "Cell"].map(|name| imports.runtime(name));
    let [insert, table_def, cell] = names;
    let any = given(table).next().is_some();
    let visits = table.fields.iter().enumerate().filter(|(_, field)| field.presence != Presence::Never);
    let visits = visits.map(|(index, field)| {
        imports.runtime("AsCell");
        let index = count(index);
        let name = ident(&field.name);
        if field.presence == Presence::Required {
            quote!(visit(#index, self.#name.as_cell());)
        } else {
            let absent = imports.runtime("Field");
            quote! {
                if let #absent::Value(value) = &self.#name {
                    visit(#index, value.as_cell());
                }
            }
        }
    });
    let visits: Vec<TokenStream> = visits.collect();
    let visit = if any { quote!(visit) } else { quote!(_visit) };
    quote! {
        impl #insert for #name {
            const TABLE: &'static #table_def = &TABLE;

            fn visit<'a>(&'a self, #visit: &mut dyn FnMut(usize, #cell<'a>)) {
                #(#visits)*
            }
        }
    }
}
