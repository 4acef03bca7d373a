//! Sequences and views in DDL.

use super::{qualified, quote};
use crate::schema::{Sequence, SequenceOptions, View};

pub(super) fn create_sequence(sequence: &Sequence) -> String {
    let name = qualified(Some(sequence.schema.as_deref().unwrap_or("public")), &sequence.name);
    format!("CREATE SEQUENCE {name}{};", sequence_options(&sequence.options))
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

/// `None` for a view that exists already.
pub(super) fn create_view(view: &View) -> Option<String> {
    let definition = view.definition.as_ref()?;
    let kind = if view.materialized { "MATERIALIZED VIEW" } else { "VIEW" };
    let mut statement =
        format!("CREATE {kind} {}", qualified(Some(view.schema.as_deref().unwrap_or("public")), &view.name));
    if let Some(using) = &view.using {
        statement.push_str(&format!(" USING {}", quote(using)));
    }
    // drizzle-kit's `WITH ()` of an empty object is no SQL.
    if let Some(options) = view.with.as_ref().filter(|options| !options.is_empty()) {
        let options: Vec<String> = options.iter().map(|(name, value)| format!("{name} = {value}")).collect();
        statement.push_str(&format!(" WITH ({})", options.join(", ")));
    }
    if let Some(tablespace) = &view.tablespace {
        statement.push_str(&format!(" TABLESPACE {tablespace}"));
    }
    statement.push_str(&format!(" AS ({definition})"));
    if view.with_no_data {
        statement.push_str(" WITH NO DATA");
    }
    statement.push(';');
    Some(statement)
}
