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

impl RelationDef {
    /// A relation to the table `foreign` (schema and name), whose `foreign_columns` equal `columns`.
    pub const fn new(
        name: &'static str,
        kind: RelationKind,
        columns: &'static [Str],
        foreign: (&'static str, &'static str),
        foreign_columns: &'static [Str],
    ) -> Self {
        Self {
            name: Cow::Borrowed(name),
            kind,
            columns: Cow::Borrowed(columns),
            foreign_schema: Cow::Borrowed(foreign.0),
            foreign_table: Cow::Borrowed(foreign.1),
            foreign_columns: Cow::Borrowed(foreign_columns),
            relation_name: None,
        }
    }

    /// With its `relationName`.
    #[must_use]
    pub const fn named(mut self, relation_name: &'static str) -> Self {
        put(&mut self.relation_name, Some(Cow::Borrowed(relation_name)));
        self
    }
}

/// How many rows a relation leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RelationKind {
    /// `one`: one, or none.
    One,
    /// `many`: any number.
    Many,
}

/// A relation from the rows of one table to those of another. Only generated code makes them, from the schema's
/// `relations()`: `School::CONFERENCE`.
pub struct Relation<From, To> {
    definition: &'static RelationDef,
    tables: std::marker::PhantomData<fn() -> (From, To)>,
}

impl<From, To> Relation<From, To> {
    pub(super) const fn new(definition: &'static RelationDef) -> Self {
        Self { definition, tables: std::marker::PhantomData }
    }

    /// The relation as plain data.
    pub const fn definition(self) -> &'static RelationDef {
        self.definition
    }

    /// The condition of a join, the tables called as given: `s."conference_id" = c."id"`.
    pub fn on(self, from: &str, to: &str) -> String {
        let RelationDef { columns, foreign_columns, .. } = self.definition;
        let pairs = columns.iter().zip(foreign_columns.iter());
        let equal = |(own, foreign): (&Str, &Str)| format!("{from}.{} = {to}.{}", ident(own), ident(foreign));
        pairs.map(equal).collect::<Vec<_>>().join(" AND ")
    }
}

impl<From, To> Clone for Relation<From, To> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<From, To> Copy for Relation<From, To> {}

impl<From, To> std::fmt::Debug for Relation<From, To> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Relation").field(&self.definition.name).finish()
    }
}
