//! The types of JSON values.

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use serde_json::Value;

use crate::model::Model;
use crate::model::enums::UNRECOGNIZED;
use crate::model::json::{Field, Item, Json, Presence, Shape, Struct, Union};
use crate::notice::Notice;

use super::{Imports, MARK, docs, format, ident, tokens};

/// From how many parameters on clippy asks to be told that it is meant (`too_many_arguments`).
const MANY: usize = 8;

pub(super) fn file(model: &Model<'_>) -> Result<String, Notice> {
    let json = &model.json;
    let sources: BTreeSet<&str> = json.items.iter().map(|item| &*item.location.file).collect();
    let sources = sources.into_iter().collect::<Vec<_>>().join(", ");
    let header = format!(
        "// {MARK} from {sources}; do not edit.\n\n\
         //! The types of JSON values, as `$type<T>()` names them.\n//!\n\
         //! The database knows nothing of them. A value that does not fit is an error that says where; keys that a type does\n\
         //! not name are kept, and so is what a union does not know.\n",
    );
    let imports = Imports::default();
    let mut items = Vec::new();
    for (index, item) in json.items.iter().enumerate() {
        items.extend(emit(model, index, item, &imports));
    }
    format::file(&header, imports.items("json"), items)
}

fn emit(model: &Model<'_>, index: usize, item: &Item, imports: &Imports) -> Vec<TokenStream> {
    let json = &model.json;
    let name = ident(&item.name);
    let about = about(item);
    let written = |path| {
        let written = json.written(path, Some(index));
        imports.of_type(model, &written);
        tokens(&written)
    };
    match &item.shape {
        Shape::Struct(structure) => self::structure(model, index, item, structure, imports),
        Shape::Union(union) => self::union(model, index, item, union, imports),
        Shape::Values(values) => self::values(item, values, imports),
        Shape::Alias(path) => {
            let target = written(path);
            vec![quote!(#about pub type #name = #target;)]
        }
        Shape::Newtype(path) => {
            let target = written(path);
            let column = imports.runtime("json_column");
            let (from_json, mismatch) = (imports.runtime("FromJson"), imports.runtime("JsonMismatch"));
            vec![
                quote! {
                    #about
                    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
                    #[serde(transparent)]
                    pub struct #name(pub #target);
                },
                quote! {
                    impl #from_json for #name {
                        fn from_json(value: serde_json::Value) -> Result<Self, #mismatch> {
                            #from_json::from_json(value).map(Self)
                        }
                    }
                },
                quote!(#column!(#name);),
            ]
        }
    }
}

fn about(item: &Item) -> TokenStream {
    let origin = format!("{} · {}", item.origin, docs::place(&item.location));
    docs::attributes(&match &item.docs {
        Some(docs) => format!("{}\n\n{origin}", docs::prose(docs)),
        None => origin,
    })
}

fn field_type(json: &Json, index: usize, field: &Field, imports: &Imports) -> String {
    let inner = json.written(&field.path, Some(index));
    match field.presence {
        Presence::Required => inner,
        Presence::Optional | Presence::Unknown => format!("Option<{inner}>"),
        Presence::Nullable => {
            imports.runtime("Field");
            format!("Field<Option<{inner}>>")
        }
    }
}

fn field_docs(field: &Field) -> String {
    let mut facts = Vec::new();
    if field.name.trim_start_matches("r#") != field.key {
        facts.push(format!("Key {}", docs::code(&field.key)));
    }
    match field.presence {
        Presence::Required | Presence::Optional => {}
        Presence::Nullable | Presence::Unknown => facts.push("may be absent, which is not null".to_owned()),
    }
    if let Some(reason) = &field.reason {
        facts.push(format!("any JSON value, since {}", docs::prose(reason)));
    }
    let mut facts = facts.join(" · ");
    if let Some(first) = facts.get(..1).map(str::to_uppercase) {
        facts.replace_range(..1, &first);
    }
    match (&field.docs, facts.is_empty()) {
        (Some(docs), true) => docs::prose(docs),
        (Some(docs), false) => format!("{}\n\n{facts}", docs::prose(docs)),
        (None, true) => format!("The member {}.", docs::code(&field.key)),
        (None, false) => facts,
    }
}

fn structure(model: &Model<'_>, index: usize, item: &Item, structure: &Struct, imports: &Imports) -> Vec<TokenStream> {
    let json = &model.json;
    let (name, about) = (ident(&item.name), about(item));
    let others = ident(&structure.others);
    let rest = structure.rest.as_ref().map(|rest| json.written(rest, Some(index)));
    let rest = rest.unwrap_or_else(|| "serde_json::Map<String, serde_json::Value>".to_owned());
    imports.of_type(model, &rest);
    let rest = tokens(&rest);
    let types: Vec<TokenStream> = structure
        .fields
        .iter()
        .map(|field| {
            let written = field_type(json, index, field, imports);
            imports.of_type(model, &written);
            tokens(&written)
        })
        .collect();
    let names: Vec<_> = structure.fields.iter().map(|field| ident(&field.name)).collect();
    let docs: Vec<TokenStream> = structure.fields.iter().map(|field| docs::attributes(&field_docs(field))).collect();
    let kept = docs::attributes(if structure.rest.is_some() {
        "All other keys."
    } else {
        "Keys that the type does not name."
    });
    let required: Vec<usize> =
        (0..types.len()).filter(|&i| structure.fields[i].presence == Presence::Required).collect();
    // Text and numbers are taken in all their forms, and of what may be null, a bare value too.
    let converts = |i: usize| {
        let written = json.written(&structure.fields[i].path, Some(index));
        ["String", "serde_json::Number"].contains(&written.as_str()) || written.starts_with("Option<")
    };
    let default = required.is_empty().then(|| quote!(, Default));
    let mut items = vec![quote! {
        #about
        #[derive(Debug, Clone, PartialEq #default)]
        pub struct #name {
            #(#docs pub #names: #types,)*
            #kept
            pub #others: #rest,
        }
    }];
    if !required.is_empty() {
        let parameters = required.iter().map(|&i| {
            let (name, written) = (&names[i], &types[i]);
            if converts(i) { quote!(#name: impl Into<#written>) } else { quote!(#name: #written) }
        });
        let values = (0..types.len()).map(|i| {
            let name = &names[i];
            if !required.contains(&i) {
                quote!(#name: Default::default())
            } else if converts(i) {
                quote!(#name: #name.into())
            } else {
                quote!(#name)
            }
        });
        let about = docs::attributes("With the members that are always there.");
        let many = (required.len() >= MANY).then(|| quote!(#[allow(clippy::too_many_arguments)]));
        items.push(quote! {
            impl #name {
                #about
                #[must_use]
                #many
                pub fn new(#(#parameters),*) -> Self {
                    Self { #(#values,)* #others: Default::default() }
                }
            }
        });
    }
    items.extend(conversions(&name, structure, imports));
    items
}

/// How a struct is read and written.
fn conversions(name: &Ident, structure: &Struct, imports: &Imports) -> Vec<TokenStream> {
    let (from_json, mismatch) = (imports.runtime("FromJson"), imports.runtime("JsonMismatch"));
    let (keys_type, entries) = (imports.runtime("JsonKeys"), imports.runtime("JsonEntries"));
    let column = imports.runtime("json_column");
    let others = ident(&structure.others);
    let names: Vec<_> = structure.fields.iter().map(|field| ident(&field.name)).collect();
    let keys: Vec<&String> = structure.fields.iter().map(|field| &field.key).collect();
    let how = structure.fields.iter().map(|field| {
        ident(match field.presence {
            Presence::Required => "required",
            Presence::Optional => "optional",
            Presence::Nullable => "nullable",
            Presence::Unknown => "unknown",
        })
    });
    let how: Vec<_> = how.collect();
    let constant_keys: Vec<&String> = structure.constants.iter().map(|(key, _)| key).collect();
    let constants: Vec<TokenStream> = structure.constants.iter().map(|(_, value)| literal(value)).collect();
    let alone = names.is_empty() && constants.is_empty();
    let mutable = (!alone).then(|| quote!(mut));
    vec![
        quote! {
            impl #from_json for #name {
                fn from_json(value: serde_json::Value) -> Result<Self, #mismatch> {
                    let #mutable keys = #keys_type::of(value)?;
                    #(keys.constant(#constant_keys, serde_json::Value::from(#constants))?;)*
                    Ok(Self { #(#names: keys.#how(#keys)?,)* #others: keys.others()? })
                }
            }
        },
        quote! {
            impl serde::Serialize for #name {
                fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    let #mutable entries = #entries::of(&self.#others);
                    #(entries.required(#constant_keys, &#constants);)*
                    #(entries.#how(#keys, &self.#names);)*
                    entries.write(serializer)
                }
            }
        },
        quote!(#column!(#name);),
    ]
}

/// A literal as Rust has it.
fn literal(value: &Value) -> TokenStream {
    match value {
        Value::String(text) => quote!(#text),
        Value::Bool(flag) => quote!(#flag),
        other => tokens(&other.to_string()),
    }
}

/// The parts of an enum that is written as the value in it.
fn union(model: &Model<'_>, index: usize, item: &Item, union: &Union, imports: &Imports) -> Vec<TokenStream> {
    let (name, about) = (ident(&item.name), about(item));
    let (from_json, mismatch) = (imports.runtime("FromJson"), imports.runtime("JsonMismatch"));
    let column = imports.runtime("json_column");
    let unrecognized = ident(UNRECOGNIZED);
    let variants = union.variants.iter().map(|variant| {
        let written = model.json.written(&variant.path, Some(index));
        imports.of_type(model, &written);
        let mut text = match (&union.tag, &variant.tags[..]) {
            (Some(tag), tags) if !tags.is_empty() => {
                let tags: Vec<String> = tags.iter().map(|value| docs::code(&value.to_string())).collect();
                format!("Where {} is {}.", docs::code(tag), tags.join(" or "))
            }
            _ => format!("{}.", docs::code(&written)),
        };
        if let Some(reason) = &variant.reason {
            text = format!("Any JSON value, since {}.", docs::prose(reason));
        }
        let (docs, name, written) = (docs::attributes(&text), ident(&variant.name), tokens(&written));
        quote!(#docs #name(#written))
    });
    let carried = docs::attributes("A value that the union did not have when this was generated.");
    let declaration = quote! {
        #about
        #[derive(Debug, Clone, PartialEq, serde::Serialize)]
        #[serde(untagged)]
        pub enum #name { #(#variants,)* #carried #unrecognized(serde_json::Value) }
    };
    let tries = union.order.iter().map(|&place| {
        let variant = &union.variants[place];
        let name = ident(&variant.name);
        match &union.tag {
            Some(tag) => {
                let tests = variant.tags.iter().map(|value| {
                    let value = literal(value);
                    quote!(value[#tag] == #value)
                });
                quote!(if #(#tests)||* { return #from_json::from_json(value).map(Self::#name); })
            }
            None => quote!(if let Ok(value) = #from_json::from_json(value.clone()) { return Ok(Self::#name(value)); }),
        }
    });
    let implementation = quote! {
        impl #from_json for #name {
            fn from_json(value: serde_json::Value) -> Result<Self, #mismatch> {
                #(#tries)*
                Ok(Self::#unrecognized(value))
            }
        }
    };
    vec![declaration, implementation, quote!(#column!(#name);)]
}

/// An enum of literals.
fn values(item: &Item, values: &[(String, Value)], imports: &Imports) -> Vec<TokenStream> {
    let (name, about) = (ident(&item.name), about(item));
    let (from_json, mismatch) = (imports.runtime("FromJson"), imports.runtime("JsonMismatch"));
    let column = imports.runtime("json_column");
    let unrecognized = ident(UNRECOGNIZED);
    let variants: Vec<_> = values.iter().map(|(variant, _)| ident(variant)).collect();
    let docs = values.iter().map(|(_, value)| docs::attributes(&docs::code(&value.to_string())));
    let literals: Vec<TokenStream> = values.iter().map(|(_, value)| literal(value)).collect();
    let carried = docs::attributes("A value that the type did not have when this was generated.");
    vec![
        quote! {
            #about
            #[derive(Debug, Clone, PartialEq, Eq)]
            pub enum #name { #(#docs #variants,)* #carried #unrecognized(serde_json::Value) }
        },
        quote! {
            impl #name {
                #[doc = " Every value of the type, in its order."]
                pub const ALL: &'static [Self] = &[#(Self::#variants),*];
            }
        },
        quote! {
            impl #from_json for #name {
                fn from_json(value: serde_json::Value) -> Result<Self, #mismatch> {
                    #(if value == #literals { return Ok(Self::#variants); })*
                    Ok(Self::#unrecognized(value))
                }
            }
        },
        quote! {
            impl serde::Serialize for #name {
                fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    match self {
                        #(Self::#variants => serde::Serialize::serialize(&#literals, serializer),)*
                        Self::#unrecognized(value) => serde::Serialize::serialize(value, serializer),
                    }
                }
            }
        },
        quote!(#column!(#name);),
    ]
}
