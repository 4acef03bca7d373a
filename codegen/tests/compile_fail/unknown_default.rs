//! A default whose function could not be read must be given.

#[path = "../fixtures/everything/generated/mod.rs"]
mod everything;
use everything::*;

fn main() {
    let _ = StampedInsert::new("secret");
}
