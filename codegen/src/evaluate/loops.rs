//! Loops.

use std::rc::Rc;

use swc_common::Spanned;
use swc_ecma_ast as ast;

use super::scope::Scope;
use super::statement::Completion;
use super::{Eval, Interpreter, Value};

/// What a loop does after its body.
enum Next {
    GoOn,
    Leave(Completion),
}

/// The parts of a `while`, a `do` or a `for`.
struct While<'a> {
    test: Option<&'a ast::Expr>,
    update: Option<&'a ast::Expr>,
    body: &'a ast::Stmt,
    body_first: bool,
    /// True where all turns share the variables of the head.
    is_var: bool,
}

impl<'a> Interpreter<'a> {
    /// A loop with the labels that stand before it; any other statement as it is.
    pub(super) fn loop_statement(
        &mut self,
        statement: &'a ast::Stmt,
        labels: &[&str],
        scope: &Rc<Scope>,
    ) -> Eval<Completion> {
        match statement {
            ast::Stmt::While(while_) => {
                let parts = While {
                    test: Some(&while_.test),
                    update: None,
                    body: &while_.body,
                    body_first: false,
                    is_var: true,
                };
                self.loop_while(&parts, labels, scope.clone())
            }
            ast::Stmt::DoWhile(while_) => {
                let parts = While {
                    test: Some(&while_.test),
                    update: None,
                    body: &while_.body,
                    body_first: true,
                    is_var: true,
                };
                self.loop_while(&parts, labels, scope.clone())
            }
            ast::Stmt::For(for_) => {
                let inner = Scope::inside(scope);
                match &for_.init {
                    Some(ast::VarDeclOrExpr::VarDecl(variables)) => self.variables(variables, &inner)?,
                    Some(ast::VarDeclOrExpr::Expr(expression)) => {
                        self.expression(expression, &inner)?;
                    }
                    None => {}
                }
                let (test, update) = (for_.test.as_deref(), for_.update.as_deref());
                let is_var = matches!(&for_.init, Some(ast::VarDeclOrExpr::VarDecl(variables))
                    if variables.kind == ast::VarDeclKind::Var);
                let parts = While { test, update, body: &for_.body, body_first: false, is_var };
                self.loop_while(&parts, labels, inner)
            }
            ast::Stmt::ForOf(for_) => {
                let iterable = self.expression(&for_.right, scope)?;
                match self.iterate(&iterable, for_.right.span().into())? {
                    Some(items) => self.for_each(&for_.left, items, &for_.body, labels, scope),
                    None => Ok(self.skip([&*for_.body].into_iter(), &iterable, scope)),
                }
            }
            ast::Stmt::ForIn(for_) => {
                let object = self.expression(&for_.right, scope)?;
                if matches!(object, Value::Opaque(_)) {
                    return Ok(self.skip([&*for_.body].into_iter(), &object, scope));
                }
                let entries = self.entries(&object, for_.right.span().into())?;
                let keys = entries.into_iter().map(|(key, ..)| Value::String(key)).collect();
                self.for_each(&for_.left, keys, &for_.body, labels, scope)
            }
            other => self.statement(other, scope),
        }
    }

    /// `scope` holds the variables of a `for`'s head.
    fn loop_while(&mut self, parts: &While<'a>, labels: &[&str], mut scope: Rc<Scope>) -> Eval<Completion> {
        let mut check = !parts.body_first;
        loop {
            if let Some(test) = parts.test.filter(|_| check) {
                let value = self.expression(test, &scope)?;
                match value.truthy() {
                    Some(true) => {}
                    Some(false) => return Ok(Completion::Normal),
                    None => return Ok(self.skip([parts.body].into_iter(), &value, &scope)),
                }
            }
            check = true;
            if let Next::Leave(completion) = self.loop_body(parts.body, labels, &scope)? {
                return Ok(completion);
            }
            if let Some(update) = parts.update {
                // Each turn has variables of its own, which shows where a function keeps them.
                if !parts.is_var && Rc::strong_count(&scope) > 1 {
                    scope = scope.copy();
                }
                self.expression(update, &scope)?;
            }
        }
    }

    fn for_each(
        &mut self,
        head: &'a ast::ForHead,
        items: Vec<Value>,
        body: &'a ast::Stmt,
        labels: &[&str],
        scope: &Rc<Scope>,
    ) -> Eval<Completion> {
        for item in items {
            let inner = Scope::inside(scope);
            match head {
                ast::ForHead::VarDecl(variables) => {
                    for declarator in &variables.decls {
                        self.bind(&declarator.name, item.clone(), &inner)?;
                    }
                }
                ast::ForHead::Pat(pattern) => self.destructure(pattern, item, &inner, false)?,
                ast::ForHead::UsingDecl(_) => {}
            }
            if let Next::Leave(completion) = self.loop_body(body, labels, &inner)? {
                return Ok(completion);
            }
        }
        Ok(Completion::Normal)
    }

    fn loop_body(&mut self, body: &'a ast::Stmt, labels: &[&str], scope: &Rc<Scope>) -> Eval<Next> {
        Ok(match self.statement(body, scope)? {
            Completion::Normal | Completion::Continue(None) => Next::GoOn,
            Completion::Continue(Some(label)) if labels.contains(&label.as_str()) => Next::GoOn,
            Completion::Break(None) => Next::Leave(Completion::Normal),
            other => Next::Leave(other),
        })
    }
}
