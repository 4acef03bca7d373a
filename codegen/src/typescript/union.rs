//! Unions.

use serde_json::Value;

use super::resolve::Types;
use crate::schema::JsonType;

/// The parts of a union as they come together.
#[derive(Default)]
struct Parts {
    types: Vec<JsonType>,
    literals: Vec<Value>,
    null: bool,
    undefined: bool,
}

impl Types<'_> {
    /// The union of these types: `null` and `undefined` apart, literals together, unions in it taken apart.
    pub(super) fn union(&mut self, parts: Vec<JsonType>) -> JsonType {
        let mut found = Parts::default();
        let mut others = Vec::new();
        for part in parts {
            self.without_absence(part, &mut found, &mut others);
        }
        // `Status | null` is still the `Status` that has a name.
        let inner = match <[JsonType; 1]>::try_from(others) {
            Ok([only]) => only,
            Err(others) => {
                for part in others {
                    self.collect(part, &mut found, 0);
                }
                found.inner()
            }
        };
        let inner = match inner {
            JsonType::Union(none) if none.is_empty() && found.null => {
                found.null = false;
                JsonType::Null
            }
            other => other,
        };
        let nullable = if found.null { nullable(inner) } else { inner };
        if found.undefined { JsonType::Optional(Box::new(nullable)) } else { nullable }
    }

    /// Takes `null` and `undefined` off a part.
    fn without_absence(&self, part: JsonType, found: &mut Parts, others: &mut Vec<JsonType>) {
        match part {
            JsonType::Null => found.null = true,
            JsonType::Nullable(inner) => {
                found.null = true;
                self.without_absence(*inner, found, others);
            }
            JsonType::Optional(inner) => {
                found.undefined = true;
                self.without_absence(*inner, found, others);
            }
            JsonType::Union(none) if none.is_empty() => {}
            other => {
                if !others.contains(&other) {
                    others.push(other);
                }
            }
        }
    }

    fn collect(&self, part: JsonType, found: &mut Parts, depth: usize) {
        match part {
            JsonType::Null => found.null = true,
            JsonType::Nullable(inner) => {
                found.null = true;
                self.collect(*inner, found, depth);
            }
            JsonType::Optional(inner) => {
                found.undefined = true;
                self.collect(*inner, found, depth);
            }
            JsonType::Union(parts) => parts.into_iter().for_each(|part| self.collect(part, found, depth)),
            JsonType::Literals(values) => {
                for value in values {
                    if !found.literals.contains(&value) {
                        found.literals.push(value);
                    }
                }
            }
            JsonType::Declared(index) if depth < 16 => match &self.declared[index].body {
                Some(
                    body @ (JsonType::Union(_)
                    | JsonType::Literals(_)
                    | JsonType::Nullable(_)
                    | JsonType::Optional(_)
                    | JsonType::Null
                    | JsonType::Declared(_)),
                ) => self.collect(body.clone(), found, depth + 1),
                // Whatever else has a name keeps it.
                _ => found.add(JsonType::Declared(index)),
            },
            other => found.add(other),
        }
    }

    /// A value of the type where something must stand, such as in an array: what is `undefined` becomes `null` in JSON.
    pub(super) fn stored(&self, ty: JsonType) -> JsonType {
        match ty {
            JsonType::Optional(inner) => match *inner {
                JsonType::Union(none) if none.is_empty() => JsonType::Null,
                other => nullable(other),
            },
            other => other,
        }
    }
}

impl Parts {
    fn add(&mut self, ty: JsonType) {
        if !self.types.contains(&ty) {
            self.types.push(ty);
        }
    }

    fn inner(&mut self) -> JsonType {
        // What allows everything, or cannot be told apart from everything.
        if let Some(unknown) = self.types.iter().find(|ty| matches!(ty, JsonType::Unknown { .. })) {
            return unknown.clone();
        }
        let flags = [Value::Bool(true), Value::Bool(false)];
        if flags.iter().all(|flag| self.literals.contains(flag)) {
            self.add(JsonType::Boolean);
        }
        let (string, number, boolean) = (
            self.types.contains(&JsonType::String),
            self.types.contains(&JsonType::Number),
            self.types.contains(&JsonType::Boolean),
        );
        self.literals.retain(|value| match value {
            Value::String(_) => !string,
            Value::Number(_) => !number,
            Value::Bool(_) => !boolean,
            _ => true,
        });
        if !self.literals.is_empty() {
            self.types.insert(0, JsonType::Literals(std::mem::take(&mut self.literals)));
        }
        match <[JsonType; 1]>::try_from(std::mem::take(&mut self.types)) {
            Ok([only]) => only,
            Err(types) => JsonType::Union(types),
        }
    }
}

/// The type or `null`.
pub(super) fn nullable(ty: JsonType) -> JsonType {
    match ty {
        JsonType::Null | JsonType::Nullable(_) | JsonType::Unknown { .. } => ty,
        other => JsonType::Nullable(Box::new(other)),
    }
}
