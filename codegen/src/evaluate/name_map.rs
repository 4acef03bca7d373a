//! What is found by name and kept in order: the properties of an object, the variables of a scope.

use std::rc::Rc;

use rustc_hash::FxHashMap;

/// Few names are found faster by looking at each than by hashing.
const INDEXED_FROM: usize = 16;

/// Entries by name, in the order in which their names first came.
#[derive(Debug)]
pub(super) struct NameMap<T> {
    list: Vec<(Rc<str>, T)>,
    /// The places of the names, from [`INDEXED_FROM`] on.
    index: Option<Box<FxHashMap<Rc<str>, usize>>>,
}

impl<T> Default for NameMap<T> {
    fn default() -> Self {
        Self { list: Vec::new(), index: None }
    }
}

impl<T> NameMap<T> {
    /// An empty map with room for so many names.
    pub(super) fn with_room(names: usize) -> Self {
        Self { list: Vec::with_capacity(names), index: None }
    }

    fn position(&self, name: &str) -> Option<usize> {
        match &self.index {
            Some(index) => index.get(name).copied(),
            None => self.list.iter().position(|(known, _)| &**known == name),
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&T> {
        self.position(name).map(|position| &self.list[position].1)
    }

    pub(super) fn get_mut(&mut self, name: &str) -> Option<&mut T> {
        self.position(name).map(|position| &mut self.list[position].1)
    }

    /// Sets the entry of a name, which keeps its place if it has one.
    pub(super) fn insert(&mut self, name: impl AsRef<str> + Into<Rc<str>>, value: T) {
        if let Some(known) = self.get_mut(name.as_ref()) {
            *known = value;
            return;
        }
        let name: Rc<str> = name.into();
        if let Some(index) = &mut self.index {
            index.insert(name.clone(), self.list.len());
        }
        self.list.push((name, value));
        if self.list.len() == INDEXED_FROM {
            self.build_index();
        }
    }

    fn build_index(&mut self) {
        let places = self.list.iter().enumerate().map(|(position, (name, _))| (name.clone(), position));
        self.index = Some(Box::new(places.collect()));
    }

    /// Takes a name out; those behind it move up.
    pub(super) fn remove(&mut self, name: &str) {
        if let Some(position) = self.position(name) {
            self.list.remove(position);
            if self.index.is_some() {
                self.build_index();
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&Rc<str>, &T)> {
        self.list.iter().map(|(name, value)| (name, value))
    }
}
