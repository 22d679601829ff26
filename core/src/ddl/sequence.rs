//! `CREATE SEQUENCE`, `ALTER SEQUENCE`, and the sequences of serial and identity columns.

use super::enum_type::blank;
use super::role::same_role;
use super::syntax::{integer, part, qualified, type_name};
use super::{LockMode, Play, Stop, refused, unknown};
use crate::catalog::{
    Address, Class, Dependence, Known, KnownRow, Oid, Persistence, Placed, RelationKind, Sequence, SequenceOptions,
    Space, SqlState,
};
use crate::sql::{ast, tree};

/// What the options of a sequence say.
#[derive(Default)]
pub(super) struct Wanted {
    pub(super) options: SequenceOptions,
    /// `OWNED BY`: a column, or `NONE`.
    pub(super) owner: Option<Option<Vec<String>>>,
    /// `SEQUENCE NAME`
    pub(super) name: Option<crate::catalog::QualifiedName>,
}

impl Wanted {
    /// Refuses `SEQUENCE NAME`, which only a new identity column takes.
    pub(super) fn without_name(self) -> Result<Self, Stop> {
        match self.name {
            Some(_) => refused(SqlState::SYNTAX_ERROR, "invalid sequence option SEQUENCE NAME"),
            None => Ok(self),
        }
    }
}

impl Play<'_> {
    pub(super) fn create_sequence(&mut self, tree: &ast::CreateSequence) -> Result<(), Stop> {
        let written = qualified(tree.sequence())?;
        let persistence = persistence(tree.persistence());
        if persistence == Persistence::Temporary {
            return unknown("a temporary sequence");
        }
        let schema = self.names.creation(&self.catalog, &written)?;
        if self.catalog.named(Space::Relation, schema, &written.name).is_some() && tree.if_not_exists().is_some() {
            return Ok(());
        }
        let wanted = self.sequence_options(tree.sequence_options())?.without_name()?;
        let sequence = Sequence::new(&wanted.options)?;
        self.relation_name_is_free(schema, &written.name)?;
        self.relation_may_be_in(schema, &written.name)?;
        self.type_name_is_free(schema, &written.name)?;
        let oid = self.add_sequence(schema, &written.name, sequence, persistence);
        match wanted.owner {
            Some(Some(column)) => self.own_sequence(oid, &column),
            _ => Ok(()),
        }
    }

    pub(super) fn alter_sequence(&mut self, tree: &ast::AlterSequence) -> Result<(), Stop> {
        let written = qualified(tree.sequence_ref())?;
        let Some(oid) = self.names.find(&self.catalog, Space::Relation, &written) else {
            return match tree.if_exists() {
                Some(_) => Ok(()),
                None => self.relation_found(&written).map(|_| ()),
            };
        };
        let is_sequence = self.catalog.relation(oid).is_some_and(|relation| relation.as_sequence().is_some());
        let mut options = Vec::new();
        for action in tree.actions() {
            let renames = matches!(
                action,
                ast::AlterSequenceAction::SequenceRenameTo(_)
                    | ast::AlterSequenceAction::SetSchema(_)
                    | ast::AlterSequenceAction::OwnerTo(_)
            );
            if renames && !is_sequence {
                return refused(SqlState::WRONG_OBJECT_TYPE, format!("\"{}\" is not a sequence", written.name));
            }
            match action {
                ast::AlterSequenceAction::SequenceOption(option) => options.push(option),
                ast::AlterSequenceAction::SequenceRenameTo(to) => {
                    let to = super::syntax::name(to.sequence())?;
                    return self.rename_relation(oid, &to, LockMode::AccessExclusive);
                }
                ast::AlterSequenceAction::SetSchema(to) => {
                    let to = super::syntax::name(to.schema_ref())?;
                    return self.set_schema_of(oid, &to);
                }
                ast::AlterSequenceAction::OwnerTo(to) => {
                    return self.give_to(oid, to.role_ref());
                }
                _ => return unknown("this form of ALTER SEQUENCE is outside the model"),
            }
        }
        let Some(sequence) = self.catalog.relation(oid).and_then(|it| it.as_sequence()).cloned() else {
            return refused(SqlState::WRONG_OBJECT_TYPE, format!("\"{}\" is not a sequence", written.name));
        };
        let wanted = self.sequence_options(options.into_iter())?.without_name()?;
        self.lock(oid, LockMode::ShareRowExclusive);
        let altered = sequence.altered(&wanted.options)?;
        self.set_sequence(oid, altered);
        match wanted.owner {
            None => Ok(()),
            Some(_) if sequence.identity => {
                refused(SqlState::FEATURE_NOT_SUPPORTED, "cannot change ownership of identity sequence")
            }
            Some(None) => {
                self.disown_sequence(oid);
                Ok(())
            }
            Some(Some(column)) => self.own_sequence(oid, &column),
        }
    }

    /// Reads the options of a sequence. One that is named twice is refused.
    pub(super) fn sequence_options(&self, options: impl Iterator<Item = ast::SequenceOption>) -> Result<Wanted, Stop> {
        use ast::SequenceOption as O;
        let mut wanted = Wanted::default();
        for option in options {
            let is = &mut wanted.options;
            let twice = match &option {
                O::OptionAsType(_) => is.of.is_some(),
                O::OptionIncrement(_) => is.increment.is_some(),
                O::OptionStart(_) => is.start.is_some(),
                O::OptionMinValue(_) | O::OptionNoMinValue(_) => is.min.is_some(),
                O::OptionMaxValue(_) | O::OptionNoMaxValue(_) => is.max.is_some(),
                O::OptionCache(_) => is.cache.is_some(),
                O::OptionCycle(_) | O::OptionNoCycle(_) => is.cycle.is_some(),
                O::OptionOwnedBy(_) => wanted.owner.is_some(),
                O::OptionRestart(_) => is.restart.is_some(),
                O::OptionSequenceName(_) => wanted.name.is_some(),
                O::OptionLogged(_) | O::OptionUnlogged(_) => return unknown("LOGGED or UNLOGGED of a sequence"),
            };
            if twice {
                return refused(SqlState::SYNTAX_ERROR, "conflicting or redundant options");
            }
            match option {
                O::OptionAsType(option) => {
                    is.of = Some(self.names.data_type(&self.catalog, &type_name(option.ty())?)?);
                }
                O::OptionIncrement(option) => is.increment = Some(integer(option.expr())?),
                O::OptionStart(option) => is.start = Some(integer(option.expr())?),
                O::OptionMinValue(option) => is.min = Some(Some(integer(option.expr())?)),
                O::OptionMaxValue(option) => is.max = Some(Some(integer(option.expr())?)),
                O::OptionNoMinValue(_) => is.min = Some(None),
                O::OptionNoMaxValue(_) => is.max = Some(None),
                O::OptionCache(option) => is.cache = Some(integer(option.expr())?),
                O::OptionCycle(_) => is.cycle = Some(true),
                O::OptionNoCycle(_) => is.cycle = Some(false),
                O::OptionOwnedBy(option) => {
                    wanted.owner = Some(match part(option.owned_by_target())? {
                        ast::OwnedByTarget::OwnedByNone(_) => None,
                        ast::OwnedByTarget::QualifiedColumnNameRef(column) => Some(part(tree::parts(&column))?),
                    });
                }
                O::OptionSequenceName(option) => wanted.name = Some(qualified(option.sequence())?),
                O::OptionRestart(option) => {
                    is.restart = Some(option.expr().map(|value| integer(Some(value))).transpose()?);
                }
                O::OptionLogged(_) | O::OptionUnlogged(_) => {}
            }
        }
        Ok(wanted)
    }

    /// Adds a sequence under a name that is free.
    pub(super) fn add_sequence(
        &mut self,
        schema: Oid,
        name: &str,
        sequence: Sequence,
        persistence: Persistence,
    ) -> Oid {
        let oid = self.catalog.allocate();
        let mut relation = blank(oid, schema, name, RelationKind::Sequence(sequence), Vec::new());
        relation.persistence = persistence;
        self.catalog.add_relation(relation)
    }

    pub(super) fn set_sequence(&mut self, oid: Oid, mut sequence: Sequence) {
        let before = self.catalog.relation(oid).and_then(|it| it.as_sequence()).and_then(|it| it.placed);
        if let (Some(Placed::At(next)), Some((table, column))) = (sequence.placed, sequence.owner)
            && before != sequence.placed
        {
            let known = self.catalog.relation(table).and_then(|table| table.known.as_ref());
            // So far it gave no more values than there are rows, unless it was put elsewhere.
            let rows = known.and_then(|rows| i64::try_from(rows.iter().count()).ok()).unwrap_or(i64::MAX);
            let drawn = sequence.start.saturating_add(sequence.increment.saturating_mul(rows));
            let is_behind = |row: &KnownRow| match row.iter().find(|(number, _)| *number == column) {
                Some((_, Known::Is(value))) => value.parse().is_ok_and(|value: i64| value < next),
                Some((_, Known::Some)) => before.is_none() && drawn <= next,
                _ => false,
            };
            if known.is_some_and(|rows| !rows.iter().all(is_behind)) {
                sequence.placed = Some(Placed::Into);
            }
        }
        if let Some(relation) = self.catalog.relation_mut(oid) {
            relation.kind = RelationKind::Sequence(sequence);
        }
    }

    /// Gives a sequence to a column: it goes with it.
    pub(super) fn give_sequence(&mut self, oid: Oid, table: Oid, column: i16, identity: bool) {
        self.disown_sequence(oid);
        let how = if identity { Dependence::Internal } else { Dependence::Auto };
        self.catalog.dependencies.add(Address::of(Class::Relation, oid), Address::column(table, column), how);
        if let Some(mut sequence) = self.catalog.relation(oid).and_then(|it| it.as_sequence()).cloned() {
            sequence.owner = Some((table, column));
            sequence.identity = identity;
            self.set_sequence(oid, sequence);
            let role = self.catalog.relation(table).and_then(|it| it.owner.clone());
            if let Some(relation) = self.catalog.relation_mut(oid).filter(|it| it.owner != role) {
                relation.owner = role;
            }
        }
    }

    fn disown_sequence(&mut self, oid: Oid) {
        let Some(mut sequence) = self.catalog.relation(oid).and_then(|it| it.as_sequence()).cloned() else { return };
        if let Some((table, column)) = sequence.owner.take() {
            self.catalog.dependencies.take(Address::of(Class::Relation, oid), Address::column(table, column));
            self.set_sequence(oid, sequence);
        }
    }

    /// `OWNED BY table.column`
    fn own_sequence(&mut self, oid: Oid, column: &[String]) -> Result<(), Stop> {
        let (table, column) = match column {
            [_] => return refused(SqlState::SYNTAX_ERROR, "invalid OWNED BY option"),
            [table, column] => (crate::catalog::QualifiedName { schema: None, name: table.clone() }, column),
            [schema, table, column] => {
                (crate::catalog::QualifiedName { schema: Some(schema.clone()), name: table.clone() }, column)
            }
            _ => return unknown("a column that is not read here"),
        };
        let found = self.relation_found(&table)?;
        self.lock(found, LockMode::AccessShare);
        let (schema, persistence) =
            self.catalog.relation(oid).map_or((Oid(0), Persistence::Permanent), |it| (it.schema, it.persistence));
        let relation = part(self.catalog.relation(found))?;
        if !relation.is_table() && !matches!(relation.kind, RelationKind::View(_)) {
            let message = "sequence cannot be owned by this relation";
            return refused(SqlState::WRONG_OBJECT_TYPE, message);
        }
        let owner = self.catalog.relation(oid).and_then(|it| it.owner.clone());
        match same_role(owner.as_deref(), relation.owner.as_deref()) {
            Some(true) => {}
            Some(false) => {
                let message = "sequence must have same owner as table it is linked to";
                return refused(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, message);
            }
            None => return unknown("whether a sequence and a table have the same owner"),
        }
        if relation.persistence != persistence && relation.schema != schema {
            return unknown("a temporary table that owns a sequence");
        }
        if relation.schema != schema {
            let message = "sequence must be in same schema as table it is linked to";
            return refused(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, message);
        }
        let Some(number) = relation.column(column).map(|column| column.number) else {
            let message = format!("column \"{column}\" of relation \"{}\" does not exist", relation.name);
            return refused(SqlState::UNDEFINED_COLUMN, message);
        };
        self.give_sequence(oid, found, number, false);
        Ok(())
    }
}

pub(super) fn persistence(node: Option<ast::Persistence>) -> Persistence {
    match node {
        Some(ast::Persistence::Temp(_)) => Persistence::Temporary,
        Some(ast::Persistence::Unlogged(_)) => Persistence::Unlogged,
        None => Persistence::Permanent,
    }
}
