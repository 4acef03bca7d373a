//! A reference takes unique keys only.

#[path = "../fixtures/everything/generated/mod.rs"]
mod everything;
use everything::*;

fn main() {
    let _ = UserInsert::new("a");
    let _ = KeysRef::C("c".to_owned());
}
