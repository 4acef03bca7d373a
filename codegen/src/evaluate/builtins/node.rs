//! Node.js's `path`, `url` and `process`, as far as configurations use them to say where their schema lies.
//!
//! Paths are POSIX ones. The working folder is known only where a configuration is read; what hangs on it is else opaque.

use std::path::{Path, PathBuf};

use super::super::{Call, Eval, Host, Interpreter, Obj, Object, Value};
use super::{function, namespace};
use crate::source::Span;

/// The module of that name, without `node:`.
pub(in super::super) fn module(name: &str, folder: Option<&Path>) -> Option<Obj> {
    match name {
        "path" | "path/posix" => {
            let module = paths();
            module.set("posix", Value::Object(paths()));
            Some(module)
        }
        "url" => {
            let module = Object::plain();
            module.set("URL", url_class());
            module.set("fileURLToPath", function("fileURLToPath", |_, call| Ok(file_url_to_path(call))));
            module.set("pathToFileURL", function("pathToFileURL", |cx, call| Ok(path_to_file_url(cx, call))));
            Some(module)
        }
        "process" => Some(process(folder)),
        _ => None,
    }
}

/// `process`, of which only the working folder can be known.
#[derive(Debug)]
struct Process;

impl Host for Process {
    fn describe(&self) -> String {
        "the process".to_owned()
    }

    fn get(&self, _: &mut Interpreter<'_>, _: &Obj, key: &str, span: Span) -> Eval<Option<Value>> {
        Ok(Some(Value::opaque(format!("`process.{key}` is not known before run time"), span)))
    }

    fn call_method(&self, _: &mut Interpreter<'_>, _: &Obj, name: &str, call: &Call) -> Eval<Option<Value>> {
        Ok(Some(Value::opaque(format!("`process.{name}()` is not known before run time"), call.span)))
    }
}

pub(in super::super) fn process(folder: Option<&Path>) -> Obj {
    let process = Object::new(super::Kind::Host(Box::new(Process)));
    if let Some(folder) = folder.and_then(Path::to_str).map(Value::string) {
        process.set("cwd", function("cwd", move |_, _| Ok(folder.clone())));
    }
    process
}

/// `URL`, for files.
pub(in super::super) fn url_class() -> Value {
    function("URL", |_, call| {
        let (url, base) = (call.arg(0), call.arg(1));
        let base = base.as_str().map(str::to_owned).or_else(|| href(&base));
        Ok(match (url.as_str(), base) {
            (Some(url), _) if url.starts_with("file://") => url_object(url),
            (Some(url), Some(base)) if base.starts_with("file:///") && !url.contains("://") => {
                let folder = if base.ends_with('/') { base.as_str() } else { dirname(&base["file://".len()..]) };
                let folder = folder.trim_start_matches("file://");
                url_object(&format!("file://{}", normalize(&resolved(folder, url))))
            }
            _ => Value::opaque("a URL is not known", call.span),
        })
    })
}

/// The `file:` URL of a path.
pub(in super::super) fn file_url(path: &Path) -> Option<Value> {
    Some(Value::string(format!("file://{}", encode(path.to_str()?))))
}

fn url_object(href: &str) -> Value {
    let path = href.trim_start_matches("file://");
    namespace([("href", Value::string(href)), ("pathname", Value::string(path)), ("protocol", Value::string("file:"))])
}

fn href(url: &Value) -> Option<String> {
    match url.as_object()?.own("href")?.slot {
        super::super::Slot::Value(value) => value.as_str().map(str::to_owned),
        _ => None,
    }
}

fn file_url_to_path(call: &Call) -> Value {
    let url = call.arg(0);
    let url = url.as_str().map(str::to_owned).or_else(|| href(&url));
    match url.as_deref().and_then(|url| url.strip_prefix("file://")) {
        Some(path) => Value::string(decode(path)),
        None => Value::opaque("the path of a URL is not known", call.span),
    }
}

fn path_to_file_url(cx: &Interpreter<'_>, call: &Call) -> Value {
    match call.arg(0).as_str().and_then(|path| absolute(cx, path)) {
        Some(path) => url_object(&format!("file://{}", encode(&path))),
        None => Value::opaque("the URL of a path is not known", call.span),
    }
}

/// The characters that URLs spell otherwise and that paths do contain.
const ENCODED: [(&str, &str); 5] = [("%", "%25"), (" ", "%20"), ("#", "%23"), ("?", "%3F"), ("\n", "%0A")];

fn encode(path: &str) -> String {
    ENCODED.iter().fold(path.to_owned(), |text, (plain, encoded)| text.replace(plain, encoded))
}

fn decode(path: &str) -> String {
    ENCODED.iter().rev().fold(path.to_owned(), |text, (plain, encoded)| text.replace(encoded, plain))
}

/// A function of strings; `None` for what is not known.
type OfPaths = fn(&Interpreter<'_>, &[&str]) -> Option<String>;

fn paths() -> Obj {
    let functions: [(&'static str, OfPaths); 7] = [
        ("join", |_, parts| {
            let given: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
            Some(normalize(&given.join("/")))
        }),
        ("resolve", |cx, parts| absolute(cx, &parts.iter().fold(String::new(), |base, part| resolved(&base, part)))),
        ("normalize", |_, parts| Some(normalize(parts.first()?))),
        ("dirname", |_, parts| Some(dirname(parts.first()?).to_owned())),
        ("basename", |_, parts| {
            let name = parts.first()?.trim_end_matches('/').rsplit('/').next()?;
            let ending = parts.get(1).filter(|ending| name != **ending);
            Some(ending.and_then(|ending| name.strip_suffix(ending)).unwrap_or(name).to_owned())
        }),
        ("extname", |_, parts| {
            let name = parts.first()?.rsplit('/').next()?;
            Some(name.rfind('.').filter(|at| *at > 0).map_or("", |at| &name[at..]).to_owned())
        }),
        ("relative", |cx, parts| relative(&absolute(cx, parts.first()?)?, &absolute(cx, parts.get(1)?)?)),
    ];
    let module = Object::plain();
    module.set("sep", Value::from("/"));
    module.set("delimiter", Value::from(":"));
    let is_absolute = |_: &mut Interpreter<'_>, call: &Call| {
        let path = call.arg(0);
        Ok(match path.as_str() {
            Some(path) => Value::Bool(path.starts_with('/')),
            None => Value::opaque("a path is not known", call.span),
        })
    };
    module.set("isAbsolute", function("isAbsolute", is_absolute));
    for (name, of) in functions {
        let body = move |cx: &mut Interpreter<'_>, call: &Call| {
            let values = call.values();
            if let Some(unknown) = values.iter().find(|value| matches!(value, Value::Opaque(_))) {
                return Ok(unknown.clone());
            }
            let texts: Option<Vec<&str>> = values.iter().map(Value::as_str).collect();
            let result = texts.and_then(|texts| of(cx, &texts));
            Ok(result.map_or_else(
                || Value::opaque(format!("`path.{name}` of a path that is not known"), call.span),
                Value::string,
            ))
        };
        module.set(name, function(name, body));
    }
    module
}

fn resolved(base: &str, part: &str) -> String {
    if part.starts_with('/') || base.is_empty() { part.to_owned() } else { format!("{base}/{part}") }
}

fn absolute(cx: &Interpreter<'_>, path: &str) -> Option<String> {
    let folder = if path.starts_with('/') { "" } else { cx.folder.as_deref().and_then(Path::to_str)? };
    let whole = normalize(&resolved(folder, path));
    Some(if whole.len() > 1 { whole.trim_end_matches('/').to_owned() } else { whole })
}

/// Node's `path.normalize`: a slash at the end stays.
fn normalize(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let rooted = path.starts_with('/');
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if rooted => {}
            other => parts.push(other),
        }
    }
    let slash = if path.ends_with('/') && !(rooted && parts.is_empty()) { "/" } else { "" };
    match (rooted, parts.is_empty()) {
        (true, _) => format!("/{}{slash}", parts.join("/")),
        (false, true) => format!(".{slash}"),
        (false, false) => format!("{}{slash}", parts.join("/")),
    }
}

fn dirname(path: &str) -> &str {
    let path = path.trim_end_matches('/');
    match path.rfind('/') {
        Some(0) => "/",
        Some(at) => &path[..at],
        None => ".",
    }
}

fn relative(from: &str, to: &str) -> Option<String> {
    let (from, to) = (PathBuf::from(from), PathBuf::from(to));
    let common = from.components().zip(to.components()).take_while(|(a, b)| a == b).count();
    let up = from.components().skip(common).map(|_| "..");
    let down = to.components().skip(common).map(|part| part.as_os_str().to_str());
    let parts: Option<Vec<&str>> = up.map(Some).chain(down).collect();
    Some(parts?.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_nodes() {
        // As Node.js prints them.
        for (path, expected) in [
            ("a/./b/../c", "a/c"),
            ("../../a", "../../a"),
            ("/../a/", "/a/"),
            ("", "."),
            ("a//b", "a/b"),
            ("a/..", "."),
            ("./", "./"),
        ] {
            assert_eq!(normalize(path), expected, "normalize {path}");
        }
        for (path, expected) in [("/a/b/", "/a"), ("/a", "/"), ("a", "."), ("a/b.ts", "a"), ("a//b", "a/")] {
            assert_eq!(dirname(path), expected, "dirname {path}");
        }
        for (from, to, expected) in [("/a/b", "/a/b/c.ts", "c.ts"), ("/a/b", "/a/c", "../c"), ("/a", "/a", "")] {
            assert_eq!(relative(from, to).as_deref(), Some(expected), "relative {from} {to}");
        }
    }
}
