//! What the rules say of the revisions of a plan, beside the statements that they say it of.

use super::Look;
use crate::diagnostic::{Diagnostic, Level};
use crate::document::{Direction, Plan, Statement, Step, Verdict};
use crate::dry_run::{self, History};
use crate::settings::Settings;

/// Returns a plan with what the rules find in its revisions, taken as one deployment: of an upgrade everything, of a
/// downgrade what they say of the sections that it runs.
pub(crate) fn advised(history: History<'_>, settings: &Settings, mut plan: Plan) -> Plan {
    let Some(direction) = plan.steps.first().map(|step| step.direction) else { return plan };
    let index_of = |id: &String| history.graph.index_of(id);
    let steps = plan.steps.iter().filter_map(|step| index_of(&step.revision)).collect();
    // What another head does, to which the plan does not lead, is none of its business.
    let rows: Vec<_> = plan.from.iter().filter_map(index_of).collect();
    let look = Look::On(steps, history.graph.applied(&rows).into_iter().collect());
    let mut findings = super::lint(history, settings, &look, &[]).unwrap_or_default();
    if direction == Direction::Downgrade {
        findings.retain(|finding| is_of_down_section(history, finding));
    }
    // Nobody shall read that a plan is safe above a warning.
    if plan.verdict == Verdict::Safe && findings.iter().any(|finding| finding.level >= Level::Warning) {
        plan.verdict = Verdict::Caution;
    }
    for finding in findings {
        let of_it = |step: &&mut Step| finding.revision.as_ref() == Some(&step.revision);
        let step = plan.steps.iter_mut().find(of_it);
        let statement = step.and_then(|step| step.statements.iter_mut().find(|one| holds(one, &finding)));
        // What is about no statement is about the plan; what the dry run said of one is not said again.
        let known = |known: &Diagnostic| known.code == finding.code && known.message == finding.message;
        match statement {
            Some(statement) if statement.findings.iter().any(known) => {}
            Some(statement) => statement.findings.push(finding),
            None if plan.findings.iter().any(known) => {}
            None => plan.findings.push(finding),
        }
    }
    plan
}

fn is_of_down_section(history: History<'_>, finding: &Diagnostic) -> bool {
    let index = finding.revision.as_deref().and_then(|id| history.graph.index_of(id));
    let revision = index.and_then(|index| history.revisions.get(index));
    let down = revision.and_then(|revision| dry_run::section_of(revision, Direction::Downgrade));
    match (down, finding.start) {
        // Its marker stands in the line above its SQL.
        (Some(down), Some(start)) => start.line.saturating_add(1) >= down.start_line,
        _ => false,
    }
}

fn holds(statement: &Statement, finding: &Diagnostic) -> bool {
    let lines = u32::try_from(statement.sql.matches('\n').count()).unwrap_or(u32::MAX);
    let last = statement.line.saturating_add(lines);
    finding.start.is_some_and(|start| (statement.line..=last).contains(&start.line))
}
