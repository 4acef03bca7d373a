//! The recording that ships with this program: it is part of the binary, so that it is there in any folder.

/// A file of the shipped recording.
pub(super) fn file(source: &str, name: &str) -> Option<&'static [u8]> {
    let files = match source {
        "ncaa-directory" => NCAA_DIRECTORY,
        _ => return None,
    };
    files.iter().find(|(file, _)| *file == name).map(|(_, bytes)| *bytes)
}

macro_rules! files {
    ($folder:literal: $($name:literal),* $(,)?) => {
        &[$(($name, include_bytes!(concat!("../../../recordings/offline/", $folder, "/", $name)))),*]
    };
}

const NCAA_DIRECTORY: &[(&str, &[u8])] = files!(
    "ncaa-directory":
    "index.ndjson",
    "conferenceList.json",
    "memberList.json",
    "orgDetail-169.html",
    "orgDetail-2.html",
    "orgDetail-24.html",
    "orgDetail-262.html",
    "orgDetail-275.html",
    "orgDetail-4.html",
    "orgDetail-513.html",
    "orgDetail-6.html",
    "orgDetail-8.html",
    "orgDetail-805.html",
    "orgDetail-929.html",
    "sportList.json",
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_recording_ships() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/recordings/offline/ncaa-directory");
        let mut files = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            assert_eq!(file("ncaa-directory", &name), Some(&*std::fs::read(entry.path()).unwrap()), "{name}");
            files += 1;
        }
        assert_eq!(files, NCAA_DIRECTORY.len());
    }
}
