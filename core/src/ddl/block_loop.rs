//! Loops in blocks over what is written in them, one turn after the other, and the variables that they need.

use super::block_value::{Value, Variables, cast};
use super::do_block::{Flow, Run};
use super::syntax::part;
use super::{Play, Stop, refused, unknown};
use crate::catalog::SqlState;
use crate::expression::folded;
use crate::sql::ast::{self, AstNode, PlpgsqlDecl as Decl};
use crate::sql::query;
use crate::sql::query::ast::{
    Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Query, SelectItem, SetExpr, TableFactor,
};
use crate::sql::tree;

/// So many turns of loops are followed in one block.
const MOST_TURNS: usize = 500;

impl Play<'_> {
    /// Declares the variables of a block; returns how many.
    pub(super) fn declare_in_block(&self, run: &mut Run, block: &ast::PlpgsqlBlock) -> Result<usize, Stop> {
        let mut count = 0;
        for declaration in block.declare_section().into_iter().flat_map(|section| section.decls()) {
            let Decl::PlpgsqlVarDecl(variable) = declaration else { return unknown("a variable of such a kind") };
            let of = tree::text(&part(variable.ty())?);
            let value = match variable.init().and_then(|init| init.expr()) {
                _ if !KINDS.contains(&of.to_ascii_lowercase().as_str()) => return unknown("a variable of such a type"),
                Some(init) => cast(self.block_expression(run, &init)?, &of)?,
                None => Value::Null,
            };
            let name = tree::parts(&part(variable.name())?);
            let name = name.and_then(|parts| parts.into_iter().next());
            run.variables.0.push((part(name)?, value));
            run.types.push(of);
            count += 1;
        }
        Ok(count)
    }

    /// Computes an expression of a block.
    pub(super) fn block_expression(&self, run: &Run, written: &ast::PlpgsqlExpr) -> Result<Value, Stop> {
        let tree = query::expression(&tree::text(written)).map_err(|error| Stop::unknown(error.to_string()))?;
        self.value_in_block(&run.variables, &tree)
    }

    /// `name := value`
    pub(super) fn assign_in_block(&self, run: &mut Run, statement: &ast::PlpgsqlAssignStmt) -> Result<(), Stop> {
        let target = statement.syntax().children().find_map(ast::PlpgsqlAssignTarget::cast);
        let value = statement.syntax().children().find_map(ast::PlpgsqlExpr::cast);
        let value = self.block_expression(run, &part(value)?)?;
        match tree::parts(&part(target)?).as_deref() {
            Some([name]) => set(run, name, value),
            _ => unknown("a target of such a form"),
        }
    }

    /// `FOR name IN 1..3`
    pub(super) fn run_range(&mut self, run: &mut Run, it: &ast::PlpgsqlForIStmt) -> Result<Flow, Stop> {
        const NULL: SqlState = SqlState("22004");
        let name = part(it.vars().next().and_then(|name| tree::parts(&name)?.into_iter().next()))?;
        let range = part(it.range())?;
        let mut bounds = Vec::new();
        for (bound, what) in range.syntax().children().filter_map(ast::PlpgsqlExpr::cast).zip(["lower", "upper", "BY"])
        {
            match cast(self.block_expression(run, &bound)?, "integer")? {
                Value::Number(number) => bounds.push(number),
                Value::Null if what == "BY" => return refused(NULL, "BY value of FOR loop cannot be null"),
                Value::Null => return refused(NULL, format!("{what} bound of FOR loop cannot be null")),
                _ => return unknown("a bound that is no number"),
            }
        }
        let (from, to, by) = match bounds.as_slice() {
            [from, to] => (*from, *to, 1),
            [from, to, by] => (*from, *to, *by),
            _ => return unknown("a loop of such a form"),
        };
        if by <= 0 {
            return refused(SqlState("22023"), "BY value of FOR loop must be greater than zero");
        }
        let back = it.reverse_token().is_some();
        run.variables.0.push((name, Value::Null));
        run.types.push("integer".to_owned());
        let mut next = Some(from);
        let mut flow = Flow::On;
        while let Some(turn) = next.filter(|turn| if back { *turn >= to } else { *turn <= to }) {
            if let Some((_, held)) = run.variables.0.last_mut() {
                *held = Value::Number(turn);
            }
            flow = self.turn(run, it.body())?;
            if flow == Flow::Out {
                break;
            }
            next = if back { turn.checked_sub(by) } else { turn.checked_add(by) };
        }
        run.forget(1);
        Ok(flow)
    }

    /// `WHILE condition LOOP`
    pub(super) fn run_while(&mut self, run: &mut Run, it: &ast::PlpgsqlWhileStmt) -> Result<Flow, Stop> {
        while self.holds_true(&run.variables, it.cond())? {
            if self.turn(run, it.body())? == Flow::Out {
                return Ok(Flow::Out);
            }
        }
        Ok(Flow::On)
    }

    /// `FOREACH name IN ARRAY …`
    pub(super) fn run_array(&mut self, run: &mut Run, it: &ast::PlpgsqlForEachStmt) -> Result<Flow, Stop> {
        if it.slice().is_some() {
            return unknown("SLICE of an array");
        }
        let written = tree::text(&part(it.array())?);
        let tree = query::expression(&written).map_err(|error| Stop::unknown(error.to_string()))?;
        let values = self.array_in_block(&run.variables, &tree)?;
        let names = targets(it.vars())?;
        self.over(run, &names, values.into_iter().map(|value| vec![(String::new(), value)]).collect(), it.body())
    }

    /// `FOR name IN VALUES …`, and what means the same.
    pub(super) fn run_over_rows(&mut self, run: &mut Run, it: &ast::PlpgsqlForQueryStmt) -> Result<Flow, Stop> {
        let written = tree::text(&part(it.query())?);
        let tree = query::query(&written).map_err(|error| Stop::unknown(error.to_string()))?;
        let rows = self.written_rows(&run.variables, &tree)?;
        let names = targets(it.vars())?;
        self.over(run, &names, rows, it.body())
    }

    /// Follows a loop over rows.
    fn over(
        &mut self,
        run: &mut Run,
        names: &[String],
        rows: Vec<Vec<(String, Value)>>,
        body: Option<ast::PlpgsqlBody>,
    ) -> Result<Flow, Stop> {
        for row in rows {
            let into_row = matches!(names, [only] if run.type_of(only) == Some("record"));
            if let ([only], true) = (names, into_row) {
                set(run, only, Value::Row(row))?;
            } else if names.len() == row.len() {
                for (name, (_, value)) in names.iter().zip(row) {
                    set(run, name, value)?;
                }
            } else {
                return unknown("rows of another width than what they go into");
            }
            if self.turn(run, body.clone())? == Flow::Out {
                return Ok(Flow::Out);
            }
        }
        Ok(Flow::On)
    }

    fn turn(&mut self, run: &mut Run, body: Option<ast::PlpgsqlBody>) -> Result<Flow, Stop> {
        run.turns += 1;
        if run.turns > MOST_TURNS {
            return unknown("a loop with so many turns");
        }
        self.run_statements(run, body)
    }

    /// Returns the rows of a query that are written in it.
    fn written_rows(&self, variables: &Variables, tree: &Query) -> Result<Vec<Vec<(String, Value)>>, Stop> {
        let Query { with: None, body, order_by: None, limit_clause: None, fetch: None, .. } = tree else {
            return unknown("a loop over what a query finds");
        };
        match &**body {
            SetExpr::Values(values) => {
                let row = |row: &[Expr]| {
                    let value = |(at, it): (usize, &Expr)| {
                        Ok((format!("column{}", at + 1), self.value_in_block(variables, it)?))
                    };
                    row.iter().enumerate().map(value).collect()
                };
                values.rows.iter().map(|it| row(it)).collect()
            }
            SetExpr::Select(select) => {
                let odd = select.selection.is_some() || select.distinct.is_some() || select.having.is_some();
                match (select.projection.as_slice(), select.from.as_slice()) {
                    _ if odd => unknown("a loop over what a query finds"),
                    ([SelectItem::Wildcard(_)], [from]) if from.joins.is_empty() => {
                        let TableFactor::Derived { lateral: false, subquery, alias, .. } = &from.relation else {
                            return unknown("a loop over what a query finds");
                        };
                        let mut rows = self.written_rows(variables, subquery)?;
                        let names = alias.iter().flat_map(|alias| &alias.columns);
                        let names: Vec<String> = names.map(|column| folded(&column.name)).collect();
                        for row in &mut rows {
                            for ((held, _), name) in row.iter_mut().zip(&names) {
                                held.clone_from(name);
                            }
                        }
                        Ok(rows)
                    }
                    ([SelectItem::UnnamedExpr(value)], []) => self.unnested(variables, value, None),
                    ([SelectItem::ExprWithAlias { expr, alias }], []) => {
                        self.unnested(variables, expr, Some(folded(alias)))
                    }
                    _ => unknown("a loop over what a query finds"),
                }
            }
            _ => unknown("a loop over what a query finds"),
        }
    }

    /// `SELECT unnest(ARRAY[…])`
    fn unnested(
        &self,
        variables: &Variables,
        value: &Expr,
        name: Option<String>,
    ) -> Result<Vec<Vec<(String, Value)>>, Stop> {
        let call = match value {
            Expr::Function(Function { name, args: FunctionArguments::List(list), .. })
                if name.to_string().eq_ignore_ascii_case("unnest") && !self.catalog.has_object("unnest") =>
            {
                list.args.as_slice()
            }
            _ => return unknown("a loop over what a query finds"),
        };
        let [FunctionArg::Unnamed(FunctionArgExpr::Expr(array))] = call else {
            return unknown("a loop over what a query finds");
        };
        let name = name.unwrap_or_else(|| "unnest".to_owned());
        let values = self.array_in_block(variables, array)?;
        Ok(values.into_iter().map(|value| vec![(name.clone(), value)]).collect())
    }
}

/// Types that variables of a block may have here.
const KINDS: [&str; 12] = [
    "text",
    "varchar",
    "character varying",
    "int",
    "integer",
    "bigint",
    "bool",
    "boolean",
    "record",
    "date",
    "timestamp",
    "interval",
];

fn set(run: &mut Run, name: &str, value: Value) -> Result<(), Stop> {
    let of = part(run.type_of(name))?.to_owned();
    let value = match value {
        Value::Row(_) => value,
        value => cast(value, &of)?,
    };
    part(run.variables.set(name, value).then_some(()))
}

fn targets(variables: impl Iterator<Item = ast::PlpgsqlForVariable>) -> Result<Vec<String>, Stop> {
    let one = |variable| match tree::parts(&variable).as_deref() {
        Some([name]) => Ok(name.clone()),
        _ => unknown("a target of such a form"),
    };
    variables.map(one).collect()
}
