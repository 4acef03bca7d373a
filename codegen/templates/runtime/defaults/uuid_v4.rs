/// `crypto.randomUUID()`
pub(super) fn uuid_v4() -> String {
    Uuid::new_v4().to_string()
}
