//! What modules export: finding it through re-exports and `export *`, and the order of the names.

use std::cmp::Ordering;
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};
use swc_common::Spanned;
use swc_ecma_ast as ast;

use super::object::Kind;
use super::scope::Binding;
use super::{Eval, Interpreter, Obj, Object, Slot, Value};
use crate::diagnostic::Diagnostic;
use crate::parse::{Body, ModuleId};
use crate::source::Span;

/// What an exported name stands for.
#[derive(Debug, Clone)]
pub(super) enum Export {
    /// A variable of the module.
    Local(Rc<str>),
    /// Another module's export.
    From(ModuleId, Rc<str>),
    /// Another module as a whole.
    Namespace(ModuleId),
    /// `export default` of an expression, and what packages give.
    Value(Value),
}

impl Export {
    /// What it stands for in the module that has it; `None` for another module's.
    fn place(&self, id: ModuleId) -> Option<Place> {
        match self {
            Export::Local(local) => Some(Place::Local(id, local.clone())),
            Export::Namespace(module) => Some(Place::Namespace(*module)),
            Export::Value(value) => Some(Place::Value(value.clone())),
            Export::From(..) => None,
        }
    }
}

/// What an export stands for, wherever it was exported from.
#[derive(Debug, Clone)]
pub(super) enum Place {
    /// A variable of a module.
    Local(ModuleId, Rc<str>),
    /// A module as a whole.
    Namespace(ModuleId),
    /// A value without a name.
    Value(Value),
}

/// Why there is nothing behind an exported name.
enum Unfound {
    /// The module exports no such name.
    NotExported(ModuleId, Rc<str>),
    /// The variable of the module has no value yet.
    Uninitialized(ModuleId),
}

/// What `export *` names.
#[derive(Debug, Clone)]
pub(super) enum Star {
    Module(ModuleId),
    Package(Obj),
}

impl<'a> Interpreter<'a> {
    /// A module as an object.
    pub fn namespace(&mut self, id: ModuleId) -> Value {
        let state = &mut self.modules[id.0];
        let object = state.namespace.get_or_insert_with(|| Object::new(Kind::Namespace(id)));
        Value::Object(object.clone())
    }

    fn file_name(&self, id: ModuleId) -> &'a str {
        self.parsed.get(id).map_or("", |module| &module.file.name)
    }

    /// What a module exports under a name, for an import at `span`.
    ///
    /// # Errors
    /// When the variable behind it is not initialised yet. A name that is not exported is reported, and stands for that.
    pub fn export(&mut self, id: ModuleId, name: &str, span: Span) -> Eval<Value> {
        self.find_export(id, name, &mut Vec::new()).or_else(|unfound| self.refuse_import(&unfound, name, span))
    }

    /// What a module exports under one of its [`Self::export_names`]. Mistakes are told where it is exported.
    ///
    /// # Errors
    /// As [`Self::export`].
    pub fn exported(&mut self, id: ModuleId, name: &str) -> Eval<Value> {
        self.find_export(id, name, &mut Vec::new()).or_else(|unfound| {
            let span = self.exported_at(id, name, &mut Vec::new());
            let start = self.parsed.get(id).map_or(0, |module| module.file.base);
            self.refuse_import(&unfound, name, span.unwrap_or(Span { lo: start, hi: start }))
        })
    }

    fn refuse_import(&mut self, unfound: &Unfound, name: &str, span: Span) -> Eval<Value> {
        match unfound {
            Unfound::NotExported(module, original) => {
                let message = format!("`{}` has no export `{original}`", self.file_name(*module));
                let mut diagnostic = Diagnostic::error("E0307", message).at(span, "imported, but not exported there");
                let names = self.export_names(*module);
                if let Some(near) = crate::suggest::nearest(original, names.iter().map(|name| &**name)) {
                    diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
                }
                Ok(self.spoil(diagnostic))
            }
            Unfound::Uninitialized(module) => {
                let message = format!("`{name}` of `{}` is used before it is initialised", self.file_name(*module));
                Err(Diagnostic::error("E0301", message)
                    .at(span, "not initialised yet")
                    .help("the modules import each other in a circle; use it inside a function, such as `() => table.column`")
                    .into())
            }
        }
    }

    fn find_export(&mut self, id: ModuleId, name: &str, seen: &mut Vec<ModuleId>) -> Result<Value, Unfound> {
        match self.locate(id, name, seen) {
            None => Err(self.not_exported(id, name)),
            Some(Place::Value(value)) => Ok(value),
            Some(Place::Namespace(module)) => Ok(self.namespace(module)),
            Some(Place::Local(module, local)) => match self.modules[module.0].scope.own(&local) {
                Some(Binding::Value(value)) => Ok(value),
                Some(Binding::Import(module, original)) => self.find_export(module, &original, seen),
                Some(Binding::Namespace(module)) => Ok(self.namespace(module)),
                Some(Binding::Uninitialized) => Err(Unfound::Uninitialized(module)),
                // A type, which leaves nothing behind at run time.
                None => Ok(Value::Undefined),
            },
        }
    }

    /// The module that should have exported it: the end of a chain of `export … from`.
    fn not_exported(&mut self, mut id: ModuleId, name: &str) -> Unfound {
        let (mut name, mut seen) = (Rc::from(name), FxHashSet::default());
        while seen.insert(id) {
            match self.modules[id.0].exports.get(&name) {
                Some(Export::From(module, original)) => (id, name) = (*module, original.clone()),
                Some(_) => break,
                None => match self.modules[id.0].stars.clone().into_iter().find_map(|star| match star {
                    Star::Module(module) => self.export_names(module).contains(&name).then_some(module),
                    Star::Package(_) => None,
                }) {
                    Some(module) => id = module,
                    None => break,
                },
            }
        }
        Unfound::NotExported(id, name)
    }

    /// Where a module, or one that it exports all of, says that it exports a name.
    fn exported_at(&self, id: ModuleId, name: &str, seen: &mut Vec<ModuleId>) -> Option<Span> {
        let module = self.parsed.get(id).filter(|_| !seen.contains(&id))?;
        seen.push(id);
        let Body::Script(tree) = &module.body else { return None };
        let declarations = || tree.body.iter().filter_map(|item| item.as_module_decl());
        let own = declarations().find_map(|declaration| match declaration {
            ast::ModuleDecl::ExportNamed(export) => {
                export.specifiers.iter().find(|specifier| &*exported_name(specifier) == name).map(Spanned::span)
            }
            ast::ModuleDecl::ExportDecl(export) => {
                let mut found = false;
                if let ast::Decl::Var(variables) = &export.decl {
                    let mut compare = |declared: &str| found |= declared == name;
                    variables.decls.iter().for_each(|variable| super::statement::names(&variable.name, &mut compare));
                }
                found.then_some(export.span)
            }
            _ => None,
        });
        own.map(Span::from).or_else(|| {
            self.modules[id.0].stars.iter().find_map(|star| match star {
                Star::Module(module) => self.exported_at(*module, name, seen),
                Star::Package(_) => None,
            })
        })
    }

    /// What stands behind an exported name.
    fn locate(&mut self, id: ModuleId, name: &str, seen: &mut Vec<ModuleId>) -> Option<Place> {
        if seen.contains(&id) {
            return None;
        }
        seen.push(id);
        match self.modules[id.0].exports.get(name) {
            Some(Export::From(module, original)) => {
                let (module, original) = (*module, original.clone());
                return self.locate(module, &original, seen);
            }
            Some(own) => return own.place(id),
            None => {}
        }
        if let Some(value) = self.common_js_export(id, name) {
            return Some(Place::Value(value));
        }
        if name == "default" || self.modules[id.0].stars.is_empty() {
            return None;
        }
        if self.modules[id.0].starred.is_none() && self.has_linked_stars(id, &mut FxHashSet::default()) {
            let mut starred = FxHashMap::default();
            self.collect_starred(id, &mut starred, &mut FxHashSet::default());
            self.modules[id.0].starred = Some(starred);
        }
        if let Some(starred) = &self.modules[id.0].starred {
            return starred.get(name).cloned();
        }
        for index in 0..self.modules[id.0].stars.len() {
            let found = match &self.modules[id.0].stars[index] {
                Star::Module(module) => {
                    let module = *module;
                    self.locate(module, name, seen)
                }
                Star::Package(package) => package_place(package, name),
            };
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// True when all that a module's `export *` reach have declared their exports: in a circle, some have not.
    fn has_linked_stars(&self, id: ModuleId, seen: &mut FxHashSet<ModuleId>) -> bool {
        let is_linked = |star: &Star, seen: &mut FxHashSet<ModuleId>| match star {
            Star::Module(module) => self.has_linked_stars(*module, seen),
            Star::Package(_) => true,
        };
        !seen.insert(id)
            || (self.modules[id.0].started && self.modules[id.0].stars.iter().all(|star| is_linked(star, seen)))
    }

    /// Collects what the `export *` of a module give: of several with one name, the first.
    fn collect_starred(
        &mut self,
        id: ModuleId,
        starred: &mut FxHashMap<Rc<str>, Place>,
        seen: &mut FxHashSet<ModuleId>,
    ) {
        seen.insert(id);
        for index in 0..self.modules[id.0].stars.len() {
            match self.modules[id.0].stars[index].clone() {
                Star::Package(package) => {
                    for name in package.keys() {
                        if let Some(place) = package_place(&package, &name) {
                            starred.entry(name).or_insert(place);
                        }
                    }
                }
                Star::Module(module) if seen.contains(&module) => {}
                Star::Module(module) => {
                    let own = self.modules[module.0].exports.keys().cloned();
                    let names: Vec<Rc<str>> = own.chain(self.common_js_names(module)).collect();
                    for name in names {
                        if &*name != "default"
                            && !starred.contains_key(&name)
                            && let Some(place) = self.locate(module, &name, &mut Vec::new())
                        {
                            starred.insert(name, place);
                        }
                    }
                    self.collect_starred(module, starred, seen);
                }
            }
        }
    }

    /// The names that a module exports, in the order in which drizzle-kit sees them: its own and its named re-exports
    /// sorted by code unit, then those of each `export *` in statement order.
    pub fn export_names(&mut self, id: ModuleId) -> Vec<Rc<str>> {
        let mut names = Vec::new();
        self.collect_export_names(id, &mut names, &mut FxHashSet::default(), &mut Vec::new());
        names
    }

    fn collect_export_names(
        &self,
        id: ModuleId,
        names: &mut Vec<Rc<str>>,
        known: &mut FxHashSet<Rc<str>>,
        seen: &mut Vec<ModuleId>,
    ) {
        if seen.contains(&id) {
            return;
        }
        let nested = !seen.is_empty();
        seen.push(id);
        let state = &self.modules[id.0];
        let mut own: Vec<&Rc<str>> = state.exports.keys().filter(|name| !(nested && &***name == "default")).collect();
        own.sort_by(|a, b| by_code_unit(a, b));
        for name in own.into_iter().cloned().chain(self.common_js_names(id)) {
            if known.insert(name.clone()) {
                names.push(name);
            }
        }
        for star in &state.stars {
            if let Star::Module(module) = star {
                self.collect_export_names(*module, names, known, seen);
            }
        }
    }
}

/// JavaScript's order of strings. Bytes are in that order where there is nothing but ASCII.
fn by_code_unit(a: &str, b: &str) -> Ordering {
    if a.is_ascii() && b.is_ascii() { a.cmp(b) } else { a.encode_utf16().cmp(b.encode_utf16()) }
}

fn package_place(package: &Obj, name: &str) -> Option<Place> {
    match package.own(name)?.slot {
        Slot::Value(value) => Some(Place::Value(value)),
        Slot::Accessor(_) => None,
    }
}

/// The name under which a specifier of `export { … }` exports.
pub(super) fn exported_name(specifier: &ast::ExportSpecifier) -> Rc<str> {
    match specifier {
        ast::ExportSpecifier::Named(named) => export_name(named.exported.as_ref().unwrap_or(&named.orig)),
        ast::ExportSpecifier::Namespace(namespace) => export_name(&namespace.name),
        ast::ExportSpecifier::Default(default) => Rc::from(&*default.exported.sym),
    }
}

pub(super) fn export_name(name: &ast::ModuleExportName) -> Rc<str> {
    match name {
        ast::ModuleExportName::Ident(ident) => Rc::from(&*ident.sym),
        ast::ModuleExportName::Str(text) => Rc::from(&*text.value.to_string_lossy()),
    }
}
