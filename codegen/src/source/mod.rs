//! Source files and places in them.
//!
//! All files of one run share one line of positions: each file starts where the one before it ended, so that a [`Span`]
//! is two numbers and still names its file.

mod jsonc;
mod package;
mod resolve;
mod specifier;
mod tsconfig;

pub(crate) use resolve::normalize;
pub use resolve::{Resolver, Target};
pub use specifier::expand;

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

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
    pub name: String,
    /// Its text.
    pub text: String,
    /// The position of its first byte.
    pub base: u32,
    /// The offset of each line's first byte, found when first asked for.
    lines: OnceCell<Vec<usize>>,
}

impl SourceFile {
    fn lines(&self) -> &[usize] {
        self.lines.get_or_init(|| {
            let ends = self.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(offset, _)| offset + 1);
            std::iter::once(0).chain(ends).collect()
        })
    }
}

/// The files of one run, in the order in which they were read.
#[derive(Debug, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
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
        let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        self.files.push(SourceFile { path, name, text, base, lines: OnceCell::new() });
        Ok(self.files.len() - 1)
    }

    /// The file of that index.
    pub fn file(&self, index: usize) -> &SourceFile {
        &self.files[index]
    }

    /// All files.
    pub fn files(&self) -> &[SourceFile] {
        &self.files
    }

    /// The file that holds a span, and the span's byte range in its text.
    pub fn locate(&self, span: Span) -> Option<(&SourceFile, std::ops::Range<usize>)> {
        let index = self.files.partition_point(|file| file.base <= span.lo).checked_sub(1)?;
        let file = &self.files[index];
        let clamp = |position: u32| ((position - file.base) as usize).min(file.text.len());
        Some((file, clamp(span.lo)..clamp(span.hi.max(span.lo))))
    }

    /// Line and column of a span's start.
    pub fn location(&self, span: Span) -> Location {
        let Some((file, range)) = self.locate(span) else {
            return Location { file: String::new(), line: 0, column: 0 };
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
