//! The type arguments at known places of a module.

use std::collections::HashMap;

use swc_ecma_ast::{ArrowExpr, Function, Module, TsType, TsTypeParamDecl, TsTypeParamInstantiation};
use swc_ecma_visit::{Visit, VisitWith};

/// A type argument, and what its names may mean besides the module's.
#[derive(Debug, Clone)]
pub(super) struct Argument {
    /// The module, as an index into the graph.
    pub(super) module: usize,
    pub(super) ty: TsType,
    /// The type parameters of the functions around it.
    pub(super) parameters: Vec<String>,
}

/// Finds the first argument of each list of type arguments that begins at one of the positions.
pub(super) fn find(tree: &Module, module: usize, starts: &[u32], found: &mut HashMap<u32, Argument>) {
    tree.visit_with(&mut Finder { module, starts, found, parameters: Vec::new() });
}

struct Finder<'a> {
    module: usize,
    starts: &'a [u32],
    found: &'a mut HashMap<u32, Argument>,
    parameters: Vec<String>,
}

impl Finder<'_> {
    fn within(&mut self, parameters: Option<&TsTypeParamDecl>, visit: impl FnOnce(&mut Self)) {
        let outer = self.parameters.len();
        self.parameters.extend(
            parameters.into_iter().flat_map(|list| &list.params).map(|parameter| parameter.name.sym.to_string()),
        );
        visit(self);
        self.parameters.truncate(outer);
    }
}

impl Visit for Finder<'_> {
    fn visit_arrow_expr(&mut self, arrow: &ArrowExpr) {
        self.within(arrow.type_params.as_deref(), |finder| arrow.visit_children_with(finder));
    }

    fn visit_function(&mut self, function: &Function) {
        self.within(function.type_params.as_deref(), |finder| function.visit_children_with(finder));
    }

    fn visit_ts_type_param_instantiation(&mut self, arguments: &TsTypeParamInstantiation) {
        if let Some(first) = arguments.params.first().filter(|_| self.starts.contains(&arguments.span.lo.0)) {
            let argument = Argument { module: self.module, ty: (**first).clone(), parameters: self.parameters.clone() };
            self.found.insert(arguments.span.lo.0, argument);
        }
    }
}
