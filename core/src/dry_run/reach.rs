//! How far a statement that is not played may reach, and what is no longer certain behind it.

use std::collections::BTreeSet;

use crate::PostgresVersion;
use crate::catalog::{Body, Catalog, Type, function};
use crate::sql;
use crate::sql::runs::{Run, runs, runs_of_body, runs_of_statements};
use crate::sql::tree::{NoTree, Tree};

/// How far a statement that is not played may reach.
#[derive(Clone, Copy)]
pub(super) enum Reach {
    /// It changes no schema.
    Nothing,
    /// It changes rows.
    Rows,
    /// It changes what it names.
    Names,
    /// It changes what the statements behind it mean, up to the end of the step.
    Step,
    /// It may change anything.
    All,
}

/// What statements outside the model may have changed.
#[derive(Debug, Clone, Default)]
pub(super) struct Doubt {
    /// Anything.
    pub(super) all: bool,
    /// What the statements of this step mean.
    pub(super) step: bool,
    /// Whatever has one of these names.
    names: BTreeSet<String>,
    /// What has one of these names is as it was, but something may stand on it.
    carrying: BTreeSet<String>,
    /// As that, and what is written into it may meet something new.
    guarded: BTreeSet<String>,
    /// Whatever has a name with one of these beginnings and ends.
    partial: BTreeSet<(String, String)>,
    /// There may be more than is known, under any name.
    more: bool,
}

impl Doubt {
    /// Returns whether a statement names what may have changed, or what it does hangs on what may stand on it.
    pub(super) fn touches(&self, statement: &str, kind: &str) -> bool {
        let (alters, writes) = (kind.starts_with("drop_") || kind.starts_with("alter_"), writes(kind));
        let is_doubted = |name: &String| {
            let fits = |(begins, ends): &(String, String)| {
                name.len() >= begins.len() + ends.len() && name.starts_with(begins) && name.ends_with(ends)
            };
            self.names.contains(name)
                || self.partial.iter().any(fits)
                || alters && self.carrying.contains(name)
                || (alters || writes) && self.guarded.contains(name)
        };
        let none =
            self.names.is_empty() && self.partial.is_empty() && self.carrying.is_empty() && self.guarded.is_empty();
        self.all || self.step || (!none && sql::identifiers_inside(statement).any(|name| is_doubted(&name)))
    }

    /// Returns whether a statement names what is not known, and may be there all the same.
    pub(super) fn touches_more(&self, catalog: &Catalog, statement: &str) -> bool {
        let is_known = |name: &String| {
            catalog.has_object(name) || catalog.has_column(name) || of_postgres(catalog.version(), name)
        };
        self.more && sql::identifiers_inside(statement).any(|name| !is_known(&name))
    }

    /// Doubts what a statement names: every object, and what may be the name of a new one. The names of columns say
    /// nothing, for many tables share them.
    ///
    /// What makes something new leaves what it only mentions as it was.
    pub(super) fn add(&mut self, catalog: &Catalog, statement: &str, kind: &str) {
        let named = matter(catalog, sql::identifiers_inside(statement));
        if !kind.starts_with("create_") || kind == "create_schema" {
            return self.names.extend(named);
        }
        let is_guard = GUARDS.contains(&kind);
        // What it makes may be called as a word of the language is; of what stands on a table or between types, the
        // target is that.
        let stands_on =
            matches!(kind, "create_index" | "create_trigger" | "create_rule" | "create_policy" | "create_cast");
        let made = if stands_on { None } else { sql::target(statement, kind) };
        for name in named.collect::<BTreeSet<_>>() {
            match catalog.has_object(&name) && made.as_ref() != Some(&name) {
                true if is_guard => self.guarded.insert(name),
                true => self.carrying.insert(name),
                // The names of its columns, or of what it is given.
                false if made.is_some() => false,
                false => self.names.insert(name),
            };
        }
        self.names.extend(made);
    }

    /// Doubts what a statement may have changed that is not played. Returns whether rows may be others than before.
    pub(super) fn pass(&mut self, catalog: &Catalog, statement: &str, kind: &str, tree: &Result<Tree, NoTree>) -> bool {
        let found = match tree.as_ref().ok().and_then(Tree::statement) {
            Some(sql::ast::Stmt::Do(block)) => runs(&block),
            Some(sql::ast::Stmt::Call(_) | sql::ast::Stmt::Select(_)) => {
                let mut found = Vec::new();
                self.runs_of_routines(catalog, statement, &mut BTreeSet::new(), &mut found).then_some(found)
            }
            _ => None,
        };
        match found {
            Some(runs) => {
                let mut rows = false;
                for run in &runs {
                    rows |= self.pass_run(catalog, run);
                }
                rows
            }
            None => self.reach(reach(kind), |doubt| doubt.add(catalog, statement, kind)),
        }
    }

    /// Finds what the routines of the database may run that a text calls. Returns whether that is all that it does.
    fn runs_of_routines(
        &mut self,
        catalog: &Catalog,
        text: &str,
        seen: &mut BTreeSet<String>,
        found: &mut Vec<Run>,
    ) -> bool {
        for name in sql::runs::called(text) {
            if !seen.insert(name.clone()) {
                continue;
            }
            let own: Vec<_> = catalog.routines().filter(|routine| *routine.name == *name).collect();
            if own.is_empty() {
                if name == "set_config" {
                    self.step = true;
                } else if function::builtin(catalog.version(), &name).is_empty() {
                    return false;
                }
            }
            for routine in own {
                let runs = match &routine.body {
                    Body::Text(body) if &*routine.language == "plpgsql" => runs_of_body(body),
                    Body::Text(body) if &*routine.language == "sql" => Some(runs_of_statements(body)),
                    _ => None,
                };
                let Some(runs) = runs else { return false };
                for run in runs {
                    match run.kind {
                        "select" if !run.of_anything => {
                            if !self.runs_of_routines(catalog, &run.text, seen, found) {
                                return false;
                            }
                        }
                        _ => found.push(run),
                    }
                }
            }
        }
        true
    }

    fn reach(&mut self, reach: Reach, names: impl FnOnce(&mut Self)) -> bool {
        match reach {
            Reach::Nothing => {}
            Reach::Rows => return true,
            Reach::Names => names(self),
            Reach::Step => self.step = true,
            Reach::All => self.all = true,
        }
        self.all
    }

    fn pass_run(&mut self, catalog: &Catalog, run: &Run) -> bool {
        let far = match run.kind {
            "select" => Self::of_query(catalog, run),
            // It may give a name that no one knows, to nothing that is there.
            "create_table" | "create_index" | "create_sequence" if run.of_anything => {
                self.more = true;
                Reach::Names
            }
            kind => match reach(kind) {
                Reach::Names if run.of_anything => Reach::All,
                far => far,
            },
        };
        self.reach(far, |doubt| {
            doubt.names.extend(matter(catalog, run.names()));
            doubt.partial.extend(run.partial.iter().cloned());
        })
    }

    /// A query changes what the functions do that it calls; those of Postgres change no schema.
    fn of_query(catalog: &Catalog, run: &Run) -> Reach {
        let strange = |name: &String| function::builtin(catalog.version(), name).is_empty();
        match sql::runs::called(&run.text).find(|name| strange(name) || name == "set_config") {
            Some(name) if name == "set_config" => Reach::Step,
            Some(_) if run.of_anything => Reach::All,
            Some(_) => Reach::Names,
            None => Reach::Nothing,
        }
    }
}

/// What is made so may refuse rows of what it names, or do more when they are written.
const GUARDS: [&str; 6] =
    ["create_table", "create_foreign_table", "create_index", "create_trigger", "create_rule", "create_policy"];

/// Returns whether statements of a kind write rows.
fn writes(kind: &str) -> bool {
    matches!(kind, "insert" | "update" | "delete" | "merge" | "copy" | "truncate")
}

/// Returns the names that may be those of objects.
fn matter(catalog: &Catalog, names: impl Iterator<Item = String>) -> impl Iterator<Item = String> {
    let matters =
        |name: &String| catalog.has_object(name) || !(of_postgres(catalog.version(), name) || catalog.has_column(name));
    names.filter(matters)
}

/// Returns whether a name means something in every database.
pub(super) fn of_postgres(version: PostgresVersion, name: &str) -> bool {
    let is_type = || sql::TypeName::read(name).is_some_and(|name| Type::builtin(version, &name).is_some());
    sql::is_keyword(name) || is_type() || !function::builtin(version, name).is_empty()
}

/// Returns whether statements of a kind change no schema, whatever else they do.
pub(super) fn leaves_schema(kind: &str) -> bool {
    matches!(reach(kind), Reach::Nothing | Reach::Rows)
}

fn reach(kind: &str) -> Reach {
    match kind {
        "insert" | "update" | "delete" | "merge" | "copy" => Reach::Rows,
        "grant"
        | "revoke"
        | "analyze"
        | "vacuum"
        | "notify"
        | "lock"
        | "alter_default_privileges"
        | "checkpoint"
        | "security_label"
        | "show"
        | "set_constraints"
        | "create_publication"
        | "create_subscription" => Reach::Nothing,
        "set" | "reset" | "set_role" | "set_session_authorization" => Reach::Step,
        "create_operator"
        | "create_operator_class"
        | "create_operator_family"
        | "create_cast"
        | "create_transform"
        | "do"
        | "call"
        | "execute"
        | "rollback"
        | "drop_owned"
        | "drop_schema"
        | "load"
        | "unknown" => Reach::All,
        _ => Reach::Names,
    }
}
