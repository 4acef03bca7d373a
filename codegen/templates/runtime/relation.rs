/// A relation as `relations()` declares it: how the rows of two tables belong together, whether or not a foreign key says
/// so too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelationDef {
    /// Its property in the Drizzle schema.
    pub name: Str,
    /// How many rows it leads to.
    pub kind: RelationKind,
    /// The columns of this table.
    pub columns: List<Str>,
    /// The other table's schema, `public` spelled out.
    pub foreign_schema: Str,
    /// The other table's name.
    pub foreign_table: Str,
    /// The columns of the other table that equal `columns`, in the same order.
    pub foreign_columns: List<Str>,
    /// `relationName`, which tells apart the relations between the same two tables.
    pub relation_name: Option<Str>,
}

/// How many rows a relation leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RelationKind {
    /// `one`: one, or none.
    One,
    /// `many`: any number.
    Many,
}
