//! Conditions of blocks over the server's own catalogs, such as `EXISTS (SELECT FROM pg_type WHERE typname = 'mood')`:
//! what they come to, as far as the model holds what they ask for.

mod rows;

use std::ops::ControlFlow;

use super::block_value::{self, Variables};
use super::syntax::part;
use super::{Play, Stop, unknown};
use crate::catalog::{QualifiedName, Type};
use crate::expression::{folded, parts};
use crate::sql::ast::PlpgsqlExpr;
use crate::sql::query::ast::{
    BinaryOperator, CastKind, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Join, JoinConstraint,
    JoinOperator, Query, Select, SelectItem, SetExpr, TableFactor, UnaryOperator, Value, visit_expressions_mut,
};
use crate::sql::{TypeName, cut, fold, query, tree};
use rows::{Cell, Kind};

/// More rows are not combined.
const MOST: usize = 100_000;

/// A row of the sources of a query: which source, which column, and what is there.
type Row = Vec<(String, &'static str, Cell)>;

impl Play<'_> {
    /// Returns whether a condition of a block holds.
    pub(super) fn holds_true(&mut self, variables: &Variables, condition: Option<PlpgsqlExpr>) -> Result<bool, Stop> {
        let written = tree::text(&part(condition)?);
        let mut tree = query::expression(&written).map_err(|error| Stop::unknown(error.to_string()))?;
        match self.value_in_block(variables, &tree) {
            Ok(block_value::Value::Truth(truth)) => return Ok(truth),
            Ok(block_value::Value::Null) => return Ok(false),
            _ => {}
        }
        if variables.0.iter().any(|(name, _)| Kind::is_column(name)) {
            return unknown("a variable with the name of a column of a catalog");
        }
        let _ = visit_expressions_mut(&mut tree, |part| {
            if let Some(literal) = variables.literal(part) {
                *part = literal;
            }
            ControlFlow::<()>::Continue(())
        });
        self.truth(&tree)
    }

    fn truth(&self, tree: &Expr) -> Result<bool, Stop> {
        match tree {
            Expr::Nested(inner) => self.truth(inner),
            Expr::UnaryOp { op: UnaryOperator::Not, expr } => Ok(!self.truth(expr)?),
            Expr::BinaryOp { left, op: BinaryOperator::And, right } => Ok(self.truth(left)? && self.truth(right)?),
            Expr::BinaryOp { left, op: BinaryOperator::Or, right } => Ok(self.truth(left)? || self.truth(right)?),
            Expr::Exists { subquery, negated } => Ok((self.count(subquery)? > 0) != *negated),
            Expr::IsNull(value) => Ok(self.cell(value)? == Cell::Null),
            Expr::IsNotNull(value) => Ok(self.cell(value)? != Cell::Null),
            Expr::Value(value) => match value.value {
                Value::Boolean(value) => Ok(value),
                _ => unknown("a condition of such a form"),
            },
            // `(SELECT NOT EXISTS (…))`
            Expr::Subquery(query) => match only_select(query)? {
                Select { projection, from, selection: None, .. } if from.is_empty() => match projection.as_slice() {
                    [SelectItem::UnnamedExpr(value) | SelectItem::ExprWithAlias { expr: value, .. }] => {
                        self.truth(value)
                    }
                    _ => unknown("a condition of such a form"),
                },
                _ => unknown("a condition of such a form"),
            },
            // `(SELECT count(*) …) = 0`
            Expr::BinaryOp { left, op, right } => {
                let (Expr::Subquery(query), Expr::Value(value)) = (unnested(left), unnested(right)) else {
                    return unknown("a condition of such a form");
                };
                let (Value::Number(number, false), true) = (&value.value, counts(only_select(query)?)) else {
                    return unknown("a condition of such a form");
                };
                let number: usize = part(number.parse().ok())?;
                let count = self.count(query)?;
                match op {
                    BinaryOperator::Eq => Ok(count == number),
                    BinaryOperator::NotEq => Ok(count != number),
                    BinaryOperator::Gt => Ok(count > number),
                    BinaryOperator::GtEq => Ok(count >= number),
                    BinaryOperator::Lt => Ok(count < number),
                    BinaryOperator::LtEq => Ok(count <= number),
                    _ => unknown("a condition of such a form"),
                }
            }
            _ => unknown("a condition of such a form"),
        }
    }

    /// Returns how many rows a query over catalogs reads.
    fn count(&self, query: &Query) -> Result<usize, Stop> {
        let select = only_select(query)?;
        let plain = select.projection.iter().all(|item| match item {
            SelectItem::UnnamedExpr(value) => matches!(value, Expr::Value(_) | Expr::Identifier(_)) || is_count(value),
            SelectItem::Wildcard(_) => true,
            _ => false,
        });
        let [table] = select.from.as_slice() else { return unknown("a condition that reads such sources") };
        if !plain {
            return unknown("a condition of such a form");
        }
        let mut sources = vec![self.source(&table.relation)?];
        let mut conditions: Vec<&Expr> = Vec::new();
        for Join { relation, join_operator, global } in &table.joins {
            let (JoinOperator::Join(JoinConstraint::On(on)) | JoinOperator::Inner(JoinConstraint::On(on)), false) =
                (join_operator, *global)
            else {
                return unknown("a condition that reads such sources");
            };
            sources.push(self.source(relation)?);
            junctions(on, &mut conditions);
        }
        if let Some(condition) = &select.selection {
            junctions(condition, &mut conditions);
        }
        for (name, kind) in &sources {
            if !conditions.iter().any(|condition| self.narrows(condition, name, *kind, sources.len() > 1)) {
                return unknown("a condition over what Postgres itself has");
            }
        }
        let mut rows: Vec<Row> = vec![Vec::new()];
        for (name, kind) in &sources {
            let own = self.rows_of(*kind);
            if rows.len().saturating_mul(own.len()) > MOST {
                return unknown("a condition over so many objects");
            }
            let mut next = Vec::new();
            for row in &rows {
                for cells in &own {
                    let mut row = row.clone();
                    row.extend(cells.iter().map(|(column, cell)| (name.clone(), *column, cell.clone())));
                    let mut fits = true;
                    for condition in &conditions {
                        fits &= self.fits(condition, &row, &sources)? != Some(false);
                    }
                    if fits {
                        next.push(row);
                    }
                }
            }
            rows = next;
        }
        // What is wrong in a condition, is so without rows too.
        for condition in &conditions {
            self.fits(condition, &Vec::new(), &sources)?;
        }
        Ok(rows.len())
    }

    fn source(&self, factor: &TableFactor) -> Result<(String, Kind), Stop> {
        let TableFactor::Table { name, alias, args: None, .. } = factor else {
            return unknown("a condition that reads such sources");
        };
        let names = parts(name)?;
        let (kind, last) = match names.as_slice() {
            [name] => (Kind::named(None, name), name),
            [schema, name] => (Kind::named(Some(schema), name), name),
            _ => return unknown("a condition that reads such sources"),
        };
        let Some(kind) = kind else { return unknown("a condition that depends on rows") };
        Ok((alias.as_ref().map_or_else(|| last.clone(), |alias| folded(&alias.name)), kind))
    }

    /// Returns whether a condition keeps what Postgres itself has away from a source.
    fn narrows(&self, condition: &Expr, source: &str, kind: Kind, joined: bool) -> bool {
        let is_own = |side: &Expr| match column(side) {
            Some((Some(table), name)) => table == source && kind.anchors().contains(&name.as_str()),
            Some((None, name)) => kind.anchors().contains(&name.as_str()),
            None => false,
        };
        match condition {
            Expr::Nested(inner) => self.narrows(inner, source, kind, joined),
            Expr::BinaryOp { left, op: BinaryOperator::Eq, right } => {
                let by_other = |side: &Expr, other: &Expr| {
                    let named = |side: &Expr| column(side).and_then(|(table, _)| table);
                    joined && named(side).as_deref() == Some(source) && named(other).is_some_and(|it| it != source)
                };
                by_other(left, right)
                    || by_other(right, left)
                    || (is_own(left) && column(right).is_none())
                    || (is_own(right) && column(left).is_none())
            }
            Expr::InList { expr, negated: false, .. } => is_own(expr),
            _ => false,
        }
    }

    /// Returns whether a row fits a condition; none where it lacks a column of it.
    fn fits(&self, condition: &Expr, row: &Row, sources: &[(String, Kind)]) -> Result<Option<bool>, Stop> {
        match condition {
            Expr::Nested(inner) => self.fits(inner, row, sources),
            Expr::UnaryOp { op: UnaryOperator::Not, expr } => Ok(self.fits(expr, row, sources)?.map(|fits| !fits)),
            Expr::BinaryOp { left, op: BinaryOperator::And, right } => {
                let (left, right) = (self.fits(left, row, sources)?, self.fits(right, row, sources)?);
                Ok(left.zip(right).map(|(left, right)| left && right))
            }
            Expr::BinaryOp { left, op: BinaryOperator::Or, right } => {
                let (left, right) = (self.fits(left, row, sources)?, self.fits(right, row, sources)?);
                Ok(left.zip(right).map(|(left, right)| left || right))
            }
            Expr::BinaryOp { left, op: op @ (BinaryOperator::Eq | BinaryOperator::NotEq), right } => {
                let (left, right) = (self.cell_in(left, row, sources)?, self.cell_in(right, row, sources)?);
                let Some((left, right)) = left.zip(right) else { return Ok(None) };
                let equal = left.equals(&right)?;
                Ok(Some(equal.is_some_and(|equal| equal == (*op == BinaryOperator::Eq))))
            }
            Expr::InList { expr, list, negated: false } => {
                let Some(value) = self.cell_in(expr, row, sources)? else { return Ok(None) };
                for other in list {
                    let Some(other) = self.cell_in(other, row, sources)? else { return Ok(None) };
                    if value.equals(&other)? == Some(true) {
                        return Ok(Some(true));
                    }
                }
                Ok(Some(false))
            }
            Expr::Identifier(_) | Expr::CompoundIdentifier(_) => match self.cell_in(condition, row, sources)? {
                Some(Cell::Bool(value)) => Ok(Some(value)),
                None => Ok(None),
                Some(_) => unknown("a condition of such a form"),
            },
            _ => unknown("a condition of such a form"),
        }
    }

    fn cell_in(&self, tree: &Expr, row: &Row, sources: &[(String, Kind)]) -> Result<Option<Cell>, Stop> {
        let Some((table, name)) = column(tree) else {
            let cell = match (self.cell(tree)?, tree) {
                // It is compared as a name, and as such is cut.
                (Cell::Text(text), Expr::Value(_)) => Cell::Text(cut(&text).to_owned()),
                (cell, _) => cell,
            };
            let is_builtin = |name: &str| {
                let reads = |wanted: Kind| sources.iter().any(|(_, kind)| *kind == wanted);
                let is_type = || {
                    TypeName::read(name).is_none_or(|written| Type::builtin(self.catalog.version(), &written).is_some())
                };
                rows::is_of_postgres(name) || (reads(Kind::Types) && is_type())
            };
            return match &cell {
                Cell::Text(text) if is_builtin(text) => unknown("a condition over what Postgres itself has"),
                _ => Ok(Some(cell)),
            };
        };
        let has = |source: &&(String, Kind)| {
            table.as_ref().is_none_or(|table| *table == source.0) && source.1.columns().contains(&name.as_str())
        };
        let mut found = sources.iter().filter(has);
        let (Some((source, _)), None) = (found.next(), found.next()) else {
            return unknown("a column of a catalog that is not kept here");
        };
        Ok(row.iter().find(|(of, column, _)| of == source && *column == name).map(|(.., cell)| cell.clone()))
    }

    /// Returns a value that does not depend on rows.
    fn cell(&self, tree: &Expr) -> Result<Cell, Stop> {
        match tree {
            Expr::Nested(inner) => self.cell(inner),
            Expr::Value(value) => match &value.value {
                Value::SingleQuotedString(text) => Ok(Cell::Text(text.clone())),
                Value::Boolean(value) => Ok(Cell::Bool(*value)),
                Value::Null => Ok(Cell::Null),
                _ => unknown("a condition of such a form"),
            },
            Expr::Cast { kind: CastKind::Cast | CastKind::DoubleColon, expr, data_type, format: None } => {
                let Cell::Text(text) = self.cell(expr)? else { return unknown("a condition of such a form") };
                match data_type.to_string().to_ascii_lowercase().as_str() {
                    "text" | "varchar" => Ok(Cell::Text(text)),
                    "name" => Ok(Cell::Text(cut(&text).to_owned())),
                    "regclass" => Ok(Cell::Oid(self.names.relation(&self.catalog, &named(&text)?)?)),
                    "regnamespace" => Ok(Cell::Oid(crate::catalog::schema_named(&self.catalog, &part(fold(&text))?)?)),
                    _ => unknown("a condition of such a form"),
                }
            }
            Expr::Function(call) => {
                let name = parts(&call.name)?;
                let name = match name.as_slice() {
                    [name] => name,
                    [schema, name] if schema == "pg_catalog" => name,
                    _ => return unknown("a condition that calls a function"),
                };
                match (name.as_str(), arguments(call).as_deref()) {
                    ("to_regclass", Some([value])) => {
                        let Cell::Text(text) = self.cell(value)? else { return Ok(Cell::Null) };
                        let found = self.names.relation(&self.catalog, &named(&text)?);
                        Ok(found.map_or(Cell::Null, Cell::Oid))
                    }
                    ("current_schema", None | Some([])) => {
                        let first = self.names.schemas_for(&self.catalog, None).into_iter().find(|it| it.0 != 11);
                        let first = first.map(|oid| Cell::Text(self.catalog.schema_name(oid).to_owned()));
                        Ok(first.unwrap_or(Cell::Null))
                    }
                    _ => unknown("a condition that calls a function"),
                }
            }
            _ => unknown("a condition of such a form"),
        }
    }
}

fn only_select(query: &Query) -> Result<&Select, Stop> {
    let odd = query.with.is_some()
        || query.order_by.is_some()
        || query.limit_clause.is_some()
        || query.fetch.is_some()
        || !query.locks.is_empty();
    match &*query.body {
        SetExpr::Select(select)
            if !odd
                && select.distinct.is_none()
                && select.having.is_none()
                && matches!(&select.group_by, crate::sql::query::ast::GroupByExpr::Expressions(all, _) if all.is_empty()) =>
        {
            Ok(select)
        }
        _ => unknown("a condition of such a form"),
    }
}

fn counts(select: &Select) -> bool {
    matches!(select.projection.as_slice(), [SelectItem::UnnamedExpr(value)] if is_count(value))
}

/// `count(*)`
fn is_count(value: &Expr) -> bool {
    matches!(value, Expr::Function(call) if call.to_string().eq_ignore_ascii_case("count(*)"))
}

fn unnested(mut tree: &Expr) -> &Expr {
    while let Expr::Nested(inner) = tree {
        tree = inner;
    }
    tree
}

/// Returns the conditions that must all hold.
fn junctions<'t>(tree: &'t Expr, into: &mut Vec<&'t Expr>) {
    match tree {
        Expr::Nested(inner) => junctions(inner, into),
        Expr::BinaryOp { left, op: BinaryOperator::And, right } => {
            junctions(left, into);
            junctions(right, into);
        }
        other => into.push(other),
    }
}

fn column(tree: &Expr) -> Option<(Option<String>, String)> {
    match tree {
        Expr::Nested(inner) => column(inner),
        Expr::Identifier(name) if !name.value.eq_ignore_ascii_case("current_schema") => Some((None, folded(name))),
        Expr::CompoundIdentifier(names) => match names.as_slice() {
            [table, name] => Some((Some(folded(table)), folded(name))),
            _ => None,
        },
        Expr::Cast { expr, data_type, .. }
            if ["text", "name"].contains(&data_type.to_string().to_lowercase().as_str()) =>
        {
            column(expr)
        }
        _ => None,
    }
}

fn arguments(call: &Function) -> Option<Vec<&Expr>> {
    let FunctionArguments::List(list) = &call.args else { return None };
    let one = |argument| match argument {
        &FunctionArg::Unnamed(FunctionArgExpr::Expr(ref value)) => Some(value),
        _ => None,
    };
    list.args.iter().map(one).collect()
}

/// Returns the relation that a text names.
fn named(text: &str) -> Result<QualifiedName, Stop> {
    let all: Option<Vec<String>> = text.split('.').map(fold).collect();
    match all.as_deref() {
        Some([name]) => Ok(QualifiedName { schema: None, name: name.clone() }),
        Some([schema, name]) => Ok(QualifiedName { schema: Some(schema.clone()), name: name.clone() }),
        _ => unknown("a name that is not read here"),
    }
}
