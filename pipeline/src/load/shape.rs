//! Shapes: which fields a row gives. Absent is not null, and COPY cannot tell them apart; the shape can.

use std::collections::HashMap;

/// The shapes of one table's rows, numbered from 0 as they come.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    known: Vec<Vec<usize>>,
    numbers: HashMap<Vec<usize>, usize>,
    last: usize,
}

impl Shapes {
    /// The number of the shape that gives these columns, which are in rising order.
    pub(super) fn number(&mut self, given: &[usize]) -> usize {
        // Neighbouring rows mostly have one shape.
        if self.known.get(self.last).is_some_and(|shape| shape == given) {
            return self.last;
        }
        self.last = match self.numbers.get(given) {
            Some(number) => *number,
            None => {
                self.known.push(given.to_vec());
                self.numbers.insert(given.to_vec(), self.known.len() - 1);
                self.known.len() - 1
            }
        };
        self.last
    }

    /// The columns that a shape gives, in rising order.
    pub(super) fn columns(&self, number: usize) -> &[usize] {
        &self.known[number]
    }

    /// True if a shape gives a column.
    pub(super) fn gives(&self, number: usize, column: usize) -> bool {
        self.known[number].binary_search(&column).is_ok()
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.known.len()
    }

    /// The shapes that give a column, as an SQL list; `None` if none does.
    pub(super) fn giving(&self, column: usize) -> Option<String> {
        let numbers: Vec<_> = (0..self.count()).filter(|n| self.gives(*n, column)).map(|n| n.to_string()).collect();
        (!numbers.is_empty()).then(|| numbers.join(", "))
    }

    /// The number of the shape that gives the columns of both.
    pub(super) fn union(&mut self, one: usize, other: usize) -> usize {
        let mut given = [self.columns(one), self.columns(other)].concat();
        given.sort_unstable();
        given.dedup();
        self.number(&given)
    }

    /// The number of the shape that gives the columns of `number` but one.
    pub(super) fn without(&mut self, number: usize, column: usize) -> usize {
        let given: Vec<_> = self.columns(number).iter().copied().filter(|given| *given != column).collect();
        self.number(&given)
    }
}
