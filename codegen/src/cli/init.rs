//! `codegen init`: the settings of a new project, and what its crate needs.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use codegen::config::{FILE_NAME, Settings};
use codegen::model::dependencies::dependencies;
use codegen::model::{self, Model};
use codegen::schema::Schema;
use codegen::task::Failure;
use codegen::write;

/// What `init` takes beside the options of every command.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The folder that models are to be written to.
    #[arg(long, value_name = "DIR", default_value = "src/models")]
    out: PathBuf,
}

/// Writes `codegen.toml` into a folder, and gives what is to be printed. `config` is the drizzle-kit configuration, where that
/// names the schema.
///
/// # Errors
/// [`Failure::Settings`] if there are settings already; [`Failure::Write`].
pub(super) fn run(
    arguments: &Arguments,
    settings: &Settings,
    schema: &Schema,
    folder: &Path,
) -> Result<String, Failure> {
    if let Some(path) = &settings.file {
        return Err(Failure::Settings(format!("{} is there already: edit it, or remove it first", path.display())));
    }
    let schema = schema.as_stored();
    let model = model::build(&schema, &settings.overrides, &mut Vec::new());
    let path = folder.join(FILE_NAME);
    let mut file = OpenOptions::new().write(true).create_new(true).open(&path);
    let text = file_text(arguments, settings, &model);
    let written = file.as_mut().map_err(|error| std::io::Error::from(error.kind()));
    let written = written.and_then(|file| file.write_all(text.as_bytes()));
    written.map_err(|source| write::Error::Write { path, source })?;
    Ok(next_steps(arguments, &model))
}

fn file_text(arguments: &Arguments, settings: &Settings, model: &Model<'_>) -> String {
    let relative = |path: &Path| path.strip_prefix(&settings.root).unwrap_or(path).to_string_lossy().replace('\\', "/");
    let patterns: Vec<String> = settings.schema.iter().map(|pattern| format!("{pattern:?}")).collect();
    let schema = match &settings.drizzle_config {
        Some(config) if patterns.is_empty() => {
            format!("# The drizzle-kit configuration that names the schema.\nconfig = {:?}", relative(config))
        }
        _ => format!(
            "# The schema: files or globs, as in drizzle.config.ts; `config = \"drizzle.config.ts\"` takes them from there.\n\
             schema = [{}]",
            patterns.join(", ")
        ),
    };
    let out = relative(&arguments.out);
    let undecided = model.tables.iter().filter(|table| table.conflict.key.is_none() && !table.keys.is_empty());
    let undecided = undecided.map(|table| {
        let keys: Vec<String> = table.keys.iter().map(|(key, _)| format!("{:?}", key.name)).collect();
        format!("# [tables.{:?}]\n# conflict_key = {}\n", table.schema.qualified_name(), keys.join(" # or "))
    });
    let undecided: Vec<String> = undecided.collect();
    let example = "# [tables.\"public.user\"]\n# conflict_key = \"user_email_unique\"\n".to_owned();
    let keys = if undecided.is_empty() { example } else { undecided.concat() };
    format!(
        "# Settings of codegen, which writes Rust models of a Drizzle schema. Paths are relative to this file's folder.\n\n\
         {schema}\n\n\
         # The folder that is written. Files in it that codegen did not write are left alone.\n\
         out = {out:?}\n\n\
         # The unique key that `upsert()` uses, for tables where it is not clear by itself.\n\
         {keys}\n\
         # The Rust type of a column, or of every column of a SQL type.\n\
         # [columns.\"public.user.colors\"]\n\
         # rust_type = \"crate::Colors\"\n\
         # [types.numeric]\n\
         # rust_type = \"crate::Money\"\n"
    )
}

fn next_steps(arguments: &Arguments, model: &Model<'_>) -> String {
    let dependencies: Vec<String> = dependencies(model).iter().map(|dependency| format!("{dependency}\n")).collect();
    let module = arguments.out.file_name().unwrap_or_default().to_string_lossy();
    format!(
        "# Cargo.toml: what the models need, and codegen's library for build.rs.\n\
         # sqlx needs a runtime besides, such as its features \"runtime-tokio\" and \"tls-rustls\".\n\
         [dependencies]\n\
         {}\n\
         [build-dependencies]\n\
         codegen = {{ path = {:?}, default-features = false }}\n\n\
         // build.rs: `cargo build` keeps the models fresh, and checks them where `CI` is set. Without it, run `codegen`.\n\
         fn main() -> std::process::ExitCode {{\n    codegen::build::main()\n}}\n\n\
         // src/lib.rs or src/main.rs\n\
         mod {module};\n",
        dependencies.concat(),
        env!("CARGO_MANIFEST_DIR"),
    )
}
