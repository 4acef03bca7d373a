//! Files to syntax trees: the graph of all modules that the schema files reach.

mod comments;
mod imports;
mod load;
mod modules;
mod nesting;
mod parallel;
mod script;
mod split;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::FxHashMap;
use swc_ecma_ast::Module as SyntaxTree;

use crate::diagnostic::Diagnostic;
use crate::source::{SourceFile, Sources, Span};

pub(crate) use load::Loading;
pub use modules::Modules;

impl From<swc_common::Span> for Span {
    fn from(span: swc_common::Span) -> Self {
        Self { lo: span.lo.0, hi: span.hi.0 }
    }
}

/// A module's place in its [`ModuleGraph`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModuleId(pub usize);

/// A parsed module.
#[derive(Debug)]
pub struct Module {
    /// Its file.
    pub file: Arc<SourceFile>,
    /// Its syntax tree; of a JSON file, none.
    pub body: Body,
    /// What each specifier that it imports from names.
    pub imports: FxHashMap<String, Import>,
}

/// What a module's file holds.
#[derive(Debug)]
pub enum Body {
    /// TypeScript or JavaScript.
    Script(SyntaxTree),
    /// JSON.
    Json(serde_json::Value),
}

/// What a specifier names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Import {
    /// A module of the graph.
    Module(ModuleId),
    /// A package, which is not read.
    Package(String),
    /// A file that is not there or could not be read, with the reason.
    Unreadable(String),
}

/// All modules that the schema files reach.
#[derive(Debug, Default)]
pub struct ModuleGraph {
    /// The files' texts.
    pub sources: Sources,
    /// The modules.
    pub modules: Arc<Modules>,
    /// The TSDoc comments of all modules, by the position of what they stand before.
    docs: FxHashMap<u32, String>,
}

impl ModuleGraph {
    /// Reads and parses the files and all that they import.
    ///
    /// Syntax errors and unreadable schema files are collected in `diagnostics`; a module with an error has an empty body.
    pub fn load(root: &Path, files: &[PathBuf], diagnostics: &mut Vec<Diagnostic>) -> Self {
        Loading::start(root, files).finish(diagnostics)
    }

    /// Reads and parses one more file, without what it imports: types are read this way. Gives its index.
    ///
    /// # Errors
    /// Why it cannot be read, as a clause ("cannot be read: …").
    pub(crate) fn add_file(&mut self, path: &Path, root: &Path) -> Result<usize, String> {
        load::load_one(self, path, root).map(|id| id.0)
    }

    /// A module's tree, for who is the last to need it.
    pub(crate) fn take_tree(&mut self, id: ModuleId) -> SyntaxTree {
        match Arc::get_mut(&mut self.modules) {
            Some(modules) => modules.take_tree(id),
            None => match self.modules.get(id).map(|module| &module.body) {
                Some(Body::Script(tree)) => tree.clone(),
                _ => SyntaxTree::default(),
            },
        }
    }

    /// The TSDoc comment that stands before a position, without its stars.
    pub fn docs(&self, span: Span) -> Option<&str> {
        self.docs.get(&span.lo).map(String::as_str)
    }
}
