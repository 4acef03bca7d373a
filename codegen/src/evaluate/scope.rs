//! Variables.

use std::cell::RefCell;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::Value;
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
    variables: RefCell<Variables>,
    parent: Option<Rc<Scope>>,
    /// `this` inside a function that has its own.
    pub(super) this: Option<Value>,
    /// The class whose method runs, for `super`.
    pub(super) home: Option<super::Obj>,
}

/// Few names are found faster by looking at each than by hashing.
const INDEXED_FROM: usize = 8;

#[derive(Debug, Default)]
struct Variables {
    list: Vec<(Rc<str>, Binding)>,
    index: FxHashMap<Rc<str>, usize>,
}

impl Variables {
    fn position(&self, name: &str) -> Option<usize> {
        if self.list.len() < INDEXED_FROM {
            return self.list.iter().position(|(known, _)| &**known == name);
        }
        self.index.get(name).copied()
    }
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
        for (name, binding) in &self.variables.borrow().list {
            copy.declare(name, binding.clone());
        }
        Rc::new(copy)
    }

    /// Declares a name in this very scope.
    pub(super) fn declare(&self, name: &str, binding: Binding) {
        let mut variables = self.variables.borrow_mut();
        if let Some(position) = variables.position(name) {
            variables.list[position].1 = binding;
            return;
        }
        let name: Rc<str> = Rc::from(name);
        variables.list.push((name.clone(), binding));
        let Variables { list, index } = &mut *variables;
        if list.len() == INDEXED_FROM {
            index.extend(list.iter().enumerate().map(|(position, (name, _))| (name.clone(), position)));
        } else if list.len() > INDEXED_FROM {
            index.insert(name, list.len() - 1);
        }
    }

    /// What a name stands for in this very scope.
    pub(super) fn own(&self, name: &str) -> Option<Binding> {
        let variables = self.variables.borrow();
        variables.position(name).map(|position| variables.list[position].1.clone())
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
            names.extend(current.variables.borrow().list.iter().map(|(name, _)| name.clone()));
            scope = current.parent.as_deref();
        }
        names
    }

    /// Assigns to a declared name; false when there is none.
    pub(super) fn assign(&self, name: &str, value: Value) -> bool {
        let mut scope = self;
        loop {
            {
                let mut variables = scope.variables.borrow_mut();
                if let Some(position) = variables.position(name) {
                    variables.list[position].1 = Binding::Value(value);
                    return true;
                }
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
