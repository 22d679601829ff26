//! Functions that only compute, though they are not marked so: nothing but the rows decides what comes of a call.

use super::syntax::type_name;
use super::{Play, Stop};
use crate::catalog::expression::Node;
use crate::catalog::function::{Volatility, builtin_name, builtin_of};
use crate::catalog::query::Body as QueryBody;
use crate::catalog::{Body, Oid, Routine, Type};
use crate::query::Arguments;
use crate::sql::ast::{self, AstNode, PlpgsqlDecl, PlpgsqlStmt as S};
use crate::sql::{plpgsql, query, tree};

/// Functions that call functions so deep are not followed.
const DEPTH: usize = 4;

/// Volatile functions of Postgres that only give a value.
const GIVING: [&str; 4] = ["random", "gen_random_uuid", "clock_timestamp", "timeofday"];

impl Play<'_> {
    /// Returns whether a call of a function of the database does nothing but compute.
    pub(super) fn only_computes(&self, function: Oid) -> bool {
        self.computes(function, 0)
    }

    fn computes(&self, function: Oid, depth: usize) -> bool {
        let Some(routine) = self.catalog.routine(function) else { return false };
        let Body::Text(text) = &routine.body else { return false };
        if depth > DEPTH || !routine.settings.is_empty() {
            return false;
        }
        match &*routine.language {
            "plpgsql" => {}
            "sql" => return self.query_computes(routine, &taken_by(routine), text, depth) == Ok(true),
            _ => return false,
        }
        let Ok(body) = plpgsql::Body::read(text) else { return false };
        self.block_computes(routine, &body.block, depth) == Ok(true)
    }

    fn block_computes(&self, routine: &Routine, block: &ast::PlpgsqlBlock, depth: usize) -> Result<bool, ()> {
        let mut given = taken_by(routine);
        for declaration in block.declare_section().into_iter().flat_map(|section| section.decls()) {
            let PlpgsqlDecl::PlpgsqlVarDecl(variable) = declaration else { return Err(()) };
            let Some(ast::PlpgsqlDeclType::FuncType(ast::FuncType::Type(ty))) = variable.ty() else { return Err(()) };
            let written = type_name(Some(ty)).map_err(|_| ())?;
            let of = self.names.data_type(&self.catalog, &written).map_err(|_| ())?;
            given.push((variable.name().as_ref().and_then(tree::parts).and_then(|mut parts| parts.pop()), of));
        }
        let is_simple = given.iter().all(|(_, of)| !of.is_pseudo()) && block.exception().is_none();
        if !is_simple || !only_simple(block.body()) {
            return Err(());
        }
        for expression in block.syntax().descendants().filter_map(ast::PlpgsqlExpr::cast) {
            if !self.query_computes(routine, &given, &format!("SELECT {}", tree::text(&expression)), depth)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Returns whether a query that reads nothing does nothing but compute.
    fn query_computes(
        &self,
        routine: &Routine,
        given: &[(Option<String>, Type)],
        written: &str,
        depth: usize,
    ) -> Result<bool, ()> {
        let tree = query::query(written).map_err(|_| ())?;
        let arguments = Arguments {
            function: &routine.name,
            given: given.iter().map(|(name, of)| (name.as_deref(), *of)).collect(),
        };
        // What is wrong in it, a call would raise.
        let read: Result<_, Stop> = self.reading_of(&tree, Some(arguments));
        let read = read.map_err(|_| ())?.query;
        let mut computes = true;
        let mut is_one = true;
        read.visit_queries(&mut |query| {
            is_one &= matches!(&query.body, QueryBody::Select(select) if select.from.is_empty());
            for value in query.expressions() {
                value.visit(&mut |part| match &part.node {
                    Node::Call(call) => computes &= self.call_computes(call.function, depth),
                    Node::Aggregate(_) | Node::SubQuery(_) => is_one = false,
                    _ => {}
                });
            }
        });
        Ok(computes && is_one)
    }

    fn call_computes(&self, function: Oid, depth: usize) -> bool {
        let version = self.catalog.version();
        match (builtin_of(version, function), builtin_name(version, function)) {
            (Some(known), name) => {
                known.volatility != Volatility::Volatile || name.is_some_and(|name| GIVING.contains(&name))
            }
            (None, _) => self.catalog.routine(function).is_none() || self.computes(function, depth + 1),
        }
    }
}

/// Returns the names and types of what a routine takes.
fn taken_by(routine: &Routine) -> Vec<(Option<String>, Type)> {
    let inputs = routine.inputs();
    inputs.map(|it| (it.name.as_deref().map(str::to_owned), Type { oid: it.of, modifier: -1 })).collect()
}

/// Returns whether statements only compute, choose and return.
fn only_simple(body: Option<ast::PlpgsqlBody>) -> bool {
    body.is_none_or(|body| {
        body.stmts().all(|statement| match statement {
            S::PlpgsqlAssignStmt(_) | S::PlpgsqlReturnStmt(_) | S::PlpgsqlNullStmt(_) => true,
            S::PlpgsqlIfStmt(branch) => {
                only_simple(branch.then_body())
                    && branch.elsifs().all(|other| only_simple(other.body()))
                    && only_simple(branch.else_clause().and_then(|it| it.body()))
            }
            _ => false,
        })
    })
}
