//! Expressions.

use std::rc::Rc;

use swc_common::Spanned;
use swc_ecma_ast as ast;

use super::call::{Arg, Call};
use super::class::{accessor, private};
use super::function::Code;
use super::object::{Kind, Object, Slot};
use super::scope::{Binding, Scope};
use super::{Eval, Interpreter, Value, builtins, operators};
use crate::diagnostic::Diagnostic;
use crate::source::Span;

impl<'a> Interpreter<'a> {
    /// Evaluates an expression.
    pub(super) fn expression(&mut self, expression: &'a ast::Expr, scope: &Rc<Scope>) -> Eval<Value> {
        self.enter(|| expression.span().into())?;
        let value = self.evaluate(expression, scope);
        self.leave();
        value
    }

    fn evaluate(&mut self, expression: &'a ast::Expr, scope: &Rc<Scope>) -> Eval<Value> {
        match expression {
            ast::Expr::Lit(literal) => Ok(self.literal(literal)),
            ast::Expr::Ident(ident) => self.identifier(ident, scope),
            ast::Expr::This(_) => Ok(scope.this()),
            ast::Expr::Paren(paren) => self.expression(&paren.expr, scope),
            ast::Expr::TsAs(wrapped) => self.expression(&wrapped.expr, scope),
            ast::Expr::TsSatisfies(wrapped) => self.expression(&wrapped.expr, scope),
            ast::Expr::TsNonNull(wrapped) => self.expression(&wrapped.expr, scope),
            ast::Expr::TsConstAssertion(wrapped) => self.expression(&wrapped.expr, scope),
            ast::Expr::TsTypeAssertion(wrapped) => self.expression(&wrapped.expr, scope),
            ast::Expr::TsInstantiation(wrapped) => self.expression(&wrapped.expr, scope),
            ast::Expr::Array(array) => self.array_literal(array, scope),
            ast::Expr::Object(object) => self.object_literal(object, scope),
            ast::Expr::Tpl(template) => self.template(template, scope),
            ast::Expr::TaggedTpl(tagged) => self.tagged_template(tagged, scope),
            ast::Expr::Arrow(arrow) => Ok(self.closure(Code::Arrow(arrow), scope, None)),
            ast::Expr::Fn(function) => {
                let inner = Scope::inside(scope);
                let value = self.closure(Code::Function(&function.function), &inner, None);
                if let Some(name) = &function.ident {
                    self.name_function(&value, &name.sym);
                    inner.declare(&name.sym, Binding::Value(value.clone()));
                }
                Ok(value)
            }
            ast::Expr::Class(class) => self.class(&class.class, class.ident.as_ref().map(|name| &*name.sym), scope),
            ast::Expr::Member(member) => {
                let object = self.expression(&member.obj, scope)?;
                let key = self.member_name(&member.prop, scope)?;
                match key {
                    Some(key) => self.get(&object, &key, member.prop.span().into()),
                    None => Ok(Value::opaque("a property whose name is not known", member.span.into())),
                }
            }
            ast::Expr::SuperProp(member) => {
                let key = match &member.prop {
                    ast::SuperProp::Ident(name) => Some(Rc::from(&*name.sym)),
                    ast::SuperProp::Computed(computed) => {
                        let key = self.expression(&computed.expr, scope)?;
                        operators::property_key(&key)
                    }
                };
                self.super_member(scope, key.as_deref().unwrap_or_default(), member.span.into())
            }
            ast::Expr::OptChain(chain) => Ok(self.optional_chain(chain, scope)?.unwrap_or(Value::Undefined)),
            ast::Expr::Call(call) => self.call_expression(call, scope),
            ast::Expr::New(new) => {
                let callee = self.expression(&new.callee, scope)?;
                let args = self.arguments(new.args.as_deref().unwrap_or_default(), scope)?;
                self.construct(&callee, &call_of(Value::Undefined, args, new.span.into()))
            }
            ast::Expr::Cond(conditional) => {
                let test = self.expression(&conditional.test, scope)?;
                match test.truthy() {
                    Some(true) => self.expression(&conditional.cons, scope),
                    Some(false) => self.expression(&conditional.alt, scope),
                    None => Ok(test),
                }
            }
            ast::Expr::Bin(binary) => self.binary(binary, scope),
            ast::Expr::Unary(unary) => self.unary(unary, scope),
            ast::Expr::Update(update) => self.update(update, scope),
            ast::Expr::Assign(assign) => self.assignment(assign, scope),
            ast::Expr::Seq(sequence) => {
                let mut last = Value::Undefined;
                for expression in &sequence.exprs {
                    last = self.expression(expression, scope)?;
                }
                Ok(last)
            }
            // A promise is opaque, and so is what it gives; anything else is what it is.
            ast::Expr::Await(await_) => self.expression(&await_.arg, scope),
            ast::Expr::Yield(yield_) => {
                let value = match &yield_.arg {
                    Some(value) => self.expression(value, scope)?,
                    None => Value::Undefined,
                };
                let span = Span::from(yield_.span);
                if !yield_.delegate {
                    return self.yield_value(value, span);
                }
                match self.iterate(&value, span)? {
                    Some(items) => {
                        items.into_iter().try_for_each(|item| self.yield_value(item, span).map(drop))?;
                        Ok(Value::Undefined)
                    }
                    None => self.yield_value(Value::opaque("values that are not known", span), span),
                }
            }
            ast::Expr::MetaProp(meta) if meta.kind == ast::MetaPropKind::ImportMeta => {
                Ok(self.import_meta(meta.span.into()))
            }
            other => Ok(Value::opaque("syntax that is not evaluated", other.span().into())),
        }
    }

    fn literal(&mut self, literal: &'a ast::Lit) -> Value {
        match literal {
            ast::Lit::Str(text) => Value::string(text.value.to_string_lossy()),
            ast::Lit::Bool(value) => Value::Bool(value.value),
            ast::Lit::Null(_) => Value::Null,
            ast::Lit::Num(number) => Value::Number(number.value),
            ast::Lit::BigInt(number) => match number.value.to_string().parse() {
                Ok(value) => Value::bigint(value),
                Err(_) => Value::opaque("a bigint of more than 128 bits", number.span.into()),
            },
            ast::Lit::Regex(regex) => super::builtins::regexp::regexp(&regex.exp, &regex.flags, regex.span.into()),
            ast::Lit::JSXText(text) => Value::string(text.value.to_string_lossy()),
        }
    }

    pub(super) fn identifier(&mut self, ident: &'a ast::Ident, scope: &Rc<Scope>) -> Eval<Value> {
        let span = Span::from(ident.span);
        match scope.find(&ident.sym) {
            Some(Binding::Value(value)) => Ok(value),
            Some(Binding::Import(module, name)) => self.export(module, &name, span),
            Some(Binding::Namespace(module)) => Ok(self.namespace(module)),
            Some(Binding::Uninitialized) => {
                let message = format!("`{}` is used before it is initialised", ident.sym);
                Err(Diagnostic::error("E0301", message)
                    .at(span, "not initialised yet")
                    .help("JavaScript runs a module from top to bottom; in a circular import, use it inside a function, such as `() => table.column`")
                    .into())
            }
            None if builtins::is_node_global(&ident.sym) => Ok(self.node_global(&ident.sym, span)),
            None => {
                let message = format!("`{}` is not defined", ident.sym);
                let diagnostic = Diagnostic::error("E0308", message).at(span, "neither declared here nor imported");
                let names = scope.names();
                Err(match crate::suggest::nearest(&ident.sym, names.iter().map(|name| &**name)) {
                    Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                    None => diagnostic,
                }
                .into())
            }
        }
    }

    fn array_literal(&mut self, array: &'a ast::ArrayLit, scope: &Rc<Scope>) -> Eval<Value> {
        let mut items = Vec::with_capacity(array.elems.len());
        for element in &array.elems {
            let Some(element) = element else {
                items.push(Value::Undefined);
                continue;
            };
            let value = self.expression(&element.expr, scope)?;
            match element.spread {
                None => items.push(value),
                Some(spread) => match self.iterate(&value, spread.into())? {
                    Some(spread_items) => items.extend(spread_items),
                    None => return Ok(value),
                },
            }
            if items.len() > operators::MAX_ITEMS {
                return Ok(operators::too_long(array.span.into()));
            }
        }
        Ok(Value::array(items))
    }

    fn object_literal(&mut self, literal: &'a ast::ObjectLit, scope: &Rc<Scope>) -> Eval<Value> {
        let object = Object::with_room(Kind::Plain, literal.props.len());
        for property in &literal.props {
            match property {
                ast::PropOrSpread::Spread(spread) => {
                    let value = self.expression(&spread.expr, scope)?;
                    if let Value::Opaque(_) = value {
                        return Ok(value);
                    }
                    for (key, value, span) in self.entries(&value, spread.expr.span().into())? {
                        object.define(key, Slot::Value(value), span);
                    }
                }
                ast::PropOrSpread::Prop(property) => self.property(property, &object, scope)?,
            }
        }
        Ok(Value::Object(object))
    }

    fn property(&mut self, property: &'a ast::Prop, object: &super::Obj, scope: &Rc<Scope>) -> Eval<()> {
        match property {
            ast::Prop::Shorthand(ident) => {
                let value = self.identifier(ident, scope)?;
                object.define(&*ident.sym, Slot::Value(value), ident.span.into());
            }
            ast::Prop::KeyValue(pair) => {
                let key = self.property_name(&pair.key, scope)?;
                let value = self.expression(&pair.value, scope)?;
                if &*key == "__proto__" {
                    return Ok(());
                }
                object.define(key, Slot::Value(value), pair.key.span().into());
            }
            ast::Prop::Getter(getter) => {
                let key = self.property_name(&getter.key, scope)?;
                let function = self.closure(Code::Function(&getter.function), scope, None);
                let slot = accessor(object, &key, Some(function), None);
                // A getter's own place, with `get`, is where its comment stands.
                object.define(key, slot, getter.span.into());
            }
            ast::Prop::Setter(setter) => {
                let key = self.property_name(&setter.key, scope)?;
                let function = self.closure(Code::Function(&setter.function), scope, None);
                let slot = accessor(object, &key, None, Some(function));
                object.define(key, slot, setter.span.into());
            }
            ast::Prop::Method(method) => {
                let key = self.property_name(&method.key, scope)?;
                let function = self.closure(Code::Function(&method.function), scope, None);
                object.define(key, Slot::Value(function), method.key.span().into());
            }
            ast::Prop::Assign(_) => {}
        }
        Ok(())
    }

    /// A property's name in an object literal, a class or a pattern.
    pub(super) fn property_name(&mut self, name: &'a ast::PropName, scope: &Rc<Scope>) -> Eval<Rc<str>> {
        Ok(match name {
            ast::PropName::Ident(name) => Rc::from(&*name.sym),
            ast::PropName::Str(text) => Rc::from(&*text.value.to_string_lossy()),
            ast::PropName::Num(number) => Rc::from(super::number_to_string(number.value)),
            ast::PropName::BigInt(number) => Rc::from(number.value.to_string()),
            ast::PropName::Computed(computed) => {
                let key = self.expression(&computed.expr, scope)?;
                match operators::property_key(&key) {
                    Some(key) => key,
                    None => {
                        let message = "this property's name is not known before run time";
                        return Err(Diagnostic::error("E0305", message).at(computed.span.into(), "").into());
                    }
                }
            }
        })
    }

    /// A member's name; `None` when it is not known.
    pub(super) fn member_name(
        &mut self,
        property: &'a ast::MemberProp,
        scope: &Rc<Scope>,
    ) -> Eval<Option<MemberName<'a>>> {
        Ok(match property {
            ast::MemberProp::Ident(name) => Some(MemberName::Written(&name.sym)),
            ast::MemberProp::PrivateName(name) => Some(MemberName::Made(private(name))),
            ast::MemberProp::Computed(computed) => {
                let key = self.expression(&computed.expr, scope)?;
                operators::property_key(&key).map(MemberName::Made)
            }
        })
    }

    fn template(&mut self, template: &'a ast::Tpl, scope: &Rc<Scope>) -> Eval<Value> {
        let mut text = String::new();
        for (index, quasi) in template.quasis.iter().enumerate() {
            text.push_str(&cooked(quasi));
            if let Some(expression) = template.exprs.get(index) {
                let value = self.expression(expression, scope)?;
                match self.to_text(&value, expression.span().into())? {
                    Ok(part) => text.push_str(&part),
                    Err(opaque) => return Ok(opaque),
                }
            }
        }
        Ok(operators::text(text, template.span.into()))
    }

    fn tagged_template(&mut self, tagged: &'a ast::TaggedTpl, scope: &Rc<Scope>) -> Eval<Value> {
        let tag = self.expression(&tagged.tag, scope)?;
        let strings = Value::array(tagged.tpl.quasis.iter().map(|quasi| Value::string(cooked(quasi))).collect());
        if let Value::Object(strings) = &strings {
            let raw = tagged.tpl.quasis.iter().map(|quasi| Value::string(&*quasi.raw)).collect();
            strings.set("raw", Value::array(raw));
        }
        let mut args = vec![Arg { value: strings, span: tagged.tpl.span.into() }];
        for expression in &tagged.tpl.exprs {
            args.push(Arg { value: self.expression(expression, scope)?, span: expression.span().into() });
        }
        self.call(&tag, &call_of(Value::Undefined, args, tagged.span.into()))
    }

    pub(super) fn arguments(&mut self, arguments: &'a [ast::ExprOrSpread], scope: &Rc<Scope>) -> Eval<Vec<Arg>> {
        let mut args = Vec::with_capacity(arguments.len());
        for argument in arguments {
            let value = self.expression(&argument.expr, scope)?;
            let span = Span::from(argument.expr.span());
            if argument.spread.is_none() {
                args.push(Arg { value, span });
            } else if let Some(values) = self.iterate(&value, span)? {
                args.extend(values.into_iter().map(|value| Arg { value, span }));
            } else {
                args.push(Arg { value, span });
            }
        }
        Ok(args)
    }

    fn call_expression(&mut self, call: &'a ast::CallExpr, scope: &Rc<Scope>) -> Eval<Value> {
        let span = Span::from(call.span);
        match &call.callee {
            ast::Callee::Super(_) => {
                let args = self.arguments(&call.args, scope)?;
                self.call_super(scope, &call_of(scope.this(), args, span))
            }
            ast::Callee::Import(_) => Ok(Value::opaque("a dynamic import", span)),
            ast::Callee::Expr(callee) => {
                match self.invoke(callee, &call.args, call.type_args.as_deref(), span, false, scope)? {
                    Some(value) => Ok(value),
                    None => Ok(Value::Undefined),
                }
            }
        }
    }

    /// Calls what an expression gives, as a method where it is a member. `None`: an optional chain ended here.
    fn invoke(
        &mut self,
        callee: &'a ast::Expr,
        args: &'a [ast::ExprOrSpread],
        type_args: Option<&'a ast::TsTypeParamInstantiation>,
        span: Span,
        optional: bool,
        scope: &Rc<Scope>,
    ) -> Eval<Option<Value>> {
        let (receiver, member) = match unwrap(callee) {
            ast::Expr::Member(member) => (Some(self.expression(&member.obj, scope)?), Some(member)),
            ast::Expr::SuperProp(_) => (Some(scope.this()), None),
            ast::Expr::OptChain(chain) => match &*chain.base {
                ast::OptChainBase::Member(member) => {
                    let Some(receiver) = self.chain_object(&member.obj, scope)? else { return Ok(None) };
                    if chain.optional && receiver.is_nullish() {
                        return Ok(None);
                    }
                    (Some(receiver), Some(member))
                }
                ast::OptChainBase::Call(_) => (None, None),
            },
            _ => (None, None),
        };
        let type_args = type_args.map(|type_args| Span::from(type_args.span));
        let (Some(receiver), Some(member)) = (&receiver, member) else {
            let callee = match unwrap(callee) {
                ast::Expr::OptChain(chain) => match self.optional_chain(chain, scope)? {
                    Some(value) => value,
                    None => return Ok(None),
                },
                other => self.expression(other, scope)?,
            };
            if optional && callee.is_nullish() {
                return Ok(None);
            }
            let args = self.arguments(args, scope)?;
            let call = Call { type_args, ..call_of(receiver.unwrap_or(Value::Undefined), args, span) };
            return self.call(&callee, &call).map(Some);
        };
        let Some(name) = self.member_name(&member.prop, scope)? else {
            return Ok(Some(Value::opaque("a method whose name is not known", span)));
        };
        let name_span = Span::from(member.prop.span());
        if optional && self.get(receiver, &name, name_span)?.is_nullish() {
            return Ok(None);
        }
        let args = self.arguments(args, scope)?;
        let call = Call { type_args, ..call_of(receiver.clone(), args, span) };
        self.call_method(receiver, &name, name_span, &call).map(Some)
    }

    /// `a?.b`, `a?.[b]`, `a?.()` and what follows them. `None`: it ended early.
    fn optional_chain(&mut self, chain: &'a ast::OptChainExpr, scope: &Rc<Scope>) -> Eval<Option<Value>> {
        match &*chain.base {
            ast::OptChainBase::Member(member) => {
                let Some(object) = self.chain_object(&member.obj, scope)? else { return Ok(None) };
                if chain.optional && object.is_nullish() {
                    return Ok(None);
                }
                match self.member_name(&member.prop, scope)? {
                    Some(key) => self.get(&object, &key, member.prop.span().into()).map(Some),
                    None => Ok(Some(Value::opaque("a property whose name is not known", member.span.into()))),
                }
            }
            ast::OptChainBase::Call(call) => {
                let type_args = call.type_args.as_deref();
                self.invoke(&call.callee, &call.args, type_args, call.span.into(), chain.optional, scope)
            }
        }
    }

    fn chain_object(&mut self, object: &'a ast::Expr, scope: &Rc<Scope>) -> Eval<Option<Value>> {
        match unwrap(object) {
            ast::Expr::OptChain(chain) => self.optional_chain(chain, scope),
            other => self.expression(other, scope).map(Some),
        }
    }
}

/// A member's name: most are written as they are.
pub(super) enum MemberName<'a> {
    Written(&'a str),
    Made(Rc<str>),
}

impl std::ops::Deref for MemberName<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            MemberName::Written(name) => name,
            MemberName::Made(name) => name,
        }
    }
}

fn call_of(this: Value, args: Vec<Arg>, span: Span) -> Call {
    Call { this, args, span, type_args: None }
}

/// An expression without parentheses and type annotations.
pub(super) fn unwrap(expression: &ast::Expr) -> &ast::Expr {
    match expression {
        ast::Expr::Paren(wrapped) => unwrap(&wrapped.expr),
        ast::Expr::TsAs(wrapped) => unwrap(&wrapped.expr),
        ast::Expr::TsNonNull(wrapped) => unwrap(&wrapped.expr),
        ast::Expr::TsSatisfies(wrapped) => unwrap(&wrapped.expr),
        ast::Expr::TsConstAssertion(wrapped) => unwrap(&wrapped.expr),
        ast::Expr::TsTypeAssertion(wrapped) => unwrap(&wrapped.expr),
        ast::Expr::TsInstantiation(wrapped) => unwrap(&wrapped.expr),
        other => other,
    }
}

fn cooked(quasi: &ast::TplElement) -> String {
    match &quasi.cooked {
        Some(text) => text.to_string_lossy().into_owned(),
        None => quasi.raw.to_string(),
    }
}
