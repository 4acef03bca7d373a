//! What a load of files needs to know before the database is asked for anything.

use std::sync::Arc;

use models::{KeyDef, Kind, TableDef};

use super::LoadOptions;
use crate::catalogue::{Catalogue, key_of};
use crate::config::did_you_mean;
use crate::files::{Input, Layout, Meter, Opened, open};
use crate::load::{MarkMissing, deleted_at};
use crate::map::{Common, FileRecipe, Header, MapFile, Plan, spellings};
use crate::{Error, Exit, Result};

/// Where the rows go and where they come from. Files can be opened again, for another attempt.
pub(super) struct Prepared {
    pub(super) catalogue: Catalogue,
    pub(super) table: &'static TableDef,
    pub(super) key: &'static KeyDef,
    pub(super) winner: Option<String>,
    pub(super) mark_missing: Option<MarkMissing>,
    map: Option<MapFile>,
    inputs: Vec<Input>,
    layout: Layout,
    options: LoadOptions,
}

/// Files that are open, with the plans of their rows.
pub(super) struct Files {
    pub(super) files: Vec<(Opened, Plan)>,
    pub(super) meter: Arc<Meter>,
    /// What they occupy, in bytes.
    pub(super) size: Option<u64>,
}

impl Prepared {
    /// Reads map and schema, opens the files and makes their plans: everything that is wrong with them is found here.
    pub(super) fn new(options: LoadOptions, max_record: usize) -> Result<(Self, Files)> {
        let map = options.map.as_deref().map(MapFile::read).transpose()?;
        let catalogue = options.schema.as_deref().map_or_else(|| Ok(Catalogue::models()), Catalogue::read)?;
        let table = catalogue.table(&options.table)?;
        if let Some(map) = &map
            && let Some(other) = map.table()
            && catalogue.table(other).map_or(true, |other| !std::ptr::eq(other, table))
        {
            let message = format!("the map {} is for the table {other}, not for {}", map.name, table.qualified_name());
            return Err(Error::new(Exit::Usage, message));
        }
        let key = key_of(table, options.key.as_deref().or(map.as_ref().and_then(MapFile::key)))?;
        let names = options.columns.clone().filter(|_| !options.header);
        let (delimiter, quote) = (options.delimiter, options.quote);
        let layout = Layout { format: options.format, delimiter, quote, names, max_record };
        let inputs = options.files.iter().map(|path| Input::of(path)).collect::<Result<Vec<_>>>()?;
        let (winner, mark_missing) = (None, None);
        let mut prepared = Self { catalogue, table, key, winner, mark_missing, map, inputs, layout, options };
        let files = prepared.open()?;
        prepared.check_flags(&files.files)?;
        Ok((prepared, files))
    }

    /// Opens the files.
    pub(super) fn open(&self) -> Result<Files> {
        let Self { catalogue, table, key, map, layout, options, .. } = self;
        let (table, key, map) = (*table, *key, map.as_ref());
        let meter = Arc::new(Meter::default());
        let known = spellings(table, map);
        let columns = options.columns.as_deref().filter(|_| options.header);
        let common = Common { table, key, map, columns, on_conflict: options.on_conflict, catalogue };
        let mut files = Vec::new();
        for input in &self.inputs {
            let opened = open(input, layout, &meter, &known)?;
            let header = Header { file: &opened.name, names: &opened.names, format: opened.format };
            let plan = Plan::new(catalogue, (table, key), header, map, columns)?;
            let recipe = FileRecipe::keep(common, &opened.layout)?;
            files.push((opened.read_for(plan.uses()), plan.with_recipe(recipe)));
        }
        let size = files.iter().map(|(opened, _)| opened.size).sum();
        Ok(Files { files, meter, size })
    }

    /// Looks up the columns that flags name.
    fn check_flags(&mut self, files: &[(Opened, Plan)]) -> Result<()> {
        let (table, options) = (self.table, &self.options);
        let given = |flag: &str, name: &String| given_column(table, files, flag, name);
        self.winner = options.winner.as_ref().map(|name| given("--winner", name)).transpose()?;
        self.mark_missing = options.refresh.mark_missing.clone();
        for name in self.mark_missing.iter_mut().flat_map(|mark| &mut mark.within) {
            *name = given("--mark-missing-within", name)?;
        }
        if (self.mark_missing.is_some() || options.refresh.revive) && deleted_at(table).is_none() {
            let flag = if self.mark_missing.is_some() { "--mark-missing" } else { "--revive" };
            let message = format!("{flag} needs a column deleted_at, and {} has none", table.qualified_name());
            return Err(
                Error::new(Exit::Usage, message).help("declare it in the Drizzle schema: a timestamp that may be null")
            );
        }
        Ok(())
    }
}

/// The name in the database of a column that a flag names, and that every file gives.
fn given_column(table: &TableDef, files: &[(Opened, Plan)], flag: &str, name: &str) -> Result<String> {
    let column = table.columns.iter().find(|column| column.name == *name || column.key == *name).ok_or_else(|| {
        let hint = did_you_mean(name, table.columns.iter().map(|column| &*column.name));
        let table = table.qualified_name();
        Error::new(Exit::Usage, format!("{flag} names {name}, which {table} does not have{hint}"))
    })?;
    if let Some((opened, _)) = files.iter().find(|(_, plan)| !plan.gives(table, &column.name)) {
        return Err(Error::new(Exit::Input, format!("{flag} names {name}, which {} does not give", opened.name)));
    }
    if flag == "--winner" && (column.dimensions > 0 || matches!(column.kind, Kind::Json | Kind::Jsonb | Kind::Other)) {
        return Err(Error::new(
            Exit::Usage,
            format!("--winner names {name}, whose type {} has no order", column.sql_type),
        ));
    }
    Ok(column.name.to_string())
}
