/// A string of bits: `bit(n)`, `bit varying(n)`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct PgBits(pub Vec<bool>);

impl std::fmt::Display for PgBits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|bit| f.write_str(if *bit { "1" } else { "0" }))
    }
}

impl std::str::FromStr for PgBits {
    type Err = String;

    fn from_str(form: &str) -> Result<Self, String> {
        let bit = |digit| match digit {
            '0' => Ok(false),
            '1' => Ok(true),
            _ => Err(format!("{form:?} is no string of bits")),
        };
        form.chars().map(bit).collect::<Result<_, _>>().map(Self)
    }
}

impl FromColumn for PgBits {
    const TYPES: &'static [&'static str] = &["bit", "varbit"];

    fn from_binary(mut bytes: &[u8]) -> Result<Self, sqlx::error::BoxDynError> {
        let count = usize::try_from(take_i32(&mut bytes)?)?;
        let bits = bytes.iter().flat_map(|byte| (0..8).map(move |place| byte << place & 0x80 != 0));
        Ok(Self(bits.take(count).collect()))
    }
}

text_form!(PgBits);
sqlx_column!([] PgBits, "varbit");
