//! Unions of types as enums.

use serde_json::Value;

use super::super::enums::UNRECOGNIZED;
use super::super::names::{Names, pascal};
use super::{Builder, Path, Place, reason};
use crate::schema::{JsonObject, JsonType};

/// A union of types.
#[derive(Debug)]
pub struct Union {
    /// The member that tells the variants apart, where one does.
    pub tag: Option<String>,
    /// The variants in the union's order.
    pub variants: Vec<Variant>,
    /// Without a tag: the order in which to try them, those that ask for more first.
    pub order: Vec<usize>,
}

/// A type of a union.
#[derive(Debug)]
pub struct Variant {
    /// Its Rust name.
    pub name: String,
    /// Its type.
    pub path: Path,
    /// The values of the tag that it has.
    pub tags: Vec<Value>,
    /// Why it is any value, if it is one for a reason.
    pub reason: Option<String>,
}

impl Builder<'_> {
    pub(super) fn union(&mut self, parts: &[JsonType], place: &Place) -> Union {
        let tag = self.tag(parts);
        let mut names = Names::reserving([UNRECOGNIZED, "Self"]);
        let mut variants = Vec::new();
        for part in parts {
            let tags = tag.as_ref().map(|tag| self.tags(part, tag)).unwrap_or_default();
            let candidates = match &tags[..] {
                [only] => vec![pascal(&only.as_str().map_or_else(|| only.to_string(), str::to_owned))],
                _ => vec![self.variant_name(part)],
            };
            let name = names.give(&candidates);
            let path = self.path(part, &place.within(&name));
            variants.push(Variant { name, path, tags, reason: reason(part) });
        }
        let mut order: Vec<usize> = (0..parts.len()).collect();
        order.sort_by_key(|&index| std::cmp::Reverse(self.demands(&parts[index])));
        Union { tag, variants, order }
    }

    fn as_object<'t>(&'t self, part: &'t JsonType) -> Option<&'t JsonObject> {
        match self.expanded(part) {
            JsonType::Object(object) => Some(object),
            _ => None,
        }
    }

    fn tags(&self, part: &JsonType, tag: &str) -> Vec<Value> {
        let member = self.as_object(part).and_then(|object| object.member(tag)).filter(|member| !member.optional);
        match member.map(|member| self.expanded(&member.value)) {
            Some(JsonType::Literals(values)) if values.iter().all(|value| !value.is_f64()) => values.clone(),
            _ => Vec::new(),
        }
    }

    /// The first member that every part has as a literal, and no two as the same.
    fn tag(&self, parts: &[JsonType]) -> Option<String> {
        let first = self.as_object(parts.first()?)?;
        let tells_apart = |tag: &str| {
            let mut seen: Vec<Value> = Vec::new();
            parts.iter().all(|part| {
                let tags = self.tags(part, tag);
                let fresh = !tags.is_empty() && tags.iter().all(|value| !seen.contains(value));
                seen.extend(tags);
                fresh
            })
        };
        first.members.iter().map(|member| &member.name).find(|name| tells_apart(name)).cloned()
    }

    fn variant_name(&self, part: &JsonType) -> String {
        match part {
            JsonType::Declared(index) => self.declared[*index].clone(),
            JsonType::Boolean => "Bool".to_owned(),
            JsonType::Number => "Number".to_owned(),
            JsonType::String => "String".to_owned(),
            JsonType::Array(_) => "Array".to_owned(),
            JsonType::Tuple(_) => "Tuple".to_owned(),
            JsonType::Record(_) => "Map".to_owned(),
            JsonType::Object(_) => "Object".to_owned(),
            JsonType::Literals(_) => "Literal".to_owned(),
            _ => "Any".to_owned(),
        }
    }

    /// How much a type asks of a value, so that what asks for less does not take what is meant for another. What is open
    /// (labels, which carry unknown ones) comes after what is not.
    fn demands(&self, part: &JsonType) -> (u8, usize) {
        match self.expanded(part) {
            JsonType::Unknown { .. } => (0, 0),
            JsonType::String => (1, 0),
            JsonType::Union(_) | JsonType::Nullable(_) => (1, 0),
            JsonType::Literals(_) | JsonType::Record(_) | JsonType::Array(_) => (2, 0),
            JsonType::Object(object) => {
                let required = object.members.iter().filter(|member| !member.optional).count();
                (3, required * 1000 + object.members.len())
            }
            _ => (4, 0),
        }
    }
}
