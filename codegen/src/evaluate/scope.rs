//! Variables.

use std::cell::RefCell;
use std::rc::Rc;

use super::Value;
use super::name_map::NameMap;
use crate::parse::ModuleId;

/// What a name stands for.
#[derive(Debug, Clone)]
pub(super) enum Binding {
    /// Declared by `let`, `const` or `class`, not yet reached.
    Uninitialized,
    /// A variable.
    Value(Value),
    /// An import: the other module's export of that name, as it is when it is read.
    Import(ModuleId, Rc<str>),
    /// `import * as`.
    Namespace(ModuleId),
}

/// The variables of a block, a function call or a module.
#[derive(Debug, Default)]
pub(super) struct Scope {
    variables: RefCell<NameMap<Binding>>,
    parent: Option<Rc<Scope>>,
    /// `this` inside a function that has its own.
    pub(super) this: Option<Value>,
    /// The class whose method runs, for `super`.
    pub(super) home: Option<super::Obj>,
}

impl Scope {
    /// A scope inside another.
    pub(super) fn inside(parent: &Rc<Scope>) -> Rc<Scope> {
        Rc::new(Scope { parent: Some(parent.clone()), ..Scope::default() })
    }

    /// A function call's scope, with its own `this`.
    pub(super) fn function(parent: &Rc<Scope>, this: Option<Value>, home: Option<super::Obj>) -> Rc<Scope> {
        Rc::new(Scope { parent: Some(parent.clone()), this, home, ..Scope::default() })
    }

    /// A scope in the same place with the same variables, which go their own ways from here on.
    pub(super) fn copy(&self) -> Rc<Scope> {
        let copy =
            Scope { parent: self.parent.clone(), this: self.this.clone(), home: self.home.clone(), ..Scope::default() };
        for (name, binding) in self.variables.borrow().iter() {
            copy.variables.borrow_mut().insert(name.clone(), binding.clone());
        }
        Rc::new(copy)
    }

    /// Declares a name in this very scope.
    pub(super) fn declare(&self, name: &str, binding: Binding) {
        self.variables.borrow_mut().insert(name, binding);
    }

    /// What a name stands for in this very scope.
    pub(super) fn own(&self, name: &str) -> Option<Binding> {
        self.variables.borrow().get(name).cloned()
    }

    /// What a name stands for, here or in the scopes around.
    pub(super) fn find(&self, name: &str) -> Option<Binding> {
        let mut scope = self;
        loop {
            if let Some(binding) = scope.own(name) {
                return Some(binding);
            }
            scope = scope.parent.as_deref()?;
        }
    }

    /// The names that are declared here and in the scopes around.
    pub(super) fn names(&self) -> Vec<Rc<str>> {
        let mut names = Vec::new();
        let mut scope = Some(self);
        while let Some(current) = scope {
            names.extend(current.variables.borrow().iter().map(|(name, _)| name.clone()));
            scope = current.parent.as_deref();
        }
        names
    }

    /// Assigns to a declared name; false when there is none.
    pub(super) fn assign(&self, name: &str, value: Value) -> bool {
        let mut scope = self;
        loop {
            if let Some(binding) = scope.variables.borrow_mut().get_mut(name) {
                *binding = Binding::Value(value);
                return true;
            }
            match scope.parent.as_deref() {
                Some(parent) => scope = parent,
                None => return false,
            }
        }
    }

    /// `this`, of this function or of the one around an arrow function.
    pub(super) fn this(&self) -> Value {
        let mut scope = self;
        loop {
            if let Some(this) = &scope.this {
                return this.clone();
            }
            match scope.parent.as_deref() {
                Some(parent) => scope = parent,
                None => return Value::Undefined,
            }
        }
    }

    /// The class whose method runs.
    pub(super) fn home(&self) -> Option<super::Obj> {
        let mut scope = self;
        loop {
            if let Some(home) = &scope.home {
                return Some(home.clone());
            }
            scope = scope.parent.as_deref()?;
        }
    }
}
