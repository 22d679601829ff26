//! The statements of one section, and what no server would take.

use std::ops::Range;

use crate::diagnostic::{Diagnostic, Level};
use crate::document::{Outcome, SqlError, Statement};
use crate::place::Places;
use crate::script::{Revision, Section, Span};
use crate::sql::tree::{NoTree, Tree};
use crate::sql::{self, SyntaxError, Transactions};

/// What a section holds.
#[derive(Default)]
pub(super) struct Read {
    pub(super) statements: Vec<Statement>,
    /// Of each statement, its bytes in the section and its place in the file.
    pub(super) places: Vec<(Range<usize>, Span)>,
    /// What the parser made of each statement.
    pub(super) trees: Vec<Result<Tree, NoTree>>,
    /// What belongs to no statement.
    pub(super) findings: Vec<Diagnostic>,
}

const OUTSIDE_HELP: &str =
    "put it into a revision of its own whose section opens with `-- migrate:up transaction:false`";
const OPENED_HELP: &str = "take BEGIN and COMMIT out from around it";
const CONTROL_HELP: &str = "take it out: the section runs in one transaction with its change of the version rows";
const STREAM_HELP: &str = "write the rows as INSERT; none can be sent along with a migration";
const OPEN_HELP: &str = "end it with COMMIT in the same section";

/// Most errors that are named in one section: where everything is wrong, the first things tell why.
const MOST: usize = 100;

/// Reads the statements of a section.
pub(super) fn read(revision: &Revision, section: &Section) -> Read {
    let sql = section.sql.as_str();
    let (found, errors) = sql::split(sql);
    let mut reader = Reader {
        revision,
        said: 0,
        places: Places::new(sql, section.start_line),
        block: if section.transaction { Block::Section } else { Block::None },
    };
    let mut errors = errors.into_iter().peekable();
    let mut read = Read {
        statements: Vec::with_capacity(found.len()),
        places: Vec::with_capacity(found.len()),
        trees: Vec::with_capacity(found.len()),
        findings: Vec::new(),
    };
    for statement in found {
        while let Some(error) = errors.next_if(|error| error.range.start < statement.range.start) {
            read.findings.extend(reader.syntax(&error));
        }
        let text = sql.get(statement.range.clone()).unwrap_or_default();
        let (mut document, place) = reader.statement(&statement, text, read.statements.len());
        while let Some(error) = errors.next_if(|error| error.range.start < statement.range.end) {
            document.outcome = Outcome::Error;
            document.error = Some(SqlError { sqlstate: "42601".to_owned(), message: error.message.clone() });
            document.findings.extend(reader.syntax(&error));
        }
        read.statements.push(document);
        read.places.push((statement.range, place));
        read.trees.push(statement.tree);
    }
    read.findings.extend(errors.filter_map(|error| reader.syntax(&error)));
    if let Block::Opened { statement, place } = reader.block
        && let Some(document) = read.statements.get_mut(statement)
    {
        let message = "the transaction that begins here does not end in this section";
        document.findings.extend(reader.placed(Diagnostic::error("open-transaction", message).help(OPEN_HELP), place));
    }
    if reader.said > MOST {
        let message = format!("{} more things are wrong in this section", reader.said - MOST);
        let more = Diagnostic::error("more-findings", message).path(&revision.path);
        read.findings.push(more.revision(revision.id.as_str()));
    }
    read
}

struct Reader<'a> {
    revision: &'a Revision,
    /// Number of errors so far.
    said: usize,
    places: Places<'a>,
    block: Block,
}

/// Which transaction is open.
#[derive(Clone, Copy)]
enum Block {
    None,
    /// The one that the section runs in.
    Section,
    /// One that a statement opened.
    Opened {
        statement: usize,
        place: Span,
    },
}

impl Reader<'_> {
    fn statement(&mut self, statement: &sql::Statement, text: &str, position: usize) -> (Statement, Span) {
        let start = self.places.of(statement.range.start);
        let place = (start, self.places.of(statement.range.end));
        let mut document = Statement {
            sql: text.to_owned(),
            line: start.line,
            kind: statement.kind.to_owned(),
            outcome: Outcome::Unknown,
            error: None,
            locks: Vec::new(),
            rewrites: Vec::new(),
            scans: Vec::new(),
            findings: Vec::new(),
        };
        let relation = sql::transactions(text, statement.kind);
        if relation == Transactions::Either && statement.unread.is_none() {
            return (document, place);
        }
        if let Some(reason) = statement.unread {
            let message = format!("the syntax of this statement is not checked here: {reason}");
            let finding = Diagnostic::new("unread-statement", Level::Info, message);
            document.findings.extend(self.placed(finding.help("Postgres reads it when it runs"), place));
        }
        let finding = match (relation, self.block) {
            (Transactions::OnlyOutside(what), block @ (Block::Section | Block::Opened { .. })) => {
                let help = if matches!(block, Block::Section) { OUTSIDE_HELP } else { OPENED_HELP };
                let message = format!("{what} cannot run inside a transaction block");
                document.outcome = Outcome::Error;
                document.error = Some(SqlError { sqlstate: "25001".to_owned(), message: message.clone() });
                Some(Diagnostic::error("not-in-transaction", message).help(help))
            }
            (Transactions::Begins | Transactions::Ends, Block::Section) => {
                let word: String = text.chars().take_while(char::is_ascii_alphabetic).collect();
                let message = format!("{} in a section that runs in a transaction", word.to_ascii_uppercase());
                Some(Diagnostic::error("transaction-control", message).help(CONTROL_HELP))
            }
            (Transactions::Begins, Block::None) => {
                self.block = Block::Opened { statement: position, place };
                None
            }
            (Transactions::Ends, Block::Opened { .. }) => {
                self.block = Block::None;
                None
            }
            (Transactions::Streams, _) => {
                let message = "COPY from or to the client cannot run in a migration";
                Some(Diagnostic::error("copy-stream", message).help(STREAM_HELP))
            }
            _ => None,
        };
        document.findings.extend(finding.and_then(|finding| self.placed(finding, place)));
        (document, place)
    }

    fn syntax(&mut self, error: &SyntaxError) -> Option<Diagnostic> {
        let place = (self.places.of(error.range.start), self.places.of(error.range.end));
        let mut finding = Diagnostic::error("syntax-error", error.message.clone());
        finding.help = error.help.map(str::to_owned);
        self.placed(finding, place)
    }

    /// Returns the finding with its place, unless enough is said about this section.
    fn placed(&mut self, finding: Diagnostic, (start, end): Span) -> Option<Diagnostic> {
        self.said += usize::from(finding.level == Level::Error);
        let finding = finding.path(&self.revision.path).revision(self.revision.id.as_str()).span(start, end);
        (self.said <= MOST || finding.level != Level::Error).then_some(finding)
    }
}
