//! A table with its columns and its extra configuration.

use super::super::column::{ColumnBase, ColumnData};
use super::super::constraint::{Check, ForeignKey, PrimaryKey, Unique};
use super::super::default::default;
use super::super::index::Index;
use super::super::known;
use super::super::runtime_value::runtime_value;
use super::super::security::PgPolicy;
use super::super::sequence::{Bounds, sequence_options};
use super::super::sql::Sql;
use super::super::table::{Table, extra_config};
use super::names::Named;
use super::{Lowering, add_policy, put};
use crate::diagnostic::Diagnostic;
use crate::evaluate::{Call, Eval, Kind, Slot, Value};
use crate::schema;
use crate::source::Span;
use crate::typescript::TypeUse;

impl Lowering<'_, '_, '_> {
    pub(super) fn table(&mut self, key: &str, table: &Table) -> Eval<schema::Table> {
        self.table_names.clear();
        let declaration = self.cx.declaration(table.span);
        let (docs, conflict_key) = self.graph.docs(declaration).map(split_tags).unwrap_or_default();
        let mut lowered = schema::Table {
            schema: table.name.schema.clone(),
            name: table.name.name.clone(),
            key: key.to_owned(),
            docs,
            conflict_key,
            location: self.graph.sources.location(declaration),
            columns: Vec::with_capacity(table.columns.len()),
            primary_key: None,
            uniques: Vec::new(),
            indexes: Vec::new(),
            foreign_keys: Vec::new(),
            checks: Vec::new(),
            row_level_security: table.row_level_security.is_raised(),
            policies: Vec::new(),
        };
        for (position, column) in table.columns.iter().enumerate() {
            // An error in one column is told, and the others go on.
            if let Err(thrown) = self.add_column(&mut lowered.columns, table, position) {
                self.cx.report(*thrown.diagnostic);
            }
            if column.config.is_unique {
                let name = column.config.unique_name().unwrap_or_default();
                if let Err(thrown) = self.claim_in_table(Named::Unique, &*name, column.key_span) {
                    self.cx.report(*thrown.diagnostic);
                }
                lowered.uniques.push(schema::UniqueConstraint {
                    name,
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
        for item in extra_config(self.cx, table)? {
            if let Err(thrown) = self.extra(&item, table, &mut lowered) {
                self.cx.report(*thrown.diagnostic);
            }
        }
        Ok(lowered)
    }

    /// Adds a column, or puts it in the place of the one with its name, as drizzle-kit does without a word.
    fn add_column(&mut self, columns: &mut Vec<schema::Column>, table: &Table, position: usize) -> Eval<()> {
        let column = &table.columns[position];
        let mut lowered = self.column(column)?;
        if let Some(sql_type) = self.replaced_type(table.objects.get(position), column.key_span)? {
            lowered.sql_type = sql_type;
        }
        let Some(known) = columns.iter_mut().find(|known| known.name == lowered.name) else {
            columns.push(lowered);
            return Ok(());
        };
        let message = format!("the table has two columns of one name: `{}`", lowered.name);
        let warning = Diagnostic::warning("W0407", message).at(column.key_span, "takes the place of the other");
        let warning = warning.help("give one of them another name: drizzle-orm names the column twice in every insert");
        let first = table.columns[..position].iter().rev().find(|first| self.name(first) == lowered.name);
        let label = "this one is left out, as drizzle-kit leaves it out";
        self.cx.report(first.into_iter().fold(warning, |warning, first| warning.label(first.key_span, label)));
        *known = lowered;
        Ok(())
    }

    /// What a `getSQLType` that the schema put in place of the column's own gives.
    fn replaced_type(&mut self, column: Option<&Value>, span: Span) -> Eval<Option<String>> {
        let own = column.and_then(Value::as_object).and_then(|object| object.own("getSQLType"));
        let (Some(column), Some(Slot::Value(function))) = (column, own.map(|property| property.slot)) else {
            return Ok(None);
        };
        let sql_type = self.cx.call(&function, &Call { this: column.clone(), ..Call::with([], span) })?;
        match sql_type.as_str() {
            Some(text) => Ok(Some(text.to_owned())),
            None => Err(known::mismatch(&sql_type, span, "the type that `getSQLType` gives", "a string").into()),
        }
    }

    pub(super) fn extra(&mut self, item: &Value, table: &Table, lowered: &mut schema::Table) -> Eval<()> {
        if let Some(key) = item.as_host::<PrimaryKey>() {
            let columns = self.columns(&key.columns, key.span, "a column of a primary key")?;
            let mut name = key.name.clone().unwrap_or_else(|| {
                let names: Vec<&str> = columns.iter().map(|column| &*column.config.name).collect();
                format!("{}_{}_pk", table.name.name, names.join("_"))
            });
            self.recase(&mut name, &columns);
            lowered.primary_key = Some(schema::PrimaryKey { name, columns: self.names(&columns) });
        } else if let Some(unique) = item.as_host::<Unique>() {
            let columns = self.columns(&unique.columns, unique.span, "a column of a unique constraint")?;
            // drizzle-orm makes this name of the properties' names, whatever the casing.
            let name = unique.name.clone().unwrap_or_else(|| {
                let names: Vec<&str> = columns.iter().map(|column| &*column.config.name).collect();
                format!("{}_{}_unique", table.name.name, names.join("_"))
            });
            self.claim_in_table(Named::Unique, &*name, unique.span)?;
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
            self.claim_in_table(Named::Check, &*check.name, check.span)?;
            let expression = self.sql(&check.condition, check.span, "the condition of a check", true)?;
            lowered.checks.push(schema::Check { name: check.name.clone(), expression });
        } else if let Some(policy) = item.as_host::<PgPolicy>() {
            let lowered_policy = policy.lower(self.cx, self.casing)?;
            add_policy(&mut lowered.policies, lowered_policy, policy.span)?;
        } else if matches!(item, Value::Bool(false)) || item.is_nullish() {
            // What a condition left out (`isLarge && index()…`), drizzle-orm passes over.
        } else if matches!(item.as_object().map(|object| &object.kind), Some(Kind::Plain)) {
            // As `drizzle-kit pull` writes what it cannot express: drizzle-orm passes over it too.
        } else if item.as_host::<Sql>().is_some() {
            // So does what `drizzle-kit pull` never writes and people do, in the belief that it makes a constraint.
            let message = format!("table `{}` gets nothing of this `sql` template", table.name.name);
            let warning = Diagnostic::warning("W0403", message)
                .at(table.extra_span, "drizzle-orm passes over the template in here")
                .help("write `check('name', sql`…`)`, `unique('name').on(…)` or the like");
            self.cx.report(warning);
        } else if !known::is_reported(item) {
            let what = format!("an entry of the extra configuration of table `{}`", table.name.name);
            let expected = "an index, a key, a unique constraint or a check";
            return Err(known::mismatch(item, table.extra_span, &what, expected).into());
        }
        Ok(())
    }

    pub(super) fn column(&mut self, column: &ColumnData) -> Eval<schema::Column> {
        let config = &column.config;
        let mode = match &config.base {
            ColumnBase::Known(info) => info.mode.clone(),
            _ => None,
        };
        let text_enum = config.base.text_enum();
        let generated = match &config.generated {
            None => None,
            Some((value, span)) => {
                let value =
                    if value.is_callable() { self.cx.call(value, &Call::with([], *span))? } else { value.clone() };
                match value.as_str() {
                    Some(text) => Some(text.to_owned().into()),
                    None => Some(self.sql(&value, *span, "the expression of a generated column", true)?),
                }
            }
        };
        let name = self.name(column);
        let mut compute = |function: &Option<Value>| {
            let function = function.as_ref()?;
            Some(Box::new(runtime_value(self.cx, function, column.key_span, self.casing)))
        };
        let typed = config.type_use();
        if let Some(found) = typed {
            let table = schema::object_key(column.table.schema.as_deref(), &column.table.name);
            self.type_uses.insert((table, name.clone()), found);
        }
        Ok(schema::Column {
            value_type: None,
            runtime_default: compute(&config.default_fn),
            on_update: compute(&config.on_update),
            default: default(self.cx, column, self.casing)?,
            identity: self.identity(column, &name)?,
            generated,
            key: (*column.key).to_owned(),
            docs: self.graph.docs(column.key_span).map(str::to_owned),
            location: self.graph.sources.location(column.key_span),
            sql_type: column.sql_type.name.clone(),
            data_type: column.sql_type.data_type.clone(),
            mode,
            not_null: config.not_null,
            primary_key: config.primary_key,
            typescript_type: typed.filter(TypeUse::is_of_type).and_then(|found| self.type_text(found.span)),
            text_enum,
            name,
        })
    }

    /// The text between `<` and `>`.
    pub(super) fn type_text(&self, span: Span) -> Option<String> {
        let (file, range) = self.graph.sources.locate(span)?;
        let text = file.text[range].trim();
        Some(text.strip_prefix('<')?.strip_suffix('>')?.trim().to_owned())
    }

    pub(super) fn identity(&mut self, column: &ColumnData, name: &str) -> Eval<Option<Box<schema::Identity>>> {
        let Some((always, given)) = &column.config.identity else { return Ok(None) };
        let what = format!("of the identity of column `{name}`");
        let options =
            sequence_options(self.cx, given, column.key_span, &what, Bounds::of_identity(&column.sql_type.name))?;
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
        Ok(Some(Box::new(schema::Identity { always: *always, sequence, options })))
    }
}

/// A comment's text without its tags, and the key that `@conflictKey` names.
fn split_tags(comment: &str) -> (Option<String>, Option<String>) {
    let key =
        comment.lines().find_map(|line| line.trim().strip_prefix("@conflictKey")).map(|key| key.trim().to_owned());
    let text: Vec<&str> = comment.lines().filter(|line| !line.trim_start().starts_with("@conflictKey")).collect();
    let text = text.join("\n").trim().to_owned();
    ((!text.is_empty()).then_some(text), key.filter(|key| !key.is_empty()))
}
