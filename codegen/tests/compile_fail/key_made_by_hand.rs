//! Only generated code makes keys.

#[path = "../fixtures/everything/generated/mod.rs"]
mod everything;
use everything::*;

fn main() {
    let _ = everything::runtime::Key::<User> { definition: User::BY_ID.definition() };
}
