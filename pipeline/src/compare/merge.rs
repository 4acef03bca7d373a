//! Reads both sides at once, in the order of their keys, and counts what differs.

use std::cmp::Ordering;
use std::sync::Arc;

use super::family::Family;
use super::outcome::{ColumnOutcome, Difference, Duplicates, Found, Key, Rows, Status, TableOutcome};
use super::plan::TablePlan;
use super::stream::Cursor;
use super::value::{Fields, both_shown, key_order, shown};
use crate::report::Progress;

/// After how many rows the progress is told.
const TOLD: u64 = 1 << 16;

/// The most rows of one key and side that are compared with each other: more are no key's fault but the choice of the key.
const MOST_REPEATS: usize = 256;

/// Merges the rows of both sides. If reading one fails, what is counted is of no use.
pub(super) async fn merge(
    plan: &TablePlan,
    left: &mut Cursor,
    right: &mut Cursor,
    samples: usize,
    progress: &Progress,
) -> TableOutcome {
    let mut tally = Tally::new(plan, samples);
    let mut task = progress.rows(&tally.outcome.table, None);
    let mut told = 0;
    loop {
        let passed = left.passed + right.passed;
        if passed - told >= TOLD {
            task.advance(passed - told, 0);
            told = passed;
        }
        let order = match (left.has_row().await, right.has_row().await) {
            _ if left.is_broken || right.is_broken => break,
            (false, false) => break,
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (true, true) => {
                let ((one, repeats), (other, others_repeat)) = (left.row(), right.row());
                if one == other && !repeats && !others_repeat {
                    tally.outcome.rows.equal += 1;
                    left.step();
                    right.step();
                    continue;
                }
                key_order(&tally.key, one, other)
            }
        };
        let repeats = order.is_le() && left.row().1 || order.is_ge() && right.row().1;
        if repeats {
            tally.group(left, right, order).await;
            continue;
        }
        match order {
            Ordering::Less => tally.only(0, left.row().0),
            Ordering::Greater => tally.only(1, right.row().0),
            Ordering::Equal => tally.pair(left.row().0, right.row().0),
        }
        if order.is_le() {
            left.step();
        }
        if order.is_ge() {
            right.step();
        }
    }
    tally.outcome.rows.left = left.passed;
    tally.outcome.rows.right = right.passed;
    tally.outcome.conclude();
    tally.outcome
}

struct Tally<'a> {
    plan: &'a TablePlan,
    key: Arc<[Family]>,
    samples: usize,
    outcome: TableOutcome,
}

impl TablePlan {
    /// The families of the key's parts.
    pub(super) fn key_families(&self) -> Arc<[Family]> {
        self.key.iter().map(|pair| pair.family).collect()
    }
}

impl<'a> Tally<'a> {
    fn new(plan: &'a TablePlan, samples: usize) -> Self {
        let column = |column: &str| ColumnOutcome { column: column.to_owned(), differences: 0, samples: Vec::new() };
        let [left_table, table] = plan.names.each_ref().map(|(schema, name)| format!("{schema}.{name}"));
        let outcome = TableOutcome {
            table,
            left_table,
            key: plan.key.iter().map(|pair| pair.label.clone()).collect(),
            status: Status::Equal,
            rows: Rows::default(),
            only_left: Found::default(),
            only_right: Found::default(),
            duplicates_left: Duplicates::default(),
            duplicates_right: Duplicates::default(),
            columns: plan.values.iter().map(|pair| column(&pair.label)).collect(),
            compared_columns: plan.values.len(),
            not_compared: plan.not_compared.clone(),
            ignored: plan.ignored.clone(),
            seconds: 0.0,
        };
        Self { plan, key: plan.key_families(), samples, outcome }
    }

    fn key(&self, row: &[u8]) -> Key {
        let parts = self.plan.key.iter().zip(Fields(row));
        parts.map(|(pair, value)| (pair.label.clone(), value.map(|value| shown(pair.family, value)))).collect()
    }

    /// A row whose key the other side does not have.
    fn only(&mut self, side: usize, row: &[u8]) {
        let key = (self.side(side).samples.len() < self.samples).then(|| self.key(row));
        let found = self.side(side);
        found.rows += 1;
        found.samples.extend(key);
    }

    fn side(&mut self, side: usize) -> &mut Found {
        if side == 0 { &mut self.outcome.only_left } else { &mut self.outcome.only_right }
    }

    /// Two rows of the same key.
    fn pair(&mut self, left: &[u8], right: &[u8]) {
        let mut changed = false;
        for (place, (one, other)) in self.values(left, right).enumerate() {
            let pair = &self.plan.values[place];
            if one == other || pair.rule.same(pair.family, one, other) {
                continue;
            }
            changed = true;
            self.outcome.columns[place].differences += 1;
            if self.outcome.columns[place].samples.len() < self.samples {
                let [one, other] = both_shown(pair.family, [one, other]);
                let sample = Difference { key: self.key(left), left: one, right: other };
                self.outcome.columns[place].samples.push(sample);
            }
        }
        match changed {
            true => self.outcome.rows.changed += 1,
            false => self.outcome.rows.equal += 1,
        }
    }

    /// The values of two rows behind their keys.
    fn values<'r>(
        &self,
        left: &'r [u8],
        right: &'r [u8],
    ) -> impl Iterator<Item = (Option<&'r [u8]>, Option<&'r [u8]>)> + use<'r> {
        Fields(left).zip(Fields(right)).skip(self.key.len())
    }

    fn same(&self, left: &[u8], right: &[u8]) -> bool {
        let mut values = self.values(left, right).zip(&self.plan.values);
        left == right || values.all(|((one, other), pair)| one == other || pair.rule.same(pair.family, one, other))
    }

    /// Rows of one key that some side has several times: those that are the same are paired, then the others as they come.
    async fn group(&mut self, left: &mut Cursor, right: &mut Cursor, order: Ordering) {
        let first = if order.is_le() { left.row().0 } else { right.row().0 }.to_vec();
        let (one, mut lefts) = self.collect(left, &first).await;
        let (other, mut rights) = self.collect(right, &first).await;
        for (side, count) in [one, other].into_iter().enumerate() {
            if count > 1 {
                let key = self.key(&first);
                let samples = self.samples;
                let duplicates = match side {
                    0 => &mut self.outcome.duplicates_left,
                    _ => &mut self.outcome.duplicates_right,
                };
                duplicates.keys += 1;
                duplicates.rows += count;
                if duplicates.samples.len() < samples {
                    duplicates.samples.push(key);
                }
            }
        }
        if one.max(other) > MOST_REPEATS as u64 {
            self.outcome.rows.not_compared += one + other;
            return;
        }
        lefts.retain(|one| match rights.iter().position(|other| self.same(one, other)) {
            Some(place) => {
                self.outcome.rows.equal += 1;
                rights.remove(place);
                false
            }
            None => true,
        });
        let (mut lefts, mut rights) = (lefts.into_iter(), rights.into_iter());
        loop {
            match (lefts.next(), rights.next()) {
                (Some(one), Some(other)) => self.pair(&one, &other),
                (Some(one), None) => self.only(0, &one),
                (None, Some(other)) => self.only(1, &other),
                (None, None) => break,
            }
        }
    }

    /// Passes the rows of a key: how many there were, and the rows themselves as far as they are to be compared.
    async fn collect(&self, cursor: &mut Cursor, key: &[u8]) -> (u64, Vec<Vec<u8>>) {
        let before = cursor.passed;
        let mut rows = Vec::new();
        while cursor.has_row().await && key_order(&self.key, cursor.row().0, key).is_eq() {
            if rows.len() < MOST_REPEATS {
                rows.push(cursor.row().0.to_vec());
            }
            cursor.step();
        }
        (cursor.passed - before, rows)
    }
}
