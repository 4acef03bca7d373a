//! Which modules a module loads. Type-only imports load nothing.

use swc_ecma_ast::{ExportSpecifier, ImportSpecifier, Module, ModuleDecl, ModuleItem, TsModuleRef};

/// The specifiers of all static imports and re-exports, in order, each once.
pub(super) fn specifiers(module: &Module) -> Vec<String> {
    let mut found = Vec::new();
    for item in &module.body {
        let ModuleItem::ModuleDecl(declaration) = item else { continue };
        let source = match declaration {
            ModuleDecl::Import(import) if !import.type_only => {
                let types = |specifier: &ImportSpecifier| matches!(specifier, ImportSpecifier::Named(named) if named.is_type_only);
                // `import { type A } from` is elided, `import from` without names is not.
                (import.specifiers.is_empty() || !import.specifiers.iter().all(types)).then_some(&import.src)
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
    found
}

fn push(found: &mut Vec<String>, specifier: String) {
    if !found.contains(&specifier) {
        found.push(specifier);
    }
}
