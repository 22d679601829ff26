//! FROM: sources, their names, and joins. `parse_clause.c`, `parse_relation.c`

use std::sync::Arc;

use super::Answer;
use super::level::{Item, Level};
use super::naming;
use crate::PostgresVersion;
use crate::catalog::expression::{Expression, Node};
use crate::catalog::query::{From, Join, JoinKind, Query, Source, SourceOf, Used};
use crate::catalog::types::{self, Type, Types};
use crate::catalog::{Oid, Parameter, QualifiedName, RelationKind, Routine, UserTypeKind, operator};
use crate::expression::{Clause, Stop, folded, parts};
use crate::sql::query::ast::{
    Expr, Function, FunctionArg, FunctionArgumentList, FunctionArguments, Ident, JoinConstraint, JoinOperator,
    ObjectName, TableAlias, TableFactor, TableWithJoins,
};

/// Functions whose rows are a value each, and whose column is called as they are.
const OF_VALUES: [&str; 6] = [
    "generate_series",
    "unnest",
    "generate_subscripts",
    "regexp_split_to_table",
    "string_to_table",
    "jsonb_object_keys",
];

/// A part of FROM with the names by which it is found.
type Part = (From, Vec<Item>);

impl Level<'_> {
    /// Reads FROM; what it finds is seen from then on.
    pub(super) fn from(&mut self, tables: &[TableWithJoins]) -> Answer<Vec<From>> {
        let mut from = Vec::new();
        for table in tables {
            let (part, items) = self.joined(table)?;
            no_name_twice(&self.items, &items)?;
            no_name_twice(&self.rows, &items)?;
            self.items.extend(items);
            from.push(part);
        }
        Ok(from)
    }

    fn joined(&mut self, table: &TableWithJoins) -> Answer<Part> {
        // Each join is as deep in the tree as there are before it.
        if table.joins.len() > 100 {
            return Err(Stop::unknown("so many joins"));
        }
        let mut left = self.factor(&table.relation)?;
        for join in &table.joins {
            if join.global {
                return Err(Stop::unknown("a join of such a form"));
            }
            let (kind, constraint) = match &join.join_operator {
                JoinOperator::Join(constraint) | JoinOperator::Inner(constraint) => (JoinKind::Inner, constraint),
                JoinOperator::Left(constraint) | JoinOperator::LeftOuter(constraint) => (JoinKind::Left, constraint),
                JoinOperator::Right(constraint) | JoinOperator::RightOuter(constraint) => (JoinKind::Right, constraint),
                JoinOperator::FullOuter(constraint) => (JoinKind::Full, constraint),
                JoinOperator::CrossJoin(constraint @ JoinConstraint::None) => (JoinKind::Inner, constraint),
                _ => return Err(Stop::unknown("a join of such a form")),
            };
            let is_cross = matches!(join.join_operator, JoinOperator::CrossJoin(_));
            if !is_cross && matches!(constraint, JoinConstraint::None) {
                return Err(Stop::unknown("a join without a condition"));
            }
            // What stands behind LATERAL sees what stands before it.
            let before = self.items.len();
            self.items.extend(left.1.iter().cloned());
            let right = self.factor(&join.relation);
            self.items.truncate(before);
            let right = right?;
            no_name_twice(&left.1, &right.1)?;
            left = self.join(kind, left, right, constraint)?;
        }
        Ok(left)
    }

    fn join(&mut self, kind: JoinKind, left: Part, right: Part, constraint: &JoinConstraint) -> Answer<Part> {
        let of = |items: &[Item]| -> Vec<(Arc<str>, Expression)> {
            items.iter().filter(|item| item.is_open).flat_map(|item| item.columns.clone()).collect()
        };
        let (own, others) = (of(&left.1), of(&right.1));
        let using: Vec<Arc<str>> = match constraint {
            JoinConstraint::Using(names) => {
                let one = |name: &ObjectName| match parts(name)?.as_slice() {
                    [name] => Ok(Arc::from(name.as_str())),
                    _ => Err(Stop::unknown("a column by more than its name")),
                };
                names.iter().map(one).collect::<Answer<_>>()?
            }
            JoinConstraint::Natural => {
                let shared = own.iter().map(|(name, _)| name);
                let shared = shared.filter(|name| others.iter().any(|(other, _)| other == *name));
                shared.cloned().collect()
            }
            JoinConstraint::On(_) | JoinConstraint::None => Vec::new(),
        };
        let (mut columns, mut used) = (Vec::new(), Vec::new());
        for (at, name) in using.iter().enumerate() {
            if using.iter().take(at).any(|before| before == name) {
                return Err(Stop::refused("42701", format!("column name \"{name}\" appears more than once in USING")));
            }
            let (a, b) = (only(&own, name)?, only(&others, name)?);
            let common = types::common(self, &[a.of.oid, b.of.oid]);
            let is_compared = operator::find(self, "=", Some(a.of.oid), b.of.oid).is_ok();
            let Some(common) = common.filter(|_| is_compared) else {
                let (one, other) = (self.world.scope.type_name(a.of.oid), self.world.scope.type_name(b.of.oid));
                // Since 16 the columns are compared before they are made one.
                let refusal = if is_compared || (common.is_none() && self.version() < PostgresVersion::V16) {
                    ("42804", format!("JOIN/USING types {one} and {other} cannot be matched"))
                } else {
                    ("42883", format!("operator does not exist: {one} = {other}"))
                };
                return Err(Stop::refused(refusal.0, refusal.1));
            };
            used.push(Used { name: Arc::clone(name), sides: [place(&a)?, place(&b)?] });
            let modifier = if a.of == b.of { a.of.modifier } else { -1 };
            let fits = |side: &Expression| side.of == Type { oid: common, modifier };
            let merged = match kind {
                JoinKind::Inner if fits(&a) => a,
                JoinKind::Inner if fits(&b) => b,
                JoinKind::Left if fits(&a) => a,
                JoinKind::Right if fits(&b) => b,
                _ => return Err(Stop::unknown("a column that is made of two")),
            };
            columns.push((Arc::clone(name), merged));
        }
        let rest = own.into_iter().chain(others).filter(|(name, _)| !using.contains(name));
        columns.extend(rest);
        let (left_from, left_items) = left;
        let (right_from, right_items) = right;
        let mut items: Vec<Item> = left_items.into_iter().chain(right_items).collect();
        let condition = match constraint {
            JoinConstraint::On(condition) => {
                let around = std::mem::replace(&mut self.items, items);
                let rows = std::mem::take(&mut self.rows);
                let condition = self.condition(condition, Clause::On, "JOIN/ON");
                items = std::mem::replace(&mut self.items, around);
                self.rows = rows;
                Some(condition?)
            }
            _ => None,
        };
        for item in &mut items {
            item.is_open = false;
        }
        let number = self.world.number();
        self.sources.push(Source {
            number,
            name: None,
            named: false,
            renamed: Vec::new(),
            columns: Vec::new(),
            lateral: false,
            of: SourceOf::Join,
        });
        items.push(Item { name: None, relation: None, columns, is_open: true });
        let join = Join { source: number, kind, left: left_from, right: right_from, using: used, condition };
        Ok((From::Join(Box::new(join)), items))
    }

    fn factor(&mut self, factor: &TableFactor) -> Answer<Part> {
        match factor {
            TableFactor::Table {
                name,
                alias,
                args,
                with_hints,
                version: None,
                with_ordinality,
                partitions,
                json_path: None,
                sample: None,
                index_hints,
            } if with_hints.is_empty() && partitions.is_empty() && index_hints.is_empty() => match args {
                None if *with_ordinality => Err(Stop::refused("42601", "syntax error")),
                None => self.named(name, alias.as_ref()),
                Some(args) if args.settings.is_none() => {
                    self.function(name, &args.args, *with_ordinality, alias.as_ref(), false)
                }
                Some(_) => Err(Stop::unknown("a source of such a form")),
            },
            TableFactor::Function { lateral, name, args, with_ordinality, alias } => {
                self.function(name, args, *with_ordinality, alias.as_ref(), *lateral)
            }
            TableFactor::UNNEST {
                alias,
                array_exprs,
                with_offset: false,
                with_offset_alias: None,
                with_ordinality,
            } => {
                let arguments: Vec<FunctionArg> = array_exprs
                    .iter()
                    .map(|array| FunctionArg::Unnamed(crate::sql::query::ast::FunctionArgExpr::Expr(array.clone())))
                    .collect();
                let name = ObjectName::from(vec![Ident::new("unnest")]);
                self.function(&name, &arguments, *with_ordinality, alias.as_ref(), false)
            }
            TableFactor::Derived { lateral, subquery, alias, sample: None } => {
                let query = Level::new(self.world, Some(self), !lateral).query(subquery, true)?;
                // Since version 16 it needs no name.
                let alias = alias.as_ref().ok_or_else(|| Stop::unknown("a query in FROM without a name"))?;
                self.derived(query, alias, *lateral)
            }
            TableFactor::NestedJoin { table_with_joins, alias: None } if !table_with_joins.joins.is_empty() => {
                self.joined(table_with_joins)
            }
            _ => Err(Stop::unknown("a source of such a form")),
        }
    }

    fn named(&mut self, name: &ObjectName, alias: Option<&TableAlias>) -> Answer<Part> {
        let written = match parts(name)?.as_slice() {
            [name] => QualifiedName { schema: None, name: name.clone() },
            [schema, name] => QualifiedName { schema: Some(schema.clone()), name: name.clone() },
            _ => return Err(Stop::unknown("a relation by database, schema and name")),
        };
        let is_only = name.0.first().and_then(|part| part.as_ident());
        if is_only.is_some_and(|word| word.quote_style.is_none() && word.value.eq_ignore_ascii_case("only")) {
            return Err(Stop::unknown("ONLY in a query"));
        }
        if written.schema.is_none()
            && let Some(common) = self.common_named(&written.name).cloned()
        {
            if common.is_silent {
                let message = format!("WITH query \"{}\" does not have a RETURNING clause", common.name);
                return Err(Stop::refused("0A000", message));
            }
            let columns = numbered(common.columns.iter().map(|(name, of)| (Arc::clone(name), *of)));
            return self.source(SourceOf::Common(Arc::clone(&common.name)), &common.name, alias, columns, false);
        }
        let oid = self.relation_named(&written)?;
        let relation = self.world.catalog.relation(oid).ok_or_else(|| Stop::unknown("a relation"))?;
        match relation.kind {
            RelationKind::Table
            | RelationKind::Partitioned(_)
            | RelationKind::View(_)
            | RelationKind::MaterializedView(_) => {}
            RelationKind::Sequence(_) => return Err(Stop::unknown("a sequence in FROM")),
            RelationKind::Index(_) => {
                return Err(Stop::refused("42809", format!("\"{}\" is an index", written.name)));
            }
            RelationKind::Composite => {
                return Err(Stop::refused("42809", format!("\"{}\" is a composite type", written.name)));
            }
        }
        let columns = relation.live().map(|column| (column.number, Arc::clone(&column.name), column.of)).collect();
        self.source(SourceOf::Relation(oid, false), &written.name, alias, columns, false)
    }

    /// Returns the relation of a name.
    pub(super) fn relation_named(&self, written: &QualifiedName) -> Answer<Oid> {
        let (catalog, names) = (self.world.catalog, self.world.names);
        let of_postgres = match written.schema.as_deref() {
            Some(schema) => schema == "information_schema" || schema.starts_with("pg_"),
            None => written.name.starts_with("pg_"),
        };
        match names.relation(catalog, written) {
            Ok(oid) => Ok(oid),
            Err(_) if of_postgres => Err(Stop::unknown("a relation of Postgres itself")),
            Err(_) if catalog.has_unlisted_extension() => Err(Stop::unknown("a relation that an extension may bring")),
            Err(refusal) => Err(refusal.into()),
        }
    }

    fn derived(&mut self, query: Query, alias: &TableAlias, lateral: bool) -> Answer<Part> {
        let columns = numbered(query.outputs().map(|target| (Arc::clone(&target.name), target.value.of)));
        let name = folded(&alias.name);
        self.source(SourceOf::Query(Box::new(query)), &name, Some(alias), columns, lateral)
    }

    fn function(
        &mut self,
        name: &ObjectName,
        arguments: &[FunctionArg],
        ordinality: bool,
        alias: Option<&TableAlias>,
        lateral: bool,
    ) -> Answer<Part> {
        let names = parts(name)?;
        let last = names.last().ok_or_else(|| Stop::unknown("a function without a name"))?;
        let list = FunctionArgumentList { duplicate_treatment: None, args: arguments.to_vec(), clauses: Vec::new() };
        let call = Expr::Function(Function {
            name: name.clone(),
            uses_odbc_syntax: false,
            parameters: FunctionArguments::None,
            args: FunctionArguments::List(list),
            within_group: Vec::new(),
            filter: None,
            null_treatment: None,
            over: None,
        });
        let value = self.value(&call, Clause::Function)?;
        if let Node::Call(call) = &value.node
            && let Some(routine) = self.world.catalog.routine(call.function)
        {
            let is_seen = |relation: Oid| self.sources.iter().any(|source| source.number == relation);
            let looks_left =
                value.any(&mut |part| matches!(part.node, Node::Column { relation, .. } if is_seen(relation)));
            let columns = self.columns_of_own(routine, value.of, alias)?;
            if ordinality {
                return Err(Stop::unknown("WITH ORDINALITY"));
            }
            let (of, lateral) = (SourceOf::Function(Box::new(value), false), lateral || looks_left);
            return self.source(of, last, alias, columns, lateral);
        }
        let known = OF_VALUES.contains(&last.as_str())
            && matches!(&value.node, Node::Call(call) if call.function < Oid(16_384))
            && !(last == "unnest" && arguments.len() != 1);
        let of = value.of;
        if !known || ordinality || types::is_composite(self, of.oid) || of.oid == Oid(2249) {
            return Err(Stop::unknown("the columns of a function in FROM"));
        }
        let is_seen = |relation: Oid| self.sources.iter().any(|source| source.number == relation);
        let looks_left = value.any(&mut |part| matches!(part.node, Node::Column { relation, .. } if is_seen(relation)));
        let lateral = lateral || looks_left;
        // The only column is called as the source.
        let column = alias.map_or_else(|| last.clone(), |alias| folded(&alias.name));
        let columns = vec![(1, Arc::from(column.as_str()), of)];
        self.source(SourceOf::Function(Box::new(value), ordinality), last, alias, columns, lateral)
    }

    /// Returns the columns of a function that is the database's own. `addRangeTableEntryForFunction`
    fn columns_of_own(
        &self,
        routine: &Routine,
        of: Type,
        alias: Option<&TableAlias>,
    ) -> Answer<Vec<(i16, Arc<str>, Type)>> {
        if routine.outputs().any(|output| Type { oid: output.of, modifier: -1 }.is_pseudo()) {
            return Err(Stop::unknown("the columns of a function of any type"));
        }
        let outputs: Vec<_> = routine.outputs().collect();
        if outputs.len() > 1 {
            let named = |(at, output): (usize, &&Parameter)| {
                let name = output.name.clone().unwrap_or_else(|| naming::of_values(at));
                (name, Type { oid: output.of, modifier: -1 })
            };
            return Ok(numbered(outputs.iter().enumerate().map(named)));
        }
        if let Some(UserTypeKind::Row(row)) = self.world.catalog.user_type(of.oid).map(|found| &found.kind) {
            let row = self.world.catalog.relation(*row).ok_or_else(|| Stop::unknown("a row"))?;
            return Ok(row.live().map(|column| (column.number, Arc::clone(&column.name), column.of)).collect());
        }
        if of.is_pseudo() || types::is_composite(self, of.oid) {
            return Err(Stop::unknown("the columns of a function in FROM"));
        }
        // The name of what comes out goes before that of the source.
        let name = match (outputs.first().and_then(|output| output.name.clone()), alias) {
            (Some(name), _) => name,
            (None, Some(alias)) => folded(&alias.name).into(),
            (None, None) => Arc::clone(&routine.name),
        };
        Ok(vec![(1, name, of)])
    }

    /// Adds a source. `name`: what it is called where nobody names it.
    pub(super) fn source(
        &mut self,
        of: SourceOf,
        name: &str,
        alias: Option<&TableAlias>,
        columns: Vec<(i16, Arc<str>, Type)>,
        lateral: bool,
    ) -> Answer<Part> {
        let mut renamed = Vec::new();
        if let Some(alias) = alias {
            if alias.at.is_some() || alias.columns.iter().any(|column| column.data_type.is_some()) {
                return Err(Stop::unknown("columns of a source with their types"));
            }
            if alias.columns.len() > columns.len() {
                let message = format!("table \"{name}\" has {} columns available", columns.len());
                return Err(Stop::refused("42P10", message));
            }
            let written = alias.columns.iter().map(|column| Arc::from(folded(&column.name).as_str()));
            renamed = columns.iter().map(|(number, ..)| *number).zip(written).collect();
        }
        let called: Arc<str> = alias.map_or_else(|| name.into(), |alias| folded(&alias.name).into());
        let number = self.world.number();
        let relation = match of {
            SourceOf::Relation(oid, _) if alias.is_none() => Some(oid),
            _ => None,
        };
        let seen = columns.iter().map(|(at, name, of)| {
            let new = renamed.iter().find(|(renamed, _)| renamed == at).map_or(name, |(_, name)| name);
            (Arc::clone(new), Expression { node: Node::Column { relation: number, number: *at }, of: *of })
        });
        let item = Item { name: Some(Arc::clone(&called)), relation, columns: seen.collect(), is_open: true };
        self.sources.push(Source { number, name: Some(called), named: alias.is_some(), renamed, columns, lateral, of });
        Ok((From::Source(number), vec![item]))
    }

    /// Adds rows that are written there.
    pub(super) fn rows(&mut self, rows: Vec<Vec<Expression>>, types: &[Type]) -> Answer<Part> {
        let columns = numbered(types.iter().enumerate().map(|(at, of)| (naming::of_values(at), *of)));
        self.source(SourceOf::Values(rows), naming::VALUES, None, columns, false)
    }
}

fn numbered(columns: impl Iterator<Item = (Arc<str>, Type)>) -> Vec<(i16, Arc<str>, Type)> {
    columns.zip(1..).map(|((name, of), number)| (number, name, of)).collect()
}

/// Returns the only column of a name on one side of a join.
fn only(columns: &[(Arc<str>, Expression)], name: &str) -> Answer<Expression> {
    let mut found = columns.iter().filter(|(known, _)| &**known == name);
    match (found.next(), found.next()) {
        (Some((_, value)), None) => Ok(value.clone()),
        (Some(_), Some(_)) => {
            Err(Stop::refused("42702", format!("common column name \"{name}\" appears more than once")))
        }
        (None, _) => Err(Stop::refused("42703", format!("column \"{name}\" specified in USING clause does not exist"))),
    }
}

/// Returns the source and the number of a column of one side.
fn place(column: &Expression) -> Answer<(Oid, i16)> {
    match column.node {
        Node::Column { relation, number } => Ok((relation, number)),
        _ => Err(Stop::unknown("a join by what is no column")),
    }
}

/// `checkNameSpaceConflicts`
fn no_name_twice(before: &[Item], new: &[Item]) -> Answer<()> {
    for item in new {
        let Some(name) = &item.name else { continue };
        for other in before.iter().filter(|other| other.name.as_ref() == Some(name)) {
            let both_plain = item.relation.zip(other.relation).is_some_and(|(one, two)| one != two);
            if !both_plain {
                return Err(Stop::refused("42712", format!("table name \"{name}\" specified more than once")));
            }
        }
    }
    Ok(())
}
