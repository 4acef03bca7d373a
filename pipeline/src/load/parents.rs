//! Reading staged values: as they are, or as the id that a parent's natural key leads to.

use super::layout::{Node, Route, Slot, staged_as_text};
use super::sql::{all, any, ident, literal, table_name};

/// Writes expressions over a stage `s`, and the joins that they need.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    slots: &'a [Slot],
    /// A LEFT JOIN for each way to a parent, inner ones first.
    pub(super) joins: Vec<String>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(slots: &'a [Slot]) -> Self {
        Self { slots, joins: Vec::new() }
    }

    /// The value of a node. `ways` gets, for each way to a parent, the condition that a row took it, and the id it led to.
    pub(super) fn read(&mut self, node: &Node<'_>, ways: &mut Vec<(String, String)>) -> String {
        let mut values = Vec::new();
        for route in &node.routes {
            let id = self.join(route);
            ways.push((self.given(route), id.clone()));
            values.push(id);
        }
        if let Some(slot) = node.value {
            let name = self.slot(slot);
            let cast = format!("{name}::{}", node.column.sql_type);
            values.push(if staged_as_text(node.column) { cast } else { name });
        }
        match values.len() {
            0 => format!("NULL::{}", node.column.sql_type),
            1 => values.remove(0),
            _ => format!("COALESCE({})", values.join(", ")),
        }
    }

    /// Adds the join that finds the parent, and gives the expression of its id.
    fn join(&mut self, route: &Route<'_>) -> String {
        let values: Vec<_> = route.parts.iter().map(|part| self.read(part, &mut Vec::new())).collect();
        let alias = format!("p{}", self.joins.len() + 1);
        let parts = route.parts.iter().zip(values);
        let conditions: Vec<_> =
            parts.map(|(part, value)| format!("{alias}.{} = {value}", ident(&part.column.name))).collect();
        let parent = table_name(route.table);
        // A partial key is unique only among the rows of its predicate, whose SQL names columns barely.
        let parent = match &route.key.predicate {
            Some(predicate) => format!("(SELECT * FROM {parent} WHERE {predicate})"),
            None => parent,
        };
        self.joins.push(format!("\n  LEFT JOIN {parent} AS {alias} ON {}", all(&conditions)));
        format!("{alias}.{}", ident(&route.target.name))
    }

    /// True for rows that took this way. No part of a reference is null, so that the first one tells.
    fn given(&self, route: &Route<'_>) -> String {
        let Some(first) = route.parts.first() else {
            return any(&[]);
        };
        let mut ways: Vec<_> = first.value.iter().map(|slot| format!("{} IS NOT NULL", self.slot(*slot))).collect();
        ways.extend(first.routes.iter().map(|route| self.given(route)));
        any(&ways)
    }

    /// What was given, as jsonb: a value, or the parts of a natural key by name.
    pub(super) fn natural(&self, node: &Node<'_>) -> String {
        let case = |route: &Route<'_>| {
            let part = |part: &Node<'_>| format!("{}, {}", literal(&part.column.name), self.natural(part));
            let parts: Vec<_> = route.parts.iter().map(part).collect();
            format!("WHEN {} THEN jsonb_build_object({}) ", self.given(route), parts.join(", "))
        };
        let value = node
            .value
            .map_or("'null'::jsonb".to_owned(), |slot| format!("COALESCE(to_jsonb({}), 'null')", self.slot(slot)));
        let cases: String = node.routes.iter().map(case).collect();
        if cases.is_empty() { value } else { format!("CASE {cases}ELSE {value} END") }
    }

    fn slot(&self, slot: usize) -> String {
        format!("s.{}", self.slots[slot].name)
    }
}
