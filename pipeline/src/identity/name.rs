//! A school's name taken apart: what two spellings of it have in common.

use icu_normalizer::DecomposingNormalizerBorrowed;

use super::words::{BEGINNINGS, FILLERS, KINDS, PHRASES, POINTED, SHORT, is_state_name, state};

/// A name as it is stored and compared by the letter: lower case, without accents and punctuation, `&` as `and`.
pub fn normalized(name: &str) -> String {
    let words: Vec<String> = words(name).into_iter().map(|word| word.text).collect();
    words.join(" ")
}

/// One way to read a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reading {
    /// Short forms written out, without fillers and without the state that only tells it from others of its name:
    /// `university texas austin`.
    pub(super) full: String,
    /// The same without the words for its kind: `texas austin`.
    pub(super) core: String,
    /// Whether it says what kind of institution it is.
    pub(super) has_kind: bool,
    /// The state in brackets or behind a dash, as a postal abbreviation.
    pub(super) state: Option<&'static str>,
}

/// Every way to read a name. The first is the plain one.
pub(super) fn readings(name: &str) -> Vec<Reading> {
    let (words, in_brackets) = without_state_in_brackets(words(name));
    let mut readings = Vec::new();
    let mut read = |words: &[Word], state: Option<&'static str>| {
        for spelled in spellings(words) {
            let reading = Reading::new(&spelled, state);
            if !reading.full.is_empty() && !readings.contains(&reading) {
                readings.push(reading);
            }
            let without_system: Vec<_> = spelled.iter().filter(|word| !is_system(word)).cloned().collect();
            let reading = Reading::new(&without_system, state.or(Some("NY")));
            if without_system.len() < spelled.len() && !reading.core.is_empty() && !readings.contains(&reading) {
                readings.push(reading);
            }
        }
    };
    read(&words, in_brackets);
    if let Some((shorter, behind_dash)) = without_state_behind_dash(&words) {
        read(&shorter, in_brackets.or(Some(behind_dash)));
    }
    readings
}

impl Reading {
    fn new(words: &[String], state: Option<&'static str>) -> Self {
        let full: Vec<&str> = words.iter().map(String::as_str).filter(|word| !FILLERS.contains(word)).collect();
        let core: Vec<&str> = full.iter().copied().filter(|word| !KINDS.contains(word)).collect();
        Self { full: full.join(" "), core: core.join(" "), has_kind: core.len() < full.len(), state }
    }

    /// The core of `Slippery Rock University of Pennsylvania` without the state: `slippery rock`.
    pub(super) fn core_before_state(&self) -> Option<&str> {
        let words: Vec<&str> = self.full.split(' ').collect();
        let kind = words.iter().rposition(|word| KINDS.contains(word))?;
        let state = words[kind + 1..].join(" ");
        if kind == 0 || !is_state_name(&state) {
            return None;
        }
        self.core.strip_suffix(&state).map(str::trim_end).filter(|core| !core.is_empty())
    }
}

fn is_system(word: &str) -> bool {
    matches!(word, "suny" | "cuny")
}

/// A word in lower case and how it stood in the name.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Word {
    text: String,
    /// A point follows: it is a short form.
    pointed: bool,
    /// A dash precedes.
    after_dash: bool,
    /// The bracket in which it stands, counted from 1; 0 outside of brackets.
    bracket: usize,
}

fn words(name: &str) -> Vec<Word> {
    let decomposed = DecomposingNormalizerBorrowed::new_nfd().normalize(name);
    let mut split = Splitter::default();
    for sign in decomposed.chars().flat_map(char::to_lowercase) {
        match sign {
            // Accents, and what stands for an apostrophe (in Hawaiian, a letter).
            '\u{300}'..='\u{36f}' | '\'' | '’' | '‘' | 'ʻ' | 'ʼ' | '`' | '´' => {}
            '.' => split.point(),
            '&' => split.ampersand(),
            '-' | '‐' | '‑' | '–' | '—' => split.dash(),
            '(' | '[' => split.open(),
            ')' | ']' => split.close(),
            sign if sign.is_alphanumeric() => split.text.push(sign),
            _ => split.end(),
        }
    }
    split.end();
    letters_joined(split.words)
}

/// Splits a name into words.
#[derive(Default)]
struct Splitter {
    words: Vec<Word>,
    /// The word so far, and the points in it.
    text: String,
    points: usize,
    after_dash: bool,
    bracket: usize,
    brackets: usize,
}

impl Splitter {
    fn end(&mut self) {
        if self.text.is_empty() {
            return;
        }
        let text = std::mem::take(&mut self.text);
        let pointed = std::mem::take(&mut self.points) > 0;
        let after_dash = std::mem::take(&mut self.after_dash);
        self.words.push(Word { text, pointed, after_dash, bracket: self.bracket });
    }

    fn point(&mut self) {
        self.points += 1;
        // `N.C.` is one word, `St.Louis` two.
        if self.points < self.text.chars().count() {
            self.end();
        }
    }

    fn ampersand(&mut self) {
        self.end();
        self.text.push_str("and");
        self.end();
    }

    fn dash(&mut self) {
        self.end();
        self.after_dash = true;
    }

    fn open(&mut self) {
        self.end();
        self.brackets += 1;
        self.bracket = self.brackets;
    }

    fn close(&mut self) {
        self.end();
        self.bracket = 0;
    }
}

/// `A & M` and `A and M` as the one word `aandm`.
fn letters_joined(words: Vec<Word>) -> Vec<Word> {
    let mut joined: Vec<Word> = Vec::with_capacity(words.len());
    let letter = |word: &Word| word.text.chars().count() == 1;
    let mut rest = words.into_iter().peekable();
    while let Some(word) = rest.next() {
        if word.text == "and"
            && joined.last().is_some_and(letter)
            && let Some(second) = rest.next_if(letter)
            && let Some(first) = joined.last_mut()
        {
            first.text = format!("{}and{}", first.text, second.text);
        } else {
            joined.push(word);
        }
    }
    joined
}

/// Takes a state in brackets out: it tells the school from others of its name. Other words in brackets stay.
fn without_state_in_brackets(mut words: Vec<Word>) -> (Vec<Word>, Option<&'static str>) {
    let last = words.iter().map(|word| word.bracket).max().unwrap_or_default();
    let mut found = None;
    for bracket in 1..=last {
        let inside = |word: &&Word| word.bracket == bracket;
        let text: Vec<&str> = words.iter().filter(inside).map(|word| word.text.as_str()).collect();
        if let Some(state) = state(&text.join(" ")) {
            found = Some(state);
            words.retain(|word| word.bracket != bracket);
        }
    }
    (words, found)
}

/// `Union College - New York` without its state, if what precedes it says what kind of institution it is.
fn without_state_behind_dash(words: &[Word]) -> Option<(Vec<Word>, &'static str)> {
    let dash = words.iter().rposition(|word| word.after_dash)?;
    let (before, after) = words.split_at(dash);
    let text: Vec<&str> = after.iter().map(|word| word.text.as_str()).collect();
    let state = state(&text.join(" "))?;
    let says_kind = before.iter().any(|word| KINDS.contains(&word.text.as_str()));
    says_kind.then(|| (before.to_vec(), state))
}

/// So many ways to spell a name are tried; names that people give to schools have two or three.
const SPELLINGS: usize = 16;

/// The words with short forms written out; several ways where a short form means several things.
fn spellings(words: &[Word]) -> Vec<Vec<String>> {
    let mut spellings: Vec<Vec<String>> = vec![Vec::new()];
    for (index, word) in words.iter().enumerate() {
        let mut meant = meanings(words, index, word);
        if spellings.len() * meant.len() > SPELLINGS {
            meant.truncate(1);
        }
        let mut longer = Vec::with_capacity(spellings.len() * meant.len());
        for spelling in &spellings {
            for meaning in &meant {
                let mut spelling = spelling.clone();
                spelling.extend(meaning.split(' ').map(str::to_owned));
                longer.push(spelling);
            }
        }
        spellings = longer;
    }
    spellings.into_iter().map(phrases_joined).collect()
}

/// What a word may mean at its place.
fn meanings(words: &[Word], index: usize, word: &Word) -> Vec<String> {
    let text = word.text.as_str();
    let (first, last) = (index == 0, index + 1 == words.len());
    let one = |meaning: &str| vec![meaning.to_owned()];
    if matches!(text, "st" | "saint" | "ste") {
        let before = index.checked_sub(1).map(|before| words[before].text.as_str());
        let saint = first || word.after_dash || text != "st" || matches!(before, Some("mount" | "mt" | "of" | "in"));
        return match () {
            () if saint => one("saint"),
            () if last => one("state"),
            () => vec!["state".to_owned(), "saint".to_owned()],
        };
    }
    if first
        && !last
        && let Some((_, meanings)) = BEGINNINGS.iter().find(|(beginning, _)| *beginning == text)
    {
        return meanings.iter().map(|meaning| (*meaning).to_owned()).collect();
    }
    // `Boston U`.
    if last && !first && text == "u" {
        return one("university");
    }
    let written_out = |table: &[(&str, &'static str)]| {
        table.iter().find(|(short, _)| *short == text).map(|(_, meaning)| one(meaning))
    };
    let pointed = if word.pointed { written_out(&POINTED) } else { None };
    pointed.or_else(|| written_out(&SHORT)).unwrap_or_else(|| one(text))
}

/// The words with the phrases among them in their one form.
fn phrases_joined(words: Vec<String>) -> Vec<String> {
    let mut joined = Vec::with_capacity(words.len());
    let mut at = 0;
    while at < words.len() {
        let here = &words[at..];
        let begins = |phrase: &&(&[&str], &[&str])| {
            here.len() >= phrase.0.len() && phrase.0.iter().zip(here).all(|(a, b)| a == b)
        };
        match PHRASES.iter().find(begins) {
            Some((phrase, form)) => {
                joined.extend(form.iter().map(|word| (*word).to_owned()));
                at += phrase.len();
            }
            None => {
                joined.push(words[at].clone());
                at += 1;
            }
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_normalised() {
        let cases = [
            ("  Saint Mary's   (CA) ", "saint marys ca"),
            ("University of Hawaiʻi", "university of hawaii"),
            ("San José State", "san jose state"),
            ("Texas A & M—Commerce", "texas aandm commerce"),
            ("N.C. A&T", "nc aandt"),
            ("notre-dame", "notre dame"),
            ("Ja’Shaun O´Neil", "jashaun oneil"),
            ("–", ""),
        ];
        for (name, expected) in cases {
            assert_eq!(normalized(name), expected, "{name}");
        }
    }

    /// Full, core, state.
    type Expected<'a> = (&'a str, &'a str, Option<&'a str>);

    #[test]
    fn readings_write_short_forms_out() {
        let cases: [(&str, &[Expected<'_>]); 9] = [
            ("University of Texas at Austin", &[("university texas austin", "texas austin", None)]),
            ("St. Cloud St.", &[("saint cloud state", "saint cloud state", None)]),
            ("Wis.-Eau Claire", &[("wisconsin eau claire", "wisconsin eau claire", None)]),
            ("La Salle", &[("la salle", "la salle", None)]),
            ("Miami (OH)", &[("miami", "miami", Some("OH"))]),
            ("JWU (Providence)", &[("jwu providence", "jwu providence", None)]),
            ("Georgia Institute of Technology", &[("georgia tech", "georgia tech", None)]),
            (
                "CSU Pueblo",
                &[
                    ("california state university pueblo", "california state pueblo", None),
                    ("colorado state university pueblo", "colorado state pueblo", None),
                ],
            ),
            (
                "Union College - New York",
                &[("union college new york", "union new york", None), ("union college", "union", Some("NY"))],
            ),
        ];
        for (name, expected) in cases {
            let found = readings(name);
            let found: Vec<_> = found.iter().map(|found| (&*found.full, &*found.core, found.state)).collect();
            assert_eq!(found, expected, "{name}");
        }
    }

    #[test]
    fn a_name_of_short_forms_alone_is_not_read_in_all_ways() {
        assert!(readings(&"a st ".repeat(200)).len() <= SPELLINGS);
        assert!(readings("()").is_empty() && readings("").is_empty() && readings("\u{301}.-&").len() < 2);
    }
}
