//! Comments that allow what a rule would find: `-- limbeck: allow RULE, RULE: reason` for the statement in which or
//! before which it stands, or behind which on the same line; `-- limbeck: allow-file RULE` for the whole file.

use std::ops::Range;

use super::review::Step;
use super::{Levels, rule};
use crate::diagnostic::Diagnostic;
use crate::nearest::nearest;
use crate::place::Places;
use crate::script::{Section, Span};
use crate::sql::{self, TokenKind};

const WORDS: [&str; 2] = ["allow", "allow-file"];

/// The comments of one revision.
pub(super) struct Allowed<'s> {
    step: &'s Step<'s>,
    names: Vec<Name>,
    findings: Vec<Diagnostic>,
}

/// One rule that a comment names.
struct Name {
    rule: String,
    place: Span,
    scope: Scope,
    used: bool,
}

/// What a comment is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    File,
    /// A statement of the up section, by its number.
    Statement(usize),
    /// The down section, of which nothing but the whole is looked at.
    Down,
}

impl<'s> Allowed<'s> {
    /// Reads the comments in both sections of a revision.
    pub(super) fn read(step: &'s Step<'s>) -> Self {
        let mut allowed = Self { step, names: Vec::new(), findings: Vec::new() };
        let statements: Vec<Range<usize>> = step.statements.iter().map(|statement| statement.range.clone()).collect();
        allowed
            .section(&step.revision.up, |section, comment| owner(section, &statements, comment).map(Scope::Statement));
        if let Some(down) = &step.revision.down {
            allowed.section(down, |_, _| Some(Scope::Down));
        }
        allowed
    }

    /// Returns whether a comment allows what a rule found at a statement, or outside of all of them.
    pub(super) fn takes(&mut self, rule: &str, statement: Option<usize>) -> bool {
        let fits = |name: &Name| {
            name.rule == rule
                && match name.scope {
                    Scope::File => true,
                    Scope::Statement(at) => statement == Some(at),
                    Scope::Down => statement.is_none(),
                }
        };
        let mut taken = false;
        for name in self.names.iter_mut().filter(|name| fits(name)) {
            name.used = true;
            taken = true;
        }
        taken
    }

    /// Returns what is wrong with the comments: rules that are none, and those that found nothing.
    pub(super) fn finish(self, levels: &Levels<'_>) -> Vec<Diagnostic> {
        let Self { step, names, mut findings } = self;
        for name in names.into_iter().filter(|name| !name.used) {
            let finding = match rule::entry(&name.rule) {
                None => rule::unknown(&name.rule),
                // Off here, it may be on for others who use the same files.
                Some(entry) if !levels.asks(entry.name, entry.level.is_some()) => continue,
                Some(_) => Diagnostic::warning("unused-allow", format!("'{}' finds nothing here", name.rule))
                    .help("take the comment away; it would hide what comes later"),
            };
            findings.push(finding.span(name.place.0, name.place.1));
        }
        let place = |finding: Diagnostic| finding.path(&step.revision.path).revision(step.revision.id.as_str());
        findings.into_iter().map(place).collect()
    }

    fn section(&mut self, section: &Section, scope: impl Fn(&str, &Range<usize>) -> Option<Scope>) {
        let text = section.sql.as_str();
        // Most files have none, and telling comments from texts costs a pass of the lexer.
        if !text.contains("limbeck:") {
            return;
        }
        let mut places = Places::new(text, section.start_line);
        for token in sql::tokens(text).into_iter().filter(|token| token.kind == TokenKind::Comment) {
            let Some(said) = text.get(token.range.clone()).and_then(directive) else { continue };
            let place = (places.of(token.range.start), places.of(token.range.end));
            let (word, rest) = said.split_once(char::is_whitespace).unwrap_or((said, ""));
            let scope = match word {
                "allow" => scope(text, &token.range),
                "allow-file" => Some(Scope::File),
                other => {
                    self.findings.push(unknown_word(other, place));
                    continue;
                }
            };
            let names = rest.split_once(':').map_or(rest, |(names, _)| names);
            let names: Vec<&str> = names.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
            if names.is_empty() {
                let finding = Diagnostic::warning("unused-allow", "the comment names no rule");
                self.findings.push(finding.help("`-- limbeck: allow RULE, RULE: reason`").span(place.0, place.1));
                continue;
            }
            let Some(scope) = scope else {
                let finding = Diagnostic::warning("unused-allow", "no statement stands behind this comment");
                self.findings
                    .push(finding.help("put it above a statement, or behind one on its line").span(place.0, place.1));
                continue;
            };
            let name = |name: &str| Name { rule: name.to_owned(), place, scope, used: false };
            self.names.extend(names.into_iter().map(name));
        }
    }
}

/// Returns what a comment says to Limbeck.
fn directive(comment: &str) -> Option<&str> {
    let inner = match comment.strip_prefix("--") {
        Some(line) => line,
        None => comment.strip_prefix("/*")?.strip_suffix("*/")?,
    };
    inner.trim().strip_prefix("limbeck:").map(str::trim)
}

fn unknown_word(word: &str, place: Span) -> Diagnostic {
    let help = match nearest(word, &WORDS) {
        Some(near) => format!("did you mean '{near}'?"),
        None => "`-- limbeck: allow RULE` is for a statement, `-- limbeck: allow-file RULE` for the file".to_owned(),
    };
    Diagnostic::warning("unknown-comment", format!("'{word}' means nothing to Limbeck"))
        .help(help)
        .span(place.0, place.1)
}

/// Returns the statement that a comment is about: the one around it, the one that ends on its line, or the next.
fn owner(text: &str, statements: &[Range<usize>], comment: &Range<usize>) -> Option<usize> {
    let next = statements.partition_point(|statement| statement.end <= comment.start);
    if statements.get(next).is_some_and(|statement| statement.start < comment.start) {
        return Some(next);
    }
    let before = next.checked_sub(1).filter(|before| {
        let between = statements.get(*before).and_then(|statement| text.get(statement.end..comment.start));
        between.is_some_and(|between| !between.contains('\n'))
    });
    before.or_else(|| (next < statements.len()).then_some(next))
}
