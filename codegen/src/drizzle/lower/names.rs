//! Names that may be given once: those that drizzle-kit refuses to see twice.

use std::collections::hash_map::Entry;
use std::rc::Rc;

use super::super::column::{ColumnBase, ColumnData};
use super::Lowering;
use crate::diagnostic::Diagnostic;
use crate::evaluate::Eval;
use crate::source::Span;

/// What has the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Named {
    /// One of the name in a schema, whichever its table.
    Index,
    /// One of the name in a schema, materialised or not.
    View,
    /// One of the name in a table.
    Unique,
    /// One of the name in a table.
    Check,
}

impl Named {
    /// The error's code, what it is, and where its name must be the only one.
    fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Named::Index => ("E0411", "index", "schema"),
            Named::View => ("E0412", "view", "schema"),
            Named::Unique => ("E0413", "unique constraint", "table"),
            Named::Check => ("E0414", "check", "table"),
        }
    }
}

/// What has which name in which schema (`None` for `public`).
pub(super) type InSchema = (Named, Option<Rc<str>>, Rc<str>);

impl Lowering<'_, '_, '_> {
    /// Takes a name in a schema (`None` for `public`); an error if it is taken.
    pub(super) fn claim(
        &mut self,
        named: Named,
        schema: Option<&str>,
        name: impl Into<Rc<str>>,
        span: Span,
    ) -> Eval<()> {
        let name = name.into();
        take(self.names.entry((named, schema.map(Rc::from), name.clone())), named, &name, span)
    }

    /// Takes a name in this very declaration of a table: of two tables with one name, each has names of its own.
    pub(super) fn claim_in_table(&mut self, named: Named, name: impl Into<Rc<str>>, span: Span) -> Eval<()> {
        let name = name.into();
        take(self.table_names.entry((named, name.clone())), named, &name, span)
    }
}

fn take<K>(entry: Entry<'_, K, Span>, named: Named, name: &str, span: Span) -> Eval<()> {
    let first = match entry {
        Entry::Vacant(new) => {
            new.insert(span);
            return Ok(());
        }
        Entry::Occupied(first) => *first.get(),
    };
    let (code, what, place) = named.words();
    let error = Diagnostic::error(code, format!("the {place} has two of one name: {what} `{name}`"));
    Err(error.at(span, "again here").label(first, "first here").help("give one of them another name").into())
}

/// drizzle-kit refuses an index over a pgvector column without an operator class, which the extension has no default for.
pub(super) fn needs_opclass(column: &ColumnData) -> bool {
    matches!(column.config.base, ColumnBase::Known(_)) && column.sql_type.name.starts_with("vector")
}
