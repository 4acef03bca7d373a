//! A required field is the constructor's to ask for.

#[path = "../fixtures/everything/generated/mod.rs"]
mod everything;
use everything::*;

fn main() {
    let _ = UserInsert::new();
}
