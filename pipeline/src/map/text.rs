//! Text forms that are decoded before validation: those of `bytea` and of arrays are not text to the loader.

/// The text forms of `bytea`: hexadecimal (`\x00ff`, with white space between the bytes), else escaped, where `\\` is a
/// backslash and `\ooo` a byte in octal. These are the rules of PostgreSQL's `byteain`.
pub(super) fn bytea(form: &str, bytes: &mut Vec<u8>) -> bool {
    bytes.clear();
    if let Some(hexadecimal) = form.strip_prefix("\\x") {
        let mut digits = hexadecimal.bytes();
        loop {
            let Some(high) = digits.find(|byte| !matches!(byte, b' ' | b'\n' | b'\t' | b'\r')) else { return true };
            let pair = (digit(high), digits.next().and_then(digit));
            let (Some(high), Some(low)) = pair else { return false };
            bytes.push(high << 4 | low);
        }
    }
    let mut rest = form.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        if *first != b'\\' {
            bytes.push(*first);
            rest = after;
            continue;
        }
        match after {
            [b'\\', after @ ..] => {
                bytes.push(b'\\');
                rest = after;
            }
            [a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', after @ ..] => {
                bytes.push((a - b'0') << 6 | (b - b'0') << 3 | (c - b'0'));
                rest = after;
            }
            _ => return false,
        }
    }
    true
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}
