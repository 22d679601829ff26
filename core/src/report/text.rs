//! A plan as text for people.

use super::nothing_to_do;
use super::style::{Style, Text};
use super::summary::{self, goes_back};
use crate::diagnostic::{Diagnostic, Level};
use crate::document::{Outcome, Plan, Statement, Step, Verdict};
use crate::project::Project;

/// Longest part of a statement that is shown, in characters.
const STATEMENT_CHARS: usize = 88;

/// So many things that a plan takes away are listed.
const LOSSES: usize = 20;

/// Returns a plan as lines of text: where it goes, the steps with their statements, findings under what they are about,
/// and the verdict with what is lost.
pub fn text(project: &Project, plan: &Plan) -> Text {
    let mut text = Text::default();
    if plan.steps.is_empty() {
        text.plain(format!("{}\n", nothing_to_do(&plan.from, &plan.target)));
        if goes_back(&plan.from, &plan.target) {
            text.push(Style::Help, "help: ");
            text.plain("`limbeck plan --downgrade base` goes back\n");
        }
        return text;
    }
    heading(&mut text, plan);
    let numbers = plan.steps.len().to_string().len();
    let ids = plan.steps.iter().map(|step| step.revision.chars().count()).max().unwrap_or(0);
    for (position, step) in plan.steps.iter().enumerate() {
        text.plain(format!("\n{:>numbers$}  ", position + 1));
        text.push(Style::Revision, format!("{:ids$}", step.revision));
        let title = summary::title(project, step);
        text.push(Style::Strong, format!("  {}", summary::one_line(title, 72)).trim_end());
        text.plain("\n");
        of_step(&mut text, step, numbers + 2);
        let own = plan.findings.iter().filter(|finding| finding.revision.as_deref() == Some(&step.revision));
        own.for_each(|finding| of_finding(&mut text, finding, numbers + 2));
    }
    let known = |revision: &str| plan.steps.iter().any(|step| step.revision == revision);
    let others = plan.findings.iter().filter(|finding| !finding.revision.as_deref().is_some_and(known));
    for finding in others {
        text.plain("\n");
        of_finding(&mut text, finding, 0);
    }
    text.plain("\n");
    text.push(style_of(plan.verdict), summary::verdict(plan.verdict));
    text.plain(format!(": {}\n", summary::reason(plan)));
    let lost = summary::lost(plan);
    // The first alone stands in the reason already.
    if lost.len() > 1 {
        lost.iter().take(LOSSES).for_each(|words| text.plain(format!("  {words}\n")));
    }
    if lost.len() > LOSSES {
        text.plain(format!("  and {} more\n", lost.len() - LOSSES));
    }
    text
}

fn heading(text: &mut Text, plan: &Plan) {
    let direction = plan.steps.first().map_or("", |step| summary::direction(step.direction));
    text.push(Style::Strong, direction);
    text.plain(" from ");
    text.push(Style::Revision, summary::rows(&plan.from));
    text.plain(" to ");
    text.push(Style::Revision, summary::rows(&plan.to));
    let statements = summary::statements(plan).count();
    text.plain(format!(
        ": {}, {}\n",
        summary::number(plan.steps.len(), "step"),
        summary::number(statements, "statement")
    ));
    text.push(Style::Dim, format!("{}\n", plan.digest));
}

fn of_step(text: &mut Text, step: &Step, indent: usize) {
    let space = " ".repeat(indent);
    if !step.transaction {
        text.push(Style::Warning, format!("{space}outside a transaction, statement by statement\n"));
    }
    let lines = step.statements.iter().map(|statement| statement.line.to_string().len()).max().unwrap_or(1);
    for statement in &step.statements {
        text.push(Style::Dim, format!("{space}{:>lines$}  ", statement.line));
        text.plain(format!("{}\n", summary::one_line(&statement.sql, STATEMENT_CHARS)));
        of_effects(text, statement, indent + lines + 2);
        for finding in &statement.findings {
            of_finding(text, finding, indent + lines + 2);
        }
    }
    if step.statements.is_empty() {
        text.push(Style::Dim, format!("{space}no statement\n"));
    }
}

fn of_effects(text: &mut Text, statement: &Statement, indent: usize) {
    let space = " ".repeat(indent);
    if statement.outcome == Outcome::Unknown {
        text.push(Style::Dim, format!("{space}not judged\n"));
    }
    if let Some(effects) = summary::effects(statement) {
        let heavy = !statement.rewrites.is_empty();
        text.push(if heavy { Style::Warning } else { Style::Dim }, format!("{space}{effects}\n"));
    }
}

fn of_finding(text: &mut Text, finding: &Diagnostic, indent: usize) {
    let space = " ".repeat(indent);
    let style = match finding.level {
        Level::Error => Style::Error,
        Level::Warning => Style::Warning,
        Level::Info => Style::Dim,
    };
    text.push(style, format!("{space}{}: ", summary::level(finding.level)));
    text.plain(format!("{}\n", finding.message));
    let place = match (&finding.path, finding.start) {
        // Of a note the line of its statement says enough.
        _ if finding.level == Level::Info => None,
        (Some(path), Some(start)) => Some(format!("{path}:{}:{}", start.line, start.column)),
        (Some(path), None) => Some(path.clone()),
        _ => None,
    };
    if let Some(place) = place {
        text.push(Style::Dim, format!("{space}  at {place}\n"));
    }
    if let Some(help) = &finding.help {
        text.push(Style::Help, format!("{space}  help: "));
        text.plain(format!("{help}\n"));
    }
}

fn style_of(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Safe => Style::Good,
        Verdict::Caution => Style::Warning,
        Verdict::Blocked => Style::Error,
    }
}
