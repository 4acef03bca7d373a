//! The row struct, its table and its keys.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::Table;
use crate::schema::KeyKind;

use super::{Imports, count, docs, ident, tokens};

pub(super) fn items(table: &Table<'_>, imports: &Imports) -> Vec<TokenStream> {
    vec![row(table), implementation(table, imports), keys(table, imports)]
        .into_iter()
        .filter(|t| !t.is_empty())
        .collect()
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
        let rename = renamed.then(|| quote!(#[sqlx(rename = #column)] #[serde(rename = #column)]));
        let name = ident(&field.name);
        quote!(#docs #rename pub #name: #rust_type)
    });
    quote! {
        #about
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, sqlx::FromRow)]
        pub struct #name { #(#fields),* }
    }
}

fn implementation(table: &Table<'_>, imports: &Imports) -> TokenStream {
    let name = ident(&table.name);
    let (table_trait, table_def) = (imports.runtime("Table"), imports.runtime("TableDef"));
    quote! {
        impl #table_trait for #name {
            const TABLE: &'static #table_def = &TABLE;
        }
    }
}

fn keys(table: &Table<'_>, imports: &Imports) -> TokenStream {
    if table.keys.is_empty() {
        return TokenStream::new();
    }
    let name = ident(&table.name);
    let key_def = imports.runtime("KeyDef");
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
        quote!(#docs pub const #constant: &'static #key_def = &KEYS[#index];)
    });
    let constants: Vec<TokenStream> = constants.collect();
    quote!(impl #name { #(#constants)* })
}
