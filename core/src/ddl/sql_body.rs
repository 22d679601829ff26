//! Bodies of functions in SQL, as `fmgr_sql_validator` reads them: what the statements mention, and what the last one
//! gives back.

use super::{Play, Stop, refused, unknown};
use crate::catalog::expression::{Expression, Node};
use crate::catalog::function::Kind;
use crate::catalog::query::{Query, SourceOf};
use crate::catalog::types::{self, Type};
use crate::catalog::{Names, Oid, RelationKind, Routine, SqlState};
use crate::query::Arguments;
use crate::sql::ast::Stmt;
use crate::sql::tree::{self, NoTree};

use super::plpgsql::VOID;

const RECORD: Oid = Oid(2249);

/// What the last statement of a body gives.
enum Last {
    /// There is none, or it gives no rows.
    Nothing,
    /// The values of these columns.
    Columns(Vec<Expression>),
}

impl Play<'_> {
    /// Refuses a body that Postgres refuses.
    pub(super) fn check_sql(&mut self, routine: &Routine, text: &str) -> Result<(), Stop> {
        let is_open = routine.argument_types().into_iter().any(super::function::is_polymorphic);
        let mut statements = Vec::new();
        for (range, _) in crate::sql::outline(text) {
            match &tree::statement(text.get(range).unwrap_or_default()) {
                // A word may stand at a place that only analysis refuses.
                Err(NoTree::Syntax(message)) if is_open && message.contains("not allowed") => {
                    return unknown(message.as_str());
                }
                read => statements.push(super::syntax::statement(self.catalog.version(), read)?),
            }
        }
        // Of what type it all is, then only a call says.
        if is_open {
            return Ok(());
        }
        let around = routine.settings.iter().find(|(name, _)| name == "search_path").map(|(_, path)| {
            let path = Names::of(path.clone());
            std::mem::replace(&mut self.names, path)
        });
        let last = self.check_statements(routine, &statements);
        if let Some(around) = around {
            self.names = around;
        }
        self.check_result(routine, last?)
    }

    fn check_statements(&mut self, routine: &Routine, statements: &[Stmt]) -> Result<Last, Stop> {
        let arguments = || Arguments {
            function: &routine.name,
            given: routine.inputs().map(|it| (it.name.as_deref(), Type { oid: it.of, modifier: -1 })).collect(),
        };
        let mut last = Last::Nothing;
        for tree in statements {
            let text = tree::text(tree);
            last = match tree {
                Stmt::Select(_)
                | Stmt::ParenSelect(_)
                | Stmt::CompoundSelect(_)
                | Stmt::Values(_)
                | Stmt::Table(_)
                | Stmt::Insert(_)
                | Stmt::Update(_)
                | Stmt::Delete(_)
                | Stmt::Merge(_) => {
                    let reading = self.reading(&text, Some(arguments()))?;
                    self.lock_reading(&reading);
                    for change in reading.changes {
                        self.rewritten(change, false)?;
                    }
                    self.lock_shown(&reading.query);
                    let given: Vec<Expression> = reading.query.outputs().map(|target| target.value.clone()).collect();
                    let changes = matches!(tree, Stmt::Insert(_) | Stmt::Update(_) | Stmt::Delete(_) | Stmt::Merge(_));
                    if changes && given.is_empty() { Last::Nothing } else { Last::Columns(given) }
                }
                Stmt::SelectInto(_) | Stmt::CreateTableAs(_) | Stmt::Call(_) | Stmt::Explain(_) => {
                    return unknown(format!("{} in a body of SQL", crate::sql::kind_of(tree)));
                }
                // What else there is, is looked at when it runs.
                _ => Last::Nothing,
            };
        }
        Ok(last)
    }

    /// Locks what views show, as whoever rewrites a query does.
    pub(super) fn lock_shown(&mut self, query: &Query) {
        let mut waiting: Vec<Oid> = relations(query);
        let mut seen: Vec<Oid> = Vec::new();
        while let Some(oid) = waiting.pop() {
            let Some(relation) = self.catalog.relation(oid).cloned() else { continue };
            let RelationKind::View(view) = &relation.kind else { continue };
            if !seen.contains(&oid) {
                seen.push(oid);
                self.lock_read(&view.query);
                waiting.extend(relations(&view.query));
            }
        }
    }

    /// Refuses a last statement that gives something else than the function. `check_sql_fn_retval`
    fn check_result(&self, routine: &Routine, last: Last) -> Result<(), Stop> {
        let result = routine.result;
        if result == VOID {
            return Ok(());
        }
        let spelled = self.names.spelled(&self.catalog, Type { oid: result, modifier: -1 });
        let wrong = |detail: &str| {
            let message = format!("return type mismatch in function declared to return {spelled}: {detail}");
            refused(SqlState::INVALID_FUNCTION_DEFINITION, message)
        };
        let Last::Columns(columns) = last else {
            return wrong("its last statement must be SELECT or INSERT/UPDATE/DELETE RETURNING");
        };
        let is_row = result == RECORD || types::is_composite(&self.catalog, types::base(&self.catalog, result));
        if !is_row {
            let [column] = columns.as_slice() else {
                return wrong("its last statement must return exactly one column");
            };
            return match self.becomes(column, Type { oid: result, modifier: -1 })? {
                true => Ok(()),
                false => wrong("it returns another type"),
            };
        }
        let fields = self.fields(routine)?;
        if let [column] = columns.as_slice()
            && routine.kind != Kind::Procedure
        {
            let is_whole = column.of.oid == result || types::is_composite(&self.catalog, column.of.oid);
            match &column.node {
                _ if column.of.oid == result || (is_whole && result == RECORD) => return Ok(()),
                Node::Row(values) if result != RECORD => {
                    let fields = fields.unwrap_or_default();
                    if values.len() != fields.len() {
                        return refused(SqlState("42846"), "cannot cast a row to the type of the result");
                    }
                    for (value, field) in values.iter().zip(&fields) {
                        if !self.becomes(value, *field)? {
                            return refused(SqlState("42846"), "cannot cast a row to the type of the result");
                        }
                    }
                    return Ok(());
                }
                _ if is_whole || column.of.oid == RECORD => return unknown("a row that becomes another one"),
                _ => {}
            }
        }
        let Some(fields) = fields else { return Ok(()) };
        if columns.len() > fields.len() {
            return wrong("its last statement returns too many columns");
        }
        if columns.len() < fields.len() {
            return wrong("its last statement returns too few columns");
        }
        for (column, field) in columns.iter().zip(&fields) {
            if !self.becomes(column, *field)? {
                return wrong("it returns another type in a column");
            }
        }
        Ok(())
    }

    /// Returns the types of the columns of a row that a function returns; none where each call says so.
    fn fields(&self, routine: &Routine) -> Result<Option<Vec<Type>>, Stop> {
        if routine.result == RECORD {
            let outputs: Vec<Type> = routine.outputs().map(|it| Type { oid: it.of, modifier: -1 }).collect();
            return Ok((!outputs.is_empty()).then_some(outputs));
        }
        match self.row_fields(types::base(&self.catalog, routine.result)) {
            Some(fields) => Ok(Some(fields)),
            None => unknown("the columns of a row"),
        }
    }
}

/// Returns the relations in FROM of a query and those inside.
fn relations(query: &Query) -> Vec<Oid> {
    let mut found = Vec::new();
    query.visit_queries(&mut |query| {
        let crate::catalog::query::Body::Select(select) = &query.body else { return };
        found.extend(select.sources.iter().filter_map(|source| match source.of {
            SourceOf::Relation(oid, _) => Some(oid),
            _ => None,
        }));
    });
    found
}
