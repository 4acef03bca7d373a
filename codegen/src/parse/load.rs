//! The walk over the imports, from the schema files to all that they reach.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;
use swc_ecma_ast::Module as SyntaxTree;

use super::parallel::{Parsers, Queue};
use super::{Body, Import, Module, ModuleGraph, ModuleId};
use crate::diagnostic::Diagnostic;
use crate::source::{Resolver, Target};

/// The largest file that is read, in bytes: no person's schema comes near it, and a tree is some fifty times its text.
const MAX_FILE: u64 = 64 << 20;

pub(super) fn load(root: &Path, files: &[PathBuf], diagnostics: &mut Vec<Diagnostic>) -> ModuleGraph {
    let queue = Queue::default();
    std::thread::scope(|scope| {
        let parsers = Parsers::new(scope, &queue);
        let mut loader = Loader { graph: ModuleGraph::default(), known: FxHashMap::default(), root, parsers };
        for file in files {
            match loader.add(file) {
                Ok(id) => loader.graph.entries.push(id),
                Err(reason) => diagnostics.push(Diagnostic::error("E0101", reason)),
            }
        }
        loader.follow_imports(diagnostics);
        loader.graph
    })
}

/// One more file for a graph that is loaded, without what it imports.
pub(super) fn load_one(graph: ModuleGraph, path: &Path, root: &Path) -> (ModuleGraph, Result<ModuleId, String>) {
    let queue = Queue::default();
    std::thread::scope(|scope| {
        let parsers = Parsers::new(scope, &queue);
        let mut loader = Loader { graph, known: FxHashMap::default(), root, parsers };
        let added = loader.add(path).map_err(|_| "cannot be read".to_owned()).and_then(|id| {
            let parsed = loader.parsers.take(id.0);
            loader.graph.docs.extend(parsed.docs);
            loader.graph.modules[id.0].body = parsed.body;
            if parsed.diagnostics.is_empty() { Ok(id) } else { Err("has syntax errors".to_owned()) }
        });
        (loader.graph, added)
    })
}

struct Loader<'a, 'scope, 'env> {
    graph: ModuleGraph,
    known: FxHashMap<PathBuf, ModuleId>,
    root: &'a Path,
    parsers: Parsers<'scope, 'env>,
}

impl Loader<'_, '_, '_> {
    /// Takes the modules in order and adds what each imports: the order of a breadth-first walk.
    fn follow_imports(&mut self, diagnostics: &mut Vec<Diagnostic>) {
        let mut resolver = Resolver::new(self.root);
        let mut next = 0;
        while next < self.graph.modules.len() {
            let parsed = self.parsers.take(next);
            diagnostics.extend(parsed.diagnostics);
            self.graph.docs.extend(parsed.docs);
            let from = self.graph.sources.share(self.graph.modules[next].file);
            let mut imports = FxHashMap::default();
            for specifier in parsed.specifiers {
                let import = match resolver.resolve(&from.path, &specifier) {
                    Target::Package(package) => Import::Package(package),
                    Target::Missing => Import::Unreadable("no such file".to_owned()),
                    Target::File(path) => self.add(&path).map_or_else(Import::Unreadable, Import::Module),
                };
                imports.insert(specifier, import);
            }
            let module = &mut self.graph.modules[next];
            (module.body, module.imports) = (parsed.body, imports);
            next += 1;
        }
    }

    fn add(&mut self, path: &Path) -> Result<ModuleId, String> {
        if let Some(id) = self.known.get(path) {
            return Ok(*id);
        }
        let text = text(path).map_err(|reason| format!("cannot read {}: {reason}", path.display()))?;
        let file = self.graph.sources.add(path.to_owned(), self.root, text)?;
        let id = ModuleId(self.graph.modules.len());
        self.parsers.add(id.0, self.graph.sources.share(file));
        let body = Body::Script(SyntaxTree::default());
        self.graph.modules.push(Module { file, body, imports: FxHashMap::default() });
        self.known.insert(path.to_owned(), id);
        Ok(id)
    }
}

/// A file's text. A line end that is a bare carriage return becomes a line feed, which is what JavaScript reads it as.
fn text(path: &Path) -> Result<String, String> {
    let bytes = bytes(path).map_err(|error| error.to_string())?;
    let mut bytes = bytes.ok_or_else(|| format!("it is larger than {} MiB", MAX_FILE >> 20))?;
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err("it is UTF-16; save it as UTF-8".to_owned());
    }
    if bytes.contains(&b'\r') {
        for offset in 0..bytes.len() {
            if bytes[offset] == b'\r' && bytes.get(offset + 1) != Some(&b'\n') {
                bytes[offset] = b'\n';
            }
        }
    }
    let mut text = String::from_utf8(bytes)
        .map_err(|error| format!("it is not UTF-8 text (byte {})", error.utf8_error().valid_up_to()))?;
    if text.starts_with('\u{feff}') {
        text.remove(0);
    }
    Ok(text)
}

/// A file's bytes; `None` when it is too large.
fn bytes(path: &Path) -> std::io::Result<Option<Vec<u8>>> {
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    if size > MAX_FILE {
        return Ok(None);
    }
    let mut bytes = Vec::with_capacity(size as usize + 1);
    // What is no regular file may hold more than it says.
    file.take(MAX_FILE + 1).read_to_end(&mut bytes)?;
    Ok(Some(bytes).filter(|bytes| bytes.len() as u64 <= MAX_FILE))
}
