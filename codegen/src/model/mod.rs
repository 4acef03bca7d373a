//! The schema in Rust's terms: names, types, what an insert must give, keys, references, the default conflict key.
//!
//! Nothing here knows how Rust is written down; [`crate::emit`] does.

pub mod checks;
pub mod conflict;
pub mod defaults;
pub mod dependencies;
pub mod enums;
pub mod fields;
pub mod json;
pub mod names;
pub mod references;
pub mod relations;
pub mod types;

use crate::generate::Overrides;
use crate::notice::Notice;
use crate::schema::{self, Column, Key, Schema, truncated};

use checks::Condition;
use conflict::Choice;
use enums::Enum;
use fields::Field;
use json::Json;
use names::{Names, module, pascal, pascal_in, shouty, snake};
use references::Reference;
use relations::Relation;

/// Everything that is emitted.
#[derive(Debug)]
pub struct Model<'a> {
    /// Tables in the schema's order.
    pub tables: Vec<Table<'a>>,
    /// Enums in the schema's order, then labels that only TypeScript knows.
    pub enums: Vec<Enum>,
    /// The types of JSON values.
    pub json: Json,
}

/// A table and its Rust side.
#[derive(Debug)]
pub struct Table<'a> {
    /// The table itself.
    pub schema: &'a schema::Table,
    /// The row struct's name; the insert struct's and the reference's are made of it.
    pub name: String,
    /// The module's name.
    pub module: String,
    /// One for each column.
    pub fields: Vec<Field<'a>>,
    /// The unique keys with the names of their constants. Names of keys are cut as PostgreSQL does.
    pub keys: Vec<(Key, String)>,
    /// The default conflict key.
    pub conflict: Choice,
    /// The check constraints, with what they ask for where that can be read exactly.
    pub checks: Vec<(&'a schema::Check, Vec<Condition>)>,
    /// How other rows name a row of it, if they can.
    pub reference: Option<Reference>,
    /// What `relations()` declares of it.
    pub relations: Vec<Relation>,
}

impl Table<'_> {
    /// The insert struct's name.
    pub fn insert_name(&self) -> String {
        format!("{}Insert", self.name)
    }

    /// The patch struct's name.
    pub fn patch_name(&self) -> String {
        format!("{}Patch", self.name)
    }

    /// The reference enum's name.
    pub fn reference_name(&self) -> String {
        format!("{}Ref", self.name)
    }
}

/// What a table's types are called after its base name.
const FAMILY: &[&str] = &["", "Insert", "Patch", "Ref"];

/// Names that generated modules use from the runtime, the prelude and the primitive types.
const RESERVED_TYPES: &[&str] = &[
    "AsCell",
    "Borrowed",
    "Box",
    "Cell",
    "CheckDef",
    "Clone",
    "ColumnDef",
    "Comparison",
    "Condition",
    "Debug",
    "Default",
    "Elements",
    "Err",
    "Field",
    "FnMut",
    "From",
    "FromColumn",
    "FromJson",
    "Identity",
    "Insert",
    "Into",
    "Json",
    "JsonDocument",
    "JsonEntries",
    "JsonKeys",
    "JsonMismatch",
    "Key",
    "KeyDef",
    "KeyKind",
    "Keyed",
    "Kind",
    "List",
    "None",
    "Ok",
    "Option",
    "PartialEq",
    "Patch",
    "PgArray",
    "PgBits",
    "PgGeometry",
    "PgInterval",
    "PgLine",
    "PgMacAddr",
    "PgMacAddr8",
    "PgPoint",
    "PgRange",
    "PgSparseVector",
    "PgText",
    "PgTimeTz",
    "PgVector",
    "Reference",
    "ReferenceDef",
    "Relation",
    "RelationDef",
    "RelationKind",
    "Result",
    "RowReader",
    "RuntimeValue",
    "Self",
    "Some",
    "Str",
    "String",
    "Table",
    "TableDef",
    "Test",
    "Upsert",
    "Vec",
];

/// Modules that are no table's.
const RESERVED_MODULES: &[&str] = &["enums", "json", "mod", "runtime", "schema", "lib", "main"];

/// Brings the schema into Rust's terms; what is wrong or doubtful is added to the notices.
pub fn build<'a>(schema: &'a Schema, overrides: &'a Overrides, notices: &mut Vec<Notice>) -> Model<'a> {
    overrides.check(schema, notices);
    let mut types = Names::reserving(RESERVED_TYPES.iter().copied());
    let mut modules = Names::reserving(RESERVED_MODULES.iter().copied());

    // `public` first and then by name, so that a table's name depends on as few others as can be.
    let mut order: Vec<usize> = (0..schema.tables.len()).collect();
    order.sort_by_key(|&i| (schema.tables[i].schema.as_deref(), schema.tables[i].name.as_str()));
    let mut named = vec![(String::new(), String::new()); schema.tables.len()];
    for index in order {
        let table = &schema.tables[index];
        let name = types.give_family(&type_candidates(table.schema.as_deref(), &table.name, "Row"), FAMILY);
        let file = module(&snake(&name));
        // `_2fa` is both: a module and a type, which have one namespace.
        let file = modules.give(&[if file == name { format!("table{file}") } else { file }]);
        named[index] = (name, file);
    }
    let mut enums = enums::collect(schema);
    for declared in &mut enums {
        declared.rust_name = types.give(&type_candidates(declared.schema.as_deref(), &declared.name, "Enum"));
    }

    let (json, json_columns) = json::build(schema, &mut types, &mut enums);
    let custom = |table: usize, column: usize| {
        let path = json_columns[table][column].as_ref()?;
        let is_json = crate::typescript::is_json(&schema.tables[table].columns[column].data_type);
        Some(if is_json { json.column(path) } else { json.written(path, None) })
    };
    let targets = references::targets(schema);
    let rust_name = |table: usize| named[table].0.clone();
    let tables = schema.tables.iter().zip(&named).enumerate().map(|(index, (table, (name, module)))| {
        let keys = table.keys();
        let setting = overrides.conflict_key(table);
        let conflict = conflict::choose(table, &keys, setting, notices);
        let fields = fields::build(schema, index, &enums, &targets, &rust_name, &custom, overrides);
        let reference = references::build(schema, index, &keys, &fields, &targets);
        let keys = key_constants(keys);
        let relations = relations::build(schema, table, &keys, notices);
        Table {
            schema: table,
            name: name.clone(),
            module: module.clone(),
            fields,
            keys,
            conflict,
            checks: table.checks.iter().map(|check| (check, checks::read(table, check))).collect(),
            reference,
            relations,
        }
    });
    let tables = tables.collect();
    Model { tables, enums, json }
}

/// Not null in the database: a primary key's columns are, whatever they say themselves.
pub(crate) fn is_not_null(table: &schema::Table, column: &Column) -> bool {
    column.not_null
        || column.primary_key
        || table.primary_key.as_ref().is_some_and(|key| key.columns.contains(&column.name))
}

fn type_candidates(schema: Option<&str>, name: &str, ending: &str) -> Vec<String> {
    let base = pascal(name);
    let prefixed = schema.map(|schema| pascal_in(&pascal(schema), name));
    std::iter::once(base.clone()).chain(prefixed).chain([format!("{base}{ending}")]).collect()
}

/// `BY_` and the columns; for keys over expressions, and for a second key over the same columns, `BY_` and the name.
fn key_constants(keys: Vec<Key>) -> Vec<(Key, String)> {
    let mut names = Names::default();
    let constant = |key: &Key| {
        let by_columns = format!("BY_{}", shouty(&key.columns.join("_")).trim_start_matches('_'));
        let by_name = format!("BY_{}", shouty(&key.name).trim_start_matches('_'));
        if key.expressions.is_empty() { vec![by_columns, by_name] } else { vec![by_name] }
    };
    let cut = |key: Key| Key { name: truncated(&key.name).to_owned(), ..key };
    keys.into_iter()
        .map(|key| {
            let name = names.give(&constant(&key));
            (cut(key), name)
        })
        .collect()
}
