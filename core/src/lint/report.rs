//! Where rules put what they find, until comments in the file had their say.

use super::Levels;
use super::allow::Allowed;
use super::review::{Statement, Step};
use crate::diagnostic::{Diagnostic, Fix, Level};
use crate::script::Span;

/// What is found in one revision.
pub(super) struct Report<'s> {
    step: &'s Step<'s>,
    found: Vec<Found>,
}

/// One finding, and the statement that it is about.
#[derive(Debug, Clone)]
pub(super) struct Found {
    rule: &'static str,
    statement: Option<usize>,
    diagnostic: Diagnostic,
}

/// Takes the findings of one rule.
pub(super) struct Findings<'r, 's> {
    report: &'r mut Report<'s>,
    rule: &'static str,
    level: Level,
}

impl<'s> Report<'s> {
    /// Returns a report that goes on with what was found before.
    pub(super) fn new(step: &'s Step<'s>, found: Vec<Found>) -> Self {
        Self { step, found }
    }

    /// Returns what was found so far.
    pub(super) fn found(self) -> Vec<Found> {
        self.found
    }

    /// Returns where a rule puts its findings, which matter as much as `level` says.
    pub(super) fn of(&mut self, rule: &'static str, level: Level) -> Findings<'_, 's> {
        Findings { report: self, rule, level }
    }

    /// Returns what is left behind settings and comments, with what the dry run says, each with the number of the
    /// statement that it is about.
    pub(super) fn finish(self, levels: &Levels<'_>) -> Vec<(Option<usize>, Diagnostic)> {
        let mut allowed = Allowed::read(self.step);
        let mut all: Vec<_> = self.step.findings.iter().map(|finding| (None, finding.clone())).collect();
        for statement in &self.step.statements {
            all.extend(statement.findings.iter().map(|finding| (Some(statement.at), finding.clone())));
        }
        for Found { rule, statement, mut diagnostic } in self.found {
            let Some(level) = levels.level(rule, diagnostic.level) else { continue };
            if !allowed.takes(rule, statement) {
                diagnostic.level = level;
                all.push((statement, diagnostic));
            }
        }
        all.extend(allowed.finish(levels).into_iter().map(|finding| (None, finding)));
        all
    }
}

impl Findings<'_, '_> {
    /// Adds a finding about a statement; returns it to be completed.
    pub(super) fn at(&mut self, statement: &Statement, message: impl Into<String>) -> &mut Diagnostic {
        self.add(Some(statement.at), statement.place, message)
    }

    /// Adds a finding about a place that is part of no statement of the up section.
    pub(super) fn place(&mut self, place: Span, message: impl Into<String>) -> &mut Diagnostic {
        self.add(None, place, message)
    }

    fn add(&mut self, statement: Option<usize>, (start, end): Span, message: impl Into<String>) -> &mut Diagnostic {
        let revision = self.report.step.revision;
        let diagnostic = Diagnostic::new(self.rule, self.level, message)
            .path(&revision.path)
            .revision(revision.id.as_str())
            .span(start, end);
        self.report.found.push(Found { rule: self.rule, statement, diagnostic });
        let last = self.report.found.len() - 1;
        &mut self.report.found[last].diagnostic
    }
}

/// Completes a finding that stands in a report.
pub(super) trait Complete {
    /// Says what to do next.
    fn helped(&mut self, help: impl Into<String>) -> &mut Self;
    /// Says how much it matters, where that is not as usual.
    fn matters(&mut self, level: Level) -> &mut Self;
    /// Offers a change of the file.
    fn fixed(&mut self, fix: Option<Fix>) -> &mut Self;
}

impl Complete for Diagnostic {
    fn helped(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(help.into());
        self
    }

    fn matters(&mut self, level: Level) -> &mut Self {
        self.level = level;
        self
    }

    fn fixed(&mut self, fix: Option<Fix>) -> &mut Self {
        self.fix = fix;
        self
    }
}
