//! The difference as a unified diff.

use std::fs;
use std::path::Path;

use similar::TextDiff;

use crate::generate::Files;

use super::Changes;

/// A unified diff from what is on disk to what would be written, file by file. `shown` is how the folder is
/// called in it.
pub fn diff(files: &Files, out: &Path, shown: &Path, changes: &Changes) -> String {
    let mut text = String::new();
    let mut names: Vec<&String> = changes.added.iter().chain(&changes.modified).chain(&changes.orphaned).collect();
    names.sort();
    for name in names {
        let path = out.join(name);
        // What vanished since the comparison is shown as empty.
        let old = fs::read(&path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
        let new = files.get(name).map(String::as_str).unwrap_or_default();
        let shown = shown.join(name).to_string_lossy().replace('\\', "/");
        let before = if changes.added.contains(name) { "/dev/null".to_owned() } else { format!("a/{shown}") };
        let after = if changes.orphaned.contains(name) { "/dev/null".to_owned() } else { format!("b/{shown}") };
        let lines = TextDiff::from_lines(old.as_str(), new);
        text.push_str(&lines.unified_diff().context_radius(3).header(&before, &after).to_string());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::write::changes;

    #[test]
    fn shows_added_changed_and_removed_files() {
        let folder = tempfile::tempdir().unwrap();
        let mark = crate::emit::MARK;
        fs::write(folder.path().join("a.rs"), format!("// {mark}\nold\n")).unwrap();
        fs::write(folder.path().join("c.rs"), format!("// {mark}\ngone\n")).unwrap();
        let files = Files::from([
            ("a.rs".to_owned(), format!("// {mark}\nnew\n")),
            ("b.rs".to_owned(), format!("// {mark}\nadded\n")),
        ]);
        let text = diff(&files, folder.path(), Path::new("src/gen"), &changes(&files, folder.path()).unwrap());
        for line in
            ["-old\n", "+new\n", "--- a/src/gen/a.rs\n", "--- /dev/null\n", "+added\n", "+++ /dev/null\n", "-gone\n"]
        {
            assert!(text.contains(line), "{line:?} is missing in\n{text}");
        }
    }
}
