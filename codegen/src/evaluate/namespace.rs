//! TypeScript's namespaces.

use std::rc::Rc;

use swc_ecma_ast as ast;

use super::scope::{Binding, Scope};
use super::{Eval, Interpreter, Obj, Object, Slot, Value};
use crate::source::Span;

impl<'a> Interpreter<'a> {
    /// `namespace A.B { export … }`: an object of what it exports. Declarations of one name merge.
    pub(super) fn typescript_namespace(&mut self, module: &'a ast::TsModuleDecl, scope: &Rc<Scope>) -> Eval<()> {
        let (ast::TsModuleName::Ident(name), Some(body)) = (&module.id, &module.body) else { return Ok(()) };
        let object = open(scope.own(&name.sym));
        scope.declare(&name.sym, Binding::Value(Value::Object(object.clone())));
        self.namespace_body(body, &object, scope)
    }

    fn namespace_body(&mut self, body: &'a ast::TsNamespaceBody, object: &Obj, scope: &Rc<Scope>) -> Eval<()> {
        let block = match body {
            ast::TsNamespaceBody::TsModuleBlock(block) => block,
            ast::TsNamespaceBody::TsNamespaceDecl(inner) => {
                let known = object.own(&inner.id.sym).and_then(|property| match property.slot {
                    Slot::Value(value) => Some(Binding::Value(value)),
                    Slot::Accessor(_) => None,
                });
                let nested = open(known);
                object.define(&*inner.id.sym, Slot::Value(Value::Object(nested.clone())), inner.id.span.into());
                let scope = Scope::inside(scope);
                scope.declare(&inner.id.sym, Binding::Value(Value::Object(nested.clone())));
                return self.namespace_body(&inner.body, &nested, &scope);
            }
        };
        let inner = Scope::inside(scope);
        // What earlier parts of the namespace export is in reach.
        for key in object.keys() {
            if let Some(Slot::Value(value)) = object.own(&key).map(|property| property.slot) {
                inner.declare(&key, Binding::Value(value));
            }
        }
        for item in &block.body {
            match item {
                ast::ModuleItem::Stmt(ast::Stmt::Decl(declaration)) => self.hoist_declaration(declaration, &inner),
                ast::ModuleItem::ModuleDecl(ast::ModuleDecl::ExportDecl(export)) => {
                    self.hoist_declaration(&export.decl, &inner);
                    if let ast::Decl::Fn(_) = &export.decl {
                        publish(&export.decl, object, &inner);
                    }
                }
                _ => {}
            }
        }
        for item in &block.body {
            match item {
                ast::ModuleItem::Stmt(statement) => drop(self.statement(statement, &inner)?),
                ast::ModuleItem::ModuleDecl(ast::ModuleDecl::ExportDecl(export)) => {
                    self.declaration_statement(&export.decl, &inner)?;
                    publish(&export.decl, object, &inner);
                }
                ast::ModuleItem::ModuleDecl(_) => {}
            }
        }
        Ok(())
    }
}

/// The object that is there already, such as an earlier part, an enum, a class or a function of that name, or a new one.
fn open(known: Option<Binding>) -> Obj {
    match known {
        Some(Binding::Value(Value::Object(object))) => object,
        _ => Object::plain(),
    }
}

/// Makes what a declaration declares a property of the namespace.
fn publish(declaration: &ast::Decl, object: &Obj, scope: &Rc<Scope>) {
    let publish = |name: &str, span: Span| {
        if let Some(Binding::Value(value)) = scope.own(name) {
            object.define(name, Slot::Value(value), span);
        }
    };
    match declaration {
        ast::Decl::Var(variables) => {
            for declarator in &variables.decls {
                super::statement::names(&declarator.name, &mut |name| publish(name, declarator.span.into()));
            }
        }
        ast::Decl::Fn(function) => publish(&function.ident.sym, function.ident.span.into()),
        ast::Decl::Class(class) => publish(&class.ident.sym, class.ident.span.into()),
        ast::Decl::TsEnum(enum_) => publish(&enum_.id.sym, enum_.id.span.into()),
        ast::Decl::TsModule(module) => {
            if let ast::TsModuleName::Ident(name) = &module.id {
                publish(&name.sym, name.span.into());
            }
        }
        _ => {}
    }
}
