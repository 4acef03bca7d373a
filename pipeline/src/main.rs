//! The `pipeline` command. What it does is in the library of the same name; here is what a command line needs.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    // Before anything can build an HTTP client: reqwest is built without a cryptography provider of its own and panics if
    // the process has none. It fails only if one is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    ExitCode::from(cli::run(std::env::args_os().collect()).code())
}
