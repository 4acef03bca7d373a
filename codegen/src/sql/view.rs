//! Sequences and views in DDL.

use super::Ddl;
use crate::schema::{Sequence, SequenceOptions, View, Wording};

impl Ddl {
    pub(super) fn create_sequence(self, sequence: &Sequence) -> String {
        let name = self.qualified(Some(sequence.schema.as_deref().unwrap_or("public")), &sequence.name);
        format!("CREATE SEQUENCE {name}{};", sequence_options(&sequence.options))
    }

    /// `None` for a view that exists already.
    pub(super) fn create_view(self, view: &View) -> Option<String> {
        let definition = view.definition.as_ref()?;
        let kind = if view.materialized { "MATERIALIZED VIEW" } else { "VIEW" };
        let mut statement =
            format!("CREATE {kind} {}", self.qualified(Some(view.schema.as_deref().unwrap_or("public")), &view.name));
        if let Some(using) = &view.using {
            statement.push_str(&format!(" USING {}", self.quote(using)));
        }
        // drizzle-kit's `WITH ()` of an empty object is no SQL.
        let written = |options: &&Vec<_>| !options.is_empty() || self.wording == Wording::DrizzleKit;
        if let Some(options) = view.with.as_ref().filter(written) {
            let options: Vec<String> = options.iter().map(|(name, value)| format!("{name} = {value}")).collect();
            statement.push_str(&format!(" WITH ({})", options.join(", ")));
        }
        if let Some(tablespace) = &view.tablespace {
            statement.push_str(&format!(" TABLESPACE {tablespace}"));
        }
        statement.push_str(&format!(" AS ({})", self.text(definition)));
        if view.with_no_data {
            statement.push_str(" WITH NO DATA");
        }
        statement.push(';');
        Some(statement)
    }
}

/// The options with a space before each.
pub(super) fn sequence_options(options: &SequenceOptions) -> String {
    let clauses = [
        ("INCREMENT BY", &options.increment),
        ("MINVALUE", &options.min_value),
        ("MAXVALUE", &options.max_value),
        ("START WITH", &options.start_with),
        ("CACHE", &options.cache),
    ];
    let given = clauses.iter().filter(|(_, value)| !value.is_empty());
    let clauses: String = given.map(|(word, value)| format!(" {word} {value}")).collect();
    if options.cycle { clauses + " CYCLE" } else { clauses }
}
