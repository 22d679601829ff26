//! A query from its first word to its last: `transformSelectStmt`, `transformValuesClause`.

use std::sync::Arc;

use super::level::Level;
use super::order::Sought;
use super::{Answer, naming};
use crate::catalog::expression::{Expression, Form, Node};
use crate::catalog::query::{Body, Distinct, Query, RowLock, Select, SourceOf, Target};
use crate::catalog::types::{Type, UNKNOWN};
use crate::catalog::{Context, Oid, RelationKind};
use crate::expression::{self, Clause, Stop, folded, parts};
use crate::sql::query::ast::{
    self, Distinct as WrittenDistinct, Expr, GroupByExpr, LimitClause, LockType, NamedWindowExpr, NonBlock,
    OrderByExpr, OrderByKind, SelectFlavor, SelectItem, SelectItemQualifiedWildcardKind, SetExpr,
    WildcardAdditionalOptions,
};

const BIGINT: Type = Type { oid: Oid(20), modifier: -1 };

/// A query takes as much of the stack as so many expressions.
const STEP: usize = 10;
/// Deeper ones are not followed.
const DEPTH: usize = 100;

/// What stands behind the body of a query.
#[derive(Debug, Default)]
pub(super) struct Tail<'t> {
    pub(super) order: &'t [OrderByExpr],
    limit: Option<&'t Expr>,
    offset: Option<&'t Expr>,
    with_ties: bool,
    locks: &'t [ast::LockClause],
}

impl<'t> Tail<'t> {
    pub(super) fn of(tree: &'t ast::Query) -> Answer<Self> {
        let odd = tree.for_clause.is_some()
            || tree.settings.is_some()
            || tree.format_clause.is_some()
            || !tree.pipe_operators.is_empty();
        if odd {
            return Err(Stop::unknown("a query of such a form"));
        }
        let mut tail = Self { locks: &tree.locks, ..Self::default() };
        if let Some(order) = &tree.order_by {
            match &order.kind {
                OrderByKind::Expressions(order) => tail.order = order,
                OrderByKind::All(_) => return Err(Stop::unknown("ORDER BY ALL")),
            }
        }
        match &tree.limit_clause {
            None => {}
            Some(LimitClause::LimitOffset { limit, offset, limit_by }) if limit_by.is_empty() => {
                tail.limit = limit.as_ref();
                tail.offset = offset.as_ref().map(|offset| &offset.value);
            }
            Some(_) => return Err(Stop::refused("42601", "LIMIT #,# syntax is not supported")),
        }
        if let Some(fetch) = &tree.fetch {
            if fetch.percent || tail.limit.is_some() {
                return Err(Stop::unknown("FETCH of such a form"));
            }
            tail.limit = Some(fetch.quantity.as_ref().ok_or_else(|| Stop::unknown("FETCH without a number"))?);
            tail.with_ties = fetch.with_ties;
            if fetch.with_ties && tail.order.is_empty() {
                return Err(Stop::refused("42601", "WITH TIES cannot be specified without ORDER BY clause"));
            }
        }
        Ok(tail)
    }

    pub(super) fn has_locks(&self) -> bool {
        !self.locks.is_empty()
    }

    pub(super) fn has_ties(&self) -> bool {
        self.with_ties
    }

    pub(super) fn limits(&self, level: &Level<'_>) -> Answer<(Option<Expression>, Option<Expression>)> {
        let offset = level.limit(self.offset)?;
        Ok((level.limit(self.limit)?, offset))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.order.is_empty() && self.limit.is_none() && self.offset.is_none() && self.locks.is_empty()
    }
}

impl Level<'_> {
    /// Reads a whole query; of an unnamed literal in its output the type stays open unless `resolve` is set.
    pub(super) fn query(self, tree: &ast::Query, resolve: bool) -> Answer<Query> {
        let depth = &self.world.depth;
        let before = depth.get();
        if before > DEPTH {
            return Err(Stop::unknown("queries nested so deep"));
        }
        depth.set(before + STEP);
        let query = self.whole(tree, resolve);
        depth.set(before);
        query
    }

    fn whole(mut self, tree: &ast::Query, resolve: bool) -> Answer<Query> {
        let (with, recursive) = match &tree.with {
            Some(with) => (self.with(with)?, with.recursive),
            None => (Vec::new(), false),
        };
        let tail = Tail::of(tree)?;
        let mut body = &*tree.body;
        while let SetExpr::Query(inner) = body {
            if tail.is_empty() && with.is_empty() {
                let mut same = Level::new(self.world, self.outer, self.is_blind());
                same.rows = self.rows;
                return same.query(inner, resolve);
            }
            if inner.with.is_some() || !Tail::of(inner)?.is_empty() {
                return Err(Stop::unknown("a query in parentheses with what stands behind it"));
            }
            body = &inner.body;
        }
        let mut query = match body {
            SetExpr::Select(select) => self.select(select, &tail, resolve)?,
            SetExpr::Values(values) => {
                let rows: Vec<&[Expr]> = values.rows.iter().map(|row| row.content.as_slice()).collect();
                self.values(&rows, &tail)?
            }
            SetExpr::SetOperation { .. } => self.set(body, &tail)?,
            _ => return Err(Stop::unknown("a statement inside a query")),
        };
        query.with = with;
        query.recursive = recursive;
        Ok(query)
    }

    fn select(mut self, tree: &ast::Select, tail: &Tail<'_>, resolve: bool) -> Answer<Query> {
        no_dialect(tree)?;
        let from = self.from(&tree.from)?;
        self.windows(tree)?;
        let mut targets = self.targets(&tree.projection, Clause::Select)?;
        let condition = tree.selection.as_ref().map(|tree| self.condition(tree, Clause::Where, "WHERE")).transpose()?;
        let having = tree.having.as_ref().map(|tree| self.condition(tree, Clause::Having, "HAVING")).transpose()?;
        let order = self.sorted(tail.order, &mut targets)?;
        let groups = match &tree.group_by {
            GroupByExpr::Expressions(values, modifiers) if modifiers.is_empty() => {
                self.grouped(values, &mut targets)?
            }
            _ => return Err(Stop::unknown("a grouping of such a form")),
        };
        let distinct = match &tree.distinct {
            None | Some(WrittenDistinct::All) => Distinct::No,
            Some(WrittenDistinct::Distinct) => {
                if targets.iter().any(|target| target.junk) {
                    let message = "for SELECT DISTINCT, ORDER BY expressions must appear in select list";
                    return Err(Stop::refused("42P10", message));
                }
                if targets.is_empty() {
                    return Err(Stop::refused("42601", "SELECT DISTINCT must have at least one column"));
                }
                for target in &mut targets {
                    self.typed(target)?;
                    self.can_be_compared(&target.value)?;
                }
                Distinct::All
            }
            Some(WrittenDistinct::On(values)) => self.distinct_on(values, &mut targets, &order)?,
        };
        let (limit, offset) = tail.limits(&self)?;
        if resolve {
            for target in &mut targets {
                self.typed(target)?;
            }
        }
        let Self { sources, windows, world, rows, .. } = self;
        let select = Select { sources, from, condition, groups, having, distinct, windows, proofs: Vec::new() };
        let mut query = Query {
            with: Vec::new(),
            recursive: false,
            body: Body::Select(Box::new(select)),
            targets,
            order,
            offset,
            limit,
            with_ties: tail.with_ties,
            locks: Vec::new(),
        };
        super::grouping::check(&mut query, world)?;
        super::grouping::no_row_of_a_rule(&query, &rows)?;
        query.locks = locks(&query, tail, world)?;
        Ok(query)
    }

    /// `VALUES (…), (…)`
    fn values(mut self, rows: &[&[Expr]], tail: &Tail<'_>) -> Answer<Query> {
        if !tail.locks.is_empty() {
            return Err(Stop::refused("0A000", "FOR UPDATE cannot be applied to VALUES"));
        }
        let width = rows.first().map_or(0, |row| row.len());
        let mut columns: Vec<Vec<Expression>> = vec![Vec::new(); width];
        for row in rows {
            if row.len() != width {
                return Err(Stop::refused("42601", "VALUES lists must all be the same length"));
            }
            for (column, tree) in columns.iter_mut().zip(*row) {
                column.push(self.value(tree, Clause::Values)?);
            }
        }
        let mut types = Vec::new();
        let mut made: Vec<Vec<Expression>> = vec![Vec::new(); rows.len()];
        for column in columns {
            let (values, of) = expression::to_common(&self, column, "VALUES")?;
            types.push(of);
            for (row, value) in made.iter_mut().zip(values) {
                row.push(value);
            }
        }
        let (part, items) = self.rows(made, &types)?;
        self.items = items;
        let mut targets = self.star(None)?;
        let order = self.sorted(tail.order, &mut targets)?;
        let (limit, offset) = tail.limits(&self)?;
        let select = Select { sources: self.sources, from: vec![part], ..Select::default() };
        Ok(Query {
            with: Vec::new(),
            recursive: false,
            body: Body::Select(Box::new(select)),
            targets,
            order,
            offset,
            limit,
            with_ties: tail.with_ties,
            locks: Vec::new(),
        })
    }

    fn windows(&mut self, tree: &ast::Select) -> Answer<()> {
        for definition in &tree.named_window {
            let name = folded(&definition.0);
            if self.windows.iter().any(|(known, _)| **known == *name) {
                return Err(Stop::refused("42P20", format!("window \"{name}\" is already defined")));
            }
            let NamedWindowExpr::WindowSpec(spec) = &definition.1 else {
                return Err(Stop::unknown("a window that is another"));
            };
            let window = expression::window(spec, self, self)?;
            self.windows.push((name.into(), window));
        }
        Ok(())
    }

    /// Reads a list of outputs, with stars.
    pub(super) fn targets(&self, items: &[SelectItem], clause: Clause) -> Answer<Vec<Target>> {
        let mut targets = Vec::new();
        for item in items {
            match item {
                SelectItem::UnnamedExpr(tree) => {
                    let value = self.value(tree, clause)?;
                    let name = naming::of(tree).ok_or_else(|| Stop::unknown("the name of an output"))?;
                    targets.push(Target { name, value, junk: false });
                }
                SelectItem::ExprWithAlias { expr, alias } => {
                    let value = self.value(expr, clause)?;
                    targets.push(Target { name: folded(alias).into(), value, junk: false });
                }
                SelectItem::Wildcard(options) if is_plain(options) => targets.extend(self.star(None)?),
                SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), options)
                    if is_plain(options) =>
                {
                    match parts(name)?.as_slice() {
                        [name] => targets.extend(self.star(Some(name))?),
                        _ => return Err(Stop::unknown("all columns by schema and table")),
                    }
                }
                _ => return Err(Stop::unknown("an output of such a form")),
            }
        }
        Ok(targets)
    }

    /// Returns all columns, or those of one source.
    pub(super) fn star(&self, of: Option<&str>) -> Answer<Vec<Target>> {
        let target = |(name, value): &(Arc<str>, Expression)| Target {
            name: Arc::clone(name),
            value: value.clone(),
            junk: false,
        };
        if let Some(name) = of {
            return match self.own_item(name)?.or_else(|| self.row(name)) {
                Some(item) => Ok(item.columns.iter().map(target).collect()),
                None if self.has_old_and_new && ["old", "new"].contains(&name) => {
                    Err(Stop::unknown("a row before or after its change"))
                }
                None if self.outer.is_some() => Err(Stop::unknown("all columns of a source around")),
                None => Err(Stop::refused("42P01", format!("missing FROM-clause entry for table \"{name}\""))),
            };
        }
        if self.items.is_empty() {
            return Err(Stop::refused("42601", "SELECT * with no tables specified is not valid"));
        }
        let open = self.items.iter().filter(|item| item.is_open);
        Ok(open.flat_map(|item| item.columns.iter().map(target)).collect())
    }

    /// Gives a literal without a type the type text.
    pub(super) fn typed(&self, target: &mut Target) -> Answer<()> {
        if target.value.of.oid == UNKNOWN {
            target.value = expression::to_text(self, target.value.clone())?;
        }
        Ok(())
    }

    fn distinct_on(
        &self,
        values: &[Expr],
        targets: &mut Vec<Target>,
        order: &[crate::catalog::query::Sort],
    ) -> Answer<Distinct> {
        let mut on = Vec::new();
        for value in values {
            let found = self.sought(value, targets, Sought::DistinctOn)?;
            if !on.contains(&found) {
                on.push(found);
            }
        }
        let mut skipped = false;
        let mut sorted: Vec<usize> = Vec::new();
        for sort in order {
            if !on.contains(&sort.target) {
                skipped = true;
            } else if skipped {
                let message = "SELECT DISTINCT ON expressions must match initial ORDER BY expressions";
                return Err(Stop::refused("42P10", message));
            } else {
                sorted.push(sort.target);
            }
        }
        // In the order of ORDER BY.
        let rest: Vec<usize> = on.into_iter().filter(|target| !sorted.contains(target)).collect();
        if skipped && !rest.is_empty() {
            let message = "SELECT DISTINCT ON expressions must match initial ORDER BY expressions";
            return Err(Stop::refused("42P10", message));
        }
        sorted.extend(rest);
        for target in &sorted {
            if let Some(target) = targets.get(*target) {
                self.can_be_compared(&target.value)?;
            }
        }
        Ok(Distinct::On(sorted))
    }

    /// `transformLimitClause`
    fn limit(&self, tree: Option<&Expr>) -> Answer<Option<Expression>> {
        let Some(tree) = tree else { return Ok(None) };
        let value = self.value(tree, Clause::Limit)?;
        let value = expression::to_type(self, value, BIGINT, Context::Assignment, Form::Implicit)?;
        let value = value.ok_or_else(|| Stop::refused("42804", "argument of LIMIT must be type bigint"))?;
        let is_own = |relation: Oid| self.sources.iter().any(|source| source.number == relation);
        if value.any(&mut |part| matches!(part.node, Node::Column { relation, .. } if is_own(relation))) {
            return Err(Stop::refused("42P10", "argument of LIMIT must not contain variables"));
        }
        Ok(Some(value))
    }
}

/// Refuses to read what other databases have beside.
fn no_dialect(tree: &ast::Select) -> Answer<()> {
    let odd = tree.top.is_some()
        || tree.exclude.is_some()
        || tree.into.is_some()
        || !tree.lateral_views.is_empty()
        || tree.prewhere.is_some()
        || !tree.connect_by.is_empty()
        || !tree.cluster_by.is_empty()
        || !tree.distribute_by.is_empty()
        || !tree.sort_by.is_empty()
        || tree.qualify.is_some()
        || tree.value_table_mode.is_some()
        || tree.select_modifiers.is_some()
        || tree.flavor != SelectFlavor::Standard;
    if odd { Err(Stop::unknown("a query of such a form")) } else { Ok(()) }
}

fn is_plain(options: &WildcardAdditionalOptions) -> bool {
    options.opt_ilike.is_none()
        && options.opt_exclude.is_none()
        && options.opt_except.is_none()
        && options.opt_replace.is_none()
        && options.opt_rename.is_none()
        && options.opt_alias.is_none()
}

/// `transformLockingClause`
fn locks(query: &Query, tail: &Tail<'_>, world: &super::World<'_>) -> Answer<Vec<RowLock>> {
    let Body::Select(select) = &query.body else { return Ok(Vec::new()) };
    if tail.locks.is_empty() {
        return Ok(Vec::new());
    }
    let sums = super::grouping::sums_up(query);
    if select.distinct != Distinct::No || !select.groups.is_empty() || select.having.is_some() || sums {
        return Err(Stop::refused("0A000", "FOR UPDATE is not allowed with DISTINCT, GROUP BY or aggregates"));
    }
    let mut locks = Vec::new();
    for lock in tail.locks {
        let (mut of, mut locked) = (Vec::new(), Vec::new());
        if let Some(name) = &lock.of {
            let [name] = parts(name)?.try_into().map_err(|_| Stop::refused("42601", "FOR UPDATE takes plain names"))?;
            let found = select.sources.iter().find(|source| source.name.as_deref() == Some(&*name));
            let missing = || Stop::refused("42P01", format!("relation \"{name}\" in FOR UPDATE clause not found"));
            of.push(found.ok_or_else(missing)?.number);
        }
        for source in &select.sources {
            if !of.is_empty() && !of.contains(&source.number) {
                continue;
            }
            match source.of {
                SourceOf::Relation(oid, _) => {
                    let kind = world.catalog.relation(oid).map(|relation| &relation.kind);
                    if !matches!(kind, Some(RelationKind::Table | RelationKind::Partitioned(_))) {
                        return Err(Stop::unknown("rows of a view that are locked"));
                    }
                    locked.push(source.number);
                }
                SourceOf::Join if of.is_empty() => {}
                _ => return Err(Stop::unknown("rows that are locked and are no table's")),
            }
        }
        let strength = match lock.lock_type {
            LockType::Update => "UPDATE",
            LockType::Share => "SHARE",
        };
        let wait = match lock.nonblock {
            None => "",
            Some(NonBlock::Nowait) => " NOWAIT",
            Some(NonBlock::SkipLocked) => " SKIP LOCKED",
        };
        locks.push(RowLock { strength, of: locked, wait });
    }
    Ok(locks)
}
