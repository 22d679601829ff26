//! SQL that is being written: what it is, and what the model says of it.

use limbeck_core::diagnostic::{Diagnostic, Level, Position};
use limbeck_core::document::{Outcome, Statement};
use limbeck_core::script::{self, Section, is_marker_line};
use serde::{Deserialize, Serialize};

use super::sentence::Tone;

/// What an empty draft begins with: a revision file without its header.
pub const BLANK: &str = "-- migrate:up\n\n\n-- migrate:down\n\n";

/// What somebody is writing: a revision that is in no file yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Full identifier of the revision that it stands on; empty for a new base, none where none was chosen.
    pub parent: Option<String>,
    /// Both sections with their markers; without any marker all of it is the up section.
    pub text: String,
}

impl Default for Draft {
    fn default() -> Self {
        Self { parent: None, text: BLANK.to_owned() }
    }
}

/// What is said of a draft.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Drafted {
    /// The statements of its up section; lines are those of the draft, in all that is said here.
    pub up: Vec<Statement>,
    /// The statements of its down section, on what the other one made.
    pub down: Vec<Statement>,
    /// What is about no statement.
    pub findings: Vec<Diagnostic>,
    /// All of it in one sentence.
    pub sentence: String,
    /// Its color.
    pub tone: Tone,
}

impl Drafted {
    /// Returns how grave what is said of a line is.
    pub fn marks(&self) -> Vec<(u32, Level)> {
        self.up.iter().chain(&self.down).filter_map(|one| Some((one.line, worst(one)?))).collect()
    }
}

/// A draft read as the revision file that it will be. Lines are those of the draft.
#[derive(Debug, PartialEq, Eq)]
pub struct Read {
    /// None where its sections are not told apart.
    pub up: Option<Section>,
    /// None where it cannot be undone.
    pub down: Option<Section>,
    /// What is wrong with its markers.
    pub findings: Vec<Diagnostic>,
}

impl Read {
    /// Reads a draft.
    pub fn of(text: &str) -> Self {
        let mut head = "-- draft\n-- Revision ID: draft\n-- Revises:\n\n".to_owned();
        if !text.lines().any(is_marker_line) {
            head.push_str("-- migrate:up\n");
        }
        let above = u32::try_from(head.matches('\n').count()).unwrap_or(0);
        let line = |line: &mut u32| *line = line.saturating_sub(above).max(1);
        let (revision, mut findings) = script::parse("draft", &(head + text));
        for finding in &mut findings {
            [&mut finding.start, &mut finding.end].into_iter().flatten().for_each(|place| line(&mut place.line));
            // It stands in no file yet.
            (finding.path, finding.revision) = (None, None);
        }
        // Comments there would be in no section, and so in no file.
        let outside = text.lines().take_while(|line| !is_marker_line(line)).any(|line| !line.trim().is_empty());
        if outside && text.lines().any(is_marker_line) && findings.is_empty() {
            let message = "what stands above the first marker belongs to no section";
            let start = Position { line: 1, column: 1 };
            let finding = Diagnostic::error("text-before-up", message).span(start, start);
            findings.push(finding.help("put it below the marker"));
        }
        let (mut up, mut down) = revision.map_or((None, None), |revision| (Some(revision.up), revision.down));
        up.iter_mut().chain(&mut down).for_each(|section| line(&mut section.start_line));
        Self { up, down, findings }
    }
}

/// Returns the gravest that is said of a statement.
fn worst(statement: &Statement) -> Option<Level> {
    let says = |level| statement.findings.iter().any(|finding| finding.level == level);
    if statement.outcome == Outcome::Error || says(Level::Error) {
        return Some(Level::Error);
    }
    says(Level::Warning).then_some(Level::Warning)
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;
    use crate::model::sentence::tests::plan;

    #[test]
    fn a_line_is_marked_with_the_gravest_that_is_said_of_its_statement() {
        let statement = |line, outcome, findings: Vec<Diagnostic>| {
            let mut one = plan(&[("a", 1)]).steps.remove(0).statements.remove(0);
            (one.line, one.outcome, one.findings) = (line, outcome, findings);
            one
        };
        let warning = || Diagnostic::warning("rewrite", "product is written anew");
        let drafted = Drafted {
            up: vec![
                statement(1, Outcome::Ok, vec![]),
                statement(2, Outcome::Ok, vec![warning()]),
                statement(4, Outcome::Error, vec![warning()]),
            ],
            down: vec![statement(9, Outcome::Ok, vec![Diagnostic::error("irreversible", "no"), warning()])],
            ..Drafted::default()
        };
        assert_eq!(drafted.marks(), [(2, Level::Warning), (4, Level::Error), (9, Level::Error)]);
    }

    #[test]
    fn a_draft_is_a_revision_file_without_its_header() {
        let read = Read::of("-- migrate:up transaction:false\nSELECT 1;\n\n-- migrate:down\nSELECT 2;");
        let (up, down) = (read.up.unwrap(), read.down.unwrap());
        assert_eq!((up.sql.trim(), up.transaction, up.start_line), ("SELECT 1;", false, 2));
        assert_eq!((down.sql.trim(), down.transaction, down.start_line), ("SELECT 2;", true, 5));
        assert_eq!(read.findings, []);
    }

    #[test]
    fn what_no_section_would_hold_is_an_error() {
        for text in ["-- why\n-- migrate:up\nSELECT 1;", "SELECT 0;\n-- migrate:up\nSELECT 1;"] {
            let read = Read::of(text);
            assert_eq!(read.findings.iter().map(|finding| &*finding.code).collect::<Vec<_>>(), ["text-before-up"]);
        }
        assert_eq!(Read::of("\n-- migrate:up\nSELECT 1;").findings, []);
    }

    #[test]
    fn without_markers_all_of_it_is_the_up_section() {
        let read = Read::of("SELECT 1;\nSELECT 2;");
        let up = read.up.unwrap();
        assert_eq!((up.sql.as_str(), up.start_line, read.down), ("SELECT 1;\nSELECT 2;", 1, None));
    }

    #[test]
    fn what_is_wrong_with_a_marker_is_placed_in_the_draft() {
        let read = Read::of("-- migrate:up\nSELECT 1;\n-- Migrate:down\nSELECT 2;");
        let [finding] = read.findings.as_slice() else { panic!("{:?}", read.findings) };
        assert_eq!((finding.start.map(|start| start.line), &finding.path), (Some(3), &None));
    }
}
