//! Regular expressions: `/…/`, `new RegExp(…)`, and the methods of strings that take them.
//!
//! `regress` implements JavaScript's own syntax. It backtracks as engines do, so a search that might take too long is not
//! tried: its result is not known.

use std::cell::Cell;
use std::rc::Rc;

use regress::{Match, Regex};

use super::super::object::{Kind, Object};
use super::super::{Call, Eval, Interpreter, Obj, Slot, Value};
use super::function;
use crate::source::Span;

/// A regular expression.
#[derive(Debug)]
pub struct RegExp {
    source: Rc<str>,
    flags: Rc<str>,
    regex: Regex,
    /// Where a global one goes on, in bytes.
    last_index: Cell<usize>,
}

pub(super) const METHODS: &[&str] = &["exec", "test", "toString"];

/// Steps that a search may be expected to need at worst.
const MAX_STEPS: f64 = 1e8;

pub(super) fn declare(declare: &mut dyn FnMut(&str, Value)) {
    let constructor = |_: &mut Interpreter<'_>, call: &Call| {
        let (pattern, flags) = (call.arg(0), call.arg(1));
        let source = match (&pattern, of(&pattern)) {
            (_, Some(known)) => known.source.clone(),
            (Value::String(source), None) => source.clone(),
            _ => return Ok(Value::opaque("a regular expression of an unknown pattern", call.span)),
        };
        let flags = match (&flags, of(&pattern)) {
            (Value::Undefined, Some(known)) => known.flags.clone(),
            (Value::Undefined, None) => Rc::from(""),
            (Value::String(flags), _) => flags.clone(),
            _ => return Ok(Value::opaque("a regular expression with unknown flags", call.span)),
        };
        Ok(regexp(&source, &flags, call.span))
    };
    declare("RegExp", function("RegExp", constructor));
}

/// The value of a literal; one that is not understood is not known.
pub(in super::super) fn regexp(source: &str, flags: &str, span: Span) -> Value {
    match Regex::with_flags(source, flags) {
        Ok(regex) => {
            let last_index = Cell::new(0);
            let regexp = RegExp { source: Rc::from(source), flags: Rc::from(flags), regex, last_index };
            Value::Object(Object::new(Kind::RegExp(Box::new(regexp))))
        }
        Err(error) => Value::opaque(format!("this regular expression is not understood: {error}"), span),
    }
}

/// The regular expression that a value is.
pub(super) fn of(value: &Value) -> Option<&RegExp> {
    match value {
        Value::Object(object) => match &object.kind {
            Kind::RegExp(regexp) => Some(regexp),
            _ => None,
        },
        _ => None,
    }
}

impl RegExp {
    fn has(&self, flag: char) -> bool {
        self.flags.contains(flag)
    }

    /// True where a search may be tried: `n` characters take about `n^q` steps with `q` quantifiers side by side, and
    /// `2^n` with one inside another.
    fn is_bounded(&self, text: &str) -> bool {
        let length = text.len().max(2) as f64;
        let unescaped = |at: usize| at == 0 || self.source.as_bytes()[at - 1] != b'\\';
        let quantifiers = self.source.match_indices(['*', '+', '{']).filter(|(at, _)| unescaped(*at)).count();
        let nested = self.source.match_indices(')').any(|(at, _)| {
            let after = self.source[at + 1..].chars().next();
            matches!(after, Some('*' | '+' | '{')) && self.source[..at].contains(['*', '+', '{', '|', '?'])
        });
        let steps = if nested { length.exp2() } else { length.powi(quantifiers as i32 + 1) };
        steps <= MAX_STEPS
    }

    /// The first match from a byte offset on.
    fn find(&self, text: &str, start: usize) -> Option<Match> {
        let found = self.regex.find_from(text, start).next()?;
        (!self.has('y') || found.start() == start).then_some(found)
    }

    /// All matches, one after the other.
    fn all(&self, text: &str) -> Vec<Match> {
        self.regex.find_iter(text).collect()
    }

    /// `exec`, which a global one continues from call to call.
    fn exec(&self, text: &str) -> Option<Match> {
        let continues = self.has('g') || self.has('y');
        let start = if continues { self.last_index.get() } else { 0 };
        let found = if text.is_char_boundary(start.min(text.len())) && start <= text.len() {
            self.find(text, start)
        } else {
            None
        };
        if continues {
            self.last_index
                .set(found.as_ref().map_or(0, |found| found.end().max(start + usize::from(found.end() == start))));
        }
        found
    }
}

/// A property of a regular expression that is no method.
pub(super) fn property(regexp: &RegExp, key: &str) -> Option<Value> {
    Some(match key {
        "source" => Value::String(regexp.source.clone()),
        "flags" => Value::String(regexp.flags.clone()),
        "global" => Value::Bool(regexp.has('g')),
        "ignoreCase" => Value::Bool(regexp.has('i')),
        "multiline" => Value::Bool(regexp.has('m')),
        "sticky" => Value::Bool(regexp.has('y')),
        "unicode" => Value::Bool(regexp.has('u')),
        "lastIndex" => Value::Number(regexp.last_index.get() as f64),
        _ => return None,
    })
}

/// A method of a regular expression; `None` when it has none of that name.
pub(super) fn call(cx: &mut Interpreter<'_>, regexp: &RegExp, name: &str, call: &Call) -> Eval<Option<Value>> {
    if name == "toString" {
        return Ok(Some(Value::string(format!("/{}/{}", regexp.source, regexp.flags))));
    }
    if !METHODS.contains(&name) {
        return Ok(None);
    }
    let text = match cx.to_text(&call.arg(0), call.arg_span(0))? {
        Ok(text) => text,
        Err(opaque) => return Ok(Some(opaque)),
    };
    if !regexp.is_bounded(&text) {
        return Ok(Some(too_long(call.span)));
    }
    let found = regexp.exec(&text);
    Ok(Some(match name {
        "test" => Value::Bool(found.is_some()),
        _ => found.map_or(Value::Null, |found| result(&found, &text)),
    }))
}

/// A method of a string whose first argument is a regular expression; `None` for methods that take none.
pub(super) fn string_method(
    cx: &mut Interpreter<'_>,
    text: &Rc<str>,
    regexp: &RegExp,
    name: &str,
    call: &Call,
) -> Eval<Option<Value>> {
    if !matches!(name, "match" | "matchAll" | "replace" | "replaceAll" | "search" | "split") {
        return Ok(None);
    }
    if !regexp.is_bounded(text) {
        return Ok(Some(too_long(call.span)));
    }
    Ok(Some(match name {
        "match" if !regexp.has('g') => regexp.find(text, 0).map_or(Value::Null, |found| result(&found, text)),
        "match" => match regexp.all(text) {
            found if found.is_empty() => Value::Null,
            found => Value::array(found.iter().map(|found| Value::string(&text[found.range()])).collect()),
        },
        "matchAll" => Value::array(regexp.all(text).iter().map(|found| result(found, text)).collect()),
        "search" => {
            let found = regexp.find(text, 0);
            Value::Number(found.map_or(-1.0, |found| units(&text[..found.start()])))
        }
        "split" => split(text, regexp, &call.arg(1)),
        _ => return replace(cx, text, regexp, call).map(Some),
    }))
}

/// What `exec` gives: the match and its groups, with `index`, `input` and `groups`.
fn result(found: &Match, text: &str) -> Value {
    let value = Value::array(groups(found, text));
    if let Value::Object(object) = &value {
        object.set("index", Value::Number(units(&text[..found.start()])));
        object.set("input", Value::string(text));
        object.set("groups", named_groups(found, text).map_or(Value::Undefined, Value::Object));
    }
    value
}

fn groups(found: &Match, text: &str) -> Vec<Value> {
    let group =
        |range: Option<std::ops::Range<usize>>| range.map_or(Value::Undefined, |range| Value::string(&text[range]));
    found.groups().map(group).collect()
}

fn named_groups(found: &Match, text: &str) -> Option<Obj> {
    let mut named = found.named_groups().peekable();
    named.peek()?;
    let object = Object::plain();
    for (name, range) in named {
        let value = range.map_or(Value::Undefined, |range| Value::string(&text[range]));
        object.define(name, Slot::Value(value), Span::default());
    }
    Some(object)
}

fn replace(cx: &mut Interpreter<'_>, text: &Rc<str>, regexp: &RegExp, call: &Call) -> Eval<Value> {
    let matches = if regexp.has('g') { regexp.all(text) } else { regexp.find(text, 0).into_iter().collect() };
    let replacement = call.arg(1);
    let (mut replaced, mut end) = (String::with_capacity(text.len()), 0);
    for found in matches {
        replaced.push_str(&text[end..found.start()]);
        end = found.end();
        if replacement.is_callable() {
            let mut args = groups(&found, text);
            args.extend([Value::Number(units(&text[..found.start()])), Value::String(text.clone())]);
            args.extend(named_groups(&found, text).map(Value::Object));
            let value = cx.call(&replacement, &Call::with(args, call.span))?;
            match cx.to_text(&value, call.span)? {
                Ok(value) => replaced.push_str(&value),
                Err(opaque) => return Ok(opaque),
            }
        } else {
            match cx.to_text(&replacement, call.span)? {
                Ok(template) => expand(&template, text, found.range(), Some(&found), &mut replaced),
                Err(opaque) => return Ok(opaque),
            }
        }
    }
    replaced.push_str(&text[end..]);
    Ok(Value::string(replaced))
}

/// Writes a replacement with its `$1`, `$&` and the others filled in.
pub(super) fn expand(
    template: &str,
    text: &str,
    range: std::ops::Range<usize>,
    found: Option<&Match>,
    into: &mut String,
) {
    let mut rest = template;
    while let Some(at) = rest.find('$') {
        into.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let group = |number: usize| {
            found.filter(|found| number > 0 && number <= found.captures.len())?.captures[number - 1].clone()
        };
        let digits = rest.bytes().take(2).take_while(u8::is_ascii_digit).count();
        let count = found.map_or(0, |found| found.captures.len());
        let number = |length: usize| rest[..length].parse::<usize>().ok().filter(|number| (1..=count).contains(number));
        let reference = if digits == 2 { number(2).map(|n| (n, 2)).or(number(1).map(|n| (n, 1))) } else { None };
        let reference = reference.or(if digits == 1 { number(1).map(|n| (n, 1)) } else { None });
        if let Some((number, length)) = reference {
            into.push_str(group(number).map_or("", |range| &text[range]));
            rest = &rest[length..];
        } else if let Some(after) = rest.strip_prefix('$') {
            into.push('$');
            rest = after;
        } else if let Some(after) = rest.strip_prefix('&') {
            into.push_str(&text[range.clone()]);
            rest = after;
        } else if let Some(after) = rest.strip_prefix('`') {
            into.push_str(&text[..range.start]);
            rest = after;
        } else if let Some(after) = rest.strip_prefix('\'') {
            into.push_str(&text[range.end..]);
            rest = after;
        } else if let Some((name, after)) = rest.strip_prefix('<').and_then(|rest| rest.split_once('>'))
            && let Some(found) = found.filter(|found| found.named_groups().next().is_some())
        {
            into.push_str(found.named_group(name).map_or("", |range| &text[range]));
            rest = after;
        } else {
            into.push('$');
        }
    }
    into.push_str(rest);
}

fn split(text: &str, regexp: &RegExp, limit: &Value) -> Value {
    let limit = match limit {
        Value::Number(limit) => limit.max(0.0) as usize,
        _ => usize::MAX,
    };
    if text.is_empty() {
        let parts = if regexp.find(text, 0).is_some() { Vec::new() } else { vec![Value::from("")] };
        return Value::array(parts);
    }
    let (mut parts, mut end) = (Vec::new(), 0);
    for found in regexp.all(text) {
        // An empty match separates nothing at the ends.
        if found.range().is_empty() && (found.start() == end || found.start() >= text.len()) {
            continue;
        }
        parts.push(Value::string(&text[end..found.start()]));
        parts.extend(groups(&found, text).into_iter().skip(1));
        end = found.end();
    }
    parts.push(Value::string(&text[end..]));
    parts.truncate(limit);
    Value::array(parts)
}

/// A text's length as JavaScript counts it.
fn units(text: &str) -> f64 {
    text.encode_utf16().count() as f64
}

fn too_long(span: Span) -> Value {
    Value::opaque("a search with a regular expression that might take too long", span)
}
