//! Nullable references that name no row: the row is loaded without them, and they are listed until they resolve.

use sqlx::{AssertSqlSafe, PgConnection};

use super::failure;
use super::resolve::{Referring, Resolver, missing_flag, parent_key};
use super::statement::execute;
use super::table::{Staged, Tally};
use crate::Result;

/// Lists the unresolved references of the stage, and takes the fields out of their rows' shapes, so that the merge leaves
/// the columns alone. Gives the number of references listed.
pub(super) async fn set_aside(
    connection: &mut PgConnection,
    staged: &mut Staged<'_>,
    tally: &Tally<'_>,
) -> Result<u64> {
    let (run, recipe) = (tally.run, tally.options.recipe.as_ref());
    if let Some(recipe) = recipe {
        recipe.write(connection).await?;
    }
    let table = staged.encoder.layout.table.qualified_name();
    let mut listed = 0;
    for index in 0..staged.encoder.layout.fields.len() {
        let resolver = staged.resolver();
        let Some(referring) = resolver.referring().into_iter().find(|one| one.index == index && !one.required) else {
            continue;
        };
        let Some(giving) = resolver.shapes.giving(index) else { continue };
        let sql = record(&resolver, &referring, &giving);
        let query =
            sqlx::query(AssertSqlSafe(sql)).persistent(false).bind(run.run_id).bind(&run.task).bind(&run.source);
        let query = query.bind(&table).bind(&referring.name).bind(&referring.columns).bind(&referring.parent);
        let query = query.bind(recipe.map(|recipe| recipe.id.as_slice()));
        let done = query.execute(&mut *connection).await;
        let here = done.map_err(|error| failure::database("writing to pipeline.unresolved_reference", error))?;
        if here.rows_affected() == 0 {
            continue;
        }
        listed += here.rows_affected();
        let column = missing_flag(&referring.column.name);
        let relation = resolver.relation();
        let shapes = &mut staged.encoder.shapes;
        let giving: Vec<usize> = (0..shapes.count()).filter(|shape| shapes.gives(*shape, index)).collect();
        let cases: String =
            giving.into_iter().map(|shape| format!(" WHEN {shape} THEN {}", shapes.without(shape, index))).collect();
        let sql = format!(
            "UPDATE {} AS s SET shape = CASE s.shape{cases} ELSE s.shape END\nFROM {relation}\nWHERE s.ordinal = r.\"#row\" AND \
             r.{column}",
            staged.stage.name
        );
        execute(connection, &format!("setting unresolved references of {table} aside"), sql).await?;
    }
    Ok(listed)
}

/// Of several rows of one key that give the column, the one that wins decides.
fn record(resolver: &Resolver<'_>, referring: &Referring<'_>, giving: &str) -> String {
    let (missing, parent) = (missing_flag(&referring.column.name), parent_key(&referring.column.name));
    let (relation, winner_first) = (resolver.relation(), resolver.winner_first());
    format!(
        "INSERT INTO pipeline.unresolved_reference AS u (run_id, task, source, table_name, reference, columns, parent_table, row_key, \
         parent_key, recipe_id)\nSELECT $1, $2, $3, $4, $5, $6, $7, m.row_key, m.parent_key, $8\nFROM (SELECT DISTINCT ON (r.\"row key\") r.\"row \
         key\" AS row_key, r.{parent} AS parent_key, r.{missing} AS missing\n  FROM {relation}\n  WHERE r.\"#shape\" IN ({giving}) \
         AND r.\"row key\" IN (SELECT r.\"row key\" FROM {relation} WHERE r.{missing})\n  ORDER BY r.\"row key\", \
         {winner_first}) AS m\nWHERE m.missing\nORDER BY m.row_key\nON CONFLICT (table_name, row_key, reference) DO UPDATE SET \
         run_id = excluded.run_id, task = excluded.task, source = excluded.source,\n  parent_table = excluded.parent_table, \
         parent_key = excluded.parent_key, times_seen = u.times_seen + 1, last_seen_at = now(), resolved_at = \
         NULL, recipe_id = coalesce(excluded.recipe_id, u.recipe_id)"
    )
}

/// Marks the listed references that rows of the stage now give, and whose parent is there or no longer named.
pub(super) async fn mark_resolved(connection: &mut PgConnection, staged: &Staged<'_>) -> Result<()> {
    let resolver = staged.resolver();
    let table = resolver.layout.table;
    if table.references.is_empty() {
        return Ok(());
    }
    // Nobody has analysed a list that was filled just now: taken for a single row, each of its thousands would be looked for in the
    // whole stage. Row keys hash, so that one pass over both is never far from the best plan.
    execute(connection, "planning", "SET LOCAL enable_nestloop = off".to_owned()).await?;
    for foreign in table.references.iter() {
        let columns = foreign.columns.iter().filter_map(|name| table.column_index(name));
        for index in columns {
            let Some(shapes) = resolver.shapes.giving(index) else {
                continue;
            };
            let sql = format!(
                "UPDATE pipeline.unresolved_reference AS u SET resolved_at = now()\nFROM {}\nWHERE u.table_name = $1 AND \
                 u.reference = $2 AND u.resolved_at IS NULL AND u.row_key = r.\"row key\" AND r.\"#shape\" IN ({shapes})",
                resolver.relation()
            );
            let query = sqlx::query(AssertSqlSafe(sql)).persistent(false).bind(table.qualified_name());
            let done = query.bind(foreign.name.as_ref()).execute(&mut *connection).await;
            done.map_err(|error| failure::database("writing to pipeline.unresolved_reference", error))?;
        }
    }
    execute(connection, "planning", "SET LOCAL enable_nestloop TO DEFAULT".to_owned()).await?;
    Ok(())
}
