//! The interpreter's state, its budgets, and how it reads, writes and calls.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use rustc_hash::FxHashMap;
use swc_ecma_ast as ast;

use super::builtins;
use super::call::Call;
use super::function::Code;
use super::module::ModuleState;
use super::object::{Kind, Slot, array_index};
use super::scope::Scope;
use super::thrown::{Eval, Thrown};
use super::{Obj, Packages, Value};
use crate::diagnostic::Diagnostic;
use crate::parse::Modules;
use crate::source::Span;

/// Expressions and statements that one run may evaluate: some seconds' worth, which no schema needs and every endless
/// loop reaches.
const MAX_STEPS: u64 = 50_000_000;

/// Calls inside calls, and values inside values; JavaScript engines stop at around 10,000.
const MAX_DEPTH: usize = 1_000;

/// Expressions inside expressions, over all calls: `1 + 1 + …` nests without a bracket. It fits the stack of a debug build.
const MAX_EXPRESSION_DEPTH: usize = 20_000;

/// Runs the modules of a graph.
pub struct Interpreter<'a> {
    pub(super) parsed: &'a Modules,
    pub(super) packages: &'a dyn Packages,
    /// `process.cwd()`, where it is known.
    pub(super) folder: Option<PathBuf>,
    pub(super) modules: Vec<ModuleState>,
    pub(super) globals: Rc<Scope>,
    pub(super) functions: Vec<Code<'a>>,
    pub(super) function_ids: FxHashMap<(u32, u32), usize>,
    pub(super) classes: Vec<&'a ast::Class>,
    /// The names of functions, by their code.
    pub(super) function_names: FxHashMap<usize, Rc<str>>,
    /// What the generators that run have given so far, the innermost last.
    pub(super) yields: Vec<Vec<Value>>,
    /// The type arguments of the calls of generic functions that run, the innermost last; `None` where they are inferred.
    generics: Vec<Option<Span>>,
    declarations: FxHashMap<u32, Span>,
    diagnostics: Vec<Diagnostic>,
    /// Their indexes by the start of what they point at: the same one is told once.
    diagnostics_by_start: FxHashMap<u32, Vec<usize>>,
    steps: u64,
    depth: usize,
    expression_depth: usize,
    exhausted: bool,
    /// True while a module runs that the schema only imports from: its errors matter where the schema depends on them.
    pub(super) lenient: bool,
}

impl<'a> Interpreter<'a> {
    /// An interpreter over modules, of which some may be still to be parsed, and the packages that are known. Nothing runs yet.
    pub fn new(parsed: &'a Modules, packages: &'a dyn Packages) -> Self {
        Self {
            parsed,
            packages,
            folder: None,
            modules: Vec::new(),
            globals: builtins::globals(),
            functions: Vec::new(),
            function_ids: FxHashMap::default(),
            classes: Vec::new(),
            function_names: FxHashMap::default(),
            yields: Vec::new(),
            generics: Vec::new(),
            declarations: FxHashMap::default(),
            diagnostics: Vec::new(),
            diagnostics_by_start: FxHashMap::default(),
            steps: 0,
            depth: 0,
            expression_depth: 0,
            exhausted: false,
            lenient: false,
        }
    }

    /// Makes a folder the one that `process.cwd()` gives.
    pub fn with_working_folder(mut self, folder: &Path) -> Self {
        self.folder = Some(folder.to_owned());
        self
    }

    /// The namespace object of a known package's module, or of one of Node.js's own.
    pub(super) fn package(&self, specifier: &str) -> Option<Obj> {
        self.packages.module(specifier).or_else(|| super::node::module(specifier, self.folder.as_deref()))
    }

    /// Records an error or a warning and goes on.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        if diagnostic.is_consequence {
            return;
        }
        let start = diagnostic.primary.as_ref().map_or(0, |label| label.span.lo);
        let at_same_place = self.diagnostics_by_start.entry(start).or_default();
        if at_same_place.iter().all(|&index| self.diagnostics[index] != diagnostic) {
            at_same_place.push(self.diagnostics.len());
            self.diagnostics.push(diagnostic);
        }
    }

    /// Records an error and gives the value that stands in for what it spoilt.
    pub fn poison(&mut self, diagnostic: Diagnostic) -> Value {
        let span = diagnostic.primary.as_ref().map(|label| label.span).unwrap_or_default();
        self.report(diagnostic);
        Value::reported(span)
    }

    /// The same where errors matter; elsewhere the value itself tells the error, to those that depend on it.
    pub(super) fn spoil(&mut self, diagnostic: Diagnostic) -> Value {
        if self.lenient { Value::failed(diagnostic) } else { self.poison(diagnostic) }
    }

    /// Runs something whose errors matter only where the schema depends on what it gives.
    pub fn leniently<T>(&mut self, run: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.lenient, true);
        let result = run(self);
        self.lenient = outer;
        result
    }

    /// The value that stands in for what an error on its way up spoilt.
    pub(super) fn spoilt(&self, thrown: &Thrown, span: Span) -> Value {
        if self.lenient { Value::failed((*thrown.diagnostic).clone()) } else { Value::reported(span) }
    }

    /// The errors and warnings so far, in source order.
    pub fn take_diagnostics(&mut self) -> Vec<Diagnostic> {
        self.diagnostics_by_start.clear();
        let mut diagnostics = std::mem::take(&mut self.diagnostics);
        diagnostics.sort_by_key(Diagnostic::order);
        diagnostics
    }

    /// The whole declaration (with `export const`) whose initialiser starts at a span: where its comment stands.
    pub fn declaration(&self, initializer: Span) -> Span {
        self.declarations.get(&initializer.lo).copied().unwrap_or(initializer)
    }

    pub(super) fn declare_at(&mut self, initializer: Span, declaration: Span) {
        self.declarations.entry(initializer.lo).or_insert(declaration);
    }

    /// True when a budget was used up: what was evaluated is incomplete, and says nothing of the schema.
    pub fn is_exhausted(&self) -> bool {
        self.exhausted
    }

    fn exhaust(&mut self, diagnostic: Diagnostic) -> Thrown {
        self.exhausted = true;
        Thrown { fatal: true, ..Thrown::from(diagnostic) }
    }

    /// Counts a step.
    ///
    /// # Errors
    /// Fatal when the budget is used up: an endless loop.
    #[inline]
    pub(super) fn step(&mut self, span: impl FnOnce() -> Span) -> Eval<()> {
        self.steps += 1;
        if self.steps <= MAX_STEPS { Ok(()) } else { Err(self.too_many_steps(span())) }
    }

    #[cold]
    fn too_many_steps(&mut self, span: Span) -> Thrown {
        let message = format!("evaluation did not end within {MAX_STEPS} steps");
        let diagnostic = Diagnostic::error("E0310", message)
            .at(span, "still running here")
            .help("a schema should not need this much work; look for an endless loop");
        self.exhaust(diagnostic)
    }

    /// Enters an expression: counts a step and a level.
    ///
    /// # Errors
    /// Fatal when a budget is used up.
    #[inline]
    pub(super) fn enter(&mut self, span: impl Fn() -> Span) -> Eval<()> {
        self.step(&span)?;
        if self.expression_depth >= MAX_EXPRESSION_DEPTH {
            let message = format!("expressions are nested more than {MAX_EXPRESSION_DEPTH} deep");
            return Err(self.exhaust(Diagnostic::error("E0311", message).at(span(), "the deepest is here")));
        }
        self.expression_depth += 1;
        Ok(())
    }

    /// Leaves an expression.
    pub(super) fn leave(&mut self) {
        self.expression_depth -= 1;
    }

    /// Reads a property.
    ///
    /// # Errors
    /// When the object is `null` or `undefined`, or its getter throws.
    pub fn get(&mut self, object: &Value, key: &str, span: Span) -> Eval<Value> {
        match object {
            Value::Opaque(_) => Ok(object.clone()),
            Value::Undefined | Value::Null => {
                let message = format!("cannot read `{key}` of {}", object.describe());
                Err(Diagnostic::error("E0302", message).at(span, format!("this is {}", object.describe())).into())
            }
            Value::String(text) => Ok(builtins::string::get(text, key)),
            Value::Number(_) | Value::BigInt(_) | Value::Bool(_) => Ok(builtins::number::get(object, key)),
            Value::Object(target) => self.get_of(target, object, key, span),
        }
    }

    fn get_of(&mut self, target: &Obj, this: &Value, key: &str, span: Span) -> Eval<Value> {
        match &target.kind {
            Kind::Namespace(module) => return self.export(*module, key, span),
            Kind::Array(items) => {
                if key == "length" {
                    return Ok(Value::Number(items.borrow().len() as f64));
                }
                if let Some(index) = array_index(key) {
                    return Ok(items.borrow().get(index as usize).cloned().unwrap_or(Value::Undefined));
                }
            }
            Kind::Function(closure) if matches!(key, "name" | "length") => {
                return Ok(self.function_property(closure, key));
            }
            _ => {}
        }
        if let Some(property) = target.find(key) {
            return match property.slot {
                Slot::Value(value) => Ok(value),
                Slot::Accessor(accessor) => match accessor.get {
                    Some(getter) => self.call(&getter, &Call { this: this.clone(), ..Call::with([], span) }),
                    None => Ok(Value::Undefined),
                },
            };
        }
        if let Kind::Host(host) = &target.kind {
            if let Some(value) = host.get(self, target, key, span)? {
                return Ok(value);
            }
            if host.methods().contains(&key) {
                let (receiver, name) = (this.clone(), Rc::<str>::from(key));
                return Ok(Value::native(key, move |cx, call| cx.call_method(&receiver, &name, call.span, call)));
            }
        }
        Ok(builtins::get(target, this, key))
    }

    /// Writes a property.
    ///
    /// # Errors
    /// When the object is `null` or `undefined`, or its setter throws.
    pub fn set(&mut self, object: &Value, key: &str, value: Value, span: Span) -> Eval<()> {
        let Value::Object(target) = object else {
            if object.is_nullish() {
                let message = format!("cannot set `{key}` of {}", object.describe());
                return Err(Diagnostic::error("E0302", message).at(span, "").into());
            }
            return Ok(());
        };
        if let Kind::Array(items) = &target.kind {
            let mut items = items.borrow_mut();
            if target.is_frozen() {
                return Ok(());
            }
            if let Some(index) = array_index(key) {
                builtins::array::set_index(&mut items, index as usize, value);
                return Ok(());
            }
            if key == "length" {
                if let Value::Number(length) = value {
                    items.truncate(length.max(0.0) as usize);
                }
                return Ok(());
            }
        }
        if let Some(property) = target.find(key)
            && let Slot::Accessor(accessor) = property.slot
        {
            if let Some(setter) = accessor.set {
                self.call(&setter, &Call { this: object.clone(), ..Call::with([value], span) })?;
            }
            return Ok(());
        }
        target.set(key, value);
        Ok(())
    }

    /// Calls a method.
    ///
    /// # Errors
    /// When there is no such method, or it throws.
    pub fn call_method(&mut self, receiver: &Value, name: &str, name_span: Span, call: &Call) -> Eval<Value> {
        let with_receiver;
        let call = if call.this.is_same(receiver) {
            call
        } else {
            with_receiver = Call { this: receiver.clone(), ..call.clone() };
            &with_receiver
        };
        let own = match receiver {
            Value::Opaque(_) => return Ok(receiver.clone()),
            Value::String(text) => builtins::string::call(self, text, name, call)?,
            Value::Number(_) | Value::BigInt(_) | Value::Bool(_) => builtins::number::call(receiver, name, call),
            Value::Object(target) => self.call_own_method(target, name, call)?,
            Value::Undefined | Value::Null => None,
        };
        if let Some(value) = own {
            return Ok(value);
        }
        // A method that only other objects of its kind have, such as `defaultNow` of a text column.
        if let Value::Object(target) = receiver
            && let Kind::Host(host) = &target.kind
            && target.find(name).is_none()
            && host.methods().contains(&name)
        {
            return Ok(self.spoil(no_such_method(receiver, name, name_span)));
        }
        let method = self.get(receiver, name, name_span)?;
        match method {
            Value::Opaque(_) => Ok(method),
            _ if method.is_callable() => self.call(&method, call),
            // A package's object whose methods are all known: told, and the rest goes on, so that the next mistake is
            // told too.
            _ if receiver.as_object().is_some_and(|object| matches!(object.kind, Kind::Host(_))) => {
                Ok(self.spoil(no_such_method(receiver, name, name_span)))
            }
            _ => Err(no_such_method(receiver, name, name_span).into()),
        }
    }

    /// Methods that are not properties: those of hosts and of built-in objects.
    fn call_own_method(&mut self, target: &Obj, name: &str, call: &Call) -> Eval<Option<Value>> {
        if target.find(name).is_some() {
            return Ok(None);
        }
        match &target.kind {
            Kind::Host(host) => host.call_method(self, target, name, call),
            Kind::Namespace(_) => Ok(None),
            _ => builtins::call_method(self, target, name, call),
        }
    }

    /// Calls a value.
    ///
    /// # Errors
    /// When it is no function, or it throws, or calls nest too deep.
    pub fn call(&mut self, callee: &Value, call: &Call) -> Eval<Value> {
        let Value::Object(target) = callee else {
            if matches!(callee, Value::Opaque(_)) {
                return Ok(callee.clone());
            }
            let message = format!("{} is not a function", callee.describe());
            return Err(Diagnostic::error("E0303", message).at(call.span, "called here").into());
        };
        self.step(|| call.span)?;
        self.nested(call.span, |cx| match &target.kind {
            Kind::Function(closure) if cx.is_generic(closure) => {
                cx.generics.push(call.type_args);
                let result = cx.call_closure(closure, call);
                cx.generics.pop();
                result
            }
            Kind::Function(closure) => cx.call_closure(closure, call),
            Kind::Native(native) => (native.function.clone())(cx, call),
            Kind::Host(host) if host.is_callable() => host.call(cx, target, call),
            kind => {
                let message = format!("{} is not a function", kind.describe());
                Err(Diagnostic::error("E0303", message).at(call.span, "called here").into())
            }
        })
    }

    /// What the type parameters of the generic function that runs stand for: where the type arguments of its call are written.
    pub fn type_arguments(&self) -> Option<Span> {
        self.generics.last().copied().flatten()
    }

    /// Goes one level deeper: into a call, or into a value that may contain itself.
    ///
    /// # Errors
    /// Fatal when it is too deep, and what `work` throws.
    pub fn nested<T>(&mut self, span: Span, work: impl FnOnce(&mut Self) -> Eval<T>) -> Eval<T> {
        if self.depth >= MAX_DEPTH {
            let message = format!("calls or values are nested more than {MAX_DEPTH} deep");
            let diagnostic = Diagnostic::error("E0311", message).at(span, "the deepest is here");
            return Err(self.exhaust(diagnostic));
        }
        self.depth += 1;
        let result = work(self);
        self.depth -= 1;
        result
    }

    /// The own enumerable keys with their values and the places of the keys: what a spread copies.
    ///
    /// # Errors
    /// When a getter throws.
    pub fn entries(&mut self, object: &Value, span: Span) -> Eval<Vec<(Rc<str>, Value, Span)>> {
        match object {
            Value::String(text) => Ok(text
                .chars()
                .enumerate()
                .map(|(index, c)| (Rc::from(index.to_string()), Value::string(c.to_string()), span))
                .collect()),
            Value::Object(target) => {
                let keys = match &target.kind {
                    Kind::Namespace(module) => self.export_names(*module),
                    _ => target.keys(),
                };
                let mut entries = Vec::with_capacity(keys.len());
                for key in keys {
                    let own = target.own(&key);
                    let place = own.as_ref().map_or(span, |property| property.span);
                    let value = match own.map(|property| property.slot) {
                        Some(Slot::Value(value)) if !matches!(target.kind, Kind::Namespace(_)) => value,
                        _ => self.get(object, &key, span)?,
                    };
                    entries.push((key, value, place));
                }
                Ok(entries)
            }
            _ => Ok(Vec::new()),
        }
    }

    /// The values that iterating gives; `None` for an unknown value.
    ///
    /// # Errors
    /// When the value cannot be iterated.
    pub fn iterate(&mut self, value: &Value, span: Span) -> Eval<Option<Vec<Value>>> {
        let items = match value {
            Value::Opaque(_) => return Ok(None),
            Value::String(text) => text.chars().map(|c| Value::string(c.to_string())).collect(),
            Value::Object(target) => match &target.kind {
                Kind::Array(items) => items.borrow().clone(),
                Kind::Set(entries) => entries.borrow().values().map(|(item, _)| item.clone()).collect(),
                Kind::Map(entries) => {
                    entries.borrow().values().map(|(k, v)| Value::array(vec![k.clone(), v.clone()])).collect()
                }
                Kind::Iterator(remaining) => return Ok(remaining.all()),
                _ if target.find(super::symbol::ITERATOR).is_some() => return self.iterate_own(value, span),
                _ => return Err(not_iterable(value, span).into()),
            },
            _ => return Err(not_iterable(value, span).into()),
        };
        Ok(Some(items))
    }
}

fn not_iterable(value: &Value, span: Span) -> Diagnostic {
    Diagnostic::error("E0304", format!("{} cannot be iterated", value.describe())).at(span, "")
}

/// The error for a method that is not there, with the nearest one that is.
fn no_such_method(receiver: &Value, name: &str, span: Span) -> Diagnostic {
    let message = format!("{} has no method `{name}`", receiver.describe());
    let diagnostic = Diagnostic::error("E0303", message).at(span, "no such method");
    let methods = match receiver {
        Value::Object(target) => match &target.kind {
            Kind::Host(host) => host.methods(),
            _ => &[],
        },
        _ => &[],
    };
    match crate::suggest::nearest(name, methods.iter().copied().filter(|method| *method != name)) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic,
    }
}
