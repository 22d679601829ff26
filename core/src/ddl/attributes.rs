//! What stands behind the arguments of a routine: language, volatility, cost, settings.

use super::function::text;
use super::syntax::part;
use super::{Stop, refused, unknown};
use crate::catalog::function::Volatility;
use crate::catalog::{Parallel, Routine, SqlState};
use crate::sql::ast::{self, FuncOption as O};
use crate::sql::tree;

/// Attributes as a statement names them.
#[derive(Default)]
pub(super) struct Attributes {
    pub(super) language: Option<String>,
    /// What stands behind AS: a body, or an object file and a symbol.
    pub(super) body: Vec<String>,
    pub(super) window: bool,
    pub(super) transforms: bool,
    pub(super) support: bool,
    pub(super) rows: Option<String>,
    volatility: Option<Volatility>,
    parallel: Option<Parallel>,
    strict: Option<bool>,
    security_definer: Option<bool>,
    leakproof: Option<bool>,
    cost: Option<String>,
    settings: Vec<Setting>,
}

/// `SET` or `RESET` among attributes.
enum Setting {
    To(String, Vec<String>),
    Gone(String),
    AllGone,
}

/// Settings whose value is a list of names.
const LISTS: [&str; 5] = [
    "search_path",
    "temp_tablespaces",
    "session_preload_libraries",
    "local_preload_libraries",
    "shared_preload_libraries",
];
/// Settings of one value that is a time.
const TIMES: [&str; 3] = ["lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout"];
/// Settings of one value that is a size of memory.
const SIZES: [&str; 2] = ["work_mem", "maintenance_work_mem"];

impl Attributes {
    pub(super) fn read(options: &[O], procedure: bool) -> Result<Self, Stop> {
        let mut read = Self::default();
        for option in options {
            let of_functions = matches!(
                option,
                O::WindowFuncOption(_)
                    | O::VolatilityFuncOption(_)
                    | O::StrictFuncOption(_)
                    | O::CalledOnNullInputFuncOption(_)
                    | O::ReturnsNullOnNullInputFuncOption(_)
                    | O::LeakproofFuncOption(_)
                    | O::NotLeakproofFuncOption(_)
                    | O::CostFuncOption(_)
                    | O::RowsFuncOption(_)
                    | O::SupportFuncOption(_)
                    | O::ParallelFuncOption(_)
            );
            if procedure && of_functions {
                let message = "invalid attribute in procedure definition";
                return refused(SqlState::INVALID_FUNCTION_DEFINITION, message);
            }
            read.read_one(option)?;
        }
        for (number, word) in [(&read.cost, "COST"), (&read.rows, "ROWS")] {
            if let Some(number) = number
                && number.parse::<f64>().is_ok_and(|number| number <= 0.0)
            {
                return refused(SqlState::INVALID_PARAMETER_VALUE, format!("{word} must be positive"));
            }
        }
        Ok(read)
    }

    fn read_one(&mut self, option: &O) -> Result<(), Stop> {
        match option {
            O::AsFuncOption(option) => match part(option.as_func_target())? {
                ast::AsFuncTarget::AsDefinition(body) => self.body = vec![text(body.literal())?.to_string()],
                ast::AsFuncTarget::AsObjFile(_) => self.body = vec![String::new(), String::new()],
            },
            O::LanguageFuncOption(option) => self.language = Some(part(option.language_name())?.name),
            O::WindowFuncOption(_) => self.window = true,
            O::VolatilityFuncOption(option) => {
                self.volatility = Some(match option {
                    ast::VolatilityFuncOption::Immutable(_) => Volatility::Immutable,
                    ast::VolatilityFuncOption::Stable(_) => Volatility::Stable,
                    ast::VolatilityFuncOption::Volatile(_) => Volatility::Volatile,
                });
            }
            O::CalledOnNullInputFuncOption(_) => self.strict = Some(false),
            O::StrictFuncOption(_) | O::ReturnsNullOnNullInputFuncOption(_) => self.strict = Some(true),
            O::SecurityDefinerFuncOption(_) => self.security_definer = Some(true),
            O::SecurityInvokerFuncOption(_) => self.security_definer = Some(false),
            O::LeakproofFuncOption(_) => self.leakproof = Some(true),
            O::NotLeakproofFuncOption(_) => self.leakproof = Some(false),
            O::ParallelFuncOption(option) => {
                let word = option.ident_token().map(|token| token.text().to_ascii_lowercase());
                self.parallel = Some(match word.as_deref() {
                    Some("safe") => Parallel::Safe,
                    Some("restricted") => Parallel::Restricted,
                    Some("unsafe") => Parallel::Unsafe,
                    _ => {
                        let message = "parameter \"parallel\" must be SAFE, RESTRICTED, or UNSAFE";
                        return refused(SqlState::SYNTAX_ERROR, message);
                    }
                });
            }
            O::CostFuncOption(option) => self.cost = Some(number(option.literal())?),
            O::RowsFuncOption(option) => self.rows = Some(number(option.literal())?),
            O::TransformFuncOption(_) => self.transforms = true,
            O::SupportFuncOption(_) => self.support = true,
            O::SetFuncOption(option) => self.settings.push(setting(option)?),
            O::ResetFuncOption(option) => self.settings.push(match option.config_parameter_ref() {
                Some(name) => Setting::Gone(part(tree::parts(&name))?.join(".")),
                None => Setting::AllGone,
            }),
        }
        Ok(())
    }

    /// Gives a routine what is named; the rest stays as it is.
    pub(super) fn apply(self, routine: &mut Routine) -> Result<(), Stop> {
        if self.rows.is_some() && !routine.returns_set {
            let message = "ROWS is not applicable when function does not return a set";
            return refused(SqlState::INVALID_PARAMETER_VALUE, message);
        }
        routine.volatility = self.volatility.unwrap_or(routine.volatility);
        routine.parallel = self.parallel.unwrap_or(routine.parallel);
        routine.strict = self.strict.unwrap_or(routine.strict);
        routine.security_definer = self.security_definer.unwrap_or(routine.security_definer);
        routine.leakproof = self.leakproof.unwrap_or(routine.leakproof);
        // What a language or a set has by itself is not shown.
        if let Some(cost) = self.cost {
            routine.cost = (cost != "100").then(|| cost.into());
        }
        if let Some(rows) = self.rows {
            routine.rows = (rows != "1000").then(|| rows.into());
        }
        for setting in self.settings {
            match setting {
                Setting::AllGone => routine.settings.clear(),
                Setting::Gone(name) => routine.settings.retain(|(other, _)| *other != name),
                Setting::To(name, values) => match routine.settings.iter_mut().find(|(other, _)| *other == name) {
                    Some((_, old)) => *old = values,
                    None => routine.settings.push((name, values)),
                },
            }
        }
        Ok(())
    }
}

/// Returns a number as `%g` prints it.
fn number(literal: Option<ast::Literal>) -> Result<String, Stop> {
    let written = tree::text(&part(literal)?);
    match written.parse::<u32>() {
        Ok(number) if number < 1_000_000 => Ok(number.to_string()),
        _ => match written.parse::<f64>() {
            Ok(number) if number <= 0.0 => Ok("0".to_owned()),
            Ok(number) if written.len() <= 6 && !written.contains(['e', 'E']) => Ok(number.to_string()),
            _ => unknown("a number that is not read here"),
        },
    }
}

fn setting(option: &ast::SetFuncOption) -> Result<Setting, Stop> {
    let setting = part(option.set_config_param())?;
    let name = part(tree::parts(&part(setting.config_parameter_ref())?))?.join(".");
    let Some(ast::ConfigAssignment::ToConfigValue(value)) = setting.config_assignment() else {
        return unknown("a setting that is taken from the session");
    };
    if value.default_token().is_some() {
        return Ok(Setting::Gone(name));
    }
    let mut values = Vec::new();
    for value in value.config_values() {
        match value {
            ast::ConfigValue::Literal(literal) => {
                let written = tree::text(&literal);
                let is_number = written.starts_with(|c: char| c.is_ascii_digit());
                values.push(if is_number { written } else { part(literal.string_value())? });
            }
            ast::ConfigValue::ConfigValueName(name) => values.push(super::syntax::name(Some(name))?),
            ast::ConfigValue::PrefixExpr(_) => return unknown("a value that is not read here"),
        }
    }
    let custom = name.contains('.') || name == "application_name";
    match values.as_slice() {
        _ if LISTS.contains(&name.as_str()) => Ok(Setting::To(name, values)),
        [_] if custom => Ok(Setting::To(name, values)),
        [value] if TIMES.contains(&name.as_str()) && is_number(value, &["", "ms", "s", "min", "h"]) => {
            Ok(Setting::To(name, values))
        }
        [value] if SIZES.contains(&name.as_str()) && is_number(value, &["MB", "GB"]) => Ok(Setting::To(name, values)),
        // Whether there is such a setting, and whether the value makes sense, is for the server to say.
        _ => unknown("a setting that is not known here"),
    }
}

/// Returns whether a value is a small number with one of these units.
fn is_number(value: &str, units: &[&str]) -> bool {
    let digits = value.chars().take_while(char::is_ascii_digit).count();
    (1..=3).contains(&digits) && value.get(digits..).is_some_and(|unit| units.contains(&unit))
}
