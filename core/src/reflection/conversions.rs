//! Casts and operators.

use super::Reflection;
use crate::catalog::types::Method;
use crate::catalog::{Address, Catalog, Class, Context, Oid};
use crate::document::schema::{Cast, Operator, Schema};

impl Reflection<'_> {
    pub(super) fn casts(&self, schema: &mut Schema) {
        let is_shown = |oid: Oid| self.only.is_none_or(|only| only.contains(&oid));
        for cast in self.catalog.user_casts().filter(|cast| is_shown(cast.oid)) {
            let (method, function) = match cast.method {
                Method::Function(function) => ("function", Some(self.bare_function(function))),
                Method::Text => ("inout", None),
                Method::Relabel | Method::Elements | Method::Row => ("binary", None),
            };
            let context = match cast.context {
                Context::Implicit => "implicit",
                Context::Assignment => "assignment",
                Context::Explicit => "explicit",
            };
            schema.casts.push(Cast {
                from: self.of(cast.from),
                to: self.of(cast.to),
                function,
                method: method.to_owned(),
                context: context.to_owned(),
                comment: self.comment(Address::of(Class::Cast, cast.oid)),
            });
        }
    }

    pub(super) fn operators(&self, schema: &mut Schema) {
        for operator in self.shown(Catalog::user_operators, Catalog::user_operator) {
            schema.operators.push(Operator {
                name: self.operator_name(operator.oid).unwrap_or_default(),
                left: operator.left.map(|of| self.of(of)),
                right: self.of(operator.right),
                function: operator.does.map(|(function, _)| self.bare_function(function)),
                commutator: operator.commutator.and_then(|other| self.operator_name(other)),
                negator: operator.negator.and_then(|other| self.operator_name(other)),
                comment: self.comment(Address::of(Class::Operator, operator.oid)),
            });
        }
    }

    fn operator_name(&self, oid: Oid) -> Option<String> {
        let operator = self.catalog.user_operator(oid)?;
        Some(format!("{}.{}", self.quoted(self.catalog.schema_name(operator.schema)), operator.name))
    }
}
