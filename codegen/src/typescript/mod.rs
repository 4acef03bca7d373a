//! The TypeScript types that columns name in `$type<T>()`, read from the syntax trees.
//!
//! Nothing is checked here, as `tsc` would: a type is followed to what it is made of, through aliases, imports, generics
//! and the utility types, and brought down to the values that JSON can hold ([`JsonType`]). What cannot be followed is any
//! value, with the reason; everything around it stays typed. Only what a column names is read, each declaration once.

mod expression;
mod find;
mod modules;
mod object;
mod resolve;
mod settle;
mod union;
mod utility;
mod zod;

use std::collections::HashMap;
use std::path::Path;

use crate::evaluate::{Call, Interpreter};
use crate::parse::ModuleGraph;
use crate::schema::{DataType, JsonType, Schema, object_key};
use crate::source::Span;

use resolve::Types;

/// Where a column names the type of its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TypeUse {
    /// The type arguments, from `<` to `>`.
    pub span: Span,
    /// Those of the call in which they are written: what the type parameters of a generic function stand for.
    pub within: Option<Span>,
    /// What they speak of.
    pub of: TypeOf,
}

/// What a type argument speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TypeOf {
    /// The column's value: `.$type<T>()`.
    Column,
    /// An element of the column's array: `.$type<T>().array()`.
    Element,
    /// A custom type: `customType<{ data: T }>`, of the element if it is made an array.
    CustomType,
}

impl TypeUse {
    /// The type arguments of a call, if it has any.
    pub fn of_call(cx: &Interpreter<'_>, call: &Call, of: TypeOf) -> Option<Self> {
        Some(Self { span: call.type_args?, within: cx.type_arguments(), of })
    }

    /// True for `$type<T>`, whose argument is the type itself.
    pub fn is_of_type(&self) -> bool {
        self.of != TypeOf::CustomType
    }
}

/// Uses by table (`schema.name`) and column.
pub type TypeUses = HashMap<(String, String), TypeUse>;

/// Fills in what the columns' types are, and the declarations that they are made of. More modules are read where types are
/// imported from them; one that cannot be read is a reason and no error.
pub fn resolve(schema: &mut Schema, uses: &TypeUses, graph: &mut ModuleGraph, root: &Path) {
    let wanted: Vec<(usize, usize, TypeUse)> = columns(schema, uses);
    if wanted.is_empty() {
        return;
    }
    let mut types = Types::new(graph, root);
    let spans: Vec<Span> = wanted.iter().flat_map(|(.., found)| [Some(found.span), found.within]).flatten().collect();
    let arguments = types.modules.type_arguments(&spans);
    for (table, column, found) in wanted {
        let column = &mut schema.tables[table].columns[column];
        let resolved = match arguments.get(&found.span.lo) {
            Some(argument) => {
                let within = found.within.and_then(|span| arguments.get(&span.lo));
                types.argument(argument, within, found.of)
            }
            None => None,
        };
        let Some(mut resolved) = resolved else { continue };
        if found.of == TypeOf::Column {
            for _ in 0..dimensions(&column.data_type) {
                resolved = types.element(resolved);
            }
        }
        column.value_type = Some(Box::new(resolved));
    }
    types.settle(schema);
    for column in schema.tables.iter_mut().flat_map(|table| &mut table.columns) {
        // Of text, only what narrows it says something.
        let is_text = !is_json(&column.data_type);
        column.value_type.take_if(|value| is_text && !narrows_text(value, &schema.types));
    }
}

/// The columns whose type is asked for: JSON's, and text's, which may be a union of literals.
fn columns(schema: &Schema, uses: &TypeUses) -> Vec<(usize, usize, TypeUse)> {
    let mut found = Vec::new();
    if uses.is_empty() {
        return found;
    }
    for (table_index, table) in schema.tables.iter().enumerate() {
        let name = object_key(table.schema.as_deref(), &table.name);
        for (index, column) in table.columns.iter().enumerate() {
            let holds = is_json(&column.data_type) || is_text(&column.data_type);
            if let Some(use_) = uses.get(&(name.clone(), column.name.clone())).filter(|_| holds) {
                found.push((table_index, index, *use_));
            }
        }
    }
    found
}

fn element(data_type: &DataType) -> &DataType {
    match data_type {
        DataType::Array { element: inner, .. } => element(inner),
        other => other,
    }
}

fn dimensions(data_type: &DataType) -> usize {
    match data_type {
        DataType::Array { element, .. } => 1 + dimensions(element),
        _ => 0,
    }
}

/// Whether a column, or the elements of its array, are JSON.
pub(crate) fn is_json(data_type: &DataType) -> bool {
    match element(data_type) {
        DataType::Json | DataType::Jsonb => true,
        DataType::Other { sql } => sql.eq_ignore_ascii_case("jsonb") || sql.eq_ignore_ascii_case("json"),
        _ => false,
    }
}

fn is_text(data_type: &DataType) -> bool {
    matches!(element(data_type), DataType::Text | DataType::Varchar { .. } | DataType::Char { .. })
}

fn narrows_text(value: &JsonType, types: &[crate::schema::TypeDeclaration]) -> bool {
    match value {
        JsonType::Literals(literals) => literals.iter().all(serde_json::Value::is_string),
        JsonType::Declared(index) => narrows_text(&types[*index].body, types),
        JsonType::Nullable(inner) | JsonType::Optional(inner) => narrows_text(inner, types),
        _ => false,
    }
}
