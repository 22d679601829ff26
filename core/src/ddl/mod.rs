//! What each statement does: to the catalog, with which locks, or why Postgres refuses it. One family, one file.
//!
//! A [`Session`] plays statements one after the other. A statement that is refused, or that is outside the model,
//! changes nothing.

#![expect(clippy::needless_pass_by_value, reason = "parts of a tree are handles, made to be given away")]

mod aggregate;
mod alter_table;
mod alter_trigger;
mod alter_type;
mod attributes;
mod block_loop;
mod block_time;
mod block_value;
mod cast;
mod cluster;
mod collation;
mod collation_object;
mod column;
mod comment;
mod composite;
mod computed;
mod condition;
mod constraint;
mod copy;
mod copy_options;
mod create_table;
mod define_index;
mod definition;
mod do_block;
mod domain;
mod drop;
mod effects;
mod enum_type;
mod exclusion;
mod extension;
mod following_locks;
mod footprint;
mod foreign_key;
mod foreign_key_parts;
mod formula;
mod function;
mod harmless;
mod index;
mod index_key;
mod inherit;
mod key;
mod like;
mod lock_table;
mod materialized_view;
mod new_rows;
mod not_null;
mod operator;
mod partition;
mod partition_attach;
mod partition_bound;
mod partition_proof;
mod partition_trigger;
mod pending;
mod plpgsql;
mod policy;
mod privileges;
mod query;
mod range_type;
mod reindex;
mod rename;
mod role;
mod routine;
mod row_trigger;
mod rows;
mod rule;
mod schema;
mod sequence;
mod set_constraints;
mod settings;
mod sql_body;
mod statistics;
mod storage;
mod syntax;
mod table_as;
mod through_rule;
mod through_view;
mod trigger;
mod truncate;
mod using_index;
mod vacuum;
mod view;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use effects::{Effects, LockMode, MayRaise, RowTrigger};
pub use footprint::{Footprint, Object};
pub(crate) use row_trigger::fields_amiss;

use effects::Ledger;
use not_null::SaidNotNull;
use pending::Pending;
use settings::Switches;

use crate::catalog::{Catalog, Names, Oid, Refusal, Relation, RelationKind, SqlState};
use crate::sql::ast::{self, Stmt};
use crate::sql::tree::{self, NoTree, Tree};

/// A connection to a database that is not there: its catalog, and where names are looked for.
#[derive(Debug, Clone)]
pub struct Session {
    catalog: Catalog,
    names: Names,
    /// What has at least this number was made in the transaction that is open, so that nobody else waits for it.
    new_from: Option<Oid>,
    /// Settings of the session.
    switches: Switches,
    /// What waits for the end of the transaction.
    pending: Pending,
}

/// What becomes of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Played {
    /// It runs.
    Done(Effects),
    /// Postgres refuses it.
    Refused(Refusal),
    /// It is outside what is known here, and why. Nothing was changed.
    Unknown(Arc<str>),
}

/// Why a statement is not played to its end.
#[derive(Debug, Clone)]
pub(crate) enum Stop {
    Refused(Refusal),
    Unknown(Arc<str>),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl Stop {
    /// A statement, or a part of one, that is outside the model.
    fn unknown(what: impl Into<Arc<str>>) -> Self {
        Self::Unknown(what.into())
    }
}

/// Returns a refusal.
fn refused<T>(sqlstate: SqlState, message: impl Into<String>) -> Result<T, Stop> {
    Err(Stop::Refused(Refusal::new(sqlstate, message)))
}

/// Returns that this is outside the model.
fn unknown<T>(what: impl Into<Arc<str>>) -> Result<T, Stop> {
    Err(Stop::unknown(what))
}

impl Default for Session {
    fn default() -> Self {
        Self::new(Catalog::default())
    }
}

impl Session {
    /// Opens a session on a database, with the settings that every one starts with.
    pub fn new(catalog: Catalog) -> Self {
        let names = Names::of(settings::default_path());
        Self { catalog, names, new_from: None, switches: Switches::default(), pending: Pending::default() }
    }

    /// Opens a transaction: what is made from here on is locked against nobody, until [`Self::end`].
    pub fn begin(&mut self) {
        self.catalog.settle_new_labels();
        self.new_from = Some(self.catalog.next_oid());
    }

    /// Ends the transaction, and with it what it set for itself.
    pub fn end(&mut self) {
        self.new_from = None;
        self.pending = Pending::default();
        self.catalog.settle_new_labels();
        self.names = Names::of(settings::default_path());
        self.switches = Switches::default();
    }

    /// Says that nothing is known of the rows of any table.
    pub fn forget_rows(&mut self) {
        self.catalog.forget_rows();
    }

    /// Returns what is in the database.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// Plays one statement.
    pub fn play(&mut self, statement: &str) -> Played {
        self.play_read(&tree::statement(statement))
    }

    /// Plays one statement that was read.
    pub(crate) fn play_read(&mut self, read: &Result<Tree, NoTree>) -> Played {
        let tree = match syntax::statement(self.catalog.version(), read) {
            Ok(tree) => tree,
            Err(Stop::Refused(refusal)) => return Played::Refused(refusal),
            Err(Stop::Unknown(why)) => return Played::Unknown(why),
        };
        let mut play = Play {
            catalog: self.catalog.clone(),
            before: &self.catalog,
            names: self.names.clone(),
            new_from: self.new_from,
            switches: self.switches,
            pending: self.pending.clone(),
            triggers: 0,
            ledger: Ledger::default(),
            not_nulls: BTreeMap::new(),
        };
        let played = play.statement(&tree).and_then(|()| play.settle_not_nulls()).and_then(|()| play.settle_storage());
        match played.and_then(|()| play.none_dropped_in_use()) {
            Ok(()) => {
                play.forget_known_rows();
                let effects = play.effects();
                let Play { catalog, names, switches, pending, .. } = play;
                (self.catalog, self.names) = (catalog, names);
                self.switches = switches;
                if self.new_from.is_some() {
                    self.pending = pending;
                }
                Played::Done(effects)
            }
            // How deep the stack of a server goes hangs on its settings.
            Err(Stop::Refused(refusal)) if refusal.sqlstate == SqlState::STATEMENT_TOO_COMPLEX => {
                Played::Unknown(refusal.message.into())
            }
            Err(Stop::Refused(refusal)) => Played::Refused(refusal),
            Err(Stop::Unknown(why)) => {
                // Expressions outside the model may have them.
                if self.catalog.user_operators().next().is_some() {
                    self.catalog.operators_may_be_used();
                }
                Played::Unknown(why)
            }
        }
    }
}

/// One statement while it is played.
struct Play<'a> {
    /// As the statement leaves it.
    catalog: Catalog,
    /// As it was before.
    before: &'a Catalog,
    names: Names,
    new_from: Option<Oid>,
    switches: Switches,
    pending: Pending,
    /// How deep triggers fire triggers.
    triggers: usize,
    ledger: Ledger,
    /// What was said of constraints that keep nulls out of columns.
    not_nulls: BTreeMap<(Oid, i16), SaidNotNull>,
}

impl Play<'_> {
    fn statement(&mut self, tree: &Stmt) -> Result<(), Stop> {
        match tree {
            Stmt::CreateTable(tree) => self.create_table(tree),
            Stmt::AlterTable(tree) => self.alter_table(tree),
            Stmt::AlterType(tree) => self.alter_type(tree),
            Stmt::AlterDomain(tree) => self.alter_domain(tree),
            Stmt::AlterSchema(tree) => self.alter_schema(tree),
            Stmt::AlterIndex(tree) => self.alter_index(tree),
            Stmt::CommentOn(tree) => self.comment_on(tree),
            Stmt::CreateDomain(tree) => self.create_domain(tree),
            Stmt::DropDomain(tree) => self.drop_domain(tree),
            Stmt::Set(tree) => self.set_setting(tree),
            Stmt::Reset(tree) => self.reset_setting(tree),
            Stmt::Truncate(tree) => self.truncate(tree),
            Stmt::CreateSchema(tree) => self.create_schema(tree),
            Stmt::CreateIndex(tree) => self.create_index(tree),
            Stmt::CreateSequence(tree) => self.create_sequence(tree),
            Stmt::AlterSequence(tree) => self.alter_sequence(tree),
            Stmt::CreateType(tree) => self.create_type(tree),
            Stmt::CreateCollation(tree) => self.create_collation(tree),
            Stmt::AlterCollation(tree) => self.alter_collation(tree),
            Stmt::DropCollation(tree) => self.drop_collation(tree),
            Stmt::CreateAggregate(tree) => self.create_aggregate(tree),
            Stmt::AlterAggregate(tree) => self.alter_aggregate(tree),
            Stmt::DropAggregate(tree) => self.drop_aggregate(tree),
            Stmt::CreateCast(tree) => self.create_cast(tree),
            Stmt::DropCast(tree) => self.drop_cast(tree),
            Stmt::CreateOperator(tree) => self.create_operator(tree),
            Stmt::AlterOperator(tree) => self.alter_operator(tree),
            Stmt::DropOperator(tree) => self.drop_operator(tree),
            Stmt::CreateFunction(tree) => self.create_function(tree),
            Stmt::CreateProcedure(tree) => self.create_procedure(tree),
            Stmt::AlterFunction(tree) => self.alter_function(tree),
            Stmt::AlterProcedure(tree) => self.alter_procedure(tree),
            Stmt::AlterRoutine(tree) => self.alter_routine(tree),
            Stmt::DropFunction(tree) => self.drop_function(tree),
            Stmt::DropProcedure(tree) => self.drop_procedure(tree),
            Stmt::DropRoutine(tree) => self.drop_routine(tree),
            Stmt::CreateTrigger(tree) => self.create_trigger(tree),
            Stmt::AlterTrigger(tree) => self.alter_trigger(tree),
            Stmt::DropTrigger(tree) => self.drop_trigger(tree),
            Stmt::CreatePolicy(tree) => self.create_policy(tree),
            Stmt::AlterPolicy(tree) => self.alter_policy(tree),
            Stmt::DropPolicy(tree) => self.drop_policy(tree),
            Stmt::CreateRule(tree) => self.create_rule(tree),
            Stmt::AlterRule(tree) => self.alter_rule(tree),
            Stmt::DropRule(tree) => self.drop_rule(tree),
            Stmt::CreateExtension(tree) => self.create_extension(tree),
            Stmt::AlterExtension(tree) => self.alter_extension(tree),
            Stmt::DropExtension(tree) => self.drop_extension(tree),
            Stmt::Grant(tree) => self.grant(tree),
            Stmt::Revoke(tree) => self.revoke(tree),
            Stmt::AlterDefaultPrivileges(tree) => self.alter_default_privileges(tree),
            Stmt::Select(_) | Stmt::ParenSelect(_) | Stmt::CompoundSelect(_) | Stmt::Values(_) | Stmt::Table(_) => {
                self.read_or_change(&tree::text(tree))
            }
            Stmt::Insert(_) | Stmt::Update(_) | Stmt::Delete(_) | Stmt::Merge(_) => {
                self.read_or_change(&tree::text(tree))
            }
            Stmt::SelectInto(tree) => self.select_into(tree),
            Stmt::CreateTableAs(tree) => self.create_table_as(tree),
            Stmt::CreateMaterializedView(tree) => self.create_materialized_view(tree),
            Stmt::AlterMaterializedView(tree) => self.alter_materialized_view(tree),
            Stmt::DropMaterializedView(tree) => self.drop_materialized_view(tree),
            Stmt::Refresh(tree) => self.refresh(tree),
            Stmt::CreateView(tree) => self.create_view(tree),
            Stmt::AlterView(tree) => self.alter_view(tree),
            Stmt::DropView(tree) => self.drop_view(tree),
            Stmt::CreateRole(tree) => self.create_role(tree.role()),
            Stmt::CreateUser(tree) => self.create_role(tree.role()),
            Stmt::CreateGroup(tree) => self.create_role(tree.role()),
            Stmt::AlterRole(tree) => {
                let to = tree.action().and_then(|action| match action {
                    ast::AlterRoleAction::RoleRenameTo(to) => Some(to),
                    _ => None,
                });
                self.alter_role(tree.role_ref(), to)
            }
            Stmt::AlterUser(tree) => {
                let to = tree.action().and_then(|action| match action {
                    ast::AlterUserAction::RoleRenameTo(to) => Some(to),
                    _ => None,
                });
                self.alter_role(tree.role_ref(), to)
            }
            Stmt::DropRole(tree) => self.drop_role(tree.role_refs(), tree.if_exists().is_some()),
            Stmt::DropUser(tree) => self.drop_role(tree.role_refs(), tree.if_exists().is_some()),
            Stmt::DropGroup(tree) => self.drop_role(tree.role_refs(), tree.if_exists().is_some()),
            Stmt::Reindex(tree) => self.reindex(tree),
            Stmt::Cluster(tree) => self.cluster(tree),
            Stmt::Vacuum(tree) => self.vacuum(tree),
            Stmt::Analyze(tree) => self.analyze(tree),
            Stmt::Lock(tree) => self.lock_table(tree),
            Stmt::SetConstraints(tree) => self.set_constraints(tree),
            Stmt::Copy(tree) => self.copy(tree),
            // They change nothing that is kept here.
            Stmt::Checkpoint(_) | Stmt::Listen(_) | Stmt::Notify(_) | Stmt::Unlisten(_) => Ok(()),
            Stmt::CreateStatistics(tree) => self.create_statistics(tree),
            Stmt::AlterStatistics(tree) => self.alter_statistics(tree),
            Stmt::DropStatistics(tree) => self.drop_statistics(tree),
            Stmt::Do(tree) => self.do_block(tree),
            Stmt::DropTable(tree) => self.drop_table(tree),
            Stmt::DropIndex(tree) => self.drop_index(tree),
            Stmt::DropSequence(tree) => self.drop_sequence(tree),
            Stmt::DropType(tree) => self.drop_type(tree),
            Stmt::DropSchema(tree) => self.drop_schema(tree),
            other => {
                let words = crate::sql::kind_of(other).replace('_', " ").to_uppercase();
                unknown(format!("{words} is outside the model"))
            }
        }
    }

    fn row_trigger(&self, oid: Oid) -> Option<RowTrigger> {
        let trigger = self.before.trigger(oid)?;
        Some(RowTrigger {
            name: trigger.name.to_string(),
            relation: self.before.qualified(trigger.on),
            function: self.before.routine_shown(trigger.function),
            amiss: fields_amiss(self.before, trigger),
        })
    }

    /// Returns the effects with the names of before.
    fn effects(&mut self) -> Effects {
        let ledger = std::mem::take(&mut self.ledger);
        let name = |oid: Oid| {
            let relation = self.before.relation(oid)?;
            let is_old = self.new_from.is_none_or(|new| oid < new);
            let shown = is_old
                && !matches!(
                    relation.kind,
                    RelationKind::Index(_) | RelationKind::Sequence(_) | RelationKind::Composite
                );
            shown.then(|| self.before.qualified(oid))
        };
        let names = |oids: Vec<Oid>| oids.into_iter().filter_map(name).collect();
        let locks = |locks: BTreeMap<Oid, LockMode>| {
            locks.into_iter().filter_map(|(oid, mode)| Some((name(oid)?, mode))).collect()
        };
        Effects {
            locks: locks(ledger.locks),
            locks_by_rows: locks(ledger.locks_by_rows),
            rewrites: names(ledger.rewrites),
            scans: names(ledger.scans),
            rewrites_by_zone: names(ledger.rewrites_by_zone),
            cascades: names(ledger.cascades),
            row_triggers: ledger.row_triggers.iter().filter_map(|oid| self.row_trigger(*oid)).collect(),
            roles: ledger.roles,
            locales: ledger.locales,
            may_raise: ledger
                .may_raise
                .into_iter()
                .map(|(refusal, oid)| MayRaise { refusal, relation: self.name_of(oid) })
                .collect(),
        }
    }

    /// Returns the name of a relation from before, or of one that the statement makes.
    fn name_of(&self, oid: Oid) -> String {
        let catalog = if self.before.relation(oid).is_some() { self.before } else { &self.catalog };
        catalog.qualified(oid)
    }

    /// What keeps everybody else out may change every row, or what columns there are.
    fn forget_known_rows(&mut self) {
        let strongest = |(oid, mode): (&Oid, &LockMode)| (*mode == LockMode::AccessExclusive).then_some(*oid);
        for oid in self.ledger.locks.iter().filter_map(strongest).collect::<Vec<_>>() {
            let stays =
                |now: &Relation| self.before.relation(oid).is_some_and(|it| new_rows::has_same_columns(it, now));
            let rewritten = self.ledger.rewrites.contains(&oid);
            if self.catalog.relation(oid).is_some_and(|it| it.known.is_some() && (rewritten || !stays(it)))
                && let Some(relation) = self.catalog.relation_mut(oid)
            {
                relation.known = None;
            }
        }
    }

    /// Refuses what cannot run in a transaction block.
    fn outside_transactions(&self, what: &str) -> Result<(), Stop> {
        if self.new_from.is_some() {
            let message = format!("{what} cannot run inside a transaction block");
            return refused(SqlState::ACTIVE_SQL_TRANSACTION, message);
        }
        Ok(())
    }

    fn lock(&mut self, relation: Oid, mode: LockMode) {
        self.ledger.lock(relation, mode);
    }
}
