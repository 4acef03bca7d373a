//! The end of a run: the declarations that columns reach, in order of appearance.

use super::resolve::Types;
use super::union::nullable;
use crate::schema::{JsonType, Schema, TypeDeclaration};

impl Types<'_> {
    /// Hands over what the columns are made of. What an alias allows besides a value (`type Maybe = T | null`) moves to
    /// where the alias is used, so that a declaration is never `null` itself.
    pub(super) fn settle(self, schema: &mut Schema) {
        let bodies: Vec<JsonType> = self
            .declared
            .iter()
            .map(|declared| declared.body.clone().unwrap_or(JsonType::Unknown { reason: None }))
            .collect();
        let nullables: Vec<bool> = (0..bodies.len()).map(|index| is_nullable(&bodies, index)).collect();
        let mut settled = Settled { bodies, nullables, places: vec![None; self.declared.len()], order: Vec::new() };
        for column in schema.tables.iter_mut().flat_map(|table| &mut table.columns) {
            if let Some(value) = &mut column.value_type {
                settled.place(value);
            }
        }
        // Declarations that the declarations lead to are added while this goes on.
        let mut types: Vec<TypeDeclaration> = Vec::new();
        while let Some(index) = settled.order.get(types.len()).copied() {
            let mut body = settled.bodies[index].clone();
            while let JsonType::Nullable(inner) | JsonType::Optional(inner) = body {
                body = *inner;
            }
            settled.place(&mut body);
            // `type A = B` where `B` may be null: the use of `A` says so.
            if settled.nullables[index]
                && let JsonType::Nullable(inner) = body
            {
                body = *inner;
            }
            let declared = &self.declared[index];
            let (name, docs, location) = (declared.name.clone(), declared.docs.clone(), declared.location.clone());
            types.push(TypeDeclaration { name, docs, location, body });
        }
        schema.types = types;
    }
}

struct Settled {
    bodies: Vec<JsonType>,
    nullables: Vec<bool>,
    /// The new index of each declaration.
    places: Vec<Option<usize>>,
    order: Vec<usize>,
}

impl Settled {
    fn place(&mut self, ty: &mut JsonType) {
        for child in ty.children_mut() {
            self.place(child);
        }
        match ty {
            JsonType::Declared(index) => {
                let old = *index;
                *index = *self.places[old].get_or_insert_with(|| {
                    self.order.push(old);
                    self.order.len() - 1
                });
                if self.nullables[old] {
                    *ty = nullable(std::mem::replace(ty, JsonType::Null));
                }
            }
            JsonType::Optional(inner) => *ty = nullable(std::mem::replace(&mut **inner, JsonType::Null)),
            // Null twice.
            JsonType::Nullable(inner) if matches!(**inner, JsonType::Nullable(_) | JsonType::Unknown { .. }) => {
                *ty = std::mem::replace(&mut **inner, JsonType::Null);
            }
            // `(T | null) | U`
            JsonType::Union(parts) if parts.iter().any(|part| matches!(part, JsonType::Nullable(_))) => {
                let parts = std::mem::take(parts).into_iter();
                let parts = parts.map(|part| if let JsonType::Nullable(inner) = part { *inner } else { part });
                *ty = nullable(JsonType::Union(parts.collect()));
            }
            // Of nothing at all: `never`.
            JsonType::Union(parts) if parts.is_empty() => *ty = JsonType::unreadable("no value is of the type `never`"),
            _ => {}
        }
    }
}

fn is_nullable(bodies: &[JsonType], index: usize) -> bool {
    let mut found = &bodies[index];
    for _ in 0..bodies.len() {
        match found {
            JsonType::Nullable(_) | JsonType::Optional(_) => return true,
            JsonType::Declared(next) => found = &bodies[*next],
            _ => return false,
        }
    }
    false
}
