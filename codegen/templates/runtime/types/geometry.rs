/// A `geometry` or `geography` of PostGIS as its EWKB, which crates for geometries read and write.
///
/// Points are made and read here; of other shapes, only the spatial reference system is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PgGeometry(pub Vec<u8>);

/// The flag in a type of EWKB that says that the identifier of a spatial reference system follows.
const WITH_SRID: u32 = 0x2000_0000;

impl PgGeometry {
    /// A point in no spatial reference system. Of a place on Earth, `x` is the longitude.
    pub fn point(x: f64, y: f64) -> Self {
        Self::assemble(1, None, &[x.to_le_bytes(), y.to_le_bytes()].concat())
    }

    /// The same in the spatial reference system of that identifier: 4326 is WGS 84. What is no EWKB stays as it is.
    #[must_use]
    pub fn with_srid(self, srid: u32) -> Self {
        match self.disassemble() {
            Some((true, kind, _, rest)) => Self::assemble(kind, Some(srid), rest),
            _ => self,
        }
    }

    /// The identifier of its spatial reference system, if it is in one.
    pub fn srid(&self) -> Option<u32> {
        self.disassemble()?.2
    }

    /// The first two coordinates of a point that is not empty; of any other shape, none.
    pub fn xy(&self) -> Option<(f64, f64)> {
        let (little, kind, _, rest) = self.disassemble()?;
        // Flags say what other coordinates there are; so do thousands in the ISO's WKB.
        if (kind & 0x0fff_ffff) % 1000 != 1 {
            return None;
        }
        let number = |from: usize| {
            let bytes: [u8; 8] = rest.get(from..from + 8)?.try_into().ok()?;
            Some(if little { f64::from_le_bytes(bytes) } else { f64::from_be_bytes(bytes) })
        };
        let (x, y) = (number(0)?, number(8)?);
        (!x.is_nan() || !y.is_nan()).then_some((x, y))
    }

    fn assemble(kind: u32, srid: Option<u32>, rest: &[u8]) -> Self {
        let flag = if srid.is_some() { WITH_SRID } else { 0 };
        let mut bytes = vec![1];
        bytes.extend((kind | flag).to_le_bytes());
        bytes.extend(srid.map(u32::to_le_bytes).into_iter().flatten());
        bytes.extend(rest);
        Self(bytes)
    }

    /// Whether the numbers in it begin with the least byte; its type without the flag; its reference system; its coordinates.
    fn disassemble(&self) -> Option<(bool, u32, Option<u32>, &[u8])> {
        let (&order, rest) = self.0.split_first()?;
        let little = order == 1;
        let number = |bytes: &[u8; 4]| if little { u32::from_le_bytes(*bytes) } else { u32::from_be_bytes(*bytes) };
        let (kind, rest) = rest.split_first_chunk()?;
        let kind = number(kind);
        if kind & WITH_SRID == 0 {
            return Some((little, kind, None, rest));
        }
        let (srid, rest) = rest.split_first_chunk()?;
        Some((little, kind & !WITH_SRID, Some(number(srid)), rest))
    }
}

impl std::fmt::Display for PgGeometry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02X}"))
    }
}

impl std::str::FromStr for PgGeometry {
    type Err = String;

    fn from_str(form: &str) -> Result<Self, String> {
        let digits: Option<Vec<u8>> = form.chars().map(|digit| digit.to_digit(16)?.try_into().ok()).collect();
        match digits {
            Some(digits) if digits.len() % 2 == 0 => Ok(Self(digits.chunks(2).map(|byte| byte[0] << 4 | byte[1]).collect())),
            _ => Err(format!("{form:?} is no EWKB in hexadecimal digits")),
        }
    }
}

impl FromColumn for PgGeometry {
    const TYPES: &'static [&'static str] = &["geometry", "geography"];

    fn from_binary(bytes: &[u8]) -> Result<Self, sqlx::error::BoxDynError> {
        Ok(Self(bytes.to_vec()))
    }
}

text_form!(PgGeometry);
sqlx_column!([] PgGeometry, "geometry");
