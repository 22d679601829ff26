//! Bodies in PL/pgSQL, as far as Postgres looks at them when the routine is made: its own statements and variables, not
//! what the SQL inside mentions.

mod exception;
mod variable;

pub(super) use exception::CONDITIONS;

use std::collections::BTreeMap;

use super::syntax::part;
use super::{Play, Stop, refused, unknown};
use crate::catalog::{Mode, Oid, Routine, SqlState};
use crate::sql::ast::{self, AstNode, PlpgsqlStmt as S};
use crate::sql::plpgsql::Body;
use crate::sql::tree::{self, NoTree};
use exception::{check_condition, check_raise};
use variable::{Holds, Variable, check_arguments};

pub(super) const TRIGGER: Oid = Oid(2279);
pub(super) const EVENT_TRIGGER: Oid = Oid(3838);
pub(super) const VOID: Oid = Oid(2278);

/// Variables of every trigger's function beside `new` and `old`.
const OF_TRIGGERS: [&str; 10] = [
    "tg_name",
    "tg_when",
    "tg_level",
    "tg_op",
    "tg_relid",
    "tg_relname",
    "tg_table_name",
    "tg_table_schema",
    "tg_nargs",
    "tg_argv",
];

/// A block, a loop, or what is around the outermost block.
#[derive(Default)]
struct Level {
    label: Option<String>,
    is_loop: bool,
    variables: BTreeMap<String, Variable>,
}

/// How a routine gives its result back.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Returns {
    set: bool,
    outputs: bool,
    void: bool,
    procedure: bool,
}

struct Check<'a> {
    play: &'a Play<'a>,
    body: &'a Body,
    returns: Returns,
    arguments: usize,
    levels: Vec<Level>,
}

impl Play<'_> {
    /// Refuses a body that Postgres refuses.
    pub(super) fn check_plpgsql(&self, routine: &Routine, text: &str) -> Result<(), Stop> {
        let body = match Body::read(text) {
            Ok(body) => body,
            Err(NoTree::Syntax(message)) => return refused(SqlState::SYNTAX_ERROR, message),
            Err(NoTree::Unread(why)) => return unknown(why),
            Err(NoTree::DropValue) => return unknown("a body that is not read here"),
        };
        let is_trigger = [TRIGGER, EVENT_TRIGGER].contains(&routine.result);
        if is_trigger && routine.inputs().next().is_some() {
            let message = "trigger functions cannot have declared arguments";
            return refused(SqlState::INVALID_FUNCTION_DEFINITION, message);
        }
        let names: Vec<&str> = routine.parameters.iter().filter_map(|it| it.name.as_deref()).collect();
        if let Some(twice) = names.iter().enumerate().find(|(at, name)| names.iter().take(*at).any(|it| it == *name)) {
            let message = format!("parameter name \"{}\" used more than once", twice.1);
            return refused(SqlState::INVALID_FUNCTION_DEFINITION, message);
        }
        let plain = |holds| Variable { holds, constant: false };
        let mut around = Level { label: Some(routine.name.to_string()), ..Level::default() };
        around.variables.insert("found".to_owned(), plain(Holds::Scalar(Oid(16))));
        for parameter in &routine.parameters {
            if let Some(name) = &parameter.name {
                around.variables.insert(name.to_string(), plain(self.holds(parameter.of)));
            }
        }
        if routine.result == TRIGGER {
            for row in ["new", "old"] {
                around.variables.insert(row.to_owned(), plain(Holds::Row));
            }
            for name in OF_TRIGGERS {
                around.variables.insert(name.to_owned(), plain(Holds::Scalar(Oid(25))));
            }
        }
        if routine.result == EVENT_TRIGGER {
            for name in ["tg_event", "tg_tag"] {
                around.variables.insert(name.to_owned(), plain(Holds::Scalar(Oid(25))));
            }
        }
        let returns = Returns {
            set: routine.returns_set,
            outputs: routine.outputs().next().is_some(),
            void: routine.result == VOID,
            procedure: routine.word() == "procedure",
        };
        let arguments = routine.parameters.iter().filter(|it| it.mode != Mode::Table).count();
        let mut check = Check { play: self, body: &body, returns, arguments, levels: vec![around] };
        check.block(&body.block)
    }
}

fn syntax<T>(message: impl Into<String>) -> Result<T, Stop> {
    refused(SqlState::SYNTAX_ERROR, message)
}

fn mismatch<T>(message: impl Into<String>) -> Result<T, Stop> {
    refused(SqlState::DATATYPE_MISMATCH, message)
}

impl Check<'_> {
    fn block(&mut self, block: &ast::PlpgsqlBlock) -> Result<(), Stop> {
        let label = block.label().and_then(|label| label.name()).map(|name| one(&name)).transpose()?;
        check_end(label.as_deref(), block.end_label())?;
        self.levels.push(Level { label, ..Level::default() });
        if let Some(section) = block.declare_section() {
            for declaration in section.decls() {
                self.declare(declaration)?;
            }
        }
        self.statements(block.body())?;
        if let Some(section) = block.exception() {
            for handler in section.handlers() {
                for condition in handler.conditions() {
                    check_condition(&condition, true)?;
                }
                let own = ["sqlstate", "sqlerrm"];
                let variable = Variable { holds: Holds::Scalar(Oid(25)), constant: true };
                let variables = own.map(|name| (name.to_owned(), variable)).into();
                self.levels.push(Level { variables, ..Level::default() });
                self.statements(handler.body())?;
                self.levels.pop();
            }
        }
        self.levels.pop();
        Ok(())
    }

    fn statements(&mut self, body: Option<ast::PlpgsqlBody>) -> Result<(), Stop> {
        let Some(body) = body else { return Ok(()) };
        body.stmts().try_for_each(|statement| self.statement(statement))
    }

    fn statement(&mut self, statement: S) -> Result<(), Stop> {
        match statement {
            S::PlpgsqlBlock(block) => self.block(&block),
            S::PlpgsqlAssignStmt(assign) => {
                let target = assign.syntax().children().find_map(ast::PlpgsqlAssignTarget::cast);
                self.assign(&part(target)?)
            }
            S::PlpgsqlIfStmt(branch) => {
                self.statements(branch.then_body())?;
                for other in branch.elsifs() {
                    self.statements(other.body())?;
                }
                self.statements(branch.else_clause().and_then(|it| it.body()))
            }
            S::PlpgsqlCaseStmt(case) => {
                for when in case.whens() {
                    self.statements(when.body())?;
                }
                self.statements(case.else_clause().and_then(|it| it.body()))
            }
            S::PlpgsqlLoopStmt(it) => self.looped(it.label(), it.end_label(), it.body(), None),
            S::PlpgsqlWhileStmt(it) => self.looped(it.label(), it.end_label(), it.body(), None),
            S::PlpgsqlForIStmt(it) => {
                let mut names = it.vars().map(|variable| one(&variable)).collect::<Result<Vec<_>, _>>()?;
                match (names.pop(), names.is_empty()) {
                    (Some(name), true) => self.looped(it.label(), it.end_label(), it.body(), Some(name)),
                    _ => syntax("integer FOR loop must have only one target variable"),
                }
            }
            S::PlpgsqlForQueryStmt(it) => {
                self.rows(it.vars())?;
                self.looped(it.label(), it.end_label(), it.body(), None)
            }
            S::PlpgsqlForDynStmt(it) => {
                self.rows(it.vars())?;
                self.looped(it.label(), it.end_label(), it.body(), None)
            }
            S::PlpgsqlForEachStmt(it) => {
                for variable in it.vars() {
                    let path = part(tree::parts(&variable))?;
                    if self.target(&path)?.is_none() {
                        return syntax("loop variable of FOREACH must be a known variable or list of variables");
                    }
                }
                self.looped(it.label(), it.end_label(), it.body(), None)
            }
            S::PlpgsqlExitStmt(it) => self.leave(it.label(), false),
            S::PlpgsqlContinueStmt(it) => self.leave(it.label(), true),
            S::PlpgsqlReturnStmt(it) => self.return_value(it.expr().is_some()),
            S::PlpgsqlReturnNextStmt(it) => match it.expr().is_some() {
                _ if !self.returns.set => mismatch("cannot use RETURN NEXT in a non-SETOF function"),
                true if self.returns.outputs => {
                    mismatch("RETURN NEXT cannot have a parameter in function with OUT parameters")
                }
                false if !self.returns.outputs => syntax("missing expression"),
                _ => Ok(()),
            },
            S::PlpgsqlReturnQueryStmt(_) | S::PlpgsqlReturnQueryExecuteStmt(_) => match self.returns.set {
                true => Ok(()),
                false => mismatch("cannot use RETURN QUERY in a non-SETOF function"),
            },
            S::PlpgsqlRaiseStmt(it) => check_raise(&it),
            S::PlpgsqlExecSqlStmt(it) => {
                let body = self.body;
                for into in body.results_of(&it) {
                    let Some(targets) = &into.targets else { return unknown("a target that is not read here") };
                    self.results(targets)?;
                }
                Ok(())
            }
            S::PlpgsqlDynExecuteStmt(it) => self.check_into(it.into_clause()),
            S::PlpgsqlGetDiagStmt(it) => self.diagnostics(&it),
            S::PlpgsqlOpenStmt(it) => {
                let takes = self.cursor(it.cursor())?;
                match (takes, it.args(), it.source()) {
                    (None, None, Some(_)) => Ok(()),
                    (Some(takes), args, None) => check_arguments(takes, args),
                    (None, ..) => syntax("a cursor without a query is opened with FOR"),
                    (Some(_), _, Some(_)) => syntax("a cursor with a query is opened without FOR"),
                }
            }
            S::PlpgsqlCloseStmt(it) => self.cursor(it.cursor()).map(|_| ()),
            S::PlpgsqlFetchStmt(it) => {
                self.cursor(it.cursor())?;
                self.check_into(it.into_clause())
            }
            S::PlpgsqlMoveStmt(it) => self.cursor(it.cursor()).map(|_| ()),
            S::PlpgsqlForCursorStmt(it) => {
                let takes = self.cursor(it.cursor())?;
                let mut names = it.vars().map(|variable| one(&variable)).collect::<Result<Vec<_>, _>>()?;
                let Some(name) = names.pop().filter(|_| names.is_empty()) else {
                    return syntax("cursor FOR loop must have only one target variable");
                };
                let Some(takes) = takes else {
                    return syntax("cursor FOR loop must use a bound cursor variable");
                };
                check_arguments(takes, it.args())?;
                self.looped_over(it.label(), it.end_label(), it.body(), Some((name, Holds::Row)))
            }
            S::PlpgsqlPerformStmt(_)
            | S::PlpgsqlCallStmt(_)
            | S::PlpgsqlDoStmt(_)
            | S::PlpgsqlAssertStmt(_)
            | S::PlpgsqlNullStmt(_)
            | S::PlpgsqlCommitStmt(_)
            | S::PlpgsqlRollbackStmt(_) => Ok(()),
        }
    }

    fn looped(
        &mut self,
        label: Option<ast::PlpgsqlLabel>,
        end: Option<ast::PlpgsqlLabelNameRef>,
        body: Option<ast::PlpgsqlBody>,
        counter: Option<String>,
    ) -> Result<(), Stop> {
        let counter = counter.map(|name| (name, Holds::Scalar(Oid(23))));
        self.looped_over(label, end, body, counter)
    }

    /// A loop with a variable of its own.
    fn looped_over(
        &mut self,
        label: Option<ast::PlpgsqlLabel>,
        end: Option<ast::PlpgsqlLabelNameRef>,
        body: Option<ast::PlpgsqlBody>,
        own: Option<(String, Holds)>,
    ) -> Result<(), Stop> {
        let label = label.and_then(|label| label.name()).map(|name| one(&name)).transpose()?;
        check_end(label.as_deref(), end)?;
        let variables = own.map(|(name, holds)| (name, Variable { holds, constant: false })).into_iter().collect();
        self.levels.push(Level { label, is_loop: true, variables });
        self.statements(body)?;
        self.levels.pop();
        Ok(())
    }

    fn return_value(&self, has_value: bool) -> Result<(), Stop> {
        let Returns { set, outputs, void, procedure } = self.returns;
        if set {
            return if has_value {
                mismatch("RETURN cannot have a parameter in function returning set")
            } else {
                Ok(())
            };
        }
        if outputs {
            let message = "RETURN cannot have a parameter in function with OUT parameters";
            return if has_value { mismatch(message) } else { Ok(()) };
        }
        match (void, has_value) {
            (true, true) if procedure => syntax("RETURN cannot have a parameter in a procedure"),
            (true, true) => mismatch("RETURN cannot have a parameter in function returning void"),
            (false, false) => syntax("missing expression"),
            _ => Ok(()),
        }
    }

    fn leave(&self, label: Option<ast::PlpgsqlLabelNameRef>, again: bool) -> Result<(), Stop> {
        let word = if again { "CONTINUE" } else { "EXIT" };
        let Some(label) = label else {
            if self.levels.iter().any(|level| level.is_loop) {
                return Ok(());
            }
            return syntax(format!("{word} cannot be used outside a loop"));
        };
        let label = one(&label)?;
        let found = self.levels.iter().skip(1).rev().find(|level| level.label.as_deref() == Some(label.as_str()));
        match found {
            None => {
                syntax(format!("there is no label \"{label}\" attached to any block or loop enclosing this statement"))
            }
            Some(level) if again && !level.is_loop => {
                syntax(format!("block label \"{label}\" cannot be used in CONTINUE"))
            }
            Some(_) => Ok(()),
        }
    }
}

/// Returns a name without dots.
fn one(node: &impl AstNode) -> Result<String, Stop> {
    match tree::parts(node).as_deref() {
        Some([name]) => Ok(name.clone()),
        _ => unknown("a name that is not read here"),
    }
}

fn check_end(label: Option<&str>, end: Option<ast::PlpgsqlLabelNameRef>) -> Result<(), Stop> {
    let Some(end) = end.map(|end| one(&end)).transpose()? else { return Ok(()) };
    match label {
        None => syntax(format!("end label \"{end}\" specified for unlabeled block")),
        Some(label) if label != end => syntax(format!("end label \"{end}\" differs from block's label \"{label}\"")),
        Some(_) => Ok(()),
    }
}
