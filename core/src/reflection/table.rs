//! Tables and what can be queried like one.

use super::Reflection;
use crate::catalog::expression::{Form, Node};
use crate::catalog::{
    self, Address, Class, Constraint, ConstraintKind, Index, Key as KeyKind, KeyOf, Persistence, Relation,
    RelationKind, ReplicaIdentity,
};
use crate::document::schema::{
    Check, Column, Definition, ForeignKey, Generated, GeneratedKind, Identity, Key, NotNull, Table, TableKind,
};
use crate::expression;

impl Reflection<'_> {
    pub(super) fn table(&self, relation: &Relation) -> Table {
        let parents = || relation.parents.iter().map(|parent| self.qualified(*parent));
        let is_view = matches!(relation.kind, RelationKind::View(_) | RelationKind::MaterializedView(_));
        let mut table = Table {
            name: self.qualified(relation.oid),
            kind: match relation.kind {
                _ if relation.is_partition() => TableKind::Partition,
                RelationKind::Partitioned(_) => TableKind::Partitioned,
                RelationKind::View(_) => TableKind::View,
                RelationKind::MaterializedView(_) => TableKind::MaterializedView,
                _ => TableKind::Table,
            },
            columns: relation.live().map(|column| self.table_column(relation, column)).collect(),
            comment: self.comment(Address::of(Class::Relation, relation.oid)),
            partition_by: match &relation.kind {
                RelationKind::Partitioned(key) => {
                    let part = |part: &KeyOf| match part {
                        KeyOf::Column(number) => self.column(relation.oid, *number),
                        KeyOf::Expression(formula) => self.key_expression(formula),
                    };
                    let parts: Vec<String> = key.parts.iter().map(part).collect();
                    Some(format!("{} ({})", key.strategy, parts.join(", ")))
                }
                _ => None,
            },
            partition_of: relation.is_partition().then(|| parents().next()).flatten(),
            partition_bound: relation.bound.as_ref().map(catalog::Bound::spelled),
            inherits: if relation.is_partition() { Vec::new() } else { parents().collect() },
            unlogged: relation.persistence == Persistence::Unlogged,
            row_security: relation.row_security,
            force_row_security: relation.force_row_security,
            replica_identity: match relation.replica_identity {
                ReplicaIdentity::Default => None,
                ReplicaIdentity::Full => Some("full".to_owned()),
                ReplicaIdentity::Nothing => Some("nothing".to_owned()),
                ReplicaIdentity::Index(_) => Some("index".to_owned()),
            },
            with: with(&relation.options),
            definition: match &relation.kind {
                RelationKind::View(view) | RelationKind::MaterializedView(view) => {
                    Some(self.spelling().definition(relation, view).unwrap_or_else(|_| view.written.to_string()))
                }
                _ => None,
            },
            ..Table::default()
        };
        if is_view {
            table.columns.iter_mut().for_each(|column| column.nullable = true);
        }
        let named = self.catalog.constraints_of(relation.oid).into_iter();
        for constraint in named.filter(|constraint| !self.catalog.is_for_a_partition(constraint)) {
            self.constraint(&mut table, constraint);
        }
        let free = |oid: &&catalog::Oid| {
            self.catalog.relation(**oid).and_then(|it| it.as_index()).is_some_and(|index| index.constraint.is_none())
        };
        table.indexes = relation.indexes.iter().filter(free).filter_map(|oid| self.index(relation, *oid)).collect();
        self.triggers(&mut table, relation.oid);
        self.policies(&mut table, relation.oid);
        self.rules(&mut table, relation.oid);
        table.statistics = self.catalog.statistics_of(relation.oid).map(|found| self.statistics(found)).collect();
        table
    }

    /// Returns what `pg_get_statisticsobjdef` says.
    fn statistics(&self, found: &catalog::Statistics) -> Definition {
        let name = self.quoted_name(Some(self.catalog.schema_name(found.schema)), &found.name);
        let mut parts = self.columns(found.on, &found.columns);
        parts.extend(found.expressions.iter().map(|formula| {
            let text = expression::spell_with_few_parentheses(&formula.tree, self);
            let text = text.unwrap_or_else(|_| formula.written.to_string());
            if looks_like_call(formula) { text } else { format!("({text})") }
        }));
        let kinds = match found.kinds.as_slice() {
            [] => String::new(),
            kinds => format!(" ({})", kinds.join(", ")),
        };
        let on = crate::expression::Names::relation(self, found.on).unwrap_or_default();
        Definition {
            definition: format!("CREATE STATISTICS {name}{kinds} ON {} FROM {on}", parts.join(", ")),
            name,
            inherited: false,
            enabled: None,
            comment: self.comment(Address::of(Class::Statistics, found.oid)),
        }
    }

    /// Returns an expression as a part of a key: in parentheses, unless it is a call.
    pub(super) fn key_expression(&self, formula: &catalog::Formula) -> String {
        let text = self.formula(formula);
        if looks_like_call(formula) { text } else { format!("({text})") }
    }

    fn table_column(&self, relation: &Relation, column: &catalog::Column) -> Column {
        let default = column.default.as_ref();
        Column {
            name: self.quoted(&column.name).into_owned(),
            data_type: self.spelled(column.of),
            nullable: !column.not_null,
            default: default.filter(|default| !default.generated).map(|default| self.formula(&default.formula)),
            identity: column.identity.map(|identity| match identity {
                catalog::Identity::Always => Identity::Always,
                catalog::Identity::ByDefault => Identity::ByDefault,
            }),
            generated: default.filter(|default| default.generated).map(|default| Generated {
                expression: self.formula(&default.formula),
                kind: if default.is_virtual { GeneratedKind::Virtual } else { GeneratedKind::Stored },
            }),
            collation: column.collation.map(|oid| self.collation_name(oid)),
            storage: column.storage.map(str::to_owned),
            compression: column.compression.as_deref().map(str::to_owned),
            statistics_target: column.statistics,
            options: with(&column.options),
            inherited: !column.local,
            comment: self.comment(Address::column(relation.oid, column.number)),
        }
    }

    /// Returns a constraint that says more than that its column takes no nulls.
    fn not_null(&self, constraint: &Constraint, column: i16) -> Option<NotNull> {
        /// So long are names of the table and the column together that they are cut.
        const LONG: usize = 53;
        const LABEL: &str = "_not_null";
        let relation = self.catalog.relation(constraint.on)?;
        let of = &relation.numbered(column)?.name;
        let name = &*constraint.name;
        let expected = name.strip_suffix(LABEL).is_some_and(|rest| {
            rest.strip_suffix(&**of).and_then(|rest| rest.strip_suffix('_')) == Some(&*relation.name)
                || relation.name.len() + of.len() > LONG
        });
        let tells = !constraint.validated || constraint.no_inherit || (constraint.local && !expected);
        tells.then(|| NotNull {
            name: self.quoted(name).into_owned(),
            column: self.column(constraint.on, column),
            validated: constraint.validated,
            no_inherit: constraint.no_inherit,
            inherited: !constraint.local,
            comment: self.comment(Address::of(Class::Constraint, constraint.oid)),
        })
    }

    fn constraint(&self, table: &mut Table, constraint: &Constraint) {
        let name = self.quoted(&constraint.name).into_owned();
        let comment = self.comment(Address::of(Class::Constraint, constraint.oid));
        let inherited = !constraint.local || constraint.parent.is_some();
        match &constraint.kind {
            ConstraintKind::Key { key, columns, index } => {
                let found = self.catalog.relation(*index);
                let Some(index) = found.and_then(|it| it.as_index()) else { return };
                if let KeyKind::Exclude(operators) = key {
                    let options = found.map(|it| it.options.as_slice()).unwrap_or_default();
                    let definition = self.exclusion(constraint, index, operators, options);
                    table.exclusions.push(Definition { name, definition, inherited, enabled: None, comment });
                    return;
                }
                let made = Key {
                    name,
                    columns: self.columns(constraint.on, columns),
                    include: self.columns(constraint.on, &index.include),
                    nulls_not_distinct: index.nulls_not_distinct,
                    without_overlaps: index.is_temporal(),
                    deferrable: constraint.deferrable,
                    with: found.map(|it| with(&it.options)).unwrap_or_default(),
                    inherited,
                    comment,
                    ..Key::default()
                };
                match key {
                    KeyKind::Primary => table.primary_key = Some(made),
                    _ => table.unique.push(made),
                }
            }
            ConstraintKind::Foreign {
                columns,
                references,
                referenced,
                on_delete,
                on_delete_columns,
                on_update,
                match_full,
                index,
                asks: _,
                guards: _,
            } => table.foreign_keys.push(ForeignKey {
                name,
                columns: self.columns(constraint.on, columns),
                references: self.qualified(*references),
                referenced_columns: self.columns(*references, referenced),
                on_delete: *on_delete,
                on_update: *on_update,
                validated: constraint.validated,
                on_delete_columns: self.columns(constraint.on, on_delete_columns),
                match_full: *match_full,
                period: self.catalog.relation(*index).and_then(Relation::as_index).is_some_and(Index::is_temporal),
                enforced: constraint.enforced,
                deferrable: constraint.deferrable,
                inherited,
                comment,
            }),
            ConstraintKind::Check(formula) => table.checks.push(Check {
                name,
                expression: self.formula(formula),
                validated: constraint.validated,
                no_inherit: constraint.no_inherit,
                enforced: constraint.enforced,
                inherited,
                comment,
            }),
            ConstraintKind::NotNull(column) => table.not_nulls.extend(self.not_null(constraint, *column)),
            // The trigger is shown.
            ConstraintKind::Trigger(_) => {}
        }
    }
}

/// Returns whether an expression needs no parentheses as a part of a key; `looks_like_function`.
fn looks_like_call(formula: &catalog::Formula) -> bool {
    match &formula.tree.node {
        Node::Call(call) => matches!(call.form, Form::Call | Form::Syntax),
        Node::Coalesce(_) | Node::Greatest(_) | Node::Least(_) | Node::NullIf(_) | Node::Keyword(..) => true,
        _ => false,
    }
}

/// Returns storage parameters as the document lists them.
pub(super) fn with(options: &[(String, String)]) -> Vec<String> {
    options.iter().map(|(name, value)| format!("{name}={value}")).collect()
}
