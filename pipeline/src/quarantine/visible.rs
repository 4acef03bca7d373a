//! Bytes of anybody's making, as they may be shown on a terminal.
//!
//! A terminal obeys control characters: a record could move the cursor, rename the window, or turn the direction of the text
//! around. So all of them are written as escapes, as are bytes that are no text.

/// One line: control characters, line ends included, as escapes.
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    text.chars().for_each(|character| push(character, false, &mut shown));
    shown
}

/// Several lines: line ends and tabs stay, bytes that are no UTF-8 become `\xNN`.
pub fn visible_block(bytes: &[u8]) -> String {
    let mut shown = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        chunk.valid().chars().for_each(|character| push(character, true, &mut shown));
        chunk.invalid().iter().for_each(|byte| shown.push_str(&format!("\\x{byte:02x}")));
    }
    shown
}

fn push(character: char, lines: bool, shown: &mut String) {
    match character {
        '\n' | '\t' if lines => shown.push(character),
        '\n' => shown.push_str("\\n"),
        '\t' => shown.push_str("\\t"),
        '\r' => shown.push_str("\\r"),
        character if character.is_control() || turns(character) => {
            shown.push_str(&format!("\\u{{{:x}}}", u32::from(character)));
        }
        character => shown.push(character),
    }
}

/// Characters that are not seen themselves: those that change the direction of what follows (Unicode's Bidi_Control), or
/// stand for nothing at all.
fn turns(character: char) -> bool {
    matches!(
        character,
        '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_reaches_the_terminal_that_it_would_obey() {
        let cases: [(&[u8], &str); 7] = [
            (b"1,Plain \xc3\xa9\n2,\tx", "1,Plain é\n2,\tx"),
            (b"\x1b[2Jcleared", "\\u{1b}[2Jcleared"),
            (b"a\0b\x07\x7f", "a\\u{0}b\\u{7}\\u{7f}"),
            (b"caf\xe9,\xff", "caf\\xe9,\\xff"),
            (b"a\rb\r\n", "a\\rb\\r\n"),
            ("\u{202e}drow\u{9b}".as_bytes(), "\\u{202e}drow\\u{9b}"),
            (b"", ""),
        ];
        for (bytes, shown) in cases {
            assert_eq!(visible_block(bytes), shown, "{bytes:?}");
        }
        assert_eq!(visible("two\nlines\t\u{1b}"), "two\\nlines\\t\\u{1b}");
    }
}
