//! What was loaded before, as tasks look it up: a task asks for what hangs on the rows of others.

use sqlx::PgPool;

/// The database as tasks may read it; without one, nothing was loaded before.
#[derive(Debug, Clone)]
pub struct Known {
    pool: Option<PgPool>,
}

impl Known {
    /// What a database holds.
    pub fn of(pool: PgPool) -> Self {
        Self { pool: Some(pool) }
    }

    /// Nothing: `pipeline test` works without a database.
    pub fn nothing() -> Self {
        Self { pool: None }
    }

    /// True where there is no database to look into.
    pub fn is_nothing(&self) -> bool {
        self.pool.is_none()
    }
}
