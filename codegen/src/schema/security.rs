//! Roles and row level security.

use serde::{Deserialize, Serialize};

use super::Sql;

/// A role that the schema creates: an exported `pgRole` that is not `.existing()`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// The role's name.
    pub name: String,
    /// `CREATEDB`
    pub create_db: bool,
    /// `CREATEROLE`
    pub create_role: bool,
    /// `INHERIT`, PostgreSQL's default.
    pub inherit: bool,
}

/// A policy of row level security.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// The policy's name, unique in its table.
    pub name: String,
    /// `PERMISSIVE` or `RESTRICTIVE`.
    pub kind: String,
    /// `ALL`, `SELECT`, `INSERT`, `UPDATE` or `DELETE`.
    pub command: String,
    /// The roles that it applies to, sorted as drizzle-kit sorts them; `public` means all.
    pub roles: Vec<String>,
    /// The condition on rows that are there, as SQL.
    pub using: Option<Sql>,
    /// The condition on rows that are written, as SQL.
    pub with_check: Option<Sql>,
}

/// A policy that is linked to a table which the schema does not create.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkedPolicy {
    /// The table's schema, `None` for `public`.
    pub schema: Option<String>,
    /// The table's name.
    pub table: String,
    /// The policy.
    pub policy: Policy,
}
