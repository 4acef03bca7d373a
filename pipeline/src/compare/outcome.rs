//! What a comparison found, as plain data: also the form of `--format json`.

use indexmap::IndexMap;
use serde::Serialize;

/// The version of the JSON form.
const VERSION: u32 = 1;

/// Names of columns with their values; NULL is `None`.
pub type Key = IndexMap<String, Option<String>>;

/// What a comparison found.
#[derive(Debug, Serialize)]
pub struct Comparison {
    /// The version of this form.
    pub v: u32,
    /// The worst of all tables.
    pub status: Status,
    /// The databases, without passwords.
    pub left: String,
    /// The databases, without passwords.
    pub right: String,
    /// Only some rows were compared.
    pub sample: Option<SampleTaken>,
    /// The tables that were compared.
    pub tables: Vec<TableOutcome>,
    /// Tables on both sides that cannot be compared, and why.
    pub not_compared: Vec<NotCompared>,
    /// Tables that only the left side has.
    pub only_left: Vec<String>,
    /// Tables that only the right side has.
    pub only_right: Vec<String>,
}

/// How things stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// All that is there was compared, and is the same.
    Equal,
    /// What was compared is the same, but something could not be compared.
    Incomplete,
    /// There are differences.
    Different,
}

/// Which rows were compared.
#[derive(Debug, Clone, Serialize)]
pub struct SampleTaken {
    /// As asked: a number of rows, or a share such as `5%`.
    pub asked: String,
    /// The seed: the same one takes the same rows.
    pub seed: u64,
}

/// A table or column that was not compared.
#[derive(Debug, Clone, Serialize)]
pub struct NotCompared {
    /// Its name.
    pub name: String,
    /// Why.
    pub reason: String,
}

/// What was found in a table.
#[derive(Debug, Serialize)]
pub struct TableOutcome {
    /// Its name on the right.
    pub table: String,
    /// Its name on the left.
    pub left_table: String,
    /// What its rows are told apart by.
    pub key: Vec<String>,
    /// How it stands.
    pub status: Status,
    /// How many rows there are.
    pub rows: Rows,
    /// Rows whose key only the left side has.
    pub only_left: Found,
    /// Rows whose key only the right side has.
    pub only_right: Found,
    /// Keys that several rows of the left side have.
    pub duplicates_left: Duplicates,
    /// Keys that several rows of the right side have.
    pub duplicates_right: Duplicates,
    /// The columns that differ, in the order of the table.
    pub columns: Vec<ColumnOutcome>,
    /// How many columns were compared, the key aside.
    pub compared_columns: usize,
    /// Columns that could not be compared, and why.
    pub not_compared: Vec<NotCompared>,
    /// Columns that were not to be compared.
    pub ignored: Vec<String>,
    /// How long it took.
    pub seconds: f64,
}

/// Numbers of rows.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Rows {
    /// Rows on the left.
    pub left: u64,
    /// Rows on the right.
    pub right: u64,
    /// Pairs of rows that are the same.
    pub equal: u64,
    /// Pairs of rows that differ.
    pub changed: u64,
    /// Rows, of both sides, of keys that too many rows have to compare them.
    pub not_compared: u64,
}

/// Rows, some of them by key.
#[derive(Debug, Default, Serialize)]
pub struct Found {
    /// How many.
    pub rows: u64,
    /// Some of them.
    pub samples: Vec<Key>,
}

/// Keys that do not tell rows apart.
#[derive(Debug, Default, Serialize)]
pub struct Duplicates {
    /// How many keys.
    pub keys: u64,
    /// How many rows have one of them.
    pub rows: u64,
    /// Some of them.
    pub samples: Vec<Key>,
}

/// A column that differs.
#[derive(Debug, Serialize)]
pub struct ColumnOutcome {
    /// Its name on the right, with the way to it.
    pub column: String,
    /// In how many pairs of rows.
    pub differences: u64,
    /// Some of them.
    pub samples: Vec<Difference>,
}

/// Two values that differ.
#[derive(Debug, Serialize)]
pub struct Difference {
    /// The rows' key.
    pub key: Key,
    /// The value on the left.
    pub left: Option<String>,
    /// The value on the right.
    pub right: Option<String>,
}

impl Comparison {
    pub(super) fn new(left: String, right: String, sample: Option<SampleTaken>) -> Self {
        Self {
            v: VERSION,
            status: Status::Equal,
            left,
            right,
            sample,
            tables: Vec::new(),
            not_compared: Vec::new(),
            only_left: Vec::new(),
            only_right: Vec::new(),
        }
    }

    /// A table that only one side has is a difference; one that cannot be compared leaves the question open.
    pub(super) fn conclude(&mut self) {
        let of_tables = self.tables.iter().map(|table| table.status).max().unwrap_or(Status::Equal);
        self.status = match (self.only_left.is_empty() && self.only_right.is_empty(), self.not_compared.is_empty()) {
            (false, _) => Status::Different,
            (true, false) => of_tables.max(Status::Incomplete),
            (true, true) => of_tables,
        };
    }
}

impl TableOutcome {
    pub(super) fn conclude(&mut self) {
        let differs = self.only_left.rows + self.only_right.rows + self.rows.changed > 0;
        let is_whole = self.not_compared.is_empty() && self.rows.not_compared == 0;
        self.status = match (differs, is_whole) {
            (true, _) => Status::Different,
            (false, false) => Status::Incomplete,
            (false, true) => Status::Equal,
        };
        self.columns.retain(|column| column.differences > 0);
    }
}
