//! Whatever a file holds, reading it ends, without a panic, and says the same thing twice.
//!
//! `PROPTEST_CASES=100000 cargo test -p codegen --release --test robustness` looks for longer.

#![cfg(feature = "cli")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::thread::sleep;
use std::time::{Duration, Instant};

use codegen::diagnostic::{Look, render};
use codegen::drizzle::Casing;
use codegen::generate::{Overrides, generate};
use codegen::{Read, ReadOptions, read, sql};
use proptest::prelude::*;
use proptest::sample::Index;

/// Tokens that mean something to the parser, the evaluator or Drizzle.
const TOKENS: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "...",
    "=>",
    "?.",
    "??",
    "!",
    "-",
    "`${",
    "}`",
    "`",
    "'",
    "/*",
    "*/",
    "//",
    "<",
    "async ",
    "await ",
    "new ",
    "this",
    "super",
    "class A extends A {}",
    "function f() { return f() }",
    "while (true) {}",
    "for (;;) {}",
    "null",
    "undefined",
    "NaN",
    "1e308",
    "-0",
    "0x",
    "9007199254740993n",
    "'\\u{10ffff}'",
    "'\\ud800'",
    "\u{0}",
    "\u{2028}",
    "\u{feff}",
    "\u{202e}",
    "é",
    "🦀",
    "export default ",
    "export * from './schema';",
    "import './schema';",
    "import x from './schema';",
    "import.meta",
    "yield ",
    "@a ",
    "enum E { A = E.B, B = E.A }",
    "/(a+)+$/.test('aaaa')",
    ".repeat(1e9)",
    ".padEnd(1e9)",
    "new Array(4294967295)",
    ".array().array()",
    ".references(() => undefined)",
    ".default(() => {})",
    ".default(sql`${sql`${1}`}`)",
    "Object.assign(a, a)",
    "JSON.parse('[')",
    "[].reduce((a) => a)",
    "get a() { return this.a },",
    "__proto__: null,",
    "pgTable('', {})",
    "pgEnum('', [])",
    "sql.raw(`'`)",
    "$1",
    "\r",
    "\t",
];

/// One change to a text's tokens.
#[derive(Debug, Clone)]
enum Mutation {
    Delete(Index),
    Duplicate(Index, u8),
    Swap(Index, Index),
    Insert(Index, Index),
    /// A stretch of another fixture.
    Splice(Index, Index, Index, u8),
    Byte(Index, u8),
    /// A token over and over: depth.
    Repeat(Index, Index, u16),
    Truncate(Index),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let index = any::<Index>;
    prop_oneof![
        4 => index().prop_map(Mutation::Delete),
        2 => (index(), any::<u8>()).prop_map(|(at, times)| Mutation::Duplicate(at, times)),
        3 => (index(), index()).prop_map(|(a, b)| Mutation::Swap(a, b)),
        4 => (index(), index()).prop_map(|(at, token)| Mutation::Insert(at, token)),
        2 => (index(), index(), index(), any::<u8>()).prop_map(|(at, from, start, n)| Mutation::Splice(at, from, start, n)),
        1 => (index(), any::<u8>()).prop_map(|(at, byte)| Mutation::Byte(at, byte)),
        1 => (index(), index(), any::<u16>()).prop_map(|(at, token, times)| Mutation::Repeat(at, token, times)),
        1 => index().prop_map(Mutation::Truncate),
    ]
}

/// Words, runs of spaces, and single other characters.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let kind = |c: char| if c.is_alphanumeric() || c == '_' { 1 } else { i32::from(c.is_whitespace()) * 2 };
    for c in text.chars() {
        match tokens.last_mut() {
            Some(last) if kind(c) != 0 && last.chars().next_back().map(kind) == Some(kind(c)) => last.push(c),
            _ => tokens.push(c.to_string()),
        }
    }
    tokens
}

fn mutate(fixtures: &[Fixture], text: &str, mutations: &[Mutation]) -> Vec<u8> {
    let mut tokens = tokens(text);
    let mut noise = Vec::new();
    for mutation in mutations {
        let length = tokens.len();
        if length == 0 {
            break;
        }
        match mutation {
            Mutation::Delete(at) => drop(tokens.remove(at.index(length))),
            Mutation::Duplicate(at, times) => {
                let at = at.index(length);
                let token = tokens[at].clone();
                tokens.splice(at..at, std::iter::repeat_n(token, usize::from(*times)));
            }
            Mutation::Swap(a, b) => tokens.swap(a.index(length), b.index(length)),
            Mutation::Insert(at, token) => {
                tokens.insert(at.index(length), TOKENS[token.index(TOKENS.len())].to_owned())
            }
            Mutation::Splice(at, from, start, count) => {
                let other = self::tokens(&fixtures[from.index(fixtures.len())].text);
                let start = start.index(other.len().max(1)).min(other.len());
                let end = (start + usize::from(*count)).min(other.len());
                let at = at.index(length);
                tokens.splice(at..at, other[start..end].iter().cloned());
            }
            Mutation::Byte(at, byte) => noise.push((*at, *byte)),
            Mutation::Repeat(at, token, times) => {
                tokens.insert(at.index(length), TOKENS[token.index(TOKENS.len())].repeat(usize::from(*times)));
            }
            Mutation::Truncate(at) => tokens.truncate(at.index(length)),
        }
    }
    let mut bytes = tokens.concat().into_bytes();
    for (at, byte) in noise.into_iter().filter(|_| !bytes.is_empty()).collect::<Vec<_>>() {
        let at = at.index(bytes.len());
        bytes[at] = byte;
    }
    bytes
}

/// A copy of a fixture's folder, and its schema's text.
struct Fixture {
    folder: PathBuf,
    text: String,
}

fn fixtures() -> &'static [Fixture] {
    static FIXTURES: OnceLock<(tempfile::TempDir, Vec<Fixture>)> = OnceLock::new();
    let (_, fixtures) = FIXTURES.get_or_init(|| {
        let copies = tempfile::tempdir().unwrap();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/oracle/fixtures");
        let mut names: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        let mut fixtures = Vec::new();
        for name in names {
            let Ok(text) = fs::read_to_string(folder.join(&name).join("schema.ts")) else { continue };
            let copy = copies.path().join(&name);
            copy_files(&folder.join(&name), &copy);
            fixtures.push(Fixture { folder: copy, text });
        }
        assert!(fixtures.len() > 10, "no fixtures in {}", folder.display());
        (copies, fixtures)
    });
    fixtures
}

fn copy_files(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_files(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn read_schema(folder: &Path, file: &str) -> Read {
    read(&ReadOptions { root: folder.to_owned(), patterns: vec![file.to_owned()], casing: Casing::Snake })
}

/// Everything that is said and written of a schema.
fn outcome(folder: &Path, file: &str) -> String {
    let read = read_schema(folder, file);
    for label in read.diagnostics.iter().flat_map(|d| d.primary.iter().chain(&d.labels)) {
        let (file, range) = read.sources.locate(label.span).unwrap_or_else(|| panic!("{label:?} is in no file"));
        let end = file.base + file.text.len() as u32;
        assert!(
            label.span.lo <= label.span.hi && label.span.hi <= end + 1,
            "{label:?} ends after {} ({end})",
            file.name
        );
        assert!(file.text.get(range).is_some(), "{label:?} splits a character of {}", file.name);
    }
    let mut said = render(&read.diagnostics, &read.sources, Look::Plain);
    for line in render(&read.diagnostics, &read.sources, Look::Json).lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
    match &read.schema {
        None => assert!(!read.diagnostics.is_empty(), "no schema, and nothing is said of it"),
        Some(schema) => {
            said.push_str(&sql::script(schema));
            said.push_str(&serde_json::to_string(schema).unwrap());
            said.push_str(&format!("{:?}", generate(schema, &Overrides::default())));
        }
    }
    said
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_or_refused(
        fixture in any::<Index>(),
        mutations in prop::collection::vec(mutation(), 1..6),
    ) {
        let fixtures = fixtures();
        let fixture = &fixtures[fixture.index(fixtures.len())];
        fs::write(fixture.folder.join("schema.ts"), mutate(fixtures, &fixture.text, &mutations)).unwrap();
        prop_assert_eq!(outcome(&fixture.folder, "schema.ts"), outcome(&fixture.folder, "schema.ts"));
    }
}

/// What takes longer never ends.
const HANGS: Duration = Duration::from_secs(60);

/// The exit code of `codegen export`, which must not be killed by a signal, and what it says.
fn export(folder: &Path, schema: &str) -> (i32, String) {
    let said_to = folder.join("said");
    let mut command = Command::new(env!("CARGO_BIN_EXE_codegen"));
    command.args(["export", "--format", "sql", "--schema", schema]).current_dir(folder).stdout(Stdio::null());
    let mut process = command.stderr(fs::File::create(&said_to).unwrap()).spawn().unwrap();
    let start = Instant::now();
    let status = loop {
        if let Some(status) = process.try_wait().unwrap() {
            break status;
        }
        if start.elapsed() > HANGS {
            process.kill().unwrap();
            panic!("{schema} hangs");
        }
        sleep(Duration::from_millis(1));
    };
    let said = fs::read_to_string(said_to).unwrap();
    (status.code().unwrap_or_else(|| panic!("{schema} ends the process: {said}")), said)
}

#[test]
fn depth_is_refused_and_does_not_end_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let links = [
        "!",
        "async()=>",
        "a=>",
        "a?b:",
        "typeof ",
        "new ",
        "a=",
        "1+",
        "a**",
        "(",
        "[",
        "{a:",
        "`${",
        "-",
        "await ",
        "a&&",
        "function(){return ",
        "class extends ",
        "<A,>()=>",
        "[...",
        "...",
        "new A(",
        "a?.",
        "a.",
        "a[",
        "()=>{",
        "if(a)",
        "for(;;)",
        "while(a)",
        "a:",
        "else ",
        "try{",
        "switch(a){case ",
        "@a ",
        "keyof ",
        "A<",
        "a as A<",
        "let a:A<",
        "do ",
        "type A=B extends C?D:",
        "type A=()=>",
        "import(",
        "a\n",
        "a,",
        "a;",
        "/",
        "<a>",
        "{",
        "enum A{",
        "namespace A.",
    ];
    for link in links {
        for times in [900, 20_000, 100_000] {
            let file = format!("{times}.ts");
            fs::write(folder.path().join(&file), format!("export const x = {}", link.repeat(times))).unwrap();
            let (code, said) = export(folder.path(), &file);
            let start: String = said.chars().take(500).collect();
            assert!(matches!(code, 0 | 2), "{link:?} {times} times: {code} {start}");
        }
    }
}

#[test]
fn what_is_no_text_file_is_refused_with_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let utf16 = "export {}".encode_utf16().flat_map(u16::to_le_bytes);
    fs::write(path("utf16.ts"), [0xff, 0xfe].into_iter().chain(utf16).collect::<Vec<u8>>()).unwrap();
    fs::write(path("binary.ts"), [0x7f, b'E', b'L', b'F', 0x90, 0xff, 0, 1]).unwrap();
    fs::write(path("nul.ts"), "export const a = 1;\0\0").unwrap();
    fs::write(path("empty.ts"), "").unwrap();
    fs::write(path("bom.ts"), "\u{feff}export const a = 1;").unwrap();
    fs::write(path("lines.ts"), "const a = 1;\rconst b = 2;\rexport const c = d;\r").unwrap();
    fs::create_dir(path("folder.ts")).unwrap();
    fs::write(path("imports-folder.ts"), "import x from './folder'; export const a = x;").unwrap();
    assert!(Command::new("mkfifo").arg(path("pipe.ts")).status().unwrap().success());
    std::os::unix::fs::symlink("loop.ts", path("loop.ts")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", path("endless.ts")).unwrap();
    fs::File::create(path("huge.ts")).unwrap().set_len(65 << 20).unwrap();

    let cases = [
        ("utf16.ts", 2, "it is UTF-16; save it as UTF-8"),
        ("binary.ts", 2, "it is not UTF-8 text (byte 4)"),
        ("nul.ts", 2, "nul.ts:1:20"),
        ("empty.ts", 0, ""),
        ("bom.ts", 0, ""),
        ("lines.ts", 2, "lines.ts:3:18"),
        ("folder.ts", 2, "no schema files found"),
        ("imports-folder.ts", 2, "cannot read `./folder`: no such file"),
        ("pipe.ts", 2, "no schema files found"),
        ("loop.ts", 2, "no schema files found"),
        ("endless.ts", 2, "no schema files found"),
        ("huge.ts", 2, "it is larger than 64 MiB"),
    ];
    for (file, expected, reason) in cases {
        let (code, said) = export(folder.path(), file);
        assert!(code == expected && said.contains(reason), "{file}: {code}\n{said}");
    }
}
