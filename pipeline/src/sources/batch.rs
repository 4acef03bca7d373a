//! What a task collects: rows in the order of loading, and what became of the rest.

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use futures::future::LocalBoxFuture;
use models::{KeyDef, TableDef, Upsert};

use super::found::{Extracted, Found, Place, Refused};
use super::packed::{OfPages, Packed, Turn};
use crate::load::{Iterated, Load};
use crate::validate::{Refusal, check_row};
use crate::{Error, Exit, Result};

/// Everything that a task gives to load: rows of its tables, parents before what names them.
#[derive(Debug, Default)]
pub struct Batch {
    /// The rows.
    pub parts: Vec<Part>,
    /// What cannot be accepted, of all tables.
    pub refused: Vec<Refused>,
    /// What was passed over or could not be had, counted by reason: the result's `skipped`.
    pub skipped: BTreeMap<String, u64>,
    /// References that rows are loaded without, for what they name is not certain.
    pub unresolved_references: u64,
    /// Pages could not be had or read, while others could: the partition is loaded, and not complete.
    pub has_gaps: bool,
    /// Headers, sections and values that extractors do not know, and how often each came.
    pub unknown: BTreeMap<String, u64>,
    /// What people should know besides, each a sentence.
    pub remarks: Vec<String>,
}

/// Rows of one table.
#[derive(Debug)]
pub struct Part {
    /// They.
    pub rows: Box<dyn RowSet>,
    /// They are all that the table is to have: what it has besides is missing.
    pub is_whole: bool,
}

/// Rows of one table, whatever their type.
pub trait RowSet: fmt::Debug + Any {
    /// The table.
    fn table(&self) -> &'static TableDef;

    /// Validates each row, and tells of each whether it would be accepted.
    ///
    /// # Errors
    /// Rows that cannot be made.
    fn check(&self, tell: &mut dyn FnMut(&Place, Result<(), Refusal>)) -> Result<()>;

    /// Loads the rows. They stay, for another attempt.
    fn load<'a, 'c: 'a>(&'a self, load: &'a mut Load<'c>, source: &'a Arc<str>) -> LocalBoxFuture<'a, Result<()>>;
}

#[derive(Debug)]
struct Keyed<R> {
    rows: Vec<Found<R>>,
    key: &'static KeyDef,
}

impl<R: Upsert + Clone + fmt::Debug + Send + Sync + 'static> RowSet for Keyed<R> {
    fn table(&self) -> &'static TableDef {
        R::TABLE
    }

    fn check(&self, tell: &mut dyn FnMut(&Place, Result<(), Refusal>)) -> Result<()> {
        self.rows.iter().for_each(|found| tell(&found.place, check_row(&found.record)));
        Ok(())
    }

    fn load<'a, 'c: 'a>(&'a self, load: &'a mut Load<'c>, source: &'a Arc<str>) -> LocalBoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let rows = self.rows.iter().map(|found| found.clone().into_row(source));
            load.table_by_key(R::TABLE, self.key, &mut Iterated::new(rows)).await.map(drop)
        })
    }
}

impl Batch {
    /// Adds rows by the table's default key.
    pub fn rows<R: Upsert + Clone + fmt::Debug + Send + Sync + 'static>(&mut self, rows: Vec<Found<R>>) {
        self.part(rows, R::CONFLICT_KEY.definition(), false);
    }

    /// Adds rows that are all the table is to have.
    pub fn whole<R: Upsert + Clone + fmt::Debug + Send + Sync + 'static>(&mut self, rows: Vec<Found<R>>) {
        self.part(rows, R::CONFLICT_KEY.definition(), true);
    }

    /// Adds rows by another key of the table.
    ///
    /// # Errors
    /// A table without such a key, which is a defect of the source or of the schema.
    pub fn rows_by<R>(&mut self, key: &str, rows: Vec<Found<R>>) -> Result<()>
    where
        R: Upsert + Clone + fmt::Debug + Send + Sync + 'static,
    {
        let found = R::TABLE.keys.iter().find(|known| known.name == key);
        let missing = || Error::new(Exit::Configuration, format!("{} has no key {key}", R::TABLE.qualified_name()));
        self.part(rows, found.ok_or_else(missing)?, false);
        Ok(())
    }

    /// Adds `number` rows that are made of pages when they are loaded, by the table's default key.
    pub fn pages<R>(&mut self, pages: Vec<Packed>, number: usize, turn: Turn<R>)
    where
        R: Upsert + Clone + fmt::Debug + Send + Sync + 'static,
    {
        let rows = OfPages { pages, turn, number, key: R::CONFLICT_KEY.definition() };
        self.parts.push(Part { rows: Box::new(rows), is_whole: false });
    }

    fn part<R>(&mut self, rows: Vec<Found<R>>, key: &'static KeyDef, is_whole: bool)
    where
        R: Upsert + Clone + fmt::Debug + Send + Sync + 'static,
    {
        self.parts.push(Part { rows: Box::new(Keyed { rows, key }), is_whole });
    }

    /// Takes over what an extractor refused and passed over, and gives its records.
    pub fn take<T>(&mut self, mut extracted: Extracted<T>) -> Vec<Found<T>> {
        self.note(&mut extracted);
        self.refused.extend(extracted.refused);
        extracted.records
    }

    /// Takes over what an extractor passed over and did not know; its refusals stay with its records.
    pub fn note<T>(&mut self, extracted: &mut Extracted<T>) {
        let passed_over = std::mem::take(&mut extracted.passed_over);
        passed_over.into_iter().for_each(|(reason, number)| self.skip(reason, number));
        for (what, number) in std::mem::take(&mut extracted.unknown) {
            *self.unknown.entry(what).or_default() += number;
        }
    }

    /// Counts records whose schools or players were not looked up, for there is no database.
    pub fn not_resolved(&mut self, records: usize) {
        self.skip("not-looked-up", records as u64);
    }

    /// Counts what is not loaded.
    pub fn skip(&mut self, reason: impl Into<String>, number: u64) {
        if number > 0 {
            *self.skipped.entry(reason.into()).or_default() += number;
        }
    }

    /// The rows of a table's type, for tests and for whoever needs more than their number.
    pub fn found<R: 'static>(&self) -> Vec<&Found<R>> {
        let parts = self.parts.iter().filter_map(|part| (&*part.rows as &dyn Any).downcast_ref::<Keyed<R>>());
        parts.flat_map(|part| &part.rows).collect()
    }
}
