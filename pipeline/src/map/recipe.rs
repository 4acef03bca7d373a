//! How the records of a file are read and loaded, kept beside those that were refused: whoever replays one needs neither the
//! file nor the command line that it came with.

use std::borrow::Cow;
use std::sync::Arc;

use models::{KeyDef, TableDef};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::file::MapFile;
use crate::catalogue::{Catalogue, key_of};
use crate::files::{Format, Layout};
use crate::load::{OnConflict, Recipe};
use crate::{Error, Exit, Result};

/// A recipe as it is kept: JSON in `pipeline.recipe`.
#[derive(Debug, Serialize, Deserialize)]
pub struct FileRecipe {
    /// The table, as `schema.name`.
    pub table: String,
    /// The unique key by which rows are told apart.
    pub key: String,
    /// The format of the records.
    pub format: Format,
    /// The names of the fields in their order.
    pub names: Vec<String>,
    /// The delimiter of CSV.
    pub delimiter: Option<u8>,
    /// The quote of CSV; `None` for none.
    pub quote: Option<u8>,
    /// The only columns that were loaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub columns: Option<Vec<String>>,
    /// The map.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub map: Option<KeptMap>,
    /// What became of rows that existed.
    pub on_conflict: OnConflict,
    /// The schema as codegen's IR; without it, that of the models.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<Box<RawValue>>,
}

/// A map file as it was.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KeptMap {
    /// Its name.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// What all files of one load have in common.
#[derive(Debug, Clone, Copy)]
pub struct Common<'a> {
    /// The table.
    pub table: &'a TableDef,
    /// The key.
    pub key: &'a KeyDef,
    /// The map.
    pub map: Option<&'a MapFile>,
    /// The only columns to load.
    pub columns: Option<&'a [String]>,
    /// What becomes of rows that exist.
    pub on_conflict: OnConflict,
    /// Where the table was found.
    pub catalogue: &'a Catalogue,
}

impl FileRecipe {
    /// The recipe of a file, as it is kept.
    ///
    /// # Errors
    /// [`Exit::Configuration`] for a schema that cannot be written as JSON.
    pub fn keep(common: Common<'_>, layout: &Layout) -> Result<Arc<Recipe>> {
        let Common { table, key, map, columns, on_conflict, catalogue } = common;
        let broken = |error| Error::new(Exit::Configuration, "the recipe of the load cannot be kept").caused_by(error);
        let recipe = Self {
            table: table.qualified_name(),
            key: key.name.to_string(),
            format: layout.format.unwrap_or(Format::Csv),
            names: layout.names.clone().unwrap_or_default(),
            delimiter: layout.delimiter,
            quote: layout.quote,
            columns: columns.map(<[String]>::to_vec),
            map: map.map(|map| KeptMap { name: map.name.clone(), text: map.text.clone() }),
            on_conflict,
            schema: catalogue.ir.clone().map(RawValue::from_string).transpose().map_err(broken)?,
        };
        Ok(Arc::new(Recipe::new(serde_json::to_string(&recipe).map_err(broken)?)))
    }

    /// Reads a recipe that was kept.
    ///
    /// # Errors
    /// [`Exit::Configuration`] for one that another version of this program wrote.
    pub fn read(content: &str) -> Result<Self> {
        serde_json::from_str(content).map_err(|error| {
            Error::new(Exit::Configuration, "a recipe in pipeline.recipe cannot be read")
                .help("another version of this program wrote it; load the file again")
                .caused_by(error)
        })
    }

    /// The tables among which the recipe's is found: those of its schema, or of the models.
    ///
    /// # Errors
    /// As [`Catalogue::of_ir`].
    pub fn catalogue(&self) -> Result<Catalogue> {
        self.schema.as_ref().map_or_else(|| Ok(Catalogue::models()), |ir| Catalogue::of_ir(ir.get()))
    }

    /// The table and its key.
    ///
    /// # Errors
    /// [`Exit::Usage`] if the catalogue has none of that name.
    pub fn target(&self, catalogue: &Catalogue) -> Result<(&'static TableDef, &'static KeyDef)> {
        let table = catalogue.table(&self.table)?;
        Ok((table, key_of(table, Some(&self.key))?))
    }

    /// The map as it was.
    ///
    /// # Errors
    /// As [`MapFile::parse`].
    pub fn map(&self) -> Result<Option<MapFile>> {
        self.map.as_ref().map(|map| MapFile::parse(&map.name, map.text.clone())).transpose()
    }

    /// How a record of it is read.
    pub fn layout(&self, max_record: usize) -> Layout {
        Layout {
            format: Some(self.format),
            delimiter: self.delimiter,
            quote: self.quote,
            names: Some(self.names.clone()),
            max_record,
        }
    }
}

/// The place that a message begins with, `line 5: ` or `row 5: `, and the rest.
pub fn line_of(message: &str) -> (Option<u64>, Cow<'_, str>) {
    let place = message.strip_prefix("line ").or_else(|| message.strip_prefix("row "));
    let parts = place.and_then(|rest| rest.split_once(": "));
    match parts.and_then(|(line, rest)| Some((line.parse().ok()?, rest))) {
        Some((line, rest)) => (Some(line), rest.into()),
        None => (None, message.into()),
    }
}
