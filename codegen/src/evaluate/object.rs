//! Objects and their properties.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;

use super::builtins::{Entries, RegExp};
use super::call::NativeFn;
use super::class::Class;
use super::function::Closure;
use super::iterator::Remaining;
use super::name_map::NameMap;
use super::symbol::Symbol;
use super::{Host, Obj, Value};
use crate::parse::ModuleId;
use crate::source::Span;

/// What the names of properties begin with that no text names: private members and symbols.
pub(super) const HIDDEN: char = '\u{1}';

/// An object.
pub struct Object {
    /// What kind of object it is.
    pub kind: Kind,
    /// `None` for most of those that packages make, which have nothing of their own.
    own: RefCell<Option<Box<Own>>>,
    frozen: Cell<bool>,
}

/// What an object has of its own.
#[derive(Default)]
struct Own {
    properties: NameMap<Property>,
    prototype: Option<Obj>,
}

/// What kind of object it is.
pub enum Kind {
    /// `{}`, and instances of classes.
    Plain,
    /// `[]`
    Array(RefCell<Vec<Value>>),
    /// A function written in the schema's files.
    Function(Closure),
    /// A class written in the schema's files.
    Class(Class),
    /// A function of ours.
    Native(Native),
    /// A module's namespace.
    Namespace(ModuleId),
    /// `new Date()` (none: the moment of evaluation) or a known date, in milliseconds since 1970.
    Date(Option<f64>),
    /// `new Map()`
    Map(RefCell<Entries>),
    /// `new Set()`
    Set(RefCell<Entries>),
    /// `/…/`
    RegExp(Box<RegExp>),
    /// `new Error()`
    Error,
    /// `Symbol()`
    Symbol(Box<Symbol>),
    /// An iterator with what is still to come.
    Iterator(Box<Remaining>),
    /// What a package made.
    Host(Box<dyn Host>),
}

/// A function of ours.
#[derive(Clone)]
pub struct Native {
    pub(super) name: Rc<str>,
    pub(super) function: NativeFn,
}

/// A property with the place of its key.
#[derive(Debug, Clone)]
pub struct Property {
    /// What it holds.
    pub slot: Slot,
    /// Where its key is written, or nowhere.
    pub span: Span,
    /// False for what lists of properties leave out.
    pub enumerable: bool,
}

/// What a property holds.
#[derive(Debug, Clone)]
pub enum Slot {
    /// A value.
    Value(Value),
    /// A getter, a setter or both.
    Accessor(Box<Accessor>),
}

/// What runs where a property is read or written.
#[derive(Debug, Clone)]
pub struct Accessor {
    /// `get`
    pub get: Option<Value>,
    /// `set`
    pub set: Option<Value>,
}

impl Kind {
    pub(super) fn array(items: Vec<Value>) -> Self {
        Kind::Array(RefCell::new(items))
    }

    pub(super) fn describe(&self) -> String {
        match self {
            Kind::Plain => "an object".to_owned(),
            Kind::Array(_) => "an array".to_owned(),
            Kind::Function(_) | Kind::Native(_) => "a function".to_owned(),
            Kind::Class(_) => "a class".to_owned(),
            Kind::Namespace(_) => "a module".to_owned(),
            Kind::Date(_) => "a Date".to_owned(),
            Kind::Map(_) => "a Map".to_owned(),
            Kind::Set(_) => "a Set".to_owned(),
            Kind::RegExp(_) => "a regular expression".to_owned(),
            Kind::Error => "an Error".to_owned(),
            Kind::Symbol(_) => "a symbol".to_owned(),
            Kind::Iterator(_) => "an iterator".to_owned(),
            Kind::Host(host) => host.describe(),
        }
    }
}

impl Object {
    /// An object of that kind without properties.
    pub fn new(kind: Kind) -> Obj {
        Rc::new(Self { kind, own: RefCell::new(None), frozen: Cell::new(false) })
    }

    /// A plain object.
    pub fn plain() -> Obj {
        Self::new(Kind::Plain)
    }

    /// An object of that kind with room for so many properties.
    pub fn with_room(kind: Kind, properties: usize) -> Obj {
        let own = || Box::new(Own { properties: NameMap::with_room(properties), prototype: None });
        Rc::new(Self { kind, own: RefCell::new((properties > 0).then(own)), frozen: Cell::new(false) })
    }

    /// The host object of that type, if it is one.
    pub fn as_host<T: Host>(&self) -> Option<&T> {
        match &self.kind {
            Kind::Host(host) => (&**host as &dyn std::any::Any).downcast_ref(),
            _ => None,
        }
    }

    /// True for what can be called.
    pub fn is_callable(&self) -> bool {
        match &self.kind {
            Kind::Function(_) | Kind::Class(_) | Kind::Native(_) => true,
            Kind::Host(host) => host.is_callable(),
            _ => false,
        }
    }

    /// The own property of that name.
    pub fn own(&self, key: &str) -> Option<Property> {
        self.own.borrow().as_ref()?.properties.get(key).cloned()
    }

    /// The property of that name, own or inherited.
    pub fn find(&self, key: &str) -> Option<Property> {
        if let Some(property) = self.own(key) {
            return Some(property);
        }
        let mut next = self.prototype();
        // A prototype chain cannot be cyclic in JavaScript; ours is set only by classes and `Object.create`.
        while let Some(object) = next {
            if let Some(property) = object.own(key) {
                return Some(property);
            }
            next = object.prototype();
        }
        None
    }

    /// Sets an own property's value; a frozen object stays as it is.
    pub fn set(&self, key: impl AsRef<str> + Into<Rc<str>>, value: Value) {
        self.define(key, Slot::Value(value), Span::default());
    }

    /// Sets an own property with the place of its key.
    pub fn define(&self, key: impl AsRef<str> + Into<Rc<str>>, slot: Slot, span: Span) {
        let enumerable = !key.as_ref().starts_with(HIDDEN);
        self.put(key, Property { slot, span, enumerable });
    }

    /// Sets an own property that lists of properties leave out, such as a method of a class.
    pub fn define_hidden(&self, key: impl AsRef<str> + Into<Rc<str>>, slot: Slot, span: Span) {
        self.put(key, Property { slot, span, enumerable: false });
    }

    fn put(&self, key: impl AsRef<str> + Into<Rc<str>>, property: Property) {
        if !self.frozen.get() {
            self.own.borrow_mut().get_or_insert_default().properties.insert(key, property);
        }
    }

    /// Removes an own property.
    pub fn remove(&self, key: &str) {
        if let (false, Some(own)) = (self.frozen.get(), &mut *self.own.borrow_mut()) {
            own.properties.remove(key);
        }
    }

    /// The own enumerable keys in JavaScript's order: integers ascending, then the others as they came.
    pub fn keys(&self) -> Vec<Rc<str>> {
        if let Kind::Array(items) = &self.kind {
            return (0..items.borrow().len()).map(|index| Rc::from(index.to_string())).collect();
        }
        let own = self.own.borrow();
        let Some(own) = &*own else { return Vec::new() };
        let mut keys = Vec::with_capacity(own.properties.len());
        let mut integers = Vec::new();
        for (key, _) in own.properties.iter().filter(|(_, property)| property.enumerable) {
            match array_index(key) {
                Some(index) => integers.push((index, key.clone())),
                None => keys.push(key.clone()),
            }
        }
        if !integers.is_empty() {
            integers.sort_by_key(|(index, _)| *index);
            keys.splice(0..0, integers.into_iter().map(|(_, key)| key));
        }
        keys
    }

    /// The object that it inherits from.
    pub fn prototype(&self) -> Option<Obj> {
        self.own.borrow().as_ref()?.prototype.clone()
    }

    pub(super) fn set_prototype(&self, prototype: Option<Obj>) {
        self.own.borrow_mut().get_or_insert_default().prototype = prototype;
    }

    pub(super) fn freeze(&self) {
        self.frozen.set(true);
    }

    pub(super) fn is_frozen(&self) -> bool {
        self.frozen.get()
    }
}

/// The number that a key is, if it is an array index in its canonical spelling.
pub(super) fn array_index(key: &str) -> Option<u32> {
    if !key.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let index: u32 = key.parse().ok()?;
    (index != u32::MAX && (index == 0) == (key == "0") && !(key.len() > 1 && key.starts_with('0'))).then_some(index)
}

impl fmt::Debug for Object {
    /// Shallow, since objects may be cyclic.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}>", self.kind.describe())
    }
}
