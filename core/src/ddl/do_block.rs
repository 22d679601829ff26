//! `DO`: blocks whose course does not depend on rows are followed, statement by statement.

use super::block_value::{Value, Variables};
use super::function::text;
use super::plpgsql::{CONDITIONS, VOID};
use super::syntax::part;
use super::{Play, Stop, refused, unknown};
use crate::catalog::function::{Kind, Volatility};
use crate::catalog::{Body as RoutineBody, Oid, PUBLIC, Parallel, Refusal, Routine, SqlState};
use crate::sql::ast::{self, PlpgsqlStmt as S};
use crate::sql::fold;
use crate::sql::plpgsql::Body;
use crate::sql::tree::{self, NoTree};

/// Triggers that fire triggers so deep are not followed.
const DEEPEST: usize = 4;

/// Where a statement leads.
#[derive(PartialEq, Eq)]
pub(super) enum Flow {
    On,
    /// `RETURN`
    Out,
}

/// A block while it is followed.
pub(super) struct Run<'b> {
    body: &'b Body,
    pub(super) variables: Variables,
    /// The types of the variables, as they are written.
    pub(super) types: Vec<String>,
    /// Turns of loops so far.
    pub(super) turns: usize,
    /// How many exception handlers are around the statement: in them alone are `SQLERRM` and `SQLSTATE` variables.
    handlers: usize,
}

impl<'b> Run<'b> {
    fn of(body: &'b Body) -> Self {
        Self { body, variables: Variables::default(), types: Vec::new(), turns: 0, handlers: 0 }
    }

    /// Returns the type of a variable.
    pub(super) fn type_of(&self, name: &str) -> Option<&str> {
        let at = self.variables.0.iter().rposition(|(known, _)| known == name)?;
        self.types.get(at).map(String::as_str)
    }

    /// Leaves the last variables.
    pub(super) fn forget(&mut self, count: usize) {
        let rest = self.types.len().saturating_sub(count);
        self.variables.0.truncate(rest);
        self.types.truncate(rest);
    }
}

impl Play<'_> {
    pub(super) fn do_block(&mut self, tree: &ast::Do) -> Result<(), Stop> {
        let language = tree.do_language().map(|language| {
            let words = tree::words(&language);
            words.last().map(|word| word.trim_matches('\'').to_ascii_lowercase()).unwrap_or_default()
        });
        match language.as_deref() {
            None | Some("plpgsql") => {}
            Some("sql" | "c" | "internal") => {
                return refused(SqlState::FEATURE_NOT_SUPPORTED, "language does not support inline code execution");
            }
            Some(_) => return unknown("a block in another language"),
        }
        let text = text(tree.body())?;
        let body = match Body::read(&text) {
            Ok(body) => body,
            Err(NoTree::Syntax(message)) => return refused(SqlState::SYNTAX_ERROR, message),
            Err(NoTree::Unread(why)) => return unknown(why),
            Err(NoTree::DropValue) => return unknown("a body that is not read here"),
        };
        self.check_plpgsql(&routine(&text), &text)?;
        // Whatever runs in it, runs in a transaction.
        let outside = self.new_from;
        self.new_from = Some(outside.unwrap_or_else(|| self.catalog.next_oid()));
        let run = self.run_block(&mut Run::of(&body), &body.block);
        self.new_from = outside;
        run.map(|_| ())
    }

    /// Plays the body of the function of a trigger that fires once, whatever the rows are.
    pub(super) fn run_trigger(&mut self, function: Oid) -> Result<(), Stop> {
        let Some(routine) = self.catalog.routine(function).cloned() else { return unknown("what a trigger does") };
        let (RoutineBody::Text(text), "plpgsql") = (&routine.body, &*routine.language) else {
            return unknown("what a trigger does");
        };
        let Ok(body) = Body::read(text) else { return unknown("what a trigger does") };
        if self.triggers > DEEPEST || !routine.settings.is_empty() {
            return unknown("what a trigger does");
        }
        self.triggers += 1;
        let outside = self.new_from;
        self.new_from = Some(outside.unwrap_or_else(|| self.catalog.next_oid()));
        let run = self.run_block(&mut Run::of(&body), &body.block);
        self.new_from = outside;
        self.triggers -= 1;
        match run {
            // Of a variable it says that it does not exist, which a trigger has.
            Err(Stop::Refused(_)) | Err(Stop::Unknown(_)) => unknown("what a trigger does"),
            Ok(_) => Ok(()),
        }
    }

    fn run_block(&mut self, run: &mut Run, block: &ast::PlpgsqlBlock) -> Result<Flow, Stop> {
        let declared = self.declare_in_block(run, block)?;
        let flow = self.run_inside(run, block)?;
        run.forget(declared);
        Ok(flow)
    }

    fn run_inside(&mut self, run: &mut Run, block: &ast::PlpgsqlBlock) -> Result<Flow, Stop> {
        let Some(section) = block.exception() else { return self.run_statements(run, block.body()) };
        let (catalog, ledger, held) = (self.catalog.clone(), self.ledger.clone(), run.types.len());
        match self.run_statements(run, block.body()) {
            Ok(flow) => {
                for (refusal, _) in self.ledger.may_raise.iter().skip(ledger.may_raise.len()) {
                    if handler(&section, refusal)?.is_some() {
                        return unknown("a block that goes on after an error that rows decide of");
                    }
                }
                // What needs a role may be refused, and go on here.
                if self.ledger.roles.len() > ledger.roles.len() {
                    return unknown("a block that goes on after an error that roles decide of");
                }
                Ok(flow)
            }
            Err(Stop::Refused(refusal)) => {
                let Some(handler) = handler(&section, &refusal)? else { return Err(Stop::Refused(refusal)) };
                (self.catalog, self.ledger) = (catalog, ledger);
                run.forget(run.types.len().saturating_sub(held));
                run.handlers += 1;
                let flow = self.run_statements(run, handler.body());
                run.handlers -= 1;
                flow
            }
            Err(stop) => Err(stop),
        }
    }

    pub(super) fn run_statements(&mut self, run: &mut Run, statements: Option<ast::PlpgsqlBody>) -> Result<Flow, Stop> {
        for statement in statements.into_iter().flat_map(|body| body.stmts()) {
            if self.run_statement(run, &statement)? == Flow::Out {
                return Ok(Flow::Out);
            }
        }
        Ok(Flow::On)
    }

    fn run_statement(&mut self, run: &mut Run, statement: &S) -> Result<Flow, Stop> {
        match statement {
            S::PlpgsqlBlock(block) => return self.run_block(run, block),
            S::PlpgsqlNullStmt(_) => {}
            S::PlpgsqlReturnStmt(_) => return Ok(Flow::Out),
            S::PlpgsqlIfStmt(branch) => {
                if self.holds_true(&run.variables, branch.cond())? {
                    return self.run_statements(run, branch.then_body());
                }
                for other in branch.elsifs() {
                    if self.holds_true(&run.variables, other.cond())? {
                        return self.run_statements(run, other.body());
                    }
                }
                return self.run_statements(run, branch.else_clause().and_then(|it| it.body()));
            }
            S::PlpgsqlExecSqlStmt(it) => {
                if run.body.results_of(it).next().is_some() {
                    return unknown("a value that a statement gives in a block");
                }
                let statement = part(it.stmt())?;
                self.run_sql(run, &tree::text(&statement))?;
                if gives_rows(&statement) {
                    return refused(SqlState::SYNTAX_ERROR, "query has no destination for result data");
                }
            }
            S::PlpgsqlPerformStmt(it) => {
                let written = tree::text(it);
                let behind = written.get("perform".len()..).unwrap_or_default();
                self.run_sql(run, &format!("SELECT {}", behind.trim_end_matches(';')))?;
            }
            S::PlpgsqlDynExecuteStmt(it) => {
                if it.into_clause().is_some() || it.using_clause().is_some() {
                    return unknown("EXECUTE with values");
                }
                match self.block_expression(run, &part(it.query())?)? {
                    Value::Text(text) => self.run_text(&text)?,
                    Value::Null => {
                        return refused(SqlState("22004"), "query string argument of EXECUTE is null");
                    }
                    _ => return unknown("a statement that a block writes itself"),
                }
            }
            S::PlpgsqlAssignStmt(it) => self.assign_in_block(run, it)?,
            S::PlpgsqlForIStmt(it) => return self.run_range(run, it),
            S::PlpgsqlWhileStmt(it) => return self.run_while(run, it),
            S::PlpgsqlForEachStmt(it) => return self.run_array(run, it),
            S::PlpgsqlForQueryStmt(it) => return self.run_over_rows(run, it),
            S::PlpgsqlRaiseStmt(it) => self.run_raise(run, it)?,
            _ => return unknown("a statement of such a form in a block"),
        }
        Ok(Flow::On)
    }

    /// Plays a statement of SQL; what a block itself holds are no values in it.
    fn run_sql(&mut self, run: &Run, written: &str) -> Result<(), Stop> {
        let tree = super::syntax::statement(self.catalog.version(), &tree::statement(written))?;
        let mentions = |name: &str| tree::words(&tree).iter().any(|word| fold(word).as_deref() == Some(name));
        let held = run.variables.0.iter().map(|(name, _)| name.as_str());
        if ["found", "sqlstate", "sqlerrm"].into_iter().chain(held).any(mentions) {
            return unknown("a variable in a statement of a block");
        }
        self.run_tree(&tree)
    }

    /// Plays what `EXECUTE` is given, in which no variables are seen.
    fn run_text(&mut self, text: &str) -> Result<(), Stop> {
        let (statements, errors) = crate::sql::split(text);
        if let Some(error) = errors.first() {
            return refused(SqlState::SYNTAX_ERROR, error.message.clone());
        }
        for statement in statements {
            let tree = super::syntax::statement(self.catalog.version(), &statement.tree)?;
            self.run_tree(&tree)?;
        }
        Ok(())
    }

    fn run_tree(&mut self, tree: &ast::Stmt) -> Result<(), Stop> {
        if matches!(tree, ast::Stmt::AlterType(alter) if matches!(alter.action(), Some(ast::AlterTypeAction::AddValue(_))))
        {
            return unknown("a label that a block adds, and may use at once");
        }
        self.statement(tree)
    }

    fn run_raise(&self, run: &Run, statement: &ast::PlpgsqlRaiseStmt) -> Result<(), Stop> {
        let is_plain = |value: ast::PlpgsqlExpr| {
            let of_handler = ["sqlerrm", "sqlstate"].contains(&tree::text(&value).to_lowercase().as_str());
            (of_handler && run.handlers > 0) || self.block_expression(run, &value).is_ok()
        };
        let level = statement.level().map(|level| tree::text(&level).to_ascii_lowercase());
        let is_error = level.as_deref().is_none_or(|level| level == "exception");
        match statement.message() {
            Some(message) if is_error && statement.using_clause().is_none() => {
                let message = part(message.literal())?.string_value().unwrap_or_default();
                refused(SqlState("P0001"), message)
            }
            Some(_) if !is_error && statement.using_clause().is_none() => match statement.params().all(is_plain) {
                true => Ok(()),
                false => unknown("a message with values"),
            },
            _ => unknown("RAISE of such a form"),
        }
    }
}

/// Returns the handler that takes an error.
fn handler(
    section: &ast::PlpgsqlExceptionSection,
    refusal: &Refusal,
) -> Result<Option<ast::PlpgsqlExceptionHandler>, Stop> {
    for handler in section.handlers() {
        for condition in handler.conditions() {
            if takes(&condition, refusal.sqlstate)? {
                return Ok(Some(handler));
            }
        }
    }
    Ok(None)
}

fn takes(condition: &ast::PlpgsqlCondition, state: SqlState) -> Result<bool, Stop> {
    let words = tree::words(condition);
    let written = match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [_, state] => state.trim_matches('\'').to_owned(),
        [name] => {
            let name = crate::sql::fold(name).unwrap_or_default();
            if name == "others" {
                return Ok(true);
            }
            let named = CONDITIONS.lines().filter_map(|line| line.split_once(' ')).filter(|(known, _)| *known == name);
            let states: Vec<&str> = named.map(|(_, state)| state).collect();
            return Ok(states.into_iter().any(|known| covers(known, state)));
        }
        _ => return unknown("a condition that is not read here"),
    };
    Ok(covers(&written, state))
}

/// Returns whether a condition is meant: one that ends in zeros stands for its class.
fn covers(known: &str, state: SqlState) -> bool {
    known == state.0 || known.strip_suffix("000").is_some_and(|class| state.0.starts_with(class))
}

/// What a block is to whoever checks it.
fn routine(text: &str) -> Routine {
    Routine {
        oid: Oid(0),
        schema: PUBLIC,
        name: "inline_code_block".into(),
        kind: Kind::Function,
        parameters: Vec::new(),
        result: VOID,
        returns_set: false,
        language: "plpgsql".into(),
        body: RoutineBody::Text(text.into()),
        volatility: Volatility::Volatile,
        parallel: Parallel::Unsafe,
        strict: false,
        security_definer: false,
        leakproof: false,
        cost: None,
        rows: None,
        settings: Vec::new(),
    }
}

/// Returns whether a statement of SQL puts out rows, which must go somewhere.
fn gives_rows(statement: &ast::Stmt) -> bool {
    match statement {
        ast::Stmt::Select(_)
        | ast::Stmt::ParenSelect(_)
        | ast::Stmt::CompoundSelect(_)
        | ast::Stmt::Values(_)
        | ast::Stmt::Table(_) => true,
        ast::Stmt::Insert(it) => it.returning_clause().is_some(),
        ast::Stmt::Update(it) => it.returning_clause().is_some(),
        ast::Stmt::Delete(it) => it.returning_clause().is_some(),
        _ => false,
    }
}
