//! Functions and procedures that statements name: found, altered, dropped.

use super::attributes::Attributes;
use super::function::mode;
use super::syntax::{behavior, name, part, qualified};
use super::{Play, Stop, refused, unknown};
use crate::catalog::function::{self, Kind, Signature};
use crate::catalog::{
    Address, Behavior, Catalog, Class, Mode, Oid, QualifiedName, Refusal, SqlState, Type, schema_named,
};
use crate::sql::ast::{self, AstNode};

/// What a statement says it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    Function,
    Procedure,
    Routine,
    Aggregate,
}

impl Said {
    fn word(self) -> &'static str {
        match self {
            Self::Function => "function",
            Self::Procedure => "procedure",
            Self::Routine => "routine",
            Self::Aggregate => "aggregate",
        }
    }

    /// Returns whether a name without arguments can mean one of this kind.
    fn fits(self, kind: Kind) -> bool {
        match self {
            Self::Function => kind != Kind::Procedure,
            Self::Procedure => kind == Kind::Procedure,
            Self::Routine => true,
            Self::Aggregate => kind == Kind::Aggregate,
        }
    }
}

/// The name of a routine, with its arguments if it has them.
pub(super) struct Named {
    name: QualifiedName,
    arguments: Option<ast::ParamList>,
}

impl Named {
    pub(super) fn read(name: Option<impl AstNode>, arguments: Option<ast::ParamList>) -> Result<Self, Stop> {
        Ok(Self { name: qualified(name)?, arguments })
    }
}

/// Why no routine is found.
enum NotFound {
    /// There is none, which IF EXISTS is for.
    Missing(Refusal),
    Stop(Stop),
}

impl From<Stop> for NotFound {
    fn from(stop: Stop) -> Self {
        Self::Stop(stop)
    }
}

impl From<NotFound> for Stop {
    fn from(not_found: NotFound) -> Self {
        match not_found {
            NotFound::Missing(refusal) => Self::Refused(refusal),
            NotFound::Stop(stop) => stop,
        }
    }
}

impl Play<'_> {
    pub(super) fn drop_function(&mut self, tree: &ast::DropFunction) -> Result<(), Stop> {
        let named = tree.function_sig_list().into_iter().flat_map(|list| list.function_sigs());
        let named =
            named.map(|it| Named::read(it.function_name_ref(), it.param_list())).collect::<Result<Vec<_>, _>>()?;
        self.drop_routines(Said::Function, named, tree.if_exists().is_some(), behavior(tree.drop_behavior()))
    }

    pub(super) fn drop_procedure(&mut self, tree: &ast::DropProcedure) -> Result<(), Stop> {
        let named = tree.procedure_sig_list().into_iter().flat_map(|list| list.procedure_sigs());
        let named =
            named.map(|it| Named::read(it.procedure_name_ref(), it.param_list())).collect::<Result<Vec<_>, _>>()?;
        self.drop_routines(Said::Procedure, named, tree.if_exists().is_some(), behavior(tree.drop_behavior()))
    }

    pub(super) fn drop_routine(&mut self, tree: &ast::DropRoutine) -> Result<(), Stop> {
        let named = tree.routine_sig_list().into_iter().flat_map(|list| list.routine_sigs());
        let named =
            named.map(|it| Named::read(it.routine_name_ref(), it.param_list())).collect::<Result<Vec<_>, _>>()?;
        self.drop_routines(Said::Routine, named, tree.if_exists().is_some(), behavior(tree.drop_behavior()))
    }

    pub(super) fn drop_routines(
        &mut self,
        said: Said,
        named: Vec<Named>,
        if_exists: bool,
        behavior: Behavior,
    ) -> Result<(), Stop> {
        let mut gone = Vec::new();
        for named in named {
            match self.find_routine(said, &named) {
                Ok(oid) if self.catalog.routine(oid).is_some() => {
                    if said == Said::Function && part(self.catalog.routine(oid))?.kind == Kind::Aggregate {
                        let message = format!("\"{}\" is an aggregate function", named.name.name);
                        return refused(SqlState::WRONG_OBJECT_TYPE, message);
                    }
                    gone.push(Address::of(Class::Routine, oid));
                }
                Ok(_) => {
                    let message = format!(
                        "cannot drop function {} because it is required by the database system",
                        named.name.name
                    );
                    return refused(SqlState::DEPENDENT_OBJECTS_STILL_EXIST, message);
                }
                Err(NotFound::Missing(_)) if if_exists => {}
                Err(not_found) => return Err(not_found.into()),
            }
        }
        self.drop_objects(&gone, behavior)
    }

    pub(super) fn alter_function(&mut self, tree: &ast::AlterFunction) -> Result<(), Stop> {
        use ast::AlterFunctionAction as A;
        let written = part(tree.function_sig())?;
        let named = Named::read(written.function_name_ref(), written.param_list())?;
        let action = part(tree.action())?;
        if let A::OwnerTo(to) = &action {
            self.own(to.role_ref())?;
        }
        let oid = self.found_routine(Said::Function, &named)?;
        match action {
            A::FuncOptionList(options) => self.alter_attributes(oid, options),
            A::FunctionRenameTo(to) => self.rename_routine(oid, &name(to.function_name())?),
            A::SetSchema(to) => self.set_schema_of_routine(oid, &name(to.schema_ref())?),
            A::OwnerTo(_) => Ok(()),
            A::DependsOnExtension(_) | A::NoDependsOnExtension(_) => unknown("a dependency on an extension"),
        }
    }

    pub(super) fn alter_procedure(&mut self, tree: &ast::AlterProcedure) -> Result<(), Stop> {
        use ast::AlterProcedureAction as A;
        let written = part(tree.procedure_sig())?;
        let named = Named::read(written.procedure_name_ref(), written.param_list())?;
        let action = part(tree.action())?;
        if let A::OwnerTo(to) = &action {
            self.own(to.role_ref())?;
        }
        let oid = self.found_routine(Said::Procedure, &named)?;
        match action {
            A::FuncOptionList(options) => self.alter_attributes(oid, options),
            A::ProcedureRenameTo(to) => self.rename_routine(oid, &name(to.procedure_name())?),
            A::SetSchema(to) => self.set_schema_of_routine(oid, &name(to.schema_ref())?),
            A::OwnerTo(_) => Ok(()),
            A::DependsOnExtension(_) | A::NoDependsOnExtension(_) => unknown("a dependency on an extension"),
        }
    }

    pub(super) fn alter_routine(&mut self, tree: &ast::AlterRoutine) -> Result<(), Stop> {
        use ast::AlterRoutineAction as A;
        let written = part(tree.routine_sig())?;
        let named = Named::read(written.routine_name_ref(), written.param_list())?;
        let action = part(tree.action())?;
        if let A::OwnerTo(to) = &action {
            self.own(to.role_ref())?;
        }
        let oid = self.found_routine(Said::Routine, &named)?;
        match action {
            A::FuncOptionList(options) => self.alter_attributes(oid, options),
            A::RoutineRenameTo(to) => self.rename_routine(oid, &name(to.routine_name())?),
            A::SetSchema(to) => self.set_schema_of_routine(oid, &name(to.schema_ref())?),
            A::OwnerTo(_) => Ok(()),
            A::DependsOnExtension(_) | A::NoDependsOnExtension(_) => unknown("a dependency on an extension"),
        }
    }

    fn alter_attributes(&mut self, oid: Oid, options: ast::FuncOptionList) -> Result<(), Stop> {
        let mut routine = part(self.catalog.routine(oid))?.clone();
        if routine.kind == Kind::Aggregate {
            let message = format!("\"{}\" is an aggregate function", routine.name);
            return refused(SqlState::WRONG_OBJECT_TYPE, message);
        }
        let options: Vec<ast::FuncOption> = options.options().collect();
        let attributes = Attributes::read(&options, routine.kind == Kind::Procedure)?;
        if attributes.support || attributes.transforms {
            return unknown("a support function");
        }
        attributes.apply(&mut routine)?;
        self.catalog.alter_routine(routine);
        Ok(())
    }

    pub(super) fn rename_routine(&mut self, oid: Oid, to: &str) -> Result<(), Stop> {
        let schema = part(self.catalog.routine(oid))?.schema;
        self.routine_name_is_free(oid, schema, to)?;
        self.catalog.move_routine(oid, schema, to);
        Ok(())
    }

    pub(super) fn set_schema_of_routine(&mut self, oid: Oid, to: &str) -> Result<(), Stop> {
        let routine = part(self.catalog.routine(oid))?;
        let (old, name) = (routine.schema, routine.name.clone());
        let schema = schema_named(&self.catalog, to)?;
        if schema == old {
            return Ok(());
        }
        self.routine_name_is_free(oid, schema, &name)?;
        self.catalog.move_routine(oid, schema, &name);
        Ok(())
    }

    fn routine_name_is_free(&self, oid: Oid, schema: Oid, name: &str) -> Result<(), Stop> {
        let routine = part(self.catalog.routine(oid))?;
        if self.catalog.routine_taking(schema, name, &routine.argument_types()).is_some() {
            let message = format!("function {name} already exists in schema \"{}\"", self.catalog.schema_name(schema));
            return refused(SqlState::DUPLICATE_FUNCTION, message);
        }
        Ok(())
    }

    /// Returns a routine that a statement names, Postgres's own too.
    pub(super) fn any_routine(&self, said: Said, named: &Named) -> Result<Oid, Stop> {
        Ok(self.find_routine(said, named)?)
    }

    /// Returns a routine of the database's own that a statement names.
    pub(super) fn found_routine(&self, said: Said, named: &Named) -> Result<Oid, Stop> {
        let oid = self.find_routine(said, named)?;
        match self.catalog.routine(oid) {
            Some(_) => Ok(oid),
            None => unknown("a function of Postgres's own"),
        }
    }

    /// Returns the routine that COMMENT ON names.
    pub(super) fn commented_routine(
        &self,
        said: Said,
        written: Option<impl AstNode>,
        arguments: Option<ast::ParamList>,
    ) -> Result<Address, Stop> {
        let oid = self.found_routine(said, &Named::read(written, arguments)?)?;
        Ok(Address::of(Class::Routine, oid))
    }

    /// As `LookupFuncWithArgs`.
    fn find_routine(&self, said: Said, named: &Named) -> Result<Oid, NotFound> {
        let word = said.word();
        let name = &named.name;
        let missing_schema =
            name.schema.as_deref().filter(|schema| self.catalog.schema(schema).is_none() && *schema != "pg_temp");
        let missing = |message: String| match missing_schema {
            Some(schema) => {
                let message = format!("schema \"{schema}\" does not exist");
                NotFound::Missing(Refusal::new(SqlState::INVALID_SCHEMA_NAME, message))
            }
            None => match self.no_function(message) {
                Stop::Refused(refusal) => NotFound::Missing(refusal),
                unknown @ Stop::Unknown(_) => NotFound::Stop(unknown),
            },
        };
        let Some(list) = &named.arguments else {
            let mut found: Vec<&Signature> = Vec::new();
            for signatures in self.names.functions(&self.catalog, name) {
                for signature in signatures.iter().filter(|it| said.fits(it.kind)) {
                    // An earlier schema hides the same arguments in a later one.
                    if !found.iter().any(|other| other.arguments == signature.arguments) {
                        found.push(signature);
                    }
                }
            }
            return match found.as_slice() {
                [] => Err(missing(format!("could not find a {word} named \"{}\"", name.name))),
                [one] => checked(&self.catalog, said, one),
                _ => {
                    let message = format!("{word} name \"{}\" is not unique", name.name);
                    Err(Stop::Refused(Refusal::new(SqlState::AMBIGUOUS_FUNCTION, message)).into())
                }
            };
        };
        let (mut inputs, mut all) = (Vec::new(), Vec::new());
        let mut has_modes = false;
        for argument in list.params() {
            let of = match self.function_type(part(argument.func_type())?) {
                Ok((of, _)) => of,
                // A type that is not there is as good as a routine that is not.
                Err(Stop::Refused(refusal))
                    if [SqlState::UNDEFINED_OBJECT, SqlState::INVALID_SCHEMA_NAME].contains(&refusal.sqlstate) =>
                {
                    return Err(NotFound::Missing(refusal));
                }
                Err(stop) => return Err(stop.into()),
            };
            has_modes |= argument.mode().is_some();
            all.push(of);
            if mode(argument.mode()) != Mode::Out {
                inputs.push(of);
            }
        }
        let paths = self.names.functions(&self.catalog, name);
        let candidates: Vec<&Signature> = paths.into_iter().flatten().collect();
        let by_inputs = candidates.iter().find(|it| it.arguments == inputs);
        // Of a procedure all arguments may be named, those that come out too, without their modes.
        let takes_all = |it: &&&Signature| {
            let routine = self.catalog.routine(it.oid).filter(|routine| routine.kind == Kind::Procedure);
            routine.is_some_and(|routine| routine.parameters.iter().map(|it| it.of).eq(all.iter().copied()))
        };
        let by_all = (said != Said::Function && !has_modes).then(|| candidates.iter().find(takes_all)).flatten();
        match (by_inputs, by_all) {
            (Some(one), Some(other)) if one.oid != other.oid => {
                let message = format!("{word} name \"{}\" is not unique", name.name);
                Err(Stop::Refused(Refusal::new(SqlState::AMBIGUOUS_FUNCTION, message)).into())
            }
            (Some(signature), _) | (None, Some(signature)) => checked(&self.catalog, said, signature),
            (None, None) => {
                let types = all.iter().map(|of| self.names.spelled(&self.catalog, Type { oid: *of, modifier: -1 }));
                let types: Vec<String> = types.collect();
                Err(missing(format!("{word} {}({}) does not exist", name.name, types.join(", "))))
            }
        }
    }
}

/// Refuses what is not of the kind that the statement says.
fn checked(catalog: &Catalog, said: Said, signature: &Signature) -> Result<Oid, NotFound> {
    let is_own = function::builtin_of(catalog.version(), signature.oid).is_none();
    let message = match (said, signature.kind) {
        (Said::Function | Said::Procedure, Kind::Aggregate | Kind::OrderedSet) if !is_own => "is an aggregate function",
        (Said::Function, Kind::Procedure) => "is not a function",
        (Said::Procedure, kind) if kind != Kind::Procedure => "is not a procedure",
        (Said::Aggregate, kind) if !matches!(kind, Kind::Aggregate | Kind::OrderedSet) => "is not an aggregate",
        _ => return Ok(signature.oid),
    };
    Err(Stop::Refused(Refusal::new(SqlState::WRONG_OBJECT_TYPE, message)).into())
}
