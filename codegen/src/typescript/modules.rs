//! What modules declare, import and export as types, found when first asked for.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use swc_ecma_ast as ast;
use swc_ecma_ast::{Decl, DefaultDecl, ExportSpecifier, ImportSpecifier, ModuleDecl, ModuleItem, Stmt};

use super::find::{self, Argument};
use crate::parse::{ModuleGraph, ModuleId};
use crate::schema::Location;
use crate::source::{Resolver, Span, Target};

/// The modules of the graph, and those that only types lead to.
pub(super) struct Modules<'g> {
    graph: &'g mut ModuleGraph,
    root: PathBuf,
    resolver: Resolver,
    by_path: HashMap<PathBuf, usize>,
    scopes: Vec<Option<Rc<Scope>>>,
}

/// The names of one module.
pub(super) struct Scope {
    path: PathBuf,
    tree: ast::Module,
    /// The items that declare a name.
    declared: HashMap<String, Vec<usize>>,
    /// Specifier and exported name (`None`: the whole module) by local name.
    imports: HashMap<String, (String, Option<String>)>,
    /// Specifier (`None`: this module) and name there (`None`: the whole module) by exported name.
    exports: HashMap<String, (Option<String>, Option<String>)>,
    /// `export *`
    stars: Vec<String>,
}

/// What a name means.
pub(super) enum Found {
    /// A name that a module declares.
    Declared(usize, String),
    /// A module as a whole.
    Module(usize),
    /// Nothing that can be read, and why: a clause that begins with the name.
    Nothing(String),
}

impl<'g> Modules<'g> {
    pub(super) fn new(graph: &'g mut ModuleGraph, root: &Path) -> Self {
        let paths = graph.modules.all().map(|(id, module)| (module.file.path.clone(), id.0));
        let by_path: HashMap<_, _> = paths.collect();
        let scopes = by_path.iter().map(|_| None).collect();
        Self { resolver: Resolver::new(root), root: root.to_owned(), graph, by_path, scopes }
    }

    /// The type arguments that begin at these places, by position.
    pub(super) fn type_arguments(&mut self, spans: &[Span]) -> HashMap<u32, Argument> {
        let bases: HashMap<u32, usize> =
            self.graph.modules.all().map(|(id, module)| (module.file.base, id.0)).collect();
        let mut by_module: HashMap<usize, Vec<u32>> = HashMap::new();
        for span in spans {
            let module = self.graph.sources.locate(*span).and_then(|(file, _)| bases.get(&file.base));
            if let Some(module) = module {
                by_module.entry(*module).or_default().push(span.lo);
            }
        }
        let mut found = HashMap::new();
        for (module, starts) in by_module {
            find::find(&self.scope(module).tree, module, &starts, &mut found);
        }
        found
    }

    pub(super) fn scope(&mut self, module: usize) -> Rc<Scope> {
        if let Some(scope) = &self.scopes[module] {
            return scope.clone();
        }
        let path = self.graph.sources.file(module).path.clone();
        let tree = self.graph.take_tree(ModuleId(module));
        let scope = Rc::new(Scope::of(path, tree));
        self.scopes[module] = Some(scope.clone());
        scope
    }

    pub(super) fn docs(&self, span: swc_common::Span) -> Option<String> {
        self.graph.docs(span.into()).map(str::to_owned)
    }

    pub(super) fn location(&self, span: swc_common::Span) -> Location {
        self.graph.sources.location(span.into())
    }

    /// What a name means inside a module.
    pub(super) fn find(&mut self, module: usize, name: &str) -> Found {
        let scope = self.scope(module);
        if scope.declared.contains_key(name) {
            return Found::Declared(module, name.to_owned());
        }
        match scope.imports.get(name) {
            Some((specifier, imported)) => self.import(module, specifier, imported.as_deref(), name),
            None => Found::Nothing(format!("`{name}` is neither declared at the top of its file nor imported")),
        }
    }

    /// What a module's export of that name means.
    pub(super) fn exported(&mut self, module: usize, name: &str, depth: usize) -> Found {
        let scope = self.scope(module);
        match scope.exports.get(name) {
            Some((None, Some(local))) => return self.find(module, local),
            Some((Some(specifier), imported)) => {
                return self.import_at(module, specifier, imported.as_deref(), name, depth);
            }
            _ => {}
        }
        for specifier in &scope.stars {
            let found = self.import_at(module, specifier, Some(name), name, depth + 1);
            if !matches!(found, Found::Nothing(_)) {
                return found;
            }
        }
        let file = scope.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Found::Nothing(format!("`{name}` is not exported by `{file}`"))
    }

    /// What `import(specifier)` gives by that name.
    pub(super) fn import(&mut self, from: usize, specifier: &str, imported: Option<&str>, name: &str) -> Found {
        self.import_at(from, specifier, imported, name, 0)
    }

    fn import_at(&mut self, from: usize, specifier: &str, imported: Option<&str>, name: &str, depth: usize) -> Found {
        if depth > MAX_REEXPORTS {
            return Found::Nothing(format!("`{name}` is re-exported in a circle"));
        }
        let path = self.scope(from).path.clone();
        let target = match self.resolver.resolve(&path, specifier) {
            Target::Package(_) => {
                return Found::Nothing(format!(
                    "`{name}` is declared in the package `{specifier}`, whose types are not read"
                ));
            }
            Target::File(path) => path,
            // The resolver knows what runs; a declaration file does not.
            Target::Missing => {
                let base = path.parent().unwrap_or(Path::new("")).join(specifier);
                crate::source::normalize(&base.with_extension("d.ts"))
            }
        };
        match self.module_at(&target) {
            Ok(module) => match imported {
                Some(imported) => self.exported(module, imported, depth + 1),
                None => Found::Module(module),
            },
            Err(reason) => Found::Nothing(format!("`{name}` is imported from `{specifier}`, which {reason}")),
        }
    }

    fn module_at(&mut self, path: &Path) -> Result<usize, String> {
        if let Some(module) = self.by_path.get(path) {
            return Ok(*module);
        }
        let added = self.graph.add_file(path, &self.root);
        self.scopes.resize_with(self.graph.sources.files().len(), || None);
        let module = added?;
        self.by_path.insert(path.to_owned(), module);
        Ok(module)
    }
}

/// How many re-exports one name may take.
const MAX_REEXPORTS: usize = 64;

impl Scope {
    fn of(path: PathBuf, tree: ast::Module) -> Self {
        let mut scope = Self {
            path,
            declared: HashMap::new(),
            imports: HashMap::new(),
            exports: HashMap::new(),
            stars: Vec::new(),
            tree: ast::Module::default(),
        };
        for (index, item) in tree.body.iter().enumerate() {
            scope.item(index, item);
        }
        scope.tree = tree;
        scope
    }

    fn item(&mut self, index: usize, item: &ModuleItem) {
        match item {
            ModuleItem::Stmt(Stmt::Decl(declaration)) => self.declare(index, declaration, false),
            ModuleItem::Stmt(_) => {}
            ModuleItem::ModuleDecl(ModuleDecl::ExportDecl(export)) => self.declare(index, &export.decl, true),
            ModuleItem::ModuleDecl(ModuleDecl::Import(import)) => {
                let specifier = import.src.value.to_string_lossy().into_owned();
                for each in &import.specifiers {
                    let imported = match each {
                        ImportSpecifier::Named(named) => {
                            Some(named.imported.as_ref().map_or_else(|| named.local.sym.to_string(), export_name))
                        }
                        ImportSpecifier::Default(_) => Some("default".to_owned()),
                        ImportSpecifier::Namespace(_) => None,
                    };
                    self.imports.insert(each.local().sym.to_string(), (specifier.clone(), imported));
                }
            }
            ModuleItem::ModuleDecl(ModuleDecl::ExportNamed(export)) => {
                let specifier = export.src.as_ref().map(|source| source.value.to_string_lossy().into_owned());
                for each in &export.specifiers {
                    match each {
                        ExportSpecifier::Named(named) => {
                            let original = export_name(&named.orig);
                            let exported = named.exported.as_ref().map_or_else(|| original.clone(), export_name);
                            self.exports.insert(exported, (specifier.clone(), Some(original)));
                        }
                        ExportSpecifier::Namespace(namespace) => {
                            self.exports.insert(export_name(&namespace.name), (specifier.clone(), None));
                        }
                        ExportSpecifier::Default(_) => {}
                    }
                }
            }
            ModuleItem::ModuleDecl(ModuleDecl::ExportAll(export)) => {
                self.stars.push(export.src.value.to_string_lossy().into_owned());
            }
            ModuleItem::ModuleDecl(ModuleDecl::ExportDefaultDecl(export)) => {
                if let DefaultDecl::TsInterfaceDecl(interface) = &export.decl {
                    let name = interface.id.sym.to_string();
                    self.declared.entry(name.clone()).or_default().push(index);
                    self.exports.insert("default".to_owned(), (None, Some(name)));
                }
            }
            ModuleItem::ModuleDecl(ModuleDecl::ExportDefaultExpr(export)) => {
                if let ast::Expr::Ident(name) = &*export.expr {
                    self.exports.insert("default".to_owned(), (None, Some(name.sym.to_string())));
                }
            }
            ModuleItem::ModuleDecl(_) => {}
        }
    }

    fn declare(&mut self, index: usize, declaration: &Decl, exported: bool) {
        let mut declare = |name: &str| {
            self.declared.entry(name.to_owned()).or_default().push(index);
            if exported {
                self.exports.insert(name.to_owned(), (None, Some(name.to_owned())));
            }
        };
        match declaration {
            Decl::TsInterface(interface) => declare(&interface.id.sym),
            Decl::TsTypeAlias(alias) => declare(&alias.id.sym),
            Decl::TsEnum(declared) => declare(&declared.id.sym),
            Decl::Class(class) => declare(&class.ident.sym),
            Decl::Var(variables) => {
                for name in variables.decls.iter().filter_map(|each| each.name.as_ident()) {
                    declare(&name.id.sym);
                }
            }
            _ => {}
        }
    }

    /// The declarations of a name, each with the span that its comment stands before.
    pub(super) fn declarations(&self, name: &str) -> Vec<(Declaration<'_>, swc_common::Span)> {
        let mut found = Vec::new();
        for index in self.declared.get(name).into_iter().flatten() {
            let item = &self.tree.body[*index];
            let span = swc_common::Spanned::span(item);
            let declaration = match item {
                ModuleItem::Stmt(Stmt::Decl(declaration)) => declaration,
                ModuleItem::ModuleDecl(ModuleDecl::ExportDecl(export)) => &export.decl,
                ModuleItem::ModuleDecl(ModuleDecl::ExportDefaultDecl(export)) => {
                    if let DefaultDecl::TsInterfaceDecl(interface) = &export.decl {
                        found.push((Declaration::Interface(interface), span));
                    }
                    continue;
                }
                _ => continue,
            };
            found.push(match declaration {
                Decl::TsInterface(interface) => (Declaration::Interface(interface), span),
                Decl::TsTypeAlias(alias) => (Declaration::Alias(alias), span),
                Decl::TsEnum(declared) => (Declaration::Enum(declared), span),
                Decl::Class(_) => (Declaration::Class, span),
                Decl::Var(variables) => {
                    let is_named =
                        |each: &&ast::VarDeclarator| each.name.as_ident().is_some_and(|id| &*id.id.sym == name);
                    match variables.decls.iter().find(is_named) {
                        Some(variable) => (Declaration::Variable(variable), span),
                        None => continue,
                    }
                }
                _ => continue,
            });
        }
        found
    }
}

/// A declaration that can be followed.
pub(super) enum Declaration<'a> {
    Interface(&'a ast::TsInterfaceDecl),
    Alias(&'a ast::TsTypeAliasDecl),
    Enum(&'a ast::TsEnumDecl),
    Class,
    Variable(&'a ast::VarDeclarator),
}

fn export_name(name: &ast::ModuleExportName) -> String {
    match name {
        ast::ModuleExportName::Ident(name) => name.sym.to_string(),
        ast::ModuleExportName::Str(text) => text.value.to_string_lossy().into_owned(),
    }
}
