//! The row struct.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::Table;

use super::{Imports, count, docs, ident, tokens};

pub(super) fn items(table: &Table<'_>, imports: &Imports) -> Vec<TokenStream> {
    let mut items = vec![row(table), from_row(table, imports)];
    items.extend(super::table::items(table, imports));
    items
}

fn row(table: &Table<'_>) -> TokenStream {
    let name = ident(&table.name);
    let about = match &table.schema.docs {
        Some(docs) => docs::prose(docs),
        None => format!("A row of `{}`.", table.schema.qualified_name()),
    };
    let place = docs::place(&table.schema.location);
    let about = docs::attributes(&format!("{about}\n\nTable `{}` · {place}", table.schema.qualified_name()));
    let fields = table.fields.iter().map(|field| {
        let docs = docs::attributes(&docs::column(table, field));
        let rust_type = tokens(&field.rust_type.path);
        let rust_type = if field.not_null { rust_type } else { quote!(Option<#rust_type>) };
        let column = &field.column.name;
        let renamed = field.name.trim_start_matches("r#") != column;
        let rename = renamed.then(|| quote!(#[serde(rename = #column)]));
        let name = ident(&field.name);
        quote!(#docs #rename pub #name: #rust_type)
    });
    quote! {
        #about
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        #[non_exhaustive]
        pub struct #name { #(#fields),* }
    }
}

/// Reads each column by its name. Not derived: sqlx takes some of what PostgreSQL holds for another value.
fn from_row(table: &Table<'_>, imports: &Imports) -> TokenStream {
    let name = ident(&table.name);
    if table.fields.is_empty() {
        return quote! {
            impl<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow> for #name {
                fn from_row(_row: &'r sqlx::postgres::PgRow) -> sqlx::Result<Self> {
                    Ok(Self {})
                }
            }
        };
    }
    let reader = imports.runtime("RowReader");
    let fields = table.fields.iter().enumerate().map(|(index, field)| {
        let (name, index) = (ident(&field.name), count(index));
        if field.foreign { quote!(#name: row.foreign(#index)?) } else { quote!(#name: row.get(#index)?) }
    });
    quote! {
        impl<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow> for #name {
            fn from_row(row: &'r sqlx::postgres::PgRow) -> sqlx::Result<Self> {
                let row = #reader::new(row, &TABLE);
                Ok(Self { #(#fields),* })
            }
        }
    }
}
