//! Both answers side by side, and the differences that Limbeck chooses.

use std::collections::{BTreeMap, BTreeSet};

use limbeck_core::revision::{Error, Graph, Index, RowChange, Step};
use serde_json::{Value, json};

use crate::case::{Case, Question, revisions_json};
use crate::model::{Ids, Model};
use crate::oracle::{Answer, Oracle};

/// How often what was compared.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// Answers that are the same, by kind of question and "ok" or the class of the error.
    pub(crate) same: BTreeMap<String, usize>,
    /// Chosen differences, by name.
    pub(crate) chosen: BTreeMap<&'static str, usize>,
}

impl Counts {
    fn same(&mut self, kind: &str, outcome: &str) {
        *self.same.entry(format!("{kind} {outcome}")).or_default() += 1;
    }

    fn chosen(&mut self, name: &'static str) {
        *self.chosen.entry(name).or_default() += 1;
    }
}

// The choices, named as the table of the contract names them.
const PREFIX: &str = "partial id matches several";
const LABEL_AT_BASE: &str = "label@base as a downgrade target";
const UNKNOWN_LABEL: &str = "an unknown label is an error";
const UNDO_MERGE: &str = "-N that ends by undoing a merge point";
const MAXIMAL: &str = "rows stay the maximal applied revisions";
const SEVERAL_CURRENT: &str = "-N with several current revisions";
const TRACEBACK: &str = "an error, never a traceback";
/// Those that the table of the contract names.
pub(crate) const CHOICES: [&str; 7] =
    [PREFIX, LABEL_AT_BASE, UNKNOWN_LABEL, UNDO_MERGE, MAXIMAL, SEVERAL_CURRENT, TRACEBACK];
// What the table does not name and Alembic answers by accident.
const STAMP_TAKEN_OVER: &str =
    "stamp: several targets take the place of one row, or one target twice (Alembic crashes)";
const BELOW_BASE: &str = "base-N is too far (Alembic counts from the heads)";
const ID_BELOW_HEADS: &str = "id@-N counts from the heads above the id (Alembic finds none)";
const LOWER_CLAMPED: &str = "a lower end -N stops at the base (Alembic stops there except just at or below it)";
const LOWER_BRANCH: &str =
    "range: a lower end on a branch that is not written as a label (Alembic crashes or finds nothing)";
const BY_DEPENDENCY: &str = "range: the upper end stands on the lower one by a dependency alone (Alembic crashes)";
const STAMP_PREFIX: &str = "stamp branch@prefix looks on the branch (Alembic everywhere once there are rows)";

struct Both<'a> {
    graph: &'a Graph,
    model: &'a Model<'a>,
    counts: &'a mut Counts,
}

/// Compares all answers of a case.
pub(crate) fn compare(case: &Case, oracle: &Oracle, counts: &mut Counts) -> Result<(), String> {
    let graph = Graph::new(case.nodes.clone());
    if let [first, ..] = graph.errors() {
        return Err(format!("a whole history is called broken: {first}"));
    }
    let model = Model::new(&case.nodes);
    let revisions = revisions_json(&case.nodes);
    let mut asked: Vec<Value> = case.questions.iter().map(Question::json).collect();
    let mut both = Both { graph: &graph, model: &model, counts };
    // Where Limbeck has a plan, Alembic also says what it would write step by step in that order.
    let plans: Vec<(usize, Vec<Step>)> =
        case.questions.iter().enumerate().filter_map(|(at, question)| Some((at, both.plan(question)?.ok()?))).collect();
    asked.extend(plans.iter().map(|(at, steps)| both.apply(&case.questions[*at], steps)));
    let answers = oracle.ask(&revisions, &asked).map_err(|answer| format!("Alembic does not load it: {answer:?}"))?;
    let (answers, written) = answers.split_at(case.questions.len());
    for (question, answer) in case.questions.iter().zip(answers) {
        both.check(question, answer)
            .map_err(|difference| format!("{question:?}\n{difference}\nAlembic: {answer:?}"))?;
    }
    for ((at, steps), answer) in plans.iter().zip(written) {
        let question = &case.questions[*at];
        both.check_rows(question, steps, answer)
            .map_err(|difference| format!("{question:?}, step by step\n{difference}\nAlembic: {answer:?}"))?;
    }
    Ok(())
}

impl<'a> Both<'a> {
    fn indices(&self, rows: &[String]) -> Vec<Index> {
        rows.iter().filter_map(|row| self.graph.index_of(row)).collect()
    }

    fn names(&self, indices: &[Index]) -> Ids<'a> {
        indices.iter().map(|&i| self.graph.id(i).as_str()).collect()
    }

    fn plan(&self, question: &Question) -> Option<Result<Vec<Step>, Error>> {
        match question {
            Question::Upgrade { rows, target } => Some(self.graph.upgrade(&self.indices(rows), target)),
            Question::Downgrade { rows, target } => Some(self.graph.downgrade(&self.indices(rows), target)),
            _ => None,
        }
    }

    fn apply(&self, question: &Question, steps: &[Step]) -> Value {
        let (Question::Upgrade { rows, .. } | Question::Downgrade { rows, .. }) = question else {
            return Value::Null;
        };
        let up = matches!(question, Question::Upgrade { .. });
        let steps: Vec<&str> = steps.iter().map(|step| self.graph.id(step.revision).as_str()).collect();
        json!({"kind": "apply", "rows": rows, "up": up, "steps": steps})
    }

    fn check(&mut self, question: &Question, answer: &Answer) -> Result<(), String> {
        match question {
            Question::Upgrade { rows, target } | Question::Downgrade { rows, target } => {
                let up = matches!(question, Question::Upgrade { .. });
                let ours = self.plan(question).ok_or("no plan")?;
                self.check_plan(rows, target, up, &ours, answer)
            }
            Question::Stamp { rows, targets } => self.check_stamp(rows, targets, answer),
            Question::Resolve { text } => {
                let ours = self.graph.resolve(text);
                self.check_ids("resolve", text, &ours, answer)
            }
            Question::Range { rows, lower, upper } => {
                let text = format!("{lower}:{upper}");
                let ours = self.graph.range(&text, Some(&self.indices(rows)));
                if let Ok(ours) = &ours {
                    self.newest_first(ours)?;
                }
                self.check_ids("range", &text, &ours, answer)
            }
            Question::Current { rows } => {
                let ours = Ok(self.graph.current(&self.indices(rows)));
                self.check_ids("current", "", &ours, answer)
            }
            Question::Graph => self.check_graph(answer),
        }
    }

    fn check_plan(
        &mut self,
        rows: &[String],
        target: &str,
        up: bool,
        ours: &Result<Vec<Step>, Error>,
        answer: &Answer,
    ) -> Result<(), String> {
        let kind = if up { "upgrade" } else { "downgrade" };
        let start = self.model.known(rows);
        let steps = match ours {
            Ok(steps) => {
                self.plan_is_sound(&start, up, steps)?;
                Some(self.names(&steps.iter().map(|step| step.revision).collect::<Vec<_>>()))
            }
            Err(_) => None,
        };
        match (ours, answer) {
            (Ok(plan), Answer::Ok(theirs)) if steps == Some(known(theirs, "steps")) => {
                let after = plan.last().map_or_else(|| start.clone(), |step| self.names(&step.rows_after));
                if theirs.get("rows").is_some_and(|rows| !rows.is_null()) && after == known(theirs, "rows") {
                    self.counts.same(kind, if plan.is_empty() { "nothing to do" } else { "ok" });
                    return Ok(());
                }
                self.rows_differ(&start, plan)
            }
            (Err(error), Answer::Error { class, .. }) if classes(error).contains(&class.as_str()) => {
                if matches!(error, Error::AmbiguousRevision { .. }) {
                    self.counts.chosen(PREFIX);
                }
                self.counts.same(kind, class);
                Ok(())
            }
            (Err(error), Answer::Error { class, .. }) if class == "Crash" && refuses(error) => {
                self.counts.chosen(TRACEBACK);
                Ok(())
            }
            (Err(Error::AmbiguousWalk { .. } | Error::Overlap { .. }), _)
                if !up && start.len() > 1 && is_counted(target) == Some(None) =>
            {
                self.counts.chosen(SEVERAL_CURRENT);
                Ok(())
            }
            (Err(error), _) if self.names_unknown_branch(target, error) => {
                self.counts.chosen(UNKNOWN_LABEL);
                Ok(())
            }
            (Err(Error::TooFar { .. }), _) if target.rsplit('@').next().is_some_and(|t| t.starts_with("base-")) => {
                self.counts.chosen(BELOW_BASE);
                Ok(())
            }
            (Ok(_), _) if !up && self.branch_at_base(&start, target) == steps && steps.is_some() => {
                self.counts.chosen(LABEL_AT_BASE);
                Ok(())
            }
            (Ok(_), Answer::Error { message, .. })
                if !up && message == "Ambiguous walk" && self.undoes_merge(&start, target, steps.as_ref()) =>
            {
                self.counts.chosen(UNDO_MERGE);
                Ok(())
            }
            _ => Err(format!("Limbeck: {}", self.show(ours))),
        }
    }

    /// Step by step, in Limbeck's order, Alembic writes the same rows.
    fn check_rows(&mut self, question: &Question, steps: &[Step], answer: &Answer) -> Result<(), String> {
        let (Question::Upgrade { rows, .. } | Question::Downgrade { rows, .. }) = question else {
            return Ok(());
        };
        let same = match answer {
            Answer::Ok(Value::Array(after)) => {
                after.len() == steps.len()
                    && steps.iter().zip(after).all(|(step, after)| {
                        self.names(&step.rows_after)
                            == after.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
                    })
            }
            _ => false,
        };
        match same {
            true => {
                self.counts.same("rows", "ok");
                Ok(())
            }
            false => self.rows_differ(&self.model.known(rows), steps),
        }
    }

    /// Rows may differ where a revision stands on another both directly and through a third, and then they are the
    /// maximal applied revisions.
    fn rows_differ(&mut self, start: &Ids<'a>, plan: &[Step]) -> Result<(), String> {
        let twice = plan.iter().any(|step| self.model.stands_twice(self.graph.id(step.revision).as_str()));
        if twice {
            self.counts.chosen(MAXIMAL);
            return Ok(());
        }
        Err(format!("other rows; Limbeck, from {start:?}: {}", self.show(&Ok(plan.to_vec()))))
    }

    /// Checks by definition: every revision once, in an order in which it can run, rows that chain, writes that hit
    /// exactly one row, and rows that are the maximal applied revisions.
    fn plan_is_sound(&self, start: &Ids<'a>, up: bool, steps: &[Step]) -> Result<(), String> {
        let mut applied = self.model.closure(start.clone());
        let mut rows = start.clone();
        for step in steps {
            let id = self.graph.id(step.revision).as_str();
            if self.names(&step.rows_before) != rows {
                return Err(format!("rows before {id} are not those after the step before"));
            }
            let mut closed = self.model.ancestors(id);
            closed.remove(id);
            let fits = match up {
                true => closed.is_subset(&applied) && applied.insert(id),
                false => applied.remove(id) && self.model.descendants(id).is_disjoint(&applied),
            };
            if !fits {
                return Err(format!("{id} runs out of order or twice"));
            }
            let mut written: BTreeSet<String> = rows.iter().map(|row| (*row).to_owned()).collect();
            write(&mut written, &step.changes)?;
            if self.names(&step.rows_after) != written.iter().map(String::as_str).collect() {
                return Err(format!("the writes of {id} do not lead to the rows after it"));
            }
            if self.model.side_by_side(start) && self.names(&step.rows_after) != self.model.maximal(&applied) {
                return Err(format!("rows after {id} are not the maximal applied revisions"));
            }
            rows = self.names(&step.rows_after);
        }
        Ok(())
    }

    fn check_stamp(&mut self, rows: &[String], targets: &[String], answer: &Answer) -> Result<(), String> {
        let texts: Vec<&str> = targets.iter().map(String::as_str).collect();
        let ours = self.graph.stamp(&self.indices(rows), &texts, false);
        let mut after: BTreeSet<String> = rows.iter().cloned().collect();
        if let Ok(changes) = &ours {
            write(&mut after, changes)?;
        }
        let after: BTreeSet<&str> = after.iter().map(String::as_str).collect();
        match (&ours, answer) {
            (Ok(_), Answer::Ok(theirs)) if after == strings(theirs) => self.counts.same("stamp", "ok"),
            (Err(error), Answer::Error { class, .. }) if classes(error).contains(&class.as_str()) => {
                self.counts.same("stamp", class);
            }
            (Err(_), Answer::Error { class, .. }) if self.wrong_twice(targets, class) => {
                self.counts.same("stamp", class);
            }
            (Err(error), Answer::Error { class, .. }) if class == "Crash" && refuses(error) => {
                self.counts.chosen(TRACEBACK);
            }
            (Ok(_), Answer::Error { class, .. }) if class == "Crash" && self.set_beside(rows, targets, &after) => {
                self.counts.chosen(STAMP_TAKEN_OVER);
            }
            (Err(error), _) if targets.iter().any(|target| self.names_unknown_branch(target, error)) => {
                self.counts.chosen(UNKNOWN_LABEL);
            }
            (_, Answer::Error { class, message })
                if class == "ResolutionError" && self.prefix_on_branch(targets, message) =>
            {
                self.counts.chosen(STAMP_PREFIX);
            }
            _ => return Err(format!("Limbeck: {ours:?}, rows {after:?}")),
        }
        Ok(())
    }

    /// Whether another target than the one that Limbeck names is wrong in this way.
    fn wrong_twice(&self, targets: &[String], class: &str) -> bool {
        let errors = targets.iter().filter_map(|target| self.graph.resolve(target).err());
        errors.into_iter().any(|error| classes(&error).contains(&class))
    }

    /// Several targets, or one named twice, took the place of rows that only the first of them could take over.
    fn set_beside(&self, rows: &[String], targets: &[String], after: &BTreeSet<&str>) -> bool {
        let named: Vec<Index> = targets.iter().filter_map(|target| self.graph.resolve(target).ok()).flatten().collect();
        named.len() > 1 && self.names(&named).iter().all(|id| after.contains(id) || rows.iter().any(|row| row == id))
    }

    /// Whether a target is the beginning of several names of which one is on the branch before it.
    fn prefix_on_branch(&self, targets: &[String], message: &str) -> bool {
        message.starts_with("Multiple revisions start with")
            && targets
                .iter()
                .filter_map(|target| target.split_once('@'))
                .any(|(_, symbol)| matches!(self.graph.resolve(symbol), Err(Error::AmbiguousRevision { .. })))
    }

    fn check_ids(
        &mut self,
        kind: &str,
        text: &str,
        ours: &Result<Vec<Index>, Error>,
        answer: &Answer,
    ) -> Result<(), String> {
        let ids = ours.as_ref().map(|indices| self.names(indices));
        let (lower, _) = text.split_once(':').unwrap_or((text, ""));
        let counted = is_counted(lower);
        match (&ids, answer) {
            (Ok(ids), Answer::Ok(theirs)) if *ids == strings(theirs) => self.counts.same(kind, "ok"),
            (Err(error), Answer::Error { class, .. }) if classes(error).contains(&class.as_str()) => {
                self.counts.same(kind, class);
            }
            (Err(error), Answer::Error { class, .. }) if class == "Crash" && (refuses(error) || self.too_far(text)) => {
                self.counts.chosen(TRACEBACK);
            }
            (Err(error), _) if text.split(':').any(|end| self.names_unknown_branch(end, error)) => {
                self.counts.chosen(UNKNOWN_LABEL);
            }
            (ids, _)
                if text.split([':', '@']).any(|part| part.starts_with("base-"))
                    && !matches!(ids, Ok(ids) if !ids.is_empty()) =>
            {
                self.counts.chosen(BELOW_BASE);
            }
            (_, _) if counted.is_some_and(|branch| branch.is_some_and(|b| self.graph.label(b).is_none())) => {
                self.counts.chosen(ID_BELOW_HEADS);
            }
            (_, _) if kind == "range" && counted.is_some() && self.counts_to_base(lower) => {
                self.counts.chosen(LOWER_CLAMPED);
            }
            (Ok(ids), Answer::Error { class, .. })
                if class == "Crash" && kind == "range" && self.only_by_dependency(ids) =>
            {
                self.counts.chosen(BY_DEPENDENCY);
            }
            (_, _) if kind == "range" && self.on_branch_without_label(lower) => {
                self.counts.chosen(LOWER_BRANCH);
            }
            (Ok(ids), Answer::Error { class, .. }) if class == "Crash" && ids.is_empty() => {
                self.counts.chosen(TRACEBACK);
            }
            _ => return Err(format!("Limbeck: {ids:?}")),
        }
        Ok(())
    }

    /// Whether the upper end of a range, by itself, leads below the first revision.
    fn too_far(&self, range: &str) -> bool {
        let upper = range.split_once(':').map(|(_, upper)| self.graph.upgrade(&[], upper));
        matches!(upper, Some(Err(Error::TooFar { .. })))
    }

    /// Whether a revision outside of a range depends on one inside, so that the way to the upper end leaves the range.
    fn only_by_dependency(&self, ids: &Ids<'a>) -> bool {
        let outside = self.model.ids().into_iter().filter(|id| !ids.contains(id));
        outside.into_iter().any(|id| self.model.normalized(id).iter().any(|needed| ids.contains(needed)))
    }

    /// Whether a branch is written as an id that carries not exactly one label, or as the beginning of a name.
    fn on_branch_without_label(&self, text: &str) -> bool {
        text.split_once('@').is_some_and(|(branch, _)| match self.graph.index_of(branch) {
            Some(id) => self.graph.labels_of(id).len() != 1,
            None => self.graph.label(branch).is_none(),
        })
    }

    /// Whether from one of the heads `-N` leads to the base or below it.
    fn counts_to_base(&self, text: &str) -> bool {
        let count: usize = text.rsplit('-').next().and_then(|digits| digits.parse().ok()).unwrap_or(0);
        self.model.maximal(&self.model.ids().into_iter().collect()).into_iter().any(|head| {
            let mut at = Some(head);
            for _ in 0..count {
                let parents: Vec<&str> = at.map(|id| self.model.parents(id)).into_iter().flatten().collect();
                at = match parents.as_slice() {
                    [] => None,
                    [parent] => Some(*parent),
                    _ => return false,
                };
            }
            at.is_none()
        })
    }

    fn check_graph(&mut self, answer: &Answer) -> Result<(), String> {
        let Answer::Ok(theirs) = answer else {
            return Err("no answer".into());
        };
        let all: Vec<Index> = (0..self.graph.len()).collect();
        let those = |wanted: &dyn Fn(Index) -> bool| all.iter().copied().filter(|&i| wanted(i)).collect::<Vec<_>>();
        let lists = [
            ("heads", self.graph.heads()),
            ("real_heads", self.graph.real_heads()),
            ("bases", self.graph.bases()),
            ("branch_points", self.graph.branch_points()),
            ("merge_points", those(&|i| self.graph.is_merge_point(i))),
        ];
        for (name, ours) in lists {
            let ours = self.names(&ours);
            if ours != known(theirs, name) {
                return Err(format!("{name}: Limbeck {ours:?}"));
            }
        }
        for i in all {
            let id = self.graph.id(i).as_str();
            let of = |key: &str| theirs.get(key).and_then(|map| map.get(id)).map(strings).unwrap_or_default();
            let labels: BTreeSet<&str> = self.graph.labels_of(i).into_iter().collect();
            if labels != of("labels") {
                return Err(format!("labels of {id}: Limbeck {labels:?}"));
            }
            let normalized = self.names(self.graph.normalized_parents(i));
            if normalized != of("normalized") || normalized != self.model.normalized(id) {
                return Err(format!("normalized parents of {id}: Limbeck {normalized:?}"));
            }
        }
        self.counts.same("graph", "ok");
        Ok(())
    }

    fn newest_first(&self, indices: &[Index]) -> Result<(), String> {
        for (at, &i) in indices.iter().enumerate() {
            let ancestors = self.model.ancestors(self.graph.id(i).as_str());
            if indices[..at].iter().any(|&earlier| ancestors.contains(self.graph.id(earlier).as_str())) {
                return Err(format!("{} stands behind what it needs", self.graph.id(i)));
            }
        }
        Ok(())
    }

    /// Whether what stands before the `@` is no branch, and Limbeck says so.
    fn names_unknown_branch(&self, text: &str, error: &Error) -> bool {
        let branch = |branch: &str| self.graph.resolve_one(branch).is_err();
        let named = text.match_indices('@').any(|(at, _)| branch(&text[..at]));
        named && matches!(error, Error::UnknownBranch { .. } | Error::AmbiguousRevision { .. })
    }

    /// What `branch@base` undoes by the words of the contract: the branch, all that stands on it, then ancestors that
    /// nothing else applied stands on.
    fn branch_at_base(&self, start: &Ids<'a>, target: &str) -> Option<Ids<'a>> {
        let (branch, "base") = target.rsplit_once('@')? else { return None };
        let branch = self.graph.id(self.graph.resolve_one(branch).ok()??).as_str();
        let applied = self.model.closure(start.clone());
        let mut undone: Ids = self.model.descendants(branch).intersection(&applied).copied().collect();
        let ancestors: Ids = self.model.version_ancestors(branch).intersection(&applied).copied().collect();
        loop {
            let stays: Ids = applied.difference(&undone).copied().collect();
            let free = |id: &&&str| undone.contains(**id) || self.model.descendants(id).intersection(&stays).eq([*id]);
            match ancestors.iter().filter(|id| !undone.contains(**id)).find(free) {
                Some(id) => undone.insert(id),
                None => return Some(undone),
            };
        }
    }

    /// Whether a plan undoes exactly the N revisions down to a merge point, and what stands on it.
    fn undoes_merge(&self, start: &Ids<'a>, target: &str, steps: Option<&Ids<'a>>) -> bool {
        let (Some(branch), Some(steps)) = (is_counted(target), steps) else { return false };
        let applied = self.model.closure(start.clone());
        let count: usize = target.rsplit('-').next().and_then(|digits| digits.parse().ok()).unwrap_or(0);
        let lineage = branch.and_then(|branch| self.graph.resolve_one(branch).ok().flatten());
        let lineage = lineage.map(|i| self.model.lineage(self.graph.id(i).as_str()));
        let tips = applied.iter().filter(|id| self.model.children(id).is_disjoint(&applied));
        let starts = tips.filter(|id| lineage.as_ref().is_none_or(|lineage| lineage.contains(**id)));
        starts.into_iter().any(|id| {
            let mut at = *id;
            for _ in 1..count {
                match self.model.parents(at).into_iter().collect::<Vec<_>>().as_slice() {
                    [parent] => at = parent,
                    _ => return false,
                }
            }
            let undone: Ids = self.model.descendants(at).intersection(&applied).copied().collect();
            self.model.parents(at).len() > 1 && undone == *steps
        })
    }

    fn show(&self, ours: &Result<Vec<Step>, Error>) -> String {
        match ours {
            Err(error) => format!("{error:?}"),
            Ok(steps) => {
                let step = |step: &Step| {
                    format!("{} {:?} {:?}", self.graph.id(step.revision), step.changes, self.names(&step.rows_after))
                };
                steps.iter().map(step).collect::<Vec<_>>().join("; ")
            }
        }
    }
}

/// What Limbeck says where Alembic's answer is an assertion that fails: there is no such place, or more than one.
fn refuses(error: &Error) -> bool {
    matches!(
        error,
        Error::TooFar { .. }
            | Error::AmbiguousWalk { .. }
            | Error::NotATarget { .. }
            | Error::NotARange { .. }
            | Error::Overlap { .. }
    )
}

/// The classes that Alembic has for an error of ours.
fn classes(error: &Error) -> &'static [&'static str] {
    match error {
        Error::UnknownRevision { .. }
        | Error::UnknownBranch { .. }
        | Error::AmbiguousRevision { .. }
        | Error::NotAMember { .. } => &["ResolutionError"],
        Error::MultipleHeads { .. } => &["MultipleHeads"],
        Error::NotATarget { .. } => &["RangeNotAncestorError", "RevisionError"],
        Error::NotARange { .. } => &["RangeNotAncestorError"],
        Error::AmbiguousWalk { .. } | Error::TooFar { .. } | Error::Overlap { .. } => &["RevisionError"],
        Error::BadRange { .. } | Error::Broken { .. } => &[],
    }
}

/// Returns the branch of a text that is `-N` or `branch@-N`.
fn is_counted(text: &str) -> Option<Option<&str>> {
    let (branch, counted) = text.rsplit_once('@').map_or((None, text), |(branch, counted)| (Some(branch), counted));
    let digits = counted.strip_prefix('-')?;
    digits.bytes().all(|b| b.is_ascii_digit()).then_some(branch)
}

fn strings(value: &Value) -> BTreeSet<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

fn known<'v>(value: &'v Value, key: &str) -> BTreeSet<&'v str> {
    value.get(key).map(strings).unwrap_or_default()
}

/// Writes to the version rows; each write must hit exactly one.
fn write(rows: &mut BTreeSet<String>, changes: &[RowChange]) -> Result<(), String> {
    for change in changes {
        let hit = match change {
            RowChange::Insert(id) => rows.insert(id.to_string()),
            RowChange::Delete(id) => rows.remove(id.as_str()),
            RowChange::Update { from, to } => rows.remove(from.as_str()) && rows.insert(to.to_string()),
        };
        if !hit {
            return Err(format!("{change:?} does not hit exactly one row"));
        }
    }
    Ok(())
}
