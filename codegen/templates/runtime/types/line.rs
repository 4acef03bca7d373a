/// A `line`: the points where `a*x + b*y + c` is 0. The database refuses one whose `a` and `b` are both 0.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
#[allow(missing_docs)] // The equation is all there is to say.
pub struct PgLine {
    pub a: f64,
    pub b: f64,
    pub c: f64,
}

impl std::fmt::Display for PgLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{{{},{},{}}}", self.a, self.b, self.c)
    }
}

impl AsCell for PgLine {
    fn as_cell(&self) -> Cell<'_> {
        Cell::Shown(self)
    }
}

impl FromColumn for PgLine {
    const TYPES: &'static [&'static str] = &["line"];

    fn from_binary(mut bytes: &[u8]) -> Result<Self, sqlx::error::BoxDynError> {
        let (a, b) = (take(&mut bytes, 8)?, take(&mut bytes, 8)?);
        Ok(Self { a: f64::from_binary(a)?, b: f64::from_binary(b)?, c: f64::from_binary(bytes)? })
    }
}

sqlx_column!([] PgLine, "line");
