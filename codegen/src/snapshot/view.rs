//! Views.

use super::shape::View;
use super::table::literal;
use super::{Writer, public};
use crate::schema;

impl Writer {
    pub(super) fn view(self, view: &schema::View) -> View {
        let schema = view.schema.as_deref();
        let options = view.with.as_ref();
        View {
            columns: view.columns.iter().map(|c| (c.name.clone(), self.column(c, schema))).collect(),
            definition: view.definition.as_ref().map(|sql| self.text(sql)),
            name: view.name.clone(),
            schema: public(schema),
            is_existing: view.definition.is_none(),
            with: options.map(|options| options.iter().map(|(key, value)| (camel(key), literal(value))).collect()),
            with_no_data: view.with_no_data.then_some(true),
            materialized: view.materialized,
            tablespace: view.tablespace.clone(),
            using: view.using.clone(),
        }
    }
}

/// drizzle-orm's name of an option: `check_option` is `checkOption`.
fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| {
        let (head, tail) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
        name + &head.to_uppercase() + tail
    })
}
