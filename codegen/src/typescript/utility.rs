//! TypeScript's own generic types: `Partial`, `Record`, `Omit`, …

use serde_json::Value;
use swc_ecma_ast::TsType;

use super::object::{is_lost, of_object, put};
use super::resolve::{Env, Types};
use crate::schema::{JsonMember, JsonObject, JsonType};

impl Types<'_> {
    /// What a name of the standard library means; `None` for one that is not known.
    pub(super) fn utility(&mut self, name: &str, arguments: &[Box<TsType>], env: &Env) -> Option<JsonType> {
        let argument = |types: &mut Self, index: usize| match arguments.get(index) {
            Some(argument) => types.of(argument, env),
            None => JsonType::unreadable(format!("`{name}` needs more type arguments")),
        };
        Some(match name {
            "Array" | "ReadonlyArray" => {
                let element = argument(self, 0);
                JsonType::Array(Box::new(self.stored(element)))
            }
            "Readonly" | "NoInfer" | "Awaited" => argument(self, 0),
            "Partial" | "Required" => {
                let optional = name == "Partial";
                let object = argument(self, 0);
                self.changed(&object, |member| Some(JsonMember { optional, ..member }))
            }
            "Pick" | "Omit" => {
                let object = argument(self, 0);
                let keys = argument(self, 1);
                let names = match self.expanded(&keys) {
                    JsonType::Literals(names) => names,
                    JsonType::Union(none) if none.is_empty() => Vec::new(),
                    JsonType::Unknown { reason: Some(reason) } => return Some(JsonType::unreadable(reason)),
                    _ => return Some(JsonType::unreadable(format!("the keys of `{name}` are not known"))),
                };
                let picks = name == "Pick";
                let named =
                    |member: &JsonMember| names.iter().any(|name| name.as_str() == Some(&*member.name)) == picks;
                self.changed(&object, |member| named(&member).then_some(member))
            }
            "Record" => {
                let keys = argument(self, 0);
                let value = argument(self, 1);
                match self.expanded(&keys) {
                    JsonType::Literals(names) => {
                        let mut object = JsonObject::default();
                        for name in names {
                            let name = name.as_str().map_or_else(|| name.to_string(), str::to_owned);
                            if let Some(member) = self.member(name, None, false, value.clone()) {
                                put(&mut object, member);
                            }
                        }
                        of_object(object)
                    }
                    JsonType::Unknown { reason: Some(reason) } => JsonType::unreadable(reason),
                    _ => JsonType::Record(Box::new(self.kept(value))),
                }
            }
            "Exclude" | "Extract" => {
                let from = argument(self, 0);
                let what = argument(self, 1);
                match (self.expanded(&from), self.expanded(&what)) {
                    (JsonType::Literals(from), JsonType::Literals(what)) => {
                        let keeps = |value: &Value| what.contains(value) == (name == "Extract");
                        JsonType::Literals(from.into_iter().filter(keeps).collect())
                    }
                    _ => JsonType::unreadable(format!("`{name}` of what are no literals is not read")),
                }
            }
            "NonNullable" => match argument(self, 0) {
                JsonType::Nullable(inner) | JsonType::Optional(inner) => *inner,
                JsonType::Declared(index) => match self.expanded(&JsonType::Declared(index)) {
                    JsonType::Nullable(inner) | JsonType::Optional(inner) => *inner,
                    _ => JsonType::Declared(index),
                },
                other => other,
            },
            "Uppercase" | "Lowercase" | "Capitalize" | "Uncapitalize" | "Date" | "URL" | "String" => JsonType::String,
            "Number" => JsonType::Number,
            "Boolean" => JsonType::Boolean,
            "Object" => JsonType::Unknown { reason: None },
            _ => return is_lost(name),
        })
    }

    /// An object with its members changed or left out.
    fn changed(&mut self, object: &JsonType, change: impl Fn(JsonMember) -> Option<JsonMember>) -> JsonType {
        // Of a union, of each of its parts.
        if let JsonType::Union(parts) = self.expanded(object) {
            let parts =
                parts.iter().map(|part| self.changed(part, &change as &dyn Fn(JsonMember) -> Option<JsonMember>));
            let parts = parts.collect();
            return self.union(parts);
        }
        match self.members(object) {
            Err(reason) => JsonType::unreadable(reason),
            Ok(object) => {
                let members = object.members.into_iter().filter_map(change).collect();
                of_object(JsonObject { members, rest: object.rest })
            }
        }
    }
}
