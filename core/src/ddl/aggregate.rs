//! `CREATE AGGREGATE`, `ALTER AGGREGATE`, `DROP AGGREGATE`

use super::definition::Definition;
use super::function::{is_determined, is_polymorphic, mode};
use super::routine::{Named, Said};
use super::syntax::{behavior, name, part, qualified};
use super::{Play, Stop, refused, unknown};
use crate::catalog::function::{self, Given, Kind, Signature, Volatility};
use crate::catalog::operator::NoOperator;
use crate::catalog::types;
use crate::catalog::{
    Address, Aggregation, Body, Class, Dependence, Mode, Oid, Parallel, Parameter, QualifiedName, Routine, SqlState,
    Type,
};
use crate::expression::Place;
use crate::sql::{TypeName, ast, quote_literal};

const INTERNAL: Oid = Oid(2281);

/// The definition, as it is written.
#[derive(Default)]
struct Written {
    transition: Option<QualifiedName>,
    state: Option<TypeName>,
    last: Option<QualifiedName>,
    combine: Option<QualifiedName>,
    initial: Option<String>,
    /// What it takes, where that does not stand before the definition.
    of: Option<TypeName>,
    parallel: Option<String>,
}

impl Play<'_> {
    /// In the order of `DefineAggregate` and `AggregateCreate`, for of several errors the first is raised.
    pub(super) fn create_aggregate(&mut self, tree: &ast::CreateAggregate) -> Result<(), Stop> {
        let named = qualified(tree.aggregate_name())?;
        if named.schema.as_deref() == Some("pg_temp") {
            return unknown("a temporary aggregate");
        }
        let schema = self.names.creation(&self.catalog, &named)?;
        let written = read(&Definition::read(tree.attribute_list())?)?;
        let wrong = |message: &str| refused(SqlState::INVALID_FUNCTION_DEFINITION, message);
        let Some(state) = &written.state else { return wrong("aggregate stype must be specified") };
        let Some(transition) = &written.transition else { return wrong("aggregate sfunc must be specified") };
        let parameters = match (tree.param_list(), &written.of) {
            (Some(_), Some(_)) => {
                return wrong("basetype is redundant with aggregate input type specification");
            }
            (None, None) => return wrong("aggregate input type must be specified"),
            (Some(list), None) => self.aggregated(&list)?,
            (None, Some(any)) if any.schema.is_none() && any.name.eq_ignore_ascii_case("any") => Vec::new(),
            (None, Some(of)) => {
                let of = self.names.data_type(&self.catalog, of)?.oid;
                vec![Parameter { mode: Mode::In, name: None, of, default: None }]
            }
        };
        let state = self.names.data_type(&self.catalog, state)?.oid;
        let takes: Vec<Oid> = parameters.iter().map(|it| it.of).collect();
        self.can_be_state(state, &takes)?;
        if let Some(initial) = written.initial.as_deref().filter(|_| !is_polymorphic(state)) {
            if types::base(&self.catalog, state) != state {
                return unknown("the first state is of a domain");
            }
            let of = Type { oid: state, modifier: -1 };
            self.formula_of_domain(&quote_literal(initial), None, Place::Default(of))?;
        }
        let parallel = match written.parallel.as_deref() {
            None | Some("unsafe") => Parallel::Unsafe,
            Some("safe") => Parallel::Safe,
            Some("restricted") => Parallel::Restricted,
            Some(_) => {
                let message = "parameter \"parallel\" must be SAFE, RESTRICTED, or UNSAFE";
                return refused(SqlState::SYNTAX_ERROR, message);
            }
        };
        let steps: Vec<Oid> = std::iter::once(state).chain(takes.iter().copied()).collect();
        let step = self.function_of_aggregate(transition, &steps)?;
        if step.result != state {
            let message = format!("return type of transition function {} is not the state's", transition.name);
            return refused(SqlState::DATATYPE_MISMATCH, message);
        }
        if step.strict && written.initial.is_none() {
            let starts = takes.first().is_some_and(|first| types::is_taken_as_is(&self.catalog, *first, state));
            if !starts {
                return wrong(
                    "must not omit initial value when transition function is strict and transition type is not \
                     compatible with input type",
                );
            }
        }
        let last = written.last.as_ref().map(|named| self.function_of_aggregate(named, &[state])).transpose()?;
        let combine = match &written.combine {
            None => None,
            Some(named) => Some((named, self.function_of_aggregate(named, &[state, state])?)),
        };
        if let Some((named, combine)) = &combine
            && combine.result != state
        {
            let message = format!("return type of combine function {} is not the state's", named.name);
            return refused(SqlState::DATATYPE_MISMATCH, message);
        }
        let result = last.as_ref().map_or(state, |last| last.result);
        if !is_determined(result, &takes) {
            return refused(SqlState::DATATYPE_MISMATCH, "cannot determine result data type");
        }
        if result == INTERNAL {
            return wrong("unsafe use of pseudo-type \"internal\"");
        }
        let aggregation = Aggregation {
            transition: step.function,
            state,
            last: last.map(|it| it.function),
            combine: combine.map(|(_, it)| it.function),
            initial: written.initial.as_deref().map(Into::into),
        };
        let is_own = |function: &Oid| self.catalog.routine(*function).is_some();
        let functions: Vec<Oid> = aggregation.functions().filter(is_own).collect();
        let mut routine = Routine {
            oid: Oid(0),
            schema,
            name: named.name.as_str().into(),
            kind: Kind::Aggregate,
            parameters,
            result,
            returns_set: false,
            language: "internal".into(),
            body: Body::Aggregate(aggregation.into()),
            volatility: Volatility::Immutable,
            parallel,
            strict: false,
            security_definer: false,
            leakproof: false,
            cost: None,
            rows: None,
            settings: Vec::new(),
        };
        routine.oid = self.number_for(&routine, tree.or_replace().is_some())?;
        let address = Address::of(Class::Routine, routine.oid);
        self.catalog.set_routine(routine);
        for function in functions {
            self.catalog.dependencies.add(address, Address::of(Class::Routine, function), Dependence::Normal);
        }
        Ok(())
    }

    pub(super) fn alter_aggregate(&mut self, tree: &ast::AlterAggregate) -> Result<(), Stop> {
        use ast::AlterAggregateAction as A;
        let named = named(&part(tree.aggregate())?)?;
        let action = part(tree.action())?;
        if let A::OwnerTo(to) = &action {
            self.own(to.role_ref())?;
        }
        let oid = self.found_routine(Said::Aggregate, &named)?;
        match action {
            A::AggregateRenameTo(to) => self.rename_routine(oid, &name(to.aggregate_name())?),
            A::SetSchema(to) => self.set_schema_of_routine(oid, &name(to.schema_ref())?),
            A::OwnerTo(_) => Ok(()),
        }
    }

    pub(super) fn drop_aggregate(&mut self, tree: &ast::DropAggregate) -> Result<(), Stop> {
        let named = tree.aggregates().map(|aggregate| named(&aggregate)).collect::<Result<Vec<_>, _>>()?;
        self.drop_routines(Said::Aggregate, named, tree.if_exists().is_some(), behavior(tree.drop_behavior()))
    }

    /// Returns the aggregate that COMMENT ON names.
    pub(super) fn commented_aggregate(&self, tree: &ast::ObjectAggregate) -> Result<Address, Stop> {
        let oid = self.found_routine(Said::Aggregate, &named(&part(tree.aggregate())?)?)?;
        Ok(Address::of(Class::Routine, oid))
    }

    /// Reads what stands in the parentheses.
    fn aggregated(&self, list: &ast::ParamList) -> Result<Vec<Parameter>, Stop> {
        if list.aggregate_order_by().is_some() {
            return unknown("an aggregate that takes WITHIN GROUP");
        }
        let mut parameters = Vec::new();
        for written in list.params() {
            if written.param_default().is_some() {
                return refused(SqlState::SYNTAX_ERROR, "an argument of an aggregate has no default");
            }
            let mode = mode(written.mode());
            match mode {
                Mode::In => {}
                Mode::Variadic => return unknown("an aggregate that takes any number of arguments"),
                _ => return refused(SqlState::FEATURE_NOT_SUPPORTED, "aggregates cannot have output arguments"),
            }
            let (of, set_of) = self.function_type(part(written.func_type())?)?;
            if set_of {
                let message = "aggregates cannot accept set arguments";
                return refused(SqlState::INVALID_FUNCTION_DEFINITION, message);
            }
            let name = written.name().map(|it| name(Some(it))).transpose()?.filter(|name| !name.is_empty());
            parameters.push(Parameter { mode, name: name.map(Into::into), of, default: None });
        }
        Ok(parameters)
    }

    /// Refuses a type that no state can be of.
    fn can_be_state(&self, state: Oid, takes: &[Oid]) -> Result<(), Stop> {
        let of = Type { oid: state, modifier: -1 };
        if of.is_pseudo() && !is_polymorphic(state) {
            if state == INTERNAL {
                return unknown("a state that only functions in C can read");
            }
            let message = format!("aggregate transition data type cannot be {}", self.names.spelled(&self.catalog, of));
            return refused(SqlState::INVALID_FUNCTION_DEFINITION, message);
        }
        if !is_determined(state, takes) {
            let message = "cannot determine transition data type";
            return refused(SqlState::INVALID_FUNCTION_DEFINITION, message);
        }
        Ok(())
    }

    /// Returns the function of a name that an aggregate can call with these; `lookup_agg_function`.
    fn function_of_aggregate(&self, named: &QualifiedName, given: &[Oid]) -> Result<Step, Stop> {
        if let Some(schema) = named.schema.as_deref().filter(|schema| self.catalog.schema(schema).is_none()) {
            return refused(SqlState::INVALID_SCHEMA_NAME, format!("schema \"{schema}\" does not exist"));
        }
        let missing = || Err(self.no_function(format!("function {} does not exist", named.name)));
        let path = self.names.functions(&self.catalog, named);
        let exact = path.iter().flat_map(|signatures| signatures.iter()).find(|it| it.arguments == given);
        let step = |signature: &Signature, result: Oid| {
            if signature.kind != Kind::Function {
                return missing();
            }
            if signature.returns_set {
                return refused(SqlState::DATATYPE_MISMATCH, format!("function {} returns a set", named.name));
            }
            Ok(Step { function: signature.oid, result, strict: signature.strict })
        };
        if let Some(exact) = exact {
            return step(exact, exact.result);
        }
        if given.iter().any(|of| is_polymorphic(*of)) {
            let takes_as_many = |it: &Signature| it.arguments.len() >= given.len() || it.variadic.is_some();
            let some = path.iter().flat_map(|signatures| signatures.iter()).any(takes_as_many);
            return if some { unknown("which function an aggregate of any type calls") } else { missing() };
        }
        let operands: Vec<Given<'_>> = given.iter().map(|of| Given { name: None, of: *of }).collect();
        let found = match function::find(&self.catalog, &path, &operands, false, None) {
            Ok(function::Call::Function(found)) => found,
            Ok(function::Call::Cast) | Err(NoOperator::Undefined | NoOperator::Ambiguous) => return missing(),
            Err(NoOperator::Mismatch) => {
                return refused(SqlState::DATATYPE_MISMATCH, "could not determine polymorphic type");
            }
            Err(NoOperator::NoArray) => return refused(SqlState::UNDEFINED_OBJECT, "could not find array type"),
        };
        if found.collected > 0 || found.signature.arguments.len() != given.len() {
            return unknown("an aggregate that calls a function with other arguments than it has");
        }
        let step = step(found.signature, found.result)?;
        if given.iter().zip(&found.arguments).any(|(from, to)| !types::is_taken_as_is(&self.catalog, *from, *to)) {
            let message = format!("function {} requires run-time type coercion", named.name);
            return refused(SqlState::DATATYPE_MISMATCH, message);
        }
        Ok(step)
    }
}

/// A function that an aggregate calls.
struct Step {
    function: Oid,
    result: Oid,
    strict: bool,
}

fn named(written: &ast::Aggregate) -> Result<Named, Stop> {
    if written.param_list().is_some_and(|list| list.aggregate_order_by().is_some()) {
        return unknown("an aggregate that takes WITHIN GROUP");
    }
    Named::read(written.path_ref(), Some(part(written.param_list())?))
}

/// Reads a definition; of what is said twice, the last counts.
fn read(definitions: &[Definition]) -> Result<Written, Stop> {
    let mut written = Written::default();
    for definition in definitions {
        match definition.name.as_str() {
            "sfunc" | "sfunc1" => written.transition = Some(definition.qualified()?),
            "stype" | "stype1" => written.state = Some(definition.type_name()?),
            "finalfunc" => written.last = Some(definition.qualified()?),
            "combinefunc" => written.combine = Some(definition.qualified()?),
            "initcond" | "initcond1" => written.initial = Some(definition.text()?),
            "basetype" => written.of = Some(definition.type_name()?),
            "parallel" => written.parallel = Some(definition.text()?),
            // How large a state is taken to be is no part of what is kept here.
            "sspace" => {}
            "finalfunc_extra" | "finalfunc_modify" | "serialfunc" | "deserialfunc" | "msfunc" | "minvfunc"
            | "mstype" | "msspace" | "mfinalfunc" | "mfinalfunc_extra" | "mfinalfunc_modify" | "minitcond"
            | "sortop" | "hypothetical" => return unknown("an option of an aggregate that is not known here"),
            // Postgres warns of it.
            _ => {}
        }
    }
    Ok(written)
}
