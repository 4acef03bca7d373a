//! References and indexes.

use std::rc::Rc;

use super::super::column::{ColumnData, column_of};
use super::super::constraint::{self, ForeignKey};
use super::super::index::Index;
use super::super::known;
use super::super::sql::Sql;
use super::super::table::{InlineReference, Table};
use super::Lowering;
use super::names::{Named, needs_opclass};
use crate::diagnostic::Diagnostic;
use crate::evaluate::{Call, Eval};
use crate::schema;

impl Lowering<'_, '_, '_> {
    pub(super) fn inline_reference(
        &mut self,
        reference: &InlineReference,
        table: &Table,
    ) -> Eval<Option<schema::ForeignKey>> {
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

    pub(super) fn foreign_key(&mut self, key: &ForeignKey, table: &Table) -> Eval<Option<schema::ForeignKey>> {
        let call = Call::with([key.config.clone()], key.span);
        let name = constraint::name_of(self.cx, &key.config, &call, "the name of a foreign key")?;
        let mut columns_of = |property: &str, what: &str| -> Eval<Vec<Rc<ColumnData>>> {
            let value = self.cx.get(&key.config, property, key.span)?;
            let values = constraint::list(self.cx, &value, &call, what)?;
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

    pub(super) fn reference(
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
            let own = columns.iter().map(|column| &*column.config.name);
            let foreign = foreign_columns.iter().map(|column| &*column.config.name);
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

    pub(super) fn index(&mut self, index: &Index, table: &Table) -> Eval<schema::Index> {
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
            if options.opclass.is_none() && needs_opclass(&column) {
                let message =
                    format!("an index over the vector column `{}` needs an operator class", self.name(&column));
                let help = "name one, such as `.op('vector_cosine_ops')`: pgvector has no default";
                return Err(Diagnostic::error("E0415", message).at(*span, "has none").help(help).into());
            }
            columns.push(schema::IndexColumn {
                expression: self.name(&column).into(),
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
        self.claim(Named::Index, table.name.schema.as_deref(), &*name, index.span)?;
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
}
