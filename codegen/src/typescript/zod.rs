//! `z.infer<typeof schema>`: what a `zod` schema that can be seen gives, as the types of its output.

use swc_ecma_ast as ast;
use swc_ecma_ast::{Expr, Prop, PropOrSpread, TsEntityName, TsType, TsTypeQueryExpr};

use super::expression::property_name;
use super::modules::{Declaration, Found};
use super::object::{join, of_object, put};
use super::resolve::{Env, Types, no_json};
use crate::schema::{JsonMember, JsonObject, JsonType};

impl Types<'_> {
    /// `z.infer<typeof schema>`, `z.input<…>`, `z.output<…>`
    pub(super) fn zod_type(&mut self, function: &str, arguments: &[Box<TsType>], env: &Env) -> JsonType {
        if !["infer", "input", "output", "TypeOf"].contains(&function) {
            return JsonType::unreadable(format!("`z.{function}` is not read"));
        }
        let Some(TsType::TsTypeQuery(query)) = arguments.first().map(|argument| &**argument) else {
            return JsonType::unreadable(format!("`z.{function}` is given something else than `typeof` a schema"));
        };
        match &query.expr_name {
            TsTypeQueryExpr::TsEntityName(TsEntityName::Ident(name)) => self.zod_name(&name.sym, env),
            TsTypeQueryExpr::TsEntityName(TsEntityName::TsQualifiedName(qualified)) => {
                if let TsEntityName::Ident(left) = &qualified.left
                    && let Found::Module(module) = self.modules.find(env.module, &left.sym)
                {
                    let found = self.modules.exported(module, &qualified.right.sym, 0);
                    return self.zod_found(found);
                }
                JsonType::unreadable("a schema inside of an object is not read")
            }
            TsTypeQueryExpr::Import(_) => JsonType::unreadable("`typeof import(…)` is not read"),
        }
    }

    fn zod_name(&mut self, name: &str, env: &Env) -> JsonType {
        let found = self.modules.find(env.module, name);
        self.zod_found(found)
    }

    fn zod_found(&mut self, found: Found) -> JsonType {
        let (module, name) = match found {
            Found::Declared(module, name) => (module, name),
            Found::Module(_) => return JsonType::unreadable("a whole module is no schema"),
            Found::Nothing(reason) => return JsonType::unreadable(reason),
        };
        let scope = self.modules.scope(module);
        let declarations = scope.declarations(&name);
        let init = declarations.iter().find_map(|(declaration, _)| match declaration {
            Declaration::Variable(variable) => variable.init.as_deref(),
            _ => None,
        });
        let Some(init) = init else { return JsonType::unreadable(format!("`{name}` is no constant")) };
        if !self.descend() {
            return JsonType::unreadable(format!("the schema `{name}` is made of itself"));
        }
        let found = self.zod(init, &Env::of(module));
        self.ascend();
        found
    }

    /// A schema's output.
    fn zod(&mut self, expression: &Expr, env: &Env) -> JsonType {
        match expression {
            Expr::Paren(inner) => self.zod(&inner.expr, env),
            Expr::TsSatisfies(inner) => self.zod(&inner.expr, env),
            Expr::TsAs(inner) => self.zod(&inner.expr, env),
            Expr::Ident(name) => self.zod_name(&name.sym, env),
            Expr::Call(call) => {
                let Some(Expr::Member(callee)) = call.callee.as_expr().map(|callee| &**callee) else {
                    return JsonType::unreadable("a schema is made by a function of its own");
                };
                let Some(method) = callee.prop.as_ident().map(|name| name.sym.to_string()) else {
                    return JsonType::unreadable("a method of a schema is computed");
                };
                let arguments: Vec<&Expr> = call.args.iter().map(|argument| &*argument.expr).collect();
                if is_zod(&callee.obj) {
                    self.zod_function(&method, &arguments, env)
                } else {
                    self.zod_method(&callee.obj, &method, &arguments, env)
                }
            }
            _ => JsonType::unreadable("a schema is no call of `zod`"),
        }
    }

    fn zod_function(&mut self, function: &str, arguments: &[&Expr], env: &Env) -> JsonType {
        let argument = |types: &mut Self, index: usize| match arguments.get(index) {
            Some(argument) => types.zod(argument, env),
            None => JsonType::unreadable(format!("`z.{function}` needs more arguments")),
        };
        match function {
            "string" | "email" | "uuid" | "url" | "cuid" | "cuid2" | "ulid" | "nanoid" | "date" | "guid" | "base64" => {
                JsonType::String
            }
            "number" | "int" | "int32" | "float32" | "float64" => JsonType::Number,
            "boolean" | "stringbool" => JsonType::Boolean,
            "null" => JsonType::Null,
            "undefined" | "void" => JsonType::Optional(Box::new(JsonType::Union(Vec::new()))),
            "any" | "unknown" => JsonType::Unknown { reason: None },
            "bigint" => no_json("a bigint"),
            "array" => {
                let element = argument(self, 0);
                JsonType::Array(Box::new(self.stored(element)))
            }
            "optional" => JsonType::Optional(Box::new(argument(self, 0))),
            "nullable" => Self::or_null(argument(self, 0)),
            "nullish" => JsonType::Optional(Box::new(Self::or_null(argument(self, 0)))),
            "lazy" => JsonType::unreadable("`z.lazy` is not read"),
            "literal" => match arguments.first() {
                Some(Expr::Array(array)) => {
                    let values = array.elems.iter().flatten();
                    let parts = values.map(|item| self.type_of_expression(&item.expr, env, true)).collect();
                    self.union(parts)
                }
                Some(value) => self.type_of_expression(value, env, true),
                None => JsonType::unreadable("`z.literal` needs a value"),
            },
            "enum" | "nativeEnum" => {
                let Some(labels) = arguments.first() else {
                    return JsonType::unreadable("`z.enum` needs labels");
                };
                match self.type_of_expression(labels, env, true) {
                    JsonType::Tuple(items) => self.union(items),
                    JsonType::Object(object) => {
                        let values = object.members.into_iter().map(|member| member.value).collect();
                        self.union(values)
                    }
                    other => other,
                }
            }
            "tuple" | "union" | "discriminatedUnion" => {
                let list = arguments.get(usize::from(function == "discriminatedUnion"));
                let Some(Expr::Array(array)) = list.copied() else {
                    return JsonType::unreadable(format!("the parts of `z.{function}` are not written out"));
                };
                let parts: Vec<JsonType> = array.elems.iter().flatten().map(|item| self.zod(&item.expr, env)).collect();
                if function == "tuple" { JsonType::Tuple(parts) } else { self.union(parts) }
            }
            "intersection" => {
                let parts = vec![argument(self, 0), argument(self, 1)];
                self.intersection(parts)
            }
            "record" => {
                let (keys, value) = if arguments.len() > 1 {
                    (argument(self, 0), argument(self, 1))
                } else {
                    (JsonType::String, argument(self, 0))
                };
                // A record of an enum allows any of the keys and, in zod 3, asks for none.
                match self.expanded(&keys) {
                    JsonType::Unknown { reason: Some(reason) } => JsonType::unreadable(reason),
                    _ => JsonType::Record(Box::new(self.kept(value))),
                }
            }
            "object" | "strictObject" | "looseObject" => match arguments.first() {
                Some(Expr::Object(shape)) => match self.zod_shape(shape, env) {
                    Ok(object) => JsonType::Object(object),
                    Err(reason) => JsonType::unreadable(reason),
                },
                _ => JsonType::unreadable("the members of `z.object` are not written out"),
            },
            _ => JsonType::unreadable(format!("`z.{function}` is not read")),
        }
    }

    fn zod_shape(&mut self, shape: &ast::ObjectLit, env: &Env) -> Result<JsonObject, String> {
        let mut object = JsonObject::default();
        for property in &shape.props {
            match property {
                PropOrSpread::Prop(property) => {
                    let (name, span, value) = match &**property {
                        Prop::KeyValue(pair) => {
                            let name = property_name(&pair.key).ok_or("the name of a member is computed")?;
                            (name, swc_common::Spanned::span(&pair.key), self.zod(&pair.value, env))
                        }
                        Prop::Shorthand(name) => (name.sym.to_string(), name.span, self.zod_name(&name.sym, env)),
                        _ => return Err("a member of `z.object` is a method".to_owned()),
                    };
                    let docs = self.modules.docs(span);
                    if let Some(member) = self.member(name, docs, false, value) {
                        put(&mut object, member);
                    }
                }
                PropOrSpread::Spread(spread) => {
                    // `...base.shape`
                    let base = match &*spread.expr {
                        Expr::Member(member) if member.prop.as_ident().is_some_and(|name| &*name.sym == "shape") => {
                            self.zod(&member.obj, env)
                        }
                        _ => return Err("`z.object` spreads what is not known".to_owned()),
                    };
                    join(&mut object, self.members(&base)?);
                }
            }
        }
        Ok(object)
    }

    fn zod_method(&mut self, receiver: &Expr, method: &str, arguments: &[&Expr], env: &Env) -> JsonType {
        let schema = self.zod(receiver, env);
        let change = |types: &mut Self, change: &dyn Fn(JsonMember) -> Option<JsonMember>| match types.members(&schema)
        {
            Ok(object) => {
                let members = object.members.into_iter().filter_map(change).collect();
                of_object(JsonObject { members, rest: object.rest })
            }
            Err(reason) => JsonType::unreadable(reason),
        };
        match method {
            "optional" => JsonType::Optional(Box::new(schema)),
            "nullable" => Self::or_null(schema),
            "nullish" => JsonType::Optional(Box::new(Self::or_null(schema))),
            "array" => JsonType::Array(Box::new(self.stored(schema))),
            // What has a default is there once it has been parsed.
            "default" | "catch" | "prefault" => self.kept(schema),
            "or" | "and" => {
                let Some(other) = arguments.first() else { return schema };
                let parts = vec![schema, self.zod(other, env)];
                if method == "or" { self.union(parts) } else { self.intersection(parts) }
            }
            "partial" if arguments.is_empty() => change(self, &|member| Some(JsonMember { optional: true, ..member })),
            "required" if arguments.is_empty() => {
                change(self, &|member| Some(JsonMember { optional: false, ..member }))
            }
            "pick" | "omit" => {
                let Some(Expr::Object(mask)) = arguments.first().copied() else {
                    return JsonType::unreadable(format!("the keys of `.{method}()` are not written out"));
                };
                let key = |property: &PropOrSpread| property_name(&property.as_prop()?.as_key_value()?.key);
                let keys: Vec<Option<String>> = mask.props.iter().map(key).collect();
                let picks = method == "pick";
                change(self, &|member| (keys.contains(&Some(member.name.clone())) == picks).then_some(member))
            }
            "extend" | "safeExtend" | "merge" => {
                let added = match arguments.first().copied() {
                    Some(Expr::Object(shape)) => self.zod_shape(shape, env),
                    Some(other) => {
                        let other = self.zod(other, env);
                        self.members(&other)
                    }
                    None => return schema,
                };
                match (self.members(&schema), added) {
                    (Ok(mut object), Ok(added)) => {
                        join(&mut object, added);
                        of_object(object)
                    }
                    (Err(reason), _) | (_, Err(reason)) => JsonType::unreadable(reason),
                }
            }
            "transform" | "pipe" | "codec" => JsonType::unreadable(format!("the result of `.{method}()` is not known")),
            "keyof" => self.keys(&schema),
            "catchall" => JsonType::unreadable("`.catchall()` is not read"),
            // Checks, descriptions and brands change no value.
            _ => schema,
        }
    }
}

/// `z`, `zod`, and what coerces: `z.coerce`.
fn is_zod(expression: &Expr) -> bool {
    match expression {
        Expr::Ident(name) => matches!(&*name.sym, "z" | "zod"),
        Expr::Member(member) => {
            is_zod(&member.obj) && member.prop.as_ident().is_some_and(|name| matches!(&*name.sym, "coerce" | "iso"))
        }
        _ => false,
    }
}
