//! The enums: open, so that a label added to the database later does not break a running program.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::enums::{Enum, Labels, UNRECOGNIZED, is_roman};
use crate::notice::Notice;
use crate::sql::quote as quoted;

use super::{MARK, docs, format, ident};

pub(super) fn file(enums: &[Enum]) -> Result<String, Notice> {
    let sources: BTreeSet<&str> = enums.iter().map(|declared| &*declared.location.file).collect();
    let sources = sources.into_iter().collect::<Vec<_>>().join(", ");
    let header = format!("// {MARK} from {sources}; do not edit.\n\n//! The enums.\n");
    let any = |labels: Labels| enums.iter().any(|declared| declared.labels == labels);
    let open = any(Labels::Database).then(|| quote!(open_enum));
    let text = any(Labels::Text).then(|| quote!(text_labels));
    let macros = open.into_iter().chain(text);
    let items = enums.iter().flat_map(|declared| [declaration(declared), implementation(declared), glue(declared)]);
    format::file(
        &header,
        vec![quote!(
            use super::runtime::{#(#macros),*};
        )],
        items.collect(),
    )
}

/// The name as SQL: in quotes only where it needs them, since sqlx compares it with PostgreSQL's own spelling.
fn sql_name(declared: &Enum) -> String {
    let plain = |name: &str| {
        let simple = |c: char| c.is_ascii_lowercase() || c == '_' || c.is_ascii_digit();
        let starts = !name.starts_with(|c: char| c.is_ascii_digit());
        if starts && !name.is_empty() && name.chars().all(simple) { name.to_owned() } else { quoted(name) }
    };
    match &declared.schema {
        Some(schema) => format!("{}.{}", plain(schema), plain(&declared.name)),
        None => plain(&declared.name),
    }
}

fn declaration(declared: &Enum) -> TokenStream {
    let name = ident(&declared.rust_name);
    let (plain, origin) = match declared.labels {
        Labels::Database => {
            let name = docs::code(&sql_name(declared));
            (format!("The enum type {name}."), format!("Enum {name}"))
        }
        Labels::Text => ("Labels that the database does not check.".to_owned(), declared.name.clone()),
    };
    let about = declared.docs.as_ref().map_or(plain, |docs| docs::prose(docs));
    let place = docs::place(&declared.location);
    let about = docs::attributes(&format!("{about}\n\n{origin} · {place}"));
    let variants = declared.variants.iter().map(|(variant, label)| {
        let docs =
            docs::attributes(&if label.is_empty() { "The empty label.".to_owned() } else { docs::label_code(label) });
        let variant = ident(variant);
        quote!(#docs #variant)
    });
    let unrecognized = ident(UNRECOGNIZED);
    let carried = docs::attributes("A label that the schema did not have when this was generated.");
    // Clippy would have `III` be `Iii`.
    let roman = declared.variants.iter().any(|(variant, _)| variant.len() > 2 && is_roman(variant));
    let roman = roman.then(|| quote!(#[allow(clippy::upper_case_acronyms)]));
    quote! {
        #about
        #roman
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub enum #name { #(#variants,)* #carried #unrecognized(String) }
    }
}

fn implementation(declared: &Enum) -> TokenStream {
    let name = ident(&declared.rust_name);
    let variants: Vec<_> = declared.variants.iter().map(|(variant, _)| ident(variant)).collect();
    let labels: Vec<&String> = declared.variants.iter().map(|(_, label)| label).collect();
    let unrecognized = ident(UNRECOGNIZED);
    quote! {
        impl #name {
            #[doc = " Every label of the schema, in the database's order."]
            pub const ALL: &'static [Self] = &[#(Self::#variants),*];

            #[doc = " The label as the database spells it."]
            pub fn as_str(&self) -> &str {
                match self {
                    #(Self::#variants => #labels,)*
                    Self::#unrecognized(label) => label,
                }
            }
        }
    }
}

fn glue(declared: &Enum) -> TokenStream {
    let name = ident(&declared.rust_name);
    if declared.labels == Labels::Text {
        return quote!(text_labels!(#name););
    }
    let sql = sql_name(declared);
    quote!(open_enum!(#name, #sql);)
}
