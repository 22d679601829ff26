//! What can be wrong with a question to the graph. Display is the message; the hint stands apart.

use crate::document::Direction;

use super::graph::GraphError;
use super::id::RevisionId;

/// Why an identifier, a target, a range or the version rows of a database have no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No identifier or label is or starts with the text, or a version row names a revision that is not there.
    #[error("{}", if *in_database {
        format!("the database is at revision {text}, which this project does not have")
    } else {
        format!("no revision or branch label is '{text}' or starts with it")
    })]
    UnknownRevision {
        /// What was asked for.
        text: String,
        /// A version row names it.
        in_database: bool,
        /// Names that look alike, the nearest first.
        similar: Vec<String>,
    },
    /// What stands before an `@` is no branch.
    #[error("no branch '{branch}'")]
    UnknownBranch {
        /// What stands before the `@`.
        branch: String,
        /// Names that look alike, the nearest first.
        similar: Vec<String>,
    },
    /// Several identifiers or labels start with the text.
    #[error("'{text}' could be {}", list(candidates))]
    AmbiguousRevision {
        /// What was asked for.
        text: String,
        /// All that it could be.
        candidates: Vec<String>,
    },
    /// One head was asked for and there are several.
    #[error("'{text}' is not one revision: there are {} heads", heads.len())]
    MultipleHeads {
        /// What was asked for.
        text: String,
        /// The heads.
        heads: Vec<RevisionId>,
        /// What to ask for instead.
        candidates: Vec<String>,
        /// Several revisions could be asked for here.
        several: bool,
    },
    /// A relative form comes to a place where it could go on in several ways.
    #[error("'{text}' is ambiguous{}", match at {
        Some(id) => format!(" at revision {id}"),
        None => ": it could start at several revisions".to_owned(),
    })]
    AmbiguousWalk {
        /// What was asked for.
        text: String,
        /// Where the ways part; none when there is more than one place to start.
        at: Option<RevisionId>,
        /// What to ask for instead.
        candidates: Vec<String>,
    },
    /// A relative form leads beyond the first or last revision.
    #[error("'{text}' goes too far: {}", match (available, way(text)) {
        (0, Direction::Upgrade) => "there is no revision above".to_owned(),
        (0, Direction::Downgrade) => "there is nothing below".to_owned(),
        (1, Direction::Upgrade) => "only 1 step leads up from there".to_owned(),
        (1, Direction::Downgrade) => "only 1 step leads down from there".to_owned(),
        (n, Direction::Upgrade) => format!("only {n} steps lead up from there"),
        (n, Direction::Downgrade) => format!("only {n} steps lead down from there"),
    })]
    TooFar {
        /// What was asked for.
        text: String,
        /// How many steps could be walked.
        available: usize,
    },
    /// The target cannot be reached from the current revisions in this direction.
    #[error("'{text}' is not a valid {} target from {}", verb(*direction), current(rows))]
    NotATarget {
        /// What was asked for.
        text: String,
        /// Which way it should go.
        direction: Direction,
        /// Current revisions.
        rows: Vec<RevisionId>,
    },
    /// A revision that is not on the branch before the `@`.
    #[error("revision {revision} is not on branch '{branch}'")]
    NotAMember {
        /// The revision.
        revision: RevisionId,
        /// What stands before the `@`.
        branch: String,
    },
    /// Among revisions that should stand side by side, one is an ancestor of another.
    #[error("{} {descendant} already includes {ancestor}", if *in_database { "current revision" } else { "revision" })]
    Overlap {
        /// The one that is one too many.
        ancestor: RevisionId,
        /// The one that includes it.
        descendant: RevisionId,
        /// Both are version rows.
        in_database: bool,
    },
    /// The lower end of a range is no ancestor of the upper end.
    #[error("{lower} is not an ancestor of {upper}")]
    NotARange {
        /// The end before the colon.
        lower: String,
        /// The end behind it.
        upper: String,
        /// The other way round they make a range.
        swapped: bool,
    },
    /// A text that is no range.
    #[error("'{text}' is not a range")]
    BadRange {
        /// What was asked for.
        text: String,
    },
    /// The history is not whole.
    #[error("the history is broken: {}", match errors.as_slice() {
        [] => String::new(),
        [only] => only.to_string(),
        [first, rest @ ..] => format!("{first} (and {} more)", rest.len()),
    })]
    Broken {
        /// All that is wrong with it.
        errors: Vec<GraphError>,
    },
}

fn list(texts: &[String]) -> String {
    texts.join(", ")
}

/// Returns which way a relative form goes; no name holds a sign.
fn way(text: &str) -> Direction {
    if text.contains('+') { Direction::Upgrade } else { Direction::Downgrade }
}

fn verb(direction: Direction) -> &'static str {
    match direction {
        Direction::Upgrade => "upgrade",
        Direction::Downgrade => "downgrade",
    }
}

fn current(rows: &[RevisionId]) -> String {
    match rows {
        [] => "base".into(),
        rows => rows.iter().map(RevisionId::as_str).collect::<Vec<_>>().join(", "),
    }
}

impl Error {
    /// Returns the code of the JSON contract.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownRevision { .. } | Self::UnknownBranch { .. } | Self::NotAMember { .. } => "unknown-revision",
            Self::AmbiguousRevision { .. } => "ambiguous-revision",
            Self::MultipleHeads { .. } => "multiple-heads",
            Self::AmbiguousWalk { .. } => "ambiguous-walk",
            Self::TooFar { .. } => "too-far",
            Self::NotATarget { .. } | Self::Overlap { .. } | Self::NotARange { .. } => "not-a-target",
            Self::BadRange { .. } => "usage",
            Self::Broken { .. } => "broken-history",
        }
    }

    /// Returns what to type next.
    pub fn hint(&self) -> Option<String> {
        let one_of = |texts: &[String]| match texts {
            [only] => format!("try {only}"),
            several => format!("name one of {}", list(several)),
        };
        Some(match self {
            Self::UnknownRevision { text, in_database: true, .. } => format!(
                "get the revision file of {text}, or set the version rows anew with `limbeck stamp --purge REVISION`"
            ),
            Self::UnknownRevision { similar, .. } | Self::UnknownBranch { similar, .. } if !similar.is_empty() => {
                format!("did you mean {}?", similar.join(" or "))
            }
            Self::UnknownRevision { text, .. } if text.contains(['+', '-']) => {
                "relative forms are for `upgrade`, `downgrade` and `history -r`; name the revision".into()
            }
            Self::UnknownRevision { .. } => "`limbeck history` lists the revisions".into(),
            Self::UnknownBranch { .. } => "`limbeck heads` and `limbeck history` show the branch labels".into(),
            Self::AmbiguousRevision { candidates, .. } => one_of(candidates),
            Self::MultipleHeads { text, candidates, several: true, .. } => {
                format!("{}, or {text}s for all of them", one_of(candidates))
            }
            Self::MultipleHeads { candidates, .. } => one_of(candidates),
            Self::AmbiguousWalk { candidates, .. } if !candidates.is_empty() => one_of(candidates),
            Self::AmbiguousWalk { .. } => "name the revision; `limbeck history` lists them".into(),
            Self::TooFar { text, .. } if way(text) == Direction::Upgrade => {
                "`limbeck heads` lists where the branches end".into()
            }
            Self::TooFar { .. } => "`limbeck history` lists the revisions".into(),
            Self::NotATarget { direction: Direction::Upgrade, .. } => {
                "`limbeck downgrade` goes towards the base".into()
            }
            Self::NotATarget { .. } => "`limbeck current` shows where the database stands".into(),
            Self::NotAMember { branch, .. } => {
                format!("`limbeck history -r {branch}@base:{branch}@heads` lists the branch")
            }
            Self::Overlap { ancestor, in_database: true, .. } => {
                format!("take the row {ancestor} out: `limbeck stamp --purge` with the other current revisions")
            }
            Self::Overlap { descendant, .. } => format!("name {descendant} alone"),
            Self::NotARange { lower, upper, swapped: true } => format!("try {upper}:{lower}"),
            Self::NotARange { .. } => "`limbeck history --graph` shows which revisions stand on which".into(),
            Self::BadRange { .. } => "write FROM:TO, FROM: or :TO".into(),
            Self::Broken { .. } => "`limbeck validate` lists all that is wrong".into(),
        })
    }

    /// Returns the identifiers among which to choose; empty where there is no choice.
    pub fn candidates(&self) -> Vec<String> {
        match self {
            Self::UnknownRevision { similar, .. } | Self::UnknownBranch { similar, .. } => similar.clone(),
            Self::AmbiguousRevision { candidates, .. }
            | Self::MultipleHeads { candidates, .. }
            | Self::AmbiguousWalk { candidates, .. } => candidates.clone(),
            _ => Vec::new(),
        }
    }
}
