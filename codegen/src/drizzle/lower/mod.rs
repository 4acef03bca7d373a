//! What the modules export, in drizzle-kit's order, as the schema IR.

mod key;
mod names;
mod table;

use std::collections::hash_map::Entry;
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::casing::Casing;
use super::column::{ColumnData, column_of};
use super::defined_relations::DefinedRelations;
use super::enums::PgEnum;
use super::known;
use super::pg_schema::PgSchema;
use super::relations::{self, Relations};
use super::security::{PgPolicy, PgRole};
use super::sequence::PgSequence;
use super::sql::{Sql, Style, column_name};
use super::table::Table;
use super::view::View;
use crate::diagnostic::Diagnostic;
use crate::evaluate::{Eval, Interpreter, Obj, Object, Opaque, Value};
use crate::parse::{ModuleGraph, ModuleId};
use crate::schema::{self, IR_VERSION, Schema};
use crate::source::Span;
use crate::typescript::TypeUses;

/// Lowers what the entry modules export, and says where columns name a TypeScript type. Errors are reported to the
/// interpreter, and what they spoil is left out.
pub fn lower(cx: &mut Interpreter<'_>, graph: &ModuleGraph, casing: Casing) -> (Schema, TypeUses) {
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
        types: Vec::new(),
    };
    let mut lowering = Lowering {
        cx,
        graph,
        casing,
        schema,
        seen: FxHashSet::default(),
        tables: FxHashMap::default(),
        policies: Vec::new(),
        names: FxHashMap::default(),
        table_names: FxHashMap::default(),
        unknown: None,
        type_uses: TypeUses::new(),
        relation_helpers: relations::helpers(),
    };
    for entry in graph.modules.entries() {
        lowering.module(*entry);
    }
    lowering.link_policies();
    lowering.warn_of_nothing();
    // Stable: drizzle-kit creates plain views first.
    lowering.schema.views.sort_by_key(|view| view.materialized);
    (lowering.schema, lowering.type_uses)
}

struct Lowering<'c, 'i, 'g> {
    cx: &'c mut Interpreter<'i>,
    graph: &'g ModuleGraph,
    casing: Casing,
    schema: Schema,
    /// What has been taken already: drizzle-kit takes what several modules export once.
    seen: FxHashSet<*const Object>,
    /// The tables' places by their qualified names.
    tables: FxHashMap<String, usize>,
    /// Exported policies, which may be linked to tables that are exported later.
    policies: Vec<Obj>,
    /// Names that may be given once in a schema, with the place where they are.
    names: FxHashMap<names::InSchema, Span>,
    /// Those that may be given once in a table, of the one at hand.
    table_names: FxHashMap<(names::Named, Rc<str>), Span>,
    /// The first export that is not known: its name, and why.
    unknown: Option<(Rc<str>, Rc<Opaque>)>,
    type_uses: TypeUses,
    /// What `relations()` gives to its functions.
    relation_helpers: Value,
}

impl Lowering<'_, '_, '_> {
    fn module(&mut self, id: ModuleId) {
        for name in self.cx.export_names(id) {
            let value = match self.cx.exported(id, &name) {
                Ok(value) => value,
                Err(thrown) => {
                    self.cx.report(*thrown.diagnostic);
                    continue;
                }
            };
            // It may have been a table.
            if let Value::Opaque(opaque) = &value {
                match &opaque.failure {
                    Some(failure) => self.cx.report((**failure).clone()),
                    None => self.unknown = self.unknown.take().or_else(|| Some((name.clone(), opaque.clone()))),
                }
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

    /// Without a table, what is exported and not known was to be one: tables that a package makes.
    fn warn_of_nothing(&mut self) {
        if !self.schema.tables.is_empty() {
            return;
        }
        let Some((name, unknown)) = self.unknown.take().filter(|(_, unknown)| !unknown.reported) else { return };
        let message = format!("the schema has no tables, unless `{name}` is one, which is not known");
        let warning = Diagnostic::warning("W0404", message)
            .at(unknown.span, unknown.reason.clone())
            .help("packages are not read: declare the table in the schema's own files");
        self.cx.report(warning);
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
            self.claim(names::Named::View, view.name.schema.as_deref(), &*view.name.name, view.span)?;
            let view = self.view(name, view)?;
            self.schema.views.push(view);
        } else if let Some(relations) = value.as_host::<Relations>() {
            let relations = relations.lower(self.cx, self.casing, &self.relation_helpers)?;
            self.schema.relations.extend(relations);
        } else if let Some(relations) = value.as_host::<DefinedRelations>() {
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
                        Diagnostic::warning("W0406", message).at(policy.span, "drizzle-kit leaves it out too");
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
        let style = Style::new(true, self.casing).inlined();
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
            uncased: view.columns.iter().map(|column| column.config.name.to_string()).collect(),
            with,
            using: view.options.using.clone(),
            tablespace: view.options.tablespace.clone(),
            with_no_data: view.options.with_no_data,
        })
    }

    pub(super) fn sql(&mut self, value: &Value, span: Span, what: &str, qualified: bool) -> Eval<schema::Sql> {
        match value.as_host::<Sql>() {
            Some(sql) => sql.write(self.cx, Style::new(qualified, self.casing)),
            None => Err(known::mismatch(value, span, what, "an `sql` template").into()),
        }
    }

    pub(super) fn columns(&self, values: &[Value], span: Span, what: &str) -> Eval<Vec<Rc<ColumnData>>> {
        let column = |value| column_of(value).ok_or_else(|| known::mismatch(value, span, what, "a column").into());
        values.iter().map(column).collect()
    }

    pub(super) fn name(&self, column: &ColumnData) -> String {
        column_name(&column.config.name, column.config.key_as_name, self.casing)
    }

    pub(super) fn names(&self, columns: &[Rc<ColumnData>]) -> Vec<String> {
        columns.iter().map(|column| self.name(column)).collect()
    }

    /// drizzle-kit's way of casing a constraint's name: the first occurrence of each column's name is replaced.
    pub(super) fn recase(&self, name: &mut String, columns: &[Rc<ColumnData>]) {
        if self.casing == Casing::Keep {
            return;
        }
        for column in columns {
            *name = name.replacen(&*column.config.name, &self.name(column), 1);
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
