//! `LIKE` in a new table: its columns, and what is asked for beside.

use super::column::NewColumn;
use super::inherit::{Merged, moved};
use super::not_null::SaidNotNull;
use super::syntax::{part, qualified};
use super::{LockMode, Play, Stop, refused, unknown};
use crate::catalog::{
    Address, BIGINT, Class, Constraint, ConstraintKind, Oid, Relation, RelationKind, SequenceOptions, SqlState,
};
use crate::sql::ast;

/// What a new table gets from another.
pub(super) struct Like {
    of: Oid,
    including: Including,
    /// Where its columns stand among those of the statement.
    columns: std::ops::Range<usize>,
}

/// What stands behind `INCLUDING`.
#[derive(Debug, Clone, Copy, Default)]
struct Including {
    comments: bool,
    constraints: bool,
    defaults: bool,
    generated: bool,
    identity: bool,
    indexes: bool,
    statistics: bool,
}

impl Including {
    fn read(clause: &ast::LikeClause) -> Result<Self, Stop> {
        use ast::TableProperty as P;
        let mut read = Self::default();
        for option in clause.like_options() {
            let (property, is) = match option {
                ast::LikeOption::IncludingProperty(it) => (part(it.table_property())?, true),
                ast::LikeOption::ExcludingProperty(it) => (part(it.table_property())?, false),
            };
            match property {
                P::PropertyAll(_) => {
                    read = Self {
                        comments: is,
                        constraints: is,
                        defaults: is,
                        generated: is,
                        identity: is,
                        indexes: is,
                        statistics: is,
                    };
                }
                P::PropertyComments(_) => read.comments = is,
                P::PropertyConstraints(_) => read.constraints = is,
                P::PropertyDefaults(_) => read.defaults = is,
                P::PropertyGenerated(_) => read.generated = is,
                P::PropertyIdentity(_) => read.identity = is,
                P::PropertyIndexes(_) => read.indexes = is,
                P::PropertyStatistics(_) => read.statistics = is,
                P::PropertyCompression(_) | P::PropertyStorage(_) => {}
            }
        }
        Ok(read)
    }
}

impl Play<'_> {
    /// Reads a `LIKE`, and adds its columns; `transformTableLikeClause`.
    pub(super) fn read_like(&mut self, clause: &ast::LikeClause, columns: &mut Vec<NewColumn>) -> Result<Like, Stop> {
        let written = qualified(clause.relation_name_ref())?;
        let of = self.relation_found(&written)?;
        let relation = part(self.catalog.relation(of))?;
        if matches!(relation.kind, RelationKind::Index(_) | RelationKind::Sequence(_)) {
            let message = format!("relation \"{}\" is invalid in LIKE clause", relation.name);
            return refused(SqlState::WRONG_OBJECT_TYPE, message);
        }
        if !relation.is_table() {
            return unknown("LIKE of what is no table");
        }
        let including = Including::read(clause)?;
        if including.statistics && self.catalog.statistics_of(of).next().is_some() {
            return unknown("statistics of LIKE");
        }
        self.all_not_nulls_hold(of)?;
        let first = columns.len();
        for column in relation.live() {
            if column.storage.is_some() || column.compression.is_some() {
                return unknown("LIKE of a column with a storage of its own");
            }
            let mut new = NewColumn {
                not_null: column.not_null,
                said_not_null: match self.not_null_of(of, column.number) {
                    Some(known) => SaidNotNull {
                        name: Some(known.name.to_string()),
                        no_inherit: known.no_inherit,
                        ..SaidNotNull::default()
                    },
                    None => SaidNotNull::default(),
                },
                collation: column.collation,
                ..NewColumn::plain(column.name.to_string(), column.of)
            };
            if let (Some(identity), true) = (column.identity, including.identity) {
                let (_, sequence) = part(self.sequence_of_identity(of, &column.name))?;
                let options = SequenceOptions {
                    restart: None,
                    // Postgres does not ask for the type of the column here.
                    of: Some(BIGINT),
                    start: Some(sequence.start),
                    increment: Some(sequence.increment),
                    min: Some(Some(sequence.min)),
                    max: Some(Some(sequence.max)),
                    cache: Some(sequence.cache),
                    cycle: Some(sequence.cycle),
                };
                new.identity = Some((identity, options, None));
            }
            columns.push(new);
        }
        self.lock(of, LockMode::AccessShare);
        Ok(Like { of, including, columns: first..columns.len() })
    }

    /// Says from which columns the defaults come that are asked for.
    pub(super) fn defaults_like(&self, likes: &[Like], columns: &[NewColumn], merged: &mut Merged) -> Result<(), Stop> {
        for like in likes {
            let relation = part(self.catalog.relation(like.of))?;
            for at in like.columns.clone() {
                let found = part(relation.column(&part(columns.get(at))?.name))?;
                let Some(default) = &found.default else { continue };
                let wanted = if default.generated { like.including.generated } else { like.including.defaults };
                let place = merged.own.iter().position(|own| *own == Some(at));
                if let Some(place) = place.filter(|_| wanted) {
                    if merged.defaults[place].is_some() {
                        return unknown("a default of LIKE for a column that is inherited");
                    }
                    merged.defaults[place] = Some((like.of, found.number));
                }
            }
        }
        Ok(())
    }

    /// Gives a new table the checks, indexes and comments that are asked for; `expandTableLikeClause`.
    pub(super) fn finish_like(&mut self, table: Oid, like: &Like) -> Result<(), Stop> {
        if like.including.constraints {
            self.checks_like(table, like.of)?;
        }
        let mut indexes = part(self.catalog.relation(like.of))?.indexes.clone();
        indexes.sort_unstable();
        if like.including.comments {
            self.comments_like(table, like, &indexes)?;
        }
        if like.including.indexes {
            for index in indexes {
                let mut new = self.index_for(index, like.of, table)?;
                new.parent = None;
                self.define_index(table, &new, false, LockMode::AccessExclusive)?;
            }
        }
        Ok(())
    }

    fn checks_like(&mut self, table: Oid, of: Oid) -> Result<(), Stop> {
        let checks: Vec<Constraint> = self
            .catalog
            .constraints_of(of)
            .into_iter()
            .filter(|it| matches!(it.kind, ConstraintKind::Check(_)))
            .cloned()
            .collect();
        for check in checks {
            let ConstraintKind::Check(formula) = &check.kind else { continue };
            let (from, to) = (part(self.catalog.relation(of))?, part(self.catalog.relation(table))?);
            if to.is_partitioned() && check.no_inherit {
                return unknown("a check of LIKE that a partitioned table cannot have");
            }
            if self.catalog.constraints_of(table).iter().any(|it| it.name == check.name) {
                let message = format!("constraint \"{}\" for relation \"{}\" already exists", check.name, to.name);
                return refused(SqlState::DUPLICATE_OBJECT, message);
            }
            let formula = moved(formula, from, to)?;
            let oid = self.catalog.allocate();
            self.check_depends(oid, table, &formula);
            self.catalog.add_constraint(Constraint {
                oid,
                on: table,
                kind: ConstraintKind::Check(formula),
                validated: check.enforced,
                local: true,
                inherited: 0,
                ..check
            });
        }
        Ok(())
    }

    fn comments_like(&mut self, table: Oid, like: &Like, indexes: &[Oid]) -> Result<(), Stop> {
        let of_parts = indexes
            .iter()
            .map(|oid| Address::of(Class::Relation, *oid))
            .chain(self.catalog.constraints_of(like.of).into_iter().map(|it| Address::of(Class::Constraint, it.oid)));
        if of_parts.into_iter().any(|part| self.catalog.comment(part).is_some()) {
            return unknown("comments on indexes and constraints in LIKE");
        }
        let (from, to) = (part(self.catalog.relation(like.of))?, part(self.catalog.relation(table))?);
        let number = |to: &Relation, name: &str| to.column(name).map(|column| column.number);
        let comments: Vec<(i16, String)> = from
            .live()
            .filter_map(|column| {
                let comment = self.catalog.comment(Address::column(like.of, column.number))?;
                Some((number(to, &column.name)?, comment.to_owned()))
            })
            .collect();
        for (number, comment) in comments {
            self.catalog.set_comment(Address::column(table, number), Some(&comment));
        }
        Ok(())
    }
}
