//! Modules: linking, running in dependency order, exports.

use std::rc::Rc;

use rustc_hash::FxHashMap;
use swc_common::Spanned;
use swc_ecma_ast as ast;

use super::exports::{Export, Place, Star, export_name, exported_name};
use super::function::Code;
use super::scope::{Binding, Scope};
use super::{Eval, Interpreter, Obj, Value};
use crate::diagnostic::Diagnostic;
use crate::parse::{Body, Import, Module, ModuleId};
use crate::source::Span;

/// How far a module has come.
#[derive(Debug, Default)]
pub(super) struct ModuleState {
    pub(super) started: bool,
    pub(super) scope: Rc<Scope>,
    /// Own exports and named re-exports, by exported name.
    pub(super) exports: FxHashMap<Rc<str>, Export>,
    /// `export *`, in statement order.
    pub(super) stars: Vec<Star>,
    /// What they give, once all their modules have declared their exports.
    pub(super) starred: Option<FxHashMap<Rc<str>, Place>>,
    pub(super) namespace: Option<Obj>,
    /// `module`, of a module that uses it: its `exports` are the module's too.
    pub(super) common_js: Option<Obj>,
}

impl<'a> Interpreter<'a> {
    /// Runs a module and all that it imports, once. Errors are reported, not returned: what they spoil is marked, and
    /// the rest goes on.
    pub fn run(&mut self, id: ModuleId) {
        let Some(module) = self.parsed.get(id) else { return };
        self.make_room(id, module);
        if std::mem::replace(&mut self.modules[id.0].started, true) {
            return;
        }
        let scope = Scope::inside(&self.globals);
        self.modules[id.0].scope = scope.clone();
        let tree = match &module.body {
            Body::Script(tree) => tree,
            Body::Json(value) => {
                let value = super::builtins::from_json(value);
                for (key, member) in self.entries(&value, Span::default()).into_iter().flatten().map(|(k, v, _)| (k, v))
                {
                    self.modules[id.0].exports.insert(key, Export::Value(member));
                }
                self.modules[id.0].exports.insert(Rc::from("default"), Export::Value(value));
                return;
            }
        };
        for item in &tree.body {
            self.link(id, item, &scope);
        }
        for item in &tree.body {
            if let ast::ModuleItem::ModuleDecl(declaration) = item
                && let Some(dependency) = self.dependency(id, declaration)
            {
                self.run(dependency);
            }
        }
        // The schema files come first in the graph.
        let outer = std::mem::replace(&mut self.lenient, id.0 >= self.parsed.entries().len());
        for item in &tree.body {
            if let Err(thrown) = self.item(id, item, &scope) {
                let fatal = thrown.fatal;
                if fatal || !self.lenient {
                    self.report(*thrown.diagnostic);
                } else {
                    spoil(item, &scope, *thrown.diagnostic);
                }
                if fatal {
                    break;
                }
            }
        }
        self.lenient = outer;
    }

    /// Has a state for a module and those that it imports.
    fn make_room(&mut self, id: ModuleId, module: &Module) {
        let imported = module.imports.values().filter_map(|import| match import {
            Import::Module(module) => Some(module.0),
            _ => None,
        });
        let needed = imported.fold(id.0, usize::max) + 1;
        if self.modules.len() < needed {
            self.modules.resize_with(needed, ModuleState::default);
        }
    }

    fn dependency(&self, id: ModuleId, declaration: &ast::ModuleDecl) -> Option<ModuleId> {
        let source = match declaration {
            ast::ModuleDecl::Import(import) => &import.src,
            ast::ModuleDecl::ExportAll(export) => &export.src,
            ast::ModuleDecl::ExportNamed(export) => export.src.as_ref()?,
            ast::ModuleDecl::TsImportEquals(import) => match &import.module_ref {
                ast::TsModuleRef::TsExternalModuleRef(reference) => &reference.expr,
                ast::TsModuleRef::TsEntityName(_) => return None,
            },
            _ => return None,
        };
        match self.import(id, source)? {
            Import::Module(module) => Some(*module),
            _ => None,
        }
    }

    /// What a specifier of a module names; `None` for an import of types only.
    fn import(&self, id: ModuleId, source: &ast::Str) -> Option<&'a Import> {
        self.parsed.get(id)?.imports.get(&*source.value.to_string_lossy())
    }

    /// Declares a top-level statement's names, imports and exports.
    fn link(&mut self, id: ModuleId, item: &'a ast::ModuleItem, scope: &Rc<Scope>) {
        let declaration = match item {
            ast::ModuleItem::Stmt(ast::Stmt::Decl(declaration)) => return self.hoist_declaration(declaration, scope),
            ast::ModuleItem::Stmt(_) => return,
            ast::ModuleItem::ModuleDecl(declaration) => declaration,
        };
        match declaration {
            ast::ModuleDecl::Import(import) => self.link_import(id, import, scope),
            ast::ModuleDecl::ExportDecl(export) => {
                self.hoist_declaration(&export.decl, scope);
                let exports = &mut self.modules[id.0].exports;
                let mut export_name = |name: &str| {
                    let name: Rc<str> = Rc::from(name);
                    exports.insert(name.clone(), Export::Local(name));
                };
                match &export.decl {
                    ast::Decl::Var(variables) => {
                        variables.decls.iter().for_each(|d| super::statement::names(&d.name, &mut export_name));
                    }
                    ast::Decl::Fn(function) => export_name(&function.ident.sym),
                    ast::Decl::Class(class) => export_name(&class.ident.sym),
                    ast::Decl::TsEnum(enum_) => export_name(&enum_.id.sym),
                    ast::Decl::TsModule(module) if !module.declare => {
                        if let ast::TsModuleName::Ident(name) = &module.id {
                            export_name(&name.sym);
                        }
                    }
                    _ => {}
                }
            }
            ast::ModuleDecl::TsImportEquals(import) if !import.is_type_only => {
                if import.is_export {
                    let name: Rc<str> = Rc::from(&*import.id.sym);
                    self.modules[id.0].exports.insert(name.clone(), Export::Local(name));
                }
                self.link_import_equals(id, import, scope);
            }
            ast::ModuleDecl::ExportNamed(export) if !export.type_only => self.link_named_export(id, export),
            ast::ModuleDecl::ExportAll(export) if !export.type_only => {
                let star = match self.import(id, &export.src) {
                    Some(Import::Module(module)) => Some(Star::Module(*module)),
                    Some(Import::Package(package)) => self.package(package).map(Star::Package),
                    Some(Import::Unreadable(reason)) => {
                        self.report(unreadable(&export.src, reason));
                        None
                    }
                    None => None,
                };
                self.modules[id.0].stars.extend(star);
            }
            ast::ModuleDecl::ExportDefaultDecl(export) => {
                let value = match &export.decl {
                    ast::DefaultDecl::Fn(function) => {
                        let value = self.closure(Code::Function(&function.function), scope, None);
                        if let Some(name) = &function.ident {
                            scope.declare(&name.sym, Binding::Value(value.clone()));
                        }
                        value
                    }
                    _ => return,
                };
                self.modules[id.0].exports.insert(Rc::from("default"), Export::Value(value));
            }
            _ => {}
        }
    }

    fn link_import(&mut self, id: ModuleId, import: &'a ast::ImportDecl, scope: &Rc<Scope>) {
        let Some(target) = self.import(id, &import.src) else { return };
        for specifier in &import.specifiers {
            let (local, imported) = match specifier {
                ast::ImportSpecifier::Named(named) if named.is_type_only => continue,
                ast::ImportSpecifier::Named(named) => {
                    let imported = named.imported.as_ref().map_or_else(|| Rc::from(&*named.local.sym), export_name);
                    (&named.local, Some(imported))
                }
                ast::ImportSpecifier::Default(default) => (&default.local, Some(Rc::from("default"))),
                ast::ImportSpecifier::Namespace(namespace) => (&namespace.local, None),
            };
            let span = Span::from(local.span);
            let binding = match (target, imported) {
                (Import::Module(module), Some(name)) => Binding::Import(*module, name),
                (Import::Module(module), None) => Binding::Namespace(*module),
                (Import::Package(package), name) => Binding::Value(self.package_export(package, name.as_deref(), span)),
                (Import::Unreadable(reason), _) => Binding::Value(Value::failed(unreadable(&import.src, reason))),
            };
            scope.declare(&local.sym, binding);
        }
    }

    /// `import name = require('…')`
    fn link_import_equals(&mut self, id: ModuleId, import: &'a ast::TsImportEqualsDecl, scope: &Rc<Scope>) {
        let ast::TsModuleRef::TsExternalModuleRef(reference) = &import.module_ref else { return };
        let span = Span::from(import.id.span);
        let binding = match self.import(id, &reference.expr) {
            Some(Import::Module(module)) => Binding::Namespace(*module),
            Some(Import::Package(package)) => Binding::Value(self.package_export(package, None, span)),
            Some(Import::Unreadable(reason)) => Binding::Value(Value::failed(unreadable(&reference.expr, reason))),
            None => return,
        };
        scope.declare(&import.id.sym, binding);
    }

    fn link_named_export(&mut self, id: ModuleId, export: &'a ast::NamedExport) {
        let target = export.src.as_ref().and_then(|source| self.import(id, source));
        if let (Some(source), Some(Import::Unreadable(reason))) = (&export.src, target) {
            self.report(unreadable(source, reason));
        }
        for specifier in &export.specifiers {
            let original = match specifier {
                ast::ExportSpecifier::Named(named) if named.is_type_only => continue,
                ast::ExportSpecifier::Named(named) => Some(export_name(&named.orig)),
                ast::ExportSpecifier::Namespace(_) => None,
                ast::ExportSpecifier::Default(_) => Some(Rc::from("default")),
            };
            let span = Span::from(specifier.span());
            let export = match (target, original) {
                (None, Some(original)) => Export::Local(original),
                (None, None) => continue,
                (Some(Import::Module(module)), Some(original)) => Export::From(*module, original),
                (Some(Import::Module(module)), None) => Export::Namespace(*module),
                (Some(Import::Package(package)), name) => {
                    Export::Value(self.package_export(package, name.as_deref(), span))
                }
                (Some(Import::Unreadable(_)), _) => Export::Value(Value::reported(span)),
            };
            self.modules[id.0].exports.insert(exported_name(specifier), export);
        }
    }

    /// What a package gives under a name, or as a whole.
    pub(super) fn package_export(&mut self, package: &str, name: Option<&str>, span: Span) -> Value {
        let Some(namespace) = self.package(package) else {
            return Value::opaque(format!("the package `{package}` is not read"), span);
        };
        match name {
            None | Some("default") => Value::Object(namespace),
            Some(name) => match namespace.own(name) {
                Some(super::Property { slot: super::Slot::Value(value), .. }) => value,
                _ => unknown_export(&namespace, package, name, span),
            },
        }
    }

    fn item(&mut self, id: ModuleId, item: &'a ast::ModuleItem, scope: &Rc<Scope>) -> Eval<()> {
        match item {
            ast::ModuleItem::Stmt(statement) => self.statement(statement, scope).map(drop),
            ast::ModuleItem::ModuleDecl(ast::ModuleDecl::ExportDecl(export)) => {
                // The comment stands before `export`, not before `const`.
                if let ast::Decl::Var(variables) = &export.decl {
                    for initializer in variables.decls.iter().filter_map(|declarator| declarator.init.as_deref()) {
                        self.declare_at(initializer.span().into(), export.span.into());
                    }
                }
                self.declaration_statement(&export.decl, scope)
            }
            ast::ModuleItem::ModuleDecl(ast::ModuleDecl::ExportDefaultExpr(export)) => {
                self.declare_at(export.expr.span().into(), export.span.into());
                let value = self.expression(&export.expr, scope);
                let (value, result) = match value {
                    Ok(value) => (value, Ok(())),
                    Err(thrown) => (self.spoilt(&thrown, export.span.into()), Err(thrown)),
                };
                self.modules[id.0].exports.insert(Rc::from("default"), Export::Value(value));
                result
            }
            ast::ModuleItem::ModuleDecl(ast::ModuleDecl::ExportDefaultDecl(export)) => {
                if let ast::DefaultDecl::Class(class) = &export.decl {
                    let value = self.class(&class.class, class.ident.as_ref().map(|name| &*name.sym), scope)?;
                    self.modules[id.0].exports.insert(Rc::from("default"), Export::Value(value));
                }
                Ok(())
            }
            ast::ModuleItem::ModuleDecl(ast::ModuleDecl::TsImportEquals(import)) if !import.is_type_only => {
                if let ast::TsModuleRef::TsEntityName(name) = &import.module_ref
                    && let Some(value) = self.entity(name, scope)?
                {
                    scope.declare(&import.id.sym, Binding::Value(value));
                }
                Ok(())
            }
            ast::ModuleItem::ModuleDecl(_) => Ok(()),
        }
    }

    /// `A.B.C`; `None` where it names a type only.
    fn entity(&mut self, name: &'a ast::TsEntityName, scope: &Rc<Scope>) -> Eval<Option<Value>> {
        match name {
            ast::TsEntityName::Ident(ident) if scope.find(&ident.sym).is_none() => Ok(None),
            ast::TsEntityName::Ident(ident) => self.identifier(ident, scope).map(Some),
            ast::TsEntityName::TsQualifiedName(qualified) => match self.entity(&qualified.left, scope)? {
                Some(value) => self.get(&value, &qualified.right.sym, qualified.right.span.into()).map(Some),
                None => Ok(None),
            },
        }
    }
}

/// Makes what a failed statement declares stand for its error.
fn spoil(item: &ast::ModuleItem, scope: &Rc<Scope>, diagnostic: Diagnostic) {
    let declaration = match item {
        ast::ModuleItem::Stmt(ast::Stmt::Decl(declaration)) => declaration,
        ast::ModuleItem::ModuleDecl(ast::ModuleDecl::ExportDecl(export)) => &export.decl,
        _ => return,
    };
    let value = Value::failed(diagnostic);
    let mut declare = |name: &str| {
        if matches!(scope.own(name), Some(Binding::Uninitialized)) {
            scope.declare(name, Binding::Value(value.clone()));
        }
    };
    match declaration {
        ast::Decl::Var(variables) => {
            variables.decls.iter().for_each(|d| super::statement::names(&d.name, &mut declare))
        }
        ast::Decl::Class(class) => declare(&class.ident.sym),
        ast::Decl::TsEnum(enum_) => declare(&enum_.id.sym),
        _ => {}
    }
}

/// A name that a known package does not have, as far as it is known: opaque, and an error where the schema depends on it if
/// it looks like a misspelt one.
fn unknown_export(namespace: &Obj, package: &str, name: &str, span: Span) -> Value {
    let keys = namespace.keys();
    match crate::suggest::nearest(name, keys.iter().map(|key| &**key)) {
        Some(near) => Value::failed(
            Diagnostic::error("E0309", format!("the package `{package}` has no export `{name}`"))
                .at(span, "imported, but not exported there")
                .help(format!("did you mean `{near}`?")),
        ),
        None => Value::opaque(format!("`{name}` of the package `{package}` is not known"), span),
    }
}

fn unreadable(source: &ast::Str, reason: &str) -> Diagnostic {
    let specifier = source.value.to_string_lossy();
    Diagnostic::error("E0102", format!("cannot read `{specifier}`: {reason}")).at(source.span.into(), "imported here")
}
