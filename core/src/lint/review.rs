//! What rules look at: the revisions with what their statements do, and who else is there.

use std::collections::BTreeMap;
use std::ops::Range;

use super::knowledge::{blocks_writes, relation_named, target};
use crate::catalog::{Catalog, Oid};
use crate::ddl::{Effects, LockMode};
use crate::diagnostic::{Diagnostic, Position};
use crate::document::{self, Outcome};
use crate::dry_run::{self, History, Undone, Walk};
use crate::revision::{Graph, Index};
use crate::script::{Revision, Span};
use crate::settings::Settings;
use crate::sql::ast::Stmt;
use crate::sql::tree;

/// All revisions that are looked at, and what they stand among.
pub(super) struct Review<'a> {
    pub(super) settings: &'a Settings,
    pub(super) graph: &'a Graph,
    /// In the order in which they run.
    pub(super) steps: Vec<Step<'a>>,
    /// The schema that all heads together make.
    pub(super) last: Catalog,
    /// Which of the steps lock one table strongly before another, in one transaction.
    pub(super) orders: BTreeMap<(Oid, Oid), Vec<usize>>,
    /// Revisions as others have them already, where their files are gone or changed since.
    pub(super) published: Vec<Revision>,
    /// All revisions that are there, by position in the graph.
    pub(super) revisions: &'a [Revision],
}

/// One revision.
pub(super) struct Step<'a> {
    pub(super) revision: &'a Revision,
    pub(super) index: Index,
    pub(super) before: Catalog,
    pub(super) statements: Vec<Statement>,
    pub(super) undone: Undone,
    /// What the dry run says about the section as a whole.
    pub(super) findings: Vec<Diagnostic>,
}

/// One statement of an up section.
pub(super) struct Statement {
    /// Its number in the section, from 0.
    pub(super) at: usize,
    pub(super) sql: String,
    pub(super) kind: String,
    /// What the dry run says about it.
    pub(super) findings: Vec<Diagnostic>,
    /// Postgres refuses it, so that nothing else is to be said of what it would do.
    pub(super) fails: bool,
    /// Bytes in its section.
    pub(super) range: Range<usize>,
    pub(super) place: Span,
    /// What it does, as far as that is certain.
    pub(super) effects: Option<Effects>,
    pub(super) before: Catalog,
    pub(super) after: Catalog,
    /// Locks on relations that others may be using, by number.
    pub(super) locks: Vec<Lock>,
    /// The number of its transaction in the section; none when it runs for itself.
    pub(super) transaction: Option<usize>,
    /// What earlier statements of its transaction have locked.
    pub(super) held: BTreeMap<Oid, LockMode>,
}

/// A lock on a relation that others may be using.
#[derive(Debug, Clone)]
pub(super) struct Lock {
    pub(super) on: Oid,
    /// Qualified name before the statement.
    pub(super) name: String,
    pub(super) mode: LockMode,
}

impl<'a> Review<'a> {
    pub(super) fn new(
        history: History<'a>,
        settings: &'a Settings,
        walk: Walk,
        together: bool,
        published: Vec<Revision>,
    ) -> Self {
        let deployment: Vec<Range<Oid>> =
            if together { walk.steps.iter().map(|step| step.made.clone()).collect() } else { Vec::new() };
        let of = |step: dry_run::WalkStep| {
            let own = [step.made.clone()];
            let made = if together { deployment.as_slice() } else { own.as_slice() };
            Some(Step::new(history.revisions.get(step.revision)?, step, made))
        };
        let steps: Vec<Step<'_>> = walk.steps.into_iter().filter_map(of).collect();
        let mut orders: BTreeMap<(Oid, Oid), Vec<usize>> = BTreeMap::new();
        for (at, step) in steps.iter().enumerate() {
            for (pair, _) in step.orders() {
                orders.entry(pair).or_default().push(at);
            }
        }
        let History { revisions, graph, .. } = history;
        Self { settings, graph, steps, last: walk.last, orders, published, revisions }
    }
}

impl<'a> Step<'a> {
    fn new(revision: &'a Revision, step: dry_run::WalkStep, made: &[Range<Oid>]) -> Self {
        let mut transactions = Transactions::new(revision.up.transaction);
        let mut before = step.before.clone();
        let mut statements = Vec::with_capacity(step.statements.len());
        for (at, played) in step.statements.into_iter().enumerate() {
            let dry_run::Statement { document, range, place, effects, after } = played;
            let document::Statement { sql, kind, findings, outcome, .. } = document;
            let fails = outcome == Outcome::Error;
            let locks = effects.iter().flat_map(|effects| &effects.locks).filter_map(|(name, mode)| {
                let on = relation_named(&before, name)?;
                let is_new = made.iter().any(|made| made.contains(&on));
                (!is_new).then(|| Lock { on, name: name.clone(), mode: *mode })
            });
            let locks: Vec<Lock> = locks.collect();
            let (transaction, held) = transactions.pass(&kind, &locks);
            let next = after.clone();
            statements.push(Statement {
                at,
                sql,
                kind,
                findings,
                fails,
                range,
                place,
                effects,
                before,
                after,
                locks,
                transaction,
                held,
            });
            before = next;
        }
        Self {
            revision,
            index: step.revision,
            before: step.before,
            statements,
            undone: step.undone,
            findings: step.findings,
        }
    }

    /// Returns which tables it locks strongly, the first of a pair before the second in one transaction, with the
    /// number of the statement that locks the second.
    pub(super) fn orders(&self) -> Vec<((Oid, Oid), usize)> {
        let mut orders = Vec::new();
        for statement in &self.statements {
            let is_first = |on| !statement.held.get(&on).is_some_and(|mode| blocks_writes(*mode));
            let second = statement.locks.iter().filter(|lock| blocks_writes(lock.mode) && is_first(lock.on));
            for second in second {
                let first = statement.held.iter().filter(|(_, mode)| blocks_writes(**mode));
                orders.extend(first.map(|(first, _)| ((*first, second.on), statement.at)));
            }
        }
        orders
    }

    /// Returns the schema behind it.
    pub(super) fn after(&self) -> &Catalog {
        self.statements.last().map_or(&self.before, |last| &last.after)
    }

    /// Returns the constraints that it adds and leaves, with the statement that adds each.
    pub(super) fn new_constraints(&self) -> Vec<(&Statement, Oid)> {
        let is_new = |oid: &Oid| self.before.constraint(*oid).is_none() && self.after().constraint(*oid).is_some();
        let maker = |oid| self.statements.iter().find(|statement| statement.after.constraint(oid).is_some());
        let touched = self.before.touched(self.after()).into_iter().filter(is_new);
        touched.filter_map(|oid| Some((maker(oid)?, oid))).collect()
    }

    /// Returns whether a statement before the one of a number makes a table of a name, whatever the model knows of it.
    pub(super) fn makes(&self, at: usize, name: &str) -> bool {
        let makers = self.statements.iter().take(at).filter(|statement| statement.kind.starts_with("create_table"));
        makers.filter_map(|statement| target(&statement.sql, &statement.kind)).any(|made| made == name)
    }

    /// Returns whether a statement behind the one of a number makes something of a name, whatever the model knows of it.
    pub(super) fn makes_again(&self, at: usize, name: &str) -> bool {
        let makers = self.statements.iter().skip(at + 1).filter(|statement| statement.kind.starts_with("create_"));
        makers.filter_map(|statement| target(&statement.sql, &statement.kind)).any(|made| made == name)
    }

    /// Returns the place of the marker above a section.
    pub(super) fn marker(&self, start_line: u32) -> Span {
        let place = Position { line: start_line.saturating_sub(1).max(1), column: 1 };
        (place, place)
    }
}

impl Statement {
    /// Returns the syntax, unless it is none of SQL.
    pub(super) fn tree(&self) -> Option<Stmt> {
        tree::statement(&self.sql).ok()
    }

    /// Returns the lock that it takes on a relation that others may be using.
    pub(super) fn lock_on(&self, name: &str) -> Option<&Lock> {
        self.locks.iter().find(|lock| lock.name == name)
    }

    /// Returns the relations in use that it writes anew.
    pub(super) fn rewrites(&self) -> impl Iterator<Item = &Lock> {
        self.effects.iter().flat_map(|effects| &effects.rewrites).filter_map(|name| self.lock_on(name))
    }

    /// Returns the relations in use that it reads in full.
    pub(super) fn scans(&self) -> impl Iterator<Item = &Lock> {
        self.effects.iter().flat_map(|effects| &effects.scans).filter_map(|name| self.lock_on(name))
    }

    /// Returns the strongest lock that its transaction has on a relation while it runs.
    pub(super) fn mode_on(&self, lock: &Lock) -> LockMode {
        self.held.get(&lock.on).map_or(lock.mode, |held| lock.mode.max(*held))
    }
}

/// Which transaction statements run in, and what it holds.
struct Transactions {
    open: Option<usize>,
    count: usize,
    held: BTreeMap<Oid, LockMode>,
}

impl Transactions {
    fn new(whole: bool) -> Self {
        Self { open: whole.then_some(0), count: 0, held: BTreeMap::new() }
    }

    /// Returns the transaction of a statement, and what it holds before the statement.
    fn pass(&mut self, kind: &str, locks: &[Lock]) -> (Option<usize>, BTreeMap<Oid, LockMode>) {
        if kind == "begin" {
            self.count += 1;
            self.open = Some(self.count);
        }
        let now = (self.open, self.held.clone());
        if matches!(kind, "commit" | "rollback") {
            self.open = None;
        }
        if self.open.is_none() {
            self.held.clear();
            return now;
        }
        for lock in locks {
            let held = self.held.entry(lock.on).or_insert(lock.mode);
            *held = (*held).max(lock.mode);
        }
        now
    }
}
