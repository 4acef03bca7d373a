//! What need not be sent, and what need not be looked for: decides over each row on its way into the stage.
//!
//! - A row that is as the table has it is passed over, in loads that are large and not much smaller than the table.
//! - Whether a staged row may repeat the key of another is noted, so that the server looks at the suspects only.
//!
//! Both need a key whose parts have equal bytes if they are equal, given in one way by all rows. Where that does not hold, or
//! holds no longer, all rows are staged and the server looks at all.

use sqlx::PgConnection;

use super::encode::{Encoder, Ready};
use super::fingerprint::{Fingerprints, Form};
use super::layout::Node;
use super::present::Present;
use super::repeats::Repeats;
use crate::Result;

/// So many rows show how the others are given, before the table's rows are asked for.
const SAMPLE: u64 = 256;

/// What became of rows, for the merge.
#[derive(Debug)]
pub(super) struct Sifted {
    /// The ordinals of staged rows whose key may be that of an earlier one; `None` if that is not known.
    pub(super) suspects: Option<Vec<u64>>,
    /// Rows that were passed over since the table has them.
    pub(super) passed: u64,
    /// How many of these had another row of their key after them.
    pub(super) repeated: u64,
}

#[derive(Debug)]
pub(super) struct Sieve {
    prints: Fingerprints,
    /// The parts of the key, as long as they can be compared; with the number of slots for which that was found.
    key: Option<Vec<(usize, Form)>>,
    slots: usize,
    repeats: Repeats,
    read_from: Option<u64>,
    table: Table,
    /// The key of the row at hand.
    current: u64,
}

#[derive(Debug)]
enum Table {
    /// Not to be read, or not any more.
    Unread {
        passed: u64,
        repeated: u64,
    },
    /// To be read for about so many rows to come; with the keys of the rows before.
    Wanted {
        expected: u64,
        before: Vec<u64>,
    },
    Read(Present),
}

impl Sieve {
    /// `comparable`: equal texts have equal bytes in this database. `read_from`: of so many rows and more, those that the table has
    /// may be passed over.
    pub(super) fn new(comparable: bool, read_from: Option<u64>) -> Self {
        let table = Table::Unread { passed: 0, repeated: 0 };
        let (prints, repeats) = (Fingerprints::default(), Repeats::default());
        Self { prints, key: comparable.then(Vec::new), slots: 0, repeats, read_from, table, current: 0 }
    }

    /// About so many rows come, the first of which is at hand.
    pub(super) fn expect(&mut self, rows: Option<u64>) {
        if let (Some(from), Some(expected)) = (self.read_from, rows)
            && expected >= from
        {
            self.table = Table::Wanted { expected, before: Vec::new() };
        }
    }

    /// True if the row that the encoder holds is to be staged, false if it is passed over.
    pub(super) fn admits(&mut self, encoder: &Encoder<'_>, ready: Ready) -> bool {
        if self.slots != encoder.layout.slots.len() {
            self.slots = encoder.layout.slots.len();
            let key = comparable(encoder);
            // The very first row only tells how the key is given.
            if self.key.as_ref().is_some_and(|known| !known.is_empty() && Some(known) != key.as_ref()) {
                self.key = None;
            } else if self.key.is_some() {
                self.key = key;
            }
        }
        let Some(key) = &self.key else {
            self.stop_reading();
            return true;
        };
        self.current = self.prints.of(key.iter().map(|(slot, form)| (*form, encoder.value(*slot))));
        let Table::Read(present) = &mut self.table else { return true };
        let values = || present.parts.iter().map(|(slot, form)| (*form, encoder.value(*slot)));
        // A row that gives a value elsewhere gives it in another way than the first rows did.
        let comparable = encoder.shape(ready) == present.shape
            && values().filter(|(_, value)| value.is_some()).count() == encoder.values();
        let row = comparable.then(|| self.prints.of(values()));
        !present.passes_over(self.current, row)
    }

    /// The row that was admitted last is staged.
    pub(super) fn staged(&mut self, ordinal: u64) {
        if self.key.is_some() {
            self.repeats.note(self.current, ordinal);
        }
        if let Table::Wanted { before, .. } = &mut self.table {
            before.push(self.current);
        }
    }

    /// True if it is time for [`Sieve::read_table`].
    pub(super) fn wants_table(&self, staged: u64) -> bool {
        staged >= self.read_from.unwrap_or(SAMPLE).min(SAMPLE) && matches!(self.table, Table::Wanted { .. })
    }

    /// Reads the table's rows, if that promises to be worth while. The encoder holds a row of the most common shape.
    pub(super) async fn read_table(
        &mut self,
        connection: &mut PgConnection,
        encoder: &Encoder<'_>,
        ready: Ready,
    ) -> Result<()> {
        let unread = Table::Unread { passed: 0, repeated: 0 };
        let Table::Wanted { expected, before } = std::mem::replace(&mut self.table, unread) else { return Ok(()) };
        let Some(key) = self.key.as_ref().filter(|key| !key.is_empty()) else { return Ok(()) };
        let layout = &encoder.layout;
        let shape = encoder.shape(ready);
        let given = (shape, encoder.shapes.columns(shape));
        let read = Present::read(connection, layout, given, key, &mut self.prints, expected).await?;
        if let Some(mut present) = read {
            // The row that waits was admitted before the table was read.
            before.iter().chain([&self.current]).for_each(|key| present.see(*key));
            self.table = Table::Read(present);
        }
        Ok(())
    }

    fn stop_reading(&mut self) {
        if !matches!(self.table, Table::Unread { .. }) {
            let (passed, repeated) = self.counts();
            self.table = Table::Unread { passed, repeated };
        }
    }

    fn counts(&self) -> (u64, u64) {
        match &self.table {
            Table::Unread { passed, repeated } => (*passed, *repeated),
            Table::Wanted { .. } => (0, 0),
            Table::Read(present) => present.counts(),
        }
    }

    /// What became of the rows.
    pub(super) fn finish(self) -> Sifted {
        let (passed, repeated) = self.counts();
        let suspects = if self.key.is_some() { self.repeats.suspects() } else { None };
        Sifted { suspects, passed, repeated }
    }
}

/// The parts of the key with their forms, if all rows so far give them in one way and they can be compared by their bytes.
fn comparable(encoder: &Encoder<'_>) -> Option<Vec<(usize, Form)>> {
    let key = encoder.key();
    if !key.expressions.is_empty() || key.predicate.is_some() || key.nulls_not_distinct {
        return None;
    }
    let mut parts = Vec::new();
    for name in key.columns.iter() {
        let index = encoder.layout.table.column_index(name)?;
        leaves(encoder.layout.fields[index].as_ref()?, &mut parts)?;
    }
    Some(parts)
}

fn leaves(node: &Node<'_>, parts: &mut Vec<(usize, Form)>) -> Option<()> {
    match (node.value, &node.routes[..]) {
        (Some(slot), []) => {
            parts.push((slot, Form::of_key(node.column)?));
            Some(())
        }
        (None, [route]) => route.parts.iter().try_for_each(|part| leaves(part, parts)),
        _ => None,
    }
}
