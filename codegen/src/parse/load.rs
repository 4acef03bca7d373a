//! The walk over the imports, from the schema files to all that they reach.

use std::ffi::OsString;
use std::fs::File;
use std::io::Read;
use std::mem::take;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::thread::{Builder, JoinHandle};

use rustc_hash::FxHashMap;

use super::modules::Modules;
use super::parallel::processors;
use super::script::{join, parse};
use super::{Import, Module, ModuleGraph, ModuleId};
use crate::diagnostic::Diagnostic;
use crate::read::STACK_SIZE;
use crate::source::{Resolver, Sources, Target};

/// The largest file that is read, in bytes: no person's schema comes near it, and a tree is some fifty times its text.
const MAX_FILE: u64 = 64 << 20;

/// A graph on its way: its modules come while it is loaded.
#[derive(Debug)]
pub(crate) struct Loading {
    modules: Arc<Modules>,
    rest: Rest,
}

/// What modules are not.
type Texts = (Sources, FxHashMap<u32, String>, Vec<Diagnostic>);

#[derive(Debug)]
enum Rest {
    Loaded(Texts),
    Coming(JoinHandle<Texts>),
}

impl Loading {
    /// Begins to read and parse the files and all that they import.
    ///
    /// A few short files are parsed sooner than a thread is started. From there on, another thread goes on, and who waits for a
    /// module parses too.
    pub(crate) fn start(root: &Path, files: &[PathBuf]) -> Self {
        let mut loader = Loader::new(root);
        loader.add_entries(files);
        let modules = Arc::clone(&loader.modules);
        while loader.is_short() {
            if !loader.next() {
                return Self { modules, rest: Rest::Loaded(loader.finish()) };
            }
        }
        // A thread that cannot be started would take its loader along.
        let (sender, receiver) = sync_channel::<Loader>(1);
        let thread = Builder::new().name("parse".to_owned()).stack_size(STACK_SIZE);
        let rest = match thread.spawn(move || receiver.recv().map(Loader::load).unwrap_or_default()) {
            Ok(thread) => {
                // It waits for it.
                let _ = sender.send(loader);
                Rest::Coming(thread)
            }
            Err(_) => Rest::Loaded(loader.load()),
        };
        Self { modules, rest }
    }

    /// The modules, of which some may be still to come.
    pub(crate) fn modules(&self) -> Arc<Modules> {
        Arc::clone(&self.modules)
    }

    /// Waits for the rest of the graph, and parses what waits meanwhile.
    pub(crate) fn finish(self, diagnostics: &mut Vec<Diagnostic>) -> ModuleGraph {
        let (sources, docs, found) = match self.rest {
            Rest::Loaded(texts) => texts,
            Rest::Coming(thread) => {
                self.modules.queue.parse_until(|_| None::<()>);
                thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            }
        };
        diagnostics.extend(found);
        ModuleGraph { sources, modules: self.modules, docs }
    }
}

/// One more file for a graph that is loaded, without what it imports.
pub(super) fn load_one(graph: &mut ModuleGraph, path: &Path, root: &Path) -> Result<ModuleId, String> {
    let text = text(path).map_err(|_| "cannot be read".to_owned())?;
    let index = graph.sources.add(path.to_owned(), root, text).map_err(|_| "cannot be read".to_owned())?;
    let file = graph.sources.share(index);
    let parsed = join(&file, vec![parse(&file, 0..file.text.len())]);
    graph.docs.extend(parsed.docs);
    graph.modules.put(ModuleId(index), Module { file, body: parsed.body, imports: FxHashMap::default() });
    if parsed.diagnostics.is_empty() { Ok(ModuleId(index)) } else { Err("has syntax errors".to_owned()) }
}

/// Reads files and follows their imports. A module has the number of its file.
struct Loader {
    modules: Arc<Modules>,
    sources: Sources,
    docs: FxHashMap<u32, String>,
    diagnostics: Vec<Diagnostic>,
    /// By the path's text.
    known: FxHashMap<OsString, ModuleId>,
    /// The modules whose imports are to be followed, the next one last.
    unfollowed: Vec<ModuleId>,
    root: PathBuf,
    resolver: Resolver,
}

impl Loader {
    fn new(root: &Path) -> Self {
        Self {
            modules: Arc::default(),
            sources: Sources::default(),
            docs: FxHashMap::default(),
            diagnostics: Vec::new(),
            known: FxHashMap::default(),
            unfollowed: Vec::new(),
            root: root.to_owned(),
            resolver: Resolver::new(root),
        }
    }

    fn add_entries(&mut self, files: &[PathBuf]) {
        let mut entries = Vec::with_capacity(files.len());
        for file in files {
            match self.add(file) {
                Ok(id) => entries.push(id),
                Err(reason) => self.diagnostics.push(Diagnostic::error("E0101", reason)),
            }
        }
        self.modules.set_entries(entries);
        self.unfollowed.reverse();
    }

    /// True as long as there is nothing for a second thread to do.
    fn is_short(&self) -> bool {
        self.modules.queue.waiting() < 2 || processors() == 1
    }

    /// Takes the next module and adds what it imports, which comes next: modules are asked for in the order in which they run.
    /// False after the last.
    fn next(&mut self) -> bool {
        let Some(id) = self.unfollowed.pop() else { return false };
        let Some(parsed) = self.modules.queue.take(id.0) else { return false };
        let others = self.unfollowed.len();
        self.diagnostics.extend(parsed.diagnostics);
        self.docs.extend(parsed.docs);
        let file = self.sources.share(id.0);
        let mut imports = FxHashMap::default();
        for specifier in parsed.specifiers {
            let import = match self.resolver.resolve(&file.path, &specifier) {
                Target::Package(package) => Import::Package(package),
                Target::Missing => Import::Unreadable("no such file".to_owned()),
                Target::File(path) => self.add(&path).map_or_else(Import::Unreadable, Import::Module),
            };
            imports.insert(specifier, import);
        }
        self.unfollowed[others..].reverse();
        self.modules.put(id, Module { file: Arc::clone(&file), body: parsed.body, imports });
        // Whoever runs the module will ask for lines, and has more to do than this thread.
        file.lines();
        true
    }

    /// Takes all that are left, with the help of those processors that neither this nor who waits for a module is on.
    fn load(mut self) -> Texts {
        let helpers = (2..processors()).map_while(|_| {
            let modules = Arc::clone(&self.modules);
            let helper = Builder::new().name("parse".to_owned()).stack_size(STACK_SIZE);
            // Without helpers it only takes longer.
            helper.spawn(move || modules.queue.parse_until(|_| None::<()>)).ok()
        });
        let helpers: Vec<_> = helpers.collect();
        while self.next() {}
        let texts = self.finish();
        for helper in helpers {
            // What panics in a parser is an error of the file; they end with nothing.
            let _ = helper.join();
        }
        texts
    }

    fn finish(mut self) -> Texts {
        (take(&mut self.sources), take(&mut self.docs), take(&mut self.diagnostics))
    }

    fn add(&mut self, path: &Path) -> Result<ModuleId, String> {
        if let Some(id) = self.known.get(path.as_os_str()) {
            return Ok(*id);
        }
        let text = text(path).map_err(|reason| format!("cannot read {}: {reason}", path.display()))?;
        let file = self.sources.add(path.to_owned(), &self.root, text)?;
        self.modules.queue.add(file, &self.sources.share(file));
        self.known.insert(path.as_os_str().to_owned(), ModuleId(file));
        self.unfollowed.push(ModuleId(file));
        Ok(ModuleId(file))
    }
}

impl Drop for Loader {
    /// Who waits for a module waits for this.
    fn drop(&mut self) {
        self.modules.queue.close();
    }
}

/// A file's text. A line end that is a bare carriage return becomes a line feed, which is what JavaScript reads it as.
fn text(path: &Path) -> Result<String, String> {
    let bytes = bytes(path).map_err(|error| error.to_string())?;
    let mut bytes = bytes.ok_or_else(|| format!("it is larger than {} MiB", MAX_FILE >> 20))?;
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err("it is UTF-16; save it as UTF-8".to_owned());
    }
    if memchr::memchr(b'\r', &bytes).is_some() {
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
