//! Whether the role may do what the pipeline does.

use models::TableDef;
use sqlx::{PgConnection, Row};

use super::errors::database_error;
use crate::error::{Error, Exit, Result};

/// Checks every right that a run needs, so that none is found missing halfway: SELECT, INSERT and UPDATE on the tables,
/// the sequences behind their serial columns, temporary tables, and everything in the schema `pipeline`. Of what does not
/// exist no right is missing.
///
/// # Errors
/// [`Exit::Permission`], naming each right that is missing.
pub(super) async fn check_rights(connection: &mut PgConnection, tables: &[&TableDef]) -> Result<()> {
    let query = "with wanted as (select n.oid as schema_id, n.nspname, c.oid as table_id, c.relname, w.position \
                 from unnest($1::text[], $2::text[]) with ordinality as w(schema_name, table_name, position) \
                 join pg_catalog.pg_namespace n on n.nspname = w.schema_name \
                 join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = w.table_name \
                 and c.relkind in ('r', 'p', 'f')), \
                 own as (select n.oid as schema_id, c.oid as table_id, c.relname \
                 from pg_catalog.pg_namespace n left join pg_catalog.pg_class c on c.relnamespace = n.oid \
                 and c.relkind = 'r' where n.nspname = 'pipeline') \
                 select 'TEMPORARY on database ' || quote_ident(current_database()) as missing, 0 as rank, '' as place \
                 where not has_database_privilege(current_database(), 'TEMPORARY') \
                 union select 'USAGE on schema ' || quote_ident(nspname), 1, nspname from wanted \
                 where not has_schema_privilege(schema_id, 'USAGE') \
                 union select 'USAGE on schema pipeline', 1, 'pipeline' from own \
                 where not has_schema_privilege(schema_id, 'USAGE') \
                 union select r || ' on table ' || quote_ident(nspname) || '.' || quote_ident(relname), 2, relname \
                 from wanted, unnest(array['SELECT', 'INSERT', 'UPDATE']) as r where not has_table_privilege(table_id, r) \
                 union select 'USAGE on sequence ' || s.oid::regclass, 3, relname from wanted \
                 join pg_catalog.pg_depend d on d.refobjid = table_id and d.refclassid = 'pg_class'::regclass \
                 and d.classid = 'pg_class'::regclass and d.deptype = 'a' \
                 join pg_catalog.pg_class s on s.oid = d.objid and s.relkind = 'S' \
                 where not has_sequence_privilege(s.oid, 'USAGE') \
                 union select r || ' on table pipeline.' || quote_ident(relname), 4, relname \
                 from own, unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE']) as r \
                 where table_id is not null and not has_table_privilege(table_id, r) \
                 order by rank, place, missing";
    let failed = |error| database_error("look at the role's rights", error);
    let rows = sqlx::query(query)
        .persistent(false)
        .bind(tables.iter().map(|table| &*table.schema).collect::<Vec<_>>())
        .bind(tables.iter().map(|table| &*table.name).collect::<Vec<_>>())
        .fetch_all(&mut *connection)
        .await
        .map_err(failed)?;
    if rows.is_empty() {
        return Ok(());
    }
    let missing: Vec<String> =
        rows.iter().map(|row| row.try_get("missing")).collect::<Result<_, _>>().map_err(failed)?;
    let role: String = sqlx::query_scalar("select current_user::text")
        .persistent(false)
        .fetch_one(connection)
        .await
        .map_err(failed)?;
    let list: String = missing.iter().map(|right| format!("\n  {right}")).collect();
    Err(Error::new(Exit::Permission, format!("the role `{role}` lacks rights:{list}"))
        .help(format!("have the owner grant them, such as: grant {} to \"{role}\"", missing[0])))
}
