//! Which objects two copies of a catalog do not have in common, without looking at the others.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Catalog, Oid};

impl Catalog {
    /// Returns the numbers of objects that are in one of two catalogs alone, or not the same in both: relations, types,
    /// constraints, routines, triggers, policies, rules, extensions, statistics, collations, casts and operators, and whatever has another
    /// comment. Cost grows with the difference.
    pub(crate) fn touched(&self, other: &Self) -> BTreeSet<Oid> {
        let mut touched = BTreeSet::new();
        touched.extend(self.relations.differing(&other.relations, Arc::ptr_eq));
        touched.extend(self.types.differing(&other.types, Arc::ptr_eq));
        touched.extend(self.constraints.differing(&other.constraints, Arc::ptr_eq));
        touched.extend(self.routines.differing(&other.routines, Arc::ptr_eq));
        touched.extend(self.triggers.differing(&other.triggers, Arc::ptr_eq));
        touched.extend(self.policies.differing(&other.policies, Arc::ptr_eq));
        touched.extend(self.rules.differing(&other.rules, Arc::ptr_eq));
        touched.extend(self.extensions.differing(&other.extensions, Arc::ptr_eq));
        touched.extend(self.statistics.differing(&other.statistics, Arc::ptr_eq));
        touched.extend(self.collations.differing(&other.collations, Arc::ptr_eq));
        let made = |types: &(Oid, Oid)| self.user_cast(types.0, types.1).or_else(|| other.user_cast(types.0, types.1));
        touched.extend(self.casts.differing(&other.casts, Arc::ptr_eq).filter_map(|types| Some(made(types)?.oid)));
        touched.extend(self.operators.differing(&other.operators, Arc::ptr_eq));
        touched.extend(self.comments.differing(&other.comments, |a, b| a == b).map(|(of, _)| *of));
        touched
    }

    /// Returns objects, each with the number of a part of it or 0, that have another comment in the other catalog.
    pub(crate) fn commented_otherwise(&self, other: &Self) -> BTreeSet<(Oid, Oid)> {
        self.comments.differing(&other.comments, |a, b| a == b).copied().collect()
    }

    /// Returns the names of schemas that are in one of the catalogs alone, or have another name in the other.
    pub(crate) fn schemas_otherwise(&self, other: &Self) -> BTreeSet<String> {
        let named = |catalog: &Self| -> BTreeSet<(Oid, String)> {
            catalog.schemas().into_iter().map(|(oid, name)| (oid, name.to_owned())).collect()
        };
        named(self).symmetric_difference(&named(other)).map(|(_, name)| name.clone()).collect()
    }

    /// Returns whether two copies of a catalog have the same casts and operators.
    pub(crate) fn has_same_conversions(&self, other: &Self) -> bool {
        self.casts.differing(&other.casts, Arc::ptr_eq).next().is_none()
            && self.operators.differing(&other.operators, Arc::ptr_eq).next().is_none()
    }

    /// Returns whether two copies of a catalog have the same schemas and extensions, as far as that is to be seen
    /// without looking at each: never wrongly true.
    pub(crate) fn has_same_schemas(&self, other: &Self) -> bool {
        self.schemas.is_shared(&other.schemas) && self.extensions.is_shared(&other.extensions)
    }
}
