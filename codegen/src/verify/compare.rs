//! Expected against found.

use std::collections::{BTreeMap, BTreeSet};

use super::catalogue::{Column, Constraint, Index, Name, Reference, Relation};
use super::difference::{Comparison, Difference, Severity};
use super::expected::Expected;
use super::name;
use crate::schema::{Enum, ForeignKey, Location, Schema, Table, truncated};
use crate::suggest::nearest;

/// What was learnt of the database.
pub(super) struct Known {
    /// Labels by enum.
    pub(super) enums: BTreeMap<Name, Vec<String>>,
    /// All tables in the schema's schemas.
    pub(super) tables: Vec<Name>,
    /// Those relations of the schema that exist.
    pub(super) live: BTreeMap<Name, Relation>,
    /// How the existing tables should look, or why PostgreSQL refuses the declaration.
    pub(super) expected: BTreeMap<Name, Result<Expected, String>>,
}

/// All differences, in the schema's order; a table's errors come first.
pub(super) fn compare(schema: &Schema, known: &Known) -> Comparison {
    let mut differences = Vec::new();
    for declared in &schema.enums {
        differences.extend(compare_enum(declared, known));
    }
    for sequence in &schema.sequences {
        let found = known.live.get(&name(sequence.schema.as_deref(), &sequence.name));
        if found.is_none_or(|relation| relation.kind != 'S') {
            let mut about = About::new(name(sequence.schema.as_deref(), &sequence.name), None);
            about.error("the sequence is missing", "nextval fails (42P01)");
            differences.append(&mut about.differences);
        }
    }
    for table in &schema.tables {
        let mut found = compare_table(table, known);
        found.sort_by_key(|difference| difference.severity);
        differences.append(&mut found);
    }
    for view in &schema.views {
        let found = known.live.get(&name(view.schema.as_deref(), &view.name));
        let mut about = About::new(name(view.schema.as_deref(), &view.name), Some(&view.location));
        let kind = if view.materialized { 'm' } else { 'v' };
        match found {
            None => about.error("the view is missing", "every select from it fails (42P01)"),
            Some(relation) if relation.kind != kind => {
                let message = format!("it is {} there, not {}", kind_name(relation.kind), kind_name(kind));
                about.warning(message, "refreshing, replacing or dropping it as declared fails (42809)");
            }
            Some(_) => {}
        }
        differences.append(&mut about.differences);
    }
    let declared: BTreeSet<Name> =
        schema.tables.iter().map(|table| name(table.schema.as_deref(), &table.name)).collect();
    for table in known.tables.iter().filter(|table| !declared.contains(table)) {
        let mut about = About::new(table.clone(), None);
        about.note("the schema does not know this table", "nothing");
        differences.append(&mut about.differences);
    }
    Comparison { version: 1, tables: schema.tables.len(), differences }
}

/// Collects the differences of one object.
struct About<'a> {
    object: String,
    location: Option<&'a Location>,
    differences: Vec<Difference>,
}

impl<'a> About<'a> {
    fn new((schema, name): Name, location: Option<&'a Location>) -> Self {
        About { object: format!("{schema}.{name}"), location, differences: Vec::new() }
    }

    fn error(&mut self, message: impl Into<String>, consequence: &'static str) {
        self.at(self.location, Severity::Error, message, consequence);
    }

    fn warning(&mut self, message: impl Into<String>, consequence: &'static str) {
        self.at(self.location, Severity::Warning, message, consequence);
    }

    fn note(&mut self, message: impl Into<String>, consequence: &'static str) {
        self.at(self.location, Severity::Note, message, consequence);
    }

    fn at(
        &mut self,
        location: Option<&Location>,
        severity: Severity,
        message: impl Into<String>,
        consequence: &'static str,
    ) {
        let (object, location) = (self.object.clone(), location.cloned());
        self.differences.push(Difference { severity, object, message: message.into(), consequence, location });
    }
}

fn compare_enum(declared: &Enum, known: &Known) -> Vec<Difference> {
    let name = name(declared.schema.as_deref(), &declared.name);
    let found = known.enums.get(&name);
    let mut about = About::new(name, Some(&declared.location));
    let Some(found) = found else {
        about.error("the enum type is missing", "no column can have it (42704)");
        return about.differences;
    };
    for label in declared.values.iter().filter(|label| !found.contains(label)) {
        about.error(format!("the label '{label}' is missing"), "writing it fails (22P02)");
    }
    for label in found.iter().filter(|label| !declared.values.contains(label)) {
        let message = format!("the label '{label}' is in the database only");
        about.warning(message, "rows that have it are read as unrecognised");
    }
    let common = |a: &[String], b: &[String]| a.iter().filter(|label| b.contains(label)).cloned().collect::<Vec<_>>();
    if common(&declared.values, found) != common(found, &declared.values) {
        about.warning("the labels are in another order", "comparing and sorting give another result");
    }
    about.differences
}

fn compare_table(table: &Table, known: &Known) -> Vec<Difference> {
    let key = name(table.schema.as_deref(), &table.name);
    let mut about = About::new(key.clone(), Some(&table.location));
    let Some(live) = known.live.get(&key) else {
        let near =
            nearest(&key.1, known.tables.iter().filter(|(schema, _)| *schema == key.0).map(|(_, name)| name.as_str()));
        let near = near.map_or_else(String::new, |near| format!("; the database has `{near}`"));
        about.error(format!("the table is missing{near}"), "every statement on it fails (42P01)");
        return about.differences;
    };
    if !matches!(live.kind, 'r' | 'p' | 'f') {
        about.error(
            format!("it is {} there, not a table", kind_name(live.kind)),
            "inserts and keys may not work (42809)",
        );
    }
    compare_references(table, live, &mut about);
    compare_security(table, live, &mut about);
    match known.expected.get(&key) {
        Some(Ok(expected)) => {
            if let Some(message) = &expected.refused {
                let message = format!("as declared it cannot be made in this database: {message}");
                about.error(message, "migrations fail; defaults, checks and indexes are not compared");
            }
            compare_columns(table, expected, live, &mut about);
            compare_constraints(&expected.relation, live, expected.refused.is_none(), &mut about);
            if expected.refused.is_none() {
                compare_indexes(&expected.relation, live, &mut about);
            }
        }
        Some(Err(message)) => {
            let message = format!("as declared it cannot be made in this database: {message}");
            about.error(message, "migrations fail; columns and keys are not compared");
        }
        None => {}
    }
    about.differences
}

fn compare_columns(table: &Table, expected: &Expected, live: &Relation, about: &mut About<'_>) {
    let declared = |name: &str| table.columns.iter().find(|column| truncated(&column.name) == name);
    let unknown: Vec<&str> = live
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .filter(|name| expected.relation.columns.iter().all(|column| column.name != *name))
        .collect();
    for column in &expected.relation.columns {
        let location = declared(&column.name).map(|column| &column.location);
        let mut say = |severity, message: String, consequence| about.at(location, severity, message, consequence);
        let name = &column.name;
        let Some(found) = live.columns.iter().find(|found| found.name == *name) else {
            let near = nearest(name, unknown.iter().copied());
            let near = near.map_or_else(String::new, |near| format!("; the database has `{near}`"));
            let message = format!("column `{name}` ({}) is missing{near}", column.sql_type);
            say(Severity::Error, message, "every statement that names it fails (42703)");
            continue;
        };
        let is_typed = !expected.untyped.contains(name);
        if !is_typed {
            let spelling = declared(name).map(crate::sql::types::ddl).unwrap_or_default();
            let message =
                format!("column `{name}` is {}, and its declared type {spelling} does not exist", found.sql_type);
            say(Severity::Error, message, "migrations fail (42704)");
        } else if column.sql_type != found.sql_type {
            let message = format!("column `{name}` is {}, not {}", found.sql_type, column.sql_type);
            say(Severity::Error, message, "values may not fit, and may not be readable as the model's type");
        }
        match (column.not_null, found.not_null) {
            (true, false) => {
                let message = format!("column `{name}` allows null there");
                say(Severity::Error, message, "a row that has a null in it cannot be read");
            }
            (false, true) => {
                let message = format!("column `{name}` is not null there");
                say(Severity::Error, message, "writing a null fails (23502)");
            }
            _ => {}
        }
        if is_typed {
            compare_filling(column, found, expected.refused.is_none(), &mut say);
        }
    }
    for name in unknown {
        let Some(found) = live.columns.iter().find(|column| column.name == name) else { continue };
        let filled = found.default.is_some() || !found.identity.is_empty() || !found.not_null;
        let message = format!("column `{name}` ({}) is in the database only", found.sql_type);
        if filled {
            about.warning(message, "the models do not read or write it");
        } else {
            about.error(format!("{message}, not null and without a default"), "every insert fails (23502)");
        }
    }
}

/// Defaults, identities and generated expressions.
fn compare_filling(
    column: &Column,
    found: &Column,
    with_expressions: bool,
    say: &mut impl FnMut(Severity, String, &'static str),
) {
    let name = &column.name;
    if column.identity != found.identity {
        let identity = |column: &Column| match column.identity.as_str() {
            "a" => "generated always as identity",
            "d" => "generated by default as identity",
            _ => "no identity",
        };
        let message = format!("column `{name}` is {} there, not {}", identity(found), identity(column));
        let severity = if found.identity == "d" { Severity::Warning } else { Severity::Error };
        say(severity, message, "inserts fail or number rows otherwise (23502, 428C9)");
    }
    if !with_expressions || (column.is_serial() && found.is_serial()) {
        return;
    }
    if column.generated != found.generated {
        let (there, here) = if found.generated { ("is", "is not") } else { ("is not", "is") };
        let message = format!("column `{name}` {there} generated there, and {here} in the schema");
        say(Severity::Error, message, "inserts fail (428C9), or the column stays empty");
        return;
    }
    let what = if column.generated { "expression" } else { "default" };
    match (&column.default, &found.default) {
        (Some(expected), Some(found)) if expected != found => {
            let message = format!("column `{name}` has the {what} {found}, not {expected}");
            say(Severity::Warning, message, "rows that leave it out get another value");
        }
        (Some(expected), None) if column.not_null => {
            let message = format!("column `{name}` lacks the {what} {expected}");
            say(Severity::Error, message, "inserts that leave it out fail (23502)");
        }
        (Some(expected), None) => {
            let message = format!("column `{name}` lacks the {what} {expected}");
            say(Severity::Warning, message, "rows that leave it out get null");
        }
        (None, Some(found)) if column.identity.is_empty() => {
            let message = format!("column `{name}` has the {what} {found}, and none in the schema");
            say(Severity::Warning, message, "rows that leave it out get that instead of null or an error");
        }
        _ => {}
    }
}

fn compare_constraints(expected: &Relation, live: &Relation, with_checks: bool, about: &mut About<'_>) {
    let same = |a: &Constraint, b: &Constraint| a.kind == b.kind && a.definition == b.definition;
    let compared = |constraint: &&Constraint| with_checks || constraint.kind != 'c';
    for constraint in expected.constraints.iter().filter(compared) {
        let Constraint { name, kind, definition } = constraint;
        let alike: Vec<&Constraint> = live.constraints.iter().filter(|found| same(found, constraint)).collect();
        if alike.iter().any(|found| found.name == *name) {
            continue;
        }
        if let Some(found) = alike.first() {
            let message = format!("{} `{name}` is called `{}` there", kind_name_of(*kind), found.name);
            about.note(message, "a migration that drops or renames it by name fails");
            continue;
        }
        let other = live.constraints.iter().find(|found| found.name == *name);
        let found = other.map_or_else(|| "is missing".to_owned(), |other| format!("is {} there", other.definition));
        let message = format!("{} `{name}` {definition} {found}", kind_name_of(*kind));
        if *kind == 'c' {
            about.warning(message, "rows that the schema forbids can be stored");
        } else {
            about.error(message, "ON CONFLICT on it fails (42P10), and duplicates can be stored");
        }
    }
    for constraint in live.constraints.iter().filter(compared) {
        let known = |declared: &Constraint| same(declared, constraint) || declared.name == constraint.name;
        if expected.constraints.iter().any(known) {
            continue;
        }
        let Constraint { name, kind, definition } = constraint;
        let message = format!("{} `{name}` {definition} is in the database only", kind_name_of(*kind));
        let consequence = if *kind == 'c' {
            "rows that the schema allows may be refused (23514)"
        } else {
            "rows that the schema allows may be refused as duplicates (23505)"
        };
        about.warning(message, consequence);
    }
}

fn compare_indexes(expected: &Relation, live: &Relation, about: &mut About<'_>) {
    let same = |a: &Index, b: &Index| a.unique == b.unique && a.definition == b.definition;
    let what = |index: &Index| if index.unique { "unique index" } else { "index" };
    for index in &expected.indexes {
        let Index { name, unique, definition, .. } = index;
        let alike: Vec<&Index> = live.indexes.iter().filter(|found| same(found, index)).collect();
        if let Some(found) = alike.iter().find(|found| found.name == *name).or(alike.first()) {
            if !found.valid {
                let message = format!("{} `{}` is invalid: it was not built to the end", what(index), found.name);
                about.error(message, "it is not used, and ON CONFLICT on it fails; drop it and create it again");
            } else if found.name != *name {
                let message = format!("{} `{name}` is called `{}` there", what(index), found.name);
                about.note(message, "a migration that drops or renames it by name fails");
            }
            continue;
        }
        let other = live.indexes.iter().find(|found| found.name == *name);
        let found = other
            .map_or_else(|| "is missing".to_owned(), |other| format!("is {} {} there", what(other), other.definition));
        let message = format!("{} `{name}` {definition} {found}", what(index));
        if *unique {
            about.error(message, "ON CONFLICT on it fails (42P10), and duplicates can be stored");
        } else {
            about.warning(message, "queries that rely on it are slow");
        }
    }
    for index in &live.indexes {
        let known = |declared: &Index| same(declared, index) || declared.name == index.name;
        if expected.indexes.iter().any(known) {
            continue;
        }
        let message = format!("{} `{}` {} is in the database only", what(index), index.name, index.definition);
        if index.unique {
            about.warning(message, "rows that the schema allows may be refused as duplicates (23505)");
        } else {
            about.note(message, "nothing");
        }
    }
}

fn compare_references(table: &Table, live: &Relation, about: &mut About<'_>) {
    let expected: Vec<Reference> = table.foreign_keys.iter().map(reference).collect();
    let same = |a: &Reference, b: &Reference| {
        (&a.columns, &a.foreign_schema, &a.foreign_table, &a.foreign_columns)
            == (&b.columns, &b.foreign_schema, &b.foreign_table, &b.foreign_columns)
    };
    let shown = |reference: &Reference| {
        let Reference { columns, foreign_schema, foreign_table, foreign_columns, .. } = reference;
        format!("({}) to {foreign_schema}.{foreign_table}({})", columns.join(", "), foreign_columns.join(", "))
    };
    for reference in &expected {
        let Some(found) = live.references.iter().find(|found| same(found, reference)) else {
            let message = format!("the foreign key {} is missing", shown(reference));
            about.warning(message, "rows without a parent can be stored");
            continue;
        };
        for (event, expected, found) in
            [("delete", reference.on_delete, found.on_delete), ("update", reference.on_update, found.on_update)]
        {
            if expected != found {
                let message = format!(
                    "the foreign key {} says ON {} {}, not {}",
                    shown(reference),
                    event.to_uppercase(),
                    action_name(found),
                    action_name(expected)
                );
                about.warning(message, "changing a parent row has another effect");
            }
        }
        if found.name != reference.name {
            let message = format!("the foreign key `{}` is called `{}` there", reference.name, found.name);
            about.note(message, "a migration that drops or renames it by name fails");
        }
    }
    for found in live.references.iter().filter(|found| !expected.iter().any(|reference| same(found, reference))) {
        let message = format!("the foreign key {} is in the database only", shown(found));
        about.warning(message, "rows that the schema allows may be refused (23503)");
    }
}

fn compare_security(table: &Table, live: &Relation, about: &mut About<'_>) {
    match (table.is_secured(), live.secured) {
        (true, false) => {
            about.error("row level security is not enabled there", "rows are visible that the policies would hide");
        }
        (false, true) => about.warning("row level security is enabled there only", "rows may be hidden or refused"),
        _ => {}
    }
}

fn reference(key: &ForeignKey) -> Reference {
    let cut = |names: &[String]| names.iter().map(|name| truncated(name).to_owned()).collect();
    let (foreign_schema, foreign_table) = name(key.foreign_schema.as_deref(), &key.foreign_table);
    Reference {
        name: truncated(&key.name).to_owned(),
        columns: cut(&key.columns),
        foreign_schema,
        foreign_table,
        foreign_columns: cut(&key.foreign_columns),
        on_delete: action(&key.on_delete),
        on_update: action(&key.on_update),
    }
}

/// `pg_constraint.confdeltype` of an action.
fn action(name: &str) -> char {
    match name {
        "restrict" => 'r',
        "cascade" => 'c',
        "set null" => 'n',
        "set default" => 'd',
        _ => 'a',
    }
}

fn action_name(action: char) -> &'static str {
    match action {
        'r' => "RESTRICT",
        'c' => "CASCADE",
        'n' => "SET NULL",
        'd' => "SET DEFAULT",
        _ => "NO ACTION",
    }
}

fn kind_name_of(constraint: char) -> &'static str {
    match constraint {
        'p' => "primary key",
        'u' => "unique constraint",
        _ => "check",
    }
}

fn kind_name(relation: char) -> &'static str {
    match relation {
        'v' => "a view",
        'm' => "a materialised view",
        'S' => "a sequence",
        'f' => "a foreign table",
        _ => "a table",
    }
}
