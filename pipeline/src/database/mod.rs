//! Finds or starts PostgreSQL.
