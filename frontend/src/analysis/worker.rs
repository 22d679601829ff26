//! The worker's side: holds a project and answers questions about its SQL.

use gloo_worker::{HandlerId, Registrable as _, Worker, WorkerScope};
use limbeck_core::PostgresVersion;
use limbeck_core::diagnostic::Diagnostic;
use limbeck_core::document::{Direction, FailureDetail, Plan, Statement};
use limbeck_core::dry_run::{self, Ground};
use limbeck_core::project::{File, PlanError, Project};
use limbeck_core::report;
use limbeck_core::revision;
use limbeck_core::sql;
use serde::Serialize;

use crate::model::draft::{self, Drafted};
use crate::model::sentence;

use super::{Judged, Losses, Question, Request, Response, Start, StatementPlace};

/// Starts answering; the worker binary calls it.
pub fn serve() {
    Analyst::registrar().register();
}

/// Knows one project at a time.
pub struct Analyst {
    project: Option<Project>,
    /// What the last draft stood on, and its version rows.
    ground: Option<(Vec<String>, Ground)>,
}

impl Worker for Analyst {
    type Message = ();
    type Input = Request;
    type Output = Response;

    fn create(_scope: &WorkerScope<Self>) -> Self {
        Self { project: None, ground: None }
    }

    fn update(&mut self, _scope: &WorkerScope<Self>, _message: ()) {}

    fn received(&mut self, scope: &WorkerScope<Self>, request: Request, asker: HandlerId) {
        if let Some(answer) = self.answer(request.question) {
            scope.respond(asker, Response { id: request.id, answer });
        }
    }
}

impl Analyst {
    /// Returns the answer as JSON; none where a question has none.
    fn answer(&mut self, question: Question) -> Option<String> {
        match question {
            Question::Load(files) => {
                self.project = serde_json::from_str::<Vec<File>>(&files).ok().map(Project::load);
                self.ground = None;
                None
            }
            Question::Plan { start, direction, target, version } => {
                self.judge_for(version);
                Some(json(&self.judged(start, direction, &target)))
            }
            Question::Blocked { rows, version } => {
                self.judge_for(version);
                let plan = self.plan(Start::Rows(rows), Direction::Upgrade, "heads").ok();
                let blocked = plan.and_then(|plan| plan.blocked_by());
                Some(json(&blocked.map(|by| (by.revision.clone().unwrap_or_default(), by.to_string()))))
            }
            Question::Statements { revision, direction } => Some(json(&self.statements(&revision, direction))),
            Question::Effects { revision, direction, version } => {
                self.judge_for(version);
                Some(json(&self.effects(&revision, direction)))
            }
            Question::Draft { rows, text, version } => {
                self.judge_for(version);
                Some(json(&self.drafted(rows, &text)))
            }
        }
    }

    fn judge_for(&mut self, version: PostgresVersion) {
        if let Some(project) = self.project.as_mut().filter(|project| project.postgres_version() != version) {
            project.set_postgres_version(version);
            self.ground = None;
        }
    }

    fn judged(&self, start: Start, direction: Direction, target: &str) -> Result<Judged, FailureDetail> {
        let plan = self.advised(start, direction, target)?;
        let markdown = report::markdown(self.project()?, &plan);
        let losses = losses(&plan);
        let (sentence, tone) = sentence::plan(&plan, direction, &losses.data);
        Ok(Judged { losses, markdown, sentence, tone, plan })
    }

    fn project(&self) -> Result<&Project, FailureDetail> {
        self.project.as_ref().ok_or_else(|| FailureDetail {
            code: "broken-history".into(),
            message: "no project is loaded".into(),
            hint: Some("Reload the page.".into()),
            candidates: vec![],
        })
    }

    fn plan(&self, start: Start, direction: Direction, target: &str) -> Result<Plan, FailureDetail> {
        let project = self.project()?;
        let plan = match start {
            Start::Rows(rows) => project.plan(&rows, direction, target),
            Start::Named(text) => named(project, &text).and_then(|rows| project.plan(&rows, direction, target)),
        };
        plan.map_err(|error| FailureDetail {
            code: error.code().into(),
            message: error.to_string(),
            hint: hint(&error),
            candidates: error.candidates(),
        })
    }

    /// Returns a plan with what the rules say of it, where there are rules.
    fn advised(&self, start: Start, direction: Direction, target: &str) -> Result<Plan, FailureDetail> {
        let plan = self.plan(start, direction, target)?;
        #[cfg(feature = "model")]
        let plan = self.project()?.advised(plan);
        Ok(plan)
    }

    /// Returns the statements of a section as a plan that runs nothing else judges them.
    fn effects(&self, revision: &str, direction: Direction) -> Vec<Statement> {
        let start = |project: &Project| {
            let graph = project.graph();
            let ids = |indexes: &[usize]| indexes.iter().map(|&i| graph.node(i).id.to_string()).collect();
            Some(match direction {
                Direction::Upgrade => ids(graph.normalized_parents(graph.index_of(revision)?)),
                Direction::Downgrade => vec![revision.to_owned()],
            })
        };
        let target = match direction {
            Direction::Upgrade => revision,
            Direction::Downgrade => "-1",
        };
        let plan = self.project.as_ref().and_then(start).map(|rows| self.advised(Start::Rows(rows), direction, target));
        let steps = plan.and_then(Result::ok).map(|plan| plan.steps).unwrap_or_default();
        steps.into_iter().find(|step| step.revision == revision).map(|step| step.statements).unwrap_or_default()
    }

    /// Returns what a draft does on what the revisions below it made. That is played once, and kept for the next.
    fn drafted(&mut self, rows: Vec<String>, text: &str) -> Drafted {
        let read = draft::Read::of(text);
        let mut drafted = Drafted { findings: read.findings, ..Drafted::default() };
        if self.ground.as_ref().is_none_or(|(of, _)| *of != rows) {
            let ground = self.project.as_ref().map(|project| project.ground(&rows));
            self.ground = match ground {
                Some(Ok(ground)) => Some((rows, ground)),
                Some(Err(error)) => {
                    drafted.findings.push(Diagnostic::error(error.code(), error.to_string()));
                    None
                }
                None => None,
            };
        }
        if let (Some(up), Some(project), Some((_, ground))) = (read.up, &self.project, &self.ground) {
            let said = project.draft(ground, up, read.down);
            (drafted.up, drafted.down) = (said.up, said.down);
            drafted.findings.extend(said.findings);
        }
        let lost = limbeck_core::dry_run::losses_in(drafted.up.iter()).into_iter().filter(|loss| loss.data);
        let lost: Vec<String> = lost.map(|loss| loss.words).collect();
        (drafted.sentence, drafted.tone) = sentence::draft(&drafted, &lost);
        drafted
    }

    fn statements(&self, revision: &str, direction: Direction) -> Vec<StatementPlace> {
        let project = self.project.as_ref();
        let section = project.and_then(|project| {
            let revision = project.revisions().get(project.graph().index_of(revision)?)?;
            match direction {
                Direction::Upgrade => Some(&revision.up),
                Direction::Downgrade => revision.down.as_ref(),
            }
        });
        let Some(section) = section else { return Vec::new() };
        let (statements, _) = sql::split(&section.sql);
        let mut line = section.start_line;
        let mut at = 0;
        // Statements are in order, so every newline is counted once.
        let mut line_at = |offset: usize| {
            let passed = section.sql.get(at..offset).unwrap_or_default();
            line = line.saturating_add(u32::try_from(passed.matches('\n').count()).unwrap_or(u32::MAX));
            at = offset.max(at);
            line
        };
        let place = |statement: &sql::Statement| StatementPlace {
            line: line_at(statement.range.start),
            last_line: line_at(statement.range.end),
            kind: statement.kind.to_owned(),
        };
        statements.iter().map(place).collect()
    }
}

fn losses(plan: &Plan) -> Losses {
    let mut losses = Losses::default();
    for loss in dry_run::losses(plan) {
        let list = if loss.data { &mut losses.data } else { &mut losses.rest };
        list.push(loss.words);
    }
    losses
}

/// Returns what to do next, for somebody who has the page and no command line.
fn hint(error: &PlanError) -> Option<String> {
    use revision::Error;
    let error = match error {
        PlanError::Revision(error) => error,
        // The page lists what is wrong below.
        PlanError::Broken { .. } => return None,
    };
    let shown = |what: &str| Some(format!("the history shows {what}"));
    match error {
        // Only the command line mends these.
        Error::UnknownRevision { in_database: true, .. } | Error::Overlap { in_database: true, .. } => error.hint(),
        Error::UnknownRevision { similar, .. } if similar.is_empty() => shown("the revisions"),
        Error::UnknownBranch { similar, .. } if similar.is_empty() => shown("the branch labels"),
        Error::AmbiguousWalk { candidates, .. } if candidates.is_empty() => shown("the revisions; name one of them"),
        Error::NotATarget { direction: Direction::Upgrade, .. } => Some("a downgrade goes towards the base".into()),
        Error::NotATarget { .. } | Error::TooFar { .. } => shown("where the database stands"),
        Error::NotAMember { .. } => shown("which revisions are on the branch"),
        Error::Broken { .. } => None,
        other => other.hint(),
    }
}

/// Returns the version rows that a person names.
fn named(project: &Project, text: &str) -> Result<Vec<String>, PlanError> {
    let graph = project.graph();
    let mut rows = Vec::new();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        rows.extend(graph.resolve(part)?.into_iter().map(|index| graph.node(index).id.to_string()));
    }
    rows.sort();
    rows.dedup();
    Ok(rows)
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "null".into())
}

#[cfg(test)]
mod tests {
    use limbeck_core::document::Verdict;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;
    use crate::model::sentence::Tone;

    const FILE: &str = "-- products\n--\n-- Revision ID: aaaa11112222\n-- Revises:\n\n-- migrate:up\n\nCREATE TABLE product (\n  name text\n);\nCREATE INDEX ON product (name);\n";

    fn analyst() -> Analyst {
        let mut analyst = Analyst { project: None, ground: None };
        let files = serde_json::json!([{ "path": "versions/a.sql", "text": FILE }]).to_string();
        assert_eq!(analyst.answer(Question::Load(files)), None);
        analyst
    }

    #[test]
    fn statements_are_placed_by_lines_of_the_file() {
        let question = Question::Statements { revision: "aaaa11112222".into(), direction: Direction::Upgrade };
        let answer = analyst().answer(question).unwrap();
        let places: Vec<StatementPlace> = serde_json::from_str(&answer).unwrap();
        let lines: Vec<_> = places.iter().map(|p| (p.line, p.last_line, p.kind.as_str())).collect();
        assert_eq!(lines, [(8, 10, "create_table"), (11, 11, "create_index")]);
    }

    #[test]
    fn a_section_or_revision_that_is_not_there_has_no_statements() {
        let ask =
            |revision: &str, direction| analyst().answer(Question::Statements { revision: revision.into(), direction });
        assert_eq!(ask("aaaa11112222", Direction::Downgrade).as_deref(), Some("[]"));
        assert_eq!(ask("nobody", Direction::Upgrade).as_deref(), Some("[]"));
    }

    #[test]
    fn what_a_section_does_is_asked_where_it_stands() {
        let mut analyst = Analyst { project: None, ground: None };
        let file = |id: &str, revises: &str, up: &str, down: &str| {
            let text = format!(
                "-- Revision ID: {id}\n-- Revises: {revises}\n-- migrate:up\n{up};\n-- migrate:down\n{down};\n"
            );
            serde_json::json!({ "path": format!("versions/{id}.sql"), "text": text })
        };
        let files = serde_json::json!([
            file("aaaa", "", "CREATE TABLE a ()", "DROP TABLE a"),
            file("bbbb", "aaaa", "CREATE TABLE b ()", "DROP TABLE b"),
            file("cccc", "aaaa", "CREATE TABLE c ()", "DROP TABLE c"),
            file("dddd", "bbbb, cccc", "CREATE TABLE d ()", "DROP TABLE d"),
        ]);
        analyst.answer(Question::Load(files.to_string()));
        let mut effects = |revision: &str, direction| {
            let answer = analyst
                .answer(Question::Effects { revision: revision.into(), direction, version: PostgresVersion::default() })
                .unwrap();
            let statements: Vec<Statement> = serde_json::from_str(&answer).unwrap();
            statements.into_iter().map(|statement| (statement.line, statement.sql)).collect::<Vec<_>>()
        };
        for id in ["a", "b", "c", "d"] {
            let revision = id.repeat(4);
            assert_eq!(effects(&revision, Direction::Upgrade), [(4, format!("CREATE TABLE {id} ()"))]);
            assert_eq!(effects(&revision, Direction::Downgrade), [(6, format!("DROP TABLE {id}"))]);
        }
        assert_eq!(effects("nobody", Direction::Upgrade), []);
    }

    #[test]
    fn a_plan_or_its_error_comes_as_json() {
        let ask = |target: &str| {
            let question = Question::Plan {
                start: Start::Rows(vec![]),
                direction: Direction::Upgrade,
                target: target.into(),
                version: PostgresVersion::default(),
            };
            let answer = analyst().answer(question).unwrap();
            serde_json::from_str::<Result<Judged, FailureDetail>>(&answer).unwrap()
        };
        let Judged { plan, losses, markdown, sentence, tone } = ask("heads").unwrap();
        assert_eq!((plan.steps.len(), plan.verdict), (1, Verdict::Caution));
        assert_eq!(losses, Losses::default());
        assert_eq!((tone, sentence.starts_with("Applies 1 revision with ")), (Tone::Warn, true), "{sentence}");
        assert!(markdown.starts_with("### Limbeck: upgrade from `base` to `aaaa11112222`"), "{markdown}");
        assert_eq!(ask("nobody").unwrap_err().code, "unknown-revision");
    }

    #[test]
    fn a_plan_comes_with_what_it_takes_away_older_data_apart_from_the_rest() {
        let mut analyst = analyst();
        let sql = "DROP INDEX stale; DELETE FROM audit; DROP TABLE product;";
        let text = FILE.replace("CREATE INDEX ON product (name);", sql);
        let files = serde_json::json!([{ "path": "versions/a.sql", "text": text }]).to_string();
        analyst.answer(Question::Load(files));
        let start = Start::Rows(vec![]);
        let question = Question::Plan {
            start,
            direction: Direction::Upgrade,
            target: "heads".into(),
            version: PostgresVersion::default(),
        };
        let answer = analyst.answer(question).unwrap();
        let Judged { losses, .. } = serde_json::from_str::<Result<Judged, FailureDetail>>(&answer).unwrap().unwrap();
        assert_eq!(losses.data, ["rows of audit"]);
        assert_eq!(losses.rest, ["table product", "index stale"]);
    }

    #[test]
    fn a_draft_is_answered_by_its_own_lines_and_each_time_on_what_it_stands_on() {
        let mut analyst = analyst();
        let mut ask = |rows: &[&str], text: &str| {
            let rows = rows.iter().map(|&row| row.to_owned()).collect();
            let answer = analyst
                .answer(Question::Draft { rows, text: text.into(), version: PostgresVersion::default() })
                .unwrap();
            serde_json::from_str::<Drafted>(&answer).unwrap()
        };
        let drafted = ask(&["aaaa11112222"], "-- migrate:up\n\nSELECT 1;\n-- migrate:down\nSELEC 2;");
        assert_eq!(drafted.up.iter().map(|one| one.line).collect::<Vec<_>>(), [3]);
        assert_eq!(drafted.down.iter().map(|one| one.line).collect::<Vec<_>>(), [5]);
        assert!(drafted.sentence.starts_with("Blocked: line 5: "), "{}", drafted.sentence);
        assert_eq!(drafted.tone, Tone::Bad);
        assert_eq!(ask(&[], "SELECT 1").up.len(), 1);
        let nowhere = ask(&["nobody"], "SELECT 1");
        assert_eq!((nowhere.up.len(), nowhere.tone), (0, Tone::Bad));
    }

    #[test]
    fn what_blocks_the_upgrade_is_said_and_null_where_nothing_does() {
        let mut analyst = analyst();
        let mut ask = |rows: &[&str]| {
            let rows = rows.iter().map(|&row| row.to_owned()).collect();
            analyst.answer(Question::Blocked { rows, version: PostgresVersion::default() }).unwrap()
        };
        assert_eq!(ask(&[]), "null");
        assert_eq!(ask(&["nobody"]), "null");
        let text = FILE.replace("CREATE INDEX", "CREATE INDX");
        let files = serde_json::json!([{ "path": "versions/a.sql", "text": text }]).to_string();
        analyst.answer(Question::Load(files));
        let answer = analyst.answer(Question::Blocked { rows: vec![], version: PostgresVersion::default() }).unwrap();
        let (revision, words) = serde_json::from_str::<Option<(String, String)>>(&answer).unwrap().unwrap();
        assert_eq!(revision, "aaaa11112222");
        assert!(words.starts_with("revision aaaa11112222, line 11 of versions/a.sql: "), "{words}");
    }

    #[test]
    fn a_plan_starts_where_a_person_says() {
        let ask = |start: &str, direction, target: &str| {
            let start = Start::Named(start.into());
            let answer = analyst()
                .answer(Question::Plan { start, direction, target: target.into(), version: PostgresVersion::default() })
                .unwrap();
            serde_json::from_str::<Result<Judged, FailureDetail>>(&answer).unwrap()
        };
        let from =
            |start, direction, target| ask(start, direction, target).map(|judged| judged.plan.from).map_err(|e| e.code);
        let all = Ok(vec!["aaaa11112222".to_owned()]);
        assert_eq!(from("base", Direction::Upgrade, "heads"), Ok(vec![]));
        assert_eq!(from("heads", Direction::Downgrade, "base"), all);
        assert_eq!(from(" aaaa11, head ", Direction::Downgrade, "-1"), all);
        assert_eq!(from("bbbb", Direction::Upgrade, "heads"), Err("unknown-revision".into()));
    }

    #[test]
    fn hints_are_for_somebody_without_a_command_line() {
        let hint = |start: &str, direction, target: &str| {
            let question = Question::Plan {
                start: Start::Named(start.into()),
                direction,
                target: target.into(),
                version: PostgresVersion::default(),
            };
            let answer = analyst().answer(question).unwrap();
            serde_json::from_str::<Result<Judged, FailureDetail>>(&answer).unwrap().unwrap_err().hint.unwrap()
        };
        let hints = [
            hint("base", Direction::Upgrade, "zzz"),
            hint("base", Direction::Upgrade, "zzz@heads"),
            hint("heads", Direction::Upgrade, "+1"),
            hint("heads", Direction::Upgrade, "-1"),
            hint("base", Direction::Downgrade, "aaaa"),
        ];
        assert_eq!(
            hints,
            [
                "the history shows the revisions",
                "the history shows the branch labels",
                "the history shows where the database stands",
                "a downgrade goes towards the base",
                "the history shows where the database stands",
            ]
        );
    }

    #[test]
    fn without_a_project_a_plan_is_refused() {
        let question = Question::Plan {
            start: Start::Rows(vec![]),
            direction: Direction::Upgrade,
            target: "heads".into(),
            version: PostgresVersion::default(),
        };
        let answer = Analyst { project: None, ground: None }.answer(question).unwrap();
        assert_eq!(
            serde_json::from_str::<Result<Judged, FailureDetail>>(&answer).unwrap().unwrap_err().code,
            "broken-history"
        );
    }
}
