//! The reference enum: a parent row by its id or by a natural key.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::references::{Part, Reference, Variant};
use crate::model::{Model, Table};

use super::{Imports, count, docs, ident, tokens};

pub(super) fn items(model: &Model<'_>, table: &Table<'_>, imports: &Imports) -> Vec<TokenStream> {
    let Some(reference) = &table.reference else { return Vec::new() };
    for part in reference.variants.iter().flat_map(|variant| &variant.parts) {
        let target = table.fields[part.field].target.map(|target| &model.tables[target]);
        if let Some(target) = target.filter(|target| target.module != table.module) {
            imports.from(&target.module, &target.reference_name());
        }
    }
    imports.runtime("AsCell");
    let mut items = vec![declaration(table, reference)];
    items.extend(from_target(table, reference));
    if reference.target.is_some() {
        items.push(as_cell(table, reference, imports));
    }
    items.push(implementation(table, reference, imports));
    items
}

/// Whether the variant is the plain value of the column that foreign keys hold.
fn is_target(reference: &Reference, variant: &Variant) -> bool {
    matches!(variant.parts[..], [Part { field, .. }] if Some(field) == reference.target)
}

fn part_type(table: &Table<'_>, reference: &Reference, variant: &Variant, part: &Part) -> TokenStream {
    let field = &table.fields[part.field];
    let path = if is_target(reference, variant) { &field.rust_type.path } else { &field.insert_type };
    let path = tokens(path);
    if part.boxed { quote!(Box<#path>) } else { path }
}

fn declaration(table: &Table<'_>, reference: &Reference) -> TokenStream {
    let name = ident(&table.reference_name());
    let mut about = format!("A row of `{}`, named by one of its keys.", table.schema.qualified_name());
    if let Some(target) = reference.target {
        let target = &table.fields[target].column.name;
        about.push_str(&format!(" The database resolves all but the plain `{target}`."));
    }
    let about = docs::attributes(&about);
    let variants = reference.variants.iter().map(|variant| {
        let key = &table.keys[variant.key].0;
        let columns: Vec<String> = key.columns.iter().map(|column| docs::code(column)).collect();
        let about = docs::attributes(&format!("By {} (`{}`).", columns.join(", "), key.name));
        let name = ident(&variant.name);
        let part = |part: &Part| part_type(table, reference, variant, part);
        if let [only] = &variant.parts[..] {
            let part = part(only);
            return quote!(#about #name(#part));
        }
        let parts = variant.parts.iter().map(|each| {
            let field = &table.fields[each.field];
            let docs = docs::attributes(&docs::given_field(field));
            let (name, part) = (ident(&field.name), part(each));
            quote!(#docs #name: #part)
        });
        quote!(#about #name { #(#parts),* })
    });
    quote! {
        #about
        #[derive(Debug, Clone, PartialEq)]
        pub enum #name { #(#variants),* }
    }
}

fn from_target(table: &Table<'_>, reference: &Reference) -> Option<TokenStream> {
    let variant = reference.variants.iter().find(|variant| is_target(reference, variant))?;
    let name = ident(&table.reference_name());
    let variant_name = ident(&variant.name);
    let target = &table.fields[reference.target?];
    let parameter = ident(&target.name);
    let value = tokens(&target.rust_type.path);
    Some(quote! {
        impl From<#value> for #name {
            fn from(#parameter: #value) -> Self {
                Self::#variant_name(#parameter)
            }
        }
    })
}

fn as_cell(table: &Table<'_>, reference: &Reference, imports: &Imports) -> TokenStream {
    let name = ident(&table.reference_name());
    let (as_cell, cell) = (imports.runtime("AsCell"), imports.runtime("Cell"));
    let target = reference.variants.iter().find(|variant| is_target(reference, variant)).map(|variant| {
        let variant = ident(&variant.name);
        quote!(Self::#variant(value) => value.as_cell(),)
    });
    let others = (target.is_none() || reference.variants.len() > 1).then(|| quote!(_ => #cell::Reference(self),));
    quote! {
        impl #as_cell for #name {
            fn as_cell(&self) -> #cell<'_> {
                match self {
                    #target
                    #others
                }
            }
        }
    }
}

fn implementation(table: &Table<'_>, reference: &Reference, imports: &Imports) -> TokenStream {
    let name = ident(&table.reference_name());
    let names = ["Reference", "TableDef", "KeyDef", "Cell"].map(|name| imports.runtime(name));
    let [reference_trait, table_def, key_def, cell] = names;
    let keys = reference.variants.iter().map(|variant| {
        let name = ident(&variant.name);
        let key = count(variant.key);
        let fields = if variant.parts.len() == 1 { quote!((_)) } else { quote!({ .. }) };
        quote!(Self::#name #fields => &KEYS[#key],)
    });
    let visits = reference.variants.iter().map(|variant| {
        let name = ident(&variant.name);
        if variant.parts.len() == 1 {
            return quote!(Self::#name(value) => visit(0, value.as_cell()),);
        }
        let fields: Vec<_> = variant.parts.iter().map(|part| ident(&table.fields[part.field].name)).collect();
        let indexes = (0..fields.len()).map(count);
        quote!(Self::#name { #(#fields),* } => { #(visit(#indexes, #fields.as_cell());)* })
    });
    quote! {
        impl #reference_trait for #name {
            fn table(&self) -> &'static #table_def {
                &TABLE
            }

            fn key(&self) -> &'static #key_def {
                match self { #(#keys)* }
            }

            fn visit<'a>(&'a self, visit: &mut dyn FnMut(usize, #cell<'a>)) {
                match self { #(#visits)* }
            }
        }
    }
}
