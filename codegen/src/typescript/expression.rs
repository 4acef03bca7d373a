//! The type of a constant: `typeof LABELS`.

use serde_json::Value;
use swc_ecma_ast as ast;
use swc_ecma_ast::{Expr, Lit, Prop, PropName, PropOrSpread, TsEntityName};

use super::modules::{Declaration, Found};
use super::object::{join, of_object, put};
use super::resolve::{Env, Types, of_number};
use super::union::nullable;
use crate::schema::{JsonObject, JsonType};

impl Types<'_> {
    /// `typeof a.b`
    pub(super) fn type_of(&mut self, name: &TsEntityName, env: &Env) -> JsonType {
        match name {
            TsEntityName::Ident(name) => self.type_of_name(&name.sym, env, false),
            TsEntityName::TsQualifiedName(qualified) => {
                if let TsEntityName::Ident(left) = &qualified.left {
                    match self.modules.find(env.module, &left.sym) {
                        Found::Module(module) => {
                            let found = self.modules.exported(module, &qualified.right.sym, 0);
                            return self.type_of_found(found, false);
                        }
                        // `typeof statusEnum.enumValues`
                        Found::Declared(module, name) if &*qualified.right.sym == "enumValues" => {
                            if let Some(labels) = self.enum_labels(module, &name) {
                                return labels;
                            }
                        }
                        _ => {}
                    }
                }
                let left = self.type_of(&qualified.left, env);
                self.indexed(&left, &JsonType::Literals(vec![Value::from(&*qualified.right.sym)]))
            }
        }
    }

    fn type_of_name(&mut self, name: &str, env: &Env, frozen: bool) -> JsonType {
        let found = self.modules.find(env.module, name);
        self.type_of_found(found, frozen)
    }

    fn type_of_found(&mut self, found: Found, frozen: bool) -> JsonType {
        let (module, name) = match found {
            Found::Declared(module, name) => (module, name),
            Found::Module(_) => return JsonType::unreadable("the type of a whole module is not read"),
            Found::Nothing(reason) => return JsonType::unreadable(reason),
        };
        if let Some(members) = self.enum_members(module, &name) {
            return JsonType::Object(members);
        }
        let scope = self.modules.scope(module);
        let declarations = scope.declarations(&name);
        let variable = declarations.iter().find_map(|(declaration, _)| match declaration {
            Declaration::Variable(variable) => Some(*variable),
            _ => None,
        });
        let env = Env::of(module);
        let annotation = variable.and_then(|variable| variable.name.as_ident()?.type_ann.as_ref());
        match (annotation, variable.and_then(|variable| variable.init.as_deref())) {
            (Some(annotation), _) => self.of(&annotation.type_ann, &env),
            (None, Some(init)) => self.nested_expression(init, &env, frozen),
            (None, None) => JsonType::unreadable(format!("`{name}` is no constant")),
        }
    }

    /// The labels of `pgEnum('status', [...])`.
    fn enum_labels(&mut self, module: usize, name: &str) -> Option<JsonType> {
        let scope = self.modules.scope(module);
        let declarations = scope.declarations(name);
        let call = declarations.iter().find_map(|(declaration, _)| match declaration {
            Declaration::Variable(variable) => variable.init.as_deref().and_then(Expr::as_call),
            _ => None,
        })?;
        let function = match call.callee.as_expr().map(|callee| &**callee) {
            Some(Expr::Ident(function)) => function.sym.to_string(),
            Some(Expr::Member(member)) => member.prop.as_ident()?.sym.to_string(),
            _ => return None,
        };
        let labels = call.args.get(1).filter(|_| function == "pgEnum" || function == "enum")?;
        Some(self.type_of_expression(&labels.expr, &Env::of(module), true))
    }

    /// A level deeper, so that constants which name each other in a circle come to an end.
    fn nested_expression(&mut self, expression: &Expr, env: &Env, frozen: bool) -> JsonType {
        if !self.descend() {
            return JsonType::unreadable("constants name each other in a circle");
        }
        let found = self.type_of_expression(expression, env, frozen);
        self.ascend();
        found
    }

    /// The type that TypeScript infers; `frozen` inside of `as const`, where literals stay what they are.
    pub(super) fn type_of_expression(&mut self, expression: &Expr, env: &Env, frozen: bool) -> JsonType {
        let literal = |value: Value, wide: JsonType| if frozen { JsonType::Literals(vec![value]) } else { wide };
        match expression {
            Expr::Paren(inner) => self.type_of_expression(&inner.expr, env, frozen),
            Expr::TsConstAssertion(inner) => self.type_of_expression(&inner.expr, env, true),
            Expr::TsSatisfies(inner) => self.type_of_expression(&inner.expr, env, frozen),
            Expr::TsNonNull(inner) => self.type_of_expression(&inner.expr, env, frozen),
            Expr::TsAs(cast) => self.of(&cast.type_ann, env),
            Expr::Lit(Lit::Str(text)) => {
                literal(Value::from(text.value.to_string_lossy().into_owned()), JsonType::String)
            }
            Expr::Lit(Lit::Num(number)) => literal(of_number(number.value), JsonType::Number),
            Expr::Lit(Lit::Bool(flag)) => literal(Value::Bool(flag.value), JsonType::Boolean),
            Expr::Lit(Lit::Null(_)) => JsonType::Null,
            Expr::Unary(unary) if unary.op == ast::UnaryOp::Minus => match &*unary.arg {
                Expr::Lit(Lit::Num(number)) => literal(of_number(-number.value), JsonType::Number),
                _ => JsonType::Number,
            },
            Expr::Tpl(template) => match &template.quasis[..] {
                [only] if template.exprs.is_empty() => literal(Value::from(only.raw.to_string()), JsonType::String),
                _ => JsonType::String,
            },
            Expr::Ident(name) => self.type_of_name(&name.sym, env, frozen),
            Expr::Array(array) => self.type_of_array(array, env, frozen),
            Expr::Object(object) => self.type_of_object(object, env, frozen),
            Expr::Member(member) => {
                let Some(key) = member.prop.as_ident() else {
                    return JsonType::unreadable("a constant is looked up by a key that is not known");
                };
                let object = self.type_of_expression(&member.obj, env, frozen);
                self.indexed(&object, &JsonType::Literals(vec![Value::from(&*key.sym)]))
            }
            Expr::Call(call) => {
                let function = call.callee.as_expr().and_then(|callee| callee.as_member()?.prop.as_ident());
                match (function.map(|name| &*name.sym), &call.args[..]) {
                    (Some("freeze"), [only]) => self.type_of_expression(&only.expr, env, true),
                    _ => JsonType::unreadable("the result of a call is not known as a type"),
                }
            }
            _ => JsonType::unreadable("the type of an expression is not known"),
        }
    }

    fn type_of_array(&mut self, array: &ast::ArrayLit, env: &Env, frozen: bool) -> JsonType {
        let mut items = Vec::new();
        for element in array.elems.iter().flatten() {
            let item = self.type_of_expression(&element.expr, env, frozen);
            match (element.spread, item) {
                (None, item) => items.push(item),
                (Some(_), JsonType::Tuple(spread)) => items.extend(spread),
                (Some(_), JsonType::Array(element)) if !frozen => items.push(*element),
                (Some(_), _) => return JsonType::unreadable("a constant spreads what is not known"),
            }
        }
        if frozen { JsonType::Tuple(items) } else { JsonType::Array(Box::new(self.union(items))) }
    }

    fn type_of_object(&mut self, literal: &ast::ObjectLit, env: &Env, frozen: bool) -> JsonType {
        let mut object = JsonObject::default();
        for property in &literal.props {
            let (name, span, value) = match property {
                PropOrSpread::Spread(spread) => {
                    let spread = self.type_of_expression(&spread.expr, env, frozen);
                    match self.members(&spread) {
                        Ok(members) => join(&mut object, members),
                        Err(reason) => return JsonType::unreadable(reason),
                    }
                    continue;
                }
                PropOrSpread::Prop(property) => match &**property {
                    Prop::Shorthand(name) => {
                        (name.sym.to_string(), name.span, self.type_of_name(&name.sym, env, frozen))
                    }
                    Prop::KeyValue(pair) => {
                        let Some(name) = property_name(&pair.key) else {
                            return JsonType::unreadable("the name of a property is computed");
                        };
                        let span = swc_common::Spanned::span(&pair.key);
                        (name, span, self.type_of_expression(&pair.value, env, frozen))
                    }
                    // Methods have no form in JSON.
                    _ => continue,
                },
            };
            let docs = self.modules.docs(span);
            if let Some(member) = self.member(name, docs, false, value) {
                put(&mut object, member);
            }
        }
        of_object(object)
    }

    /// `T` or `null`, for schemas that say so.
    pub(super) fn or_null(ty: JsonType) -> JsonType {
        nullable(ty)
    }
}

pub(super) fn property_name(name: &PropName) -> Option<String> {
    match name {
        PropName::Ident(name) => Some(name.sym.to_string()),
        PropName::Str(text) => Some(text.value.to_string_lossy().into_owned()),
        PropName::Num(number) => Some(crate::evaluate::number_to_string(number.value)),
        _ => None,
    }
}
