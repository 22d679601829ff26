//! Expressions as the catalog keeps them.

use std::sync::Arc;

use super::Oid;
use super::expression::{Expression, Node};
use super::query::Query;

/// An expression of a default, a check, an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Formula {
    /// As it was written.
    pub written: Arc<str>,
    /// What it means.
    pub tree: Arc<Expression>,
    /// Numbers of the columns of its own table that it mentions, sorted, each once.
    pub columns: Vec<i16>,
}

impl Formula {
    /// Returns an expression over the columns of a relation; of none where it stands by itself.
    pub fn new(written: &str, tree: Expression, over: Option<Oid>) -> Self {
        let mut columns = Vec::new();
        tree.visit(&mut |part| {
            if let Node::Column { relation, number } = part.node
                && Some(relation) == over
            {
                columns.push(number);
            }
        });
        columns.sort_unstable();
        columns.dedup();
        Self { written: written.into(), tree: Arc::new(tree), columns }
    }

    /// Returns the column that it is, if it is nothing else.
    pub fn as_column(&self) -> Option<i16> {
        match self.tree.node {
            Node::Column { number, .. } => Some(number),
            _ => None,
        }
    }

    /// Returns the queries right inside.
    pub fn queries(&self) -> Vec<&Query> {
        let mut queries = Vec::new();
        let mut waiting = vec![&*self.tree];
        while let Some(part) = waiting.pop() {
            if let Node::SubQuery(inner) = &part.node {
                queries.push(&inner.query);
            }
            waiting.extend(part.parts());
        }
        queries
    }

    /// Returns the relations that it names as values: `nextval('t_id_seq')`.
    pub fn relations(&self) -> Vec<Oid> {
        let mut relations = Vec::new();
        self.tree.visit(&mut |part| {
            if let Node::Constant(super::expression::Value::Relation(oid)) = part.node {
                relations.push(oid);
            }
        });
        relations
    }

    /// Returns the functions that it calls, other than those of `pg_catalog`.
    pub fn routines(&self) -> Vec<Oid> {
        let mut routines = Vec::new();
        self.tree.visit(&mut |part| {
            if let Node::Call(call) = &part.node
                && call.function >= Oid(16_384)
            {
                routines.push(call.function);
            }
        });
        routines
    }

    /// Returns the collations that it names, other than those of `pg_catalog`.
    pub fn collations(&self) -> Vec<Oid> {
        let mut collations = Vec::new();
        self.tree.visit(&mut |part| {
            if let Node::Collate(_, collation) = part.node
                && collation >= Oid(16_384)
            {
                collations.push(collation);
            }
        });
        collations
    }

    /// Returns the types that it casts to or takes apart, other than those of `pg_catalog`.
    pub fn types(&self) -> Vec<Oid> {
        let mut types = Vec::new();
        self.tree.visit(&mut |part| {
            if !matches!(part.node, Node::Column { .. }) && part.of.oid >= Oid(16_384) && !types.contains(&part.of.oid)
            {
                types.push(part.of.oid);
            }
        });
        types
    }
}
