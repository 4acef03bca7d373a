//! Functions of the schema's own.

use std::rc::Rc;

use swc_ecma_ast as ast;

use super::scope::{Binding, Scope};
use super::statement::Completion;
use super::{Call, Eval, Interpreter, Kind, Obj, Object, Slot, Value};
use crate::source::Span;

/// A function with the scope that it closes over.
#[derive(Debug, Clone)]
pub struct Closure {
    /// Its code, as an index into the interpreter's.
    pub(super) code: usize,
    pub(super) scope: Rc<Scope>,
    /// The class whose member it is, for `super`.
    pub(super) home: Option<Obj>,
}

/// A function's code, wherever the grammar has it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Code<'a> {
    Arrow(&'a ast::ArrowExpr),
    Function(&'a ast::Function),
    Constructor(&'a ast::Constructor),
}

impl<'a> Code<'a> {
    fn span(self) -> swc_common::Span {
        match self {
            Code::Arrow(arrow) => arrow.span,
            Code::Function(function) => function.span,
            Code::Constructor(constructor) => constructor.span,
        }
    }

    /// Async functions give promises, which schemas do not need: they are opaque.
    fn is_async(self) -> bool {
        match self {
            Code::Arrow(arrow) => arrow.is_async,
            Code::Function(function) => function.is_async,
            Code::Constructor(_) => false,
        }
    }

    fn is_generic(self) -> bool {
        match self {
            Code::Arrow(arrow) => arrow.type_params.is_some(),
            Code::Function(function) => function.type_params.is_some(),
            Code::Constructor(_) => false,
        }
    }

    fn parameters(self) -> Vec<&'a ast::Pat> {
        match self {
            Code::Arrow(arrow) => arrow.params.iter().collect(),
            Code::Function(function) => {
                let patterns = function.params.iter().map(|parameter| &parameter.pat);
                // TypeScript's `this` is no parameter.
                patterns.filter(|pattern| !matches!(pattern, ast::Pat::Ident(i) if &*i.id.sym == "this")).collect()
            }
            // Parameter properties (`constructor(private x)`) are bound by `construct`.
            Code::Constructor(constructor) => constructor
                .params
                .iter()
                .filter_map(|parameter| match parameter {
                    ast::ParamOrTsParamProp::Param(parameter) => Some(&parameter.pat),
                    ast::ParamOrTsParamProp::TsParamProp(_) => None,
                })
                .collect(),
        }
    }
}

impl<'a> Interpreter<'a> {
    pub(super) fn closure(&mut self, code: Code<'a>, scope: &Rc<Scope>, home: Option<Obj>) -> Value {
        let span = code.span();
        let next = self.functions.len();
        let id = *self.function_ids.entry((span.lo.0, span.hi.0)).or_insert(next);
        if id == next {
            self.functions.push(code);
        }
        Value::Object(Object::new(Kind::Function(Closure { code: id, scope: scope.clone(), home })))
    }

    /// Says what a function is called, where nothing has before.
    pub(super) fn name_function(&mut self, value: &Value, name: &str) {
        let Value::Object(object) = value else { return };
        match &object.kind {
            Kind::Function(closure) => {
                self.function_names.entry(closure.code).or_insert_with(|| Rc::from(name));
            }
            Kind::Class(_) if object.own("name").is_none() => {
                object.define_hidden("name", Slot::Value(Value::string(name)), Span::default());
            }
            _ => {}
        }
    }

    /// `name`, and `length`: the parameters before the first with a default or the rest.
    pub(super) fn function_property(&self, closure: &Closure, key: &str) -> Value {
        if key == "name" {
            return self.function_names.get(&closure.code).map_or_else(|| Value::from(""), Value::string);
        }
        let parameters = self.functions[closure.code].parameters();
        let counted = parameters.into_iter();
        let counted = counted.take_while(|pattern| !matches!(pattern, ast::Pat::Assign(_) | ast::Pat::Rest(_)));
        Value::Number(counted.count() as f64)
    }

    /// Whether a function of the schema has type parameters.
    pub(super) fn is_generic(&self, closure: &Closure) -> bool {
        self.functions[closure.code].is_generic()
    }

    pub(super) fn call_closure(&mut self, closure: &Closure, call: &Call) -> Eval<Value> {
        let code = self.functions[closure.code];
        if code.is_async() {
            return Ok(Value::opaque("the result of an async function", call.span));
        }
        let scope = match code {
            Code::Arrow(_) => Scope::inside(&closure.scope),
            _ => Scope::function(&closure.scope, Some(call.this.clone()), closure.home.clone()),
        };
        if !matches!(code, Code::Arrow(_)) {
            scope.declare("arguments", Binding::Value(Value::array(call.values())));
        }
        self.bind_parameters(&code.parameters(), call, &scope)?;
        match code {
            Code::Arrow(arrow) => match &*arrow.body {
                ast::ArrowFunctionBody::Expr(body) => self.expression(body, &scope),
                ast::ArrowFunctionBody::FunctionBody(body) => self.body(&body.stmts, &scope),
            },
            Code::Function(function) => match &function.body {
                Some(body) if function.is_generator => self.generate(|cx| cx.body(&body.stmts, &scope)),
                Some(body) => self.body(&body.stmts, &scope),
                None => Ok(Value::Undefined),
            },
            Code::Constructor(constructor) => {
                self.bind_parameter_properties(constructor, call, &scope)?;
                match &constructor.body {
                    Some(body) => self.body(&body.stmts, &scope),
                    None => Ok(Value::Undefined),
                }
            }
        }
    }

    fn body(&mut self, statements: &'a [ast::Stmt], scope: &Rc<Scope>) -> Eval<Value> {
        self.hoist(statements, scope);
        match self.statements(statements, scope)? {
            Completion::Return(value) => Ok(value),
            _ => Ok(Value::Undefined),
        }
    }

    fn bind_parameters(&mut self, parameters: &[&'a ast::Pat], call: &Call, scope: &Rc<Scope>) -> Eval<()> {
        for (index, parameter) in parameters.iter().enumerate() {
            if let ast::Pat::Rest(rest) = parameter {
                let values = call.args.iter().skip(index).map(|arg| arg.value.clone()).collect();
                self.bind(&rest.arg, Value::array(values), scope)?;
                break;
            }
            self.bind(parameter, call.arg(index), scope)?;
        }
        Ok(())
    }

    /// `constructor(private name: string)` declares the parameter and sets the property.
    fn bind_parameter_properties(
        &mut self,
        constructor: &'a ast::Constructor,
        call: &Call,
        scope: &Rc<Scope>,
    ) -> Eval<()> {
        for (index, parameter) in constructor.params.iter().enumerate() {
            let ast::ParamOrTsParamProp::TsParamProp(property) = parameter else { continue };
            let (name, default) = match &property.param {
                ast::TsParamPropParam::Ident(ident) => (&ident.id, None),
                ast::TsParamPropParam::Assign(assign) => match &*assign.left {
                    ast::Pat::Ident(ident) => (&ident.id, Some(&*assign.right)),
                    _ => continue,
                },
            };
            let mut value = call.arg(index);
            if let Some(default) = default.filter(|_| value.is_undefined()) {
                value = self.expression(default, scope)?;
            }
            let this = scope.this();
            self.set(&this, &name.sym, value.clone(), Span::from(name.span))?;
            scope.declare(&name.sym, Binding::Value(value));
        }
        Ok(())
    }
}
