//! Reads JSON lists record by record: each with its place in the body, its fields checked one by one.

use std::sync::Arc;

use models::Field;
use serde_json::Value;
use serde_json::value::RawValue;

use super::found::{Fault, Place, Reason, layout_changed};
use super::text;
use crate::Result;
use crate::fetch::Response;

/// An element of a list with its place, or why it cannot be read.
pub type Element = (Place, Result<Value, Fault>);

/// The elements of a body that is a JSON array, each with its place and its raw text. An element that is JSON by its grammar
/// and still cannot be read (half a surrogate pair, a number beyond all types, nesting without end) is a fault of its own.
///
/// # Errors
/// A body that is empty, no JSON, no array, or an array of nothing: none of these is "there are none". Exit 65.
pub fn elements(response: &Response) -> Result<Vec<Element>> {
    let bytes = &response.body;
    // Some servers send a byte order mark, which is no part of JSON.
    let body = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if response.is_absent() {
        return Err(layout_changed(
            response,
            format_args!("HTTP {}: there is nothing there any more", response.status),
        ));
    }
    if body.trim_ascii().is_empty() {
        return Err(layout_changed(response, "the body is empty, where a JSON array was expected"));
    }
    if body.trim_ascii_start().starts_with(b"<") {
        return Err(layout_changed(response, "it answers with a page, where a JSON array was expected"));
    }
    let elements: Vec<&RawValue> = serde_json::from_slice(body)
        .map_err(|error| layout_changed(response, format_args!("it is not a JSON array: {error}")).caused_by(error))?;
    if elements.is_empty() {
        return Err(layout_changed(response, "it is an empty list, which this list never is"));
    }
    let url: Arc<str> = response.url.as_str().into();
    let media_type: Option<Arc<str>> = response.media_type.as_deref().map(Into::into);
    let mut found = Vec::with_capacity(elements.len());
    for element in elements {
        let raw = bytes.slice_ref(element.get().as_bytes());
        let place = Place {
            url: Arc::clone(&url),
            media_type: media_type.clone(),
            offset: raw.as_ptr() as usize - bytes.as_ptr() as usize,
            raw,
        };
        let value = serde_json::from_str(element.get()).map_err(|error| unreadable(&error));
        found.push((place, value));
    }
    Ok(found)
}

/// The fields of one JSON object. Text comes with its white space folded, and blank text counts as null.
#[derive(Debug, Clone, Copy)]
pub struct Fields<'a> {
    map: &'a serde_json::Map<String, Value>,
}

impl<'a> Fields<'a> {
    /// The fields of a record.
    ///
    /// # Errors
    /// A value that is no object.
    pub fn new(value: &'a Value) -> Result<Self, Fault> {
        let wrong = || Fault::new(Reason::WrongType, format!("the record is {}, not an object", kind(value)));
        value.as_object().map(|map| Self { map }).ok_or_else(wrong)
    }

    /// Whether the field is there, be it null.
    pub fn has(&self, name: &str) -> bool {
        self.map.contains_key(name)
    }

    /// A field as it is, for keys and messages.
    pub fn raw(&self, name: &str) -> Option<&'a Value> {
        self.map.get(name).filter(|value| !value.is_null())
    }

    /// An object within the object; none if it is missing or null.
    ///
    /// # Errors
    /// A value of another type.
    pub fn object(&self, name: &str) -> Result<Option<Fields<'a>>, Fault> {
        match self.raw(name) {
            None => Ok(None),
            Some(Value::Object(map)) => Ok(Some(Self { map })),
            Some(other) => Err(wrong_type(name, "an object", other)),
        }
    }

    /// Text that may be missing or null.
    ///
    /// # Errors
    /// A value of another type.
    pub fn text(&self, name: &str) -> Result<Field<Option<String>>, Fault> {
        self.optional(name, "text", |value| value.as_str().map(text::folded)).map(|field| match field {
            Field::Value(Some(text)) if text.is_empty() => Field::Value(None),
            field => field,
        })
    }

    /// Text that must be there.
    ///
    /// # Errors
    /// A value that is missing, null, blank, or of another type.
    pub fn required_text(&self, name: &str) -> Result<String, Fault> {
        required(name, self.text(name)?)
    }

    /// A whole number of 32 bits that may be missing or null.
    ///
    /// # Errors
    /// A value of another type, or out of range.
    pub fn integer(&self, name: &str) -> Result<Field<Option<i32>>, Fault> {
        self.optional(name, "a whole number", |value| value.as_i64().and_then(|number| number.try_into().ok()))
    }

    /// A whole number that must be there.
    ///
    /// # Errors
    /// A value that is missing, null, of another type, or out of range.
    pub fn required_integer(&self, name: &str) -> Result<i32, Fault> {
        required(name, self.integer(name)?)
    }

    /// A flag written as `"Y"` or `"N"` that may be missing or null.
    ///
    /// # Errors
    /// Any other value.
    pub fn flag(&self, name: &str) -> Result<Field<Option<bool>>, Fault> {
        match self.text(name)? {
            Field::Absent => Ok(Field::Absent),
            Field::Value(None) => Ok(Field::Value(None)),
            Field::Value(Some(text)) => match text.as_str() {
                "Y" => Ok(Field::Value(Some(true))),
                "N" => Ok(Field::Value(Some(false))),
                _ => Err(unknown_value(name, &text, "\"Y\" or \"N\"")),
            },
        }
    }

    fn optional<T>(
        &self,
        name: &str,
        expected: &str,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Result<Field<Option<T>>, Fault> {
        match self.map.get(name) {
            None => Ok(Field::Absent),
            Some(Value::Null) => Ok(Field::Value(None)),
            Some(value) => match read(value) {
                Some(value) => Ok(Field::Value(Some(value))),
                None => Err(wrong_type(name, expected, value)),
            },
        }
    }
}

/// A record that is no JSON.
pub fn unreadable(error: &serde_json::Error) -> Fault {
    Fault::new(Reason::WrongType, format!("the record cannot be read as JSON: {error}"))
}

/// A value that is none of those known.
pub fn unknown_value(name: &str, value: impl std::fmt::Debug, expected: &str) -> Fault {
    Fault::new(Reason::UnknownValue, format!("`{name}` is {value:?}, not {expected}"))
}

fn required<T>(name: &str, field: Field<Option<T>>) -> Result<T, Fault> {
    match field {
        Field::Value(Some(value)) => Ok(value),
        Field::Value(None) => Err(Fault::new(Reason::Missing, format!("`{name}` is null or blank"))),
        Field::Absent => Err(Fault::new(Reason::Missing, format!("`{name}` is missing"))),
    }
}

fn wrong_type(name: &str, expected: &str, value: &Value) -> Fault {
    Fault::new(Reason::WrongType, format!("`{name}` is {}, not {expected}", kind(value)))
}

fn kind(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) => format!("the text {:?}", text.chars().take(60).collect::<String>()),
        Value::Array(_) => "an array".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}
