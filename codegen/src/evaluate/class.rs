//! Classes of the schema's own.

use std::rc::Rc;

use swc_ecma_ast as ast;

use super::function::Code;
use super::object::{Accessor, HIDDEN, Slot};
use super::scope::{Binding, Scope};
use super::{Call, Eval, Interpreter, Kind, Obj, Object, Value};
use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// A class with the scope that it closes over.
#[derive(Debug)]
pub struct Class {
    /// Its code, as an index into the interpreter's.
    code: usize,
    scope: Rc<Scope>,
    parent: Option<Value>,
    prototype: Obj,
}

impl<'a> Interpreter<'a> {
    pub(super) fn class(&mut self, class: &'a ast::Class, name: Option<&str>, scope: &Rc<Scope>) -> Eval<Value> {
        let parent = match &class.super_class {
            Some(parent) => Some(self.expression(parent, scope)?),
            None => None,
        };
        let scope = Scope::inside(scope);
        let prototype = Object::plain();
        if let Some(Value::Object(parent)) = &parent
            && let Kind::Class(parent) = &parent.kind
        {
            prototype.set_prototype(Some(parent.prototype.clone()));
        }
        let code = self.classes.len();
        self.classes.push(class);
        let kind =
            Kind::Class(Class { code, scope: scope.clone(), parent: parent.clone(), prototype: prototype.clone() });
        let object = Object::new(kind);
        if let Some(Value::Object(parent)) = &parent {
            object.set_prototype(Some(parent.clone()));
        }
        let value = Value::Object(object.clone());
        prototype.define_hidden("constructor", Slot::Value(value.clone()), Span::default());
        if let Some(name) = name {
            scope.declare(name, Binding::Value(value.clone()));
        }
        if let Some(name) = name {
            object.define_hidden("name", Slot::Value(Value::string(name)), Span::default());
        }
        // All methods are there before the first static field or block runs.
        for member in &class.body {
            self.class_method(member, &object, &prototype, &scope)?;
        }
        for member in &class.body {
            self.class_static(member, &object, &scope)?;
        }
        Ok(value)
    }

    fn class_method(
        &mut self,
        member: &'a ast::ClassMember,
        class: &Obj,
        prototype: &Obj,
        scope: &Rc<Scope>,
    ) -> Eval<()> {
        let (key, function, kind, is_static, span) = match member {
            ast::ClassMember::Method(method) => {
                let key = self.property_name(&method.key, scope)?;
                (key, &*method.function, method.kind, method.is_static, method.span)
            }
            ast::ClassMember::PrivateMethod(method) => {
                (private(&method.key), &*method.function, method.kind, method.is_static, method.span)
            }
            _ => return Ok(()),
        };
        let target = if is_static { class } else { prototype };
        let function = self.closure(Code::Function(function), scope, Some(class.clone()));
        let slot = match kind {
            ast::MethodKind::Method => Slot::Value(function),
            ast::MethodKind::Getter => accessor(target, &key, Some(function), None),
            ast::MethodKind::Setter => accessor(target, &key, None, Some(function)),
        };
        target.define_hidden(key, slot, span.into());
        Ok(())
    }

    /// Static fields and blocks, in order.
    fn class_static(&mut self, member: &'a ast::ClassMember, class: &Obj, scope: &Rc<Scope>) -> Eval<()> {
        match member {
            ast::ClassMember::ClassProp(property) if property.is_static && !property.declare => {
                let key = self.property_name(&property.key, scope)?;
                self.static_field(class, key, property.value.as_deref(), property.span.into(), scope)
            }
            ast::ClassMember::PrivateProp(property) if property.is_static => {
                let (key, value) = (private(&property.key), property.value.as_deref());
                self.static_field(class, key, value, property.span.into(), scope)
            }
            ast::ClassMember::StaticBlock(block) => {
                let inner = Scope::function(scope, Some(Value::Object(class.clone())), Some(class.clone()));
                self.hoist(&block.body.stmts, &inner);
                self.statements(&block.body.stmts, &inner).map(drop)
            }
            _ => Ok(()),
        }
    }

    fn static_field(
        &mut self,
        class: &Obj,
        key: Rc<str>,
        value: Option<&'a ast::Expr>,
        span: Span,
        scope: &Rc<Scope>,
    ) -> Eval<()> {
        let inner = Scope::function(scope, Some(Value::Object(class.clone())), Some(class.clone()));
        let value = match value {
            Some(value) => self.expression(value, &inner)?,
            None => Value::Undefined,
        };
        class.define(key, Slot::Value(value), span);
        Ok(())
    }

    /// `new`
    pub(super) fn construct(&mut self, callee: &Value, call: &Call) -> Eval<Value> {
        let Value::Object(target) = callee else {
            if matches!(callee, Value::Opaque(_)) {
                return Ok(callee.clone());
            }
            return Err(not_a_class(callee, call.span).into());
        };
        match &target.kind {
            Kind::Class(class) => {
                let instance = self.allocate(target);
                instance.set_prototype(Some(class.prototype.clone()));
                let this = Value::Object(instance);
                self.initialize(target, &this, call)?;
                Ok(this)
            }
            Kind::Native(_) | Kind::Host(_) => self.call(callee, call),
            Kind::Function(_) => {
                let this = Value::Object(Object::plain());
                let result = self.call(callee, &Call { this: this.clone(), ..call.clone() })?;
                Ok(if matches!(result, Value::Object(_)) { result } else { this })
            }
            _ => Err(not_a_class(callee, call.span).into()),
        }
    }

    /// The object that becomes an instance: that of the built-in or known class at the root, or a plain one.
    fn allocate(&mut self, class: &Obj) -> Obj {
        let mut parent = match &class.kind {
            Kind::Class(class) => class.parent.clone(),
            _ => None,
        };
        while let Some(Value::Object(object)) = parent {
            match &object.kind {
                Kind::Class(class) => parent = class.parent.clone(),
                Kind::Host(host) => return host.allocate().unwrap_or_else(Object::plain),
                Kind::Native(native) => {
                    return match &*native.name {
                        "Map" | "WeakMap" => Object::new(Kind::Map(Default::default())),
                        "Set" | "WeakSet" => Object::new(Kind::Set(Default::default())),
                        "Array" => Object::new(Kind::array(Vec::new())),
                        name if name.ends_with("Error") => Object::new(Kind::Error),
                        _ => Object::plain(),
                    };
                }
                _ => break,
            }
        }
        Object::plain()
    }

    /// Runs a class's field initialisers and constructor on a new instance.
    pub(super) fn initialize(&mut self, class_object: &Obj, this: &Value, call: &Call) -> Eval<()> {
        let Kind::Class(class) = &class_object.kind else { return Ok(()) };
        let code = self.classes[class.code];
        let constructor = code.body.iter().find_map(|member| match member {
            ast::ClassMember::Constructor(constructor) if constructor.body.is_some() => Some(constructor),
            _ => None,
        });
        // A derived class's fields come after `super()`; running them first differs only if the parent reads them.
        if constructor.is_none() || class.parent.is_none() {
            if let (None, Some(parent)) = (constructor, &class.parent) {
                self.initialize_parent(parent, this, call)?;
            }
            self.initialize_fields(class_object, this)?;
        }
        if let Some(constructor) = constructor {
            let function = self.closure(Code::Constructor(constructor), &class.scope, Some(class_object.clone()));
            self.call(&function, &Call { this: this.clone(), ..call.clone() })?;
        }
        Ok(())
    }

    /// `super(…)`
    pub(super) fn call_super(&mut self, scope: &Rc<Scope>, call: &Call) -> Eval<Value> {
        let Some(home) = scope.home() else { return Ok(Value::Undefined) };
        let Kind::Class(class) = &home.kind else { return Ok(Value::Undefined) };
        let this = scope.this();
        if let Some(parent) = &class.parent {
            self.initialize_parent(parent, &this, call)?;
        }
        self.initialize_fields(&home, &this)?;
        Ok(Value::Undefined)
    }

    fn initialize_parent(&mut self, parent: &Value, this: &Value, call: &Call) -> Eval<()> {
        let Value::Object(parent) = parent else { return Ok(()) };
        match &parent.kind {
            Kind::Host(host) => host.initialize(self, this, call),
            Kind::Native(native) => self.initialize_native(&native.name, this, call),
            _ => self.initialize(parent, this, call),
        }
    }

    /// What the constructors of built-in classes do with a new instance of a class derived from them.
    fn initialize_native(&mut self, name: &str, this: &Value, call: &Call) -> Eval<()> {
        let Value::Object(instance) = this else { return Ok(()) };
        match &instance.kind {
            Kind::Error => {
                instance.define_hidden("name", Slot::Value(Value::string(name)), Span::default());
                if !call.arg(0).is_undefined() {
                    instance.define_hidden("message", Slot::Value(call.arg(0)), Span::default());
                }
            }
            Kind::Array(items) => items.borrow_mut().extend(call.values()),
            Kind::Map(_) | Kind::Set(_) if !call.arg(0).is_nullish() => {
                for item in self.iterate(&call.arg(0), call.arg_span(0))?.unwrap_or_default() {
                    let (method, args) = match &instance.kind {
                        Kind::Map(_) => {
                            ("set", vec![self.get(&item, "0", call.span)?, self.get(&item, "1", call.span)?])
                        }
                        _ => ("add", vec![item]),
                    };
                    self.call_method(this, method, call.span, &Call::with(args, call.span))?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn initialize_fields(&mut self, class_object: &Obj, this: &Value) -> Eval<()> {
        let Kind::Class(class) = &class_object.kind else { return Ok(()) };
        let scope = Scope::function(&class.scope, Some(this.clone()), Some(class_object.clone()));
        for member in &self.classes[class.code].body {
            let (key, value, span) = match member {
                ast::ClassMember::ClassProp(property) if !property.is_static && !property.declare => {
                    (self.property_name(&property.key, &scope)?, &property.value, property.span)
                }
                ast::ClassMember::PrivateProp(property) if !property.is_static => {
                    (private(&property.key), &property.value, property.span)
                }
                _ => continue,
            };
            let value = match value {
                Some(value) => self.expression(value, &scope)?,
                None => Value::Undefined,
            };
            self.set(this, &key, value, span.into())?;
        }
        Ok(())
    }

    /// `super.name`: the parent's member.
    pub(super) fn super_member(&mut self, scope: &Rc<Scope>, key: &str, span: Span) -> Eval<Value> {
        let parent = scope.home().and_then(|home| match &home.kind {
            Kind::Class(class) => class.parent.clone(),
            _ => None,
        });
        match parent {
            Some(Value::Object(parent)) => match &parent.kind {
                // In a static method, what is inherited is the parent itself.
                Kind::Class(_) if matches!(scope.this(), Value::Object(this) if matches!(this.kind, Kind::Class(_))) => {
                    self.get(&Value::Object(parent.clone()), key, span)
                }
                Kind::Class(class) => {
                    let prototype = Value::Object(class.prototype.clone());
                    self.get(&prototype, key, span)
                }
                _ => Ok(Value::opaque("a member of a class that is not read", span)),
            },
            Some(opaque) => Ok(opaque),
            None => Ok(Value::Undefined),
        }
    }
}

impl Class {
    /// What its instances inherit from.
    pub(super) fn prototype(&self) -> Obj {
        self.prototype.clone()
    }
}

/// True when an instance's class is derived from a built-in one.
pub(super) fn descends_from(instance: &Obj, ancestor: &Obj) -> bool {
    let mut prototype = instance.prototype();
    while let Some(current) = prototype {
        if let Some(Slot::Value(Value::Object(constructor))) = current.own("constructor").map(|found| found.slot)
            && let Kind::Class(class) = &constructor.kind
            && let Some(Value::Object(parent)) = &class.parent
            && Rc::ptr_eq(parent, ancestor)
        {
            return true;
        }
        prototype = current.prototype();
    }
    false
}

/// How a private name is kept among an object's properties.
pub(super) fn private(name: &ast::PrivateName) -> Rc<str> {
    Rc::from(format!("{HIDDEN}#{}", name.name))
}

/// An accessor that keeps the other half that is already there.
pub(super) fn accessor(target: &Obj, key: &str, get: Option<Value>, set: Option<Value>) -> Slot {
    let accessor = match target.own(key).map(|property| property.slot) {
        Some(Slot::Accessor(known)) => Accessor { get: get.or(known.get), set: set.or(known.set) },
        _ => Accessor { get, set },
    };
    Slot::Accessor(Box::new(accessor))
}

fn not_a_class(callee: &Value, span: Span) -> Diagnostic {
    Diagnostic::error("E0303", format!("{} is not a constructor", callee.describe())).at(span, "")
}
