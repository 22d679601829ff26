//! Bodies in PL/pgSQL, as far as Postgres looks at them when the routine is made: its own statements and variables, not
//! what the SQL inside mentions.

use std::collections::BTreeMap;

use super::syntax::{part, type_name};
use super::{Play, Stop, refused, unknown};
use crate::catalog::{Mode, Oid, QualifiedName, Routine, SqlState, UserTypeKind};
use crate::sql::TypeName;
use crate::sql::ast::{self, AstNode, PlpgsqlDecl as Decl, PlpgsqlStmt as S};
use crate::sql::plpgsql::Body;
use crate::sql::tree::{self, NoTree};

const RECORD: Oid = Oid(2249);
pub(super) const TRIGGER: Oid = Oid(2279);
pub(super) const EVENT_TRIGGER: Oid = Oid(3838);
pub(super) const VOID: Oid = Oid(2278);

/// Names that an exception can have, with their SQLSTATEs.
pub(super) const CONDITIONS: &str = include_str!("plpgsql/conditions.txt");
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

/// What a variable holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    /// One value.
    Scalar(Oid),
    /// A row.
    Row,
    /// A cursor with its query, and how many arguments that takes.
    Cursor(usize),
    /// One or the other, by the arguments of a call.
    Either,
}

#[derive(Debug, Clone, Copy)]
struct Variable {
    holds: Holds,
    constant: bool,
}

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

    fn holds(&self, of: Oid) -> Holds {
        match of {
            RECORD => Holds::Row,
            // Rows are elements too.
            Oid(2283 | 2776 | 5077 | 5079) => Holds::Either,
            _ => match self.catalog.user_type(of).filter(|found| found.oid == of).map(|found| &found.kind) {
                Some(UserTypeKind::Row(_)) => Holds::Row,
                Some(UserTypeKind::Domain(domain)) => self.holds(domain.base.oid),
                _ => Holds::Scalar(of),
            },
        }
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

    fn declare(&mut self, declaration: Decl) -> Result<(), Stop> {
        let (name, variable) = match declaration {
            Decl::PlpgsqlVarDecl(variable) => {
                let name = one(&part(variable.name())?)?;
                let of = self.declared(part(variable.ty())?, &name)?;
                if variable.not_null().is_some() && variable.init().is_none() {
                    let message =
                        format!("variable \"{name}\" must have a default value, since it's declared NOT NULL");
                    return refused(SqlState("22004"), message);
                }
                super::syntax::none(variable.collate(), "the collation of a variable")?;
                let constant = variable
                    .syntax()
                    .children_with_tokens()
                    .any(|child| child.as_token().is_some_and(|token| token.text().eq_ignore_ascii_case("constant")));
                (name, Variable { holds: of, constant })
            }
            Decl::PlpgsqlCursorDecl(cursor) => {
                let takes = cursor.args().map_or(0, |args| args.plpgsql_cursor_args().count());
                (one(&part(cursor.name())?)?, Variable { holds: Holds::Cursor(takes), constant: false })
            }
            Decl::PlpgsqlAliasDecl(_) => return unknown("ALIAS of a variable"),
        };
        let Some(level) = self.levels.last_mut() else { return Ok(()) };
        match level.variables.insert(name, variable) {
            Some(_) => syntax("duplicate declaration"),
            None => Ok(()),
        }
    }

    /// Returns what a variable of a type holds.
    fn declared(&self, of: ast::PlpgsqlDeclType, name: &str) -> Result<Holds, Stop> {
        let ty = match of {
            ast::PlpgsqlDeclType::PlpgsqlPercentRowtype(row) => {
                let parts = part(tree::parts(&part(row.path_ref())?))?;
                return match self.relation(&parts) {
                    Some(_) => Ok(Holds::Row),
                    None => unknown("the rows of what is not found"),
                };
            }
            ast::PlpgsqlDeclType::FuncType(ast::FuncType::PercentType(of)) => {
                let parts = part(tree::parts(&part(of.path_ref())?))?;
                if let [name] = parts.as_slice()
                    && let Some(variable) = self.variable(name)
                {
                    return Ok(variable.holds);
                }
                if let Some((column, table)) = parts.split_last()
                    && let Some(found) = self.relation(table).and_then(|oid| self.play.catalog.relation(oid))
                    && let Some(column) = found.column(column)
                {
                    return Ok(self.play.holds(column.of.oid));
                }
                return unknown("the type of what is not found");
            }
            ast::PlpgsqlDeclType::FuncType(ast::FuncType::Type(ty)) => ty,
        };
        let written: TypeName = type_name(Some(ty))?;
        let of = self.play.names.data_type(&self.play.catalog, &written)?;
        if of.is_pseudo() && of.oid != RECORD {
            let message = format!("variable \"{name}\" has pseudo-type {}", written.name);
            return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        }
        Ok(self.play.holds(of.oid))
    }

    fn relation(&self, parts: &[String]) -> Option<Oid> {
        let name = match parts {
            [name] => QualifiedName { schema: None, name: name.clone() },
            [schema, name] => QualifiedName { schema: Some(schema.clone()), name: name.clone() },
            _ => return None,
        };
        self.play.names.relation(&self.play.catalog, &name).ok()
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

    fn rows(&self, variables: impl Iterator<Item = ast::PlpgsqlForVariable>) -> Result<(), Stop> {
        let mut targets = Vec::new();
        for variable in variables {
            let path = part(tree::parts(&variable))?;
            if self.target(&path)?.is_none() {
                let message = "loop variable of loop over rows must be a record variable or list of scalar variables";
                return syntax(message);
            }
            targets.push(path);
        }
        self.results(&targets)
    }

    fn check_into(&self, clause: Option<ast::PlpgsqlIntoClause>) -> Result<(), Stop> {
        let Some(targets) = clause.and_then(|clause| clause.targets()) else { return Ok(()) };
        let paths = targets.plpgsql_into_targets().map(|target| part(tree::parts(&target)));
        self.results(&paths.collect::<Result<Vec<_>, _>>()?)
    }

    /// Refuses variables that cannot take the columns of a row.
    fn results(&self, targets: &[Vec<String>]) -> Result<(), Stop> {
        for path in targets {
            match self.target(path)? {
                None => return syntax(format!("\"{}\" is not a known variable", path.join("."))),
                Some(Variable { constant: true, .. }) => {
                    return refused(SqlState("22005"), "a variable is declared CONSTANT");
                }
                Some(Variable { holds: Holds::Row, .. }) if targets.len() > 1 => {
                    return syntax("record variable cannot be part of multiple-item INTO list");
                }
                Some(Variable { holds: Holds::Either, .. }) if targets.len() > 1 => {
                    return unknown("a variable of any type");
                }
                Some(_) => {}
            }
        }
        Ok(())
    }

    fn diagnostics(&self, statement: &ast::PlpgsqlGetDiagStmt) -> Result<(), Stop> {
        let stacked = statement.area().is_some_and(|area| tree::text(&area).eq_ignore_ascii_case("stacked"));
        for item in part(statement.items())?.plpgsql_diag_items() {
            let kind = tree::text(&part(item.kind())?).to_ascii_lowercase();
            let current = ["row_count", "pg_context", "pg_routine_oid", "result_oid"].contains(&kind.as_str());
            if stacked && current && kind != "pg_context" || !stacked && !current {
                let area = if stacked { "STACKED" } else { "CURRENT" };
                return syntax(format!("diagnostics item {kind} is not allowed in GET {area} DIAGNOSTICS"));
            }
            if ["pg_routine_oid", "result_oid"].contains(&kind.as_str()) {
                return unknown("this item of GET DIAGNOSTICS");
            }
            let target = item.syntax().children().find_map(ast::PlpgsqlDiagTarget::cast);
            let path = part(tree::parts(&part(target)?))?;
            match self.target(&path)? {
                Some(Variable { holds: Holds::Scalar(_), constant: false }) => {}
                None => return syntax(format!("\"{}\" is not a known variable", path.join("."))),
                Some(_) => return unknown("this target of GET DIAGNOSTICS"),
            }
        }
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

    fn assign(&self, target: &ast::PlpgsqlAssignTarget) -> Result<(), Stop> {
        let name = part(target.name())?;
        let text = tree::text(&name);
        if let Some(number) = text.strip_prefix('$') {
            return match number.parse::<usize>() {
                Ok(number) if (1..=self.arguments).contains(&number) => Ok(()),
                _ => syntax(format!("\"{text}\" is not a known variable")),
            };
        }
        let mut path = vec![one(&name)?];
        for accessor in target.accessors() {
            // What stands behind an index is looked at when the statement runs.
            match accessor {
                ast::Accessor::FieldAccessor(field) => path.extend(part(tree::parts(&field))?),
                _ => break,
            }
        }
        match self.target(&path)? {
            None => syntax(format!("\"{}\" is not a known variable", path.join("."))),
            Some(Variable { constant: true, .. }) => {
                refused(SqlState("22005"), format!("variable \"{}\" is declared CONSTANT", path.join(".")))
            }
            Some(Variable { holds: Holds::Cursor(_), .. }) => unknown("a cursor in a body"),
            Some(_) => Ok(()),
        }
    }

    /// Returns how many arguments a cursor takes; none for one that has no query yet.
    fn cursor(&self, variable: Option<ast::PlpgsqlCursorVariableRef>) -> Result<Option<usize>, Stop> {
        /// `refcursor`
        const REFCURSOR: Oid = Oid(1790);
        let path = part(tree::parts(&part(variable)?))?;
        match self.target(&path)?.map(|variable| variable.holds) {
            None => syntax(format!("\"{}\" is not a known variable", path.join("."))),
            Some(Holds::Cursor(takes)) => Ok(Some(takes)),
            Some(Holds::Scalar(REFCURSOR)) => Ok(None),
            Some(Holds::Scalar(_)) => mismatch("the variable must be of type cursor or refcursor"),
            Some(Holds::Row) => mismatch("cursor variable must be a simple variable"),
            Some(Holds::Either) => unknown("a variable of any type"),
        }
    }

    fn variable(&self, name: &str) -> Option<Variable> {
        self.levels.iter().rev().find_map(|level| level.variables.get(name)).copied()
    }

    /// Returns the variable of a dotted name, or the field of one; `plpgsql_ns_lookup`.
    fn target(&self, path: &[String]) -> Result<Option<Variable>, Stop> {
        let [first, rest @ ..] = path else { return Ok(None) };
        let field = |variable: Variable, rest: &[String]| match (variable.holds, rest) {
            (_, []) => Ok(Some(variable)),
            (Holds::Row, [_]) => Ok(Some(Variable { holds: Holds::Scalar(Oid(0)), ..variable })),
            (Holds::Scalar(_), [_]) => Ok(None),
            _ => unknown("a variable that is not read here"),
        };
        for level in self.levels.iter().rev() {
            if let Some(variable) = level.variables.get(first) {
                return field(*variable, rest);
            }
            if let [second, rest @ ..] = rest
                && level.label.as_deref() == Some(first.as_str())
                && let Some(variable) = level.variables.get(second)
            {
                return field(*variable, rest);
            }
        }
        Ok(None)
    }
}

/// Returns a name without dots.
fn one(node: &impl AstNode) -> Result<String, Stop> {
    match tree::parts(node).as_deref() {
        Some([name]) => Ok(name.clone()),
        _ => unknown("a name that is not read here"),
    }
}

fn check_arguments(takes: usize, given: Option<ast::ArgList>) -> Result<(), Stop> {
    match (takes, given.map(|given| given.args().count())) {
        (0, None) => Ok(()),
        (0, Some(_)) => syntax("the cursor has no arguments"),
        (_, None) => syntax("the cursor has arguments"),
        (takes, Some(given)) if takes == given => Ok(()),
        _ => syntax("the cursor takes another number of arguments"),
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

/// Refuses the name of a condition that there is none of, and what is no SQLSTATE.
fn check_condition(condition: &ast::PlpgsqlCondition, others: bool) -> Result<(), Stop> {
    let words = tree::words(condition);
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [word, state] if word.eq_ignore_ascii_case("sqlstate") => {
            let state = state.strip_prefix('\'').and_then(|state| state.strip_suffix('\''));
            let is_state =
                |state: &str| state.len() == 5 && state.chars().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase());
            match state {
                Some(state) if is_state(state) => Ok(()),
                Some(_) => syntax("invalid SQLSTATE code"),
                None => unknown("a SQLSTATE that is not read here"),
            }
        }
        [name] => {
            let name = crate::sql::fold(name).unwrap_or_default();
            if others && name == "others"
                || CONDITIONS.lines().any(|known| known.split(' ').next() == Some(name.as_str()))
            {
                return Ok(());
            }
            refused(SqlState::UNDEFINED_OBJECT, format!("unrecognized exception condition \"{name}\""))
        }
        _ => unknown("a condition that is not read here"),
    }
}

fn check_raise(statement: &ast::PlpgsqlRaiseStmt) -> Result<(), Stop> {
    if let Some(condition) = statement.condition_name() {
        check_condition(&condition, false)?;
    }
    let Some(message) = statement.message() else { return Ok(()) };
    let Some(format) = part(message.literal())?.string_value() else {
        return unknown("a message that is not read here");
    };
    let (mut places, mut chars) = (0, format.chars().peekable());
    while let Some(c) = chars.next() {
        if c == '%' && chars.next_if_eq(&'%').is_none() {
            places += 1;
        }
    }
    match statement.params().count().cmp(&places) {
        std::cmp::Ordering::Less => syntax("too few parameters specified for RAISE"),
        std::cmp::Ordering::Greater => syntax("too many parameters specified for RAISE"),
        std::cmp::Ordering::Equal => Ok(()),
    }
}
