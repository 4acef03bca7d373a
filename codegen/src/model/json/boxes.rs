//! Where a type holds itself by value, and so needs a box.

use std::collections::HashSet;

use super::{Item, Path, Shape};

/// Which types reach which by value.
#[derive(Debug, Default)]
pub struct Boxes {
    /// For each item that can reach itself, the items of its circle.
    circles: Vec<HashSet<usize>>,
}

impl Boxes {
    /// Follows the types from one to the next.
    pub(super) fn of(items: &[Item]) -> Self {
        let edges: Vec<Vec<usize>> = items.iter().map(parts).collect();
        let reached: Vec<HashSet<usize>> = (0..items.len()).map(|start| reach(&edges, start)).collect();
        let circle = |start: usize| {
            let back = |other: &&usize| reached[**other].contains(&start);
            reached[start].iter().filter(back).copied().collect()
        };
        Self { circles: (0..items.len()).map(circle).collect() }
    }

    /// Whether an item inside of another is to be boxed.
    pub(super) fn needed(&self, inside: usize, item: usize) -> bool {
        self.circles.get(inside).is_some_and(|circle| circle.contains(&item))
    }
}

fn reach(edges: &[Vec<usize>], start: usize) -> HashSet<usize> {
    let mut reached = HashSet::new();
    let mut next = edges[start].clone();
    while let Some(item) = next.pop() {
        if reached.insert(item) {
            next.extend(&edges[item]);
        }
    }
    reached
}

fn parts(item: &Item) -> Vec<usize> {
    let mut found = Vec::new();
    match &item.shape {
        Shape::Struct(structure) => structure.fields.iter().for_each(|field| by_value(&field.path, &mut found)),
        Shape::Union(union) => union.variants.iter().for_each(|variant| by_value(&variant.path, &mut found)),
        Shape::Newtype(path) | Shape::Alias(path) => by_value(path, &mut found),
        Shape::Values(_) => {}
    }
    found
}

fn by_value(path: &Path, found: &mut Vec<usize>) {
    match path {
        Path::Item(index) => found.push(*index),
        Path::Option(inner) => by_value(inner, found),
        Path::Tuple(items) => items.iter().for_each(|item| by_value(item, found)),
        Path::Plain(_) | Path::Enum(_) | Path::List(_) | Path::Map(_) => {}
    }
}
