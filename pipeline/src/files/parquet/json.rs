//! Lists, structs and maps as JSON.

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_schema::{DataType, Field};

use super::Use;
use super::value::{Writer, unwritable};
use crate::files::Datum;
use crate::load::Fault;

/// Appends a value as JSON: lists as arrays, structs and maps as objects, numbers and booleans as such, all else as strings.
pub(super) fn write(field: &Field, array: &dyn Array, row: usize, json: &mut Vec<u8>) -> Result<(), Fault> {
    if array.is_null(row) {
        json.extend_from_slice(b"null");
        return Ok(());
    }
    match array.data_type() {
        DataType::List(element) => list(element, &*array.as_list::<i32>().value(row), json),
        DataType::LargeList(element) => list(element, &*array.as_list::<i64>().value(row), json),
        DataType::FixedSizeList(element, _) => list(element, &*array.as_fixed_size_list().value(row), json),
        DataType::Struct(fields) => {
            json.push(b'{');
            for (place, (field, column)) in fields.iter().zip(array.as_struct().columns()).enumerate() {
                separate(place, json);
                string(field.name(), json);
                json.push(b':');
                write(field, column, row, json)?;
            }
            json.push(b'}');
            Ok(())
        }
        DataType::Map(entry, _) => {
            let entries = array.as_map().value(row);
            let DataType::Struct(fields) = entry.data_type() else { return Ok(()) };
            json.push(b'{');
            for place in 0..entries.len() {
                separate(place, json);
                let mut key = Vec::new();
                scalar(&fields[0], entries.column(0), place, &mut key)?;
                string(&String::from_utf8_lossy(&key), json);
                json.push(b':');
                write(&fields[1], entries.column(1), place, json)?;
            }
            json.push(b'}');
            Ok(())
        }
        _ => {
            let mut text = Vec::new();
            match scalar(field, array, row, &mut text)? {
                true => json.extend_from_slice(&text),
                false => string(&String::from_utf8_lossy(&text), json),
            }
            Ok(())
        }
    }
}

fn list(element: &Field, values: &dyn Array, json: &mut Vec<u8>) -> Result<(), Fault> {
    json.push(b'[');
    for row in 0..values.len() {
        separate(row, json);
        write(element, values, row, json)?;
    }
    json.push(b']');
    Ok(())
}

/// Appends the text of a value; true if it is JSON already. Inside of others, binary values are always shown as bytes.
fn scalar(field: &Field, array: &dyn Array, row: usize, text: &mut Vec<u8>) -> Result<bool, Fault> {
    let writer = Writer::new(field, array, Use::Bytes).map_err(|error| unwritable(&error))?;
    Ok(matches!(writer.write(row, text)?, Datum::Json(..)))
}

fn separate(place: usize, json: &mut Vec<u8>) {
    if place > 0 {
        json.push(b',');
    }
}

/// Appends a JSON string.
pub(in crate::files) fn string(text: &str, json: &mut Vec<u8>) {
    // Writing to memory does not fail, and any text can be written.
    let _ = serde_json::to_writer(json, text);
}
