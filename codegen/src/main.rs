//! The `codegen` command.

use std::process::ExitCode;

mod cli;

/// A schema is many small values that live as long as the run; the system's allocator gives a second thread's heap out page
/// by page.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::main()
}
