//! People's names: as people write them, and made comparable.

use icu_normalizer::DecomposingNormalizerBorrowed;

/// A person's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonName {
    /// First name first, as people write it: `Luís O'Hara-Díaz Jr.`
    pub name: String,
    /// Lower case, without punctuation, accents and suffix: `luis ohara diaz`.
    pub normalized: String,
    /// `jr`, `sr`, `ii`, `iii` or `iv`, if the name ends with one.
    pub suffix: Option<&'static str>,
}

/// Reads a name written `First Last` or `Last, First`, its suffix at the end of either part or between commas. None if it has
/// no letter.
pub fn person(text: &str) -> Option<PersonName> {
    // The apostrophe of Windows-1252, read as Latin-1.
    let text = &text.replace('\u{92}', "’");
    let mut parts: Vec<Vec<&str>> = text.split(',').map(|part| part.split_whitespace().collect()).collect();
    parts.retain(|part: &Vec<&str>| !part.is_empty());
    // Without a comma, two words are first and last name, whatever the last one is.
    let least = if parts.len() == 1 { 3 } else { 2 };
    let mut suffix = None;
    for (at, part) in parts.iter_mut().enumerate() {
        let alone = at > 0 && part.len() == 1;
        if suffix.is_none() && (alone || part.len() >= least) {
            suffix = part.last().and_then(|last| Some((*last, suffix_of(last)?)));
            part.truncate(part.len() - usize::from(suffix.is_some()));
        }
    }
    parts.retain(|part| !part.is_empty());
    if parts.len() > 1 {
        parts.rotate_left(1);
    }
    let mut words: Vec<&str> = parts.concat();
    let normalized = comparable(&words.join(" "));
    words.extend(suffix.map(|(written, _)| written));
    normalized.contains(char::is_alphabetic).then(|| PersonName {
        name: words.join(" "),
        normalized,
        suffix: suffix.map(|(_, suffix)| suffix),
    })
}

fn suffix_of(word: &str) -> Option<&'static str> {
    let word = word.trim_end_matches('.').to_ascii_lowercase();
    Some(match word.as_str() {
        "jr" => "jr",
        "sr" => "sr",
        "ii" | "2nd" => "ii",
        "iii" | "3rd" => "iii",
        "iv" | "4th" => "iv",
        _ => return None,
    })
}

/// Lower case without accents; apostrophes and full stops vanish, whatever else is neither letter nor digit divides words.
pub fn comparable(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    if text.is_ascii() {
        text.chars().for_each(|c| fold(c, &mut plain));
    } else {
        let decomposed = DecomposingNormalizerBorrowed::new_nfkd().normalize_iter(text.chars());
        decomposed.for_each(|c| fold(c, &mut plain));
    }
    super::text::folded(&plain)
}

fn fold(c: char, plain: &mut String) {
    match c {
        // What accents decompose to.
        '\u{300}'..='\u{36f}' => {}
        '\'' | '’' | '‘' | 'ʻ' | 'ʼ' | '`' | '´' | '.' => {}
        // Letters that do not decompose.
        'ø' | 'Ø' => plain.push('o'),
        'ł' | 'Ł' => plain.push('l'),
        'đ' | 'Đ' | 'ð' | 'Ð' => plain.push('d'),
        'ı' => plain.push('i'),
        'ß' => plain.push_str("ss"),
        'æ' | 'Æ' => plain.push_str("ae"),
        'œ' | 'Œ' => plain.push_str("oe"),
        'þ' | 'Þ' => plain.push_str("th"),
        c if c.is_alphanumeric() => plain.extend(c.to_lowercase()),
        _ => plain.push(' '),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_every_order() {
        let cases = [
            ("Easton Marsh", Some(("Easton Marsh", "easton marsh", None))),
            ("Marsh, Easton", Some(("Easton Marsh", "easton marsh", None))),
            (" Marsh ,  Easton J. ", Some(("Easton J. Marsh", "easton j marsh", None))),
            ("Easton Marsh Jr.", Some(("Easton Marsh Jr.", "easton marsh", Some("jr")))),
            ("Easton Marsh, III", Some(("Easton Marsh III", "easton marsh", Some("iii")))),
            ("Marsh Jr., Easton", Some(("Easton Marsh Jr.", "easton marsh", Some("jr")))),
            ("Marsh, Easton, Jr.", Some(("Easton Marsh Jr.", "easton marsh", Some("jr")))),
            ("Marsh, Jr., Easton", Some(("Easton Marsh Jr.", "easton marsh", Some("jr")))),
            ("Marsh, Easton II", Some(("Easton Marsh II", "easton marsh", Some("ii")))),
            ("Wang Iv", Some(("Wang Iv", "wang iv", None))),
            ("De La Cruz, José-Luis", Some(("José-Luis De La Cruz", "jose luis de la cruz", None))),
            ("Seán O’Brien", Some(("Seán O’Brien", "sean obrien", None))),
            ("J.T. D'Amico", Some(("J.T. D'Amico", "jt damico", None))),
            ("Søren Łukasz Straße", Some(("Søren Łukasz Straße", "soren lukasz strasse", None))),
            ("Kawika Kaʻahumanu", Some(("Kawika Kaʻahumanu", "kawika kaahumanu", None))),
            ("Bjo\u{308}rn Na\u{303}o", Some(("Bjo\u{308}rn Na\u{303}o", "bjorn nao", None))),
            ("Shane O\u{92}Dell", Some(("Shane O’Dell", "shane odell", None))),
            ("T. Moulton", Some(("T. Moulton", "t moulton", None))),
            ("Pelé", Some(("Pelé", "pele", None))),
            ("Marsh,", Some(("Marsh", "marsh", None))),
            ("-", None),
            (" 29", None),
            (" , ", None),
            ("", None),
        ];
        for (text, expected) in cases {
            let found = person(text);
            let found = found.as_ref().map(|found| (found.name.as_str(), found.normalized.as_str(), found.suffix));
            assert_eq!(found, expected, "{text:?}");
        }
    }
}
