//! Relations as people take them: a partitioned table with its partitions is one.

use std::collections::BTreeMap;

use super::{Catalog, Oid, Space};
use crate::sql::fold;

/// So many partitions of one table are named.
const NAMED: usize = 3;

/// What is said once of several relations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Together<T> {
    /// The first of it.
    pub first: T,
    /// How the relations are called: by its name, or as partitions of a table.
    pub name: String,
}

impl Catalog {
    /// Returns the relation of a name that [`Catalog::qualified`] gave.
    pub fn relation_qualified(&self, qualified: &str) -> Option<Oid> {
        let mut quoted = false;
        let dot = qualified.find(|c| {
            quoted ^= c == '"';
            c == '.' && !quoted
        })?;
        let (schema, name) = (qualified.get(..dot)?, qualified.get(dot + 1..)?);
        self.named(Space::Relation, self.schema(&fold(schema)?)?, &fold(name)?)
    }

    /// Returns the table at the top of which a relation is a partition, be it a partition of one.
    pub fn partition_root(&self, oid: Oid) -> Option<Oid> {
        let above = |oid: &Oid| self.relation(*oid).filter(|it| it.is_partition())?.parents.first().copied();
        std::iter::successors(above(&oid), above).last()
    }

    /// Puts together what is said of partitions of one table in the same words; all else stands for itself, in order.
    ///
    /// `of` gives the qualified name of the relation that something is about, and `words` what is said of it, in which
    /// the relation's own name is no difference.
    pub fn together<T>(&self, all: Vec<T>, of: impl Fn(&T) -> &str, words: impl Fn(&T) -> String) -> Vec<Together<T>> {
        let mut groups: Vec<(Option<Oid>, T, Vec<String>)> = Vec::new();
        let mut known: BTreeMap<(Oid, String), usize> = BTreeMap::new();
        for one in all {
            let name = of(&one).to_owned();
            let key = self.relation_qualified(&name).and_then(|oid| {
                let own = &*self.relation(oid)?.name;
                Some((self.partition_root(oid)?, words(&one).replace(own, "")))
            });
            let at = key.clone().map_or(groups.len(), |key| *known.entry(key).or_insert(groups.len()));
            match groups.get_mut(at) {
                Some((.., names)) => names.push(name),
                None => groups.push((key.map(|(root, _)| root), one, vec![name])),
            }
        }
        let named = |(root, first, names): (Option<Oid>, T, Vec<String>)| {
            let name = match (root, names.as_slice()) {
                (Some(root), [_, _, ..]) => {
                    let shown = names.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
                    let more = if names.len() > NAMED { ", …" } else { "" };
                    format!("{} partitions of {} ({shown}{more})", names.len(), self.qualified(root))
                }
                _ => names.concat(),
            };
            Together { first, name }
        };
        groups.into_iter().map(named).collect()
    }
}
