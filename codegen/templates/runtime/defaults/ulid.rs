/// `ulid()`
pub(super) fn ulid() -> String {
    ulid::Ulid::generate().to_string()
}
