//! The one function that makes all output, in memory. The command, the build script and the tests call it.

use std::collections::BTreeMap;

use crate::model::types::{self, TYPES};
use crate::notice::{Level, Notice, did_you_mean};
use crate::schema::{Column, Schema, Table};
use crate::{emit, model, sql};

/// What `codegen.toml` says about single tables and columns, by `schema.table` and `schema.table.column`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// The default conflict key of a table.
    pub conflict_keys: BTreeMap<String, String>,
    /// The Rust type of a column: one of the table of types ([`model::types::TYPES`]), also in `Vec` and `Option`; or any
    /// other that has the traits of a row's field (`Debug`, `Clone`, `PartialEq`, serde's two, sqlx's `Type` and `Decode`)
    /// and the runtime's `AsCell`.
    pub rust_types: BTreeMap<String, String>,
    /// The Rust type of a SQL type, by its name without modifiers; of arrays, of their elements. A column's own wins.
    pub sql_types: BTreeMap<String, String>,
}

impl Overrides {
    /// The key named for a table.
    pub(crate) fn conflict_key(&self, table: &Table) -> Option<&str> {
        self.conflict_keys.get(&table.qualified_name()).map(String::as_str)
    }

    /// The type named for a column of that many dimensions, or for its SQL type.
    pub(crate) fn rust_type(&self, table: &Table, column: &Column, dimensions: u8) -> Option<String> {
        if let Some(path) = self.rust_types.get(&qualified_column(table, column)) {
            return Some(path.clone());
        }
        let name = types::setting_name(&column.data_type);
        let of_type = self.sql_types.iter().find(|(written, _)| types::is_named(written, &name));
        of_type.map(|(_, path)| types::array(path, dimensions))
    }

    /// Names that the schema does not have, and types that are none.
    pub(crate) fn check(&self, schema: &Schema, notices: &mut Vec<Notice>) {
        let tables: Vec<String> = schema.tables.iter().map(Table::qualified_name).collect();
        for name in self.conflict_keys.keys().filter(|name| !tables.contains(name)) {
            let guess = did_you_mean(name, tables.iter().map(String::as_str));
            notices.push(Notice::error("unknown-table", format!("codegen.toml: no table `{name}`{guess}")));
        }
        let columns = schema.tables.iter().flat_map(|t| t.columns.iter().map(move |c| qualified_column(t, c)));
        let columns: Vec<String> = columns.collect();
        for name in self.rust_types.keys().filter(|name| !columns.contains(name)) {
            let guess = did_you_mean(name, columns.iter().map(String::as_str));
            notices.push(Notice::error("unknown-column", format!("codegen.toml: no column `{name}`{guess}")));
        }
        let used = schema.tables.iter().flat_map(|table| &table.columns);
        let mut names: Vec<String> = used.map(|column| types::setting_name(&column.data_type)).collect();
        names.extend(TYPES.iter().map(|mapping| mapping.sql[0].to_owned()));
        for written in self.sql_types.keys().filter(|written| !names.iter().any(|name| types::is_named(written, name)))
        {
            let guess = did_you_mean(written, names.iter().map(String::as_str));
            notices
                .push(Notice::error("unknown-type", format!("codegen.toml: no column is of type `{written}`{guess}")));
        }
        for (name, path) in self.rust_types.iter().chain(&self.sql_types) {
            if let Err(error) = syn::parse_str::<syn::Type>(path) {
                let message = format!("codegen.toml: `{path}`, given for `{name}`, is no Rust type: {error}");
                notices.push(Notice::error("rust-type", message).help("write a path, such as `crate::Colors`"));
            }
        }
    }
}

fn qualified_column(table: &Table, column: &Column) -> String {
    format!("{}.{}", table.qualified_name(), column.name)
}

/// All files of a generated module by their name inside the output folder.
pub type Files = BTreeMap<String, String>;

/// What one schema gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Generated {
    /// The files.
    pub files: Files,
    /// Warnings about the schema.
    pub warnings: Vec<Notice>,
}

/// Makes all files of the Rust module: the same bytes for the same schema and overrides, on any machine.
///
/// # Errors
/// All errors, with the warnings: overrides that name no table, column or type; conflict keys that do not exist.
pub fn generate(schema: &Schema, overrides: &Overrides) -> Result<Generated, Vec<Notice>> {
    let mut notices = Vec::new();
    let stored = schema.as_stored();
    let model = model::build(&stored, overrides, &mut notices);
    if notices.iter().any(|notice| notice.level == Level::Error) {
        return Err(notices);
    }
    let files = emit::files(&model, &sql::script(schema)).map_err(|error| vec![error])?;
    Ok(Generated { files, warnings: notices })
}
