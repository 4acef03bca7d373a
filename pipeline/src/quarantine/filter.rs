//! Which entries are meant.

use std::time::Duration;

use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, Postgres};
use uuid::Uuid;

/// What waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Records that were refused: `pipeline.quarantine`.
    Record,
    /// Nullable references that name no row: `pipeline.unresolved_reference`.
    Reference,
}

/// Whether entries still wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// They do.
    Open,
    /// They were loaded after all.
    Done,
    /// Both.
    Any,
}

/// Conditions that entries meet; all of those that are given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// The entries' numbers; empty for any.
    pub ids: Vec<i64>,
    /// The table, as `schema.name`; without a schema, `public`.
    pub table: Option<String>,
    /// The reason, such as `unresolved-reference`, which is that of every reference.
    pub reason: Option<String>,
    /// The source, such as `ncaa-directory`; `file` for files.
    pub source: Option<String>,
    /// The run that saw them last.
    pub run: Option<Uuid>,
    /// Last seen at least so long ago.
    pub older_than: Option<Duration>,
    /// Last seen within this time.
    pub newer_than: Option<Duration>,
    /// Whether they still wait.
    pub state: State,
}

impl Default for Filter {
    fn default() -> Self {
        Self {
            ids: Vec::new(),
            table: None,
            reason: None,
            source: None,
            run: None,
            older_than: None,
            newer_than: None,
            state: State::Open,
        }
    }
}

impl Filter {
    /// True if it lets everything pass but for the state.
    pub fn is_empty(&self) -> bool {
        *self == Self { state: self.state, ..Self::default() }
    }

    /// A query over the table of a kind, called `q`: `head`, the conditions, `tail`. Its first eight parameters are taken.
    pub(super) fn query(&self, kind: Kind, head: &str, tail: &str) -> Query<'_, Postgres, PgArguments> {
        let (reason, done) = match kind {
            Kind::Record => ("q.reason", "q.replayed_at"),
            Kind::Reference => ("'unresolved-reference'", "q.resolved_at"),
        };
        let sql = format!(
            "{head}\nWHERE ($1::bigint[] IS NULL OR q.id = ANY($1)) AND ($2::text IS NULL OR q.table_name = $2)\n  AND ($3::text IS \
             NULL OR {reason} = $3) AND ($4::text IS NULL OR q.source = $4) AND ($5::uuid IS NULL OR q.run_id = $5)\n  AND \
             ($6::float8 IS NULL OR q.last_seen_at <= now() - make_interval(secs => $6))\n  AND ($7::float8 IS NULL OR \
             q.last_seen_at > now() - make_interval(secs => $7))\n  AND ($8::boolean IS NULL OR ({done} IS NULL) = $8)\n{tail}"
        );
        let table = self.table.as_ref().map(|table| match table.contains('.') {
            true => table.clone(),
            false => format!("public.{table}"),
        });
        let open = match self.state {
            State::Open => Some(true),
            State::Done => Some(false),
            State::Any => None,
        };
        let seconds = |time: Option<Duration>| time.map(|time| time.as_secs_f64());
        let query = sqlx::query(AssertSqlSafe(sql)).persistent(false);
        let query = query.bind((!self.ids.is_empty()).then_some(&self.ids)).bind(table).bind(&self.reason);
        let query = query.bind(&self.source).bind(self.run).bind(seconds(self.older_than));
        query.bind(seconds(self.newer_than)).bind(open)
    }
}
