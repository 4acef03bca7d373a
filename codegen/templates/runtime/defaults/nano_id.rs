/// `nanoid(length)` or `customAlphabet(alphabet, length)()`; without an alphabet, nanoid's own.
pub(super) fn nano_id(length: usize, alphabet: &str) -> String {
    if alphabet.is_empty() {
        return nanoid::nanoid!(length);
    }
    let alphabet: Vec<char> = alphabet.chars().collect();
    nanoid::nanoid!(length, &alphabet)
}
