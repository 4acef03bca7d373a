//! Several rows of one key in one load.
//!
//! The outcome is that of applying them one after the other and writing once: in the order in which they came, or in that of a
//! column ([`super::Options::winner`]). The last row wins, and a field that it does not give keeps what the row before it gave.
//! All but the last count as duplicates.

use sqlx::{PgConnection, Row};

use super::failure;
use super::layout::Node;
use super::resolve::Resolver;
use super::statement::{execute, fetch};
use super::table::Staged;
use crate::Result;

/// Leaves one row of each key in the stage, and tells how many it took away.
pub(super) async fn dedupe(connection: &mut PgConnection, staged: &mut Staged<'_>) -> Result<u64> {
    let doing = format!("looking for duplicates in {}", staged.encoder.layout.table.qualified_name());
    // Of the rows of one shape, the last overrides the others wholly.
    let resolver = staged.resolver();
    let sql = format!(
        "DELETE FROM {stage} AS s USING (\n  SELECT r.\"#row\", row_number() OVER (PARTITION BY {key}, r.\"#shape\" ORDER BY \
         {winner_first}) AS place\n  FROM {relation}{of_suspects}) AS d\nWHERE s.ordinal = d.\"#row\" AND d.place > 1",
        stage = staged.stage.name,
        winner_first = resolver.winner_first(),
        key = resolver.key_parts().join(", "),
        relation = resolver.relation(),
        of_suspects = staged.of_suspects(),
    );
    let mut duplicates = execute(connection, &doing, sql).await?;
    // Each round folds the last two rows of each key into one; there are at most as many rows as shapes.
    for round in 0.. {
        if staged.encoder.shapes.count() < 2 {
            break;
        }
        let pairs = format!("\"pairs {round} of {}\"", staged.number);
        if execute(connection, &doing, select_pairs(staged.resolver(), &pairs, &staged.of_suspects())).await? == 0 {
            break;
        }
        let kinds = format!("SELECT DISTINCT last_shape, before_shape FROM {pairs}");
        for row in fetch(connection, &doing, kinds).await? {
            let shape = |name: &str| -> Result<usize> {
                let number: i32 = row.try_get(name).map_err(|error| failure::database(&doing, error))?;
                Ok(number.unsigned_abs() as usize)
            };
            let (last, before) = (shape("last_shape")?, shape("before_shape")?);
            let union = staged.encoder.shapes.union(last, before);
            if union != last {
                execute(connection, &doing, fold(staged.resolver(), &pairs, last, before, union)).await?;
            }
        }
        let stage = &staged.stage.name;
        let sql = format!("DELETE FROM {stage} AS s USING {pairs} AS p WHERE s.ordinal = p.before");
        duplicates += execute(connection, &doing, sql).await?;
    }
    Ok(duplicates)
}

/// Each key's last row and the one before it.
fn select_pairs(resolver: Resolver<'_>, pairs: &str, of_suspects: &str) -> String {
    format!(
        "CREATE TEMP TABLE {pairs} ON COMMIT DROP AS\nSELECT last, last_shape, before, before_shape FROM (\n  SELECT r.\"#row\" AS \
         last, r.\"#shape\" AS last_shape, lead(r.\"#row\") OVER w AS before, lead(r.\"#shape\") OVER w AS before_shape, \
         row_number() OVER w AS place\n  FROM {relation}{of_suspects}\n  WINDOW w AS (PARTITION BY {key} ORDER BY {winner_first})) AS \
         ranked\nWHERE place = 1 AND before IS NOT NULL",
        relation = resolver.relation(),
        key = resolver.key_parts().join(", "),
        winner_first = resolver.winner_first(),
    )
}

/// Gives the last row what only the row before it gives.
fn fold(resolver: Resolver<'_>, pairs: &str, last: usize, before: usize, union: usize) -> String {
    let (stage, layout, shapes) = (resolver.stage, resolver.layout, resolver.shapes);
    let taken = shapes.columns(before).iter().filter(|column| !shapes.gives(last, **column));
    let slots = taken.filter_map(|column| layout.fields[*column].as_ref()).flat_map(Node::slots);
    let columns: String = slots.map(|slot| format!(", {0} = b.{0}", layout.slots[slot].name)).collect();
    format!(
        "UPDATE {stage} AS l SET shape = {union}{columns}\nFROM {pairs} AS p JOIN {stage} AS b ON b.ordinal = p.before\nWHERE \
         l.ordinal = p.last AND p.last_shape = {last} AND p.before_shape = {before}"
    )
}
