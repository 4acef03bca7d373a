//! Accepts a row or says why not.
//!
//! A value is refused exactly when PostgreSQL would refuse it, so that one bad row never fails a whole load: the rules are
//! those of the column's type and constraints, and [`models::check`] knows them. What only the database can know (does the
//! parent exist, does the row exist) is decided in the merge.

use std::fmt;

use models::{Fault, Insert, Rule};

/// Checks every field that a row gives, and that it gives what an insert needs. Whether parents exist only the database
/// knows.
///
/// # Errors
/// The first refusal.
pub fn check_row<R: Insert>(row: &R) -> Result<(), Refusal> {
    let Err(violations) = row.validate() else { return Ok(()) };
    // What Drizzle's types list and the database does not is no reason to refuse a row.
    let refused = violations.iter().find(|violation| violation.rule != Rule::NotListed);
    refused.map_or(Ok(()), |violation| Err(Refusal::new(violation.rule.into(), &violation.message)))
}

/// Why a row cannot be accepted. The text form goes into `pipeline.quarantine.reason`, which people and programs select
/// by: it is stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Reason {
    /// NULL for a column that is NOT NULL.
    NullNotAllowed,
    /// More characters than the type holds.
    TooLong,
    /// A NUL character, which neither text nor json can hold.
    NulCharacter,
    /// A number or date beyond what the type holds.
    OutOfRange,
    /// Not a label of the enum.
    UnknownLabel,
    /// A check constraint does not hold.
    Check,
    /// A value of another type than the column's.
    WrongType,
    /// A text form that the column's type does not read.
    InvalidValue,
    /// An array whose rows differ in length.
    RaggedArray,
    /// A column that only the database writes: generated, or identity always.
    NotWritable,
    /// A part of the conflict key is not given, so that nobody can say which row is meant.
    MissingKey,
    /// A part of the conflict key is NULL, which never equals anything: each run would insert the row again.
    NullKey,
    /// The row does not satisfy the predicate of the partial key: each run would insert it again.
    OutsideKey,
    /// A part of a reference's natural key is NULL, which names no row.
    NullReference,
    /// A required reference names a row that does not exist.
    UnresolvedReference,
    /// Another unique key than the conflict key holds the row's values already.
    Unique,
    /// The row and another one exclude each other (an exclusion constraint).
    Exclusion,
    /// The database refuses the row for a reason of its own, such as a trigger.
    Database,
    /// The row gives only some fields, and no row of its key exists that they could update.
    ParentMissing,
}

impl Reason {
    /// The stable text form.
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::NullNotAllowed => "null-not-allowed",
            Reason::TooLong => "too-long",
            Reason::NulCharacter => "nul-character",
            Reason::OutOfRange => "out-of-range",
            Reason::UnknownLabel => "unknown-label",
            Reason::Check => "check",
            Reason::WrongType => "wrong-type",
            Reason::InvalidValue => "invalid-value",
            Reason::RaggedArray => "ragged-array",
            Reason::NotWritable => "not-writable",
            Reason::MissingKey => "missing-key",
            Reason::NullKey => "null-key",
            Reason::OutsideKey => "outside-key",
            Reason::NullReference => "null-reference",
            Reason::UnresolvedReference => "unresolved-reference",
            Reason::Unique => "unique",
            Reason::Exclusion => "exclusion",
            Reason::Database => "database",
            Reason::ParentMissing => "parent-missing",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A refusal: the reason, and what a reader needs to find and mend the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The rule that was broken.
    pub reason: Reason,
    /// The column and the value, in words.
    pub message: String,
}

impl Refusal {
    /// A refusal with its message, which names the column.
    pub fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self { reason, message: message.into() }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.message, self.reason)
    }
}

impl std::error::Error for Refusal {}

impl From<Rule> for Reason {
    fn from(rule: Rule) -> Self {
        match rule {
            Rule::NullNotAllowed => Reason::NullNotAllowed,
            Rule::TooLong => Reason::TooLong,
            Rule::NulCharacter => Reason::NulCharacter,
            Rule::OutOfRange => Reason::OutOfRange,
            Rule::UnknownLabel => Reason::UnknownLabel,
            Rule::Check => Reason::Check,
            Rule::WrongType => Reason::WrongType,
            Rule::RaggedArray => Reason::RaggedArray,
            Rule::NotWritable => Reason::NotWritable,
            // `InvalidValue`, and rules that a later runtime may add.
            _ => Reason::InvalidValue,
        }
    }
}

impl From<Fault> for Refusal {
    fn from(Fault { rule, message }: Fault) -> Self {
        Self { reason: rule.into(), message }
    }
}

impl From<Reason> for std::borrow::Cow<'static, str> {
    fn from(reason: Reason) -> Self {
        Self::Borrowed(reason.as_str())
    }
}
