//! Values of a column as the texts that PostgreSQL reads.

use std::io::Write as _;

use arrow_array::cast::AsArray;
use arrow_array::temporal_conversions::as_datetime;
use arrow_array::types::{
    Float16Type, Float32Type, Float64Type, Int32Type, Int64Type, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType,
};
use arrow_array::{Array, BinaryArray, BooleanArray, FixedSizeBinaryArray, PrimitiveArray, StringArray};
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_schema::extension::{EXTENSION_TYPE_NAME_KEY, ExtensionType, Uuid};
use arrow_schema::{ArrowError, DataType, Field, TimeUnit};
use chrono::NaiveDateTime;

use super::{Use, json};
use crate::files::Datum;
use crate::load::Fault;

/// Writes the values of one array.
pub(super) struct Writer<'a> {
    array: &'a dyn Array,
    form: Form<'a>,
}

/// How values are written. Those that files mostly consist of have ways of their own.
enum Form<'a> {
    Text(&'a StringArray),
    Int4(&'a PrimitiveArray<Int32Type>),
    Int8(&'a PrimitiveArray<Int64Type>),
    Float2(&'a PrimitiveArray<Float16Type>),
    Float4(&'a PrimitiveArray<Float32Type>),
    Float8(&'a PrimitiveArray<Float64Type>),
    Bool(&'a BooleanArray),
    Binary(&'a BinaryArray, Use),
    Fixed(&'a FixedSizeBinaryArray, Use),
    Uuid(&'a FixedSizeBinaryArray),
    /// With the zone, which is UTC, or without.
    Timestamp(TimeUnit, bool),
    /// Lists, structs and maps.
    Json(&'a Field),
    /// As Arrow writes it: a number, or a text.
    Number(ArrayFormatter<'a>),
    Other(ArrayFormatter<'a>),
}

const OPTIONS: FormatOptions<'static> = FormatOptions::new().with_display_error(false);

impl<'a> Writer<'a> {
    pub(super) fn new(field: &'a Field, array: &'a dyn Array, used: Use) -> Result<Self, ArrowError> {
        let formatter = || ArrayFormatter::try_new(array, &OPTIONS);
        let form = match array.data_type() {
            DataType::Utf8 => Form::Text(array.as_string()),
            DataType::Int32 => Form::Int4(array.as_primitive()),
            DataType::Int64 => Form::Int8(array.as_primitive()),
            DataType::Float16 => Form::Float2(array.as_primitive()),
            DataType::Float32 => Form::Float4(array.as_primitive()),
            DataType::Float64 => Form::Float8(array.as_primitive()),
            DataType::Boolean => Form::Bool(array.as_boolean()),
            DataType::Binary => Form::Binary(array.as_binary(), used),
            DataType::FixedSizeBinary(16) if is_uuid(field) => Form::Uuid(array.as_fixed_size_binary()),
            DataType::FixedSizeBinary(_) => Form::Fixed(array.as_fixed_size_binary(), used),
            DataType::Timestamp(unit, zone) => Form::Timestamp(*unit, zone.is_some() && used != Use::Local),
            kind if kind.is_nested() => Form::Json(field),
            kind if kind.is_integer() => Form::Number(formatter()?),
            DataType::Decimal32(..) | DataType::Decimal64(..) | DataType::Decimal128(..) | DataType::Decimal256(..) => {
                Form::Number(formatter()?)
            }
            _ => Form::Other(formatter()?),
        };
        Ok(Self { array, form })
    }

    /// Appends a value to `text`.
    ///
    /// # Errors
    /// A value that its column cannot hold, or that cannot be written.
    pub(super) fn write(&self, row: usize, text: &mut Vec<u8>) -> Result<Datum, Fault> {
        if self.array.is_null(row) {
            return Ok(Datum::Null);
        }
        let start = text.len();
        let number = match &self.form {
            Form::Text(array) => {
                text.extend_from_slice(array.value(row).as_bytes());
                false
            }
            Form::Int4(array) => write!(text, "{}", array.value(row)).is_ok(),
            Form::Int8(array) => write!(text, "{}", array.value(row)).is_ok(),
            Form::Float2(array) => float(text, array.value(row), array.value(row).is_finite()),
            Form::Float4(array) => float(text, array.value(row), array.value(row).is_finite()),
            Form::Float8(array) => float(text, array.value(row), array.value(row).is_finite()),
            Form::Bool(array) => write!(text, "{}", array.value(row)).is_ok(),
            Form::Binary(array, used) => return binary(array.value(row), *used, text),
            Form::Fixed(array, used) => return binary(array.value(row), *used, text),
            Form::Uuid(array) => {
                uuid(array.value(row), text);
                false
            }
            Form::Json(field) => {
                json::write(field, self.array, row, text)?;
                true
            }
            Form::Number(formatter) => {
                formatter.value(row).write(&mut Utf8(text)).map_err(|error| unwritable(&error))?;
                true
            }
            Form::Timestamp(unit, utc) => {
                let beyond = || invalid("a timestamp is beyond the years that can be written".to_owned());
                let moment = moment(self.array, *unit, row).ok_or_else(beyond)?;
                write!(text, "{moment:?}{}", if *utc { "Z" } else { "" }).is_err()
            }
            Form::Other(formatter) => {
                formatter.value(row).write(&mut Utf8(text)).map_err(|error| unwritable(&error))?;
                false
            }
        };
        let end = text.len();
        Ok(if number { Datum::Json(start, end) } else { Datum::Text(start, end) })
    }
}

/// What the library cannot write, such as a date beyond its years.
pub(super) fn unwritable(error: &ArrowError) -> Fault {
    invalid(format!("a value cannot be written: {error}"))
}

fn invalid(message: String) -> Fault {
    Fault { reason: "invalid-value".into(), message }
}

/// True if the file says that a field holds UUIDs.
fn is_uuid(field: &Field) -> bool {
    field.metadata().get(EXTENSION_TYPE_NAME_KEY).is_some_and(|name| name == Uuid::NAME)
}

fn uuid(bytes: &[u8], text: &mut Vec<u8>) {
    let uuid = uuid::Uuid::from_slice(bytes).unwrap_or_default();
    text.extend_from_slice(uuid.hyphenated().encode_lower(&mut uuid::Uuid::encode_buffer()).as_bytes());
}

/// Bytes as PostgreSQL's input of `bytea` reads them.
fn hex(bytes: &[u8], text: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    text.extend_from_slice(b"\\x");
    text.extend(bytes.iter().flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]));
}

/// True if it is a number that JSON has, too; NaN and the infinities are texts there.
fn float(text: &mut Vec<u8>, value: impl std::fmt::Display, finite: bool) -> bool {
    // Writing to memory does not fail.
    write!(text, "{value}").is_ok() && finite
}

fn moment(array: &dyn Array, unit: TimeUnit, row: usize) -> Option<NaiveDateTime> {
    match unit {
        TimeUnit::Second => as_datetime::<TimestampSecondType>(array.as_primitive::<TimestampSecondType>().value(row)),
        TimeUnit::Millisecond => {
            as_datetime::<TimestampMillisecondType>(array.as_primitive::<TimestampMillisecondType>().value(row))
        }
        TimeUnit::Microsecond => {
            as_datetime::<TimestampMicrosecondType>(array.as_primitive::<TimestampMicrosecondType>().value(row))
        }
        TimeUnit::Nanosecond => {
            as_datetime::<TimestampNanosecondType>(array.as_primitive::<TimestampNanosecondType>().value(row))
        }
    }
}

fn binary(bytes: &[u8], used: Use, text: &mut Vec<u8>) -> Result<Datum, Fault> {
    let start = text.len();
    match used {
        Use::Bytes => hex(bytes, text),
        _ if std::str::from_utf8(bytes).is_err() => {
            let message = "a binary value is no text in UTF-8, and its column does not hold bytes".to_owned();
            return Err(Fault { reason: "invalid-utf8".into(), message });
        }
        _ => text.extend_from_slice(bytes),
    }
    Ok(Datum::Text(start, text.len()))
}

/// Texts into bytes.
struct Utf8<'t>(&'t mut Vec<u8>);

impl std::fmt::Write for Utf8<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}
