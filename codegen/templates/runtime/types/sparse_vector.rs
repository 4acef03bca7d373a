/// A `sparsevec` of pgvector: the numbers that are not 0.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct PgSparseVector {
    /// How many numbers there are, with those that are 0.
    pub dimensions: u32,
    /// Each number that is not 0 by its index, from 1, in rising order.
    pub elements: Vec<(u32, f32)>,
}

impl std::fmt::Display for PgSparseVector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let elements: Vec<String> = self.elements.iter().map(|(index, number)| format!("{index}:{number}")).collect();
        write!(f, "{{{}}}/{}", elements.join(","), self.dimensions)
    }
}

impl AsCell for PgSparseVector {
    fn as_cell(&self) -> Cell<'_> {
        Cell::Shown(self)
    }
}

impl FromColumn for PgSparseVector {
    const TYPES: &'static [&'static str] = &["sparsevec"];

    fn from_binary(mut bytes: &[u8]) -> Result<Self, sqlx::error::BoxDynError> {
        let (dimensions, count, _unused) = (take_i32(&mut bytes)?, take_i32(&mut bytes)?, take_i32(&mut bytes)?);
        let mut indexes = take(&mut bytes, 4 * usize::try_from(count)?)?;
        let mut elements = Vec::new();
        while !indexes.is_empty() {
            // From 0 in the binary form, from 1 in the text form.
            let index = u32::try_from(take_i32(&mut indexes)?)? + 1;
            elements.push((index, f32::from_binary(take(&mut bytes, 4)?)?));
        }
        Ok(Self { dimensions: u32::try_from(dimensions)?, elements })
    }
}

sqlx_column!([] PgSparseVector, "sparsevec");
