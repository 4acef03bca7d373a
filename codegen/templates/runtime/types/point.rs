/// A `point` of the plane.
#[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize, serde::Deserialize)]
#[allow(missing_docs)] // The names are all there is to say.
pub struct PgPoint {
    pub x: f64,
    pub y: f64,
}

impl std::fmt::Display for PgPoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "({},{})", self.x, self.y)
    }
}

impl AsCell for PgPoint {
    fn as_cell(&self) -> Cell<'_> {
        Cell::Shown(self)
    }
}

impl FromColumn for PgPoint {
    const TYPES: &'static [&'static str] = &["point"];

    fn from_binary(mut bytes: &[u8]) -> Result<Self, sqlx::error::BoxDynError> {
        Ok(Self { x: f64::from_binary(take(&mut bytes, 8)?)?, y: f64::from_binary(bytes)? })
    }
}

sqlx_column!([] PgPoint, "point");
