//! From a column of the right side to what is compared: itself, or the natural key of the row that it names.

use std::cell::RefCell;
use std::collections::BTreeSet;

use models::{RuntimeValue, TableDef};

use super::family::{As, Family, family};
use super::map::{ColumnMap, TableMap};
use super::plan::{Pair, Planner, Step, Term, What, model};
use super::tables::{Column, Reference, Table};

/// The table that is being compared.
pub(super) struct Root<'a> {
    pub(super) left: &'a Table,
    pub(super) said: Option<&'a TableMap>,
    /// The labels that were met, by which a map may speak of columns.
    pub(super) used: RefCell<BTreeSet<String>>,
}

/// A table, and the way to it from the one that is compared.
#[derive(Debug, Clone)]
pub(super) struct Place<'a> {
    pub(super) table: &'a Table,
    pub(super) steps: Vec<Step>,
}

/// Where on both sides a column is looked for.
pub(super) struct At<'r, 'a> {
    pub(super) root: &'r Root<'a>,
    /// What labels begin with: empty, or such as `school_id.`
    pub(super) prefix: String,
    pub(super) right: Place<'a>,
    /// `None` where the left side has no such way; a map may still say where a column is.
    pub(super) left: Option<Place<'a>>,
}

impl<'a> Planner<'a> {
    /// The natural key of a table: its columns and their pairs. The first that both sides have of: what the map says, the
    /// models' conflict key, unique keys of the right side, then of the left.
    pub(super) fn natural(&self, at: &At<'_, 'a>, circle: &[&Table]) -> Result<(Vec<String>, Vec<Pair>), String> {
        let table = at.right.table;
        let circle = [circle, &[table]].concat();
        let mut first_reason = None;
        for columns in self.candidates(table) {
            let pairs = columns.iter().map(|column| self.expand(at, column, &circle));
            match pairs.collect::<Result<Vec<_>, _>>() {
                Ok(pairs) => return Ok((columns, pairs.concat())),
                Err(reason) => first_reason.get_or_insert(reason),
            };
        }
        Err(first_reason
            .unwrap_or_else(|| format!("{} has no unique key but ids that the database made", table.qualified())))
    }

    fn candidates(&self, table: &Table) -> Vec<Vec<String>> {
        if let Some(key) = self.said(table).and_then(|said| said.key.clone()) {
            return vec![key];
        }
        let mut found = Vec::new();
        let conflict_key = model(table).and_then(TableDef::default_conflict_key);
        if let Some(key) = conflict_key.filter(|key| key.predicate.is_none() && key.expressions.is_empty()) {
            found.push(key.columns.iter().map(ToString::to_string).collect());
        }
        found.extend(keys_of(table).map(|key| key.to_vec()));
        if let Some(left) = self.left_of(table) {
            let named = |key: &[String]| key.iter().map(|column| self.right_column(left, table, column)).collect();
            found.extend(keys_of(left).filter_map(named));
        }
        found.retain(|key: &Vec<String>| !key.iter().any(|column| self.is_surrogate(table, column)));
        found
    }

    /// What is compared for a column: pairs with the same label, or below it if it names a row of another table.
    pub(super) fn expand(&self, at: &At<'_, 'a>, column: &str, circle: &[&Table]) -> Result<Vec<Pair>, String> {
        let label = format!("{}{column}", at.prefix);
        at.root.used.borrow_mut().insert(label.clone());
        let table = at.right.table;
        let right_column =
            table.column(column).ok_or_else(|| format!("{} has no column {column} on the right", table.qualified()))?;
        let left = self.left_side(at, &label, column);
        if let Some((reference, parent)) = self.named_row(table, column) {
            if circle.contains(&parent) {
                return Err(format!("{label} leads back to {}, whose key it is part of", parent.qualified()));
            }
            let step = Step::along(&reference);
            let left = left.ok().and_then(|(place, column)| self.left_step(place, column, &reference, parent));
            let right = at.right.step(step, parent);
            // Where the database does not see to it that the row is there, a missing one is not to pass for none.
            let sure = right.is_sure() && left.as_ref().is_none_or(Place::is_sure);
            let found = match &left {
                Some(left) if !sure => Some(found(&label, left, &right)),
                _ => None,
            };
            let below = At { root: at.root, prefix: format!("{label}."), right, left };
            let (_, mut pairs) = self.natural(&below, circle)?;
            pairs.extend(found);
            return Ok(pairs);
        }
        let (left, left_column) = left?;
        Ok(vec![self.pair(at, label, column, (&left, left_column), right_column)])
    }

    fn pair(
        &self,
        at: &At<'_, 'a>,
        label: String,
        column: &str,
        (left, left_column): (&Place<'a>, &'a Column),
        right_column: &'a Column,
    ) -> Pair {
        let nothing = ColumnMap::default();
        let of_label = at.root.said.and_then(|said| said.columns.get(&label));
        let of_column = || self.said(at.right.table).and_then(|said| said.columns.get(column));
        let said = of_label.or_else(of_column).map_or(&nothing, |said| said.get_ref());
        let zones = said.zones(self.options.zones.each_ref().map(Option::as_deref));
        let rule = said.rule(&self.options.rule);
        let zones_matter = zones.iter().any(Option::is_some);
        let forced: Option<As> = rule.forced;
        let same_type = left_column.of == right_column.of;
        let term = |place: &Place<'_>, column: &Column, zone: Option<&str>| Term {
            steps: place.steps.clone(),
            what: What::Value {
                column: column.name.clone(),
                of: column.of.clone(),
                same_type,
                zone: zone.unwrap_or("UTC").to_owned(),
                sorts_by_bytes: column.sorts_by_bytes,
            },
        };
        let family = family(&left_column.of, &right_column.of, forced, zones_matter);
        let terms = [term(left, left_column, zones[0]), term(&at.right, right_column, zones[1])];
        Pair { label, family, rule, terms }
    }

    /// Where the left side has a column: as the map says of the table that is compared, or of the column's own table, or else
    /// under the same name.
    fn left_side(&self, at: &At<'_, 'a>, label: &str, column: &str) -> Result<(Place<'a>, &'a Column), String> {
        let of_label =
            at.root.said.and_then(|said| said.columns.get(label)).and_then(|said| said.get_ref().left.as_deref());
        if let Some(path) = of_label {
            return self.follow(Place { table: at.root.left, steps: Vec::new() }, path);
        }
        match &at.left {
            Some(place) => self.follow(place.clone(), self.left_column(at.right.table, column)),
            None => Err(format!("the left side does not say which {column} is meant")),
        }
    }

    /// Goes along foreign keys of the left side: `conference_id.ncaa_id`.
    fn follow(&self, mut place: Place<'a>, path: &str) -> Result<(Place<'a>, &'a Column), String> {
        let none = |table: &Table, name: &str| format!("{} has no column {name} on the left", table.qualified());
        let mut rest = path;
        loop {
            if let Some(column) = place.table.column(rest) {
                return Ok((place, column));
            }
            let Some((first, behind)) = rest.split_once('.') else { return Err(none(place.table, rest)) };
            place.table.column(first).ok_or_else(|| none(place.table, first))?;
            let parent = place.table.reference(first).and_then(|reference| {
                Some((Step::along(reference), self.left.get(&reference.schema, &reference.table)?))
            });
            let (step, parent) = parent
                .ok_or_else(|| format!("{} has no foreign key on {first} on the left", place.table.qualified()))?;
            place = place.step(step, parent);
            rest = behind;
        }
    }

    /// The left side's way to the row that a column names: its own foreign key, or else what the right side's says.
    fn left_step(&self, place: Place<'a>, column: &Column, of_right: &Reference, parent: &Table) -> Option<Place<'a>> {
        let left_parent = self.left_of(parent)?;
        let step = match (place.table.reference(&column.name), &of_right.foreign_columns[..]) {
            (Some(own), _) if own.schema == left_parent.schema && own.table == left_parent.name => Step::along(own),
            // It names a row of another table than the one that the right side's is compared with.
            (Some(_), _) => return None,
            (None, [foreign]) => {
                let foreign = self.left_column(parent, foreign).to_owned();
                left_parent.column(&foreign)?;
                Step {
                    columns: vec![column.name.clone()],
                    schema: left_parent.schema.clone(),
                    table: left_parent.name.clone(),
                    foreign_columns: vec![foreign],
                    is_enforced: false,
                }
            }
            (None, _) => return None,
        };
        Some(place.step(step, left_parent))
    }

    /// The foreign key by which a column names a row of another table by an id that the database made, and that table.
    fn named_row(&self, table: &Table, column: &str) -> Option<(Reference, &'a Table)> {
        let of_left = || {
            let left = self.left_of(table)?;
            let reference = left.reference(self.left_column(table, column))?;
            let left_parent = self.left.get(&reference.schema, &reference.table)?;
            let parent = self.right_of(left_parent)?;
            let names = |of: &Table, right: &Table, columns: &[String]| {
                columns.iter().map(|column| self.right_column(of, right, column)).collect::<Option<Vec<_>>>()
            };
            Some(Reference {
                columns: names(left, table, &reference.columns)?,
                schema: parent.schema.clone(),
                table: parent.name.clone(),
                foreign_columns: names(left_parent, parent, &reference.foreign_columns)?,
                is_enforced: false,
            })
        };
        let of_model = || {
            let text = |names: &[models::Str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
            let mut references = model(table)?.references.iter();
            let reference = references.find(|reference| reference.columns.iter().any(|own| own == column))?;
            Some(Reference {
                columns: text(&reference.columns),
                schema: reference.foreign_schema.to_string(),
                table: reference.foreign_table.to_string(),
                foreign_columns: text(&reference.foreign_columns),
                is_enforced: false,
            })
        };
        let reference = table.reference(column).cloned().or_else(of_model).or_else(of_left)?;
        let parent = self.right.get(&reference.schema, &reference.table)?;
        let position = reference.columns.iter().position(|own| own == column)?;
        self.is_surrogate(parent, &reference.foreign_columns[position]).then_some((reference, parent))
    }

    /// Whether a column of the right side is an id that says nothing of the row: on either side, or by the models.
    pub(super) fn is_surrogate(&self, table: &Table, column: &str) -> bool {
        let of_left = || {
            let left = self.left_of(table)?;
            self.right_column(left, table, left.surrogate()?)
        };
        table.surrogate() == Some(column)
            || model(table).and_then(model_surrogate) == Some(column)
            || of_left().as_deref() == Some(column)
    }

    /// What a column of the right side is called on the left.
    pub(super) fn left_column<'n>(&self, table: &Table, column: &'n str) -> &'n str
    where
        'a: 'n,
    {
        let said = self.said(table).and_then(|said| said.columns.get(column));
        said.and_then(|said| said.get_ref().left.as_deref()).unwrap_or(column)
    }

    /// What a column of the left side is called on the right.
    pub(super) fn right_column(&self, left: &Table, right: &Table, column: &str) -> Option<String> {
        left.column(column)?;
        let names = right.columns.iter().map(|own| &own.name);
        { names }.find(|own| self.left_column(right, own) == column).cloned()
    }
}

/// Unique keys but the generated primary key: those without NULL first.
fn keys_of(table: &Table) -> impl Iterator<Item = &[String]> {
    let surrogate = table.surrogate();
    let natural = move |key: &&super::tables::Key| !matches!(&key.columns[..], [one] if surrogate == Some(one));
    let is_whole = |key: &&super::tables::Key| {
        key.columns.iter().all(|name| table.column(name).is_some_and(|column| column.not_null))
    };
    let whole = table.keys.iter().filter(natural).filter(is_whole);
    let nullable = table.keys.iter().filter(natural).filter(move |key| !is_whole(key));
    whole.chain(nullable).map(|key| &key.columns[..])
}

fn model_surrogate(table: &'static TableDef) -> Option<&'static str> {
    let primary = table.keys.iter().find(|key| key.kind == models::KeyKind::PrimaryKey)?;
    let [name] = &primary.columns[..] else { return None };
    let column = table.column(name)?;
    let is_reference = table.references.iter().any(|reference| reference.columns.contains(name));
    let by_client = matches!(
        column.runtime_default,
        Some(
            RuntimeValue::Uuid
                | RuntimeValue::UuidV7
                | RuntimeValue::NanoId { .. }
                | RuntimeValue::Cuid2 { .. }
                | RuntimeValue::Ulid
        )
    );
    let by_server = column.default.as_deref().is_some_and(|sql| sql.contains("nextval(") || sql.contains("uuid"));
    (!is_reference && (column.identity.is_some() || by_server || by_client)).then_some(name)
}

fn found(label: &str, left: &Place<'_>, right: &Place<'_>) -> Pair {
    let terms = [left, right].map(|place| Term { steps: place.steps.clone(), what: What::Found });
    Pair { label: format!("{label} names a row"), family: Family::Bool, rule: Default::default(), terms }
}

impl<'a> Place<'a> {
    fn step(&self, step: Step, table: &'a Table) -> Self {
        let mut steps = self.steps.clone();
        steps.push(step);
        Self { table, steps }
    }

    /// The database guarantees that the last step finds its row.
    fn is_sure(&self) -> bool {
        self.steps.last().is_none_or(|step| step.is_enforced)
    }
}

impl Step {
    fn along(reference: &Reference) -> Self {
        Self {
            columns: reference.columns.clone(),
            schema: reference.schema.clone(),
            table: reference.table.clone(),
            foreign_columns: reference.foreign_columns.clone(),
            is_enforced: reference.is_enforced,
        }
    }
}
