//! The table as plain data.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::checks::{Comparison, Condition, Test};
use crate::model::fields::Field;
use crate::model::types::Kind;
use crate::model::{Model, Table};
use crate::schema::{Check, ForeignKey, Key, KeyKind, RuntimeValue, truncated};
use crate::sql::types::spelling;

use super::{Imports, count};

pub(super) fn items(model: &Model<'_>, table: &Table<'_>, imports: &Imports) -> Vec<TokenStream> {
    let table_def = imports.runtime("TableDef");
    let columns: Vec<TokenStream> = table.fields.iter().map(|field| column(table, field, imports)).collect();
    let keys: Vec<TokenStream> = table.keys.iter().map(|(unique, _)| key(unique, imports)).collect();
    let references: Vec<TokenStream> = table.schema.foreign_keys.iter().map(|each| reference(each, imports)).collect();
    let checks: Vec<TokenStream> = table.checks.iter().map(|(each, read)| check(each, read, imports)).collect();
    let schema = table.schema.schema.as_deref().unwrap_or("public");
    let name = &table.schema.name;
    let conflict_key = option(table.conflict.key.map(count));
    let reason = &table.conflict.reason;
    let with_keys = (!keys.is_empty()).then(|| quote!(.keys(&KEYS)));
    let with_references = (!references.is_empty()).then(|| quote!(.references(&REFERENCES)));
    let with_checks = (!checks.is_empty()).then(|| quote!(.checks(&CHECKS)));
    let mut items = vec![quote! {
        static TABLE: #table_def = #table_def::new(#schema, #name, &COLUMNS)
            #with_keys
            #with_references
            #with_checks
            .conflict_key(#conflict_key, #reason);
    }];
    for (name, of, list) in [
        ("COLUMNS", "ColumnDef", columns),
        ("KEYS", "KeyDef", keys),
        ("REFERENCES", "ReferenceDef", references),
        ("CHECKS", "CheckDef", checks),
        ("RELATIONS", "RelationDef", super::relation::definitions(model, table, imports)),
    ] {
        if !list.is_empty() || name == "COLUMNS" {
            let (name, of, count) = (super::ident(name), imports.runtime(of), count(list.len()));
            items.push(quote!(static #name: [#of; #count] = [#(#list),*];));
        }
    }
    items
}

/// A builder's chain: only what is out of the ordinary is said.
fn column(table: &Table<'_>, field: &Field<'_>, imports: &Imports) -> TokenStream {
    let column_def = imports.runtime("ColumnDef");
    let column = field.column;
    let (name, key) = (&column.name, &column.key);
    let sql_type = spelling(column);
    let rust_type = &field.rust_type.path;
    let kind = kind(&field.rust_type.kind, imports);
    let key = (key != name).then(|| quote!(.key(#key)));
    let dimensions = count(field.rust_type.dimensions.into());
    let array = (field.rust_type.dimensions > 0).then(|| quote!(.array(#dimensions)));
    let not_null = field.not_null.then(|| quote!(.not_null()));
    let default = field.default_sql(table.schema).map(|sql| quote!(.default(#sql)));
    let identity = column.identity.as_ref().map(|identity| {
        let name = imports.runtime("Identity");
        if identity.always { quote!(.identity(#name::Always)) } else { quote!(.identity(#name::ByDefault)) }
    });
    let generated = column.generated.as_deref().map(|sql| quote!(.generated(#sql)));
    let allowed = column.text_enum.as_ref().map(|labels| {
        let labels = texts(labels, imports);
        quote!(.allowed(#labels))
    });
    let runtime_default = column.runtime_default.as_ref().map(|value| {
        let value = runtime_value(value, imports);
        quote!(.runtime_default(#value))
    });
    let on_update = column.on_update.as_ref().map(|value| {
        let value = runtime_value(value, imports);
        quote!(.on_update(#value))
    });
    quote! {
        #column_def::new(#name, #sql_type, #kind)
            .rust_type(#rust_type)
            #key #array #not_null #default #identity #generated #allowed #runtime_default #on_update
    }
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
        Kind::Bit(length, varying) => {
            let length = option(length.map(number));
            quote!(#name::Bit { length: #length, varying: #varying })
        }
        Kind::Vector(dimensions) => {
            let dimensions = option(dimensions.map(number));
            quote!(#name::Vector { dimensions: #dimensions })
        }
        Kind::Enum(labels) => {
            let labels = texts(labels, imports);
            quote!(#name::enum_of(#labels))
        }
    }
}

fn runtime_value(value: &RuntimeValue, imports: &Imports) -> TokenStream {
    let name = imports.runtime("RuntimeValue");
    match value {
        RuntimeValue::Now => quote!(#name::Now),
        RuntimeValue::Uuid => quote!(#name::Uuid),
        RuntimeValue::UuidV7 => quote!(#name::UuidV7),
        RuntimeValue::NanoId { length, alphabet } => {
            let borrowed = imports.from("std", "Borrowed");
            let (length, alphabet) = (count(*length), alphabet.as_deref().unwrap_or_default());
            quote!(#name::NanoId { length: #length, alphabet: #borrowed(#alphabet) })
        }
        RuntimeValue::Cuid2 { length } => {
            let length = number(*length);
            quote!(#name::Cuid2 { length: #length })
        }
        RuntimeValue::Ulid => quote!(#name::Ulid),
        RuntimeValue::Constant(json) => {
            let borrowed = imports.from("std", "Borrowed");
            let json = json.to_string();
            quote!(#name::Constant(#borrowed(#json)))
        }
        RuntimeValue::Sql(sql) => {
            let borrowed = imports.from("std", "Borrowed");
            quote!(#name::Sql(#borrowed(#sql)))
        }
        RuntimeValue::Unknown => quote!(#name::Unknown),
    }
}

fn key(key: &Key, imports: &Imports) -> TokenStream {
    let (key_def, key_kind) = (imports.runtime("KeyDef"), imports.runtime("KeyKind"));
    let name = &key.name;
    let kind = match key.kind {
        KeyKind::PrimaryKey => quote!(#key_kind::PrimaryKey),
        KeyKind::UniqueConstraint => quote!(#key_kind::UniqueConstraint),
        KeyKind::UniqueIndex => quote!(#key_kind::UniqueIndex),
    };
    let columns = texts(&key.columns, imports);
    let expressions = (!key.expressions.is_empty()).then(|| {
        let expressions = texts(&key.expressions, imports);
        quote!(.expressions(#expressions))
    });
    let predicate = key.predicate.as_ref().map(|sql| quote!(.predicate(#sql)));
    let nulls_not_distinct = key.nulls_not_distinct.then(|| quote!(.nulls_not_distinct()));
    quote!(#key_def::new(#name, #kind, #columns) #expressions #predicate #nulls_not_distinct)
}

fn reference(key: &ForeignKey, imports: &Imports) -> TokenStream {
    let reference_def = imports.runtime("ReferenceDef");
    let name = truncated(&key.name);
    let schema = key.foreign_schema.as_deref().unwrap_or("public");
    let table = &key.foreign_table;
    let (columns, foreign_columns) = (texts(&key.columns, imports), texts(&key.foreign_columns, imports));
    quote!(#reference_def::new(#name, #columns, (#schema, #table), #foreign_columns))
}

fn check(check: &Check, conditions: &[Condition], imports: &Imports) -> TokenStream {
    let check_def = imports.runtime("CheckDef");
    let (name, sql) = (truncated(&check.name), check.expression.as_str());
    let conditions: Vec<TokenStream> = conditions.iter().map(|condition| self::condition(condition, imports)).collect();
    let conditions = (!conditions.is_empty()).then(|| quote!(.conditions(&[#(#conditions),*])));
    quote!(#check_def::new(#name, #sql) #conditions)
}

fn condition(Condition { column, test }: &Condition, imports: &Imports) -> TokenStream {
    let (condition, name) = (imports.runtime("Condition"), imports.runtime("Test"));
    let comparison = |comparison: &Comparison| {
        let name = imports.runtime("Comparison");
        let variant = super::ident(&format!("{comparison:?}"));
        quote!(#name::#variant)
    };
    let list = |values: &[String]| {
        let (borrowed, values) = (imports.from("std", "Borrowed"), texts(values, imports));
        quote!(#borrowed(#values))
    };
    let test = match test {
        Test::Number(sign, constant) => {
            let (borrowed, sign) = (imports.from("std", "Borrowed"), comparison(sign));
            quote!(#name::Number(#sign, #borrowed(#constant)))
        }
        Test::Length(sign, constant) => {
            let (sign, constant) = (comparison(sign), number(*constant));
            quote!(#name::Length(#sign, #constant))
        }
        Test::OneOf(values) => {
            let values = list(values);
            quote!(#name::OneOf(#values))
        }
        Test::NoneOf(values) => {
            let values = list(values);
            quote!(#name::NoneOf(#values))
        }
    };
    // No call: only so is a list of them a constant.
    let borrowed = imports.from("std", "Borrowed");
    quote!(#condition { column: #borrowed(#column), test: #test })
}

pub(super) fn texts(texts: &[String], imports: &Imports) -> TokenStream {
    let list = imports.runtime("list");
    quote!(#list![#(#texts),*])
}

pub(super) fn option(value: Option<TokenStream>) -> TokenStream {
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
