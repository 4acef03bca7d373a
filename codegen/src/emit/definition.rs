//! The table as plain data.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::Table;
use crate::model::fields::Field;
use crate::model::types::Kind;
use crate::schema::{DataType, ForeignKey, Key, KeyKind, RuntimeValue, truncated};
use crate::sql::types::spelling;
use crate::sql::{literal, quote as quoted};

use super::{Imports, count};

pub(super) fn items(table: &Table<'_>, imports: &Imports) -> Vec<TokenStream> {
    let borrowed = imports.from("std", "Borrowed");
    let (table_def, column_def) = (imports.runtime("TableDef"), imports.runtime("ColumnDef"));
    let (key_def, reference_def) = (imports.runtime("KeyDef"), imports.runtime("ReferenceDef"));
    let columns: Vec<TokenStream> = table.fields.iter().map(|field| column(table, field, imports)).collect();
    let keys: Vec<TokenStream> = table.keys.iter().map(|(unique, _)| key(unique, imports)).collect();
    let references: Vec<TokenStream> = table.schema.foreign_keys.iter().map(|each| reference(each, imports)).collect();
    let (column_count, key_count) = (count(columns.len()), count(keys.len()));
    let reference_count = count(references.len());
    let schema = table.schema.schema.as_deref().unwrap_or("public");
    let name = &table.schema.name;
    let conflict_key = option(table.conflict.key.map(count));
    let reason = &table.conflict.reason;
    vec![
        quote! {
            static TABLE: #table_def = #table_def {
                schema: #borrowed(#schema),
                name: #borrowed(#name),
                columns: #borrowed(&COLUMNS),
                keys: #borrowed(&KEYS),
                references: #borrowed(&REFERENCES),
                conflict_key: #conflict_key,
                conflict_key_reason: #borrowed(#reason),
            };
        },
        quote!(static COLUMNS: [#column_def; #column_count] = [#(#columns),*];),
        quote!(static KEYS: [#key_def; #key_count] = [#(#keys),*];),
        quote!(static REFERENCES: [#reference_def; #reference_count] = [#(#references),*];),
    ]
}

fn column(table: &Table<'_>, field: &Field<'_>, imports: &Imports) -> TokenStream {
    let borrowed = imports.from("std", "Borrowed");
    let column_def = imports.runtime("ColumnDef");
    let column = field.column;
    let (name, key) = (&column.name, &column.key);
    let sql_type = spelling(column);
    let rust_type = &field.rust_type.path;
    let kind = kind(&field.rust_type.kind, imports);
    let dimensions = count(field.rust_type.dimensions.into());
    let not_null = field.not_null;
    let default = option(default(table, field).map(|sql| quote!(#borrowed(#sql))));
    let identity = option(column.identity.as_ref().map(|identity| {
        let name = imports.runtime("Identity");
        if identity.always { quote!(#name::Always) } else { quote!(#name::ByDefault) }
    }));
    let generated = option(column.generated.as_deref().map(|sql| quote!(#borrowed(#sql))));
    let runtime_default = option(column.runtime_default.as_ref().map(|value| runtime_value(value, imports)));
    let on_update = option(column.on_update.as_ref().map(|value| runtime_value(value, imports)));
    quote! {
        #column_def {
            name: #borrowed(#name),
            key: #borrowed(#key),
            sql_type: #borrowed(#sql_type),
            rust_type: #borrowed(#rust_type),
            kind: #kind,
            dimensions: #dimensions,
            not_null: #not_null,
            default: #default,
            identity: #identity,
            generated: #generated,
            runtime_default: #runtime_default,
            on_update: #on_update,
        }
    }
}

/// The declared default; of serials and identities the next value of the sequence that the column owns.
fn default(table: &Table<'_>, field: &Field<'_>) -> Option<String> {
    let column = field.column;
    if let Some(default) = &column.default {
        return Some(default.sql.to_string());
    }
    let serial = matches!(column.data_type, DataType::SmallSerial | DataType::Serial | DataType::BigSerial);
    (serial || column.identity.is_some()).then(|| {
        let schema = table.schema.schema.as_deref().unwrap_or("public");
        let name = format!("{}.{}", quoted(schema), quoted(&table.schema.name));
        format!("nextval(pg_get_serial_sequence({}, {}))", literal(&name), literal(&column.name))
    })
}

fn kind(kind: &Kind, imports: &Imports) -> TokenStream {
    let name = imports.runtime("Kind");
    match kind {
        Kind::Plain(variant) => {
            let variant = super::ident(variant);
            quote!(#name::#variant)
        }
        Kind::Numeric(precision, scale) => {
            let precision = option(precision.map(number));
            let scale = option(scale.map(number));
            quote!(#name::Numeric { precision: #precision, scale: #scale })
        }
        Kind::Text(length) => {
            let length = option(length.map(number));
            quote!(#name::Text { max_length: #length })
        }
        Kind::Char(length) => {
            let length = number(*length);
            quote!(#name::Char { length: #length })
        }
        Kind::Enum(labels) => {
            let labels = texts(labels, imports);
            quote!(#name::Enum { labels: #labels })
        }
    }
}

fn runtime_value(value: &RuntimeValue, imports: &Imports) -> TokenStream {
    let name = imports.runtime("RuntimeValue");
    match value {
        RuntimeValue::Now => quote!(#name::Now),
        RuntimeValue::Uuid => quote!(#name::Uuid),
        RuntimeValue::Constant(json) => {
            let borrowed = imports.from("std", "Borrowed");
            let json = json.to_string();
            quote!(#name::Constant(#borrowed(#json)))
        }
        RuntimeValue::Unknown => quote!(#name::Unknown),
    }
}

fn key(key: &Key, imports: &Imports) -> TokenStream {
    let borrowed = imports.from("std", "Borrowed");
    let (key_def, key_kind) = (imports.runtime("KeyDef"), imports.runtime("KeyKind"));
    let name = &key.name;
    let kind = match key.kind {
        KeyKind::PrimaryKey => quote!(#key_kind::PrimaryKey),
        KeyKind::UniqueConstraint => quote!(#key_kind::UniqueConstraint),
        KeyKind::UniqueIndex => quote!(#key_kind::UniqueIndex),
    };
    let (columns, expressions) = (texts(&key.columns, imports), texts(&key.expressions, imports));
    let predicate = option(key.predicate.as_ref().map(|sql| quote!(#borrowed(#sql))));
    let nulls_not_distinct = key.nulls_not_distinct;
    quote! {
        #key_def {
            name: #borrowed(#name),
            kind: #kind,
            columns: #columns,
            expressions: #expressions,
            predicate: #predicate,
            nulls_not_distinct: #nulls_not_distinct,
        }
    }
}

fn reference(key: &ForeignKey, imports: &Imports) -> TokenStream {
    let borrowed = imports.from("std", "Borrowed");
    let reference_def = imports.runtime("ReferenceDef");
    let name = truncated(&key.name);
    let schema = key.foreign_schema.as_deref().unwrap_or("public");
    let table = &key.foreign_table;
    let (columns, foreign_columns) = (texts(&key.columns, imports), texts(&key.foreign_columns, imports));
    quote! {
        #reference_def {
            name: #borrowed(#name),
            columns: #columns,
            foreign_schema: #borrowed(#schema),
            foreign_table: #borrowed(#table),
            foreign_columns: #foreign_columns,
        }
    }
}

fn texts(texts: &[String], imports: &Imports) -> TokenStream {
    let borrowed = imports.from("std", "Borrowed");
    quote!(#borrowed(&[#(#borrowed(#texts)),*]))
}

fn option(value: Option<TokenStream>) -> TokenStream {
    match value {
        Some(value) => quote!(Some(#value)),
        None => quote!(None),
    }
}

/// A number without its type behind it.
fn number(number: impl Into<i64>) -> TokenStream {
    let literal = proc_macro2::Literal::i64_unsuffixed(number.into());
    quote!(#literal)
}
