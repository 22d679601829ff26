//! SQL analysis, away from the page's thread: what the page asks ([`Question`]), who answers ([`worker`]), and how
//! the page asks it ([`Analysis`]).
//!
//! There are two workers: one that only reads, and is there at once, and one with the model of Postgres, which is three
//! times as large and loaded when something is to be judged. They answer the same questions.
//!
//! Answers travel as JSON of the documents of the contract. Latest wins: see [`crate::model::queue`].

mod client;
pub mod worker;

use limbeck_core::PostgresVersion;
use limbeck_core::document::{Direction, Plan};
use serde::{Deserialize, Serialize};

use crate::model::sentence::Tone;

pub use client::Analysis;

/// What the page asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Question {
    /// Take these files, a JSON array of `{"path","text"}`; not answered.
    Load(String),
    /// The plan from version rows to a target; answered by `{"Ok":JUDGED}` or `{"Err":{"code",…}}`, where JUDGED is a
    /// [`Judged`].
    Plan {
        /// Where from.
        start: Start,
        /// Which way.
        direction: Direction,
        /// Where to, in the grammar of identifiers.
        target: String,
        /// Of the server that it is for.
        version: PostgresVersion,
    },
    /// What keeps the upgrade to the heads from running through; answered by `[REVISION, WORDS]`, where the first may
    /// be empty, or by null when there is no such thing.
    Blocked {
        /// Version rows to start from.
        rows: Vec<String>,
        /// Of the server that it is for.
        version: PostgresVersion,
    },
    /// The statements of a section; answered by an array of [`StatementPlace`].
    Statements {
        /// Full identifier.
        revision: String,
        /// Which section.
        direction: Direction,
    },
    /// What a section would do where it stands in the history; answered by an array of statements as in a plan.
    Effects {
        /// Full identifier.
        revision: String,
        /// Which section.
        direction: Direction,
        /// Of the server that it is for.
        version: PostgresVersion,
    },
    /// What a draft would do; answered by a [`Drafted`](crate::model::draft::Drafted).
    Draft {
        /// Version rows that it stands on.
        rows: Vec<String>,
        /// See [`Draft`](crate::model::draft::Draft).
        text: String,
        /// Of the server that it is for.
        version: PostgresVersion,
    },
}

/// Where a plan starts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Start {
    /// At version rows as a database holds them: full identifiers.
    Rows(Vec<String>),
    /// At revisions as a person names them: separated by commas, in the grammar of identifiers.
    Named(String),
}

/// A question and its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Grows from question to question.
    pub id: u64,
    /// What is asked.
    pub question: Question,
}

/// An answer and the number of its question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Response {
    /// Number of the question.
    pub id: u64,
    /// JSON.
    pub answer: String,
}

/// A plan, and what is said about it. One answer, so that there is no plan to run before it is known what to ask.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Judged {
    /// The plan.
    pub plan: Plan,
    /// What is lost when it runs.
    pub losses: Losses,
    /// The plan as a comment of a pull request.
    pub markdown: String,
    /// The verdict in one sentence.
    pub sentence: String,
    /// Its color.
    pub tone: Tone,
}

/// What a plan drops or deletes, as phrases, each list with what is missed most first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Losses {
    /// What held data from before the plan.
    pub data: Vec<String>,
    /// What can be made again from the files, or was made by the plan itself.
    pub rest: Vec<String>,
}

/// Where a statement stands in its file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementPlace {
    /// Line of its first token, from 1.
    pub line: u32,
    /// Line of its last token.
    pub last_line: u32,
    /// Kind in snake case.
    pub kind: String,
}
