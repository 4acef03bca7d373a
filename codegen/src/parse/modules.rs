//! The modules of a graph, each there once it is parsed: who runs the first of them need not wait for the last.

use std::sync::OnceLock;

use swc_ecma_ast::Module as SyntaxTree;

use super::parallel::Queue;
use super::{Body, Module, ModuleId};

/// Twice as many modules each: more than there is memory for.
const SHELVES: usize = 40;

/// Modules in the order in which they were found. One thread adds to their end, and others read what is there.
#[derive(Debug)]
pub struct Modules {
    entries: OnceLock<Vec<ModuleId>>,
    /// The first holds one module and each further one twice as many as the one before it, so that none is ever moved.
    shelves: [OnceLock<Box<[OnceLock<Module>]>>; SHELVES],
    /// What is still to be parsed.
    pub(super) queue: Queue,
}

impl Default for Modules {
    fn default() -> Self {
        Self { entries: OnceLock::new(), shelves: [const { OnceLock::new() }; SHELVES], queue: Queue::default() }
    }
}

impl Modules {
    /// The schema files' modules. They come first, in order.
    pub fn entries(&self) -> &[ModuleId] {
        self.entries.get().map_or(&[], Vec::as_slice)
    }

    /// The module of that id. Waits for it if it has been found and not parsed yet, and parses what waits meanwhile; `None`
    /// when it will not come any more.
    pub fn get(&self, id: ModuleId) -> Option<&Module> {
        self.there(id).or_else(|| self.queue.parse_until(|_| self.there(id)))
    }

    /// The modules that are there.
    pub fn all(&self) -> impl Iterator<Item = (ModuleId, &Module)> {
        let places = self.shelves.iter().map_while(OnceLock::get).flatten();
        let modules = places.enumerate().map(|(index, place)| (ModuleId(index), place.get()));
        modules.filter_map(|(id, module)| Some((id, module?)))
    }

    fn there(&self, id: ModuleId) -> Option<&Module> {
        let (shelf, place) = place(id);
        self.shelves[shelf].get()?[place].get()
    }

    pub(super) fn set_entries(&self, entries: Vec<ModuleId>) {
        // They are set once, by who adds the modules.
        let _ = self.entries.set(entries);
    }

    /// Puts a module in its place.
    pub(super) fn put(&self, id: ModuleId, module: Module) {
        let (shelf, place) = place(id);
        // No shelf is left out, for who goes along them.
        let shelves = self.shelves[..=shelf].iter().enumerate();
        let shelves =
            shelves.map(|(shelf, slot)| slot.get_or_init(|| (0..1_usize << shelf).map(|_| OnceLock::new()).collect()));
        let Some(shelf) = shelves.last() else { return };
        // One thread adds modules, each once.
        let _ = shelf[place].set(module);
        self.queue.wake();
    }

    /// A module's tree, which is empty from then on; that of a JSON file is, always.
    pub(super) fn take_tree(&mut self, id: ModuleId) -> SyntaxTree {
        let (shelf, place) = place(id);
        let module = self.shelves[shelf].get_mut().and_then(|shelf| shelf[place].get_mut());
        match module.map(|module| &mut module.body) {
            Some(Body::Script(tree)) => std::mem::take(tree),
            Some(Body::Json(_)) | None => SyntaxTree::default(),
        }
    }
}

/// A module's shelf, and its place on it.
fn place(ModuleId(index): ModuleId) -> (usize, usize) {
    let shelf = (index + 1).ilog2() as usize;
    (shelf, index + 1 - (1 << shelf))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_module_has_a_place_of_its_own() {
        let places: Vec<_> = (0..7).map(|index| place(ModuleId(index))).collect();
        assert_eq!(places, [(0, 0), (1, 0), (1, 1), (2, 0), (2, 1), (2, 2), (2, 3)]);
    }
}
