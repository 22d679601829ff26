//! `CREATE CAST`, `DROP CAST`

use super::routine::{Named, Said};
use super::syntax::{behavior, part, type_name};
use super::{Play, Stop, refused, unknown};
use crate::catalog::function::{self, Kind, Signature};
use crate::catalog::types::{self, Method, OwnKind, Types};
use crate::catalog::{Address, Class, Context, Oid, SqlState, Type, UserCast};
use crate::sql::ast;

const BOOLEAN: Oid = Oid(16);
const INTEGER: Oid = Oid(23);

impl Play<'_> {
    /// In the order of `CreateCast`, for of several errors the first is raised.
    pub(super) fn create_cast(&mut self, tree: &ast::CreateCast) -> Result<(), Stop> {
        let (from, to) = self.types_of_cast(&part(tree.cast_sig())?)?;
        for (of, word) in [(from, "source"), (to, "target")] {
            let of = Type { oid: of, modifier: -1 };
            if of.is_pseudo() {
                let spelled = self.names.spelled(&self.catalog, of);
                return refused(SqlState::WRONG_OBJECT_TYPE, format!("{word} data type {spelled} is a pseudo-type"));
            }
        }
        let context = match tree.cast_context() {
            None => Context::Explicit,
            Some(ast::CastContext::AsAssignment(_)) => Context::Assignment,
            Some(ast::CastContext::AsImplicit(_)) => Context::Implicit,
        };
        let (method, takes) = match part(tree.cast_method())? {
            ast::CastMethod::WithFunction(with) => self.function_of_cast(&with, from, to)?,
            ast::CastMethod::WithInout(_) => (Method::Text, 1),
            ast::CastMethod::WithoutFunction(_) => {
                self.may_be_alike(from, to)?;
                (Method::Relabel, 0)
            }
        };
        if from == to && takes < 2 {
            return wrong("source data type and target data type are the same");
        }
        if self.is_cast(from, to) {
            let spelled = |of| self.names.spelled(&self.catalog, Type { oid: of, modifier: -1 });
            let message = format!("cast from type {} to type {} already exists", spelled(from), spelled(to));
            return refused(SqlState::DUPLICATE_OBJECT, message);
        }
        let oid = self.catalog.allocate();
        self.catalog.add_cast(UserCast { oid, from, to, context, method });
        Ok(())
    }

    pub(super) fn drop_cast(&mut self, tree: &ast::DropCast) -> Result<(), Stop> {
        let if_exists = tree.if_exists().is_some();
        let found = match self.cast_named(&part(tree.cast_sig())?) {
            Err(Stop::Refused(refusal))
                if if_exists
                    && [SqlState::UNDEFINED_OBJECT, SqlState::INVALID_SCHEMA_NAME].contains(&refusal.sqlstate) =>
            {
                return Ok(());
            }
            found => found?,
        };
        let Some(cast) = found else {
            let message = "cannot drop a cast that is required by the database system";
            return refused(SqlState::DEPENDENT_OBJECTS_STILL_EXIST, message);
        };
        self.drop_objects(&[cast], behavior(tree.drop_behavior()))
    }

    /// Returns the cast that COMMENT ON names.
    pub(super) fn commented_cast(&self, on: &ast::ObjectCast) -> Result<Address, Stop> {
        match self.cast_named(&part(on.cast_sig())?)? {
            Some(cast) => Ok(cast),
            None => unknown("a comment on a cast of Postgres's own"),
        }
    }

    /// Returns a cast that is there; none where it is one of Postgres's own.
    fn cast_named(&self, written: &ast::CastSig) -> Result<Option<Address>, Stop> {
        let (from, to) = self.types_of_cast(written)?;
        if let Some(cast) = self.catalog.user_cast(from, to) {
            return Ok(Some(Address::of(Class::Cast, cast.oid)));
        }
        if self.is_cast(from, to) {
            return Ok(None);
        }
        if self.catalog.has_unlisted_extension() {
            return unknown("a cast that an extension may bring");
        }
        let spelled = |of| self.names.spelled(&self.catalog, Type { oid: of, modifier: -1 });
        let message = format!("cast from type {} to type {} does not exist", spelled(from), spelled(to));
        refused(SqlState::UNDEFINED_OBJECT, message)
    }

    fn types_of_cast(&self, written: &ast::CastSig) -> Result<(Oid, Oid), Stop> {
        let mut named = Vec::new();
        for side in [written.lhs(), written.rhs()] {
            named.push(self.names.data_type(&self.catalog, &type_name(side)?)?.oid);
        }
        match named.as_slice() {
            [from, to] => Ok((*from, *to)),
            _ => unknown("the types of a cast"),
        }
    }

    /// Returns whether two types have a row in `pg_cast`.
    fn is_cast(&self, from: Oid, to: Oid) -> bool {
        types::is_listed_cast(&self.catalog, from, to)
    }

    /// Returns how a function casts, and how many arguments it takes.
    fn function_of_cast(&self, with: &ast::WithFunction, from: Oid, to: Oid) -> Result<(Method, usize), Stop> {
        let written = part(with.function_sig())?;
        let named = Named::read(written.function_name_ref(), written.param_list())?;
        let oid = self.any_routine(Said::Function, &named)?;
        let own = self.catalog.routine(oid).map(|routine| routine.signature(&self.catalog));
        let signature: Signature = part(own.or_else(|| function::builtin_of(self.catalog.version(), oid).cloned()))?;
        let first = match signature.arguments.as_slice() {
            [first] | [first, _] | [first, _, _] => *first,
            _ => return wrong("cast function must take one to three arguments"),
        };
        if !types::is_taken_as_is(&self.catalog, from, first) {
            return wrong("argument of cast function must match or be binary-coercible from source data type");
        }
        if signature.arguments.get(1).is_some_and(|second| *second != INTEGER) {
            return wrong("second argument of cast function must be type integer");
        }
        if signature.arguments.get(2).is_some_and(|third| *third != BOOLEAN) {
            return wrong("third argument of cast function must be type boolean");
        }
        if !types::is_taken_as_is(&self.catalog, signature.result, to) {
            return wrong("return data type of cast function must match or be binary-coercible to target data type");
        }
        if signature.kind != Kind::Function {
            return wrong("cast function must be a normal function");
        }
        if signature.returns_set {
            return wrong("cast function must not return a set");
        }
        Ok((Method::Function(oid), signature.arguments.len()))
    }

    /// Refuses types whose values are not stored alike.
    fn may_be_alike(&self, from: Oid, to: Oid) -> Result<(), Stop> {
        let is_apart = |of: Oid| {
            let of_own = self.catalog.own(of).map(|own| own.kind);
            types::element(&self.catalog, of).is_some()
                || matches!(of_own, Some(OwnKind::Enum | OwnKind::Composite | OwnKind::Domain(_) | OwnKind::Array(_)))
        };
        if is_apart(from) || is_apart(to) {
            return wrong("types of this kind are not binary-compatible with others");
        }
        if from == to {
            return Ok(());
        }
        unknown("whether values of the two types are stored alike")
    }
}

fn wrong<T>(message: &str) -> Result<T, Stop> {
    refused(SqlState::INVALID_OBJECT_DEFINITION, message)
}
