//! The type arguments at known places of a module.

use std::collections::HashMap;

use swc_ecma_ast::{ArrowExpr, Function, Module, TsType, TsTypeParamDecl, TsTypeParamInstantiation};
use swc_ecma_visit::{Visit, VisitWith};

/// Type arguments, and what their names may mean besides the module's.
#[derive(Debug, Clone)]
pub(super) struct Argument {
    /// The module, as an index into the graph.
    pub(super) module: usize,
    /// The types; there is one at least.
    pub(super) types: Vec<TsType>,
    /// The type parameters of the functions around them.
    pub(super) parameters: Vec<String>,
    /// How many of those, the last ones, are the innermost function's.
    pub(super) innermost: usize,
}

/// Finds each list of type arguments that begins at one of the positions.
pub(super) fn find(tree: &Module, module: usize, starts: &[u32], found: &mut HashMap<u32, Argument>) {
    tree.visit_with(&mut Finder { module, starts, found, parameters: Vec::new(), innermost: 0 });
}

struct Finder<'a> {
    module: usize,
    starts: &'a [u32],
    found: &'a mut HashMap<u32, Argument>,
    parameters: Vec<String>,
    innermost: usize,
}

impl Finder<'_> {
    fn within(&mut self, parameters: Option<&TsTypeParamDecl>, visit: impl FnOnce(&mut Self)) {
        let outer = (self.parameters.len(), self.innermost);
        self.parameters.extend(
            parameters.into_iter().flat_map(|list| &list.params).map(|parameter| parameter.name.sym.to_string()),
        );
        if self.parameters.len() > outer.0 {
            self.innermost = self.parameters.len() - outer.0;
        }
        visit(self);
        self.parameters.truncate(outer.0);
        self.innermost = outer.1;
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
        if !arguments.params.is_empty() && self.starts.contains(&arguments.span.lo.0) {
            let types = arguments.params.iter().map(|ty| (**ty).clone()).collect();
            let (parameters, innermost) = (self.parameters.clone(), self.innermost);
            self.found.insert(arguments.span.lo.0, Argument { module: self.module, types, parameters, innermost });
        }
    }
}
