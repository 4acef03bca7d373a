//! The text of a response, and how much of it could not be read.

use encoding_rs::{DecoderResult, Encoding, UTF_8, WINDOWS_1252};

use super::Response;

/// How far into a page a `meta` element may name the charset (HTML, "prescan a byte stream").
const PRESCANNED: usize = 1024;

/// A response's body as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The text, without byte order mark. What could not be read stands as U+FFFD, once for each malformed sequence.
    pub text: String,
    /// The charset that was used, by its name in the Encoding Standard.
    pub charset: &'static str,
    /// How many malformed sequences there were. Not zero means that the text is not quite what the site meant.
    pub malformed: usize,
}

impl Response {
    /// The body as text: in the charset of its byte order mark, else of the `Content-Type` header, else of a `meta` element at
    /// its beginning; else in UTF-8 if that is what it is (as JSON always is), and in windows-1252 if not.
    pub fn text(&self) -> Text {
        let (encoding, body) = match Encoding::for_bom(&self.body) {
            Some((encoding, length)) => (encoding, &self.body[length..]),
            None => (self.encoding(), &self.body[..]),
        };
        let (text, malformed) = decode(encoding, body);
        Text { text, charset: encoding.name(), malformed }
    }

    fn encoding(&self) -> &'static Encoding {
        let content_type = self.headers.get("content-type").map(String::as_bytes).unwrap_or_default();
        let is_json = self.media_type.as_deref().is_some_and(|media| media.ends_with("json"));
        named(content_type)
            .or_else(|| if is_json { Some(UTF_8) } else { in_meta(&self.body) })
            .unwrap_or_else(|| if std::str::from_utf8(&self.body).is_ok() { UTF_8 } else { WINDOWS_1252 })
    }
}

/// The charset that a `meta` element names. A page that can be read so far is not in UTF-16, whatever it says.
fn in_meta(body: &[u8]) -> Option<&'static Encoding> {
    let start = body[..body.len().min(PRESCANNED)].to_ascii_lowercase();
    let metas = memchr::memmem::find_iter(&start, b"<meta");
    let element = |from: usize| {
        let rest = &start[from..];
        &rest[..memchr::memchr(b'>', rest).unwrap_or(rest.len())]
    };
    let encoding = { metas }.find_map(|from| named(element(from)))?;
    Some(if encoding.is_ascii_compatible() { encoding } else { UTF_8 })
}

/// The charset behind `charset=`, if it is a known one.
fn named(text: &[u8]) -> Option<&'static Encoding> {
    let text = text.to_ascii_lowercase();
    let behind = &text[memchr::memmem::find(&text, b"charset")? + "charset".len()..];
    let value = behind.trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let value = value.strip_prefix(b"\"").or_else(|| value.strip_prefix(b"'")).unwrap_or(value);
    let end = value.iter().position(|byte| b"\"'; \t\r\n/>".contains(byte)).unwrap_or(value.len());
    Encoding::for_label(&value[..end])
}

fn decode(encoding: &'static Encoding, mut body: &[u8]) -> (String, usize) {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(body.len());
    let mut malformed = 0;
    loop {
        let (result, read) = decoder.decode_to_string_without_replacement(body, &mut text, true);
        body = &body[read..];
        match result {
            DecoderResult::InputEmpty => return (text, malformed),
            DecoderResult::OutputFull => text.reserve(body.len().max(64) * 2),
            DecoderResult::Malformed(..) => {
                malformed += 1;
                text.push(char::REPLACEMENT_CHARACTER);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::fetch::{Origin, message};

    fn text(content_type: &str, body: &[u8]) -> Text {
        let headers = [("content-type".to_owned(), content_type.to_owned())].into();
        Response {
            status: 200,
            media_type: message::media_type(&headers),
            headers,
            body: body.to_vec().into(),
            url: "http://host/".to_owned(),
            fetched_at: DateTime::UNIX_EPOCH,
            origin: Origin::Live,
        }
        .text()
    }

    #[test]
    fn the_charset_is_found_where_pages_name_it() {
        let cases: [(&str, &[u8], &str, &str, usize); 17] = [
            ("text/html; charset=UTF-8", b"Jos\xc3\xa9", "José", "UTF-8", 0),
            ("text/html; charset=ISO-8859-1", b"Jos\xe9", "José", "windows-1252", 0),
            ("text/html;Charset=\"iso-8859-2\"", b"\xa3ukasz", "Łukasz", "ISO-8859-2", 0),
            ("text/html", b"<meta charset=latin1>Jos\xe9", "<meta charset=latin1>José", "windows-1252", 0),
            ("text/html", b"<META CHARSET = 'UTF-8'/>\xc3\xa9", "<META CHARSET = 'UTF-8'/>é", "UTF-8", 0),
            (
                "text/html",
                b"<meta name=x><meta http-equiv=content-type content='text/html; charset=shift_jis'>\x82\xa0",
                "<meta name=x><meta http-equiv=content-type content='text/html; charset=shift_jis'>あ",
                "Shift_JIS",
                0,
            ),
            // The header's word counts for more, the byte order mark's for most.
            ("text/html; charset=utf-8", b"<meta charset=latin1>\xc3\xa9", "<meta charset=latin1>é", "UTF-8", 0),
            ("text/html; charset=latin1", b"\xef\xbb\xbf\xc3\xa9", "é", "UTF-8", 0),
            ("text/plain", b"\xff\xfeA\0\xe9\0", "Aé", "UTF-16LE", 0),
            // A page whose meta element can be read as it stands is not in UTF-16.
            ("text/html", b"<meta charset=utf-16>\xc3\xa9", "<meta charset=utf-16>é", "UTF-8", 0),
            // Nobody says anything, or nothing that is known.
            ("text/html", b"Jos\xc3\xa9", "José", "UTF-8", 0),
            ("text/html", b"Jos\xe9", "José", "windows-1252", 0),
            ("text/html; charset=klingon", b"Jos\xe9", "José", "windows-1252", 0),
            ("application/json", b"\"\xe9\"", "\"\u{fffd}\"", "UTF-8", 1),
            // What is said is wrong: told, and not guessed at.
            ("text/html; charset=utf-8", b"Jos\xe9 Mar\xeda", "Jos\u{fffd} Mar\u{fffd}a", "UTF-8", 2),
            ("text/html; charset=utf-8", b"cut \xc3", "cut \u{fffd}", "UTF-8", 1),
            ("text/html; charset=utf-8", b"", "", "UTF-8", 0),
        ];
        for (content_type, body, expected, charset, malformed) in cases {
            let expected = Text { text: expected.to_owned(), charset, malformed };
            assert_eq!(text(content_type, body), expected, "{content_type}: {}", body.escape_ascii());
        }
    }

    #[test]
    fn a_meta_element_beyond_the_beginning_names_nothing() {
        let page = [&b" ".repeat(PRESCANNED)[..], b"<meta charset=latin1>\xc3\xa9"].concat();
        assert_eq!(text("text/html", &page).charset, "UTF-8");
    }

    #[test]
    fn long_texts_grow_as_they_are_read() {
        let read = text("text/html; charset=shift_jis", &b"\x82\xa0".repeat(100_000));
        assert_eq!((read.text.chars().count(), read.malformed), (100_000, 0));
    }
}
