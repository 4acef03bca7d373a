//! Files to syntax trees: the graph of all modules that the schema files reach.

mod comments;
mod imports;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use swc_common::comments::SingleThreadedComments;
use swc_common::{BytePos, Spanned};
use swc_ecma_ast::Module as SyntaxTree;
use swc_ecma_parser::{EsSyntax, Parser, StringInput, Syntax, TsSyntax};

use crate::diagnostic::Diagnostic;
use crate::source::{Resolver, Sources, Span, Target};

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
    /// Its file, as an index into the sources.
    pub file: usize,
    /// Its syntax tree; of a JSON file, none.
    pub body: Body,
    /// What each specifier that it imports from names.
    pub imports: HashMap<String, Import>,
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
    /// The modules; the schema files come first, in order.
    pub modules: Vec<Module>,
    /// The schema files' modules.
    pub entries: Vec<ModuleId>,
    docs: comments::Docs,
}

/// How deep brackets may nest. The parser, the evaluator and the tree's own drop recurse; this keeps them well inside
/// the stack that [`crate::read()`] gives them.
const MAX_NESTING: usize = 1000;

impl ModuleGraph {
    /// Reads and parses the files and all that they import.
    ///
    /// Syntax errors and unreadable schema files are collected in `diagnostics`; a module with an error has an empty body.
    pub fn load(root: &Path, files: &[PathBuf], diagnostics: &mut Vec<Diagnostic>) -> Self {
        let mut loader = Loader { graph: Self::default(), known: HashMap::new(), root, diagnostics };
        for file in files {
            match loader.add(file) {
                Ok(id) => loader.graph.entries.push(id),
                Err(reason) => loader.diagnostics.push(Diagnostic::error("E0101", reason)),
            }
        }
        loader.follow_imports();
        loader.graph
    }

    /// Reads and parses one more file, without what it imports: types are read this way. Gives its index.
    ///
    /// # Errors
    /// Why it cannot be read, as a clause ("cannot be read: …").
    pub(crate) fn add_file(&mut self, path: &Path, root: &Path) -> Result<usize, String> {
        let mut diagnostics = Vec::new();
        let graph = std::mem::take(self);
        let mut loader = Loader { graph, known: HashMap::new(), root, diagnostics: &mut diagnostics };
        let added = loader.add(path);
        *self = loader.graph;
        let id = added.map_err(|_| "cannot be read".to_owned())?;
        if diagnostics.is_empty() { Ok(id.0) } else { Err("has syntax errors".to_owned()) }
    }

    /// The module of that id.
    pub fn module(&self, id: ModuleId) -> &Module {
        &self.modules[id.0]
    }

    /// The TSDoc comment that stands before a position, without its stars.
    pub fn docs(&self, span: Span) -> Option<&str> {
        self.docs.before(span.lo)
    }
}

struct Loader<'a> {
    graph: ModuleGraph,
    known: HashMap<PathBuf, ModuleId>,
    root: &'a Path,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl Loader<'_> {
    fn follow_imports(&mut self) {
        let mut resolver = Resolver::new(self.root);
        let mut next = 0;
        while next < self.graph.modules.len() {
            let from = self.graph.sources.file(self.graph.modules[next].file).path.clone();
            let specifiers = match &self.graph.modules[next].body {
                Body::Script(tree) => imports::specifiers(tree, !is_javascript(extension(&from))),
                Body::Json(_) => Vec::new(),
            };
            for specifier in specifiers {
                let import = match resolver.resolve(&from, &specifier) {
                    Target::Package(package) => Import::Package(package),
                    Target::Missing => Import::Unreadable("no such file".to_owned()),
                    Target::File(path) => self.add(&path).map_or_else(Import::Unreadable, Import::Module),
                };
                self.graph.modules[next].imports.insert(specifier, import);
            }
            next += 1;
        }
    }

    fn add(&mut self, path: &Path) -> Result<ModuleId, String> {
        if let Some(id) = self.known.get(path) {
            return Ok(*id);
        }
        let bytes = std::fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        let mut text = String::from_utf8(bytes).map_err(|error| {
            format!("{} is not UTF-8 text (byte {})", path.display(), error.utf8_error().valid_up_to())
        })?;
        if text.starts_with('\u{feff}') {
            text.remove(0);
        }
        let file = self.graph.sources.add(path.to_owned(), self.root, text)?;
        let body = self.parse(file);
        let id = ModuleId(self.graph.modules.len());
        self.graph.modules.push(Module { file, body, imports: HashMap::new() });
        self.known.insert(path.to_owned(), id);
        Ok(id)
    }

    fn parse(&mut self, file: usize) -> Body {
        let empty = Body::Script(SyntaxTree::default());
        let source = self.graph.sources.file(file);
        let extension = extension(&source.path);
        if extension == "json" {
            return match serde_json::from_str(&source.text) {
                Ok(value) => Body::Json(value),
                Err(error) => {
                    let message = format!("{} is not valid JSON: {error}", source.name);
                    self.diagnostics.push(Diagnostic::error("E0202", message));
                    empty
                }
            };
        }
        if let Some(offset) = too_deep(source.text.as_bytes()) {
            let lo = source.base + offset as u32;
            let message = format!("brackets or operators are nested more than {MAX_NESTING} deep");
            let place = Span { lo, hi: lo + 1 };
            self.diagnostics.push(Diagnostic::error("E0203", message).at(place, "this one is too deep"));
            return empty;
        }
        let jsx = matches!(extension, "tsx" | "jsx");
        let syntax = if is_javascript(extension) {
            Syntax::Es(EsSyntax { jsx, decorators: true, ..EsSyntax::default() })
        } else {
            Syntax::Typescript(TsSyntax { tsx: jsx, decorators: true, ..TsSyntax::default() })
        };
        let comments = SingleThreadedComments::default();
        let end = source.base + source.text.len() as u32;
        let input = StringInput::new(&source.text, BytePos(source.base), BytePos(end));
        let mut parser = Parser::new(syntax, input, Some(&comments));
        let parsed = parser.parse_module();
        let mut errors = parser.take_errors();
        let body = match parsed {
            Ok(tree) => Body::Script(tree),
            Err(error) => {
                errors.push(error);
                empty
            }
        };
        self.graph.docs.add(&comments);
        for error in errors {
            let message = format!("syntax error: {}", error.kind().msg());
            self.diagnostics.push(Diagnostic::error("E0201", message).at(error.span().into(), ""));
        }
        body
    }
}

fn extension(path: &Path) -> &str {
    path.extension().and_then(|extension| extension.to_str()).unwrap_or("ts")
}

fn is_javascript(extension: &str) -> bool {
    matches!(extension, "js" | "jsx" | "mjs" | "cjs")
}

/// The offset at which brackets nest too deep. Brackets in strings and comments count too: that can only refuse a file
/// that no person wrote.
fn too_deep(text: &[u8]) -> Option<usize> {
    let (mut depth, mut prefixes) = (0usize, 0usize);
    for (offset, byte) in text.iter().enumerate() {
        // `!!!…x` nests too.
        prefixes = if matches!(byte, b'!' | b'~') { prefixes + 1 } else { 0 };
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_NESTING || prefixes > MAX_NESTING {
            return Some(offset);
        }
    }
    None
}
