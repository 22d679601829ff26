//! What a rule is, and the list of all of them.

use super::report::Findings;
use super::review::{Review, Step};
use super::{Levels, rules, squawk};
use crate::diagnostic::{Diagnostic, Level};
use crate::document;
use crate::nearest::nearest;
use crate::settings::Settings;

/// A rule of Limbeck's own.
pub(super) struct Rule {
    /// Kebab-case name of what it finds, which is the code of its findings.
    pub(super) name: &'static str,
    /// How much its findings matter, unless settings say otherwise.
    pub(super) level: Level,
    /// Its documentation, with the headings that all rules have.
    pub(super) documentation: &'static str,
    pub(super) check: Check,
}

/// What a rule looks at.
pub(super) enum Check {
    /// One revision, its statements and the schemas between them.
    Revision(fn(&Step<'_>, &Review<'_>, &mut Findings<'_, '_>)),
    /// One revision, its statements without the schemas, and what all others made of it.
    Heads(fn(&Step<'_>, &Review<'_>, &mut Findings<'_, '_>)),
    /// All that is looked at; no comment in a file allows what it finds.
    History(fn(&Review<'_>) -> Vec<Diagnostic>),
}

/// Makes the rule of a file from its documentation, its name, its level and what checks it.
macro_rules! rule {
    ($(#[doc = $line:literal])* $name:literal, $level:ident, $look:ident($check:ident)) => {
        pub(super) const RULE: $crate::lint::rule::Rule = $crate::lint::rule::Rule {
            name: $name,
            level: $crate::diagnostic::Level::$level,
            documentation: concat!($($line, "\n"),*),
            check: $crate::lint::rule::Check::$look($check),
        };
    };
}
pub(super) use rule;

/// A rule as settings and comments name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Kebab-case name.
    pub name: &'static str,
    /// How much its findings matter, unless settings say otherwise; none when it is off unless settings turn it on.
    pub level: Option<Level>,
    /// What it finds, in one line.
    pub summary: String,
    /// It is one of squawk's.
    pub of_squawk: bool,
    /// It is asked only where the model has no answer.
    pub unknown: bool,
}

/// Returns all rules, Limbeck's own first, each part by name.
pub fn entries() -> Vec<Entry> {
    let own = |rule: &Rule| Entry {
        name: rule.name,
        level: Some(rule.level),
        summary: super::documentation::summary(rule.documentation),
        of_squawk: false,
        unknown: false,
    };
    let mut all: Vec<Entry> = rules::ALL.iter().map(own).collect();
    all.sort_by_key(|entry| entry.name);
    let mut theirs = squawk::entries();
    theirs.sort_by_key(|entry| entry.name);
    all.extend(theirs);
    all
}

/// Returns all rules, as they matter in a project with these settings.
pub fn document(settings: &Settings) -> document::Rules {
    let levels = Levels::of(settings);
    let of = |entry: Entry| {
        let asked = levels.asks(entry.name, entry.level.is_some());
        let level = asked.then(|| levels.level(entry.name, entry.level.unwrap_or(Level::Warning))).flatten();
        document::Rule { name: entry.name.to_owned(), level, summary: entry.summary }
    };
    document::Rules { format: document::FORMAT, rules: entries().into_iter().map(of).collect() }
}

/// Returns the rule of a name.
pub(super) fn entry(name: &str) -> Option<Entry> {
    entries().into_iter().find(|entry| entry.name == name)
}

/// Returns the finding that no rule has a name, with the one that may be meant.
pub fn unknown(name: &str) -> Diagnostic {
    let finding = Diagnostic::warning("unknown-rule", format!("no rule is named '{name}'"));
    if let Some(answered) = squawk::answered_by(name) {
        return finding.help(answered);
    }
    let all = entries();
    let names: Vec<&str> = all.iter().map(|entry| entry.name).collect();
    match nearest(name, &names) {
        Some(near) => finding.help(format!("did you mean '{near}'?")),
        None => finding.help("`limbeck lint --rules` lists them"),
    }
}
