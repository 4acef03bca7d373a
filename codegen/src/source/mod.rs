//! Source files and places in them.
//!
//! All files of one run share one line of positions: each file starts where the one before it ended, so that a [`Span`]
//! is two numbers and still names its file.

mod glob;
mod jsonc;
mod package;
mod resolve;
mod specifier;
mod tsconfig;

pub(crate) use resolve::normalize;
pub use resolve::{Resolver, Target};
pub use specifier::expand;

use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, OnceLock};

use crate::schema::Location;

/// A range of bytes in one of the files of a [`Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// The first byte's position.
    pub lo: u32,
    /// The position after the last byte.
    pub hi: u32,
}

/// One file's text.
#[derive(Debug)]
pub struct SourceFile {
    /// Where it lies.
    pub path: PathBuf,
    /// Its path relative to the project folder, with forward slashes: how messages and generated docs name it.
    pub name: Arc<str>,
    /// Its text.
    pub text: String,
    /// The position of its first byte.
    pub base: u32,
    /// The offset of each line's first byte, found when first asked for.
    lines: OnceLock<Vec<usize>>,
}

impl SourceFile {
    /// True for a span of this file.
    pub(crate) fn holds(&self, span: Span) -> bool {
        span.lo >= self.base && (span.lo - self.base) as usize <= self.text.len()
    }

    pub(crate) fn lines(&self) -> &[usize] {
        self.lines.get_or_init(|| {
            std::iter::once(0)
                .chain(memchr::memchr_iter(b'\n', self.text.as_bytes()).map(|offset| offset + 1))
                .collect()
        })
    }
}

/// The files of one run, in the order in which they were read.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<Arc<SourceFile>>,
}

impl Sources {
    /// Adds a file and returns its index. Position 0 is no place at all, so the first file starts at 1.
    ///
    /// # Errors
    /// When all files together exceed the 4 GiB that positions can count.
    pub fn add(&mut self, path: PathBuf, root: &Path, text: String) -> Result<usize, String> {
        let base = self.files.last().map_or(1, |last| last.base + last.text.len() as u32 + 1);
        if u64::from(base) + text.len() as u64 >= u64::from(u32::MAX) {
            return Err(format!("{}: all schema files together exceed 4 GiB", path.display()));
        }
        let name = name(&path, root).into();
        self.files.push(Arc::new(SourceFile { path, name, text, base, lines: OnceLock::new() }));
        Ok(self.files.len() - 1)
    }

    /// The file of that index.
    pub fn file(&self, index: usize) -> &SourceFile {
        &self.files[index]
    }

    /// The file of that index, for another thread.
    pub(crate) fn share(&self, index: usize) -> Arc<SourceFile> {
        self.files[index].clone()
    }

    /// All files.
    pub fn files(&self) -> &[Arc<SourceFile>] {
        &self.files
    }

    /// The file that holds a span, and the span's byte range in its text.
    pub fn locate(&self, span: Span) -> Option<(&SourceFile, std::ops::Range<usize>)> {
        let index = self.files.partition_point(|file| file.base <= span.lo).checked_sub(1)?;
        let file = &self.files[index];
        let clamp = |position: u32| ((position - file.base) as usize).min(file.text.len());
        Some((file, clamp(span.lo)..clamp(span.hi.max(span.lo))))
    }

    /// The rest of the line from a place on, without a comma that ends it; `None` for a place in none of the files.
    pub fn span_at(&self, place: &Location) -> Option<Span> {
        let file = self.files.iter().find(|file| file.name == place.file)?;
        let line_start = *file.lines().get((place.line as usize).checked_sub(1)?)?;
        let line = file.text[line_start..].lines().next().unwrap_or_default();
        let skipped: usize = line.chars().take((place.column as usize).saturating_sub(1)).map(char::len_utf8).sum();
        let rest = line[skipped..].trim_end().trim_end_matches([',', '{', '(']).trim_end();
        let lo = file.base + (line_start + skipped) as u32;
        Some(Span { lo, hi: lo + rest.len() as u32 })
    }

    /// Line and column of a span's start.
    pub fn location(&self, span: Span) -> Location {
        let Some((file, range)) = self.locate(span) else {
            return Location { file: Arc::default(), line: 0, column: 0 };
        };
        let line = file.lines().partition_point(|start| *start <= range.start);
        let line_start = file.lines()[line - 1];
        Location {
            file: file.name.clone(),
            line: line as u32,
            column: file.text[line_start..range.start].chars().count() as u32 + 1,
        }
    }
}

/// What a file is called in messages and in output, which is the same on any machine: its path as seen from the project's folder,
/// also where it is outside of that, as the packages beside it are. Between two drives there is no such path.
fn name(path: &Path, root: &Path) -> String {
    let shared = path.components().zip(root.components()).take_while(|(a, b)| a == b).count();
    if shared == 0 {
        return path.to_string_lossy().replace('\\', "/");
    }
    let up = root.components().skip(shared).map(|_| Component::ParentDir);
    let relative: PathBuf = up.chain(path.components().skip(shared)).collect();
    relative.to_string_lossy().replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_as_seen_from_the_project() {
        let named = |path: &str| name(Path::new(path), Path::new("/home/ada/shop/packages/db"));
        assert_eq!(named("/home/ada/shop/packages/db/src/schema.ts"), "src/schema.ts");
        assert_eq!(named("/home/ada/shop/packages/core/types.ts"), "../core/types.ts");
        assert_eq!(named("/home/ada/shop/node_modules/a/b.ts"), "../../node_modules/a/b.ts");
        assert_eq!(named("elsewhere.ts"), "elsewhere.ts");
    }
}
