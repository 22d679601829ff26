//! Functions over several rows: aggregates, and functions over windows.

use super::analyze::Analysis;
use super::coerce;
use super::{Answer, Clause, Place, Stop};
use crate::catalog::Oid;
use crate::catalog::expression::{Argument, Expression, Node, Value};
use crate::catalog::function::{Kind, Signature};
use crate::catalog::query::{Aggregate, Over, SortValue, Window};
use crate::catalog::types::{self, Types, UNKNOWN};
use crate::sql::query::ast::{
    self, DuplicateTreatment, FunctionArgumentClause, FunctionArguments, OrderByExpr, OrderBySort, WindowFrame,
    WindowFrameBound, WindowType,
};

/// What a call says beside its arguments.
#[derive(Debug, Default)]
pub(super) struct OverRows<'t> {
    pub(super) star: bool,
    distinct: bool,
    within_group: bool,
    order: &'t [OrderByExpr],
    filter: Option<Expression>,
    over: Option<&'t WindowType>,
    /// One of these is written.
    said: bool,
}

impl<'t> OverRows<'t> {
    /// Returns what is written, without the filter, which is to be read.
    pub(super) fn of(call: &'t ast::Function) -> Answer<Self> {
        let mut found =
            Self { within_group: !call.within_group.is_empty(), over: call.over.as_ref(), ..Self::default() };
        if call.null_treatment.is_some() {
            return Err(Stop::unknown("how a function treats nulls"));
        }
        if let FunctionArguments::List(list) = &call.args {
            found.distinct = list.duplicate_treatment == Some(DuplicateTreatment::Distinct);
            found.said = list.duplicate_treatment.is_some();
            for clause in &list.clauses {
                match clause {
                    FunctionArgumentClause::OrderBy(order) => found.order = order,
                    _ => return Err(Stop::unknown("a call of such a form")),
                }
            }
        }
        found.said |= found.within_group || call.filter.is_some() || found.over.is_some() || !found.order.is_empty();
        Ok(found)
    }

    pub(super) fn is_said(&self) -> bool {
        self.said || self.star
    }
}

impl Analysis<'_> {
    pub(super) fn read_filter(&mut self, call: &ast::Function, over_rows: &mut OverRows<'_>) -> Answer<()> {
        let Some(filter) = &call.filter else { return Ok(()) };
        let place = self.place;
        if let Place::Query(_) = place {
            self.place = Place::Query(Clause::Filter);
        }
        let value = self.expression(filter);
        self.place = place;
        over_rows.filter = Some(coerce::to_boolean(self.scope, value?, "FILTER")?);
        Ok(())
    }

    /// Returns the node of a call over several rows.
    pub(super) fn over_rows(
        &mut self,
        written: OverRows<'_>,
        function: Oid,
        arguments: Vec<Expression>,
        variadic: bool,
    ) -> Answer<Node> {
        let order = self.order(written.order)?;
        let sorted = if written.distinct { arguments.as_slice() } else { &[] };
        for value in sorted.iter().chain(order.iter().map(|sort| &sort.value)) {
            if cannot_be_sorted(self.scope, value.of.oid)? {
                return Err(Stop::refused("42883", "could not identify an ordering operator for a type"));
            }
        }
        if written.distinct && order.iter().any(|sort| !arguments.contains(&sort.value)) {
            let message = "in an aggregate with DISTINCT, ORDER BY expressions must appear in argument list";
            return Err(Stop::refused("42P10", message));
        }
        let over = written.over.map(|over| self.over(over)).transpose()?;
        let OverRows { star, distinct, filter, .. } = written;
        let made = Aggregate { function, arguments, star, variadic, distinct, order, filter, over };
        Ok(Node::Aggregate(Box::new(made)))
    }

    fn over(&mut self, over: &WindowType) -> Answer<Over> {
        match over {
            WindowType::NamedWindow(name) => {
                let name = super::folded(name);
                if let Some(queries) = self.queries {
                    queries.window(&name)?;
                }
                Ok(Over::Named(name.into()))
            }
            WindowType::WindowSpec(window) => {
                let place = std::mem::replace(&mut self.place, Place::Query(Clause::Window));
                let window = self.window(window);
                self.place = place;
                Ok(Over::Window(window?))
            }
        }
    }

    pub(super) fn order(&mut self, written: &[OrderByExpr]) -> Answer<Vec<SortValue>> {
        let mut order = Vec::new();
        for sort in written {
            let value = self.expression(&sort.expr)?;
            let value = if value.of.oid == UNKNOWN { coerce::to_text(self.scope, value)? } else { value };
            let (descending, nulls_first) = direction(sort)?;
            order.push(SortValue { value, descending, nulls_first });
        }
        Ok(order)
    }

    pub(super) fn window(&mut self, written: &ast::WindowSpec) -> Answer<Window> {
        let mut window = Window::default();
        if let Some(name) = &written.window_name {
            let name = super::folded(name);
            if let Some(queries) = self.queries {
                queries.window(&name)?;
            }
            return Err(Stop::unknown("a window that is made from another"));
        }
        window.order = self.order(&written.order_by)?;
        for value in &written.partition_by {
            let value = self.expression(value)?;
            let value = if value.of.oid == UNKNOWN { coerce::to_text(self.scope, value)? } else { value };
            window.partition.push(value);
        }
        for value in window.parts() {
            if cannot_be_sorted(self.scope, value.of.oid)? {
                return Err(Stop::refused("42883", "could not identify an ordering operator for a type"));
            }
        }
        window.frame = written.window_frame.as_ref().map(|frame| frame_of(frame, &window)).transpose()?.flatten();
        Ok(window)
    }

    /// Refuses a function that may not stand where it does: `ParseFuncOrColumn`, `transformAggregateCall`.
    pub(super) fn may_be_called(
        &self,
        name: &str,
        signature: &Signature,
        arguments: &[Argument],
        over_rows: &OverRows<'_>,
    ) -> Answer<()> {
        let wrong = |message: String| Err(Stop::refused("42809", message));
        let clause = match self.place {
            Place::Query(clause) => Some(clause),
            _ => None,
        };
        let (mut sums, mut looks) = (false, false);
        for argument in arguments {
            argument.value.visit(&mut |part| {
                if let Node::Aggregate(inner) = &part.node {
                    sums |= inner.over.is_none();
                    looks |= inner.over.is_some();
                }
            });
        }
        match signature.kind {
            Kind::Function if over_rows.over.is_some() => {
                wrong(format!("OVER specified, but {name} is not a window function nor an aggregate function"))
            }
            Kind::Function if over_rows.is_said() => wrong(format!("{name} is not an aggregate function")),
            Kind::Function => Ok(()),
            Kind::OrderedSet if clause.is_some() => Err(Stop::unknown("an aggregate that takes WITHIN GROUP")),
            Kind::OrderedSet => wrong(format!("WITHIN GROUP is required for {name}")),
            Kind::Procedure => wrong(format!("{name} is a procedure")),
            Kind::Aggregate | Kind::Window if over_rows.within_group => {
                Err(Stop::unknown("WITHIN GROUP of what does not take it"))
            }
            Kind::Aggregate if arguments.is_empty() && !over_rows.star => {
                wrong(format!("{name}(*) must be used to call a parameterless aggregate"))
            }
            Kind::Aggregate if over_rows.over.is_none() => match clause.is_some_and(Clause::takes_aggregates) {
                _ if sums => Err(Stop::refused("42803", "aggregate function calls cannot be nested")),
                _ if looks => {
                    Err(Stop::refused("42803", "aggregate function calls cannot contain window function calls"))
                }
                true => Ok(()),
                false => Err(Stop::refused("42803", "aggregate functions are not allowed here")),
            },
            Kind::Window if over_rows.over.is_none() => {
                wrong(format!("window function {name} requires an OVER clause"))
            }
            Kind::Aggregate | Kind::Window => {
                if over_rows.distinct || !over_rows.order.is_empty() {
                    return Err(Stop::refused("0A000", "this is not implemented for window functions"));
                }
                if over_rows.filter.is_some() && signature.kind == Kind::Window {
                    let message = "FILTER is not implemented for non-aggregate window functions";
                    return Err(Stop::refused("0A000", message));
                }
                match clause.is_some_and(Clause::takes_windows) {
                    _ if looks => Err(Stop::refused("42P20", "window function calls cannot be nested")),
                    true => Ok(()),
                    false => Err(Stop::refused("42P20", "window functions are not allowed here")),
                }
            }
        }
    }

    /// Refuses a function that returns rows where it may not.
    pub(super) fn may_return_rows(&self) -> Answer<()> {
        match self.place {
            Place::Query(Clause::Function) if self.depth == 1 => Ok(()),
            Place::Query(
                Clause::Select | Clause::Order | Clause::Group | Clause::DistinctOn | Clause::Values | Clause::Function,
            ) => Err(Stop::unknown("a function that returns rows in a list")),
            _ => Err(Stop::refused("0A000", "set-returning functions are not allowed here")),
        }
    }
}

/// Returns whether an order goes down, and whether nulls come first.
pub(crate) fn direction(sort: &OrderByExpr) -> Answer<(bool, bool)> {
    let descending = match &sort.options.sort {
        None | Some(OrderBySort::Asc) => false,
        Some(OrderBySort::Desc) => true,
        Some(OrderBySort::Using(_)) => return Err(Stop::unknown("an order by an operator")),
    };
    if sort.with_fill.is_some() {
        return Err(Stop::refused("42601", "syntax error"));
    }
    Ok((descending, sort.options.nulls_first.unwrap_or(descending)))
}

/// Returns the frame of a window as Postgres spells it; none where it is the one that is meant anyway.
fn frame_of(frame: &WindowFrame, window: &Window) -> Answer<Option<String>> {
    let rank = |bound: &WindowFrameBound| match bound {
        WindowFrameBound::Preceding(None) => Ok((0, "UNBOUNDED PRECEDING")),
        WindowFrameBound::CurrentRow => Ok((2, "CURRENT ROW")),
        WindowFrameBound::Following(None) => Ok((4, "UNBOUNDED FOLLOWING")),
        _ => Err(Stop::unknown("a frame of so many rows")),
    };
    let (from, from_words) = rank(&frame.start_bound)?;
    if from == 4 {
        return Err(Stop::refused("42P20", "frame start cannot be UNBOUNDED FOLLOWING"));
    }
    let to = frame.end_bound.as_ref().map(rank).transpose()?;
    if let Some((0, _)) = to {
        return Err(Stop::refused("42P20", "frame end cannot be UNBOUNDED PRECEDING"));
    }
    let units = match frame.units {
        ast::WindowFrameUnits::Rows => "ROWS",
        ast::WindowFrameUnits::Range => "RANGE",
        ast::WindowFrameUnits::Groups if window.order.is_empty() => {
            return Err(Stop::refused("42P20", "GROUPS mode requires an ORDER BY clause"));
        }
        ast::WindowFrameUnits::Groups => "GROUPS",
    };
    Ok(Some(match to {
        None => format!("{units} {from_words}"),
        Some((_, to_words)) => format!("{units} BETWEEN {from_words} AND {to_words}"),
    }))
}

/// json, xml, point, lseg, path, box, polygon, line, circle, txid_snapshot and their like know no order.
const NO_ORDER: [u32; 12] = [114, 142, 600, 601, 602, 603, 604, 628, 718, 2970, 5038, 4072];
/// Of those that know no order, these know at least what is equal.
const BY_HASH: [u32; 4] = [28, 29, 27, 1033];

/// Returns whether values of a type have no order.
pub(crate) fn cannot_be_sorted(types: &dyn Types, of: Oid) -> Answer<bool> {
    let of = types::base(types, of);
    if let Some(element) = types::element(types, of) {
        return cannot_be_sorted(types, element);
    }
    if BY_HASH.contains(&of.0) || types::is_composite(types, of) || of == Oid(2249) {
        return Err(Stop::unknown("whether this type has an order"));
    }
    if of.0 >= 16_384 && types.own(of).is_none() {
        return Err(Stop::unknown("whether this type has an order"));
    }
    Ok(NO_ORDER.contains(&of.0))
}

/// Returns whether it is not known which values of a type are equal.
pub(crate) fn cannot_be_compared(types: &dyn Types, of: Oid) -> Answer<bool> {
    if BY_HASH.contains(&of.0) {
        return Ok(false);
    }
    cannot_be_sorted(types, of)
}

/// Returns the place in a list that a literal stands for; `Err` for a literal that is none. Postgres reads a minus
/// before a number as part of it, so a place may be below the first.
pub(crate) fn as_position(value: &ast::Expr) -> Option<Result<i64, ()>> {
    match value {
        ast::Expr::UnaryOp { op: ast::UnaryOperator::Minus, expr } => match &**expr {
            ast::Expr::Value(value) => match &value.value {
                ast::Value::Number(digits, false) => Some(format!("-{digits}").parse().map_err(|_| ())),
                _ => None,
            },
            _ => None,
        },
        ast::Expr::Value(value) => match &value.value {
            ast::Value::Number(digits, false) => Some(digits.parse().map_err(|_| ())),
            ast::Value::Null | ast::Value::Boolean(_) => Some(Err(())),
            ast::Value::SingleQuotedString(_) | ast::Value::EscapedStringLiteral(_) => Some(Err(())),
            _ => None,
        },
        _ => None,
    }
}

/// Returns whether a node is a literal.
pub(crate) fn is_constant(value: &Expression) -> bool {
    matches!(value.node, Node::Constant(Value::Null | Value::Text(_) | Value::Relation(_)))
}
