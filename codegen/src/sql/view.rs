//! Sequences and views in DDL.

use super::writer::Ddl;
use crate::schema::{Sequence, SequenceOptions, View, Wording};

impl Ddl {
    pub(super) fn create_sequence(&mut self, sequence: &Sequence) {
        let schema = sequence.schema.as_deref().unwrap_or("public");
        self.statement("CREATE SEQUENCE ").qualified(Some(schema), &sequence.name);
        self.sequence_options(&sequence.options).push(";");
    }

    /// The options with a space before each.
    pub(super) fn sequence_options(&mut self, options: &SequenceOptions) -> &mut Self {
        let clauses = [
            (" INCREMENT BY ", &options.increment),
            (" MINVALUE ", &options.min_value),
            (" MAXVALUE ", &options.max_value),
            (" START WITH ", &options.start_with),
            (" CACHE ", &options.cache),
        ];
        for (words, value) in clauses.iter().filter(|(_, value)| !value.is_empty()) {
            self.push(words).push(value);
        }
        self.push(if options.cycle { " CYCLE" } else { "" })
    }

    /// A view; nothing for one that exists already.
    pub(super) fn create_view(&mut self, view: &View) {
        let Some(definition) = &view.definition else { return };
        self.statement(if view.materialized { "CREATE MATERIALIZED VIEW " } else { "CREATE VIEW " });
        self.qualified(Some(view.schema.as_deref().unwrap_or("public")), &view.name);
        if let Some(using) = &view.using {
            self.push(" USING ").name(using);
        }
        // drizzle-kit's `WITH ()` of an empty object is no SQL.
        let written = |options: &&Vec<_>| !options.is_empty() || self.wording == Wording::DrizzleKit;
        if let Some(options) = view.with.as_ref().filter(written) {
            let mut options: Vec<_> = options.iter().collect();
            options.sort_by_key(|(name, _)| OPTIONS.iter().position(|known| known == name));
            self.push(" WITH (");
            self.list(options, ", ", |ddl, (name, value)| {
                ddl.push(name).push(" = ").push(value);
            });
            self.push(")");
        }
        if let Some(tablespace) = &view.tablespace {
            self.push(" TABLESPACE ").push(tablespace);
        }
        self.push(" AS (").sql(definition).push(")");
        self.push(if view.with_no_data { " WITH NO DATA;" } else { ";" });
    }
}

/// The options of views in the order in which drizzle-kit writes them, whatever the order they are given in.
const OPTIONS: &[&str] = &[
    "check_option",
    "security_barrier",
    "security_invoker",
    "fillfactor",
    "toast_tuple_target",
    "parallel_workers",
    "autovacuum_enabled",
    "vacuum_index_cleanup",
    "vacuum_truncate",
    "autovacuum_vacuum_threshold",
    "autovacuum_vacuum_scale_factor",
    "autovacuum_vacuum_cost_delay",
    "autovacuum_vacuum_cost_limit",
    "autovacuum_freeze_min_age",
    "autovacuum_freeze_max_age",
    "autovacuum_freeze_table_age",
    "autovacuum_multixact_freeze_min_age",
    "autovacuum_multixact_freeze_max_age",
    "autovacuum_multixact_freeze_table_age",
    "log_autovacuum_min_duration",
    "user_catalog_table",
];
