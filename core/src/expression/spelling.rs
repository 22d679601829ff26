//! What things are called in a catalog, for expressions that are printed.

use super::{Names as Called, Stop, spell_policy, spell_query, spell_rule};
use crate::PostgresVersion;
use crate::catalog::operator::Operator;
use crate::catalog::types::{Cast, OwnType, Types};
use crate::catalog::{Catalog, Formula, NEW, Names, OLD, Oid, QualifiedName, Relation, Rule, Space, Type, View};
use crate::sql::{quote_identifier_of, quote_name_of};

/// Names things as a session would that looks for them in `names`: with a schema where they are not found without.
pub struct Spelling<'a> {
    /// What there is.
    pub catalog: &'a Catalog,
    /// Where it is looked for.
    pub names: &'a Names,
}

impl Spelling<'_> {
    /// Returns what `pg_get_viewdef` prints of a view.
    pub fn definition(&self, relation: &Relation, view: &View) -> Result<String, Stop> {
        let columns: Vec<&str> = relation.live().map(|column| &*column.name).collect();
        spell_query(&view.query, &columns, self)
    }
}

impl Spelling<'_> {
    /// Returns what `pg_get_expr` prints of the condition of a policy.
    pub fn condition(&self, formula: &Formula, table: &Relation) -> Result<String, Stop> {
        spell_policy(&formula.tree, &table.name, self)
    }

    /// Returns what `pg_get_ruledef` prints of a rule.
    pub fn rule(&self, rule: &Rule) -> Result<String, Stop> {
        let parts = spell_rule(rule, &OfRule { spelling: self, on: rule.on })?;
        let version = self.catalog.version();
        let (name, on) = (quote_identifier_of(version, &rule.name), self.catalog.qualified(rule.on));
        Ok(format!("CREATE RULE {name} AS\n    ON {} TO {on}{parts}", rule.event.word()))
    }
}

/// Names the columns of the rows that a rule is for.
struct OfRule<'a> {
    spelling: &'a Spelling<'a>,
    on: Oid,
}

impl Types for OfRule<'_> {
    fn version(&self) -> PostgresVersion {
        self.spelling.version()
    }

    fn own(&self, oid: Oid) -> Option<OwnType> {
        self.spelling.own(oid)
    }

    fn own_cast(&self, from: Oid, to: Oid) -> Option<Cast> {
        self.spelling.own_cast(from, to)
    }

    fn own_operators(&self, name: &str) -> Vec<Operator> {
        self.spelling.own_operators(name)
    }
}

impl Called for OfRule<'_> {
    fn column(&self, relation: Oid, number: i16) -> Option<String> {
        let of = if [OLD, NEW].contains(&relation) { self.on } else { relation };
        Called::column(self.spelling, of, number)
    }

    fn row(&self, relation: Oid) -> Option<&'static str> {
        match relation {
            OLD => Some("old"),
            NEW => Some("new"),
            _ => None,
        }
    }

    fn own_type(&self, of: Type) -> Option<String> {
        self.spelling.own_type(of)
    }

    fn own_function(&self, oid: Oid) -> Option<String> {
        self.spelling.own_function(oid)
    }

    fn relation(&self, oid: Oid) -> Option<String> {
        self.spelling.relation(oid)
    }

    fn relation_name(&self, oid: Oid) -> Option<String> {
        self.spelling.relation_name(oid)
    }

    fn columns(&self, oid: Oid) -> Option<Vec<(i16, String)>> {
        self.spelling.columns(oid)
    }
}

impl Types for Spelling<'_> {
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

impl Called for Spelling<'_> {
    fn column(&self, relation: Oid, number: i16) -> Option<String> {
        Some(self.catalog.relation(relation)?.numbered(number)?.name.to_string())
    }

    fn relation_name(&self, oid: Oid) -> Option<String> {
        Some(self.catalog.relation(oid)?.name.to_string())
    }

    fn columns(&self, oid: Oid) -> Option<Vec<(i16, String)>> {
        let relation = self.catalog.relation(oid)?;
        Some(relation.live().map(|column| (column.number, column.name.to_string())).collect())
    }

    fn own_type(&self, of: Type) -> Option<String> {
        Some(self.names.spelled(self.catalog, of)).filter(|name| !name.is_empty())
    }

    fn own_function(&self, oid: Oid) -> Option<String> {
        let routine = self.catalog.routine(oid)?;
        let bare = QualifiedName { schema: None, name: routine.name.to_string() };
        let found = self.names.functions(self.catalog, &bare);
        // With defaults and any number of arguments, others may be found in its place; those are rare.
        let arguments = routine.argument_types();
        let first = found.into_iter().flatten().find(|it| it.arguments == arguments);
        let schema = first.is_none_or(|it| it.oid != oid).then(|| self.catalog.schema_name(routine.schema));
        Some(quote_name_of(self.catalog.version(), schema, &routine.name))
    }

    fn collation(&self, oid: Oid) -> Option<String> {
        Some(self.names.collation_spelled(self.catalog, oid)).filter(|name| !name.is_empty())
    }

    fn relation(&self, oid: Oid) -> Option<String> {
        let relation = self.catalog.relation(oid)?;
        let bare = QualifiedName { schema: None, name: relation.name.to_string() };
        let is_visible = self.names.find(self.catalog, Space::Relation, &bare) == Some(oid);
        let schema = (!is_visible).then(|| self.catalog.schema_name(relation.schema));
        Some(quote_name_of(self.catalog.version(), schema, &relation.name))
    }
}
