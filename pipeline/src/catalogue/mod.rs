//! The tables that can be loaded: those of the models, or of any Drizzle schema.

mod definition;

use std::borrow::Cow;
use std::path::Path;

use codegen::config::Settings;
use codegen::generate::Overrides;
use codegen::schema::{IR_VERSION, Schema};
use models::{KeyDef, TableDef};

use crate::config::did_you_mean;
use crate::{Error, Exit, Result};

/// Tables, and the DDL that creates them.
#[derive(Debug)]
pub struct Catalogue {
    /// All tables.
    pub tables: Vec<&'static TableDef>,
    /// Their DDL, statements separated by `--> statement-breakpoint`.
    pub ddl: Cow<'static, str>,
    /// What there is to know about the schema, rendered.
    pub warnings: Vec<String>,
    /// The schema as codegen's IR, in JSON; `None` for that of the models.
    pub ir: Option<String>,
}

impl Catalogue {
    /// The tables of the models.
    pub fn models() -> Self {
        let (tables, ddl) = (models::TABLES.to_vec(), Cow::Borrowed(models::SCHEMA_SQL));
        Self { tables, ddl, warnings: Vec::new(), ir: None }
    }

    /// The tables of a Drizzle schema: a TypeScript file, a folder, a glob, or codegen's IR as JSON. The definitions live as
    /// long as the process, as those of the models do.
    ///
    /// # Errors
    /// [`Exit::Configuration`] with everything that is wrong with the schema.
    pub fn read(path: &Path) -> Result<Self> {
        let root = std::env::current_dir()
            .map_err(|error| Error::new(Exit::Configuration, "the current folder is not known").caused_by(error))?;
        let schema = vec![path.to_string_lossy().into_owned()];
        let settings = Settings {
            root,
            file: None,
            schema,
            drizzle_config: None,
            out: None,
            casing: None,
            overrides: Overrides::default(),
        };
        let failed = |reason: String| {
            Error::new(Exit::Configuration, format!("the schema {} cannot be read:\n{reason}", path.display()))
        };
        let input = codegen::input::read(&settings, codegen::diagnostic::Look::Plain)
            .map_err(|error| failed(error.to_string()))?;
        Self::of_schema(&input.schema, input.warnings).map_err(failed)
    }

    /// The tables of a schema that [`Catalogue::ir`] gave.
    ///
    /// # Errors
    /// [`Exit::Configuration`] if it is none, or of a later version.
    pub fn of_ir(ir: &str) -> Result<Self> {
        let failed = |reason: String| Error::new(Exit::Configuration, format!("the schema that was kept: {reason}"));
        let schema: Schema = serde_json::from_str(ir).map_err(|error| failed(error.to_string()))?;
        if schema.version > IR_VERSION {
            return Err(failed(format!(
                "its version is {}, and this program knows up to {IR_VERSION}",
                schema.version
            )));
        }
        Self::of_schema(&schema, Vec::new()).map_err(failed)
    }

    fn of_schema(schema: &Schema, warnings: Vec<String>) -> Result<Self, String> {
        let (tables, errors) = definition::tables(schema);
        if !errors.is_empty() {
            return Err(errors.join("\n"));
        }
        if tables.is_empty() {
            return Err("it declares no table".to_owned());
        }
        let tables = tables.into_iter().map(|table| &*Box::leak(Box::new(table))).collect();
        let ir = serde_json::to_string(schema).map_err(|error| error.to_string())?;
        Ok(Self { tables, ddl: codegen::sql::script(schema).into(), warnings, ir: Some(ir) })
    }

    /// A table by its name: `schema.table`, or the table alone where only one schema has it or `public` does.
    ///
    /// # Errors
    /// [`Exit::Usage`] if there is none, or several.
    pub fn table(&self, name: &str) -> Result<&'static TableDef> {
        let exact = self
            .tables
            .iter()
            .find(|table| table.qualified_name() == name || (table.schema == "public" && table.name == name));
        if let Some(table) = exact {
            return Ok(table);
        }
        let of_name: Vec<_> = self.tables.iter().filter(|table| table.name == name).collect();
        match of_name[..] {
            [table] => Ok(table),
            [] => {
                let names: Vec<String> = self.tables.iter().map(|table| shown(table)).collect();
                let hint = did_you_mean(name, names.iter().map(String::as_str));
                Err(Error::new(Exit::Usage, format!("there is no table {name}{hint}"))
                    .help(format!("the tables are {}; --schema names those of another schema", names.join(", "))))
            }
            _ => {
                let names: Vec<String> = of_name.iter().map(|table| table.qualified_name()).collect();
                Err(Error::new(Exit::Usage, format!("several schemas have a table {name}"))
                    .help(format!("name one of {}", names.join(", "))))
            }
        }
    }

    /// A table with all that its rows may refer to, directly or through others.
    pub fn with_parents(&self, table: &'static TableDef) -> Vec<&'static TableDef> {
        let mut found = vec![table];
        let mut next = 0;
        while next < found.len() {
            for reference in found[next].references.iter() {
                let parent = self.parent(&reference.foreign_schema, &reference.foreign_table);
                if let Some(parent) = parent.filter(|parent| !found.iter().any(|known| std::ptr::eq(*known, *parent))) {
                    found.push(parent);
                }
            }
            next += 1;
        }
        found
    }

    /// How many tables stand between a table and those that refer to nothing, at most: to load parents before children.
    pub fn depth(&self, table: &'static TableDef) -> usize {
        let mut level: Vec<&'static TableDef> = vec![table];
        for depth in 0..self.tables.len() {
            let parents = level.iter().flat_map(|table| {
                let others = table.references.iter();
                let others =
                    others.filter_map(|reference| self.parent(&reference.foreign_schema, &reference.foreign_table));
                others.filter(|parent| !std::ptr::eq(*parent, *table))
            });
            let mut parents: Vec<_> = parents.collect();
            parents.sort_by_key(|table| std::ptr::from_ref(*table) as usize);
            parents.dedup_by(|one, other| std::ptr::eq(*one, *other));
            if parents.is_empty() {
                return depth;
            }
            level = parents;
        }
        self.tables.len()
    }

    /// A table by schema and name.
    pub fn parent(&self, schema: &str, name: &str) -> Option<&'static TableDef> {
        self.tables.iter().find(|table| table.schema == schema && table.name == name).copied()
    }
}

fn shown(table: &TableDef) -> String {
    if table.schema == "public" { table.name.to_string() } else { table.qualified_name() }
}

/// The key by which rows of a table are told apart: the one that is named, else the table's default.
///
/// # Errors
/// [`Exit::Usage`] if there is none.
pub fn key_of(table: &'static TableDef, name: Option<&str>) -> Result<&'static KeyDef> {
    let keys = || {
        let shown = |key: &KeyDef| {
            let parts: Vec<&str> = key.columns.iter().chain(key.expressions.iter()).map(AsRef::as_ref).collect();
            format!("{} ({})", key.name, parts.join(", "))
        };
        table.keys.iter().map(shown).collect::<Vec<_>>().join(", ")
    };
    let Some(name) = name else {
        return table.default_conflict_key().ok_or_else(|| {
            let message = format!("{} has no default key: {}", table.qualified_name(), table.conflict_key_reason);
            let help = match table.keys.is_empty() {
                true => {
                    "declare a unique constraint in the Drizzle schema: nothing else tells its rows apart".to_owned()
                }
                false => format!("name one with --key: {}", keys()),
            };
            Error::new(Exit::Usage, message).help(help)
        });
    };
    table.keys.iter().find(|key| key.name == name).ok_or_else(|| {
        let hint = did_you_mean(name, table.keys.iter().map(|key| &*key.name));
        Error::new(Exit::Usage, format!("{} has no unique key {name}{hint}", table.qualified_name()))
            .help(format!("its keys are {}", keys()))
    })
}
