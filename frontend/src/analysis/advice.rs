//! What the rules say of the revisions of a plan, beside the statements that they say it of.

use limbeck_core::diagnostic::{Diagnostic, Level};
use limbeck_core::document::{Direction, Plan, Statement, Step, Verdict};
use limbeck_core::lint::Look;
use limbeck_core::project::Project;

/// Returns a plan with what the rules find in its revisions, taken as one deployment.
pub(super) fn added(project: &Project, mut plan: Plan) -> Plan {
    // They speak of up sections, which a downgrade does not run.
    if plan.steps.iter().any(|step| step.direction == Direction::Downgrade) {
        return plan;
    }
    let graph = project.graph();
    let indexes = plan.steps.iter().filter_map(|step| graph.index_of(&step.revision)).collect();
    let findings = project.lint(&Look::Together(indexes), &[]).unwrap_or_default();
    // Nobody shall read that a plan is safe above a warning.
    if plan.verdict == Verdict::Safe && findings.iter().any(|finding| finding.level == Level::Warning) {
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

fn holds(statement: &Statement, finding: &Diagnostic) -> bool {
    let lines = u32::try_from(statement.sql.matches('\n').count()).unwrap_or(u32::MAX);
    let last = statement.line.saturating_add(lines);
    finding.start.is_some_and(|start| (statement.line..=last).contains(&start.line))
}
