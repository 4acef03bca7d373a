macro_rules! scalar_columns {
    ($($rust:ty: $($sql:literal)|+, $read:expr;)*) => {
        $(impl FromColumn for $rust {
            const TYPES: &'static [&'static str] = &[$($sql),+];

            fn from_binary(bytes: &[u8]) -> Result<Self, sqlx::error::BoxDynError> {
                let read: fn(&[u8]) -> Result<Self, sqlx::error::BoxDynError> = $read;
                read(bytes)
            }
        })*
    };
}

scalar_columns! {
    bool: "bool", |bytes| Ok(bytes != [0]);
    i16: "int2", |bytes| Ok(i16::from_be_bytes(sized(bytes)?));
    i32: "int4", |bytes| Ok(i32::from_be_bytes(sized(bytes)?));
    i64: "int8", |bytes| Ok(i64::from_be_bytes(sized(bytes)?));
    f32: "float4", |bytes| Ok(f32::from_be_bytes(sized(bytes)?));
    f64: "float8", |bytes| Ok(f64::from_be_bytes(sized(bytes)?));
    Decimal: "numeric", decimal;
    Vec<u8>: "bytea", |bytes| Ok(bytes.to_vec());
    Uuid: "uuid", |bytes| Ok(Uuid::from_slice(bytes)?);
    NaiveDate: "date", |bytes| day(i32::from_be_bytes(sized(bytes)?));
    NaiveTime: "time", |bytes| time_of_day(i64::from_be_bytes(sized(bytes)?));
    NaiveDateTime: "timestamp", |bytes| Ok(moment_at(bytes)?.naive_utc());
    DateTime<Utc>: "timestamptz", moment_at;
}

impl FromColumn for String {
    const TYPES: &'static [&'static str] = &["text", "varchar", "char", "name", "citext"];

    fn from_binary(bytes: &[u8]) -> Result<Self, sqlx::error::BoxDynError> {
        Ok(std::str::from_utf8(bytes)?.to_owned())
    }

    // An enum's label is text, too.
    fn accepts(of: &sqlx::postgres::PgTypeInfo) -> bool {
        let name = sqlx::TypeInfo::name(of);
        matches!(of.kind(), sqlx::postgres::PgTypeKind::Enum(_))
            || Self::TYPES.iter().any(|known| name.eq_ignore_ascii_case(known))
    }
}

impl FromColumn for serde_json::Value {
    const TYPES: &'static [&'static str] = &["json", "jsonb"];

    fn from_binary(bytes: &[u8]) -> Result<Self, sqlx::error::BoxDynError> {
        // jsonb begins with the version of its binary form, which no JSON text does.
        Ok(serde_json::from_slice(bytes.strip_prefix(&[1]).unwrap_or(bytes))?)
    }
}

/// Microseconds from 1970-01-01 to 2000-01-01, from which PostgreSQL counts.
const EPOCH_MICROSECONDS: i64 = 946_684_800_000_000;

/// A date: days from 2000-01-01.
fn day(days: i32) -> Result<NaiveDate, sqlx::error::BoxDynError> {
    let rust = "chrono::NaiveDate";
    match days {
        i32::MAX => Err(beyond("infinity", rust)),
        i32::MIN => Err(beyond("-infinity", rust)),
        days => NaiveDate::from_ymd_opt(2000, 1, 1)
            .and_then(|epoch| epoch.checked_add_signed(chrono::TimeDelta::days(days.into())))
            .ok_or_else(|| beyond("a date after the year 262142", rust)),
    }
}

/// A time of day, in microseconds.
fn time_of_day(microseconds: i64) -> Result<NaiveTime, sqlx::error::BoxDynError> {
    let (seconds, rest) = (microseconds.div_euclid(1_000_000), microseconds.rem_euclid(1_000_000));
    let time = NaiveTime::from_num_seconds_from_midnight_opt(u32::try_from(seconds)?, u32::try_from(rest * 1_000)?);
    time.ok_or_else(|| beyond("24:00:00", "chrono::NaiveTime"))
}

/// A timestamp of either kind: microseconds from 2000-01-01.
fn moment_at(bytes: &[u8]) -> Result<DateTime<Utc>, sqlx::error::BoxDynError> {
    let rust = "chrono::DateTime";
    match i64::from_be_bytes(sized(bytes)?) {
        i64::MAX => Err(beyond("infinity", rust)),
        i64::MIN => Err(beyond("-infinity", rust)),
        microseconds => microseconds
            .checked_add(EPOCH_MICROSECONDS)
            .and_then(DateTime::from_timestamp_micros)
            .ok_or_else(|| beyond("a time after the year 262142", rust)),
    }
}
