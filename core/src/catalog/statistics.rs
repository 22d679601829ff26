//! Extended statistics: what `pg_statistic_ext` lists.

use std::sync::Arc;

use super::{Address, Catalog, Class, Dependence, Formula, Oid, Space};

/// Statistics over several columns of a table.
#[derive(Debug, Clone)]
pub struct Statistics {
    /// Its number.
    pub oid: Oid,
    /// Its schema.
    pub schema: Oid,
    /// Its name.
    pub name: Arc<str>,
    /// The table.
    pub on: Oid,
    /// `ndistinct`, `dependencies`, `mcv`: those of them that were asked for; none stands for all.
    pub kinds: Vec<&'static str>,
    /// Columns by number, the least first.
    pub columns: Vec<i16>,
    /// Expressions, in the order in which they were written.
    pub expressions: Vec<Formula>,
}

impl Catalog {
    /// Returns statistics.
    pub fn statistics(&self, oid: Oid) -> Option<&Statistics> {
        self.statistics.get(&oid).map(|found| &**found)
    }

    /// Returns statistics, to be changed; name and schema are changed by [`Self::move_statistics`].
    pub fn statistics_mut(&mut self, oid: Oid) -> Option<&mut Statistics> {
        self.statistics.get_mut(&oid).map(Arc::make_mut)
    }

    /// Returns the statistics of a table, by number.
    pub fn statistics_of(&self, table: Oid) -> impl Iterator<Item = &Statistics> {
        self.statistics.sorted().into_iter().map(|(_, found)| &**found).filter(move |found| found.on == table)
    }

    /// Adds statistics, with what they stand on beside their expressions. The name must be free.
    pub fn add_statistics(&mut self, new: Statistics) {
        let address = Address::of(Class::Statistics, new.oid);
        self.dependencies.add(address, Address::of(Class::Schema, new.schema), Dependence::Normal);
        let mentioned = new.expressions.iter().flat_map(|formula| formula.columns.iter());
        let columns: Vec<i16> = new.columns.iter().chain(mentioned).copied().collect();
        if columns.is_empty() {
            self.dependencies.add(address, Address::of(Class::Relation, new.on), Dependence::Auto);
        }
        for column in columns {
            self.dependencies.add(address, Address::column(new.on, column), Dependence::Auto);
        }
        self.name(Space::Statistics, new.schema, &new.name, new.oid);
        self.statistics.insert(new.oid, Arc::new(new));
    }

    /// Gives statistics another schema or name.
    pub fn move_statistics(&mut self, oid: Oid, schema: Oid, name: &str) {
        let Some(found) = self.statistics(oid) else { return };
        let (old_schema, old) = (found.schema, Arc::clone(&found.name));
        self.unname(Space::Statistics, old_schema, &old);
        self.name(Space::Statistics, schema, name, oid);
        if let Some(found) = self.statistics_mut(oid) {
            (found.schema, found.name) = (schema, name.into());
        }
        let address = Address::of(Class::Statistics, oid);
        if old_schema != schema && self.dependencies.take(address, Address::of(Class::Schema, old_schema)) {
            self.dependencies.add(address, Address::of(Class::Schema, schema), Dependence::Normal);
        }
    }

    pub(super) fn forget_statistics(&mut self, oid: Oid) {
        if let Some(found) = self.statistics.remove(&oid) {
            self.unname(Space::Statistics, found.schema, &found.name);
        }
    }
}
