//! Operators in expressions, and assignments.

use std::rc::Rc;

use swc_common::Spanned;
use swc_ecma_ast as ast;

use super::class::private;
use super::expression::unwrap;
use super::object::Kind;
use super::scope::{Binding, Scope};
use super::symbol::TO_PRIMITIVE;
use super::{Call, Eval, Interpreter, Value, builtins, operators};
use crate::source::Span;

impl<'a> Interpreter<'a> {
    pub(super) fn binary(&mut self, binary: &'a ast::BinExpr, scope: &Rc<Scope>) -> Eval<Value> {
        if let ast::Expr::PrivateName(name) = &*binary.left {
            return Ok(match self.expression(&binary.right, scope)? {
                Value::Object(object) => Value::Bool(object.find(&private(name)).is_some()),
                opaque => opaque,
            });
        }
        let left = self.expression(&binary.left, scope)?;
        // What decides whether the right side runs at all: `None` when the left side is not known.
        let takes_right = match binary.op {
            ast::BinaryOp::LogicalAnd => left.truthy(),
            ast::BinaryOp::LogicalOr => left.truthy().map(|truthy| !truthy),
            ast::BinaryOp::NullishCoalescing => match left {
                Value::Opaque(_) => None,
                _ => Some(left.is_nullish()),
            },
            _ => {
                let right = self.expression(&binary.right, scope)?;
                return self.operate(binary.op, &left, &right, binary.span.into());
            }
        };
        match takes_right {
            Some(true) => self.expression(&binary.right, scope),
            Some(false) | None => Ok(left),
        }
    }

    fn operate(&mut self, op: ast::BinaryOp, left: &Value, right: &Value, span: Span) -> Eval<Value> {
        for side in [left, right] {
            if let Value::Opaque(_) = side {
                return Ok(side.clone());
            }
        }
        match op {
            ast::BinaryOp::Add if operators::concatenates(left, right) => {
                let (left, right) = (self.to_text(left, span)?, self.to_text(right, span)?);
                Ok(match (left, right) {
                    (Ok(left), Ok(right)) => operators::text(left + &right, span),
                    (Err(opaque), _) | (_, Err(opaque)) => opaque,
                })
            }
            ast::BinaryOp::In => Ok(match (operators::property_key(left), right) {
                (Some(key), Value::Object(object)) => Value::Bool(match &object.kind {
                    Kind::Namespace(module) => self.export_names(*module).contains(&key),
                    _ => object.find(&key).is_some() || object.keys().contains(&key),
                }),
                _ => Value::opaque("an `in` expression", span),
            }),
            ast::BinaryOp::InstanceOf => Ok(builtins::instance_of(left, right, span)),
            _ if !compares(op) && (is_object(left) || is_object(right)) => {
                let (left, right) = (self.primitive(left, span)?, self.primitive(right, span)?);
                Ok(operators::binary(op, &left, &right, span))
            }
            _ => Ok(operators::binary(op, left, right, span)),
        }
    }

    /// What an object of the schema's own says that it is as a number; anything else as it is.
    fn primitive(&mut self, value: &Value, span: Span) -> Eval<Value> {
        let Value::Object(object) = value else { return Ok(value.clone()) };
        if let Kind::Date(Some(time)) = object.kind {
            return Ok(Value::Number(time));
        }
        for name in [TO_PRIMITIVE, "valueOf"] {
            if matches!(object.kind, Kind::Plain) && object.find(name).is_some() {
                return self.call_method(value, name, span, &Call::with([Value::from("number")], span));
            }
        }
        Ok(value.clone())
    }

    pub(super) fn unary(&mut self, unary: &'a ast::UnaryExpr, scope: &Rc<Scope>) -> Eval<Value> {
        if unary.op == ast::UnaryOp::Delete {
            if let ast::Expr::Member(member) = unwrap(&unary.arg)
                && let Value::Object(object) = self.expression(&member.obj, scope)?
                && let Some(key) = self.member_name(&member.prop, scope)?
            {
                object.remove(&key);
            }
            return Ok(Value::Bool(true));
        }
        // `typeof` alone may name what is not defined.
        if unary.op == ast::UnaryOp::TypeOf
            && let ast::Expr::Ident(ident) = unwrap(&unary.arg)
            && scope.find(&ident.sym).is_none()
            && !builtins::is_node_global(&ident.sym)
        {
            return Ok(Value::from("undefined"));
        }
        let mut value = self.expression(&unary.arg, scope)?;
        if matches!(unary.op, ast::UnaryOp::Plus | ast::UnaryOp::Minus | ast::UnaryOp::Tilde) {
            value = self.primitive(&value, unary.span.into())?;
        }
        Ok(operators::unary(unary.op, &value, unary.span.into()))
    }

    pub(super) fn update(&mut self, update: &'a ast::UpdateExpr, scope: &Rc<Scope>) -> Eval<Value> {
        let before = self.expression(&update.arg, scope)?;
        let op = if update.op == ast::UpdateOp::PlusPlus { ast::BinaryOp::Add } else { ast::BinaryOp::Sub };
        let before = operators::unary(ast::UnaryOp::Plus, &before, update.span.into());
        let after = self.operate(op, &before, &Value::Number(1.0), update.span.into())?;
        self.assign_to(&update.arg, after.clone(), scope)?;
        Ok(if update.prefix { after } else { before })
    }

    pub(super) fn assignment(&mut self, assign: &'a ast::AssignExpr, scope: &Rc<Scope>) -> Eval<Value> {
        let span = Span::from(assign.span);
        let target = match &assign.left {
            ast::AssignTarget::Simple(target) => target,
            ast::AssignTarget::Pat(pattern) => {
                let value = self.expression(&assign.right, scope)?;
                match pattern {
                    ast::AssignTargetPat::Array(array) => self.destructure_array(array, value.clone(), scope, false)?,
                    ast::AssignTargetPat::Object(object) => {
                        self.destructure_object(object, value.clone(), scope, false)?;
                    }
                    ast::AssignTargetPat::Invalid(_) => {}
                }
                return Ok(value);
            }
        };
        let value = match assign.op {
            ast::AssignOp::Assign => self.expression(&assign.right, scope)?,
            op => {
                let before = self.simple_target(target, scope)?;
                let skips = match op {
                    ast::AssignOp::AndAssign => before.truthy().map(|truthy| !truthy),
                    ast::AssignOp::OrAssign => before.truthy(),
                    ast::AssignOp::NullishAssign if matches!(before, Value::Opaque(_)) => None,
                    ast::AssignOp::NullishAssign => Some(!before.is_nullish()),
                    _ => Some(false),
                };
                match skips {
                    Some(false) => {}
                    Some(true) | None => return Ok(before),
                }
                let right = self.expression(&assign.right, scope)?;
                match op.to_update() {
                    Some(op) if !is_logical(op) => self.operate(op, &before, &right, span)?,
                    _ => right,
                }
            }
        };
        self.assign_simple(target, value.clone(), scope)?;
        Ok(value)
    }

    fn simple_target(&mut self, target: &'a ast::SimpleAssignTarget, scope: &Rc<Scope>) -> Eval<Value> {
        match target {
            ast::SimpleAssignTarget::Ident(ident) => self.identifier(&ident.id, scope),
            ast::SimpleAssignTarget::Member(member) => {
                let object = self.expression(&member.obj, scope)?;
                match self.member_name(&member.prop, scope)? {
                    Some(key) => self.get(&object, &key, member.span.into()),
                    None => Ok(Value::opaque("a property whose name is not known", member.span.into())),
                }
            }
            ast::SimpleAssignTarget::Paren(paren) => self.expression(&paren.expr, scope),
            other => Ok(Value::opaque("an assignment that is not evaluated", other.span().into())),
        }
    }

    fn assign_simple(&mut self, target: &'a ast::SimpleAssignTarget, value: Value, scope: &Rc<Scope>) -> Eval<()> {
        match target {
            ast::SimpleAssignTarget::Ident(ident) => {
                if !scope.assign(&ident.id.sym, value.clone()) {
                    self.globals.declare(&ident.id.sym, Binding::Value(value));
                }
                Ok(())
            }
            ast::SimpleAssignTarget::Member(member) => self.assign_member(member, value, scope),
            ast::SimpleAssignTarget::Paren(paren) => self.assign_to(&paren.expr, value, scope),
            ast::SimpleAssignTarget::TsAs(wrapped) => self.assign_to(&wrapped.expr, value, scope),
            ast::SimpleAssignTarget::TsNonNull(wrapped) => self.assign_to(&wrapped.expr, value, scope),
            _ => Ok(()),
        }
    }

    pub(super) fn assign_to(&mut self, target: &'a ast::Expr, value: Value, scope: &Rc<Scope>) -> Eval<()> {
        match unwrap(target) {
            ast::Expr::Ident(ident) => {
                if !scope.assign(&ident.sym, value.clone()) {
                    self.globals.declare(&ident.sym, Binding::Value(value));
                }
                Ok(())
            }
            ast::Expr::Member(member) => self.assign_member(member, value, scope),
            _ => Ok(()),
        }
    }

    fn assign_member(&mut self, member: &'a ast::MemberExpr, value: Value, scope: &Rc<Scope>) -> Eval<()> {
        let object = self.expression(&member.obj, scope)?;
        match self.member_name(&member.prop, scope)? {
            Some(key) => self.set(&object, &key, value, member.span.into()),
            None => Ok(()),
        }
    }
}

fn is_object(value: &Value) -> bool {
    matches!(value, Value::Object(_))
}

/// True for operators that compare objects as what they are.
fn compares(op: ast::BinaryOp) -> bool {
    use ast::BinaryOp::{EqEq, EqEqEq, NotEq, NotEqEq};
    matches!(op, EqEq | EqEqEq | NotEq | NotEqEq)
}

fn is_logical(op: ast::BinaryOp) -> bool {
    matches!(op, ast::BinaryOp::LogicalAnd | ast::BinaryOp::LogicalOr | ast::BinaryOp::NullishCoalescing)
}
