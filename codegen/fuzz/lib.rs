//! What the fuzz targets share: bytes as a schema file, and which panics count.

use std::fs;
use std::panic;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The folder that holds the file under test: of this process alone, in memory where the system has that.
fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let shared_memory = Path::new("/dev/shm");
        let parent = if shared_memory.is_dir() { shared_memory.to_owned() } else { std::env::temp_dir() };
        let folder = parent.join(format!("codegen-fuzz-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder for the file under test");
        forgive_swc();
        folder
    })
}

/// The name of the file under test.
pub const FILE: &str = "schema.ts";

/// Writes the bytes to [`FILE`] in a folder of their own, and gives that folder.
pub fn schema(bytes: &[u8]) -> &'static Path {
    let folder = folder();
    fs::write(folder.join(FILE), bytes).expect("the file under test can be written");
    folder
}

/// libFuzzer ends at every panic, also at those that are caught. swc's are: codegen tells them as errors in the file.
fn forgive_swc() {
    let fatal = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let is_swc = info.location().is_some_and(|place| place.file().contains("swc_"));
        if !is_swc {
            fatal(info);
        }
    }));
}
