//! Enums, domains, ranges, composite types and collations.

use super::Reflection;
use crate::catalog::{Address, Catalog, Class, ConstraintKind, PG_CATALOG, PUBLIC, Relation, UserType, UserTypeKind};
use crate::document::schema::{Attribute, Check, Collation, Composite, Domain, Enum, Range, Schema};

impl Reflection<'_> {
    pub(super) fn types(&self, schema: &mut Schema) {
        // Not the type of elements where that of arrays is asked for.
        let one = |catalog, oid| Catalog::user_type(catalog, oid).filter(|found| found.oid == oid);
        for found in self.shown(Catalog::user_types, one) {
            let (name, comment) = (self.type_name(found), self.comment(Address::of(Class::Type, found.oid)));
            match &found.kind {
                UserTypeKind::Enum(labels) => {
                    let labels = labels.iter().map(ToString::to_string).collect();
                    schema.enums.push(Enum { name, labels, comment });
                }
                UserTypeKind::Domain(domain) => {
                    let constraints = self.catalog.constraints_of(found.oid);
                    let checks = constraints.into_iter().filter_map(|constraint| match &constraint.kind {
                        ConstraintKind::Check(formula) => Some(Check {
                            name: self.quoted(&constraint.name).into_owned(),
                            expression: self.formula(formula),
                            validated: constraint.validated,
                            comment: self.comment(Address::of(Class::Constraint, constraint.oid)),
                            ..Check::default()
                        }),
                        _ => None,
                    });
                    schema.domains.push(Domain {
                        name,
                        data_type: self.spelled(domain.base),
                        nullable: !domain.not_null,
                        default: domain.default.as_ref().map(|default| self.formula(default)),
                        checks: checks.collect(),
                        collation: domain.collation.map(|oid| self.collation_name(oid)),
                        comment,
                    });
                }
                UserTypeKind::Range(range) => schema.ranges.push(Range {
                    name,
                    subtype: self.of(range.of.oid),
                    multirange: range
                        .multirange
                        .and_then(|oid| self.catalog.user_type(oid))
                        .map(|it| self.type_name(it)),
                    subtype_opclass: range.class.as_ref().map(|(schema, class)| {
                        let is_visible = [PG_CATALOG, PUBLIC].contains(schema);
                        let schema = (!is_visible).then(|| self.catalog.schema_name(*schema));
                        self.quoted_name(schema, class)
                    }),
                    collation: range.collation.map(|oid| self.collation_name(oid)),
                    canonical: None,
                    subtype_diff: range.difference.map(|function| self.bare_function(function)),
                    comment,
                }),
                UserTypeKind::Row(_) | UserTypeKind::Multirange(_) | UserTypeKind::Base => {}
            }
        }
    }

    pub(super) fn collations(&self, schema: &mut Schema) {
        for found in self.shown(Catalog::collations, Catalog::collation) {
            schema.collations.push(Collation {
                name: self.quoted_name(Some(self.catalog.schema_name(found.schema)), &found.name),
                provider: found.rules.provider.word().to_owned(),
                locale: found.rules.locale.to_string(),
                ctype: found.rules.characters.as_deref().map(str::to_owned),
                deterministic: found.rules.deterministic,
                rules: found.rules.tailored.as_deref().map(str::to_owned),
                comment: self.comment(Address::of(Class::Collation, found.oid)),
            });
        }
    }

    pub(super) fn composite(&self, relation: &Relation) -> Composite {
        let attributes = relation.live().map(|column| Attribute {
            name: self.quoted(&column.name).into_owned(),
            data_type: self.spelled(column.of),
            collation: column.collation.map(|oid| self.collation_name(oid)),
            comment: self.comment(Address::column(relation.oid, column.number)),
        });
        let of_type = relation.row_type.map(|oid| Address::of(Class::Type, oid));
        Composite {
            name: self.qualified(relation.oid),
            attributes: attributes.collect(),
            comment: of_type.and_then(|address| self.comment(address)),
        }
    }

    fn type_name(&self, found: &UserType) -> String {
        self.quoted_name(Some(self.catalog.schema_name(found.schema)), &found.name)
    }
}
