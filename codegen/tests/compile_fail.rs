//! What must not compile, and what rustc says to whoever tries.

#[test]
fn wrong_statements_do_not_compile() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
