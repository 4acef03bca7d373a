//! The recording that ships with this program: it is part of the binary, so that it is there in any folder.

use include_dir::{Dir, File, include_dir};

static FOLDER: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/recordings/offline");

/// A file of the shipped recording.
pub(super) fn file(source: &str, name: &str) -> Option<&'static [u8]> {
    FOLDER.get_file(format!("{source}/{name}")).map(File::contents)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::{Path, PathBuf};

    use super::*;
    use crate::fetch::recording::INDEX;

    fn embedded(folder: &Dir<'_>, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
        files.extend(folder.files().map(|file| (file.path().to_owned(), file.contents().to_owned())));
        folder.dirs().for_each(|within| embedded(within, files));
    }

    fn on_disk(folder: &Path, within: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let (path, name) = entry.map(|entry| (entry.path(), within.join(entry.file_name()))).unwrap();
            if path.is_dir() {
                on_disk(&path, &name, files);
            } else {
                files.insert(name, std::fs::read(path).unwrap());
            }
        }
    }

    #[test]
    fn every_body_is_named_by_an_answer() {
        for source in FOLDER.dirs() {
            let source = source.path().to_str().unwrap();
            let index = str::from_utf8(file(source, INDEX).unwrap()).unwrap();
            let mut named: BTreeSet<String> = [INDEX.to_owned()].into();
            for line in index.lines() {
                let line: serde_json::Value = serde_json::from_str(line).unwrap();
                named.extend(line["body"].as_str().map(str::to_owned));
            }
            let folder = FOLDER.get_dir(source).unwrap();
            let there = folder.files().map(|file| file.path().file_name().unwrap().to_str().unwrap().to_owned());
            assert_eq!(named, there.collect(), "{source}");
        }
    }

    /// Cargo sees that a file of the folder changes, and not that one comes or goes.
    #[test]
    fn the_binary_holds_what_the_folder_holds() {
        let (mut ships, mut folder) = (BTreeMap::new(), BTreeMap::new());
        embedded(&FOLDER, &mut ships);
        on_disk(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/recordings/offline")), Path::new(""), &mut folder);
        assert!(folder.len() > 50, "{folder:?}");
        let names = |files: &BTreeMap<PathBuf, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&ships), names(&folder), "touch src/fetch/recording/shipped.rs and build again");
        assert!(ships == folder, "the content is that of the folder");
    }
}
