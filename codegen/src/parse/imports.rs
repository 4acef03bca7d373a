//! Which modules a module loads. Imports of types load nothing.

use rustc_hash::FxHashSet;
use swc_ecma_ast::{
    CallExpr, Callee, ExportSpecifier, Expr, ExprOrSpread, Ident, ImportDecl, ImportSpecifier, Lit, Module, ModuleDecl,
    ModuleItem, TsExprWithTypeArgs, TsInterfaceDecl, TsModuleRef, TsType, TsTypeAliasDecl, TsTypeAnn, TsTypeParamDecl,
    TsTypeParamInstantiation,
};
use swc_ecma_visit::{Visit, VisitWith};

/// The specifiers of all static imports and re-exports, in order, each once.
///
/// In TypeScript, an import of names that are used as types only, or not at all, is as good as none (esbuild, which
/// drizzle-kit loads schemas with, leaves it out): what it names may be large, or a circle that never was.
pub(super) fn specifiers(module: &Module, typescript: bool) -> Vec<String> {
    let mut found = Vec::new();
    let used = typescript.then(|| UsedNames::of(module));
    let is_used = |name: &Ident| used.as_ref().is_none_or(|used| used.found.contains(&*name.sym));
    for item in &module.body {
        let ModuleItem::ModuleDecl(declaration) = item else { continue };
        let source = match declaration {
            ModuleDecl::Import(import) if !import.type_only => {
                let types = |specifier: &ImportSpecifier| match specifier {
                    ImportSpecifier::Named(named) => named.is_type_only || !is_used(&named.local),
                    ImportSpecifier::Default(default) => !is_used(&default.local),
                    ImportSpecifier::Namespace(namespace) => !is_used(&namespace.local),
                };
                // `import { type A } from` is elided, `import from` without names is not.
                let loads = is_drizzle(import) || import.specifiers.is_empty() || !import.specifiers.iter().all(types);
                loads.then_some(&import.src)
            }
            ModuleDecl::ExportAll(export) if !export.type_only => Some(&export.src),
            ModuleDecl::ExportNamed(export) if !export.type_only => {
                let types = |specifier: &ExportSpecifier| matches!(specifier, ExportSpecifier::Named(named) if named.is_type_only);
                export.src.as_ref().filter(|_| export.specifiers.is_empty() || !export.specifiers.iter().all(types))
            }
            ModuleDecl::TsImportEquals(import) if !import.is_type_only => match &import.module_ref {
                TsModuleRef::TsExternalModuleRef(reference) => {
                    push(&mut found, reference.expr.value.to_string_lossy().into_owned());
                    None
                }
                TsModuleRef::TsEntityName(_) => None,
            },
            _ => None,
        };
        if let Some(source) = source {
            push(&mut found, source.value.to_string_lossy().into_owned());
        }
    }
    if !typescript {
        module.visit_with(&mut Required { found: &mut found });
    }
    found
}

/// Finds `require('…')`, by which older JavaScript imports.
struct Required<'a> {
    found: &'a mut Vec<String>,
}

impl Visit for Required<'_> {
    fn visit_call_expr(&mut self, call: &CallExpr) {
        if let Callee::Expr(callee) = &call.callee
            && matches!(&**callee, Expr::Ident(name) if &*name.sym == "require")
            && let [ExprOrSpread { spread: None, expr }] = &call.args[..]
            && let Expr::Lit(Lit::Str(specifier)) = &**expr
        {
            push(self.found, specifier.value.to_string_lossy().into_owned());
        }
        call.visit_children_with(self);
    }
}

fn push(found: &mut Vec<String>, specifier: String) {
    if !found.contains(&specifier) {
        found.push(specifier);
    }
}

/// The imported names that a module uses as values.
struct UsedNames<'a> {
    imported: FxHashSet<&'a str>,
    found: FxHashSet<&'a str>,
}

impl<'a> UsedNames<'a> {
    fn of(module: &'a Module) -> Self {
        let mut imported = FxHashSet::default();
        for item in &module.body {
            let ModuleItem::ModuleDecl(ModuleDecl::Import(import)) = item else { continue };
            if is_drizzle(import) {
                continue;
            }
            for specifier in import.specifiers.iter().filter(|_| !import.type_only) {
                imported.insert(&*specifier.local().sym);
            }
        }
        let mut names = Self { imported, found: FxHashSet::default() };
        if !names.imported.is_empty() {
            module.visit_with(&mut names);
        }
        names
    }
}

/// Drizzle's own packages are known without being loaded: whether they are used need not be asked.
fn is_drizzle(import: &ImportDecl) -> bool {
    import.src.value.starts_with("drizzle-")
}

impl Visit for UsedNames<'_> {
    fn visit_ident(&mut self, name: &Ident) {
        if let Some(imported) = self.imported.get(&*name.sym) {
            self.found.insert(imported);
        }
    }

    fn visit_expr(&mut self, expression: &Expr) {
        // Once all are found, there is nothing to look for.
        if self.found.len() < self.imported.len() {
            expression.visit_children_with(self);
        }
    }

    fn visit_import_decl(&mut self, _: &ImportDecl) {}
    fn visit_ts_expr_with_type_args(&mut self, _: &TsExprWithTypeArgs) {}
    fn visit_ts_interface_decl(&mut self, _: &TsInterfaceDecl) {}
    fn visit_ts_type(&mut self, _: &TsType) {}
    fn visit_ts_type_alias_decl(&mut self, _: &TsTypeAliasDecl) {}
    fn visit_ts_type_ann(&mut self, _: &TsTypeAnn) {}
    fn visit_ts_type_param_decl(&mut self, _: &TsTypeParamDecl) {}
    fn visit_ts_type_param_instantiation(&mut self, _: &TsTypeParamInstantiation) {}
}
