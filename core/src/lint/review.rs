//! What rules look at: the revisions with what their statements do, and who else is there.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::knowledge::disturbs;
use crate::catalog::{Catalog, Constraint, ConstraintKind, Oid};
use crate::ddl::{Effects, LockMode};
use crate::diagnostic::{Diagnostic, Position};
use crate::document::{self, Outcome};
use crate::dry_run::{self, History, Undone};
use crate::revision::{Graph, Index};
use crate::script::{Revision, Span};
use crate::settings::Settings;
use crate::sql;
use crate::sql::ast::Stmt;
use crate::sql::tree::Tree;

/// All revisions that are looked at, and what they stand among.
pub(super) struct Review<'a> {
    pub(super) settings: &'a Settings,
    pub(super) graph: &'a Graph,
    /// In the order in which they run, without schemas.
    pub(super) steps: Vec<Step<'a>>,
    /// The schema that all heads together make; empty until the end.
    pub(super) last: Catalog,
    /// Which of the steps lock one table strongly before another, in one transaction.
    pub(super) orders: BTreeMap<(Oid, Oid), Vec<usize>>,
    /// Revisions as others have them already, where their files are gone or changed since.
    pub(super) published: Vec<Revision>,
    /// All revisions that are there, by position in the graph.
    pub(super) revisions: &'a [Revision],
    /// Objects that were made by what is looked at, where that is one deployment.
    deployment: Option<Vec<Range<Oid>>>,
}

/// One revision.
pub(super) struct Step<'a> {
    pub(super) revision: &'a Revision,
    pub(super) index: Index,
    pub(super) before: Catalog,
    pub(super) statements: Vec<Statement>,
    pub(super) undone: Undone,
    /// What its statements make, by name and as they are written.
    makers: BTreeMap<String, Made>,
    /// Constraints that it adds and leaves, with the number of the statement that adds each.
    constraints: Vec<(usize, Oid)>,
    /// Foreign keys that lose the last index on their columns, with the number of the statement that drops it.
    uncovered: Vec<(usize, Oid)>,
    /// Tables of which row security is turned on, with the number of the statement that does it.
    secured: Vec<(usize, Oid)>,
    /// What the dry run says about the section as a whole.
    pub(super) findings: Vec<Diagnostic>,
}

/// One statement of an up section.
pub(super) struct Statement {
    /// Its number in the section, from 0.
    pub(super) at: usize,
    pub(super) sql: String,
    pub(super) kind: String,
    /// What the parser made of it.
    tree: Option<Tree>,
    /// What the dry run says about it.
    pub(super) findings: Vec<Diagnostic>,
    /// Postgres refuses it, so that nothing else is to be said of what it would do.
    pub(super) fails: bool,
    /// Nobody but Postgres reads it: it is too long or nests too deep.
    pub(super) unread: bool,
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

/// Which statements make something of one name.
#[derive(Debug, Clone, Copy, Default)]
struct Made {
    /// The first that makes a table.
    table: Option<usize>,
    /// The last of all.
    last: usize,
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
    /// Returns a review of nothing yet; `together` if all that is looked at is one deployment.
    pub(super) fn new(history: History<'a>, settings: &'a Settings, together: bool, published: Vec<Revision>) -> Self {
        Self {
            settings,
            graph: history.graph,
            steps: Vec::new(),
            last: Catalog::new(history.version),
            orders: BTreeMap::new(),
            published,
            revisions: history.revisions,
            deployment: together.then(Vec::new),
        }
    }

    /// Returns revisions that were played, each with who may be using what it locks.
    pub(super) fn read(&mut self, steps: Vec<dry_run::WalkStep>) -> Vec<Step<'a>> {
        let of = |step: dry_run::WalkStep| {
            let revision = self.revisions.get(step.revision)?;
            let own = [step.made.clone()];
            let made = match &mut self.deployment {
                Some(deployment) => {
                    deployment.extend(own);
                    deployment.as_slice()
                }
                None => own.as_slice(),
            };
            Some(Step::new(revision, step, made))
        };
        steps.into_iter().filter_map(of).collect()
    }

    /// Keeps revisions without the schemas between their statements.
    pub(super) fn keep(&mut self, mut steps: Vec<Step<'a>>) {
        steps.iter_mut().for_each(|step| step.forget(&self.last));
        self.steps.append(&mut steps);
    }

    /// Notes the schema that all heads together make, and the orders in which revisions lock.
    pub(super) fn end(&mut self, last: Catalog) {
        self.last = last;
        for (at, step) in self.steps.iter().enumerate() {
            for (pair, _) in step.orders() {
                self.orders.entry(pair).or_default().push(at);
            }
        }
    }
}

impl<'a> Step<'a> {
    fn new(revision: &'a Revision, step: dry_run::WalkStep, made: &[Range<Oid>]) -> Self {
        let mut transactions = Transactions::new(revision.up.transaction);
        let mut before = step.before.clone();
        let mut statements: Vec<Statement> = Vec::with_capacity(step.statements.len());
        for (at, played) in step.statements.into_iter().enumerate() {
            let dry_run::Statement { document, tree, range, place, effects, after } = played;
            let document::Statement { sql, kind, mut findings, outcome, .. } = document;
            // It is no fault of the statement.
            findings.retain(|finding| finding.code != dry_run::NOT_JUDGED);
            let fails = outcome == Outcome::Error;
            let unread = findings.iter().any(|finding| finding.code == "unread-statement");
            let locks = effects.iter().flat_map(|effects| &effects.locks).filter_map(|(name, mode)| {
                let on = before.relation_qualified(name)?;
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
                tree: tree.ok(),
                findings,
                fails,
                unread,
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
        let mut makers: BTreeMap<String, Made> = BTreeMap::new();
        for statement in statements.iter().filter(|statement| statement.kind.starts_with("create_")) {
            let Some(name) = sql::target(&statement.sql, &statement.kind) else { continue };
            let made = makers.entry(name).or_default();
            made.last = statement.at;
            if statement.kind.starts_with("create_table") {
                made.table.get_or_insert(statement.at);
            }
        }
        let mut new = Self {
            revision,
            index: step.revision,
            before: step.before,
            statements,
            undone: step.undone,
            makers,
            constraints: Vec::new(),
            uncovered: Vec::new(),
            secured: Vec::new(),
            findings: step.findings,
        };
        for statement in &new.statements {
            new.uncovered.extend(uncovered(statement).into_iter().map(|oid| (statement.at, oid)));
            new.secured.extend(secured(statement).into_iter().map(|oid| (statement.at, oid)));
        }
        let is_new = |oid: &Oid| new.before.constraint(*oid).is_none() && new.after().constraint(*oid).is_some();
        let maker = |oid| new.statements.iter().position(|statement| statement.after.constraint(oid).is_some());
        let touched = new.before.touched(new.after()).into_iter().filter(is_new);
        new.constraints = touched.filter_map(|oid| Some((maker(oid)?, oid))).collect();
        new
    }

    /// Forgets all schemas.
    fn forget(&mut self, empty: &Catalog) {
        self.before = empty.clone();
        self.undone = Undone::Unknown;
        for statement in &mut self.statements {
            (statement.before, statement.after) = (empty.clone(), empty.clone());
            statement.tree = None;
        }
    }

    /// Returns which tables it locks strongly, the first of a pair before the second in one transaction, with the
    /// number of the statement that locks the second.
    pub(super) fn orders(&self) -> Vec<((Oid, Oid), usize)> {
        let mut orders = Vec::new();
        for statement in &self.statements {
            let disturbs = |on, mode| disturbs(&statement.before, on, mode);
            let is_first = |on| !statement.held.get(&on).is_some_and(|mode| disturbs(on, *mode));
            let second = statement.locks.iter().filter(|lock| disturbs(lock.on, lock.mode) && is_first(lock.on));
            for second in second {
                let first = statement.held.iter().filter(|(on, mode)| disturbs(**on, **mode));
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
    pub(super) fn new_constraints(&self) -> impl Iterator<Item = (&Statement, Oid)> {
        self.constraints.iter().filter_map(|(at, oid)| Some((self.statements.get(*at)?, *oid)))
    }

    /// Returns the foreign keys that lose the last index on their columns, with the statement that drops it.
    pub(super) fn uncovered(&self) -> impl Iterator<Item = (&Statement, Oid)> {
        self.uncovered.iter().filter_map(|(at, oid)| Some((self.statements.get(*at)?, *oid)))
    }

    /// Returns the tables of which it turns row security on, with the statement that does it.
    pub(super) fn newly_secured(&self) -> impl Iterator<Item = (&Statement, Oid)> {
        self.secured.iter().filter_map(|(at, oid)| Some((self.statements.get(*at)?, *oid)))
    }

    /// Returns the name under which it locks a relation first.
    pub(super) fn locked_name(&self, on: Oid) -> &str {
        let mut locks = self.statements.iter().flat_map(|statement| &statement.locks);
        locks.find(|lock| lock.on == on).map_or("", |lock| &lock.name)
    }

    /// Returns whether a statement before the one of a number makes a table of a name, whatever the model knows of it.
    pub(super) fn makes(&self, at: usize, name: &str) -> bool {
        self.makers.get(name).is_some_and(|made| made.table.is_some_and(|table| table < at))
    }

    /// Returns whether a statement behind the one of a number makes something of a name, whatever the model knows of
    /// it.
    pub(super) fn makes_again(&self, at: usize, name: &str) -> bool {
        self.makers.get(name).is_some_and(|made| made.last > at)
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
        self.tree.as_ref()?.statement()
    }

    /// Returns what the parser made of it, unless it is none of SQL.
    pub(super) fn parsed(&self) -> Option<&Tree> {
        self.tree.as_ref()
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

    /// Returns locks on relations that keep rows, those on partitions of one table as one under the name that says so.
    pub(super) fn together<'l>(
        &self,
        locks: impl Iterator<Item = &'l Lock>,
        words: impl Fn(&Lock) -> String,
    ) -> impl Iterator<Item = (&'l Lock, String)> {
        let together = self.before.together(locks.collect(), |lock| &lock.name, |lock| words(lock));
        together.into_iter().map(|one| (one.first, one.name))
    }

    /// Returns the strongest lock that its transaction has on a relation while it runs.
    pub(super) fn mode_on(&self, lock: &Lock) -> LockMode {
        self.held.get(&lock.on).map_or(lock.mode, |held| lock.mode.max(*held))
    }
}

/// Returns the foreign keys that have no index on their columns any more.
fn uncovered(statement: &Statement) -> Vec<Oid> {
    let drops = statement.kind.starts_with("drop_") || statement.kind == "alter_table";
    if !drops || statement.effects.is_none() {
        return Vec::new();
    }
    let (before, after) = (&statement.before, &statement.after);
    let gone = before.touched(after).into_iter().filter(|oid| after.relation(*oid).is_none());
    let tables: BTreeSet<Oid> = gone.filter_map(|oid| Some(before.relation(oid)?.as_index()?.on)).collect();
    let of_tables = tables.into_iter().flat_map(|table| after.constraints_of(table));
    let lost = of_tables.filter(|constraint| {
        let was_covered = before.constraint(constraint.oid).is_some_and(|old| is_covered(before, old));
        was_covered && !is_covered(after, constraint)
    });
    lost.map(|constraint| constraint.oid).collect()
}

/// Returns whether an index of a table begins with the columns of a foreign key, in whatever order; that of anything
/// else counts as covered.
pub(super) fn is_covered(catalog: &Catalog, constraint: &Constraint) -> bool {
    let ConstraintKind::Foreign { columns, .. } = &constraint.kind else { return true };
    let table = catalog.relation(constraint.on);
    let indexes = table.map(|table| table.indexes.as_slice()).unwrap_or_default();
    indexes.iter().filter_map(|oid| catalog.relation(*oid)?.as_index()).any(|index| {
        let first: Vec<i16> = index.key_columns().take(columns.len()).flatten().collect();
        index.valid && index.predicate.is_none() && columns.iter().all(|column| first.contains(column))
    })
}

/// Returns the tables of which row security is turned on.
fn secured(statement: &Statement) -> Vec<Oid> {
    if statement.kind != "alter_table" {
        return Vec::new();
    }
    let (before, after) = (&statement.before, &statement.after);
    let is_on = |catalog: &Catalog, oid: &Oid| catalog.relation(*oid).is_some_and(|relation| relation.row_security);
    let touched = before.touched(after).into_iter();
    touched.filter(|oid| is_on(after, oid) && !is_on(before, oid)).collect()
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
