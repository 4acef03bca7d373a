/// A `time with time zone`: a time of day, and how far its clock is ahead of UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PgTimeTz {
    /// The time of day.
    pub time: NaiveTime,
    /// The offset from UTC; PostgreSQL's is less than 16 hours.
    pub offset: chrono::FixedOffset,
}

impl std::fmt::Display for PgTimeTz {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let seconds = self.offset.local_minus_utc();
        let (sign, ahead) = (if seconds < 0 { '-' } else { '+' }, seconds.unsigned_abs());
        write!(f, "{}{sign}{:02}:{:02}:{:02}", clock(self.time), ahead / 3_600, ahead / 60 % 60, ahead % 60)
    }
}

impl std::str::FromStr for PgTimeTz {
    type Err = String;

    /// Reads `13:05:09.25+02:00` and `13:05+02`.
    fn from_str(form: &str) -> Result<Self, String> {
        let invalid = || format!("{form:?} is no time with an offset from UTC");
        let at = form.rfind(['+', '-']).ok_or_else(invalid)?;
        let time = form::time(&form[..at]).ok_or_else(invalid)?;
        let mut parts = form[at + 1..].split(':').map(str::parse::<i32>);
        let mut part = || parts.next().unwrap_or(Ok(0)).ok().filter(|part| (0..60).contains(part)).ok_or_else(invalid);
        let ahead = part()? * 3_600 + part()? * 60 + part()?;
        let seconds = if form[at..].starts_with('-') { -ahead } else { ahead };
        let offset = chrono::FixedOffset::east_opt(seconds).ok_or_else(invalid)?;
        Ok(Self { time, offset })
    }
}

impl FromColumn for PgTimeTz {
    const TYPES: &'static [&'static str] = &["timetz"];

    fn from_binary(mut bytes: &[u8]) -> Result<Self, sqlx::error::BoxDynError> {
        let time = time_of_day(i64::from_be_bytes(sized(take(&mut bytes, 8)?)?))?;
        // PostgreSQL counts west of UTC.
        let offset = chrono::FixedOffset::west_opt(take_i32(&mut bytes)?).ok_or_else(malformed)?;
        Ok(Self { time, offset })
    }
}

text_form!(PgTimeTz);
sqlx_column!([] PgTimeTz, "timetz");
