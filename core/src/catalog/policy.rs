//! Policies of row security: what `pg_policy` lists.

use std::sync::Arc;

use super::{Address, Catalog, Class, Formula, Oid};

/// A policy of a table.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Its number.
    pub oid: Oid,
    /// Its name: unique among the policies of one table.
    pub name: Arc<str>,
    /// The table.
    pub on: Oid,
    /// `all`, `select`, `insert`, `update` or `delete`.
    pub command: &'static str,
    /// It allows; a restrictive one takes away.
    pub permissive: bool,
    /// The roles that it is for, as the document names them; `public` stands for all.
    pub roles: Vec<Arc<str>>,
    /// Which rows are seen.
    pub using: Option<Formula>,
    /// Which rows may be written.
    pub check: Option<Formula>,
}

impl Catalog {
    /// Returns a policy.
    pub fn policy(&self, oid: Oid) -> Option<&Policy> {
        self.policies.get(&oid).map(|policy| &**policy)
    }

    /// Returns a policy, to be changed.
    pub fn policy_mut(&mut self, oid: Oid) -> Option<&mut Policy> {
        self.policies.get_mut(&oid).map(Arc::make_mut)
    }

    /// Returns the policies of a table, in the order in which they came.
    pub fn policies_of(&self, table: Oid) -> impl Iterator<Item = &Policy> {
        let whole = Address::of(Class::Relation, table);
        let mut seen = Vec::new();
        for edge in self.dependencies.dependents(whole).filter(|edge| edge.dependent.class == Class::Policy) {
            if !seen.contains(&edge.dependent.oid) {
                seen.push(edge.dependent.oid);
            }
        }
        seen.into_iter().filter_map(|oid| self.policy(oid)).filter(move |policy| policy.on == table)
    }

    /// Adds a policy; what it stands on is recorded by who adds it.
    pub fn add_policy(&mut self, policy: Policy) {
        self.policies.insert(policy.oid, Arc::new(policy));
    }
}
