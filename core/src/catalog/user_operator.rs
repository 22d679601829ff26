//! Operators that a database brings: what `pg_operator` lists beyond those of every database.

use std::sync::Arc;

use super::operator::Operator;
use super::{Address, Catalog, Class, Dependence, Names, Oid, PG_CATALOG, QualifiedName, Type, builtin};

/// An operator that a statement made, or only named as the counterpart of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserOperator {
    /// Its number.
    pub oid: Oid,
    /// Its schema.
    pub schema: Oid,
    /// Its name.
    pub name: Arc<str>,
    /// Type of the operand before it, if there is one.
    pub left: Option<Oid>,
    /// Type of the operand behind it.
    pub right: Oid,
    /// The function behind it and the type of what it returns; none where another only named it.
    pub does: Option<(Oid, Oid)>,
    /// What it is with its operands the other way round.
    pub commutator: Option<Oid>,
    /// What says the opposite.
    pub negator: Option<Oid>,
}

impl Catalog {
    /// Returns an operator that a statement made.
    pub fn user_operator(&self, oid: Oid) -> Option<&UserOperator> {
        self.operators.get(&oid).map(|operator| &**operator)
    }

    /// Returns whether something outside the model may use an operator that a statement made.
    pub fn may_operators_be_used(&self) -> bool {
        self.operators_may_be_used
    }

    /// Says that it may.
    pub(crate) fn operators_may_be_used(&mut self) {
        self.operators_may_be_used = true;
    }

    /// Returns the operators that statements made, by number.
    pub fn user_operators(&self) -> impl Iterator<Item = &UserOperator> {
        self.operators.sorted().into_iter().map(|(_, operator)| &**operator)
    }

    /// Returns the operator of a name in a schema that takes operands of just these types.
    pub fn operator_taking(&self, schema: Oid, name: &str, left: Option<Oid>, right: Oid) -> Option<Oid> {
        if schema == PG_CATALOG {
            let all = builtin::of(self.version()).operators(name);
            return all.iter().find(|it| it.left == left && it.right == right).map(|it| it.oid);
        }
        let is_it =
            |it: &&UserOperator| it.schema == schema && *it.name == *name && it.left == left && it.right == right;
        self.user_operators().find(is_it).map(|it| it.oid)
    }

    /// Returns what is found under a name, whatever the schema.
    pub(super) fn operators_called(&self, name: &str) -> Vec<Operator> {
        let called = self.operators.values().filter(|it| *it.name == *name);
        let mut found: Vec<Operator> = called
            .map(|it| Operator {
                oid: it.oid,
                name: it.name.to_string().into(),
                left: it.left,
                right: it.right,
                result: it.does.map_or(Oid(16), |(_, result)| result),
                function: it.does.map_or(Oid(0), |(function, _)| function),
            })
            .collect();
        found.sort_by_key(|it| it.oid);
        found
    }

    /// Adds an operator, or puts one in the place of that with its number; with what it stands on.
    pub fn set_operator(&mut self, operator: UserOperator) {
        let address = Address::of(Class::Operator, operator.oid);
        self.dependencies.forget(address);
        self.dependencies.add(address, Address::of(Class::Schema, operator.schema), Dependence::Normal);
        let result = operator.does.map(|(_, result)| result);
        for of in operator.left.into_iter().chain([operator.right]).chain(result) {
            self.depend_on_type(address, Type { oid: of, modifier: -1 });
        }
        if let Some((function, _)) = operator.does
            && self.routine(function).is_some()
        {
            self.dependencies.add(address, Address::of(Class::Routine, function), Dependence::Normal);
        }
        self.operators.insert(operator.oid, Arc::new(operator));
    }

    pub(super) fn forget_operator(&mut self, oid: Oid) {
        self.operators.remove(&oid);
        let linked = |it: &&UserOperator| it.commutator == Some(oid) || it.negator == Some(oid);
        for mut other in self.user_operators().filter(linked).cloned().collect::<Vec<_>>() {
            other.commutator = other.commutator.filter(|it| *it != oid);
            other.negator = other.negator.filter(|it| *it != oid);
            self.operators.insert(other.oid, Arc::new(other));
        }
    }

    /// Returns an operator as messages and `regoperator` name it: `+(integer,text)`.
    pub fn operator_shown(&self, oid: Oid) -> String {
        let Some(operator) = self.user_operator(oid) else { return String::new() };
        let names = Names::of(vec!["public".to_owned()]);
        let spelled = |of: Oid| names.spelled(self, Type { oid: of, modifier: -1 });
        let left = operator.left.map_or_else(|| "NONE".to_owned(), spelled);
        format!("{}({left},{})", operator.name, spelled(operator.right))
    }
}

impl Names {
    /// Returns the operator of a name that takes operands of just these types; a schema that is not there is no error.
    pub fn operator(&self, catalog: &Catalog, name: &QualifiedName, left: Option<Oid>, right: Oid) -> Option<Oid> {
        let schemas = self.schemas_for(catalog, name.schema.as_deref());
        schemas.into_iter().find_map(|schema| catalog.operator_taking(schema, &name.name, left, right))
    }
}
