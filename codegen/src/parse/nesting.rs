//! How deep a text may nest. The parser, the evaluator and the tree's own drop recurse, and a stack that overflows ends the
//! process: what could nest too deep is refused before it is parsed.

/// How deep brackets may nest.
pub(super) const MAX_BRACKETS: usize = 1000;

/// How many words and operators may follow one another without a comma, a semicolon or a closed bracket, over all open
/// brackets. A comma between `<` and `>` does not count: it separates type parameters, and `<A,>() => <A,>() => …` nests.
/// Whatever nests without brackets (`!!!…x`, `a => b => …`, `a ? b : c ? …`, `1 + 1 + …`, `a.b.c…`) has such a run, at least as
/// long as it is deep.
pub(super) const MAX_RUN: usize = 25_000;

/// What is too deep, and the offset where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TooDeep {
    Brackets(usize),
    Run(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Word,
    Operator,
    Open,
    Close,
    Separator,
    LineEnd,
    Other,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Other; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'$' | 0x80.. => Class::Word,
            b'(' | b'[' | b'{' => Class::Open,
            b')' | b']' | b'}' => Class::Close,
            b',' | b';' => Class::Separator,
            b'\n' => Class::LineEnd,
            b'=' | b'?' | b':' | b'!' | b'~' | b'+' | b'-' | b'*' | b'/' | b'%' | b'&' | b'|' | b'^' | b'<' | b'>'
            | b'.' | b'@' => Class::Operator,
            _ => Class::Other,
        };
        byte += 1;
    }
    classes
};

/// Looks for the first place that is too deep.
///
/// It does not tell strings and comments from code: that can only refuse a file that no person wrote.
pub(super) fn too_deep(text: &[u8]) -> Option<TooDeep> {
    if is_shallow(text) { None } else { find_too_deep(text) }
}

/// Whether nothing can be too deep, even if every byte were a word: so for what people write. It is told sooner, of a short text
/// in a tenth of the time.
fn is_shallow(text: &[u8]) -> bool {
    let opens = |byte: &u8| u8::from(matches!(byte, b'(' | b'[' | b'{' | b'<'));
    // So many at a time that their number is a byte, and many are counted at once.
    let opens = |bytes: &[u8]| usize::from(bytes.iter().map(opens).sum::<u8>());
    if text.len() <= MAX_RUN && text.chunks(255).map(opens).sum::<usize>() <= MAX_BRACKETS {
        return true;
    }
    // The bytes around the open brackets, their sum, and the place that those of the innermost are counted from.
    let (mut around, mut sum, mut start) = (Vec::new(), 0, 0);
    let mut angles = 0;
    for (offset, byte) in text.iter().enumerate().filter(|(_, byte)| NESTS[usize::from(**byte)]) {
        let run = offset - start;
        if sum + run > MAX_RUN {
            return false;
        }
        match byte {
            b'<' => angles += 1,
            b';' => start = offset + 1,
            b')' | b']' | b'}' => {
                if let Some(outer) = around.pop() {
                    sum -= outer;
                    start = offset + 1 - outer;
                }
            }
            _ => {
                around.push(run);
                sum += run;
                start = offset + 1;
            }
        }
        if around.len() > MAX_BRACKETS || angles > MAX_BRACKETS {
            return false;
        }
    }
    sum + text.len() - start <= MAX_RUN
}

/// What [`is_shallow`] looks at.
const NESTS: [bool; 256] = {
    let mut nests = [false; 256];
    let bytes = b"()[]{}<;";
    let mut index = 0;
    while index < bytes.len() {
        nests[bytes[index] as usize] = true;
        index += 1;
    }
    nests
};

fn find_too_deep(text: &[u8]) -> Option<TooDeep> {
    // The lengths of the runs around the open brackets with their `angles` and `open_angles`, the sum of the lengths, and the
    // innermost run's.
    let (mut around, mut sum, mut run): (Vec<(usize, usize, usize)>, usize, usize) = (Vec::new(), 0, 0);
    // `<` without its `>` in the run. The parser reads each again when it finds that they are no type arguments.
    let mut open_angles = 0_usize;
    // `<` without its `>`. Of a line only: many are less-than signs.
    let mut angles = 0_usize;
    let mut in_word = false;
    for (offset, byte) in text.iter().enumerate() {
        let class = CLASSES[usize::from(*byte)];
        if class == Class::Word {
            run += usize::from(!in_word);
            in_word = true;
            continue;
        }
        in_word = false;
        match class {
            Class::Operator => {
                run += 1;
                match byte {
                    b'<' => (angles, open_angles) = (angles + 1, open_angles + 1),
                    b'>' => (angles, open_angles) = (angles.saturating_sub(1), open_angles.saturating_sub(1)),
                    _ => {}
                }
                if open_angles > MAX_BRACKETS {
                    return Some(TooDeep::Brackets(offset));
                }
            }
            Class::Open => {
                around.push((run, angles, open_angles));
                (angles, open_angles) = (0, 0);
                sum += run;
                run = 0;
                if around.len() > MAX_BRACKETS {
                    return Some(TooDeep::Brackets(offset));
                }
            }
            Class::Close => {
                if let Some(outer) = around.pop() {
                    (run, angles, open_angles) = outer;
                    sum -= run;
                }
            }
            Class::Separator if *byte == b';' || angles == 0 => (run, open_angles) = (0, 0),
            Class::LineEnd => {
                angles = 0;
                if around.is_empty() && starts_statement(text, offset) {
                    (run, open_angles) = (0, 0);
                }
            }
            _ => {}
        }
        if sum + run > MAX_RUN {
            return Some(TooDeep::Run(offset));
        }
    }
    None
}

/// True where a line begins with a word that begins a statement too: not everybody writes semicolons.
fn starts_statement(text: &[u8], line_end: usize) -> bool {
    let line = &text[line_end + 1..];
    let words: [&[u8]; 7] = [b"const ", b"export ", b"import ", b"let ", b"var ", b"type ", b"interface "];
    words.iter().any(|word| line.starts_with(word)) && !text[..line_end].trim_ascii_end().ends_with(b".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nests_is_bounded() {
        let links = [
            "!",
            "async()=>",
            "a=>",
            "a?b:",
            "typeof ",
            "if(a)",
            "a=",
            "new ",
            ".a",
            "+1",
            "@a ",
            "<A,>()=>",
            "<A=[],>()=>",
        ];
        for link in links {
            assert!(matches!(too_deep(link.repeat(100_000).as_bytes()), Some(TooDeep::Run(_))), "{link}");
            assert_eq!(too_deep(link.repeat(900).as_bytes()), None, "{link}");
        }
        for bracket in ["(", "[", "{", "a[", "${", "A<", "a as A<", "A<[]|"] {
            assert!(matches!(too_deep(bracket.repeat(1_001).as_bytes()), Some(TooDeep::Brackets(_))), "{bracket}");
        }
    }

    /// The quick look never lets through what the close one refuses, and a close look at what people write is seldom needed.
    #[test]
    fn what_looks_shallow_is() {
        let pieces = [
            "(",
            ")",
            "[",
            "{",
            "}",
            "<",
            ">",
            ";",
            ",",
            "\n",
            "a.",
            "=> ",
            "a ? b : ",
            "export const a = 1",
            "/* a */",
        ];
        // Every piece in turn with every other, in runs that differ in length.
        for (first, one) in pieces.iter().enumerate() {
            for (second, other) in pieces.iter().enumerate() {
                let text = format!("{}{}", one.repeat(37 * first + 1), other.repeat(53 * second + 1)).repeat(90);
                assert!(!is_shallow(text.as_bytes()) || find_too_deep(text.as_bytes()).is_none(), "{one} {other}");
            }
        }
        let table = "export const a = pgTable('a', { id: integer('id').primaryKey(), b: text() });\n";
        assert!(is_shallow(table.repeat(50_000).as_bytes()));
    }

    #[test]
    fn long_files_are_not_deep_ones() {
        let table = "export const a = pgTable('a', { id: integer('id').primaryKey(), b: text() })\n";
        for separated in [
            table,
            "a = { b: 1, c: [1, 2] };\n",
            "for (let i = 0; i < n; i++) if (i < m) f(i);\n",
            "const text = 'some words of prose, and a comma'\n",
        ] {
            assert_eq!(too_deep(separated.repeat(50_000).as_bytes()), None, "{separated}");
        }
    }
}
