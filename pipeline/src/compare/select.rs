//! The statement that reads a side: its rows in the order of their keys, in PostgreSQL's binary form.

use super::family::{Class, Family, cast};
use super::plan::{Pair, Step, TablePlan, What};
use super::rule::Rule;
use super::sql::{ident, literal};

/// Which rows are read: those whose key, hashed with the seed, lies below a bound.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chosen {
    pub(super) seed: u64,
    pub(super) share: f64,
}

/// The statement for a side, 0 the left one. `is_utf8` says that the bytes of texts sort as those of UTF-8 do.
pub(super) fn select(plan: &TablePlan, side: usize, is_utf8: bool, chosen: Option<Chosen>) -> String {
    let mut joins = Joins::default();
    let key: Vec<Expressions> = plan.key.iter().map(|pair| key_part(pair, side, is_utf8, &mut joins)).collect();
    let mut columns: Vec<String> = key.iter().map(|part| part.value.clone()).collect();
    columns.extend(plan.values.iter().map(|pair| joins.value(pair, side)));
    let order: Vec<&str> = key.iter().map(|part| part.order.as_str()).collect();
    let condition = chosen.map(|chosen| chosen.condition(plan, &key)).unwrap_or_default();
    let (schema, name) = &plan.names[side];
    format!(
        "COPY (SELECT {}\nFROM {}.{} AS t{}{condition}\nORDER BY {}) TO STDOUT (FORMAT binary)",
        columns.join(", "),
        ident(schema),
        ident(name),
        joins.text,
        order.join(", "),
    )
}

impl Chosen {
    /// SHA-256 is the same on every version and machine, and spreads.
    fn condition(self, plan: &TablePlan, key: &[Expressions]) -> String {
        let part = |(pair, part): (&Pair, &Expressions)| {
            let value = &part.value;
            let text = match pair.family {
                Family::Text | Family::Json => value.clone(),
                Family::Decimal => format!("pg_catalog.trim_scale({value})::pg_catalog.text"),
                // There are two zeros.
                Family::Single | Family::Double => format!("({value} + 0)::pg_catalog.text"),
                Family::Bytes => format!("pg_catalog.encode({value}, 'hex')"),
                _ => format!("({value})::pg_catalog.text"),
            };
            format!("coalesce({text}, '')")
        };
        let parts: Vec<String> = plan.key.iter().zip(key).map(part).collect();
        let text = format!("{} || '/' || {}", literal(&self.seed.to_string()), parts.join(" || '/' || "));
        // A share of all is no condition: the bound would need one bit more.
        let bound = (self.share.min(1.0) * (1u64 << 32) as f64) as u64;
        if bound >= 1 << 32 {
            return String::new();
        }
        format!("\nWHERE pg_catalog.sha256(pg_catalog.convert_to({text}, 'UTF8')) < '\\x{bound:08x}'::pg_catalog.bytea")
    }
}

/// A part of the key: what is read, and what it is sorted by.
struct Expressions {
    value: String,
    order: String,
}

fn key_part(pair: &Pair, side: usize, is_utf8: bool, joins: &mut Joins) -> Expressions {
    let mut value = joins.value(pair, side);
    let What::Value { column, of, sorts_by_bytes, .. } = &pair.terms[side].what else {
        return Expressions { order: value.clone(), value };
    };
    let order = match (pair.family, of.class) {
        // An index on the column itself gives the order, which casts to wider numbers keep.
        (Family::Int, Class::Int) => format!("{}.{}", joins.alias(&pair.terms[side].steps), ident(column)),
        (Family::Text | Family::Json, class) => {
            let Rule { ignore_case, ignore_space, null_is_empty, .. } = pair.rule;
            if null_is_empty {
                value = format!("coalesce({value}, '')");
            }
            if ignore_space {
                value = format!("pg_catalog.btrim(pg_catalog.regexp_replace({value}, '\\s+', ' ', 'g'))");
            }
            if ignore_case {
                value = format!("pg_catalog.lower({value})");
            }
            let is_plain = class == Class::Text && !(ignore_case || ignore_space || null_is_empty);
            match (is_utf8, is_plain && *sorts_by_bytes) {
                (true, true) => value.clone(),
                (true, false) => format!("({value}) COLLATE pg_catalog.\"C\""),
                (false, _) => format!("pg_catalog.convert_to({value}, 'UTF8')"),
            }
        }
        _ => value.clone(),
    };
    Expressions { value, order }
}

/// The tables that are joined to follow foreign keys, each once.
#[derive(Default)]
struct Joins {
    known: Vec<Vec<Step>>,
    text: String,
}

impl Joins {
    fn value(&mut self, pair: &Pair, side: usize) -> String {
        let term = &pair.terms[side];
        match &term.what {
            What::Value { column, of, same_type, zone, .. } => {
                let column = format!("{}.{}", self.alias(&term.steps), ident(column));
                cast(&column, of, pair.family, *same_type, zone)
            }
            What::Found => {
                let Some((last, before)) = term.steps.split_last() else { return "true".to_owned() };
                let (from, to) = (self.alias(before), self.alias(&term.steps));
                let none = last.columns.iter().map(|column| format!("{from}.{} IS NULL", ident(column)));
                let row = last.foreign_columns.iter().map(|column| format!("{to}.{} IS NOT NULL", ident(column)));
                let (none, row): (Vec<_>, Vec<_>) = (none.collect(), row.collect());
                format!("({} OR {})", none.join(" OR "), row.join(" AND "))
            }
        }
    }

    /// The name of the table that these steps lead to.
    fn alias(&mut self, steps: &[Step]) -> String {
        let Some((last, before)) = steps.split_last() else { return "t".to_owned() };
        if let Some(place) = self.known.iter().position(|known| known == steps) {
            return format!("t{}", place + 1);
        }
        let from = self.alias(before);
        self.known.push(steps.to_vec());
        let alias = format!("t{}", self.known.len());
        let pairs = last.columns.iter().zip(&last.foreign_columns);
        let on = pairs.map(|(own, foreign)| format!("{alias}.{} = {from}.{}", ident(foreign), ident(own)));
        let on: Vec<String> = on.collect();
        let (schema, table) = (ident(&last.schema), ident(&last.table));
        self.text.push_str(&format!("\nLEFT JOIN {schema}.{table} AS {alias} ON {}", on.join(" AND ")));
        alias
    }
}
