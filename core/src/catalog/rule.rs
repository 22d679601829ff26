//! Rules that users make: what `pg_rewrite` lists, without the queries of views.

use std::sync::Arc;

use super::expression::{Expression, Node};
use super::query::{Body, Query, Select};
use super::{Address, Catalog, Class, Enabled, Formula, NEW, OLD, Oid};

/// The name of the rule by which a view shows its query.
pub const OF_VIEW: &str = "_RETURN";

/// A rule of a table or a view. In its condition and actions the rows of before and after are those of
/// [`OLD`] and [`NEW`].
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its number.
    pub oid: Oid,
    /// Its name: unique among the rules of one relation.
    pub name: Arc<str>,
    /// The table or view.
    pub on: Oid,
    /// Which statements it is for.
    pub event: RuleEvent,
    /// What it does is done in place of the statement, not beside it.
    pub instead: bool,
    /// Under which condition.
    pub condition: Option<Formula>,
    /// What is done; nothing where there are none.
    pub actions: Vec<Action>,
    /// In which sessions it applies.
    pub enabled: Enabled,
    /// What stands behind DO, as it was written.
    pub written: Arc<str>,
}

/// Which statements a rule is for. Those for SELECT are views.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleEvent {
    /// INSERT
    Insert,
    /// UPDATE
    Update,
    /// DELETE
    Delete,
}

/// One statement that a rule does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// It reads.
    Query(Arc<Query>),
    /// It changes rows.
    Change(Arc<Changing>),
    /// `NOTIFY` of a channel, with what goes along.
    Notify(Arc<str>, Option<Arc<str>>),
}

/// A statement that changes rows, as Postgres keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changing {
    /// The table.
    pub target: Oid,
    /// What it reads, the changed table being its first source, which stands in no FROM; its outputs are those of
    /// RETURNING.
    pub query: Query,
    /// What it does.
    pub form: Form,
}

/// What a statement does to a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// INSERT of rows that are written there, into columns; none is a default.
    Insert(Vec<i16>, Vec<Vec<Option<Expression>>>),
    /// INSERT of what a query puts out.
    InsertQuery(Vec<i16>, Box<Query>),
    /// UPDATE of columns.
    Update(Vec<(i16, Option<Expression>)>),
    /// DELETE
    Delete,
}

impl RuleEvent {
    /// Returns the word of it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Insert => "INSERT",
            Self::Update => "UPDATE",
            Self::Delete => "DELETE",
        }
    }
}

impl Action {
    /// Returns what it stands on: relations, columns, functions and types. A column of [`OLD`] or [`NEW`] is one of
    /// theirs.
    pub fn references(&self) -> Vec<Address> {
        match self {
            Self::Query(query) => query.references(),
            Self::Change(change) => {
                let mut found = change.query.references();
                let columns = match &change.form {
                    Form::Insert(columns, _) => columns.clone(),
                    Form::InsertQuery(columns, query) => {
                        found.extend(query.references());
                        columns.clone()
                    }
                    Form::Update(sets) => sets.iter().map(|(column, _)| *column).collect(),
                    Form::Delete => Vec::new(),
                };
                found.extend(columns.into_iter().map(|column| Address::column(change.target, column)));
                found
            }
            Self::Notify(..) => Vec::new(),
        }
    }

    /// Returns whether it mentions the row of before, and that of after.
    pub fn mentions(&self) -> (bool, bool) {
        let found = self.references();
        let is = |row: Oid| found.iter().any(|address| address.oid == row);
        (is(OLD), is(NEW))
    }

    /// Returns the query to which the condition of a rule is added.
    pub fn read(&self) -> Option<&Query> {
        match self {
            Self::Query(query) => Some(query),
            Self::Change(change) => match &change.form {
                Form::InsertQuery(_, query) => Some(query),
                _ => Some(&change.query),
            },
            Self::Notify(..) => None,
        }
    }
}

impl Query {
    /// Returns it as a SELECT.
    pub fn as_select(&self) -> Option<&Select> {
        match &self.body {
            Body::Select(select) => Some(select),
            Body::Set(_) => None,
        }
    }
}

/// Returns the columns of [`OLD`] and [`NEW`] that an expression mentions, in queries inside too.
pub fn row_columns(value: &Expression) -> Vec<(Oid, i16)> {
    let mut found = Vec::new();
    value.visit(&mut |part| match &part.node {
        Node::Column { relation, number } if [OLD, NEW].contains(relation) => found.push((*relation, *number)),
        Node::SubQuery(inner) => {
            let of = inner.query.references().into_iter().filter(|address| [OLD, NEW].contains(&address.oid));
            found.extend(of.map(|address| (address.oid, address.column)));
        }
        _ => {}
    });
    found
}

impl Catalog {
    /// Returns a rule.
    pub fn rule(&self, oid: Oid) -> Option<&Rule> {
        self.rules.get(&oid).map(|rule| &**rule)
    }

    /// Returns a rule, to be changed.
    pub fn rule_mut(&mut self, oid: Oid) -> Option<&mut Rule> {
        self.rules.get_mut(&oid).map(Arc::make_mut)
    }

    /// Returns the rules of a table or view, in the order in which they came.
    pub fn rules_of(&self, relation: Oid) -> impl Iterator<Item = &Rule> {
        let whole = Address::of(Class::Relation, relation);
        let mut seen = Vec::new();
        for edge in self.dependencies.dependents(whole).filter(|edge| edge.dependent.class == Class::Rule) {
            if !seen.contains(&edge.dependent.oid) {
                seen.push(edge.dependent.oid);
            }
        }
        seen.into_iter().filter_map(|oid| self.rule(oid)).filter(move |rule| rule.on == relation)
    }

    /// Adds a rule, or puts one in the place of that with its number; what it stands on is recorded by who does it.
    pub fn set_rule(&mut self, rule: Rule) {
        self.rules.insert(rule.oid, Arc::new(rule));
    }
}
