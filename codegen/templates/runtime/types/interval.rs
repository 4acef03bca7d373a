/// An `interval` as PostgreSQL keeps it: a month has no fixed number of days, and a day none of hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct PgInterval {
    /// Months, twelve for each year.
    pub months: i32,
    /// Days, seven for each week.
    pub days: i32,
    /// Hours, minutes and seconds, in microseconds.
    pub microseconds: i64,
}

impl std::fmt::Display for PgInterval {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.microseconds < 0 { "-" } else { "" };
        let (seconds, micros) = (self.microseconds.unsigned_abs() / 1_000_000, self.microseconds.unsigned_abs() % 1_000_000);
        let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
        write!(f, "{} mons {} days {sign}{hours:02}:{minutes:02}:{seconds:02}.{micros:06}", self.months, self.days)
    }
}

impl AsCell for PgInterval {
    fn as_cell(&self) -> Cell<'_> {
        Cell::Shown(self)
    }
}

impl FromColumn for PgInterval {
    const TYPES: &'static [&'static str] = &["interval"];

    fn from_binary(mut bytes: &[u8]) -> Result<Self, sqlx::error::BoxDynError> {
        let microseconds = i64::from_be_bytes(sized(take(&mut bytes, 8)?)?);
        let (days, months) = (take_i32(&mut bytes)?, take_i32(&mut bytes)?);
        // PostgreSQL 17 knows infinite ones.
        match (months, days, microseconds) {
            (i32::MAX, i32::MAX, i64::MAX) => Err(beyond("infinity", "PgInterval")),
            (i32::MIN, i32::MIN, i64::MIN) => Err(beyond("-infinity", "PgInterval")),
            _ => Ok(Self { months, days, microseconds }),
        }
    }
}

sqlx_column!([] PgInterval, "interval");
