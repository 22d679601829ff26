//! Findings in revisions that would run, but at a price: one rule, one file of `rules/`, one line in its registry.
//!
//! Rules look at what a dry run knows: which statement locks, rewrites and reads which table, and who made that table.
//! What the revisions that are looked at made themselves is locked against nobody.

mod advice;
mod allow;
mod difference;
mod documentation;
mod knowledge;
mod report;
mod review;
mod rule;
mod rules;
mod squawk;

use std::collections::{BTreeMap, BTreeSet};

pub(crate) use advice::advised;
pub use documentation::{explain, reference};
pub use rule::{Entry, document, entries, unknown};

use crate::catalog::Catalog;
use crate::diagnostic::{Diagnostic, Level};
use crate::dry_run::{History, WalkStep};
use crate::revision::{self, Index};
use crate::script::{self, Published};
use crate::settings::{RuleLevel, Settings};
use crate::workers;
use report::{Found, Report};
use review::{Review, Step};
use rule::Check;

/// Which revisions are looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// All of them, each for itself: what those before it made is in use.
    Each,
    /// These, by position, as one deployment: what one of them makes is in use by nobody.
    Together(Vec<Index>),
    /// These in the same way, on a database to which only the others are applied.
    On(Vec<Index>, BTreeSet<Index>),
}

/// Returns what is to be said about revisions, by path and place: what the dry run of their statements says, what the
/// rules find, and comments that allow what was not found.
pub(crate) fn lint(
    history: History<'_>,
    settings: &Settings,
    look: &Look,
    published: &[Published],
) -> Result<Vec<Diagnostic>, revision::Error> {
    let (looked, together): (BTreeSet<Index>, bool) = match look {
        Look::Each => ((0..history.revisions.len()).collect(), false),
        Look::Together(revisions) | Look::On(revisions, _) => (revisions.iter().copied().collect(), true),
    };
    let among: Option<BTreeSet<Index>> = match look {
        Look::On(revisions, applied) => Some(revisions.iter().chain(applied).copied().collect()),
        Look::Each | Look::Together(_) => None,
    };
    let levels = Levels::of(settings);
    let mut review = Review::new(history, settings, together, before(published));
    let mut found = Vec::new();
    if !looked.is_empty() {
        // What is known of each statement is large, so it is looked at as it comes, and forgotten.
        let last = history.walk(&looked, among.as_ref(), together, |steps| {
            let steps = review.read(steps);
            found.extend(workers::map(history.workers, &steps, |step| of_revision(step, &review, &levels)));
            review.keep(steps);
        })?;
        review.end(last);
    }
    let ended: Vec<(&Step<'_>, Vec<Found>)> = review.steps.iter().zip(found).collect();
    let reports = workers::map(history.workers, &ended, |(step, found)| at_heads(step, found, &review, &levels));
    // A rule whose name is wrong is not at the level that was meant: whatever this finds, it is not what was asked for.
    let mut findings = settings_findings(settings);
    findings.iter_mut().for_each(|finding| finding.level = Level::Error);
    findings.extend(of_history(&review, &levels));
    findings.extend(reports.into_iter().flatten().map(|(_, finding)| finding));
    findings.sort_by(|a, b| (&a.path, a.start, &a.code, &a.message).cmp(&(&b.path, b.start, &b.code, &b.message)));
    Ok(findings)
}

/// Returns what is to be said about a draft, which is the one revision of this history, as a deployment of its own:
/// what the dry run said and what the rules find, each with the number of the statement that it is about.
pub(crate) fn of_draft(
    history: History<'_>,
    settings: &Settings,
    step: WalkStep,
    last: Catalog,
) -> Vec<(Option<usize>, Diagnostic)> {
    let levels = Levels::of(settings);
    let mut review = Review::new(history, settings, true, Vec::new());
    let steps = review.read(vec![step]);
    let found: Vec<Vec<Found>> = steps.iter().map(|step| of_revision(step, &review, &levels)).collect();
    review.keep(steps);
    review.end(last);
    let ended = review.steps.iter().zip(found);
    ended.flat_map(|(step, found)| at_heads(step, &found, &review, &levels)).collect()
}

/// Returns names of rules in the settings that no rule has.
pub(crate) fn settings_findings(settings: &Settings) -> Vec<Diagnostic> {
    let unknown = settings.lint.rules.iter().filter(|(name, _)| rule::entry(name).is_none());
    let finding = |(name, setting): (&String, &crate::settings::RuleSetting)| {
        let finding = rule::unknown(name).path("limbeck.toml");
        match setting.place {
            Some((start, end)) => finding.span(start, end),
            None => finding,
        }
    };
    unknown.map(finding).collect()
}

/// How much each rule matters in one project.
struct Levels<'a>(BTreeMap<&'a str, RuleLevel>);

impl<'a> Levels<'a> {
    fn of(settings: &'a Settings) -> Self {
        Self(settings.lint.rules.iter().map(|(name, setting)| (name.as_str(), setting.level)).collect())
    }

    /// Returns the level of a rule's finding that has `own` by itself; none when the rule is off.
    fn level(&self, rule: &str, own: Level) -> Option<Level> {
        match self.0.get(rule) {
            None => Some(own),
            Some(RuleLevel::Off) => None,
            Some(RuleLevel::Info) => Some(Level::Info),
            Some(RuleLevel::Warning) => Some(Level::Warning),
            Some(RuleLevel::Error) => Some(Level::Error),
        }
    }

    /// Returns whether a rule is to be asked at all, which by itself is on or off.
    fn asks(&self, rule: &str, by_default: bool) -> bool {
        self.0.get(rule).map_or(by_default, |level| *level != RuleLevel::Off)
    }
}

/// Returns the revisions of published files.
fn before(published: &[Published]) -> Vec<script::Revision> {
    published.iter().filter_map(Published::revision).collect()
}

fn of_history(review: &Review<'_>, levels: &Levels<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for rule in rules::ALL {
        if let (Check::History(check), Some(level)) = (&rule.check, levels.level(rule.name, rule.level)) {
            findings.extend(check(review).into_iter().map(|finding| Diagnostic { level, ..finding }));
        }
    }
    findings
}

/// Asks the rules that look at a revision by itself.
fn of_revision(step: &Step<'_>, review: &Review<'_>, levels: &Levels<'_>) -> Vec<Found> {
    let mut report = Report::new(step, Vec::new());
    for rule in rules::ALL.iter().filter(|rule| levels.asks(rule.name, true)) {
        if let Check::Revision(check) = rule.check {
            check(step, review, &mut report.of(rule.name, rule.level));
        }
    }
    squawk::lint(step, levels, &mut report);
    report.found()
}

/// Asks the rules that look at what comes behind a revision too, and says what is left of all that was found.
fn at_heads(
    step: &Step<'_>,
    found: &[Found],
    review: &Review<'_>,
    levels: &Levels<'_>,
) -> Vec<(Option<usize>, Diagnostic)> {
    let mut report = Report::new(step, found.to_vec());
    for rule in rules::ALL.iter().filter(|rule| levels.asks(rule.name, true)) {
        if let Check::Heads(check) = rule.check {
            check(step, review, &mut report.of(rule.name, rule.level));
        }
    }
    report.finish(levels)
}
