//! How evaluation fails.

use super::Value;
use crate::diagnostic::Diagnostic;

/// A JavaScript exception on its way up, with the error it becomes if nobody catches it.
#[derive(Debug)]
pub struct Thrown {
    /// What `catch` sees.
    pub value: Value,
    /// What the user is told if nobody does.
    pub diagnostic: Box<Diagnostic>,
    /// True when no `catch` of the schema's may stop it: a budget is used up.
    pub fatal: bool,
}

/// The outcome of evaluating something.
pub type Eval<T> = Result<T, Thrown>;

impl From<Diagnostic> for Thrown {
    fn from(diagnostic: Diagnostic) -> Self {
        Self { value: Value::string(&diagnostic.message), diagnostic: Box::new(diagnostic), fatal: false }
    }
}
