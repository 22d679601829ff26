//! UNION, INTERSECT, EXCEPT: `transformSetOperationStmt`.

use std::sync::Arc;

use super::Answer;
use super::level::{Item, Level};
use super::select::Tail;
use crate::catalog::expression::{Expression, Node};
use crate::catalog::query::{Body, Query, SetTree, Target};
use crate::catalog::types::{self, Type, UNKNOWN};
use crate::catalog::{Context, Oid};
use crate::expression::{self, Stop};
use crate::sql::query::ast::{SetExpr, SetOperator, SetQuantifier};

const TEXT: Oid = Oid(25);

/// Queries put together, with the types of their outputs.
pub(super) struct Set {
    pub(super) tree: SetTree,
    pub(super) types: Vec<Type>,
}

/// So many queries put together are not followed: each is as deep in the tree as there are before it.
const LONGEST: usize = 100;

impl Level<'_> {
    pub(super) fn set(mut self, body: &SetExpr, tail: &Tail<'_>) -> Answer<Query> {
        let (mut count, mut waiting) = (0, vec![body]);
        while let Some(SetExpr::SetOperation { left, right, .. }) = waiting.pop() {
            count += 1;
            waiting.extend([&**right, &**left]);
        }
        if count > LONGEST {
            return Err(Stop::unknown("so many queries put together"));
        }
        let Set { tree, types } = self.set_tree(body)?;
        let mut leftmost = &tree;
        while let SetTree::Node { left, .. } = leftmost {
            leftmost = left;
        }
        let SetTree::Leaf(first) = leftmost else { return Err(Stop::unknown("a set of nothing")) };
        let names: Vec<Arc<str>> = first.outputs().map(|target| Arc::clone(&target.name)).collect();
        let number = self.world.number();
        let placed = names.iter().zip(types).zip(1..).map(|((name, of), at)| {
            (Arc::clone(name), Expression { node: Node::Column { relation: number, number: at }, of })
        });
        let columns: Vec<(Arc<str>, Expression)> = placed.collect();
        let mut targets: Vec<Target> = columns
            .iter()
            .map(|(name, value)| Target { name: Arc::clone(name), value: value.clone(), junk: false })
            .collect();
        let count = targets.len();
        self.items = vec![Item { name: None, relation: None, columns, is_open: true }];
        let order = self.sorted(tail.order, &mut targets)?;
        if targets.len() != count {
            return Err(Stop::refused("0A000", "invalid UNION/INTERSECT/EXCEPT ORDER BY clause"));
        }
        self.items.clear();
        let (limit, offset) = tail.limits(&self)?;
        if tail.has_locks() {
            return Err(Stop::refused("0A000", "FOR UPDATE is not allowed with UNION/INTERSECT/EXCEPT"));
        }
        Ok(Query {
            with: Vec::new(),
            recursive: false,
            body: Body::Set(Box::new(tree)),
            targets,
            order,
            offset,
            limit,
            with_ties: tail.has_ties(),
            locks: Vec::new(),
        })
    }

    pub(super) fn set_tree(&self, body: &SetExpr) -> Answer<Set> {
        match body {
            SetExpr::SetOperation { left, op, set_quantifier, right } => {
                let all = match set_quantifier {
                    SetQuantifier::All => true,
                    SetQuantifier::Distinct | SetQuantifier::None => false,
                    _ => return Err(Stop::unknown("a set operation by names")),
                };
                let operation = match op {
                    SetOperator::Union => "UNION",
                    SetOperator::Intersect => "INTERSECT",
                    SetOperator::Except => "EXCEPT",
                    SetOperator::Minus => return Err(Stop::refused("42601", "syntax error")),
                };
                let (left, right) = (self.set_tree(left)?, self.set_tree(right)?);
                self.put_together(operation, all, left, right)
            }
            SetExpr::Query(inner) if inner.with.is_none() && Tail::of(inner)?.is_empty() => self.set_tree(&inner.body),
            SetExpr::Query(inner) => {
                let query = Level::new(self.world, Some(self), false).query(inner, false)?;
                Ok(leaf(query))
            }
            SetExpr::Select(_) | SetExpr::Values(_) => {
                let alone = crate::sql::query::alone(body.clone());
                let query = Level::new(self.world, Some(self), false).query(&alone, false)?;
                Ok(leaf(query))
            }
            _ => Err(Stop::unknown("a part of a set operation")),
        }
    }

    /// Finds the types that both sides have in common.
    pub(super) fn put_together(&self, operation: &'static str, all: bool, left: Set, right: Set) -> Answer<Set> {
        let (mut left, mut right) = (left, right);
        if left.types.len() != right.types.len() {
            let message = format!("each {operation} query must have the same number of columns");
            return Err(Stop::refused("42601", message));
        }
        let mut types = Vec::new();
        for at in 0..left.types.len() {
            let (Some(one), Some(two)) = (left.types.get(at).copied(), right.types.get(at).copied()) else { continue };
            let common = types::common(self, &[one.oid, two.oid]);
            let Some(common) = common else {
                let (one, two) = (self.world.scope.type_name(one.oid), self.world.scope.type_name(two.oid));
                return Err(Stop::refused("42804", format!("{operation} types {one} and {two} cannot be matched")));
            };
            for (side, of) in [(&mut left, one), (&mut right, two)] {
                if of.oid == UNKNOWN {
                    side.become_of(self, at, common, operation)?;
                } else if !types::can_become(self, of.oid, common, Context::Implicit) {
                    let message = format!("{operation} could not convert a type");
                    return Err(Stop::refused("42846", message));
                }
            }
            let modifier = if one == two { one.modifier } else { -1 };
            let of = Type { oid: common, modifier };
            if !all && expression::cannot_be_compared(self, common)? {
                return Err(Stop::refused("42883", "could not identify an equality operator for a type"));
            }
            types.push(of);
        }
        let tree = SetTree::Node { operation, all, left: Box::new(left.tree), right: Box::new(right.tree) };
        Ok(Set { tree, types })
    }
}

pub(super) fn leaf(query: Query) -> Set {
    let types = query.outputs().map(|target| target.value.of).collect();
    Set { tree: SetTree::Leaf(Box::new(query)), types }
}

impl Set {
    /// Gives a literal without a type that of what it stands beside.
    fn become_of(&mut self, level: &Level<'_>, at: usize, to: Oid, shown: &str) -> Answer<()> {
        let SetTree::Leaf(query) = &mut self.tree else { return Err(Stop::unknown("a set of literals")) };
        if let Some(target) = query.targets.get_mut(at) {
            target.value = expression::to_common_of(level, target.value.clone(), to, shown)?;
        }
        Ok(())
    }

    /// Gives literals without a type the type text, as where the rest of a recursive query looks at them.
    pub(super) fn resolved(&self) -> Vec<Type> {
        let plain = |of: &Type| if of.oid == UNKNOWN { Type { oid: TEXT, modifier: -1 } } else { *of };
        self.types.iter().map(plain).collect()
    }
}
