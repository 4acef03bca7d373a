/// A unique key of a table's, as `ON CONFLICT` may name it: its columns, expressions and predicate in one piece, so that
/// none goes without the others. Only generated code makes them, from the schema: `School::BY_NCAA_ID`.
pub struct Key<T> {
    definition: &'static KeyDef,
    table: std::marker::PhantomData<fn() -> T>,
}

impl<T> Key<T> {
    pub(super) const fn new(definition: &'static KeyDef) -> Self {
        Self { definition, table: std::marker::PhantomData }
    }

    /// The key as plain data.
    pub const fn definition(self) -> &'static KeyDef {
        self.definition
    }
}

impl<T> Clone for Key<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Key<T> {}

impl<T> std::fmt::Debug for Key<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Key").field(&self.definition.name).finish()
    }
}
