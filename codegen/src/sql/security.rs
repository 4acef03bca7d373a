//! Roles, policies and row level security in DDL.

use super::Ddl;
use crate::schema::{LinkedPolicy, Policy, Role, Sql, Table};

/// What `TO` takes as a word of its own and not as the name of a role.
const ROLE_WORDS: &[&str] = &["current_user", "current_role", "session_user", "public"];

impl Ddl {
    pub(super) fn create_role(self, role: &Role) -> String {
        let options = [(role.create_db, " CREATEDB"), (role.create_role, " CREATEROLE"), (!role.inherit, " NOINHERIT")];
        let options: String = options.iter().filter(|(given, _)| *given).map(|(_, word)| *word).collect();
        let with = if options.is_empty() { "" } else { " WITH" };
        format!("CREATE ROLE {}{with}{options};", self.quote(&role.name))
    }

    /// The statement that enables row level security, for a table that has it.
    pub(super) fn secure(self, table: &Table) -> Option<String> {
        let name = self.qualified(table.schema.as_deref(), &table.name);
        table.is_secured().then(|| format!("ALTER TABLE {name} ENABLE ROW LEVEL SECURITY;"))
    }

    pub(super) fn create_policy(self, table: &Table, policy: &Policy) -> String {
        self.create_policy_on(&self.qualified(table.schema.as_deref(), &table.name), policy)
    }

    /// A policy on a table of others: here, drizzle-kit spells `public` out.
    pub(super) fn create_linked_policy(self, linked: &LinkedPolicy) -> String {
        let schema = linked.schema.as_deref().unwrap_or("public");
        self.create_policy_on(&self.qualified(Some(schema), &linked.table), &linked.policy)
    }

    fn create_policy_on(self, table: &str, policy: &Policy) -> String {
        // An absent condition is the word `undefined` in drizzle-kit's own form.
        let condition =
            |sql: &Option<Sql>| sql.as_ref().map_or("undefined".to_owned(), |sql| self.text(sql).to_owned());
        let (roles, using, check) = (policy.roles.join(","), condition(&policy.using), condition(&policy.with_check));
        let parts = [policy.name.as_str(), &policy.kind, &policy.command, &roles, &using, &check];
        let [name, kind, command, _, using, check] = self.kept(parts, "--");
        let role = |role: &String| if ROLE_WORDS.contains(&role.as_str()) { role.clone() } else { self.quote(role) };
        let roles: Vec<String> = policy.roles.iter().map(role).collect();
        let clause = |word: &str, condition: &str| match condition {
            "" | "undefined" => String::new(),
            condition => format!(" {word} ({condition})"),
        };
        format!(
            "CREATE POLICY {} ON {table} AS {kind} FOR {command} TO {}{}{};",
            self.quote(&name),
            roles.join(", "),
            clause("USING", &using),
            clause("WITH CHECK", &check),
        )
    }
}
