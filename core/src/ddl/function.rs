//! `CREATE FUNCTION`, `CREATE PROCEDURE`

use std::sync::Arc;

use super::attributes::Attributes;
use super::plpgsql::{EVENT_TRIGGER, TRIGGER, VOID};
use super::syntax::{name, part, qualified, type_name};
use super::{Play, Stop, refused, unknown};
use crate::PostgresVersion;
use crate::catalog::function::{Kind, Volatility};
use crate::catalog::{
    ANY, ANYARRAY, ANYCOMPATIBLEARRAY, Address, Body, Class, Formula, Mode, Oid, Parallel, Parameter, QualifiedName,
    Routine, SqlState, Type,
};
use crate::expression::Place;
use crate::sql::{ast, tree};

const RECORD: Oid = Oid(2249);
const INTERNAL: Oid = Oid(2281);
/// Most arguments of a function.
const MOST_ARGUMENTS: usize = 100;

/// `CREATE FUNCTION` or `CREATE PROCEDURE`, by parts.
struct Written {
    name: QualifiedName,
    procedure: bool,
    or_replace: bool,
    parameters: Option<ast::ParamList>,
    returns: Option<ast::RetType>,
    options: Vec<ast::FuncOption>,
    body: Option<ast::RoutineBody>,
}

impl Play<'_> {
    pub(super) fn create_function(&mut self, tree: &ast::CreateFunction) -> Result<(), Stop> {
        let written = Written {
            name: qualified(tree.name())?,
            procedure: false,
            or_replace: tree.or_replace().is_some(),
            parameters: tree.param_list(),
            returns: tree.ret_type(),
            options: tree.option_list().into_iter().flat_map(|list| list.options()).collect(),
            body: tree.body(),
        };
        self.create_routine(written)
    }

    pub(super) fn create_procedure(&mut self, tree: &ast::CreateProcedure) -> Result<(), Stop> {
        let written = Written {
            name: qualified(tree.name())?,
            procedure: true,
            or_replace: tree.or_replace().is_some(),
            parameters: tree.param_list(),
            returns: None,
            options: tree.option_list().into_iter().flat_map(|list| list.options()).collect(),
            body: tree.body(),
        };
        self.create_routine(written)
    }

    /// In the order of `CreateFunction` and `ProcedureCreate`, for of several errors the first is raised.
    fn create_routine(&mut self, written: Written) -> Result<(), Stop> {
        if written.name.schema.as_deref() == Some("pg_temp") {
            return unknown("a temporary function");
        }
        let schema = self.names.creation(&self.catalog, &written.name)?;
        let attributes = Attributes::read(&written.options, written.procedure)?;
        let language = match (&attributes.language, &written.body) {
            (Some(language), _) => language.clone(),
            (None, Some(_)) => "sql".to_owned(),
            (None, None) => {
                return refused(SqlState::INVALID_FUNCTION_DEFINITION, "no language specified");
            }
        };
        match language.as_str() {
            "plpgsql" | "sql" => {}
            "internal" | "c" => return unknown("a function that is written in C"),
            other if self.catalog.extension(other).is_some() => return unknown("a language of an extension"),
            _ => return refused(SqlState::UNDEFINED_OBJECT, format!("language \"{language}\" does not exist")),
        }
        if attributes.transforms || attributes.support {
            return unknown("a transform or a support function");
        }
        let mut parameters = self.parameters(written.parameters.as_ref(), written.procedure)?;
        let (result, returns_set) = self.result(&written, &mut parameters)?;
        let body = match (attributes.body.as_slice(), &written.body) {
            ([text], None) => Body::Text(text.as_str().into()),
            ([_, ..], Some(_)) => {
                return refused(SqlState::INVALID_FUNCTION_DEFINITION, "duplicate function body specified");
            }
            ([], Some(_)) if language != "sql" => {
                let message = "inline SQL function body only valid for language SQL";
                return refused(SqlState::INVALID_FUNCTION_DEFINITION, message);
            }
            ([], Some(_)) => return unknown("a body of SQL statements"),
            ([], None) => return refused(SqlState::INVALID_FUNCTION_DEFINITION, "no function body specified"),
            _ => {
                let message = format!("only one AS item needed for language \"{language}\"");
                return refused(SqlState::INVALID_FUNCTION_DEFINITION, message);
            }
        };
        if attributes.rows.is_some() && !returns_set {
            let message = "ROWS is not applicable when function does not return a set";
            return refused(SqlState::INVALID_PARAMETER_VALUE, message);
        }
        let kind = match (written.procedure, attributes.window) {
            (true, _) => Kind::Procedure,
            (false, true) => Kind::Window,
            (false, false) => Kind::Function,
        };
        let mut routine = Routine {
            oid: Oid(0),
            schema,
            name: written.name.name.as_str().into(),
            kind,
            parameters,
            result,
            returns_set,
            language: language.as_str().into(),
            body,
            volatility: Volatility::Volatile,
            parallel: Parallel::Unsafe,
            strict: false,
            security_definer: false,
            leakproof: false,
            cost: None,
            rows: None,
            settings: Vec::new(),
        };
        attributes.apply(&mut routine)?;
        self.check_signature(&routine)?;
        routine.oid = self.number_for(&routine, written.or_replace)?;
        self.check_body(&routine)?;
        let address = Address::of(Class::Routine, routine.oid);
        let defaults: Vec<Formula> = routine.inputs().filter_map(|it| it.default.clone()).collect();
        self.catalog.set_routine(routine);
        for default in &defaults {
            self.depend_on_formula(address, default);
        }
        Ok(())
    }

    /// Returns the number of the routine that a new one takes the place of, or a new number.
    pub(super) fn number_for(&mut self, routine: &Routine, or_replace: bool) -> Result<Oid, Stop> {
        match self.catalog.routine_taking(routine.schema, &routine.name, &routine.argument_types()) {
            None => Ok(self.catalog.allocate()),
            Some(_) if !or_replace => {
                let message = format!("function \"{}\" already exists with same argument types", routine.name);
                refused(SqlState::DUPLICATE_FUNCTION, message)
            }
            Some(old) if self.catalog.is_of_extension(Address::of(Class::Routine, old)) => {
                unknown("a function of an extension is replaced")
            }
            Some(old) if self.catalog.is_of_type(old) => unknown("a function that makes values of a range is replaced"),
            Some(old) => {
                self.may_replace(part(self.catalog.routine(old))?, routine)?;
                Ok(old)
            }
        }
    }

    /// Reads what stands in the parentheses; `interpret_function_parameter_list`.
    fn parameters(&self, list: Option<&ast::ParamList>, procedure: bool) -> Result<Vec<Parameter>, Stop> {
        let wrong = |message: &str| refused(SqlState::INVALID_FUNCTION_DEFINITION, message);
        let mut parameters: Vec<Parameter> = Vec::new();
        for written in list.into_iter().flat_map(ast::ParamList::params) {
            let mode = mode(written.mode());
            let (of, set_of) = self.function_type(part(written.func_type())?)?;
            if set_of {
                return wrong(if procedure {
                    "procedures cannot accept set arguments"
                } else {
                    "functions cannot accept set arguments"
                });
            }
            let has_variadic = parameters.iter().any(|it| it.mode == Mode::Variadic);
            if mode.is_input() && has_variadic {
                return wrong("VARIADIC parameter must be the last input parameter");
            }
            if mode == Mode::Out && procedure && self.catalog.version() < PostgresVersion::V14 {
                return refused(SqlState::FEATURE_NOT_SUPPORTED, "procedures cannot have OUT arguments");
            }
            if mode == Mode::Out && procedure {
                if has_variadic {
                    return wrong("VARIADIC parameter must be the last parameter");
                }
                if parameters.iter().any(|it| it.default.is_some()) {
                    return wrong("procedure OUT parameters cannot appear after one with a default value");
                }
            }
            let is_array = [ANY, ANYARRAY, ANYCOMPATIBLEARRAY].contains(&of) || self.catalog.element(of).is_some();
            if mode == Mode::Variadic && !is_array {
                return wrong("VARIADIC parameter must be an array");
            }
            let name = match written.name() {
                Some(written) => Some(name(Some(written))?).filter(|name| !name.is_empty()),
                None => None,
            };
            if let Some(name) = &name {
                unique(&parameters, name, mode)?;
            }
            let default = match written.param_default() {
                Some(_) if !mode.is_input() => return wrong("only input parameters can have default values"),
                Some(default) => Some(self.default_of_argument(&tree::text(&part(default.expr())?), of)?),
                None if mode.is_input() && parameters.iter().any(|it| it.default.is_some()) => {
                    return wrong("input parameters after one with a default value must also have defaults");
                }
                None => None,
            };
            parameters.push(Parameter { mode, name: name.map(Into::into), of, default });
        }
        Ok(parameters)
    }

    /// Reads what an argument is when a call leaves it out.
    fn default_of_argument(&self, written: &str, of: Oid) -> Result<Formula, Stop> {
        if is_polymorphic(of) {
            return unknown("the default of an argument of any type");
        }
        match self.formula_of_domain(written, None, Place::Default(Type { oid: of, modifier: -1 })) {
            // A column has other columns beside it, which it may not mention; an argument has nothing.
            Err(Stop::Refused(refusal)) if refusal.message.contains("column reference") => {
                refused(SqlState::UNDEFINED_COLUMN, "a column that does not exist")
            }
            formula => formula,
        }
    }

    /// Returns the type of a parameter or a result, and whether it stands for a set.
    pub(super) fn function_type(&self, written: ast::FuncType) -> Result<(Oid, bool), Stop> {
        match written {
            ast::FuncType::Type(ty) => {
                let written = type_name(Some(ty))?;
                Ok((self.names.data_type(&self.catalog, &written)?.oid, written.set_of))
            }
            ast::FuncType::PercentType(_) => unknown("the type of a column as that of an argument"),
        }
    }

    /// Returns the type of the result, and adds the columns of `RETURNS TABLE` to the parameters.
    fn result(&self, written: &Written, parameters: &mut Vec<Parameter>) -> Result<(Oid, bool), Stop> {
        let outputs: Vec<Oid> =
            parameters.iter().filter(|it| matches!(it.mode, Mode::Out | Mode::InOut)).map(|it| it.of).collect();
        // A procedure gives a row of what it gives back, be it one value.
        let required = match outputs.as_slice() {
            [] => None,
            [one] if !written.procedure => Some(*one),
            _ => Some(RECORD),
        };
        if written.procedure {
            return Ok((required.unwrap_or(VOID), false));
        }
        let Some(returns) = &written.returns else {
            return match required {
                Some(required) => Ok((required, false)),
                None => refused(SqlState::INVALID_FUNCTION_DEFINITION, "function result type must be specified"),
            };
        };
        if let Some(columns) = returns.return_table_arg_list() {
            let mut types = Vec::new();
            for column in columns.args() {
                let (of, set_of) = self.function_type(part(column.func_type())?)?;
                if set_of {
                    return refused(SqlState::INVALID_FUNCTION_DEFINITION, "functions cannot accept set arguments");
                }
                let name = name(column.name())?;
                unique(parameters, &name, Mode::Table)?;
                types.push(of);
                parameters.push(Parameter { mode: Mode::Table, name: Some(name.into()), of, default: None });
            }
            return Ok((if let [one] = types.as_slice() { *one } else { RECORD }, true));
        }
        let (result, set_of) = self.function_type(part(returns.func_type())?)?;
        match required {
            Some(required) if required != result => {
                let spelled = self.names.spelled(&self.catalog, Type { oid: required, modifier: -1 });
                let message = format!("function result type must be {spelled} because of OUT parameters");
                refused(SqlState::INVALID_FUNCTION_DEFINITION, message)
            }
            _ => Ok((result, set_of)),
        }
    }

    /// Refuses types that cannot stand together, whatever the language.
    fn check_signature(&self, routine: &Routine) -> Result<(), Stop> {
        let arguments = routine.argument_types();
        if arguments.len() > MOST_ARGUMENTS {
            return refused(SqlState("54023"), "functions cannot have more than 100 arguments");
        }
        let outputs = routine.outputs().filter(|it| it.mode != Mode::InOut).map(|it| it.of);
        for result in outputs.chain([routine.result]) {
            if !is_determined(result, &arguments) {
                return refused(SqlState::INVALID_FUNCTION_DEFINITION, "cannot determine result data type");
            }
            if result == INTERNAL && !arguments.contains(&INTERNAL) {
                return refused(SqlState::INVALID_FUNCTION_DEFINITION, "unsafe use of pseudo-type \"internal\"");
            }
        }
        Ok(())
    }

    /// Refuses a replacement that its users would not notice; `ProcedureCreate`.
    fn may_replace(&self, old: &Routine, new: &Routine) -> Result<(), Stop> {
        let wrong = |message: String| refused(SqlState::INVALID_FUNCTION_DEFINITION, message);
        if old.kind != new.kind {
            return refused(SqlState::WRONG_OBJECT_TYPE, "cannot change routine kind");
        }
        let shape = |routine: &Routine| {
            let of_record = routine.result == RECORD;
            let outputs = routine.outputs().filter(|_| of_record).map(|it| (it.name.clone(), it.of));
            (routine.result, routine.returns_set, outputs.collect::<Vec<_>>())
        };
        if shape(old) != shape(new) {
            return wrong("cannot change return type of existing function".to_owned());
        }
        for (old, new) in old.inputs().zip(new.inputs()) {
            if let Some(name) = &old.name
                && new.name.as_ref() != Some(name)
            {
                return wrong(format!("cannot change name of input parameter \"{name}\""));
            }
        }
        let defaults = |routine: &Routine| routine.inputs().filter(|it| it.default.is_some()).count();
        if defaults(new) < defaults(old) {
            return wrong("cannot remove parameter defaults from existing function".to_owned());
        }
        Ok(())
    }

    /// What the language says of the body.
    fn check_body(&mut self, routine: &Routine) -> Result<(), Stop> {
        let Body::Text(text) = &routine.body else { return unknown("a function that is written in C") };
        if &*routine.language == "sql" {
            self.check_pseudo_types(routine, "SQL")?;
            return if self.switches.check_bodies { self.check_sql(routine, text) } else { Ok(()) };
        }
        self.check_pseudo_types(routine, "PL/pgSQL")?;
        if self.switches.check_bodies { self.check_plpgsql(routine, text) } else { Ok(()) }
    }

    /// Refuses types that a language has no values of.
    fn check_pseudo_types(&self, routine: &Routine, language: &str) -> Result<(), Stop> {
        let pseudo = |oid: Oid| Type { oid, modifier: -1 }.is_pseudo() && !is_polymorphic(oid);
        let spelled = |oid| self.names.spelled(&self.catalog, Type { oid, modifier: -1 });
        let in_sql = language == "SQL";
        let state = if in_sql { SqlState::INVALID_FUNCTION_DEFINITION } else { SqlState::FEATURE_NOT_SUPPORTED };
        let result = routine.result;
        let may_return = [RECORD, VOID].contains(&result) || !in_sql && [TRIGGER, EVENT_TRIGGER].contains(&result);
        if pseudo(result) && !may_return {
            return refused(state, format!("{language} functions cannot return type {}", spelled(result)));
        }
        for argument in routine.argument_types() {
            if pseudo(argument) && (in_sql || argument != RECORD) {
                return refused(state, format!("{language} functions cannot accept type {}", spelled(argument)));
            }
        }
        Ok(())
    }
}

/// Returns which way the values of a parameter go.
pub(super) fn mode(written: Option<ast::ParamMode>) -> Mode {
    match written {
        Some(ast::ParamMode::ParamOut(_)) => Mode::Out,
        Some(ast::ParamMode::ParamInOut(_)) => Mode::InOut,
        Some(ast::ParamMode::ParamVariadic(_)) => Mode::Variadic,
        Some(ast::ParamMode::ParamIn(_)) | None => Mode::In,
    }
}

/// Refuses a name that another parameter has, unless one only goes in and the other only comes out.
fn unique(parameters: &[Parameter], name: &str, mode: Mode) -> Result<(), Stop> {
    let only_in = |mode| matches!(mode, Mode::In | Mode::Variadic);
    let only_out = |mode| matches!(mode, Mode::Out | Mode::Table);
    for other in parameters {
        let apart = only_in(mode) && only_out(other.mode) || only_out(mode) && only_in(other.mode);
        if !apart && other.name.as_deref() == Some(name) {
            let message = format!("parameter name \"{name}\" used more than once");
            return refused(SqlState::INVALID_FUNCTION_DEFINITION, message);
        }
    }
    Ok(())
}

/// `anyelement`, `anyarray`, `anynonarray`, `anyenum`
const OF_ELEMENTS: [Oid; 4] = [Oid(2283), Oid(2277), Oid(2776), Oid(3500)];
/// `anyrange`, `anymultirange`
const OF_RANGES: [Oid; 2] = [Oid(3831), Oid(4537)];
/// `anycompatible`, `anycompatiblearray`, `anycompatiblenonarray`
const OF_COMPATIBLE: [Oid; 3] = [Oid(5077), Oid(5078), Oid(5079)];
/// `anycompatiblerange`, `anycompatiblemultirange`
const OF_COMPATIBLE_RANGES: [Oid; 2] = [Oid(5080), Oid(4538)];

pub(super) fn is_polymorphic(oid: Oid) -> bool {
    [&OF_ELEMENTS[..], &OF_RANGES, &OF_COMPATIBLE, &OF_COMPATIBLE_RANGES].iter().any(|all| all.contains(&oid))
}

/// Returns whether the arguments of a call say what a result is; `check_valid_polymorphic_signature`.
pub(super) fn is_determined(result: Oid, arguments: &[Oid]) -> bool {
    let has = |all: &[&[Oid]]| arguments.iter().any(|argument| all.iter().any(|some| some.contains(argument)));
    if OF_RANGES.contains(&result) {
        has(&[&OF_RANGES])
    } else if OF_COMPATIBLE_RANGES.contains(&result) {
        has(&[&OF_COMPATIBLE_RANGES])
    } else if OF_ELEMENTS.contains(&result) {
        has(&[&OF_ELEMENTS, &OF_RANGES])
    } else if OF_COMPATIBLE.contains(&result) {
        has(&[&OF_COMPATIBLE, &OF_COMPATIBLE_RANGES])
    } else {
        true
    }
}

/// Returns a text as the catalog keeps it.
pub(super) fn text(literal: Option<ast::Literal>) -> Result<Arc<str>, Stop> {
    Ok(part(part(literal)?.string_value())?.into())
}
