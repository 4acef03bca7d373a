//! What the modules export, in drizzle-kit's order, as the schema IR.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::casing::Casing;
use super::column::{ColumnBase, ColumnData, column_of};
use super::constraint::{Check, ForeignKey, PrimaryKey, Unique};
use super::default::default;
use super::enums::PgEnum;
use super::index::Index;
use super::known;
use super::pg_schema::PgSchema;
use super::relations::Relations;
use super::runtime_value::runtime_value;
use super::security::{PgPolicy, PgRole};
use super::sequence::{PgSequence, sequence_options};
use super::sql::{Sql, Style, column_name};
use super::table::{InlineReference, Table};
use super::view::View;
use crate::diagnostic::Diagnostic;
use crate::evaluate::{Call, Eval, Interpreter, Kind, Obj, Object, Value};
use crate::parse::{ModuleGraph, ModuleId};
use crate::schema::{self, IR_VERSION, Schema};
use crate::source::Span;

/// Lowers what the entry modules export. Errors are reported to the interpreter, and what they spoil is left out.
pub fn lower(cx: &mut Interpreter<'_>, graph: &ModuleGraph, casing: Casing) -> Schema {
    let schema = Schema {
        version: IR_VERSION,
        schemas: Vec::new(),
        enums: Vec::new(),
        sequences: Vec::new(),
        roles: Vec::new(),
        tables: Vec::new(),
        views: Vec::new(),
        policies: Vec::new(),
        relations: Vec::new(),
    };
    let mut lowering =
        Lowering { cx, graph, casing, schema, seen: HashSet::new(), tables: HashMap::new(), policies: Vec::new() };
    for entry in &graph.entries {
        lowering.module(*entry);
    }
    lowering.link_policies();
    // Stable: drizzle-kit creates plain views first.
    lowering.schema.views.sort_by_key(|view| view.materialized);
    lowering.schema
}

struct Lowering<'c, 'i, 'g> {
    cx: &'c mut Interpreter<'i>,
    graph: &'g ModuleGraph,
    casing: Casing,
    schema: Schema,
    /// What has been taken already: drizzle-kit takes what several modules export once.
    seen: HashSet<*const Object>,
    /// The tables' places by their qualified names.
    tables: HashMap<String, usize>,
    /// Exported policies, which may be linked to tables that are exported later.
    policies: Vec<Obj>,
}

impl Lowering<'_, '_, '_> {
    fn module(&mut self, id: ModuleId) {
        for name in self.cx.export_names(id) {
            let value = match self.cx.export(id, &name, Span::default()) {
                Ok(value) => value,
                Err(thrown) => {
                    self.cx.report(*thrown.diagnostic);
                    continue;
                }
            };
            // It may have been a table.
            if let Value::Opaque(opaque) = &value
                && let Some(failure) = &opaque.failure
            {
                self.cx.report((**failure).clone());
            }
            let Some(object) = value.as_object() else { continue };
            // The modules keep what they export alive, so that an address stands for one object.
            if !self.seen.insert(Rc::as_ptr(object)) {
                continue;
            }
            if let Err(thrown) = self.export(&name, &value) {
                self.cx.report(*thrown.diagnostic);
            }
        }
    }

    /// drizzle-kit keeps what is exported by name: of two with the same one, the later replaces the earlier.
    fn export(&mut self, name: &str, value: &Value) -> Eval<()> {
        if let Some(table) = value.as_host::<Table>() {
            let table = self.table(name, table)?;
            match self.tables.entry(table.qualified_name()) {
                Entry::Occupied(known) => self.schema.tables[*known.get()] = table,
                Entry::Vacant(new) => {
                    new.insert(self.schema.tables.len());
                    self.schema.tables.push(table);
                }
            }
        } else if let Some(enum_) = value.as_host::<PgEnum>() {
            let declaration = self.cx.declaration(enum_.span);
            let lowered = schema::Enum {
                schema: enum_.schema.clone(),
                name: enum_.name.clone(),
                values: enum_.values.clone(),
                docs: self.graph.docs(declaration).map(str::to_owned),
                location: self.graph.sources.location(declaration),
            };
            put(&mut self.schema.enums, lowered, |a, b| a.name == b.name && a.schema == b.schema);
        } else if let Some(pg_schema) = value.as_host::<PgSchema>() {
            put(&mut self.schema.schemas, pg_schema.name.clone(), |a, b| a == b);
        } else if let Some(sequence) = value.as_host::<PgSequence>() {
            let sequence = sequence.lower(self.cx)?;
            let known = &mut self.schema.sequences;
            if !known.iter().any(|other| other.name == sequence.name && other.schema == sequence.schema) {
                known.push(sequence);
            }
        } else if let Some(role) = value.as_host::<PgRole>() {
            if let Some(role) = role.lower(self.cx)? {
                put(&mut self.schema.roles, role, |a, b| a.name == b.name);
            }
        } else if let Some(view) = value.as_host::<View>() {
            let view = self.view(name, view)?;
            self.schema.views.push(view);
        } else if let Some(relations) = value.as_host::<Relations>() {
            let relations = relations.lower(self.cx, self.casing)?;
            self.schema.relations.extend(relations);
        } else if value.as_host::<PgPolicy>().is_some() {
            self.policies.extend(value.as_object().cloned());
        }
        Ok(())
    }

    /// Policies that are exported go to the tables that `.link()` names, after the tables' own.
    fn link_policies(&mut self) {
        for object in std::mem::take(&mut self.policies) {
            let Some(policy) = object.as_host::<PgPolicy>() else { continue };
            let lowered = match policy.lower(self.cx, self.casing) {
                Ok(lowered) => lowered,
                Err(thrown) => {
                    self.cx.report(*thrown.diagnostic);
                    continue;
                }
            };
            let Some(linked) = policy.linked() else {
                let in_a_table = |table: &schema::Table| table.policies.iter().any(|own| own.name == lowered.name);
                if !self.schema.tables.iter().any(in_a_table) {
                    let message = format!("policy `{}` is on no table: it is left out", lowered.name);
                    let warning =
                        Diagnostic::warning("E0403", message).at(policy.span, "drizzle-kit leaves it out too");
                    self.cx.report(warning.help("put it among the table's own, or call `.link(table)`"));
                }
                continue;
            };
            let name = format!("{}.{}", linked.schema.as_deref().unwrap_or("public"), linked.name);
            match self.tables.get(&name) {
                Some(table) => {
                    let policies = &mut self.schema.tables[*table].policies;
                    if let Err(thrown) = add_policy(policies, lowered, policy.span) {
                        self.cx.report(*thrown.diagnostic);
                    }
                }
                None => self.schema.policies.push(schema::LinkedPolicy {
                    schema: linked.schema.clone(),
                    table: linked.name.clone(),
                    policy: lowered,
                }),
            }
        }
    }

    fn view(&mut self, key: &str, view: &View) -> Eval<schema::View> {
        let style = Style { qualified: true, casing: self.casing };
        let mut with = None;
        if let Some((options, span)) = &view.options.with {
            let mut given = Vec::new();
            for (key, value, _) in self.cx.entries(options, *span)? {
                if value.is_undefined() {
                    continue;
                }
                match self.cx.to_text(&value, *span)? {
                    Ok(text) => given.push((option_name(&key), text)),
                    Err(value) => return Err(known::mismatch(&value, *span, "an option of a view", "a literal").into()),
                }
            }
            with = Some(given);
        }
        let mut columns = Vec::with_capacity(view.columns.len());
        for column in &view.columns {
            columns.push(self.column(column)?);
        }
        let declaration = self.cx.declaration(view.span);
        Ok(schema::View {
            schema: view.name.schema.clone(),
            name: view.name.name.clone(),
            key: key.to_owned(),
            location: self.graph.sources.location(declaration),
            materialized: view.materialized,
            definition: view.definition(self.cx, style)?,
            columns,
            with,
            using: view.options.using.clone(),
            tablespace: view.options.tablespace.clone(),
            with_no_data: view.options.with_no_data,
        })
    }

    fn table(&mut self, key: &str, table: &Table) -> Eval<schema::Table> {
        let declaration = self.cx.declaration(table.span);
        let (docs, conflict_key) = self.graph.docs(declaration).map(split_tags).unwrap_or_default();
        let mut lowered = schema::Table {
            schema: table.name.schema.clone(),
            name: table.name.name.clone(),
            key: key.to_owned(),
            docs,
            conflict_key,
            location: self.graph.sources.location(declaration),
            columns: Vec::new(),
            primary_key: None,
            uniques: Vec::new(),
            indexes: Vec::new(),
            foreign_keys: Vec::new(),
            checks: Vec::new(),
            row_level_security: table.row_level_security.is_raised(),
            policies: Vec::new(),
        };
        for column in &table.columns {
            // An error in one column is told, and the others go on.
            match self.column(column) {
                Ok(column) => lowered.columns.push(column),
                Err(thrown) => self.cx.report(*thrown.diagnostic),
            }
            if column.config.is_unique {
                lowered.uniques.push(schema::UniqueConstraint {
                    name: column.config.unique_name.clone().unwrap_or_default(),
                    columns: vec![self.name(column)],
                    nulls_not_distinct: column.config.nulls_not_distinct,
                });
            }
        }
        for reference in &table.inline_references {
            match self.inline_reference(reference, table) {
                Ok(Some(key)) => put(&mut lowered.foreign_keys, key, |a, b| a.name == b.name),
                Ok(None) => {}
                Err(thrown) => self.cx.report(*thrown.diagnostic),
            }
        }
        for item in self.extra_config(table)? {
            if let Err(thrown) = self.extra(&item, table, &mut lowered) {
                self.cx.report(*thrown.diagnostic);
            }
        }
        Ok(lowered)
    }

    /// The builders that the extra configuration gives: an array (flattened once), or an object's values.
    fn extra_config(&mut self, table: &Table) -> Eval<Vec<Value>> {
        let Some((function, columns)) = &table.extra else { return Ok(Vec::new()) };
        let config = self.cx.call(function, &Call::with([columns.clone()], table.extra_span))?;
        if known::is_reported(&config) {
            return Ok(Vec::new());
        }
        match config.as_array() {
            Some(items) => {
                Ok(items.into_iter().flat_map(|item| item.as_array().unwrap_or_else(|| vec![item])).collect())
            }
            None if matches!(config, Value::Opaque(_)) => {
                let what = format!("the extra configuration of table `{}`", table.name.name);
                Err(known::mismatch(&config, table.extra_span, &what, "an array").into())
            }
            None => Ok(self.cx.entries(&config, table.extra_span)?.into_iter().map(|(_, value, _)| value).collect()),
        }
    }

    fn extra(&mut self, item: &Value, table: &Table, lowered: &mut schema::Table) -> Eval<()> {
        if let Some(key) = item.as_host::<PrimaryKey>() {
            let columns = self.columns(&key.columns, key.span, "a column of a primary key")?;
            let mut name = key.name.clone().unwrap_or_else(|| {
                let names: Vec<&str> = columns.iter().map(|column| column.config.name.as_str()).collect();
                format!("{}_{}_pk", table.name.name, names.join("_"))
            });
            self.recase(&mut name, &columns);
            lowered.primary_key = Some(schema::PrimaryKey { name, columns: self.names(&columns) });
        } else if let Some(unique) = item.as_host::<Unique>() {
            let columns = self.columns(&unique.columns, unique.span, "a column of a unique constraint")?;
            // drizzle-orm makes this name of the properties' names, whatever the casing.
            let name = unique.name.clone().unwrap_or_else(|| {
                let names: Vec<&str> = columns.iter().map(|column| column.config.name.as_str()).collect();
                format!("{}_{}_unique", table.name.name, names.join("_"))
            });
            let nulls_not_distinct = unique.nulls_not_distinct.is_raised();
            let columns = self.names(&columns);
            lowered.uniques.push(schema::UniqueConstraint { name, columns, nulls_not_distinct });
        } else if let Some(key) = item.as_host::<ForeignKey>() {
            if let Some(key) = self.foreign_key(key, table)? {
                put(&mut lowered.foreign_keys, key, |a, b| a.name == b.name);
            }
        } else if let Some(index) = item.as_host::<Index>() {
            let index = self.index(index, table)?;
            lowered.indexes.push(index);
        } else if let Some(check) = item.as_host::<Check>() {
            let expression = self.sql(&check.condition, check.span, "the condition of a check", true)?;
            lowered.checks.push(schema::Check { name: check.name.clone(), expression });
        } else if let Some(policy) = item.as_host::<PgPolicy>() {
            let lowered_policy = policy.lower(self.cx, self.casing)?;
            add_policy(&mut lowered.policies, lowered_policy, policy.span)?;
        } else if matches!(item, Value::Bool(false)) || item.is_nullish() {
            // What a condition left out (`isLarge && index()…`), drizzle-orm passes over.
        } else if matches!(item.as_object().map(|object| &object.kind), Some(Kind::Plain)) {
            // As `drizzle-kit pull` writes what it cannot express: drizzle-orm passes over it too.
        } else if !known::is_reported(item) {
            let what = format!("an entry of the extra configuration of table `{}`", table.name.name);
            let expected = "an index, a key, a unique constraint or a check";
            return Err(known::mismatch(item, table.extra_span, &what, expected).into());
        }
        Ok(())
    }

    fn column(&mut self, column: &ColumnData) -> Eval<schema::Column> {
        let config = &column.config;
        let (mode, text_enum) = match &config.base {
            ColumnBase::Known(info) => (info.mode.clone(), info.text_enum.clone()),
            _ => (None, None),
        };
        let generated = match &config.generated {
            None => None,
            Some((value, span)) => {
                let value =
                    if value.is_callable() { self.cx.call(value, &Call::with([], *span))? } else { value.clone() };
                match value.as_str() {
                    Some(text) => Some(text.to_owned()),
                    None => Some(self.sql(&value, *span, "the expression of a generated column", true)?),
                }
            }
        };
        let name = self.name(column);
        let mut compute = |function: &Option<Value>| {
            let function = function.as_ref()?;
            Some(runtime_value(self.cx, function, column.key_span))
        };
        Ok(schema::Column {
            runtime_default: compute(&config.default_fn),
            on_update: compute(&config.on_update),
            default: default(self.cx, column, self.casing)?,
            identity: self.identity(column, &name)?,
            generated,
            key: column.key.to_string(),
            docs: self.graph.docs(column.key_span).map(str::to_owned),
            location: self.graph.sources.location(column.key_span),
            sql_type: column.sql_type.clone(),
            data_type: column.data_type.clone(),
            mode,
            not_null: config.not_null,
            primary_key: config.primary_key,
            typescript_type: config.typescript_type.and_then(|span| self.type_text(span)),
            text_enum,
            name,
        })
    }

    /// The text between `<` and `>`.
    fn type_text(&self, span: Span) -> Option<String> {
        let (file, range) = self.graph.sources.locate(span)?;
        let text = file.text[range].trim();
        Some(text.strip_prefix('<')?.strip_suffix('>')?.trim().to_owned())
    }

    fn identity(&mut self, column: &ColumnData, name: &str) -> Eval<Option<schema::Identity>> {
        let Some((always, given)) = &column.config.identity else { return Ok(None) };
        let what = format!("of the identity of column `{name}`");
        let options = sequence_options(self.cx, given, column.key_span, &what, &column.sql_type)?;
        let sequence = match given {
            given if given.is_nullish() => Value::Undefined,
            given => self.cx.get(given, "name", column.key_span)?,
        };
        let sequence = match sequence {
            Value::Undefined => format!("{}_{name}_seq", column.table.name),
            Value::String(name) => name.to_string(),
            other => {
                let what = format!("the sequence's name {what}");
                return Err(known::mismatch(&other, column.key_span, &what, "a string").into());
            }
        };
        Ok(Some(schema::Identity { always: *always, sequence, options }))
    }

    fn inline_reference(&mut self, reference: &InlineReference, table: &Table) -> Eval<Option<schema::ForeignKey>> {
        let target = self.cx.call(&reference.target, &Call::with([], reference.span))?;
        if known::is_reported(&target) {
            return Ok(None);
        }
        let Some(foreign) = column_of(&target) else {
            let what = format!("what column `{}` references", reference.column.config.name);
            return Err(known::mismatch(&target, reference.span, &what, "a column").into());
        };
        let mut action = |key: &str| -> Eval<String> {
            if reference.actions.is_nullish() {
                return Ok("no action".to_owned());
            }
            let value = self.cx.get(&reference.actions, key, reference.span)?;
            match value.as_str() {
                Some(action) => Ok(action.to_owned()),
                None if value.is_undefined() => Ok("no action".to_owned()),
                None => {
                    let what = format!("`{key}` of a reference");
                    Err(known::mismatch(&value, reference.span, &what, "a string").into())
                }
            }
        };
        let (on_delete, on_update) = (action("onDelete")?, action("onUpdate")?);
        Ok(Some(self.reference(None, std::slice::from_ref(&reference.column), &[foreign], table, on_delete, on_update)))
    }

    fn foreign_key(&mut self, key: &ForeignKey, table: &Table) -> Eval<Option<schema::ForeignKey>> {
        let call = Call::with([key.config.clone()], key.span);
        let name = super::constraint::name_of(self.cx, &key.config, &call, "the name of a foreign key")?;
        let mut columns_of = |property: &str, what: &str| -> Eval<Vec<Rc<ColumnData>>> {
            let value = self.cx.get(&key.config, property, key.span)?;
            let values = super::constraint::list(self.cx, &value, &call, what)?;
            self.columns(&values, key.span, what)
        };
        let columns = columns_of("columns", "a column of a foreign key")?;
        let foreign_columns = columns_of("foreignColumns", "a referenced column")?;
        if foreign_columns.is_empty() || columns.len() != foreign_columns.len() {
            let message = format!("{} columns reference {} columns", columns.len(), foreign_columns.len());
            return Err(Diagnostic::error("E0406", message).at(key.span, "both sides need as many").into());
        }
        let (on_delete, on_update) = (key.on_delete.borrow().clone(), key.on_update.borrow().clone());
        Ok(Some(self.reference(name, &columns, &foreign_columns, table, on_delete, on_update)))
    }

    fn reference(
        &self,
        name: Option<String>,
        columns: &[Rc<ColumnData>],
        foreign_columns: &[Rc<ColumnData>],
        table: &Table,
        on_delete: String,
        on_update: String,
    ) -> schema::ForeignKey {
        let foreign_table = &foreign_columns[0].table;
        let mut name = name.unwrap_or_else(|| {
            let own = columns.iter().map(|column| column.config.name.as_str());
            let foreign = foreign_columns.iter().map(|column| column.config.name.as_str());
            let parts =
                [table.name.name.as_str()].into_iter().chain(own).chain([foreign_table.name.as_str()]).chain(foreign);
            format!("{}_fk", parts.collect::<Vec<_>>().join("_"))
        });
        self.recase(&mut name, columns);
        self.recase(&mut name, foreign_columns);
        schema::ForeignKey {
            name,
            columns: self.names(columns),
            foreign_schema: foreign_table.schema.clone(),
            foreign_table: foreign_table.name.clone(),
            foreign_columns: self.names(foreign_columns),
            on_delete,
            on_update,
        }
    }

    fn index(&mut self, index: &Index, table: &Table) -> Eval<schema::Index> {
        let mut columns = Vec::with_capacity(index.columns.len());
        for (value, options, span) in &index.columns {
            if value.as_host::<Sql>().is_some() {
                columns.push(schema::IndexColumn {
                    expression: self.sql(value, *span, "an index's expression", false)?,
                    is_expression: true,
                    ascending: true,
                    nulls: Some("last".to_owned()),
                    opclass: None,
                });
                continue;
            }
            let Some(column) = column_of(value) else {
                return Err(known::mismatch(value, *span, "a column of an index", "a column or SQL").into());
            };
            columns.push(schema::IndexColumn {
                expression: self.name(&column),
                is_expression: false,
                ascending: options.ascending,
                nulls: Some(if options.nulls_first { "first" } else { "last" }.to_owned()),
                opclass: options.opclass.clone(),
            });
        }
        let name = match &index.name {
            Some(name) => name.clone(),
            None if columns.iter().any(|column| column.is_expression) => {
                return Err(Diagnostic::error("E0407", "an index over an expression needs a name")
                    .at(index.span, "drizzle-kit refuses it too")
                    .help("write `index('name').on(…)`")
                    .into());
            }
            None => {
                let names: Vec<&str> = columns.iter().map(|column| column.expression.as_str()).collect();
                format!("{}_{}_index", table.name.name, names.join("_"))
            }
        };
        let options = index.options.borrow();
        let predicate = match &options.predicate {
            Some((value, _)) if value.is_undefined() => None,
            Some((value, span)) => Some(self.sql(value, *span, "the predicate of an index", true)?),
            None => None,
        };
        let mut with = Vec::new();
        if let Some((value, span)) = &options.with {
            for (key, value, _) in self.cx.entries(value, *span)? {
                match self.cx.to_text(&value, *span)? {
                    Ok(text) => with.push((key.to_string(), text)),
                    Err(value) => return Err(known::mismatch(&value, *span, "a storage parameter", "a number").into()),
                }
            }
        }
        let (unique, method, concurrently) = (index.unique, index.method.clone(), options.concurrently);
        Ok(schema::Index { name, columns, unique, method, predicate, concurrently, with })
    }

    fn sql(&mut self, value: &Value, span: Span, what: &str, qualified: bool) -> Eval<String> {
        match value.as_host::<Sql>() {
            Some(sql) => sql.render(self.cx, Style { qualified, casing: self.casing }),
            None => Err(known::mismatch(value, span, what, "an `sql` template").into()),
        }
    }

    fn columns(&self, values: &[Value], span: Span, what: &str) -> Eval<Vec<Rc<ColumnData>>> {
        let column = |value| column_of(value).ok_or_else(|| known::mismatch(value, span, what, "a column").into());
        values.iter().map(column).collect()
    }

    fn name(&self, column: &ColumnData) -> String {
        column_name(&column.config.name, column.config.key_as_name, self.casing)
    }

    fn names(&self, columns: &[Rc<ColumnData>]) -> Vec<String> {
        columns.iter().map(|column| self.name(column)).collect()
    }

    /// drizzle-kit's way of casing a constraint's name: the first occurrence of each column's name is replaced.
    fn recase(&self, name: &mut String, columns: &[Rc<ColumnData>]) {
        if self.casing == Casing::Keep {
            return;
        }
        for column in columns {
            *name = name.replacen(&column.config.name, &self.name(column), 1);
        }
    }
}

/// Adds an item, or puts it in the place of the one that it is the same as.
fn put<T>(items: &mut Vec<T>, item: T, same: impl Fn(&T, &T) -> bool) {
    match items.iter_mut().find(|known| same(known, &item)) {
        Some(known) => *known = item,
        None => items.push(item),
    }
}

fn add_policy(policies: &mut Vec<schema::Policy>, policy: schema::Policy, span: Span) -> Eval<()> {
    if policies.iter().any(|known| known.name == policy.name) {
        let message = format!("the table has a policy `{}` already", policy.name);
        return Err(Diagnostic::error("E0409", message).at(span, "drizzle-kit refuses it too").into());
    }
    policies.push(policy);
    Ok(())
}

/// drizzle-kit's spelling of a view's option: `checkOption` becomes `check_option`.
fn option_name(key: &str) -> String {
    let mut name = String::with_capacity(key.len() + 4);
    for character in key.chars() {
        if character.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(character.to_ascii_lowercase());
    }
    name
}

/// A comment's text without its tags, and the key that `@conflictKey` names.
fn split_tags(comment: &str) -> (Option<String>, Option<String>) {
    let key =
        comment.lines().find_map(|line| line.trim().strip_prefix("@conflictKey")).map(|key| key.trim().to_owned());
    let text: Vec<&str> = comment.lines().filter(|line| !line.trim_start().starts_with("@conflictKey")).collect();
    let text = text.join("\n").trim().to_owned();
    ((!text.is_empty()).then_some(text), key.filter(|key| !key.is_empty()))
}
