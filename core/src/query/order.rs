//! ORDER BY, GROUP BY and DISTINCT ON: which output each of them means. `findTargetlistEntrySQL92`

use super::Answer;
use super::level::Level;
use crate::catalog::expression::{Expression, Node};
use crate::catalog::query::{Sort, Target};
use crate::expression::{self, Clause, Stop, folded};
use crate::sql::query::ast::{Expr, OrderByExpr};

/// For what an output is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sought {
    Order,
    Group,
    DistinctOn,
}

impl Sought {
    fn clause(self) -> Clause {
        match self {
            Self::Order => Clause::Order,
            Self::Group => Clause::Group,
            Self::DistinctOn => Clause::DistinctOn,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Order => "ORDER BY",
            Self::Group => "GROUP BY",
            Self::DistinctOn => "DISTINCT ON",
        }
    }
}

impl Level<'_> {
    pub(super) fn sorted(&self, order: &[OrderByExpr], targets: &mut Vec<Target>) -> Answer<Vec<Sort>> {
        let mut sorts: Vec<Sort> = Vec::new();
        for sort in order {
            let found = self.sought(&sort.expr, targets, Sought::Order)?;
            let (descending, nulls_first) = expression::direction(sort)?;
            if let Some(target) = targets.get_mut(found) {
                self.typed(target)?;
                if expression::cannot_be_sorted(self, target.value.of.oid)? {
                    let message = "could not identify an ordering operator for a type";
                    return Err(Stop::refused("42883", message));
                }
            }
            if sorts.iter().all(|sort| sort.target != found) {
                sorts.push(Sort { target: found, descending, nulls_first });
            }
        }
        Ok(sorts)
    }

    pub(super) fn grouped(&self, values: &[Expr], targets: &mut Vec<Target>) -> Answer<Vec<usize>> {
        let mut groups = Vec::new();
        for value in values {
            if matches!(value, Expr::Tuple(_) | Expr::Rollup(_) | Expr::Cube(_) | Expr::GroupingSets(_)) {
                return Err(Stop::unknown("grouping sets"));
            }
            let found = self.sought(value, targets, Sought::Group)?;
            if groups.contains(&found) {
                continue;
            }
            if let Some(target) = targets.get_mut(found) {
                self.typed(target)?;
                self.can_be_compared(&target.value)?;
            }
            groups.push(found);
        }
        Ok(groups)
    }

    pub(super) fn can_be_compared(&self, value: &Expression) -> Answer<()> {
        match expression::cannot_be_compared(self, value.of.oid)? {
            true => Err(Stop::refused("42883", "could not identify an equality operator for a type")),
            false => Ok(()),
        }
    }

    /// Returns the place of the output that is meant; what is not put out is added.
    pub(super) fn sought(&self, tree: &Expr, targets: &mut Vec<Target>, sought: Sought) -> Answer<usize> {
        let mut tree = tree;
        while let Expr::Nested(inner) = tree {
            tree = inner;
        }
        if let Expr::Identifier(name) = tree {
            let name = folded(name);
            // A column goes before an output, but only to group by.
            let is_column = sought == Sought::Group && self.own_column(&name)?.is_some();
            if !is_column && let Some(found) = self.output_named(&name, targets, sought)? {
                return self.may_be_grouped(found, targets, sought);
            }
        }
        match expression::as_position(tree) {
            Some(Ok(place)) => {
                let count = targets.iter().filter(|target| !target.junk).count();
                return match usize::try_from(place) {
                    Ok(place @ 1..) if place <= count => self.may_be_grouped(place - 1, targets, sought),
                    _ => {
                        let message = format!("{} position {place} is not in select list", sought.word());
                        Err(Stop::refused("42P10", message))
                    }
                };
            }
            Some(Err(())) => {
                return Err(Stop::refused("42601", format!("non-integer constant in {}", sought.word())));
            }
            None => {}
        }
        let value = self.value(tree, sought.clause())?;
        if let Some(found) = targets.iter().position(|target| same(&target.value, &value)) {
            return Ok(found);
        }
        if value.any(&mut |part| matches!(part.node, Node::SubQuery(_))) {
            return Err(Stop::unknown("a query in ORDER BY or GROUP BY"));
        }
        targets.push(Target { name: "?column?".into(), value, junk: true });
        Ok(targets.len() - 1)
    }

    fn output_named(&self, name: &str, targets: &[Target], sought: Sought) -> Answer<Option<usize>> {
        let mut found: Option<usize> = None;
        for (at, target) in targets.iter().enumerate().filter(|(_, target)| !target.junk && *target.name == *name) {
            let before = found.and_then(|before| targets.get(before));
            if before.is_some_and(|before| !same(&before.value, &target.value)) {
                return Err(Stop::refused("42702", format!("{} \"{name}\" is ambiguous", sought.word())));
            }
            found = found.or(Some(at));
        }
        Ok(found)
    }

    /// What sums up rows is no group.
    fn may_be_grouped(&self, found: usize, targets: &[Target], sought: Sought) -> Answer<usize> {
        let value = targets.get(found).map(|target| &target.value);
        let mut aggregate = None;
        if let Some(value) = value.filter(|_| sought == Sought::Group) {
            value.visit(&mut |part| {
                if let Node::Aggregate(found) = &part.node {
                    aggregate = aggregate.or(Some(found.over.is_some()));
                }
            });
        }
        match aggregate {
            Some(false) => Err(Stop::refused("42803", "aggregate functions are not allowed in GROUP BY")),
            Some(true) => Err(Stop::refused("42P20", "window functions are not allowed in GROUP BY")),
            None => Ok(found),
        }
    }
}

fn same(one: &Expression, two: &Expression) -> bool {
    one == two
}
