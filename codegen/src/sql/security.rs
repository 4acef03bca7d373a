//! Roles, policies and row level security in DDL.

use super::{qualified, quote};
use crate::schema::{LinkedPolicy, Policy, Role, Table};

/// What `TO` takes as a word of its own and not as the name of a role.
const ROLE_WORDS: &[&str] = &["current_user", "current_role", "session_user", "public"];

pub(super) fn create_role(role: &Role) -> String {
    let options = [(role.create_db, " CREATEDB"), (role.create_role, " CREATEROLE"), (!role.inherit, " NOINHERIT")];
    let options: String = options.iter().filter(|(given, _)| *given).map(|(_, word)| *word).collect();
    let with = if options.is_empty() { "" } else { " WITH" };
    format!("CREATE ROLE {}{with}{options};", quote(&role.name))
}

/// The statement that enables row level security, for a table that has it.
pub(super) fn enable(table: &Table) -> Option<String> {
    let name = qualified(table.schema.as_deref(), &table.name);
    table.is_secured().then(|| format!("ALTER TABLE {name} ENABLE ROW LEVEL SECURITY;"))
}

pub(super) fn create_policy(table: &Table, policy: &Policy) -> String {
    create_policy_on(&qualified(table.schema.as_deref(), &table.name), policy)
}

/// A policy on a table of others: here, drizzle-kit spells `public` out.
pub(super) fn create_linked_policy(linked: &LinkedPolicy) -> String {
    let schema = linked.schema.as_deref().unwrap_or("public");
    create_policy_on(&qualified(Some(schema), &linked.table), &linked.policy)
}

fn create_policy_on(table: &str, policy: &Policy) -> String {
    let role = |role: &String| if ROLE_WORDS.contains(&role.as_str()) { role.clone() } else { quote(role) };
    let roles: Vec<String> = policy.roles.iter().map(role).collect();
    let clause = |word: &str, condition: &Option<String>| {
        let condition = condition.as_ref().filter(|condition| !condition.is_empty());
        condition.map(|condition| format!(" {word} ({condition})")).unwrap_or_default()
    };
    format!(
        "CREATE POLICY {} ON {table} AS {} FOR {} TO {}{}{};",
        quote(&policy.name),
        policy.kind,
        policy.command,
        roles.join(", "),
        clause("USING", &policy.using),
        clause("WITH CHECK", &policy.with_check),
    )
}
