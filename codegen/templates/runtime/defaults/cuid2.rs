/// cuid2's `createId()`
pub(super) fn cuid2(length: u16) -> String {
    cuid2::CuidConstructor::new().with_length(length).create_id()
}
