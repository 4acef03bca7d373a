//! Object types: their members, what puts them together and what takes them apart.

use serde_json::Value;
use swc_ecma_ast as ast;
use swc_ecma_ast::{Expr, Lit, TruePlusMinus, TsType, TsTypeElement};

use super::modules::Declaration;
use super::resolve::{Env, Types, no_json};
use crate::schema::{JsonMember, JsonObject, JsonType};

impl Types<'_> {
    /// `{ … }`
    pub(super) fn object(&mut self, elements: &[TsTypeElement], env: &Env) -> JsonType {
        match self.elements(JsonObject::default(), elements, env) {
            // What TypeScript calls `{}` is anything but null.
            Ok(object) if object.members.is_empty() && object.rest.is_none() => JsonType::Unknown { reason: None },
            Ok(object) => of_object(object),
            Err(reason) => JsonType::unreadable(reason),
        }
    }

    /// An interface's members, after those that it extends.
    pub(super) fn interface(
        &mut self,
        own: JsonObject,
        interface: &ast::TsInterfaceDecl,
        env: &Env,
    ) -> Result<JsonObject, String> {
        let mut object = JsonObject::default();
        for extended in &interface.extends {
            let name = entity(&extended.expr).ok_or("an interface extends an expression")?;
            let reference =
                ast::TsTypeRef { span: extended.span, type_name: name, type_params: extended.type_args.clone() };
            let base = self.of(&TsType::TsTypeRef(reference), env);
            join(&mut object, self.members(&base)?);
        }
        join(&mut object, own);
        self.elements(object, &interface.body.body, env)
    }

    fn elements(
        &mut self,
        mut object: JsonObject,
        elements: &[TsTypeElement],
        env: &Env,
    ) -> Result<JsonObject, String> {
        for element in elements {
            match element {
                TsTypeElement::TsPropertySignature(property) => {
                    let name = key(&property.key, property.computed).ok_or("the name of a member is computed")?;
                    let written = property.type_ann.as_ref().map(|annotation| &*annotation.type_ann);
                    if matches!(written, Some(TsType::TsFnOrConstructorType(_))) {
                        continue;
                    }
                    let value = written.map_or(JsonType::Unknown { reason: None }, |written| self.of(written, env));
                    let docs = self.modules.docs(property.span);
                    if let Some(member) = self.member(name, docs, property.optional, value) {
                        put(&mut object, member);
                    }
                }
                TsTypeElement::TsGetterSignature(getter) => {
                    let name = key(&getter.key, false).ok_or("the name of a member is computed")?;
                    let written = getter.type_ann.as_ref().map(|annotation| &*annotation.type_ann);
                    let value = written.map_or(JsonType::Unknown { reason: None }, |written| self.of(written, env));
                    let docs = self.modules.docs(getter.span);
                    if let Some(member) = self.member(name, docs, false, value) {
                        put(&mut object, member);
                    }
                }
                TsTypeElement::TsIndexSignature(index) => {
                    let written = index.type_ann.as_ref().map(|annotation| &*annotation.type_ann);
                    let value = written.map_or(JsonType::Unknown { reason: None }, |written| self.of(written, env));
                    object.rest = Some(Box::new(self.kept(value)));
                }
                // JSON has no functions: `JSON.stringify` leaves them out.
                _ => {}
            }
        }
        Ok(object)
    }

    /// A member; `None` for one that is never there.
    pub(super) fn member(
        &self,
        name: String,
        docs: Option<String>,
        optional: bool,
        value: JsonType,
    ) -> Option<JsonMember> {
        let (absent, value) = self.split_optional(value);
        let never = matches!(&value, JsonType::Union(none) if none.is_empty());
        (!never).then_some(JsonMember { name, docs, optional: optional || absent, value })
    }

    /// Whether a type allows `undefined`, and the rest of it.
    fn split_optional(&self, value: JsonType) -> (bool, JsonType) {
        match value {
            JsonType::Optional(inner) => (true, *inner),
            JsonType::Declared(index) if self.declared[index].body.is_some() => {
                match self.expanded(&JsonType::Declared(index)) {
                    JsonType::Optional(inner) => (true, *inner),
                    _ => (false, JsonType::Declared(index)),
                }
            }
            other => (false, other),
        }
    }

    /// A value of an object of any keys: one that is `undefined` is left out by `JSON.stringify`.
    pub(super) fn kept(&self, value: JsonType) -> JsonType {
        self.split_optional(value).1
    }

    /// The members of what must be an object.
    ///
    /// # Errors
    /// Why it is none.
    pub(super) fn members(&self, ty: &JsonType) -> Result<JsonObject, String> {
        match self.expanded(ty) {
            JsonType::Object(object) => Ok(object),
            JsonType::Record(value) => Ok(JsonObject { members: Vec::new(), rest: Some(value) }),
            JsonType::Nullable(inner) | JsonType::Optional(inner) => self.members(&inner),
            JsonType::Unknown { reason: Some(reason) } => Err(reason),
            JsonType::Unknown { reason: None } => Err("it is made of a type that allows anything".to_owned()),
            JsonType::Union(_) => Err("it is made of the members of a union".to_owned()),
            _ => Err("it is made of the members of what is no object".to_owned()),
        }
    }

    /// `A & B`
    pub(super) fn intersection(&mut self, parts: Vec<JsonType>) -> JsonType {
        let mut object = JsonObject::default();
        let mut others = Vec::new();
        for part in parts {
            match self.expanded(&part) {
                // `string & {}`, and what brands a string or a number: `string & { readonly __brand: 'Id' }`.
                JsonType::String | JsonType::Number | JsonType::Boolean | JsonType::Literals(_) => return part,
                JsonType::Unknown { reason: None } => {}
                JsonType::Unknown { reason: Some(reason) } => return JsonType::unreadable(reason),
                JsonType::Union(options) => others.push(options),
                _ => match self.members(&part) {
                    Ok(members) => join(&mut object, members),
                    Err(reason) => return JsonType::unreadable(reason),
                },
            }
        }
        // `Base & (A | B)` is `(Base & A) | (Base & B)`.
        match <[Vec<JsonType>; 1]>::try_from(others) {
            Ok([options]) => {
                let both = |option: JsonType| {
                    let members = self.members(&option)?;
                    let mut all = object.clone();
                    join(&mut all, members);
                    Ok(JsonType::Object(all))
                };
                match options.into_iter().map(both).collect::<Result<Vec<_>, String>>() {
                    Ok(options) => self.union(options),
                    Err(reason) => JsonType::unreadable(reason),
                }
            }
            Err(others) if others.is_empty() => of_object(object),
            Err(_) => JsonType::unreadable("an intersection of several unions is not read"),
        }
    }

    /// `keyof T`
    pub(super) fn keys(&mut self, ty: &JsonType) -> JsonType {
        match self.members(ty) {
            Err(reason) => JsonType::unreadable(reason),
            Ok(object) if object.rest.is_some() => JsonType::String,
            Ok(object) => {
                let names = object.members.into_iter().map(|member| Value::from(member.name));
                JsonType::Literals(names.collect())
            }
        }
    }

    /// `T[K]`
    pub(super) fn indexed(&mut self, ty: &JsonType, index: &JsonType) -> JsonType {
        match (self.expanded(ty), self.expanded(index)) {
            (JsonType::Array(element), JsonType::Number) => *element,
            (JsonType::Tuple(items), JsonType::Number) => self.union(items),
            (JsonType::Tuple(items), JsonType::Literals(places)) => {
                let at = |place: &Value| place.as_u64().and_then(|place| items.get(place as usize)).cloned();
                match places.iter().map(at).collect::<Option<Vec<_>>>() {
                    Some(parts) => self.union(parts),
                    None => JsonType::unreadable("an index leads out of a tuple"),
                }
            }
            (JsonType::Unknown { reason }, _) | (_, JsonType::Unknown { reason }) => JsonType::Unknown { reason },
            (object, index) => match self.members(&object) {
                Err(reason) => JsonType::unreadable(reason),
                Ok(object) => self.member_types(&object, &index),
            },
        }
    }

    fn member_types(&mut self, object: &JsonObject, index: &JsonType) -> JsonType {
        let JsonType::Literals(names) = index else {
            return match &object.rest {
                Some(rest) => (**rest).clone(),
                None => JsonType::unreadable("a type is looked up by a key that is not known"),
            };
        };
        let mut parts = Vec::new();
        for name in names {
            let name = name.as_str().map_or_else(|| name.to_string(), str::to_owned);
            match (object.member(&name), &object.rest) {
                (Some(member), _) if member.optional => parts.push(JsonType::Optional(Box::new(member.value.clone()))),
                (Some(member), _) => parts.push(member.value.clone()),
                (None, Some(rest)) => parts.push((**rest).clone()),
                (None, None) => return JsonType::unreadable(format!("there is no member `{name}` to look up")),
            }
        }
        self.union(parts)
    }

    /// `{ [K in Keys]: T }`
    pub(super) fn mapped(&mut self, mapped: &ast::TsMappedType, env: &Env) -> JsonType {
        if mapped.name_type.is_some() {
            return JsonType::unreadable("mapped types that rename keys are not read");
        }
        let Some(constraint) = mapped.type_param.constraint.as_deref() else {
            return JsonType::unreadable("a mapped type has no keys");
        };
        // A mapped type over `keyof T` keeps what is optional in `T`.
        let source = match constraint {
            TsType::TsTypeOperator(operator) if operator.op == ast::TsTypeOperatorOp::KeyOf => {
                let source = self.of(&operator.type_ann, env);
                self.members(&source).ok()
            }
            _ => None,
        };
        let keys = self.of(constraint, env);
        let value = |types: &mut Self, key: JsonType| match mapped.type_ann.as_deref() {
            None => JsonType::Unknown { reason: None },
            Some(value) => types.of(value, &Self::with_parameter(env, &mapped.type_param.name.sym, key)),
        };
        match self.expanded(&keys) {
            JsonType::Literals(names) => {
                let mut object = JsonObject::default();
                for name in names {
                    let key = name.as_str().map_or_else(|| name.to_string(), str::to_owned);
                    let found = value(self, JsonType::Literals(vec![name]));
                    let was_optional =
                        source.as_ref().and_then(|source| source.member(&key)).is_some_and(|m| m.optional);
                    let docs = source.as_ref().and_then(|source| source.member(&key)).and_then(|m| m.docs.clone());
                    let required = mapped.optional == Some(TruePlusMinus::Minus);
                    let optional = matches!(mapped.optional, Some(TruePlusMinus::True | TruePlusMinus::Plus));
                    if let Some(mut member) = self.member(key, docs, optional || was_optional, found) {
                        member.optional &= !required;
                        put(&mut object, member);
                    }
                }
                of_object(object)
            }
            JsonType::String | JsonType::Number => {
                let value = value(self, keys);
                JsonType::Record(Box::new(self.kept(value)))
            }
            JsonType::Unknown { reason } => JsonType::Unknown { reason },
            _ => JsonType::unreadable("the keys of a mapped type are not known"),
        }
    }

    /// A TypeScript enum as a type: one of its values.
    pub(super) fn enum_type(&mut self, declared: &ast::TsEnumDecl, module: usize) -> JsonType {
        match self.enum_object(declared, module) {
            None => JsonType::unreadable(format!("the values of the enum `{}` are computed", declared.id.sym)),
            Some(object) => {
                let values = object.members.into_iter().map(|member| member.value).collect();
                self.union(values)
            }
        }
    }

    /// The members of an enum by name, if it is one.
    pub(super) fn enum_members(&mut self, module: usize, name: &str) -> Option<JsonObject> {
        let scope = self.modules.scope(module);
        let declared = scope.declarations(name);
        declared.iter().find_map(|(declaration, _)| match declaration {
            Declaration::Enum(declared) => self.enum_object(declared, module),
            _ => None,
        })
    }

    fn enum_object(&mut self, declared: &ast::TsEnumDecl, module: usize) -> Option<JsonObject> {
        let mut object = JsonObject::default();
        let mut next = Some(0.0);
        for each in &declared.members {
            let name = match &each.id {
                ast::TsEnumMemberId::Ident(name) => name.sym.to_string(),
                ast::TsEnumMemberId::Str(text) => text.value.to_string_lossy().into_owned(),
            };
            let value = match &each.init {
                None => super::resolve::of_number(next?),
                Some(init) => match self.type_of_expression(init, &Env::of(module), true) {
                    JsonType::Literals(mut only) if only.len() == 1 => only.remove(0),
                    _ => return None,
                },
            };
            next = value.as_f64().map(|number| number + 1.0);
            let docs = self.modules.docs(each.span);
            put(&mut object, JsonMember { name, docs, optional: false, value: JsonType::Literals(vec![value]) });
        }
        Some(object)
    }
}

/// An object, or a record if it names no member.
pub(super) fn of_object(mut object: JsonObject) -> JsonType {
    match object.rest.take() {
        Some(rest) if object.members.is_empty() => JsonType::Record(rest),
        rest => JsonType::Object(JsonObject { rest, ..object }),
    }
}

/// Adds a member, in the place of one of the same name.
pub(super) fn put(object: &mut JsonObject, member: JsonMember) {
    match object.members.iter_mut().find(|known| known.name == member.name) {
        Some(known) => *known = JsonMember { docs: member.docs.or(known.docs.take()), ..member },
        None => object.members.push(member),
    }
}

/// Adds the members of another object.
pub(super) fn join(object: &mut JsonObject, other: JsonObject) {
    for member in other.members {
        put(object, member);
    }
    if other.rest.is_some() {
        object.rest = other.rest;
    }
}

/// The key of a member as it is written.
fn key(key: &Expr, computed: bool) -> Option<String> {
    match key {
        Expr::Ident(name) if !computed => Some(name.sym.to_string()),
        Expr::Lit(Lit::Str(text)) => Some(text.value.to_string_lossy().into_owned()),
        Expr::Lit(Lit::Num(number)) => Some(crate::evaluate::number_to_string(number.value)),
        _ => None,
    }
}

/// `A` or `a.B` as a name.
fn entity(expression: &Expr) -> Option<ast::TsEntityName> {
    match expression {
        Expr::Ident(name) => Some(ast::TsEntityName::Ident(name.clone())),
        Expr::Member(member) => {
            let left = entity(&member.obj)?;
            let right = member.prop.as_ident()?.clone();
            let qualified = ast::TsQualifiedName { span: member.span, left, right };
            Some(ast::TsEntityName::TsQualifiedName(Box::new(qualified)))
        }
        _ => None,
    }
}

/// `Map` and `Set`, which `JSON.stringify` writes as `{}`.
pub(super) fn is_lost(name: &str) -> Option<JsonType> {
    ["Map", "Set", "WeakMap", "WeakSet", "Promise", "Function", "Symbol"]
        .contains(&name)
        .then(|| no_json(&format!("`{name}`")))
}
