//! Casts that a database brings: what `pg_cast` lists beyond those of every database.

use std::sync::Arc;

use super::{Address, Catalog, Class, Context, Dependence, Oid, Type, types::Method};

/// A cast that a statement made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserCast {
    /// Its number; it has no name.
    pub oid: Oid,
    /// Type of the value.
    pub from: Oid,
    /// Type that it becomes.
    pub to: Oid,
    /// Where it applies.
    pub context: Context,
    /// How it is done.
    pub method: Method,
}

impl Catalog {
    /// Returns the cast that a statement made between two types.
    pub fn user_cast(&self, from: Oid, to: Oid) -> Option<&UserCast> {
        self.casts.get(&(from, to)).map(|cast| &**cast)
    }

    /// Returns the casts that statements made.
    pub fn user_casts(&self) -> impl Iterator<Item = &UserCast> {
        self.casts.sorted().into_iter().map(|(_, cast)| &**cast)
    }

    /// Adds a cast, with what it stands on. There must be none between its types.
    pub fn add_cast(&mut self, cast: UserCast) {
        let address = Address::of(Class::Cast, cast.oid);
        for of in [cast.from, cast.to] {
            self.depend_on_type(address, Type { oid: of, modifier: -1 });
        }
        if let Method::Function(function) = cast.method
            && self.routine(function).is_some()
        {
            self.dependencies.add(address, Address::of(Class::Routine, function), Dependence::Normal);
        }
        self.casts.insert((cast.from, cast.to), Arc::new(cast));
    }

    pub(super) fn forget_cast(&mut self, oid: Oid) {
        let types = self.user_casts().find(|cast| cast.oid == oid).map(|cast| (cast.from, cast.to));
        if let Some(types) = types {
            self.casts.remove(&types);
        }
    }
}
