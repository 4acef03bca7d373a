//! Roles, policies and row level security in DDL.

use super::writer::Ddl;
use crate::schema::{LinkedPolicy, Policy, Role, Sql, Table};

/// What `TO` takes as a word of its own and not as the name of a role.
const ROLE_WORDS: &[&str] = &["current_user", "current_role", "session_user", "public"];

impl Ddl {
    pub(super) fn create_role(&mut self, role: &Role) {
        self.statement("CREATE ROLE ").name(&role.name);
        if role.create_db || role.create_role || !role.inherit {
            self.push(" WITH");
        }
        for (given, word) in
            [(role.create_db, " CREATEDB"), (role.create_role, " CREATEROLE"), (!role.inherit, " NOINHERIT")]
        {
            self.push(if given { word } else { "" });
        }
        self.push(";");
    }

    /// The statement that enables row level security, for a table that has it.
    pub(super) fn secure(&mut self, table: &Table) {
        if table.is_secured() {
            self.statement("ALTER TABLE ").qualified(table.schema.as_deref(), &table.name);
            self.push(" ENABLE ROW LEVEL SECURITY;");
        }
    }

    pub(super) fn create_policy(&mut self, table: &Table, policy: &Policy) {
        self.create_policy_on(table.schema.as_deref(), &table.name, policy);
    }

    /// A policy on a table of others: here, drizzle-kit spells `public` out.
    pub(super) fn create_linked_policy(&mut self, linked: &LinkedPolicy) {
        self.create_policy_on(Some(linked.schema.as_deref().unwrap_or("public")), &linked.table, &linked.policy);
    }

    fn create_policy_on(&mut self, schema: Option<&str>, table: &str, policy: &Policy) {
        // An absent condition is the word `undefined` in drizzle-kit's own form.
        let condition = |sql: &'_ Option<Sql>| match sql {
            Some(sql) => sql.in_wording(self.wording).to_owned(),
            None => "undefined".to_owned(),
        };
        let (roles, using, check) = (policy.roles.join(","), condition(&policy.using), condition(&policy.with_check));
        let parts = [policy.name.as_str(), &policy.kind, &policy.command, &roles, &using, &check];
        let [name, kind, command, _, using, check] = self.kept(parts, "--");
        self.statement("CREATE POLICY ").name(&name).push(" ON ").qualified(schema, table);
        self.push(" AS ").push(&kind).push(" FOR ").push(&command).push(" TO ");
        self.list(&policy.roles, ", ", |ddl, role| {
            if ROLE_WORDS.contains(&role.as_str()) {
                ddl.push(role)
            } else {
                ddl.name(role)
            };
        });
        for (words, condition) in [(" USING (", using), (" WITH CHECK (", check)] {
            if !matches!(&*condition, "" | "undefined") {
                self.push(words).push(&condition).push(")");
            }
        }
        self.push(";");
    }
}
