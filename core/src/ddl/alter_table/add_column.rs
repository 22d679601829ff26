//! `ADD COLUMN`

use super::{Later, Other, Reach, is_system};
use crate::catalog::expression::{Expression, Form, Node, Value};
use crate::catalog::function::builtin_of;
use crate::catalog::{Column, Constraint, ConstraintKind, Domain, Known, Oid, Refusal, Rows, SqlState, UserTypeKind};
use crate::ddl::column::{NewColumn, made, may_be_named};
use crate::ddl::constraint::Wanted;
use crate::ddl::key::in_order;
use crate::ddl::syntax::{name, none, part};
use crate::ddl::{LockMode, Play, Stop, refused, unknown};
use crate::expression::{evaluate, folds};
use crate::sql::ast;

impl Play<'_> {
    pub(super) fn add_column(
        &mut self,
        table: Oid,
        action: &ast::AddColumn,
        reach: Reach,
        later: &mut Later,
    ) -> Result<(), Stop> {
        none(action.alter_option_list(), "options of a column")?;
        let column = name(action.column_name())?;
        let relation = part(self.catalog.relation(table))?;
        if relation.is_partition() {
            return refused(SqlState::WRONG_OBJECT_TYPE, "cannot add column to a partition");
        }
        let is_partitioned = relation.is_partitioned();
        let children = self.children(table);
        if is_system(&column) {
            may_be_named(&column)?;
        }
        if relation.column(&column).is_some() {
            if action.if_not_exists().is_some() {
                return Ok(());
            }
            let message = format!("column \"{column}\" of relation \"{}\" already exists", relation.name);
            return refused(SqlState::DUPLICATE_COLUMN, message);
        }
        let mut wanted = Wanted::default();
        let constraints = action.constraints().collect();
        let new = self.read_definition(column, action.ty(), action.collate(), constraints, &mut wanted)?;
        // The sequence is made before anything is looked at below the table.
        let relation = part(self.catalog.relation(table))?.clone();
        let sequence = self.make_sequence_for(&relation, &new)?;
        let has_one = is_partitioned && self.partitions_have_identity();
        if new.identity.is_some() && !reach.only && !children.is_empty() && !has_one {
            let message = "cannot recursively add identity column to table that has child tables";
            return refused(SqlState::INVALID_TABLE_DEFINITION, message);
        }
        if reach.only && !children.is_empty() {
            let message = "column must be added to child tables too";
            return refused(SqlState::INVALID_TABLE_DEFINITION, message);
        }
        let at = part(self.catalog.relation(table))?.columns.len();
        self.columns_may_be_as_many(at + 1)?;
        self.column_may_be_of(&new.name, new.of)?;
        if new.is_virtual {
            self.virtual_may_be_of(&new.name, new.of)?;
        }
        self.is_no_member_of_itself(table, new.of)?;
        let number = i16::try_from(at + 1).map_err(|_| Stop::unknown("too many columns"))?;
        if let Some(relation) = self.catalog.relation_mut(table) {
            relation.columns.push(made(at, &new));
        }
        self.catalog.depend_on_type(crate::catalog::Address::column(table, number), new.of);
        self.catalog.depend_on_collation(crate::catalog::Address::column(table, number), new.collation);
        self.finish_column(table, number, &new, sequence)?;
        self.fill(table, &new)?;
        self.add_column_below(table, number, &new)?;
        later.keys.extend(in_order(wanted.keys));
        later.others.push(Other {
            checks: wanted.checks,
            foreign_keys: wanted.foreign_keys,
            not_nulls: wanted.not_nulls,
            // Rows that get a null, as they do without a default, are not looked up.
            of_new_column: new.default.is_none() && !new.serial && new.identity.is_none(),
        });
        Ok(())
    }

    /// Adds a column of a table to what inherits from it, or counts one that is there; `ATExecAddColumn`.
    fn add_column_below(&mut self, table: Oid, number: i16, new: &NewColumn) -> Result<(), Stop> {
        for child in self.children(table) {
            self.lock(child, LockMode::AccessExclusive);
            let above = part(part(self.catalog.relation(table))?.numbered(number))?.clone();
            let below = part(self.catalog.relation(child))?;
            if let Some(known) = below.column(&above.name) {
                if known.of != above.of {
                    let message =
                        format!("child table \"{}\" has different type for column \"{}\"", below.name, above.name);
                    return refused(SqlState::DATATYPE_MISMATCH, message);
                }
                if known.collation != above.collation {
                    return unknown("a collation that differs from the parent's");
                }
                let number = known.number;
                if let Some(known) = self.catalog.relation_mut(child).and_then(|it| it.numbered_mut(number)) {
                    known.inherited += 1;
                }
                continue;
            }
            let at = below.columns.len();
            self.columns_may_be_as_many(at + 1)?;
            let own = i16::try_from(at + 1).map_err(|_| Stop::unknown("too many columns"))?;
            if let Some(relation) = self.catalog.relation_mut(child) {
                let column = Column { number: own, default: None, local: false, inherited: 1, ..above.clone() };
                relation.columns.push(column);
            }
            self.catalog.depend_on_type(crate::catalog::Address::column(child, own), new.of);
            self.catalog.depend_on_collation(crate::catalog::Address::column(child, own), new.collation);
            self.inherit_default((table, number), child, own)?;
            self.fill(child, new)?;
            self.add_column_below(child, own, new)?;
        }
        Ok(())
    }

    /// What becomes of the rows that are there: nothing, a value that need not be written, or a new file.
    fn fill(&mut self, table: Oid, new: &NewColumn) -> Result<(), Stop> {
        if part(self.catalog.relation(table))?.is_partitioned() {
            return Ok(());
        }
        let constrained_domain =
            self.domains_of(new.of.oid).iter().any(|domain| !domain.constraints.is_empty() || domain.not_null);
        let default = part(self.catalog.relation(table))?.column(&new.name).and_then(|column| column.default.clone());
        let of_domain = self.domains_of(new.of.oid).last().and_then(|domain| domain.default.clone());
        let of_domain = of_domain.filter(|_| new.default.is_none() && new.generated.is_none());
        let formula = default.as_ref().map(|default| &default.formula).or(of_domain.as_ref());
        let volatile = match formula {
            Some(formula) => self.is_volatile(formula)?,
            None => false,
        };
        let has_value = formula.is_some_and(|formula| !is_null(&formula.tree));
        if default.as_ref().is_some_and(|default| !volatile && !default.generated || default.is_virtual) {
            self.ledger.new_values.push(table);
        }
        if let Some(default) = default.as_ref().filter(|default| !default.is_virtual) {
            folds(&self.catalog, &default.formula.tree)?;
            // One value stands for all rows, whether there are any or not.
            if !volatile && !default.generated && !constrained_domain {
                evaluate(&self.catalog, &default.formula.tree, &|_| Known::Perhaps)?;
            }
        }
        let is_stored = new.generated.is_some() && !new.is_virtual;
        if new.serial || new.identity.is_some() || is_stored || volatile || constrained_domain {
            self.ledger.rewrite(table);
            self.ledger.scan(table);
        }
        let rows = part(self.catalog.relation(table))?.rows;
        let gets_null = !has_value && !new.serial && new.identity.is_none() && new.generated.is_none();
        if rows == Rows::Perhaps {
            if let Some(default) = default.as_ref().filter(|_| is_stored) {
                self.fear_of(&default.formula.tree, table);
            }
            for state in self.refused_by_domain(new.of.oid, gets_null) {
                let message = format!("the value of column \"{}\" is none of its domain", new.name);
                self.ledger.may_raise.push((Refusal::new(state, message), table));
            }
        }
        if new.not_null && (gets_null || new.is_virtual) {
            self.ledger.scan(table);
            if rows == Rows::Perhaps {
                let message = format!("column \"{}\" contains null values", new.name);
                self.ledger.may_raise.push((Refusal::new(SqlState::NOT_NULL_VIOLATION, message), table));
            }
        }
        Ok(())
    }
}

impl Play<'_> {
    /// Returns a domain, and those that it is over.
    fn domains_of(&self, of: Oid) -> Vec<&Domain> {
        let kind = self.catalog.user_type(of).filter(|it| it.oid == of).map(|it| &it.kind);
        let Some(UserTypeKind::Domain(domain)) = kind else { return Vec::new() };
        let mut all = self.domains_of(domain.base.oid);
        all.push(domain);
        all
    }

    /// Returns with which states a domain may refuse a value, or null.
    fn refused_by_domain(&self, of: Oid, null: bool) -> Vec<SqlState> {
        let mut states = Vec::new();
        for domain in self.domains_of(of) {
            if null && domain.not_null {
                states.push(SqlState::NOT_NULL_VIOLATION);
            }
            let checks = domain.constraints.iter().filter_map(|oid| self.catalog.constraint(*oid));
            let refuses = |it: &Constraint| match &it.kind {
                ConstraintKind::Check(check) => !null || !self.takes_null(&check.tree),
                _ => false,
            };
            if checks.into_iter().any(refuses) {
                states.push(SqlState::CHECK_VIOLATION);
            }
        }
        states
    }

    /// Returns whether a check is surely not false where `VALUE` is null.
    fn takes_null(&self, check: &Expression) -> bool {
        match &check.node {
            Node::And(parts) => parts.iter().all(|part| self.takes_null(part)),
            Node::Or(parts) => parts.iter().any(|part| self.takes_null(part)),
            _ => is_of_value(check) && !check.any(&mut |part| !self.is_strict(&part.node)),
        }
    }

    /// Returns whether a part of an expression is null where one of its own parts is.
    fn is_strict(&self, node: &Node) -> bool {
        let is_strict = |oid| builtin_of(self.catalog.version(), oid).is_some_and(|it| it.strict);
        match node {
            Node::Call(call) => is_strict(call.function),
            Node::Operator(operation) | Node::Quantified { operation, .. } => is_strict(operation.function),
            Node::Array(items) => !items.iter().any(is_of_value),
            Node::DomainValue | Node::Constant(_) | Node::Relabel(_) | Node::ViaText(_) => true,
            Node::Collate(..) | Node::Not(_) => true,
            _ => false,
        }
    }
}

fn is_of_value(tree: &Expression) -> bool {
    tree.any(&mut |part| part.node == Node::DomainValue)
}

/// Returns whether a default is NULL, whatever casts stand around it.
fn is_null(tree: &Expression) -> bool {
    match &tree.node {
        Node::Constant(Value::Null) => true,
        Node::Call(call) if call.form == Form::Implicit => {
            call.arguments.first().is_some_and(|argument| is_null(&argument.value))
        }
        Node::Relabel(cast) | Node::ToDomain(cast) | Node::Elements { cast, .. } => is_null(&cast.value),
        _ => false,
    }
}
