//! The build script of `models`: brings `models/src/generated` up to date with the Drizzle schemas, or checks that it is.

fn main() -> std::process::ExitCode {
    codegen::build::main()
}
