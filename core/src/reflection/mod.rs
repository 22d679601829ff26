//! A catalog as the SCHEMA document: what the server's reflection says of a real database, said of one that is not
//! there.

mod conversions;
mod functions;
mod index;
mod table;
mod triggers;
mod types;

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::PostgresVersion;
use crate::catalog::operator::Operator;
use crate::catalog::types::{Cast, OwnType, Types};
use crate::catalog::{Address, Catalog, Class, Formula, Names, Oid, PUBLIC, Relation, RelationKind, Type};
use crate::document::FORMAT;
use crate::document::schema::{Extension, Namespace, Schema, Sequence};
use crate::expression::{self, Spelling};
use crate::sql::{quote_identifier_of, quote_name_of};

/// Returns everything in a catalog as the document of a schema.
pub fn schema(catalog: &Catalog) -> Schema {
    of(catalog, None)
}

/// Returns the same of the objects that two catalogs do not have in common, with all schemas and extensions.
#[cfg(feature = "model")]
pub(crate) fn difference(one: &Catalog, other: &Catalog) -> (Schema, Schema) {
    let touched = one.touched(other);
    let mut wholes = BTreeSet::new();
    for catalog in [one, other] {
        wholes.extend(touched.iter().map(|part| whole(catalog, *part)));
    }
    (of(one, Some(&wholes)), of(other, Some(&wholes)))
}

/// Returns the object in whose document something is told.
#[cfg(feature = "model")]
fn whole(catalog: &Catalog, part: Oid) -> Oid {
    let index = || catalog.relation(part)?.as_index().map(|index| index.on);
    let constraint = || catalog.constraint(part).map(|constraint| constraint.on);
    let trigger = || catalog.trigger(part).map(|trigger| trigger.on);
    let policy = || catalog.policy(part).map(|policy| policy.on);
    let rule = || catalog.rule(part).map(|rule| rule.on);
    index().or_else(constraint).or_else(trigger).or_else(policy).or_else(rule).unwrap_or(part)
}

fn of(catalog: &Catalog, only: Option<&BTreeSet<Oid>>) -> Schema {
    let reflection = Reflection { catalog, names: Names::of(vec!["public".to_owned()]), only };
    let mut schema = Schema { format: FORMAT, ..Schema::default() };
    for (oid, name) in catalog.schemas() {
        let comment = reflection.comment(Address::of(Class::Schema, oid));
        let comment = comment.filter(|text| oid != PUBLIC || text != "standard public schema");
        schema.schemas.push(Namespace { name: reflection.quoted(name).into_owned(), comment });
    }
    let is_shown = |relation: &&Relation| !catalog.is_temporary(relation.oid);
    for relation in reflection.shown(Catalog::relations, Catalog::relation).filter(is_shown) {
        match &relation.kind {
            RelationKind::Table
            | RelationKind::Partitioned(_)
            | RelationKind::View(_)
            | RelationKind::MaterializedView(_) => schema.tables.push(reflection.table(relation)),
            RelationKind::Sequence(_) => schema.sequences.extend(reflection.sequence(relation.oid)),
            RelationKind::Composite => schema.composites.push(reflection.composite(relation)),
            RelationKind::Index(_) => {}
        }
    }
    for extension in catalog.extensions() {
        let (name, schema_name) = (&extension.name, catalog.schema_name(extension.schema));
        schema.extensions.push(Extension {
            name: reflection.quoted(name).into_owned(),
            schema: reflection.quoted(schema_name).into_owned(),
        });
    }
    reflection.functions(&mut schema);
    reflection.types(&mut schema);
    reflection.collations(&mut schema);
    reflection.casts(&mut schema);
    reflection.operators(&mut schema);
    schema.in_order()
}

/// Names things as Postgres does when `search_path` is `public`.
struct Reflection<'a> {
    catalog: &'a Catalog,
    names: Names,
    /// The objects that are asked for, where not all are.
    only: Option<&'a BTreeSet<Oid>>,
}

impl Reflection<'_> {
    fn spelling(&self) -> Spelling<'_> {
        Spelling { catalog: self.catalog, names: &self.names }
    }

    /// Returns the objects of one kind that are asked for, by number.
    fn shown<'a, T: 'a, All: Iterator<Item = &'a T>>(
        &'a self,
        all: impl FnOnce(&'a Catalog) -> All,
        one: impl Fn(&'a Catalog, Oid) -> Option<&'a T>,
    ) -> impl Iterator<Item = &'a T> {
        let listed = match self.only {
            Some(only) => only.iter().filter_map(|oid| one(self.catalog, *oid)).collect(),
            None => all(self.catalog).collect::<Vec<_>>(),
        };
        listed.into_iter()
    }

    fn quoted<'n>(&self, name: &'n str) -> Cow<'n, str> {
        quote_identifier_of(self.catalog.version(), name)
    }

    fn quoted_name(&self, schema: Option<&str>, name: &str) -> String {
        quote_name_of(self.catalog.version(), schema, name)
    }

    fn qualified(&self, oid: Oid) -> String {
        self.catalog.qualified(oid)
    }

    fn spelled(&self, of: Type) -> String {
        self.names.spelled(self.catalog, of)
    }

    fn collation_name(&self, oid: Oid) -> String {
        self.names.collation_spelled(self.catalog, oid)
    }

    fn comment(&self, of: Address) -> Option<String> {
        self.catalog.comment(of).map(str::to_owned)
    }

    fn column(&self, relation: Oid, number: i16) -> String {
        let column = self.catalog.relation(relation).and_then(|relation| relation.numbered(number));
        column.map(|column| self.quoted(&column.name).into_owned()).unwrap_or_default()
    }

    /// Returns an expression as Postgres prints it, or as it was written where that is not known.
    fn formula(&self, formula: &Formula) -> String {
        expression::spell(&formula.tree, self).unwrap_or_else(|_| formula.written.to_string())
    }

    fn columns(&self, relation: Oid, numbers: &[i16]) -> Vec<String> {
        numbers.iter().map(|number| self.column(relation, *number)).collect()
    }

    fn sequence(&self, oid: Oid) -> Option<Sequence> {
        let relation = self.catalog.relation(oid)?;
        let sequence = relation.as_sequence()?;
        let owned_by = sequence.owner.map(|(table, column)| {
            let (table, column) = (self.qualified(table), self.column(table, column));
            format!("{table}.{column}")
        });
        Some(Sequence {
            name: self.quoted_name(Some(self.catalog.schema_name(relation.schema)), &relation.name),
            data_type: self.spelled(sequence.of),
            start: sequence.start,
            increment: sequence.increment,
            min: sequence.min,
            max: sequence.max,
            cache: sequence.cache,
            cycle: sequence.cycle,
            owned_by,
            identity: sequence.identity,
            unlogged: relation.persistence == crate::catalog::Persistence::Unlogged,
            comment: self.comment(Address::of(Class::Relation, oid)),
        })
    }
}

impl Types for Reflection<'_> {
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

impl expression::Names for Reflection<'_> {
    fn column(&self, relation: Oid, number: i16) -> Option<String> {
        self.spelling().column(relation, number)
    }

    fn own_type(&self, of: Type) -> Option<String> {
        self.spelling().own_type(of)
    }

    fn own_function(&self, oid: Oid) -> Option<String> {
        self.spelling().own_function(oid)
    }

    fn collation(&self, oid: Oid) -> Option<String> {
        self.spelling().collation(oid)
    }

    fn relation(&self, oid: Oid) -> Option<String> {
        self.spelling().relation(oid)
    }
}
