//! What keeps a plan from running through, said the same way wherever a plan is refused.

use std::collections::BTreeMap;
use std::fmt;

use crate::diagnostic::{Diagnostic, Level};
use crate::document::{Blocked, Outcome, Plan, Statement, Step, Verdict};

/// The code of what the dry run says.
pub(super) const FORESEEN: &str = "fails";

impl Plan {
    /// Returns the plan for somebody who knows better than the dry run: where nothing but that says that it fails, it
    /// is not blocked. A database may differ from what its revisions make.
    #[must_use]
    pub fn despite_the_dry_run(mut self) -> Self {
        let of_statements =
            self.steps.iter().flat_map(|step| &step.statements).flat_map(|statement| &statement.findings);
        let mut errors = self.findings.iter().chain(of_statements).filter(|finding| is_error(finding));
        if self.verdict == Verdict::Blocked && errors.all(|error| error.code == FORESEEN) {
            self.verdict = Verdict::Caution;
        }
        self
    }

    /// Returns what stops the plan first, in the order of its steps; none unless the verdict is blocked.
    pub fn blocked_by(&self) -> Option<Blocked> {
        if self.verdict != Verdict::Blocked {
            return None;
        }
        let mut own: BTreeMap<Option<&str>, &Diagnostic> = BTreeMap::new();
        for finding in self.findings.iter().filter(|finding| is_error(finding)) {
            own.entry(finding.revision.as_deref()).or_insert(finding);
        }
        let of_steps =
            self.steps.iter().find_map(|step| of_step(step, own.get(&Some(step.revision.as_str())).copied()));
        let of_plan = || self.findings.iter().find(|finding| is_error(finding)).map(of_finding);
        Some(of_steps.or_else(of_plan).unwrap_or_else(|| Blocked {
            code: "sql".to_owned(),
            revision: None,
            path: None,
            line: None,
            message: "a statement of the plan will fail".to_owned(),
        }))
    }
}

/// Names revision, line and file before what is wrong, or only that where it says the rest itself.
impl fmt::Display for Blocked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (Some(revision), Some(line)) = (&self.revision, self.line) {
            write!(f, "revision {revision}, line {line}")?;
            if let Some(path) = &self.path {
                write!(f, " of {path}")?;
            }
            f.write_str(": ")?;
        }
        f.write_str(&self.message)
    }
}

/// Returns what stops a step, the first in its file: `own` is said about the step and none of its statements.
fn of_step(step: &Step, own: Option<&Diagnostic>) -> Option<Blocked> {
    let own = own.map(of_finding);
    let statement = step.statements.iter().find_map(|statement| of_statement(step, statement));
    [own, statement].into_iter().flatten().min_by_key(|blocked| blocked.line)
}

fn of_statement(step: &Step, statement: &Statement) -> Option<Blocked> {
    if let Some(finding) = statement.findings.iter().find(|finding| is_error(finding)) {
        let blocked = of_finding(finding);
        return Some(Blocked {
            revision: blocked.revision.or_else(|| Some(step.revision.clone())),
            line: blocked.line.or(Some(statement.line)),
            ..blocked
        });
    }
    let fails = statement.outcome == Outcome::Error;
    let message = statement.error.as_ref().map_or("the statement will fail", |error| error.message.as_str());
    fails.then(|| Blocked {
        code: "sql".to_owned(),
        revision: Some(step.revision.clone()),
        path: None,
        line: Some(statement.line),
        message: message.to_owned(),
    })
}

fn of_finding(finding: &Diagnostic) -> Blocked {
    let code = if finding.code == "irreversible" { "irreversible" } else { "sql" };
    Blocked {
        code: code.to_owned(),
        revision: finding.revision.clone(),
        path: finding.path.clone(),
        line: finding.start.map(|start| start.line),
        message: finding.message.clone(),
    }
}

fn is_error(finding: &Diagnostic) -> bool {
    finding.level == Level::Error
}
