//! Destructuring: in declarations, parameters and assignments.

use std::rc::Rc;

use swc_common::Spanned;
use swc_ecma_ast as ast;

use super::scope::{Binding, Scope};
use super::{Eval, Interpreter, Kind, Object, Slot, Value};
use crate::source::Span;

impl<'a> Interpreter<'a> {
    /// Declares the names of a pattern in a scope and gives them their parts of the value.
    pub(super) fn bind(&mut self, pattern: &'a ast::Pat, value: Value, scope: &Rc<Scope>) -> Eval<()> {
        self.destructure(pattern, value, scope, true)
    }

    /// Gives a pattern's parts their values: new names when `declares`, else assignments.
    pub(super) fn destructure(
        &mut self,
        pattern: &'a ast::Pat,
        value: Value,
        scope: &Rc<Scope>,
        declares: bool,
    ) -> Eval<()> {
        match pattern {
            ast::Pat::Ident(ident) => self.assign_name(&ident.id, value, scope, declares),
            ast::Pat::Assign(assign) => {
                let value = if value.is_undefined() { self.expression(&assign.right, scope)? } else { value };
                self.destructure(&assign.left, value, scope, declares)
            }
            ast::Pat::Array(array) => self.destructure_array(array, value, scope, declares),
            ast::Pat::Object(object) => self.destructure_object(object, value, scope, declares),
            ast::Pat::Expr(target) => self.assign_to(target, value, scope),
            ast::Pat::Rest(rest) => self.destructure(&rest.arg, value, scope, declares),
            ast::Pat::Invalid(_) => Ok(()),
        }
    }

    fn assign_name(&mut self, name: &ast::Ident, value: Value, scope: &Rc<Scope>, declares: bool) -> Eval<()> {
        if declares {
            scope.declare(&name.sym, Binding::Value(value));
        } else if !scope.assign(&name.sym, value.clone()) {
            self.globals.declare(&name.sym, Binding::Value(value));
        }
        Ok(())
    }

    pub(super) fn destructure_array(
        &mut self,
        pattern: &'a ast::ArrayPat,
        value: Value,
        scope: &Rc<Scope>,
        declares: bool,
    ) -> Eval<()> {
        // An iterator gives no more than is asked for.
        let has_rest = pattern.elems.iter().flatten().any(|element| matches!(element, ast::Pat::Rest(_)));
        let items = match &value {
            Value::Object(object) => match &object.kind {
                Kind::Iterator(remaining) if !has_rest => Some(remaining.take(pattern.elems.len())),
                _ => self.iterate(&value, pattern.span.into())?,
            },
            _ => self.iterate(&value, pattern.span.into())?,
        };
        for (index, element) in pattern.elems.iter().enumerate() {
            let Some(element) = element else { continue };
            if let (ast::Pat::Rest(rest), Some(items)) = (element, &items) {
                let rest_items = items.iter().skip(index).cloned().collect();
                return self.destructure(&rest.arg, Value::array(rest_items), scope, declares);
            }
            let part = match &items {
                Some(items) => items.get(index).cloned().unwrap_or(Value::Undefined),
                None => value.clone(),
            };
            self.destructure(element, part, scope, declares)?;
        }
        Ok(())
    }

    pub(super) fn destructure_object(
        &mut self,
        pattern: &'a ast::ObjectPat,
        value: Value,
        scope: &Rc<Scope>,
        declares: bool,
    ) -> Eval<()> {
        let mut taken: Vec<Rc<str>> = Vec::new();
        for property in &pattern.props {
            match property {
                ast::ObjectPatProp::KeyValue(pair) => {
                    let key = self.property_name(&pair.key, scope)?;
                    let part = self.get(&value, &key, pair.key.span().into())?;
                    taken.push(key);
                    self.destructure(&pair.value, part, scope, declares)?;
                }
                ast::ObjectPatProp::Assign(short) => {
                    let mut part = self.get(&value, &short.key.id.sym, Span::from(short.span))?;
                    if let Some(default) = short.value.as_deref().filter(|_| part.is_undefined()) {
                        part = self.expression(default, scope)?;
                    }
                    taken.push(Rc::from(&*short.key.id.sym));
                    self.assign_name(&short.key.id, part, scope, declares)?;
                }
                ast::ObjectPatProp::Rest(rest) => {
                    let part = match &value {
                        Value::Opaque(_) => value.clone(),
                        _ => {
                            let remainder = Object::plain();
                            for (key, part, span) in self.entries(&value, Span::from(rest.span))? {
                                if !taken.contains(&key) {
                                    remainder.define(key, Slot::Value(part), span);
                                }
                            }
                            Value::Object(remainder)
                        }
                    };
                    self.destructure(&rest.arg, part, scope, declares)?;
                }
            }
        }
        Ok(())
    }
}
