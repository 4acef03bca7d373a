/// A `vector` or `halfvec` of pgvector. Every number that a `halfvec` holds is an `f32`.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct PgVector(pub Vec<f32>);

impl From<Vec<f32>> for PgVector {
    fn from(numbers: Vec<f32>) -> Self {
        PgVector(numbers)
    }
}

impl std::fmt::Display for PgVector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let numbers: Vec<String> = self.0.iter().map(f32::to_string).collect();
        write!(f, "[{}]", numbers.join(","))
    }
}

impl AsCell for PgVector {
    fn as_cell(&self) -> Cell<'_> {
        Cell::Shown(self)
    }
}

impl FromColumn for PgVector {
    const TYPES: &'static [&'static str] = &["vector", "halfvec"];

    fn from_binary(mut bytes: &[u8]) -> Result<Self, sqlx::error::BoxDynError> {
        let [high, low, _, _] = sized(take(&mut bytes, 4)?)?;
        let count = usize::from(u16::from_be_bytes([high, low]));
        // The two types differ in the size of a number only.
        let numbers: Result<_, _> = if bytes.len() == 2 * count {
            bytes.chunks(2).map(|number| Ok(half(u16::from_be_bytes(sized(number)?)))).collect()
        } else {
            bytes.chunks(4).map(f32::from_binary).collect()
        };
        numbers.map(Self)
    }
}

/// A number in half precision (IEEE 754 binary16), which is always a finite one here.
fn half(bits: u16) -> f32 {
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f32::from(bits & 0x3ff));
    let magnitude = match exponent {
        0 => fraction * 2f32.powi(-24),
        exponent => (1024.0 + fraction) * 2f32.powi(exponent - 25),
    };
    if bits >> 15 == 0 { magnitude } else { -magnitude }
}

sqlx_column!([] PgVector, "vector");
