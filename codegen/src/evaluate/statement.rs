//! Statements.

use std::rc::Rc;

use swc_common::Spanned;
use swc_ecma_ast as ast;

use super::function::Code;
use super::scope::{Binding, Scope};
use super::{Eval, Interpreter, Object, Slot, Value};
use crate::diagnostic::Diagnostic;

/// How a statement ended.
#[derive(Debug)]
pub(super) enum Completion {
    Normal,
    Return(Value),
    Break(Option<String>),
    Continue(Option<String>),
}

impl<'a> Interpreter<'a> {
    /// Declares what a block's statements declare before they run: functions at once, the rest as uninitialised.
    pub(super) fn hoist(&mut self, statements: &'a [ast::Stmt], scope: &Rc<Scope>) {
        for statement in statements {
            if let ast::Stmt::Decl(declaration) = statement {
                self.hoist_declaration(declaration, scope);
            }
        }
    }

    pub(super) fn hoist_declaration(&mut self, declaration: &'a ast::Decl, scope: &Rc<Scope>) {
        match declaration {
            ast::Decl::Fn(function) => {
                let value = self.closure(Code::Function(&function.function), scope, None);
                self.name_function(&value, &function.ident.sym);
                scope.declare(&function.ident.sym, Binding::Value(value));
            }
            ast::Decl::Class(class) if !class.declare => scope.declare(&class.ident.sym, Binding::Uninitialized),
            ast::Decl::Var(variables) if !variables.declare => {
                for declarator in &variables.decls {
                    let initial = match variables.kind {
                        ast::VarDeclKind::Var => Binding::Value(Value::Undefined),
                        _ => Binding::Uninitialized,
                    };
                    names(&declarator.name, &mut |name| scope.declare(name, initial.clone()));
                }
            }
            _ => {}
        }
    }

    pub(super) fn statements(&mut self, statements: &'a [ast::Stmt], scope: &Rc<Scope>) -> Eval<Completion> {
        for statement in statements {
            let completion = self.statement(statement, scope)?;
            if !matches!(completion, Completion::Normal) {
                return Ok(completion);
            }
        }
        Ok(Completion::Normal)
    }

    pub(super) fn statement(&mut self, statement: &'a ast::Stmt, scope: &Rc<Scope>) -> Eval<Completion> {
        self.step(|| statement.span().into())?;
        match statement {
            ast::Stmt::Expr(expression) => {
                self.expression(&expression.expr, scope)?;
            }
            ast::Stmt::Decl(declaration) => self.declaration_statement(declaration, scope)?,
            ast::Stmt::Block(block) => {
                let inner = Scope::inside(scope);
                self.hoist(&block.stmts, &inner);
                return self.statements(&block.stmts, &inner);
            }
            ast::Stmt::Return(return_) => {
                let value = match &return_.arg {
                    Some(value) => self.expression(value, scope)?,
                    None => Value::Undefined,
                };
                return Ok(Completion::Return(value));
            }
            ast::Stmt::If(if_) => {
                let test = self.expression(&if_.test, scope)?;
                let alternative = if_.alt.as_deref();
                return match test.truthy() {
                    Some(true) => self.statement(&if_.cons, scope),
                    Some(false) => alternative.map_or(Ok(Completion::Normal), |alt| self.statement(alt, scope)),
                    None => Ok(self.skip([Some(&*if_.cons), alternative].into_iter().flatten(), &test, scope)),
                };
            }
            ast::Stmt::Throw(throw) => {
                let value = self.expression(&throw.arg, scope)?;
                let message = match &value {
                    Value::Object(_) => self.get(&value, "message", throw.span.into())?,
                    other => other.clone(),
                };
                let message = message.as_str().map_or_else(|| value.describe(), str::to_owned);
                let diagnostic = Diagnostic::error("E0306", format!("the schema throws: {message}"));
                let diagnostic = diagnostic.at(throw.span.into(), "thrown here");
                return Err(super::Thrown { value, diagnostic: Box::new(diagnostic), fatal: false });
            }
            ast::Stmt::Try(try_) => return self.try_statement(try_, scope),
            ast::Stmt::Switch(switch) => return self.switch(switch, scope),
            ast::Stmt::While(_)
            | ast::Stmt::DoWhile(_)
            | ast::Stmt::For(_)
            | ast::Stmt::ForOf(_)
            | ast::Stmt::ForIn(_) => return self.loop_statement(statement, &[], scope),
            ast::Stmt::Break(break_) => return Ok(Completion::Break(break_.label.as_ref().map(|l| l.sym.to_string()))),
            ast::Stmt::Continue(continue_) => {
                return Ok(Completion::Continue(continue_.label.as_ref().map(|l| l.sym.to_string())));
            }
            ast::Stmt::Labeled(labeled) => {
                let (mut labels, mut body) = (vec![&*labeled.label.sym], &*labeled.body);
                while let ast::Stmt::Labeled(inner) = body {
                    labels.push(&*inner.label.sym);
                    body = &inner.body;
                }
                return Ok(match self.loop_statement(body, &labels, scope)? {
                    Completion::Break(Some(label)) if labels.contains(&label.as_str()) => Completion::Normal,
                    other => other,
                });
            }
            ast::Stmt::Empty(_) | ast::Stmt::Debugger(_) | ast::Stmt::With(_) => {}
        }
        Ok(Completion::Normal)
    }

    pub(super) fn declaration_statement(&mut self, declaration: &'a ast::Decl, scope: &Rc<Scope>) -> Eval<()> {
        match declaration {
            ast::Decl::Var(variables) if !variables.declare => self.variables(variables, scope),
            ast::Decl::Class(class) if !class.declare => {
                let value = self.class(&class.class, Some(&class.ident.sym), scope)?;
                scope.declare(&class.ident.sym, Binding::Value(value));
                Ok(())
            }
            ast::Decl::TsEnum(enum_) if !enum_.declare => self.typescript_enum(enum_, scope),
            ast::Decl::TsModule(module) if !module.declare => self.typescript_namespace(module, scope),
            _ => Ok(()),
        }
    }

    pub(super) fn variables(&mut self, variables: &'a ast::VarDecl, scope: &Rc<Scope>) -> Eval<()> {
        for declarator in &variables.decls {
            let value = match &declarator.init {
                Some(initializer) => {
                    self.declare_at(initializer.span().into(), variables.span.into());
                    match self.expression(initializer, scope) {
                        Ok(value) => value,
                        Err(thrown) => {
                            // What this declares is spoilt, and its uses are no further errors.
                            let value = self.spoilt(&thrown, declarator.span.into());
                            names(&declarator.name, &mut |name| {
                                scope.declare(name, Binding::Value(value.clone()));
                            });
                            return Err(thrown);
                        }
                    }
                }
                None if variables.kind == ast::VarDeclKind::Var => continue,
                None => Value::Undefined,
            };
            if let ast::Pat::Ident(name) = &declarator.name
                && matches!(
                    declarator.init.as_deref(),
                    Some(ast::Expr::Arrow(_) | ast::Expr::Fn(_) | ast::Expr::Class(_))
                )
            {
                self.name_function(&value, &name.id.sym);
            }
            self.bind(&declarator.name, value, scope)?;
        }
        Ok(())
    }

    fn typescript_enum(&mut self, declaration: &'a ast::TsEnumDecl, scope: &Rc<Scope>) -> Eval<()> {
        // Declarations of one name merge, as TypeScript has it.
        let object = match scope.own(&declaration.id.sym) {
            Some(Binding::Value(Value::Object(object))) => object,
            _ => Object::plain(),
        };
        let inner = Scope::inside(scope);
        scope.declare(&declaration.id.sym, Binding::Value(Value::Object(object.clone())));
        let mut next = 0.0;
        for member in &declaration.members {
            let name = match &member.id {
                ast::TsEnumMemberId::Ident(ident) => ident.sym.to_string(),
                ast::TsEnumMemberId::Str(text) => text.value.to_string_lossy().into_owned(),
            };
            let value = match &member.init {
                Some(initializer) => self.expression(initializer, &inner)?,
                None => Value::Number(next),
            };
            if let Value::Number(number) = value {
                next = number + 1.0;
                object.set(super::number_to_string(number), Value::string(&name));
            }
            inner.declare(&name, Binding::Value(value.clone()));
            object.define(name, Slot::Value(value), member.span.into());
        }
        Ok(())
    }

    fn try_statement(&mut self, try_: &'a ast::TryStmt, scope: &Rc<Scope>) -> Eval<Completion> {
        let inner = Scope::inside(scope);
        self.hoist(&try_.block.stmts, &inner);
        let mut result = self.statements(&try_.block.stmts, &inner);
        if let (Err(thrown), Some(handler)) = (&result, &try_.handler)
            && !thrown.fatal
        {
            let inner = Scope::inside(scope);
            let value = thrown.value.clone();
            result = match &handler.param {
                Some(parameter) => self.bind(parameter, value, &inner),
                None => Ok(()),
            }
            .and_then(|()| {
                self.hoist(&handler.body.stmts, &inner);
                self.statements(&handler.body.stmts, &inner)
            });
        }
        if let Some(finalizer) = &try_.finalizer {
            let inner = Scope::inside(scope);
            self.hoist(&finalizer.stmts, &inner);
            match self.statements(&finalizer.stmts, &inner)? {
                Completion::Normal => {}
                abrupt => return Ok(abrupt),
            }
        }
        result
    }

    fn switch(&mut self, switch: &'a ast::SwitchStmt, scope: &Rc<Scope>) -> Eval<Completion> {
        let value = self.expression(&switch.discriminant, scope)?;
        let inner = Scope::inside(scope);
        for case in &switch.cases {
            self.hoist(&case.cons, &inner);
        }
        let mut start = switch.cases.iter().position(|case| case.test.is_none());
        for (index, case) in switch.cases.iter().enumerate() {
            let Some(test) = &case.test else { continue };
            let test = self.expression(test, &inner)?;
            match value.strict_equals(&test) {
                Some(true) => {
                    start = Some(index);
                    break;
                }
                Some(false) => {}
                None => {
                    let bodies = switch.cases.iter().flat_map(|case| &case.cons);
                    return Ok(self.skip(bodies, &value, scope));
                }
            }
        }
        for case in switch.cases.iter().skip(start.unwrap_or(switch.cases.len())) {
            match self.statements(&case.cons, &inner)? {
                Completion::Normal => {}
                Completion::Break(None) => return Ok(Completion::Normal),
                other => return Ok(other),
            }
        }
        Ok(Completion::Normal)
    }

    /// Statements that may or may not run, since what decides it is not known: what they assign becomes unknown, and so
    /// does the result of a function that they may return from. That they may throw is not taken into account: checks of
    /// the environment at the top of a file are no part of the schema.
    pub(super) fn skip(
        &mut self,
        statements: impl Iterator<Item = &'a ast::Stmt>,
        unknown: &Value,
        scope: &Rc<Scope>,
    ) -> Completion {
        let mut returns = false;
        for statement in statements {
            let mut forget = |name: &str| {
                scope.assign(name, unknown.clone());
            };
            assigned(statement, &mut forget, &mut returns);
        }
        if returns { Completion::Return(unknown.clone()) } else { Completion::Normal }
    }
}

/// The names that a pattern declares.
pub(super) fn names(pattern: &ast::Pat, visit: &mut dyn FnMut(&str)) {
    match pattern {
        ast::Pat::Ident(ident) => visit(&ident.id.sym),
        ast::Pat::Array(array) => array.elems.iter().flatten().for_each(|element| names(element, visit)),
        ast::Pat::Rest(rest) => names(&rest.arg, visit),
        ast::Pat::Assign(assign) => names(&assign.left, visit),
        ast::Pat::Object(object) => {
            for property in &object.props {
                match property {
                    ast::ObjectPatProp::KeyValue(pair) => names(&pair.value, visit),
                    ast::ObjectPatProp::Assign(short) => visit(&short.key.id.sym),
                    ast::ObjectPatProp::Rest(rest) => names(&rest.arg, visit),
                }
            }
        }
        ast::Pat::Expr(_) | ast::Pat::Invalid(_) => {}
    }
}

/// The variables that a statement assigns to, and whether it may return.
fn assigned(statement: &ast::Stmt, visit: &mut dyn FnMut(&str), returns: &mut bool) {
    match statement {
        ast::Stmt::Return(_) => *returns = true,
        ast::Stmt::Block(block) => block.stmts.iter().for_each(|inner| assigned(inner, visit, returns)),
        ast::Stmt::If(if_) => {
            assigned(&if_.cons, visit, returns);
            if_.alt.iter().for_each(|alt| assigned(alt, visit, returns));
        }
        ast::Stmt::For(for_) => assigned(&for_.body, visit, returns),
        ast::Stmt::ForOf(for_) => assigned(&for_.body, visit, returns),
        ast::Stmt::ForIn(for_) => assigned(&for_.body, visit, returns),
        ast::Stmt::While(while_) => assigned(&while_.body, visit, returns),
        ast::Stmt::DoWhile(while_) => assigned(&while_.body, visit, returns),
        ast::Stmt::Labeled(labeled) => assigned(&labeled.body, visit, returns),
        ast::Stmt::Switch(switch) => {
            let statements = switch.cases.iter().flat_map(|case| &case.cons);
            statements.for_each(|inner| assigned(inner, visit, returns));
        }
        ast::Stmt::Try(try_) => {
            let handler = try_.handler.iter().flat_map(|handler| &handler.body.stmts);
            let finalizer = try_.finalizer.iter().flat_map(|block| &block.stmts);
            let statements = try_.block.stmts.iter().chain(handler).chain(finalizer);
            statements.for_each(|inner| assigned(inner, visit, returns));
        }
        ast::Stmt::Expr(statement) => {
            if let ast::Expr::Assign(assign) = &*statement.expr
                && let ast::AssignTarget::Simple(ast::SimpleAssignTarget::Ident(ident)) = &assign.left
            {
                visit(&ident.id.sym);
            }
        }
        _ => {}
    }
}
