//! Expressions of defaults, checks and indexes: what is around them, and what they come to.

use super::{LockMode, Play, Stop};
use crate::PostgresVersion;
use crate::catalog::expression::{Expression, Node};
use crate::catalog::operator::Operator;
use crate::catalog::types::{Cast, OwnType, Types};
use crate::catalog::{
    Address, Catalog, Class, Dependence, Formula, NEW, Names, OLD, Oid, QualifiedName, Refusal, Relation, RuleEvent,
    SqlState, Type, UserTypeKind,
    function::{self, Signature},
};
use crate::expression::{self, Literal, Place, Scope, Spelling, analyze};
use crate::query::{self, Reading};
use crate::sql::TypeName;
use crate::sql::fold;
use crate::sql::query::ast as syntax;

/// What an expression may mention: the columns of one relation, or the value of a domain.
struct Around<'a> {
    catalog: &'a Catalog,
    names: &'a Names,
    relation: Option<&'a Relation>,
    value: Option<Type>,
    /// The rows of the relation are those that a trigger sees, `old` and `new`.
    of_trigger: bool,
}

impl Types for Around<'_> {
    fn version(&self) -> PostgresVersion {
        self.catalog.version()
    }

    fn own(&self, oid: Oid) -> Option<OwnType> {
        self.catalog.own(oid)
    }

    fn own_cast(&self, from: Oid, to: Oid) -> Option<Cast> {
        self.catalog.own_cast(from, to)
    }

    fn own_operators(&self, name: &str) -> Vec<Operator> {
        self.catalog.own_operators(name)
    }
}

impl Scope for Around<'_> {
    fn column(&self, table: Option<&str>, name: &str) -> Result<Option<Expression>, expression::Stop> {
        if let (Some(of), None, "value") = (self.value, table, name) {
            return Ok(Some(Expression { node: Node::DomainValue, of }));
        }
        if self.of_trigger {
            return self.trigger_column(table, name);
        }
        if table.is_some() && table != self.relation.map(|relation| &*relation.name) {
            return Err(expression::Stop::refused("42P01", "missing FROM-clause entry for this table"));
        }
        let Some(relation) = self.relation else { return Ok(None) };
        if super::column::may_be_named(name).is_err() {
            return Err(expression::Stop::unknown("a column that every table has"));
        }
        let found = relation.column(name).map(|column| (column.number, column.of));
        // What is no column may be the row of the table.
        let row = || {
            let of = relation.row_type.filter(|_| table.is_none() && *relation.name == *name)?;
            Some((0, Type { oid: of, modifier: -1 }))
        };
        let of_relation = |(number, of)| Expression { node: Node::Column { relation: relation.oid, number }, of };
        Ok(found.or_else(row).map(of_relation))
    }

    fn own_type(&self, name: &TypeName) -> Result<Option<Type>, expression::Stop> {
        match self.names.data_type(self.catalog, name) {
            Ok(found) => Ok(Some(found)),
            Err(refusal) if refusal.sqlstate == SqlState::UNDEFINED_OBJECT => Ok(None),
            Err(refusal) => Err(refusal.into()),
        }
    }

    fn own_functions(&self, schema: Option<&str>, name: &str) -> Vec<&[Signature]> {
        let schemas = self.names.schemas_for(self.catalog, schema);
        schemas.into_iter().map(|schema| self.catalog.signatures(schema, name)).collect()
    }

    fn relation(&self, name: &str) -> Result<Oid, expression::Stop> {
        let parts: Option<Vec<String>> = name.split('.').map(fold).collect();
        let name = match parts.as_deref() {
            Some([name]) => QualifiedName { schema: None, name: name.clone() },
            Some([schema, name]) => QualifiedName { schema: Some(schema.clone()), name: name.clone() },
            _ => return Err(expression::Stop::unknown("a name that is not read here")),
        };
        if let Some(schema) = name.schema.as_deref().filter(|schema| self.catalog.schema(schema).is_none()) {
            let message = format!("schema \"{schema}\" does not exist");
            return Err(Refusal::new(SqlState::INVALID_SCHEMA_NAME, message).into());
        }
        Ok(self.names.relation(self.catalog, &name)?)
    }

    fn type_name(&self, of: Oid) -> String {
        self.names.spelled(self.catalog, Type { oid: of, modifier: -1 })
    }

    fn own_literal(&self, of: Oid, text: &str) -> Literal {
        match self.catalog.user_type(of).filter(|found| found.oid == of).map(|found| &found.kind) {
            Some(UserTypeKind::Enum(labels)) if labels.iter().any(|label| **label == *text) => {
                match self.catalog.label_may_be_used(of, text) {
                    Ok(()) => Literal::Value(text.to_owned()),
                    Err(refusal) => Literal::Refused(refusal),
                }
            }
            Some(UserTypeKind::Enum(_)) => {
                let message = format!("invalid input value for enum {}: \"{text}\"", self.type_name(of));
                Literal::Refused(Refusal::new(SqlState("22P02"), message))
            }
            Some(UserTypeKind::Range(_)) if text.trim().eq_ignore_ascii_case("empty") => {
                Literal::Value("empty".to_owned())
            }
            Some(UserTypeKind::Range(_)) if !text.trim_start().starts_with(['[', '(']) => {
                let message = format!("malformed range literal: \"{text}\"");
                Literal::Refused(Refusal::new(SqlState("22P02"), message))
            }
            Some(UserTypeKind::Multirange(_)) if text == "{}" => Literal::Value("{}".to_owned()),
            _ => Literal::Unknown,
        }
    }

    fn collation(&self, schema: Option<&str>, name: &str) -> Result<Oid, expression::Stop> {
        let written = QualifiedName { schema: schema.map(str::to_owned), name: name.to_owned() };
        match super::collation::found(self.catalog, self.names, &written) {
            Ok(oid) => Ok(oid),
            Err(Stop::Refused(refusal)) => Err(refusal.into()),
            Err(Stop::Unknown(why)) => Err(expression::Stop::unknown(why.to_string())),
        }
    }

    fn is_utc(&self) -> bool {
        // As for columns whose type changes: the server's clock is taken to stand in UTC.
        true
    }
}

impl Around<'_> {
    fn trigger_column(&self, table: Option<&str>, name: &str) -> Result<Option<Expression>, expression::Stop> {
        let row = match table {
            Some("old") => OLD,
            Some("new") => NEW,
            Some(_) => return Err(expression::Stop::refused("42P01", "missing FROM-clause entry for this table")),
            None if ["old", "new"].contains(&name) => {
                let Some(of) = self.relation.and_then(|relation| relation.row_type) else {
                    return Err(expression::Stop::unknown("a row as a whole in the condition of a trigger"));
                };
                let node = Node::Column { relation: if name == "old" { OLD } else { NEW }, number: 0 };
                return Ok(Some(Expression { node, of: Type { oid: of, modifier: -1 } }));
            }
            None if self.relation.is_some_and(|relation| relation.column(name).is_some()) => {
                return Err(expression::Stop::refused("42702", format!("column reference \"{name}\" is ambiguous")));
            }
            None => return Ok(None),
        };
        let column = self.relation.and_then(|relation| relation.column(name));
        Ok(column
            .map(|column| Expression { node: Node::Column { relation: row, number: column.number }, of: column.of }))
    }
}

impl From<expression::Stop> for Stop {
    fn from(stop: expression::Stop) -> Self {
        match stop {
            expression::Stop::Refused(refusal) => Self::Refused(refusal),
            expression::Stop::Unknown(why) => Self::Unknown(why.into()),
        }
    }
}

impl Play<'_> {
    /// Reads an expression over the columns of a relation.
    pub(super) fn formula(&self, written: &str, over: &Relation, place: Place) -> Result<Formula, Stop> {
        let around =
            Around { catalog: &self.catalog, names: &self.names, relation: Some(over), value: None, of_trigger: false };
        let tree = analyze(written, place, &around).map_err(|stop| self.unless_of_extension(stop))?;
        if tree.any(&mut |part| matches!(part.node, Node::Column { number: 0, .. })) {
            return Err(Stop::unknown("the row of a table as a value"));
        }
        Ok(Formula::new(written, tree, Some(over.oid)))
    }

    /// Reads a statement that reads or changes rows; in the body of a function, with its arguments.
    pub(super) fn reading(&self, written: &str, arguments: Option<query::Arguments<'_>>) -> Result<Reading, Stop> {
        let tree = crate::sql::query::statement(written).map_err(|error| Stop::unknown(error.to_string()))?;
        self.in_world(arguments, |world| query::read_statement(world, &tree))
    }

    /// Reads a query.
    pub(super) fn reading_of(
        &self,
        tree: &syntax::Query,
        arguments: Option<query::Arguments<'_>>,
    ) -> Result<Reading, Stop> {
        self.in_world(arguments, |world| query::read(world, tree))
    }

    fn in_world<'a>(
        &'a self,
        arguments: Option<query::Arguments<'a>>,
        read: impl FnOnce(query::World<'_>) -> Result<Reading, expression::Stop>,
    ) -> Result<Reading, Stop> {
        let (catalog, names) = (&self.catalog, &self.names);
        let around = Around { catalog, names, relation: None, value: None, of_trigger: false };
        let world = query::World::new(catalog, names, &around);
        let world = match arguments {
            Some(arguments) => world.with_arguments(arguments),
            None => world,
        };
        read(world).map_err(|stop| self.unless_of_extension(stop))
    }

    /// Returns whether a value can be put where one of a type stands.
    pub(super) fn becomes(&self, value: &Expression, to: Type) -> Result<bool, Stop> {
        let (catalog, names) = (&self.catalog, &self.names);
        let around = Around { catalog, names, relation: None, value: None, of_trigger: false };
        let assigned =
            expression::assigned(&around, value.clone(), to).map_err(|stop| self.unless_of_extension(stop))?;
        if assigned.is_none() && self.catalog.has_unlisted_extension() {
            return Err(Stop::unknown("a cast that an extension may bring"));
        }
        Ok(assigned.is_some())
    }

    /// Returns the types of the columns of a type of rows.
    pub(super) fn row_fields(&self, of: Oid) -> Option<Vec<Type>> {
        let UserTypeKind::Row(row) = self.catalog.user_type(of)?.kind else { return None };
        Some(self.catalog.relation(row)?.live().map(|column| column.of).collect())
    }

    /// Reads the condition of a policy.
    pub(super) fn formula_of_policy(&self, written: &str, on: &Relation) -> Result<Formula, Stop> {
        let (catalog, names) = (&self.catalog, &self.names);
        let around = Around { catalog, names, relation: None, value: None, of_trigger: false };
        let world = query::World::new(catalog, names, &around);
        let tree = query::policy(&world, on, written).map_err(|stop| self.unless_of_extension(stop))?;
        Ok(Formula::new(written, tree, Some(on.oid)))
    }

    /// Reads the condition of a rule; of one for SELECT where no other event is named.
    pub(super) fn formula_of_rule(
        &self,
        written: &str,
        on: &Relation,
        event: Option<RuleEvent>,
    ) -> Result<Formula, Stop> {
        let (catalog, names) = (&self.catalog, &self.names);
        let around = Around { catalog, names, relation: None, value: None, of_trigger: false };
        let world = query::World::new(catalog, names, &around);
        let tree = query::rule_condition(&world, on, event, written).map_err(|stop| self.unless_of_extension(stop))?;
        Ok(Formula::new(written, tree, None))
    }

    /// Reads an action of a rule.
    pub(super) fn reading_of_rule(&self, written: &str, on: &Relation) -> Result<Reading, Stop> {
        let tree = crate::sql::query::statement(written).map_err(|error| Stop::unknown(error.to_string()))?;
        self.in_world(None, |world| query::rule_action(world, on, &tree))
    }

    /// Reads the condition of a trigger.
    pub(super) fn formula_of_trigger(&self, written: &str, on: &Relation) -> Result<Formula, Stop> {
        let (catalog, names) = (&self.catalog, &self.names);
        let around = Around { catalog, names, relation: Some(on), value: None, of_trigger: true };
        let tree = analyze(written, Place::TriggerWhen, &around).map_err(|stop| self.unless_of_extension(stop))?;
        let (old, new) = (Formula::new(written, tree.clone(), Some(OLD)), Formula::new(written, tree, Some(NEW)));
        let mut columns = [old.columns, new.columns].concat();
        columns.retain(|number| *number != 0);
        columns.sort_unstable();
        columns.dedup();
        Ok(Formula { columns, ..new })
    }

    /// Reads an expression over the value of a domain, or over nothing.
    pub(super) fn formula_of_domain(&self, written: &str, value: Option<Type>, place: Place) -> Result<Formula, Stop> {
        let around = Around { catalog: &self.catalog, names: &self.names, relation: None, value, of_trigger: false };
        let tree = analyze(written, place, &around).map_err(|stop| self.unless_of_extension(stop))?;
        Ok(Formula::new(written, tree, None))
    }

    /// Returns why an expression has no tree. Functions, operators and casts of extensions are not known.
    fn unless_of_extension(&self, stop: expression::Stop) -> Stop {
        const MISSING: [&str; 4] = ["42883", "42725", "42804", "42846"];
        match stop {
            expression::Stop::Refused(refusal)
                if MISSING.contains(&refusal.sqlstate.0) && self.catalog.has_unlisted_extension() =>
            {
                Stop::unknown("a function, operator or cast that an extension may bring")
            }
            other => other.into(),
        }
    }

    /// Reads an expression again, over columns that are of other types by now.
    pub(super) fn read_again(&self, formula: &Formula, over: &Relation, place: Place) -> Result<Formula, Stop> {
        self.formula(&self.spelled(formula)?, over, place)
    }

    /// Returns an expression as Postgres prints it.
    pub(super) fn spelled(&self, formula: &Formula) -> Result<String, Stop> {
        Ok(expression::spell(&formula.tree, &Spelling { catalog: &self.catalog, names: &self.names })?)
    }

    /// Makes a value one of the type of a column that takes it; none where it cannot become one.
    pub(super) fn assigned(&self, value: Expression, to: Type, over: &Relation) -> Result<Option<Expression>, Stop> {
        let around =
            Around { catalog: &self.catalog, names: &self.names, relation: Some(over), value: None, of_trigger: false };
        Ok(expression::assigned(&around, value, to)?)
    }

    /// Locks a relation that is mentioned as a value, as since 18 is done where that is recorded.
    pub(super) fn lock_mentioned(&mut self, relation: Oid) {
        if self.catalog.version() >= PostgresVersion::V18 {
            self.lock(relation, LockMode::AccessShare);
        }
    }

    /// Records what an expression depends on beside the columns of its own table.
    pub(super) fn depend_on_formula(&mut self, dependent: Address, formula: &Formula) {
        for relation in formula.relations() {
            self.lock_mentioned(relation);
            self.catalog.dependencies.add(dependent, Address::of(Class::Relation, relation), Dependence::Normal);
        }
        for of in formula.types() {
            self.catalog.depend_on_type(dependent, Type { oid: of, modifier: -1 });
        }
        for collation in formula.collations() {
            self.catalog.depend_on_collation(dependent, Some(collation));
        }
        for routine in formula.routines() {
            self.catalog.dependencies.add(dependent, Address::of(Class::Routine, routine), Dependence::Normal);
        }
    }

    /// Returns whether an expression gives another value for each row.
    pub(super) fn is_volatile(&self, formula: &Formula) -> Result<bool, Stop> {
        let mut unknown = false;
        let volatile = formula.tree.any(&mut |part| {
            let called = match &part.node {
                Node::Call(call) => call.function,
                Node::Operator(operation) => operation.function,
                _ => return false,
            };
            let own = || self.catalog.routine(called).map(|routine| routine.volatility);
            match function::builtin_of(self.catalog.version(), called)
                .map(|signature| signature.volatility)
                .or_else(own)
            {
                Some(volatility) => volatility == function::Volatility::Volatile,
                None => {
                    unknown = true;
                    false
                }
            }
        });
        match (volatile, unknown) {
            (true, _) => Ok(true),
            (false, false) => Ok(false),
            (false, true) => Err(Stop::unknown("whether a function gives the same value for each row")),
        }
    }
}
