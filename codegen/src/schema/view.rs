//! Sequences and views.

use serde::{Deserialize, Serialize};

use super::{Column, Location, Sql};

/// A sequence that is declared by itself with `pgSequence`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sequence {
    /// The schema, `None` for `public`.
    pub schema: Option<String>,
    /// The sequence's name.
    pub name: String,
    /// How it counts.
    pub options: SequenceOptions,
}

/// How a sequence counts. Each is written as given; an empty text leaves the option out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SequenceOptions {
    /// `INCREMENT BY`
    pub increment: String,
    /// `MINVALUE`
    pub min_value: String,
    /// `MAXVALUE`
    pub max_value: String,
    /// `START WITH`
    pub start_with: String,
    /// `CACHE`
    pub cache: String,
    /// `CYCLE`
    pub cycle: bool,
}

/// A view that the schema creates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// The schema, `None` for `public`.
    pub schema: Option<String>,
    /// The view's name.
    pub name: String,
    /// The name of the TypeScript export.
    pub key: String,
    /// Where it is declared.
    pub location: Location,
    /// True for a materialised view.
    pub materialized: bool,
    /// The query; `None` for a view that is declared as existing and so is not created.
    pub definition: Option<Sql>,
    /// The columns as far as Drizzle knows their types, in order.
    pub columns: Vec<Column>,
    /// `WITH (…)`: names as PostgreSQL spells them and values, in order; `None` when nothing was said.
    pub with: Option<Vec<(String, String)>>,
    /// `USING`, of a materialised view.
    pub using: Option<String>,
    /// `TABLESPACE`, of a materialised view.
    pub tablespace: Option<String>,
    /// `WITH NO DATA`, of a materialised view.
    pub with_no_data: bool,
}
