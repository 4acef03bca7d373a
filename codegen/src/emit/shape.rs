//! What the insert and the patch struct have in common: fields, builders, and how they are handed over.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::model::fields::{Field, Presence};
use crate::model::{Model, Table};

use super::{Imports, count, docs, ident, tokens};

/// The fields that a caller can give, with the columns' indexes: drizzle-orm's `$inferInsert`, which its updates take too
/// (`PgUpdateSetSource`).
pub(super) fn given<'t, 'a>(table: &'t Table<'a>) -> impl Iterator<Item = (usize, &'t Field<'a>)> {
    table.fields.iter().enumerate().filter(|(_, field)| field.presence != Presence::Never)
}

/// Imports what the fields' types name.
pub(super) fn import_types(model: &Model<'_>, table: &Table<'_>, imports: &Imports) {
    for field in &table.fields {
        imports.of_type(model, &field.rust_type.path);
    }
    let targets = given(table).filter_map(|(_, field)| field.target).map(|target| &model.tables[target]);
    for target in targets.filter(|target| target.module != table.module) {
        imports.from(&target.module, &target.reference_name());
    }
}

/// The type of a field's value, `Option` where null can be given.
pub(super) fn value_type(field: &Field<'_>) -> TokenStream {
    let inner = tokens(&field.insert_type);
    if field.not_null { inner } else { quote!(Option<#inner>) }
}

/// Text and references are taken in all their forms, and of what may be null, a bare value too.
pub(super) fn converts(field: &Field<'_>) -> bool {
    field.insert_type == "String" || field.target.is_some() || !field.not_null
}

pub(super) fn parameter_type(field: &Field<'_>) -> TokenStream {
    let value = value_type(field);
    if converts(field) { quote!(impl Into<#value>) } else { value }
}

/// `with_…`: sets a field that may be left out.
pub(super) fn setter(field: &Field<'_>, imports: &Imports) -> TokenStream {
    let name = ident(&field.name);
    let plain = field.name.trim_start_matches("r#");
    let method = format_ident!("with_{}", plain.trim_start_matches('_'));
    let absent = imports.runtime("Field");
    let value_type = parameter_type(field);
    let value = if converts(field) { quote!(#name.into()) } else { quote!(#name) };
    let about = docs::attributes(&format!("Sets `{}`.", field.column.name));
    quote! {
        #about
        #[must_use]
        pub fn #method(mut self, #name: #value_type) -> Self {
            self.#name = #absent::Value(#value);
            self
        }
    }
}

/// The body of a trait that hands over the fields; `required` tells which are always there.
pub(super) fn handing_over(table: &Table<'_>, imports: &Imports, required: impl Fn(&Field<'_>) -> bool) -> TokenStream {
    let row = ident(&table.name);
    let cell = imports.runtime("Cell");
    let visits = given(table).map(|(index, field)| {
        let (index, name) = (count(index), ident(&field.name));
        if required(field) {
            imports.runtime("AsCell");
            quote!(visit(#index, self.#name.as_cell());)
        } else {
            quote!(self.#name.visit(#index, visit);)
        }
    });
    let visits: Vec<TokenStream> = visits.collect();
    let visit = if visits.is_empty() { quote!(_visit) } else { quote!(visit) };
    quote! {
        type Row = #row;

        fn visit<'a>(&'a self, #visit: &mut dyn FnMut(usize, #cell<'a>)) {
            #(#visits)*
        }
    }
}
