//! `encodeURIComponent`, `btoa` and their like.

use super::super::{Call, Eval, Interpreter, Value};
use super::function;
use crate::diagnostic::Diagnostic;

/// What `encodeURIComponent` leaves as it is, beside letters and digits.
const UNRESERVED: &[u8] = b"-_.!~*'()";

/// What `encodeURI` leaves too.
const RESERVED: &[u8] = b";,/?:@&=+$#";

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Text to text; an error is a message.
type Convert = fn(&str) -> Result<String, &'static str>;

pub(super) fn declare(declare: &mut dyn FnMut(&str, Value)) {
    let functions: [(&'static str, Convert); 6] = [
        ("encodeURIComponent", |text| Ok(percent(text, false))),
        ("encodeURI", |text| Ok(percent(text, true))),
        ("decodeURIComponent", unpercent),
        ("decodeURI", unpercent),
        ("btoa", to_base64),
        ("atob", from_base64),
    ];
    for (name, convert) in functions {
        let body = move |cx: &mut Interpreter<'_>, call: &Call| -> Eval<Value> {
            let text = match cx.to_text(&call.arg(0), call.span)? {
                Ok(text) => text,
                Err(opaque) => return Ok(opaque),
            };
            match convert(&text) {
                Ok(text) => Ok(Value::string(text)),
                Err(reason) => {
                    let message = format!("`{name}` throws: {reason}");
                    Err(Diagnostic::error("E0306", message).at(call.span, "called here").into())
                }
            }
        };
        declare(name, function(name, body));
    }
}

fn percent(text: &str, keeps_reserved: bool) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        let keeps =
            byte.is_ascii_alphanumeric() || UNRESERVED.contains(&byte) || keeps_reserved && RESERVED.contains(&byte);
        if keeps { encoded.push(char::from(byte)) } else { encoded.push_str(&format!("%{byte:02X}")) }
    }
    encoded
}

fn unpercent(text: &str) -> Result<String, &'static str> {
    const MALFORMED: &str = "the URI is malformed";
    let (mut bytes, mut rest) = (Vec::with_capacity(text.len()), text.as_bytes());
    while let [first, tail @ ..] = rest {
        rest = tail;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let digits = tail.get(..2).and_then(|digits| std::str::from_utf8(digits).ok()).ok_or(MALFORMED)?;
        bytes.push(u8::from_str_radix(digits, 16).map_err(|_| MALFORMED)?);
        rest = &tail[2..];
    }
    String::from_utf8(bytes).map_err(|_| MALFORMED)
}

fn to_base64(text: &str) -> Result<String, &'static str> {
    let bytes: Result<Vec<u8>, _> = text.chars().map(|c| u8::try_from(u32::from(c))).collect();
    let bytes = bytes.map_err(|_| "a character is no byte")?;
    let mut encoded = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let group = chunk.iter().fold(0_u32, |group, byte| group << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for position in 0..4 {
            let digit = (group >> (18 - 6 * position) & 63) as usize;
            encoded.push(if position <= chunk.len() { char::from(BASE64[digit]) } else { '=' });
        }
    }
    Ok(encoded)
}

fn from_base64(text: &str) -> Result<String, &'static str> {
    let (mut decoded, mut group, mut bits) = (String::new(), 0_u32, 0);
    for byte in text.trim_end_matches('=').bytes().filter(|byte| !byte.is_ascii_whitespace()) {
        let digit = BASE64.iter().position(|known| *known == byte).ok_or("a character is not of base64")?;
        group = group << 6 | digit as u32;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            decoded.push(char::from((group >> bits) as u8));
            group &= (1 << bits) - 1;
        }
    }
    Ok(decoded)
}
