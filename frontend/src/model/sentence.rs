//! The sentences that open each page: the visitor's question, answered in plain words.

use limbeck_core::diagnostic::Level;
use limbeck_core::document::{Direction, Outcome, Plan, Run, RunState, Verdict};
use limbeck_core::report;
use serde::{Deserialize, Serialize};

use super::draft::Drafted;
use super::progress::Progress;

/// How a sentence is colored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Tone {
    /// Nothing to notice.
    #[default]
    Plain,
    /// Applied, safe.
    Good,
    /// Care.
    Warn,
    /// Blocked, failed, lost.
    Bad,
    /// A head of the graph.
    Head,
    /// A branch label.
    Label,
}

impl Tone {
    /// Returns the class of the style sheet.
    pub fn class(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Good => Some("good"),
            Self::Warn => Some("warn"),
            Self::Bad => Some("bad"),
            Self::Head => Some("head"),
            Self::Label => Some("label"),
        }
    }
}

/// What the history's sentence is made from.
#[derive(Debug, Clone, Copy, Default)]
pub struct Standing {
    /// Revisions that could be loaded.
    pub revisions: usize,
    /// How many have run; none when the database could not be asked.
    pub applied: Option<usize>,
    /// There is no database to ask.
    pub copy: bool,
    /// Heads that nothing revises.
    pub heads: usize,
    /// Findings of level error in files and graph.
    pub errors: usize,
    /// Version rows that the project does not know.
    pub unknown_rows: usize,
    /// The upgrade to the heads will not run through.
    pub blocked: bool,
}

/// Answers "where do we stand?".
pub fn history(standing: Standing) -> String {
    let Standing { revisions, applied, copy, heads, errors, unknown_rows, blocked } = standing;
    if errors > 0 {
        return format!("The history is broken: {} to mend before anything can run.", count(errors, "error", "errors"));
    }
    let heads = match heads {
        0 | 1 => String::new(),
        n => format!("; {} heads wait to be merged", number(n)),
    };
    if unknown_rows > 0 {
        return format!(
            "The database is at {} that this project does not have{heads}.",
            if unknown_rows == 1 { "a revision".into() } else { format!("{} revisions", number(unknown_rows)) }
        );
    }
    let all = count(revisions, "revision", "revisions");
    let heads = if blocked { format!(", and the upgrade is blocked{heads}") } else { heads };
    match applied {
        None if copy => format!("{all}{heads}."),
        None => format!("{all}; where the database stands is not known{heads}."),
        Some(0) if revisions == 1 => format!("Nothing is applied yet, 1 revision is pending{heads}."),
        Some(0) => format!("Nothing is applied yet, {all} are pending{heads}."),
        Some(n) if n == revisions && n == 1 => format!("The one revision is applied{heads}."),
        Some(n) if n == revisions => format!("All {all} are applied{heads}."),
        Some(n) => format!("{n} applied, {} pending{heads}.", revisions - n),
    }
}

/// Answers "what will this do?": the verdict in one sentence, and its color. `lost` is what the plan takes away.
pub fn plan(plan: &Plan, direction: Direction, lost: &[String]) -> (String, Tone) {
    if plan.verdict == Verdict::Blocked {
        let by = plan.blocked_by().map_or_else(|| "this plan will not run through".to_owned(), |by| by.to_string());
        return (format!("Blocked: {by}."), Tone::Bad);
    }
    if plan.steps.is_empty() {
        return (format!("{}.", report::nothing_to_do(&plan.from, &plan.target)), Tone::Good);
    }
    let does = match direction {
        Direction::Upgrade => "Applies",
        Direction::Downgrade => "Undoes",
    };
    let statements: usize = plan.steps.iter().map(|step| step.statements.len()).sum();
    let with = match statements {
        0 => "without a single statement".to_owned(),
        n => format!("with {}", count(n, "statement", "statements")),
    };
    let what = format!("{does} {} {with}", count(plan.steps.len(), "revision", "revisions"));
    match (plan.verdict, direction) {
        (Verdict::Safe, _) => (format!("Safe: {}.", what.to_lowercase()), Tone::Good),
        (_, Direction::Upgrade) if unjudged(plan) => (format!("{what}. Read them before you run it."), Tone::Warn),
        (_, Direction::Downgrade) if unjudged(plan) => {
            (format!("{what}. Read what they drop before you run it."), Tone::Warn)
        }
        _ => {
            let cares: String = cares(plan, lost).into_iter().map(|care| format!("; {care}")).collect();
            (format!("Needs care: {}{cares}.", what.to_lowercase()), Tone::Warn)
        }
    }
}

/// What a plan that would run does that somebody should know before, worst first.
fn cares(plan: &Plan, lost: &[String]) -> Vec<String> {
    let statements = || plan.steps.iter().flat_map(|step| &step.statements);
    let mut rewritten: Vec<&str> =
        statements().flat_map(|it| &it.rewrites).map(|name| name.strip_prefix("public.").unwrap_or(name)).collect();
    rewritten.sort_unstable();
    rewritten.dedup();
    let lost: Vec<&str> = lost.iter().map(String::as_str).collect();
    let findings = plan.findings.iter().chain(statements().flat_map(|it| &it.findings));
    let remarks = findings.filter(|finding| finding.level >= Level::Warning).count();
    let unknown = statements().filter(|it| it.outcome == Outcome::Unknown).count();
    let some = |what: &str, names: &[&str]| (!names.is_empty()).then(|| format!("{what} {}", few(names)));
    let any = |n: usize, words: String| (n > 0).then_some(words);
    let by_rows = limbeck_core::dry_run::by_rows(plan);
    [
        some("loses", &lost),
        some("rewrites", &rewritten),
        by_rows.then(|| "rows decide whether it runs through".to_owned()),
        any(remarks, count(remarks, "warning", "warnings")),
        any(unknown, format!("{} not judged", count(unknown, "is", "are"))),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Answers "what would this do?" for what is being written; `lost` is what its way up takes away.
pub fn draft(drafted: &Drafted, lost: &[String]) -> (String, Tone) {
    let statements = || drafted.up.iter().chain(&drafted.down);
    let findings = || drafted.findings.iter().chain(statements().flat_map(|it| &it.findings));
    let failing = statements().find(|it| it.outcome == Outcome::Error);
    let said = failing.and_then(|it| it.findings.iter().find(|finding| finding.level == Level::Error));
    if let Some(error) = said.or_else(|| findings().find(|finding| finding.level == Level::Error)) {
        let line = error.start.map(|start| format!("line {}: ", start.line)).unwrap_or_default();
        return (format!("Blocked: {line}{}.", error.message), Tone::Bad);
    }
    let total = statements().count();
    if total == 0 {
        return ("Write SQL: what it would do is said here while you type.".into(), Tone::Plain);
    }
    let warnings = findings().filter(|finding| finding.level == Level::Warning).count();
    let unknown = statements().filter(|it| it.outcome == Outcome::Unknown).count();
    let lost: Vec<&str> = lost.iter().map(String::as_str).collect();
    let cares = [
        (!lost.is_empty()).then(|| format!("the way up loses {}", few(&lost))),
        statements()
            .any(limbeck_core::dry_run::depends_on_rows)
            .then(|| "rows decide whether it runs through".to_owned()),
        (warnings > 0).then(|| count(warnings, "warning", "warnings")),
        (unknown > 0).then(|| format!("{} not judged", count(unknown, "is", "are"))),
    ];
    let cares: String = cares.into_iter().flatten().map(|care| format!("; {care}")).collect();
    let what = count(total, "statement would run", "statements would run");
    match cares.is_empty() {
        true => (format!("Safe: {what}."), Tone::Good),
        false => (format!("Needs care: {}{cares}.", count(total, "statement", "statements")), Tone::Warn),
    }
}

/// Returns the first names of a list, and how many more there are.
fn few(names: &[&str]) -> String {
    match names {
        [one, two, _, rest @ ..] => format!("{one}, {two} and {} more", rest.len() + 1),
        names => names.join(" and "),
    }
}

/// Returns whether not one statement of the plan was judged, so that it is said once and not on each.
pub fn unjudged(plan: &Plan) -> bool {
    let mut statements = plan.steps.iter().flat_map(|step| &step.statements).peekable();
    statements.peek().is_some() && statements.all(|statement| statement.outcome == Outcome::Unknown)
}

/// Answers "how is it going?": the state of a run in one sentence, and its color.
pub fn run(run: &Run, progress: &Progress) -> (String, Tone) {
    let total = run.plan.steps.len();
    let done = progress.done();
    let state = match run.state {
        RunState::Running if progress.failure.is_some() => return (stopped("Stopped", done, total), Tone::Warn),
        RunState::Running if progress.ended => RunState::Done,
        told => told,
    };
    match state {
        RunState::Running if progress.waiting_for.is_some() => {
            ("Waiting: another run holds the lock. This one tries again by itself.".into(), Tone::Warn)
        }
        RunState::Running => {
            (format!("Running: {done} of {} done.", count(total, "revision", "revisions")), Tone::Plain)
        }
        RunState::Done if run.direction == Direction::Downgrade => {
            (format!("Done: {} undone.", count(total, "revision", "revisions")), Tone::Good)
        }
        RunState::Done => (format!("Done: {} applied.", count(total, "revision", "revisions")), Tone::Good),
        // Somebody else's run came first.
        RunState::Failed if done == 0 && progress.failure.as_ref().is_some_and(|it| it.code == "stale-plan") => {
            ("Nothing ran: the database moved on before it was this plan's turn.".into(), Tone::Warn)
        }
        RunState::Failed => (stopped("Failed", done, total), Tone::Bad),
        RunState::Cancelled => (stopped("Cancelled", done, total), Tone::Warn),
    }
}

fn stopped(how: &str, done: usize, total: usize) -> String {
    match (done, total) {
        (0, 0 | 1) => format!("{how} before the revision was complete."),
        (0, _) => format!("{how} before the first of {total} revisions was complete; the rest did not run."),
        _ => {
            let total = count(total, "revision", "revisions");
            format!("{how} after {done} of {total}; what was done stays, the rest did not run.")
        }
    }
}

/// Returns a figure with its noun.
pub fn count(n: usize, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {many}") }
}

/// Returns small numbers as words.
pub fn number(n: usize) -> String {
    const WORDS: [&str; 13] =
        ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    WORDS.get(n).map_or_else(|| n.to_string(), |&word| word.to_owned())
}

#[cfg(test)]
pub(crate) mod tests {
    use limbeck_core::diagnostic::Diagnostic;
    use limbeck_core::document::{Event, FORMAT, FailureDetail, Statement, Step};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    /// A plan of unjudged steps with so many statements each.
    pub(crate) fn plan(steps: &[(&str, usize)]) -> Plan {
        let statement = || Statement {
            sql: "DROP TABLE product".into(),
            line: 7,
            kind: "drop_table".into(),
            outcome: Outcome::Unknown,
            error: None,
            locks: vec![],
            rewrites: vec![],
            scans: vec![],
            findings: vec![],
        };
        let step = |&(id, count): &(&str, usize)| Step {
            revision: id.into(),
            direction: Direction::Upgrade,
            rows_before: vec![],
            rows_after: vec![id.into()],
            transaction: true,
            statements: (0..count).map(|_| statement()).collect(),
        };
        Plan {
            format: FORMAT,
            digest: "sha256:0".into(),
            from: vec![],
            target: "heads".into(),
            to: vec![],
            verdict: Verdict::Caution,
            steps: steps.iter().map(step).collect(),
            findings: vec![],
        }
    }

    #[test]
    fn the_history_says_where_we_stand() {
        let said = |revisions, applied, heads| history(Standing { revisions, applied, heads, ..Standing::default() });
        assert_eq!(said(15, Some(11), 2), "11 applied, 4 pending; two heads wait to be merged.");
        assert_eq!(said(15, Some(11), 1), "11 applied, 4 pending.");
        assert_eq!(said(15, Some(15), 1), "All 15 revisions are applied.");
        assert_eq!(said(1, Some(1), 1), "The one revision is applied.");
        assert_eq!(
            said(15, Some(0), 14),
            "Nothing is applied yet, 15 revisions are pending; 14 heads wait to be merged."
        );
        assert_eq!(said(1, Some(0), 1), "Nothing is applied yet, 1 revision is pending.");
        assert_eq!(said(15, None, 1), "15 revisions; where the database stands is not known.");
    }

    #[test]
    fn what_is_wrong_comes_first() {
        let standing = Standing {
            revisions: 3,
            applied: Some(1),
            heads: 2,
            errors: 1,
            unknown_rows: 1,
            blocked: true,
            copy: false,
        };
        assert_eq!(history(standing), "The history is broken: 1 error to mend before anything can run.");
        assert_eq!(
            history(Standing { errors: 0, ..standing }),
            "The database is at a revision that this project does not have; two heads wait to be merged."
        );
    }

    #[test]
    fn a_plan_says_what_it_amounts_to() {
        let mut subject = plan(&[("a", 2), ("b", 1)]);
        let said = |plan: &Plan, direction| super::plan(plan, direction, &[]).0;
        assert_eq!(
            said(&subject, Direction::Upgrade),
            "Applies 2 revisions with 3 statements. Read them before you run it."
        );
        assert_eq!(
            said(&subject, Direction::Downgrade),
            "Undoes 2 revisions with 3 statements. Read what they drop before you run it."
        );
        subject.verdict = Verdict::Safe;
        assert_eq!(said(&plan(&[]), Direction::Upgrade), "Nothing to do: already at heads (base).");
        subject.findings = vec![Diagnostic::error("irreversible", "revision b has no downgrade")];
        subject.verdict = Verdict::Blocked;
        assert_eq!(
            super::plan(&subject, Direction::Downgrade, &[]),
            ("Blocked: revision b has no downgrade.".into(), Tone::Bad)
        );
    }

    #[test]
    fn a_judged_plan_is_safe_or_says_why_not() {
        let mut subject = plan(&[("a", 1)]);
        subject.steps[0].statements[0].outcome = Outcome::Ok;
        subject.verdict = Verdict::Safe;
        let said = |plan: &Plan, lost: &[&str]| {
            super::plan(plan, Direction::Upgrade, &lost.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>()).0
        };
        assert_eq!(said(&subject, &[]), "Safe: applies 1 revision with 1 statement.");
        subject.verdict = Verdict::Caution;
        assert_eq!(
            said(&subject, &["table product"]),
            "Needs care: applies 1 revision with 1 statement; loses table product."
        );
        let mut unknown = subject.steps[0].statements[0].clone();
        unknown.outcome = Outcome::Unknown;
        subject.steps[0].statements.push(unknown);
        subject.steps[0].statements[0].rewrites = vec!["orders".into(), "line".into()];
        subject.steps[0].statements[0].findings = vec![Diagnostic::warning("rewrite", "orders is written anew")];
        assert_eq!(
            said(&subject, &["a", "b", "c", "d"]),
            "Needs care: applies 1 revision with 2 statements; loses a, b and 2 more; rewrites line and orders; \
             1 warning; 1 is not judged."
        );
    }

    #[test]
    fn a_run_whose_events_ended_is_not_running() {
        let run = Run {
            format: FORMAT,
            id: 1,
            state: RunState::Running,
            digest: "sha256:0".into(),
            direction: Direction::Upgrade,
            target: "heads".into(),
            who: "operator".into(),
            started_at: "2026-11-22T14:12:00Z".into(),
            finished_at: None,
            plan: plan(&[("a", 1)]),
            events: vec![],
        };
        let said = |event: Option<Event>| {
            let mut progress = Progress::new(&run.plan);
            event.iter().for_each(|event| progress.apply(event));
            super::run(&run, &progress).0
        };
        let error = FailureDetail { code: "sql".into(), message: "cancelled".into(), hint: None, candidates: vec![] };
        assert_eq!(said(None), "Running: 0 of 1 revision done.");
        assert_eq!(
            said(Some(Event::Failed { error, step: Some(0), statement: Some(0), rows: Some(vec![]) })),
            "Stopped before the revision was complete."
        );
        assert_eq!(said(Some(Event::Finished { rows: vec!["a".into()] })), "Done: 1 revision applied.");
    }

    #[test]
    fn a_run_that_stopped_says_what_stays_only_where_something_does() {
        assert_eq!(stopped("Failed", 0, 1), "Failed before the revision was complete.");
        assert_eq!(
            stopped("Cancelled", 0, 3),
            "Cancelled before the first of 3 revisions was complete; the rest did not run."
        );
        assert_eq!(
            stopped("Failed", 2, 3),
            "Failed after 2 of 3 revisions; what was done stays, the rest did not run."
        );
    }

    #[test]
    fn a_pending_revision_that_is_blocked_is_said_where_we_stand() {
        let standing = Standing { revisions: 15, applied: Some(11), heads: 1, blocked: true, ..Standing::default() };
        assert_eq!(history(standing), "11 applied, 4 pending, and the upgrade is blocked.");
        assert_eq!(
            history(Standing { applied: Some(0), heads: 2, ..standing }),
            "Nothing is applied yet, 15 revisions are pending, and the upgrade is blocked; two heads wait to be merged."
        );
    }

    #[test]
    fn a_draft_says_what_it_would_do() {
        let statement = |outcome, findings: Vec<Diagnostic>| {
            let mut one = plan(&[("a", 1)]).steps.remove(0).statements.remove(0);
            (one.outcome, one.findings) = (outcome, findings);
            one
        };
        let said = |up: Vec<Statement>| super::draft(&Drafted { up, ..Drafted::default() }, &[]).0;
        assert_eq!(said(vec![]), "Write SQL: what it would do is said here while you type.");
        assert_eq!(said(vec![statement(Outcome::Ok, vec![])]), "Safe: 1 statement would run.");
        let warning = Diagnostic::warning("rewrite", "product is written anew");
        assert_eq!(
            said(vec![statement(Outcome::Unknown, vec![]), statement(Outcome::Ok, vec![warning.clone()])]),
            "Needs care: 2 statements; 1 warning; 1 is not judged."
        );
        let deletes = Drafted { up: vec![statement(Outcome::Ok, vec![])], ..Drafted::default() };
        let lost = ["rows of orders".to_owned()];
        assert_eq!(super::draft(&deletes, &lost).0, "Needs care: 1 statement; the way up loses rows of orders.");
        let at = limbeck_core::diagnostic::Position { line: 4, column: 1 };
        let error = Diagnostic::error("fails", "there is no such table").span(at, at);
        assert_eq!(
            said(vec![statement(Outcome::Ok, vec![warning]), statement(Outcome::Error, vec![error])]),
            "Blocked: line 4: there is no such table."
        );
    }

    #[test]
    fn small_numbers_are_words() {
        assert_eq!([number(2), number(12), number(13)], ["two", "twelve", "13"]);
    }
}
