//! How the records of a load are read: kept beside what waits, so that it can be loaded after all.

use sha2::{Digest, Sha256};
use sqlx::PgConnection;

use super::failure;
use crate::Result;

/// A recipe: text that the loader keeps and does not look into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipe {
    /// The SHA-256 of the content, under which it is kept once.
    pub id: [u8; 32],
    /// JSON.
    pub content: String,
}

/// The update changes nothing; it keeps a purge from removing the recipe meanwhile.
const WRITE: &str = "INSERT INTO pipeline.recipe AS r (id, content) VALUES ($1, $2::json) ON CONFLICT (id) DO UPDATE SET created_at = \
    r.created_at";

impl Recipe {
    /// A recipe, from its JSON.
    pub fn new(content: String) -> Self {
        Self { id: Sha256::digest(&content).into(), content }
    }

    pub(super) async fn write(&self, connection: &mut PgConnection) -> Result<()> {
        let query = sqlx::query(WRITE).persistent(false).bind(self.id.as_slice()).bind(&self.content);
        let done = query.execute(connection).await;
        done.map(drop).map_err(|error| failure::database("writing to pipeline.recipe", error))
    }
}
