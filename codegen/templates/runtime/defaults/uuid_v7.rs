/// uuid's `v7()`
pub(super) fn uuid_v7() -> String {
    Uuid::now_v7().to_string()
}
