//! What the npm package exports: the planner for JavaScript, with the documents of the command line as JSON texts.
//!
//! Every function answers with JSON; one that fails throws an `Error` whose message is the document of a failure,
//! `{"format":1,"error":{"code","message","hint","candidates"}}`.

use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::{JsError, wasm_bindgen};

use limbeck_core::document::{self, Direction, FORMAT, Failure, FailureDetail};
use limbeck_core::dry_run;
use limbeck_core::project::{self, File, PlanError};
use limbeck_core::report;
use limbeck_core::revision::{self, Index, LineKind, layout};
use limbeck_core::script::Section;
use limbeck_core::sql;

/// A migrations directory: settings, revisions and their history.
#[wasm_bindgen]
pub struct Project(project::Project);

/// What the revisions below a draft made; see `Project.ground`.
#[wasm_bindgen]
pub struct Ground(dry_run::Ground);

/// A revision that is being written, as JSON.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DraftRequest {
    up: String,
    /// None makes a revision that cannot be undone.
    #[serde(default)]
    down: Option<String>,
    /// Whether its sections run in a transaction.
    #[serde(default = "yes")]
    transaction: bool,
}

fn yes() -> bool {
    true
}

/// What a plan is asked for, as JSON.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlanRequest {
    #[serde(default = "upgrade")]
    direction: Direction,
    /// `heads` for an upgrade and `-1` for a downgrade when it is left out.
    #[serde(default)]
    target: Option<String>,
    /// Ids, full or partial, of the version rows that it starts from; empty for base.
    #[serde(default)]
    from: Vec<String>,
}

fn upgrade() -> Direction {
    Direction::Upgrade
}

#[wasm_bindgen]
impl Project {
    /// Makes the project of `[{"path", "text"}, …]` or `{"path", "error"}` for a file that cannot be read; paths are
    /// relative to the migrations directory: `limbeck.toml`, `versions/a.sql`. What is wrong in them becomes a
    /// finding, see `validate`.
    ///
    /// @param {string} files JSON
    #[wasm_bindgen(constructor)]
    pub fn new(files: &str) -> Result<Project, JsError> {
        let files: Vec<File> = thrown(from_json(files, "the files"))?;
        Ok(Self(project::Project::load(files)))
    }

    /// Returns `{"format", "revisions"}` of the heads.
    ///
    /// @returns {string} JSON
    pub fn heads(&self) -> Result<String, JsError> {
        thrown(self.revisions(&self.0.graph().heads()))
    }

    /// Returns `{"format", "revisions"}` of the revisions with more than one child.
    ///
    /// @returns {string} JSON
    pub fn branches(&self) -> Result<String, JsError> {
        thrown(self.revisions(&self.0.graph().branch_points()))
    }

    /// Returns `{"format", "revisions"}` of the whole history, newest first.
    ///
    /// @returns {string} JSON
    pub fn history(&self) -> Result<String, JsError> {
        thrown(self.revisions(self.0.graph().newest_first()))
    }

    /// Returns `{"format", "revisions"}` with `up` and `down` of what an identifier names: a full or partial id, a
    /// branch label, `head`, `heads`, `label@head`.
    ///
    /// @param {string} identifier
    /// @returns {string} JSON
    pub fn show(&self, identifier: &str) -> Result<String, JsError> {
        let shown = || {
            let found = self.0.graph().resolve(identifier).map_err(|error| of_revision(&error))?;
            let revisions = found.into_iter().map(|index| self.0.script(index, None)).collect();
            to_json(&document::Scripts { format: FORMAT, revisions })
        };
        thrown(shown())
    }

    /// Returns the plan of `{"direction": "upgrade", "target": "heads", "from": ["id", …]}`.
    ///
    /// @param {string} request JSON; an empty object upgrades an empty database to its heads
    /// @returns {string} JSON
    pub fn plan(&self, request: &str) -> Result<String, JsError> {
        thrown(self.planned(request).and_then(|plan| to_json(&plan)))
    }

    /// Returns the same plan as Markdown for a pull request.
    ///
    /// @param {string} request JSON as for `plan`
    /// @returns {string} Markdown
    #[wasm_bindgen(js_name = planAsMarkdown)]
    pub fn plan_as_markdown(&self, request: &str) -> Result<String, JsError> {
        thrown(self.planned(request).map(|plan| report::markdown(&self.0, &plan)))
    }

    /// Returns the same plan as a script for psql.
    ///
    /// @param {string} request JSON as for `plan`
    /// @returns {string} SQL
    #[wasm_bindgen(js_name = planAsSql)]
    pub fn plan_as_sql(&self, request: &str) -> Result<String, JsError> {
        thrown(self.scripted(request))
    }

    /// Plays the revisions that version rows stand for, so that drafts can be judged on what they made.
    ///
    /// @param {string} rows JSON, an array of ids, full or partial; an empty one stands for base
    pub fn ground(&self, rows: &str) -> Result<Ground, JsError> {
        let ground = || {
            let rows = self.rows(&from_json::<Vec<String>>(rows, "the version rows")?)?;
            self.0.ground(&rows).map_err(|error| of_plan(&error))
        };
        thrown(ground().map(Ground))
    }

    /// Returns `{"format", "up", "down", "findings"}`: what the sections of a revision that is being written would do
    /// on a ground, statement by statement as in a plan, and what the rules find. Lines count from 1 in each text.
    ///
    /// @param {Ground} ground
    /// @param {string} draft JSON, `{"up", "down", "transaction"}`; `down` and `transaction` may be left out
    /// @returns {string} JSON
    pub fn draft(&self, ground: &Ground, draft: &str) -> Result<String, JsError> {
        let draft = from_json::<DraftRequest>(draft, "the draft").map(|DraftRequest { up, down, transaction }| {
            let section = |sql| Section { transaction, start_line: 1, sql };
            self.0.draft(&ground.0, section(up), down.map(section))
        });
        thrown(draft.and_then(|draft| to_json(&draft)))
    }

    /// Returns `{"format", "findings"}`: everything that is wrong in files, history and SQL.
    ///
    /// @returns {string} JSON
    pub fn validate(&self) -> Result<String, JsError> {
        thrown(to_json(&document::Findings { format: FORMAT, findings: self.0.validate() }))
    }

    /// Returns `{"format", "width", "rows"}`: the history as lanes, newest first, for a drawing.
    ///
    /// @returns {string} JSON
    pub fn layout(&self) -> Result<String, JsError> {
        let graph = self.0.graph();
        let layout = layout(graph, graph.newest_first());
        let line = |line: revision::Line| document::LayoutLine {
            from: line.from,
            to: line.to,
            kind: match line.kind {
                LineKind::Parent => document::LayoutLineKind::Parent,
                LineKind::Dependency => document::LayoutLineKind::Dependency,
            },
            color: line.color,
        };
        let rows = layout.rows.into_iter().map(|row| document::LayoutRow {
            revision: graph.id(row.node).to_string(),
            lane: row.lane,
            color: row.color,
            lines: row.lines.into_iter().map(line).collect(),
        });
        thrown(to_json(&document::Layout { format: FORMAT, width: layout.width, rows: rows.collect() }))
    }
}

impl Project {
    fn revisions(&self, indices: &[Index]) -> Result<String, Failure> {
        let revisions = indices.iter().map(|index| self.0.document(*index, None)).collect::<Vec<_>>();
        to_json(&document::Revisions { format: FORMAT, revisions })
    }

    fn planned(&self, request: &str) -> Result<document::Plan, Failure> {
        let (rows, direction, target) = self.asked(request)?;
        let plan = self.0.plan(&rows, direction, &target).map_err(|error| of_plan(&error))?;
        Ok(self.0.advised(plan))
    }

    fn scripted(&self, request: &str) -> Result<String, Failure> {
        let (rows, direction, target) = self.asked(request)?;
        let offline = report::offline(&self.0, &rows, direction, &target, |_| None).map_err(|error| of_plan(&error))?;
        match offline {
            Some(offline) => Ok(offline.sql),
            None => Err(blocked(&self.planned(request)?)),
        }
    }

    /// Returns version rows, direction and target of a request.
    fn asked(&self, request: &str) -> Result<(Vec<String>, Direction, String), Failure> {
        let request: PlanRequest = from_json(request, "the request")?;
        let rows = self.rows(&request.from)?;
        let target = request.target.unwrap_or_else(|| match request.direction {
            Direction::Upgrade => "heads".to_owned(),
            Direction::Downgrade => "-1".to_owned(),
        });
        Ok((rows, request.direction, target))
    }

    /// Returns the full ids of what identifiers name.
    fn rows(&self, identifiers: &[String]) -> Result<Vec<String>, Failure> {
        let graph = self.0.graph();
        let mut rows = Vec::new();
        for text in identifiers {
            let found = graph.resolve(text).map_err(|error| of_revision(&error))?;
            rows.extend(found.into_iter().map(|index| graph.id(index).to_string()));
        }
        Ok(rows)
    }
}

/// Returns the tokens of a text for highlighting, `[{"start", "end", "kind"}, …]`, in the units of JavaScript's
/// strings.
///
/// @param {string} text SQL
/// @returns {string} JSON
#[wasm_bindgen]
pub fn tokens(text: &str) -> Result<String, JsError> {
    let mut units = Units::new(text);
    let tokens: Vec<_> = sql::tokens(text)
        .into_iter()
        .map(|token| Part {
            start: units.at(token.range.start),
            end: units.at(token.range.end),
            kind: kind_of(token.kind),
        })
        .collect();
    thrown(to_json(&tokens))
}

/// Returns the statements of a text and what is wrong in it, `{"statements": [{"start", "end", "kind"}, …], "errors":
/// [{"start", "end", "message"}, …]}`, in the units of JavaScript's strings.
///
/// @param {string} text SQL
/// @returns {string} JSON
#[wasm_bindgen]
pub fn statements(text: &str) -> Result<String, JsError> {
    let (statements, errors) = sql::split(text);
    let mut units = Units::new(text);
    let statements = statements.into_iter().map(|statement| Part {
        start: units.at(statement.range.start),
        end: units.at(statement.range.end),
        kind: statement.kind,
    });
    let statements = statements.collect();
    let mut units = Units::new(text);
    let errors = errors.into_iter().map(|error| Wrong {
        start: units.at(error.range.start),
        end: units.at(error.range.end),
        message: error.message,
    });
    thrown(to_json(&Statements { statements, errors: errors.collect() }))
}

#[derive(Serialize)]
struct Part {
    start: usize,
    end: usize,
    kind: &'static str,
}

#[derive(Serialize)]
struct Wrong {
    start: usize,
    end: usize,
    message: String,
}

#[derive(Serialize)]
struct Statements {
    statements: Vec<Part>,
    errors: Vec<Wrong>,
}

fn kind_of(kind: sql::TokenKind) -> &'static str {
    match kind {
        sql::TokenKind::Keyword => "keyword",
        sql::TokenKind::Identifier => "identifier",
        sql::TokenKind::QuotedIdentifier => "quoted_identifier",
        sql::TokenKind::Type => "type",
        sql::TokenKind::Function => "function",
        sql::TokenKind::String => "string",
        sql::TokenKind::Number => "number",
        sql::TokenKind::Comment => "comment",
        sql::TokenKind::Operator => "operator",
        sql::TokenKind::Punctuation => "punctuation",
        sql::TokenKind::Parameter => "parameter",
    }
}

/// Counts UTF-16 units up to bytes of a text that are asked for in ascending order.
struct Units<'a> {
    text: &'a str,
    byte: usize,
    unit: usize,
}

impl<'a> Units<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, byte: 0, unit: 0 }
    }

    fn at(&mut self, byte: usize) -> usize {
        if byte < self.byte {
            (self.byte, self.unit) = (0, 0);
        }
        let part = self.text.get(self.byte..byte).unwrap_or_default();
        self.unit += part.chars().map(char::len_utf16).sum::<usize>();
        self.byte = byte;
        self.unit
    }
}

fn from_json<'a, T: Deserialize<'a>>(json: &'a str, what: &str) -> Result<T, Failure> {
    serde_json::from_str(json).map_err(|error| usage(format!("{what}: {error}")))
}

fn to_json<T: Serialize>(document: &T) -> Result<String, Failure> {
    serde_json::to_string(document).map_err(|error| usage(error.to_string()))
}

fn usage(message: String) -> Failure {
    FailureDetail { code: "usage".to_owned(), message, hint: None, candidates: Vec::new() }.into()
}

fn of_revision(error: &revision::Error) -> Failure {
    FailureDetail {
        code: error.code().to_owned(),
        message: error.to_string(),
        hint: error.hint(),
        candidates: error.candidates(),
    }
    .into()
}

fn of_plan(error: &PlanError) -> Failure {
    FailureDetail {
        code: error.code().to_owned(),
        message: error.to_string(),
        hint: error.hint(),
        candidates: error.candidates(),
    }
    .into()
}

/// Returns why a plan has no script.
fn blocked(plan: &document::Plan) -> Failure {
    let blocked = plan.blocked_by();
    let code = blocked.as_ref().map_or("internal", |it| if it.code == "irreversible" { "irreversible" } else { "sql" });
    FailureDetail {
        code: code.to_owned(),
        message: blocked.map_or_else(|| "there is no script".to_owned(), |it| format!("the plan is blocked: {it}")),
        hint: Some("`plan` says what stands against it".to_owned()),
        candidates: Vec::new(),
    }
    .into()
}

fn thrown<T>(result: Result<T, Failure>) -> Result<T, JsError> {
    result.map_err(|failure| JsError::new(&serde_json::to_string(&failure).unwrap_or(failure.error.message)))
}
