//! The schema IR: what a set of Drizzle modules declares, in PostgreSQL's terms.
//!
//! Every stage after `drizzle` sees this and nothing else. It knows neither swc nor Rust, and serialises with serde.
//! Lists keep drizzle-kit's order: exports sorted within a module, columns as declared, column-level unique constraints
//! before table-level ones.

mod identifier;
mod json;
mod key;
mod security;
mod sql;
mod stored;
mod view;

pub use identifier::{object_key, object_name, truncated};
pub use json::{JsonMember, JsonObject, JsonType, TypeDeclaration};
pub use key::{Key, KeyKind};
pub use security::{LinkedPolicy, Policy, Role};
pub use sql::{Sql, Wording};
pub use view::{Sequence, SequenceOptions, View};

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The version of the serialised form; it grows when a reader of the old form could misread the new one.
///
/// - 2: sequences, roles, views, policies and row level security, without which tables would be created unprotected. A
///   document of version 1 is read as one that has none.
/// - 3: what the types in `$type<T>()` hold. A document of version 2 is read as one whose types nobody could see.
pub const IR_VERSION: u32 = 3;

/// Everything that one evaluation of a Drizzle project declares.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Schema {
    /// See [`IR_VERSION`].
    pub version: u32,
    /// `pgSchema` names that are exported and so get a `CREATE SCHEMA`.
    pub schemas: Vec<String>,
    /// Exported `pgEnum`s.
    pub enums: Vec<Enum>,
    /// Exported `pgSequence`s.
    #[serde(default)]
    pub sequences: Vec<Sequence>,
    /// Exported `pgRole`s that are not `.existing()`.
    #[serde(default)]
    pub roles: Vec<Role>,
    /// Exported tables.
    pub tables: Vec<Table>,
    /// Exported views, plain ones first, then materialised ones.
    #[serde(default)]
    pub views: Vec<View>,
    /// Exported policies that are linked to tables which the schema does not create.
    #[serde(default)]
    pub policies: Vec<LinkedPolicy>,
    /// Relations declared with `relations()`.
    pub relations: Vec<Relation>,
    /// The TypeScript types that columns name in `$type<T>()`, and those that they are made of, in order of appearance.
    #[serde(default)]
    pub types: Vec<TypeDeclaration>,
}

/// A place in a source file, 1-based, in characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Location {
    /// Path relative to the project folder, with forward slashes.
    pub file: Arc<str>,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
}

/// A PostgreSQL enum type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Enum {
    /// The schema, `None` for `public`.
    pub schema: Option<String>,
    /// The type's name in the database.
    pub name: String,
    /// The labels in database order.
    pub values: Vec<String>,
    /// The comment above the declaration.
    pub docs: Option<String>,
    /// Where it is declared.
    pub location: Location,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// The schema, `None` for `public`.
    pub schema: Option<String>,
    /// The name in the database.
    pub name: String,
    /// The name of the TypeScript export.
    pub key: String,
    /// The comment above the declaration, without `@tags`.
    pub docs: Option<String>,
    /// The key named by a `@conflictKey` tag in that comment.
    pub conflict_key: Option<String>,
    /// Where it is declared.
    pub location: Location,
    /// Columns in declaration order.
    pub columns: Vec<Column>,
    /// A primary key over more than one column, or a named one; a single column's is in [`Column::primary_key`].
    pub primary_key: Option<PrimaryKey>,
    /// Unique constraints, column-level ones first.
    pub uniques: Vec<UniqueConstraint>,
    /// Indexes, unique ones too.
    pub indexes: Vec<Index>,
    /// Foreign keys, column-level ones first.
    pub foreign_keys: Vec<ForeignKey>,
    /// Check constraints.
    pub checks: Vec<Check>,
    /// True for `.enableRLS()`. Policies enable row level security too: see [`Table::is_secured`].
    #[serde(default)]
    pub row_level_security: bool,
    /// Policies, those of the table's own declaration first.
    #[serde(default)]
    pub policies: Vec<Policy>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// The name in the database.
    pub name: String,
    /// The property name in TypeScript.
    pub key: String,
    /// The comment above the property.
    pub docs: Option<String>,
    /// Where it is declared.
    pub location: Location,
    /// The type as `drizzle-orm`'s `getSQLType()` spells it, such as `timestamp (3) with time zone`.
    pub sql_type: String,
    /// The type, structured.
    pub data_type: DataType,
    /// Drizzle's `mode`, which describes the JavaScript side only.
    pub mode: Option<String>,
    /// True for `.notNull()`, primary keys, serials and identities, as drizzle-orm has it.
    pub not_null: bool,
    /// True for `.primaryKey()` on the column itself.
    pub primary_key: bool,
    /// The database's default.
    pub default: Option<ColumnDefault>,
    /// `$defaultFn`: computed by the client at insert.
    pub runtime_default: Option<Box<RuntimeValue>>,
    /// `$onUpdate`: computed by the client at update.
    pub on_update: Option<Box<RuntimeValue>>,
    /// `generatedAlwaysAsIdentity`, `generatedByDefaultAsIdentity`.
    pub identity: Option<Box<Identity>>,
    /// `generatedAlwaysAs`: the expression's SQL.
    pub generated: Option<Sql>,
    /// The text of `T` in `.$type<T>()`.
    pub typescript_type: Option<String>,
    /// What that `T` is, of a JSON or text column; of an array, what its elements are. `None` where nothing was said.
    #[serde(default)]
    pub value_type: Option<Box<JsonType>>,
    /// The labels of `text({ enum: […] })`, which the database does not know.
    pub text_enum: Option<Vec<String>>,
}

/// PostgreSQL types as pg-core names them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DataType {
    /// `smallint`
    SmallInt,
    /// `integer`
    Integer,
    /// `bigint`
    BigInt,
    /// `smallserial`: a smallint with a sequence of its own
    SmallSerial,
    /// `serial`: an integer with a sequence of its own
    Serial,
    /// `bigserial`: a bigint with a sequence of its own
    BigSerial,
    /// `boolean`
    Boolean,
    /// `text`
    Text,
    /// `varchar(length)`, length in characters
    Varchar {
        /// The most characters it holds.
        length: Option<u32>,
    },
    /// `char(length)`, length in characters
    Char {
        /// The number of characters it holds, padded with spaces.
        length: Option<u32>,
    },
    /// `numeric(precision, scale)`
    Numeric {
        /// All decimal digits.
        precision: Option<u32>,
        /// Decimal digits after the point.
        scale: Option<i32>,
    },
    /// `real`
    Real,
    /// `double precision`
    DoublePrecision,
    /// `json`
    Json,
    /// `jsonb`
    Jsonb,
    /// `uuid`
    Uuid,
    /// `date`
    Date,
    /// `time`
    Time {
        /// Digits of the fractional second.
        precision: Option<u32>,
        /// `with time zone`
        with_time_zone: bool,
    },
    /// `timestamp`
    Timestamp {
        /// Digits of the fractional second.
        precision: Option<u32>,
        /// `with time zone`
        with_time_zone: bool,
    },
    /// `interval`
    Interval {
        /// Such as `day to second`.
        fields: Option<String>,
        /// Digits of the fractional second.
        precision: Option<u32>,
    },
    /// `bytea`
    Bytea,
    /// `inet`
    Inet,
    /// `cidr`
    Cidr,
    /// `macaddr`
    Macaddr,
    /// `macaddr8`
    Macaddr8,
    /// An enum type of the schema.
    Enum {
        /// The schema, `None` for `public`.
        schema: Option<String>,
        /// The type's name.
        name: String,
        /// The labels in database order.
        values: Vec<String>,
        /// The labels were given as an object: drizzle-kit then forgets the type's schema.
        #[serde(default)]
        from_object: bool,
    },
    /// An array. `size` is what `.array(n)` gave, which PostgreSQL ignores.
    Array {
        /// The element type.
        element: Box<DataType>,
        /// The declared size.
        size: Option<u32>,
    },
    /// Any other type, by its SQL spelling: `point`, `vector(3)`, a `customType`.
    Other {
        /// The SQL spelling.
        sql: String,
    },
}

/// A column default that the database applies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ColumnDefault {
    /// The expression as it stands after `DEFAULT`, such as `'x'`, `now()` or `false`.
    pub sql: Sql,
    /// True when it came from a `sql` template and not from a JavaScript value.
    pub expression: bool,
    /// That JavaScript value as JSON, where it has such a form. Absent in documents that were written before this field.
    #[serde(default)]
    pub value: Option<serde_json::Value>,
}

/// A value that the client computes when it writes a row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RuntimeValue {
    /// `new Date()`, its `toISOString()`, and `sql` templates of `now()`.
    Now,
    /// `crypto.randomUUID()` and uuid's `v4()`.
    Uuid,
    /// uuid's `v7()`.
    UuidV7,
    /// `nanoid(length)`, `customAlphabet(alphabet, length)()`.
    NanoId {
        /// The number of characters.
        length: usize,
        /// The characters it is made of, where they are not nanoid's own.
        alphabet: Option<String>,
    },
    /// cuid2's `createId()`.
    Cuid2 {
        /// The number of characters.
        length: u16,
    },
    /// `ulid()`
    Ulid,
    /// A constant, as JSON.
    Constant(serde_json::Value),
    /// An `sql` template, such as of `"user"."version" + 1`.
    Sql(String),
    /// A function whose result static evaluation cannot know.
    Unknown,
}

/// An identity column's options.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// `ALWAYS` (true) or `BY DEFAULT` (false).
    pub always: bool,
    /// The sequence's name.
    pub sequence: String,
    /// How the sequence counts.
    #[serde(flatten)]
    pub options: SequenceOptions,
}

/// A table-level primary key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrimaryKey {
    /// The constraint's name as drizzle-kit gives it (not truncated).
    pub name: String,
    /// The columns in key order.
    pub columns: Vec<String>,
}

/// A unique constraint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UniqueConstraint {
    /// The constraint's name as drizzle-kit gives it (not truncated).
    pub name: String,
    /// The columns in key order.
    pub columns: Vec<String>,
    /// `NULLS NOT DISTINCT` (PostgreSQL 15).
    pub nulls_not_distinct: bool,
}

/// An index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    /// The index's name (not truncated).
    pub name: String,
    /// The indexed columns and expressions.
    pub columns: Vec<IndexColumn>,
    /// `UNIQUE`
    pub unique: bool,
    /// The access method, such as `btree`.
    pub method: String,
    /// The predicate's SQL.
    pub predicate: Option<Sql>,
    /// `CONCURRENTLY`
    pub concurrently: bool,
    /// Storage parameters, in order.
    pub with: Vec<(String, String)>,
}

/// A column or expression of an index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexColumn {
    /// The column's name, or the expression's SQL.
    pub expression: Sql,
    /// True when `expression` is SQL and not a column's name.
    pub is_expression: bool,
    /// `ASC` (true) or `DESC`.
    pub ascending: bool,
    /// `NULLS FIRST` or `NULLS LAST`, when it is not the default: `first` or `last`.
    pub nulls: Option<String>,
    /// The operator class.
    pub opclass: Option<String>,
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignKey {
    /// The constraint's name as drizzle-kit gives it (not truncated).
    pub name: String,
    /// The referencing columns.
    pub columns: Vec<String>,
    /// The referenced table's schema, `None` for `public`.
    pub foreign_schema: Option<String>,
    /// The referenced table's name.
    pub foreign_table: String,
    /// The referenced columns.
    pub foreign_columns: Vec<String>,
    /// Such as `cascade`; drizzle-kit writes `no action` where nothing is said.
    pub on_delete: String,
    /// Such as `cascade`; drizzle-kit writes `no action` where nothing is said.
    pub on_update: String,
}

/// A check constraint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// The constraint's name.
    pub name: String,
    /// The condition's SQL.
    pub expression: Sql,
}

/// One relation of a `relations()` declaration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relation {
    /// The table it starts from, as `schema.name` with `public` spelled out.
    pub table: String,
    /// The relation's property name.
    pub name: String,
    /// True for `many`, false for `one`.
    pub many: bool,
    /// The table it leads to, as `schema.name` with `public` spelled out.
    pub foreign_table: String,
    /// `fields` of a `one` relation.
    pub columns: Vec<String>,
    /// `references` of a `one` relation.
    pub foreign_columns: Vec<String>,
    /// `relationName`
    pub relation_name: Option<String>,
}

impl Table {
    /// `schema.name`, with `public` spelled out: how settings and messages name a table.
    pub fn qualified_name(&self) -> String {
        object_key(self.schema.as_deref(), &self.name)
    }

    /// True when row level security is enabled: by itself, or by a policy.
    pub fn is_secured(&self) -> bool {
        self.row_level_security || !self.policies.is_empty()
    }

    /// The column of that database name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

impl Schema {
    /// The table of that schema (`None` for `public`) and name.
    pub fn table(&self, schema: Option<&str>, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.schema.as_deref() == schema && table.name == name)
    }
}
