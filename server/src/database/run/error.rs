//! Why a run stopped, where, and what is true of the database afterwards.

use std::fmt;
use std::time::Duration;

use limbeck_core::document::{Blocked, Direction, FailureDetail};

use super::super::{DatabaseError, SqlFailure};
use super::Kept;

/// What stopped a run.
#[derive(Debug, thiserror::Error)]
pub enum RunFailure {
    /// The plan says itself that it does not run through.
    #[error("the plan is blocked: {0}")]
    Blocked(Box<Blocked>),
    /// Another run holds the lock and did not let go in time.
    #[error("another run holds the lock: {}", holder.as_deref().unwrap_or("it ended just now"))]
    LockHeld {
        /// Who, as far as the server says.
        holder: Option<String>,
        /// How long this run tried.
        waited: Duration,
    },
    /// The session does not hold the lock any more.
    #[error("the lock between runs was lost{}", holder.as_ref().map(|holder| format!(" to {holder}")).unwrap_or_default())]
    LockLost {
        /// Who has it now.
        holder: Option<String>,
    },
    /// The database is not where the plan starts.
    #[error("the plan starts from {}, but the database is at {}", list(expected), list(found))]
    Stale {
        /// Version rows of the plan.
        expected: Vec<String>,
        /// Version rows of the database.
        found: Vec<String>,
    },
    /// The version table cannot take an id.
    #[error("revision id '{id}' has {length} characters, and column version_num of {table} takes {width}")]
    TooLong {
        /// The id.
        id: String,
        /// Its length in characters.
        length: usize,
        /// The version table.
        table: String,
        /// What the column takes.
        width: usize,
    },
    /// The role may not do with the version table what the run must do.
    #[error("this role lacks {} on {table}", privileges.join(", "))]
    NoPrivilege {
        /// The version table.
        table: String,
        /// Privileges as SQL spells them.
        privileges: Vec<&'static str>,
    },
    /// A change of version rows did not hit one row.
    #[error("{what} in {table} met {count} rows instead of one")]
    RowMismatch {
        /// The version table.
        table: String,
        /// The change.
        what: String,
        /// How many it met.
        count: u64,
    },
    /// Somebody else changed version rows meanwhile.
    #[error("the version rows would be {} instead of {}", list(found), list(expected))]
    RowsMoved {
        /// What the plan says.
        expected: Vec<String>,
        /// What the database says.
        found: Vec<String>,
    },
    /// The section ended the transaction in which it runs.
    #[error("the section ended its own transaction")]
    TransactionEnded,
    /// The transaction failed at its end: a deferred constraint, for example.
    #[error("at COMMIT: {0}")]
    Commit(DatabaseError),
    /// The version rows could not be written.
    #[error("writing the version rows: {error}")]
    VersionRows {
        /// The version table, as SQL names it.
        table: String,
        /// What the server says.
        error: DatabaseError,
    },
    /// A person stopped it.
    #[error("cancelled")]
    Cancelled,
    /// The server raised an error, or is gone.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl RunFailure {
    fn database(&self) -> Option<&DatabaseError> {
        match self {
            Self::Commit(error) | Self::VersionRows { error, .. } | Self::Database(error) => Some(error),
            _ => None,
        }
    }

    /// Says whether nothing more can be asked over this connection.
    pub(super) fn ends_connection(&self) -> bool {
        // After an answer that the driver did not expect, nobody knows which answer belongs to what.
        matches!(self.database(), Some(DatabaseError::Gone { .. } | DatabaseError::Protocol(_)))
    }
}

/// Where in the migration files a run stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Position of the step in the plan, from 0.
    pub step: usize,
    /// Full identifier.
    pub revision: String,
    /// Which section ran.
    pub direction: Direction,
    /// The file, relative to the migrations directory.
    pub path: Option<String>,
    /// Position of the statement in the step, from 0; none before the first and behind the last.
    pub statement: Option<usize>,
    /// Line in the file, from 1: where the server points, else where the statement starts.
    pub line: Option<u32>,
    /// Character in that line, from 1.
    pub column: Option<u32>,
    /// What of the step stays.
    pub kept: Kept,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", word(self.direction), self.revision)?;
        if let Some(statement) = self.statement {
            write!(f, ", statement {}", statement + 1)?;
        }
        match (&self.path, self.line, self.column) {
            (Some(path), Some(line), Some(column)) => write!(f, " ({path}:{line}:{column})"),
            (Some(path), Some(line), None) => write!(f, " ({path}:{line})"),
            (Some(path), None, _) => write!(f, " ({path})"),
            (None, _, _) => Ok(()),
        }
    }
}

/// A run that stopped.
#[derive(Debug)]
pub struct RunError {
    /// What stopped it.
    pub failure: RunFailure,
    /// Where; none when no step had begun.
    pub place: Option<Place>,
    /// Version rows afterwards, sorted; none when the database could not be asked.
    pub rows: Option<Vec<String>>,
    /// Version rows behind the last step that is known to be complete.
    pub known_rows: Vec<String>,
    /// Invalid indexes that a step outside a transaction left behind, as SQL names them.
    pub left_behind: Vec<String>,
    /// It ran on the Postgres inside of this process, which no command reaches.
    pub embedded: bool,
}

impl RunError {
    /// Returns the code of the contract.
    pub fn code(&self) -> &'static str {
        match &self.failure {
            RunFailure::Blocked(blocked) if blocked.code == "irreversible" => "irreversible",
            RunFailure::LockHeld { .. } | RunFailure::LockLost { .. } => "lock-held",
            RunFailure::Stale { .. } | RunFailure::RowMismatch { .. } | RunFailure::RowsMoved { .. } => "stale-plan",
            RunFailure::Commit(error) | RunFailure::VersionRows { error, .. } | RunFailure::Database(error) => {
                error.code()
            }
            RunFailure::Blocked(_)
            | RunFailure::TooLong { .. }
            | RunFailure::NoPrivilege { .. }
            | RunFailure::TransactionEnded
            | RunFailure::Cancelled => "sql",
        }
    }

    /// Says whether a person stopped the run.
    pub fn is_cancelled(&self) -> bool {
        matches!(self.failure, RunFailure::Cancelled)
    }

    /// Returns the server's error, where it raised one.
    pub fn sql(&self) -> Option<&SqlFailure> {
        match self.failure.database()? {
            DatabaseError::Sql(failure) | DatabaseError::NoPermission(failure) => Some(failure),
            _ => None,
        }
    }

    /// Returns the SQLSTATE, where the server raised an error.
    pub fn sqlstate(&self) -> Option<&str> {
        self.sql().map(|failure| failure.sqlstate.as_str())
    }

    /// Returns what is true of the database now, and what to do next.
    pub fn hint(&self) -> Option<String> {
        let hint: Vec<String> = [self.state(), self.advice()].into_iter().flatten().collect();
        (!hint.is_empty()).then(|| hint.join("; "))
    }

    /// Returns the failure as it leaves Limbeck.
    pub fn detail(&self) -> FailureDetail {
        FailureDetail {
            code: self.code().to_owned(),
            message: self.to_string(),
            hint: self.hint(),
            candidates: Vec::new(),
        }
    }

    /// What is true of the database.
    fn state(&self) -> Option<String> {
        let Some(place) = &self.place else {
            // Between two steps; before the first one, what was refused says all.
            let between =
                matches!(self.failure, RunFailure::Cancelled | RunFailure::LockLost { .. } | RunFailure::Database(_));
            return self.rows.as_ref().filter(|_| between).map(|rows| format!("the database is at {}", list(rows)));
        };
        let at = match &self.rows {
            Some(rows) => format!("the database is at {}", list(rows)),
            None => format!("the database was last seen at {}", list(&self.known_rows)),
        };
        match (&self.rows, &self.failure) {
            // The answer to COMMIT was lost, not the COMMIT.
            (Some(rows), _) if *rows != self.known_rows => return Some(at),
            (None, RunFailure::Commit(_)) => {
                return Some(format!("whether {} was completed is not known, {at}", place.revision));
            }
            _ => {}
        }
        let mut state = place.kept.to_string();
        if let [first, rest @ ..] = self.left_behind.as_slice() {
            let all = rest.iter().fold(first.clone(), |all, next| format!("{all}, {next}"));
            let remove = format!("`DROP INDEX CONCURRENTLY {all}` removes what was left unfinished");
            state = if place.kept.is_nothing() { remove } else { format!("{state}, {remove}") };
        }
        Some(format!("{state}, {at}"))
    }
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some(place) => write!(f, "{place}: {}", self.failure)?,
            None => write!(f, "{}", self.failure)?,
        }
        match self.sql().and_then(|failure| failure.detail.as_deref()) {
            Some(detail) => write!(f, ": {}", detail.trim_end_matches('.')),
            None => Ok(()),
        }
    }
}

impl std::error::Error for RunError {}

pub(super) fn word(direction: Direction) -> &'static str {
    match direction {
        Direction::Upgrade => "upgrade",
        Direction::Downgrade => "downgrade",
    }
}

fn list(rows: &[String]) -> String {
    if rows.is_empty() { "base".to_owned() } else { rows.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gone() -> RunFailure {
        DatabaseError::Gone { reason: "connection reset by peer".to_owned() }.into()
    }

    fn shown(failure: RunFailure, kept: Option<Kept>, rows: Option<&[&str]>) -> String {
        let place = kept.map(|kept| Place {
            step: 1,
            revision: "b".to_owned(),
            direction: Direction::Downgrade,
            path: Some("versions/b.sql".to_owned()),
            statement: Some(2),
            line: Some(9),
            column: Some(4),
            kept,
        });
        let rows = rows.map(|rows| rows.iter().map(|&row| row.to_owned()).collect());
        let error = RunError {
            failure,
            place,
            rows,
            known_rows: vec!["b".to_owned()],
            left_behind: Vec::new(),
            embedded: false,
        };
        format!("{error}\n{}", error.hint().unwrap_or_default())
    }

    /// Of three statements.
    fn kept(committed: &[usize], unknown: &[usize]) -> Option<Kept> {
        Some(Kept { count: 3, committed: committed.to_vec(), unknown: unknown.to_vec() })
    }

    #[test]
    fn what_is_not_known_is_not_claimed() {
        insta::assert_snapshot!(shown(gone(), kept(&[], &[]), None), @"
        downgrade of b, statement 3 (versions/b.sql:9:4): the connection to the server is gone: connection reset by peer
        nothing of this revision was kept, the database was last seen at b; when the server is back, look where the database is; to downgrade again goes on from there
        ");
        insta::assert_snapshot!(shown(gone(), kept(&[], &[0]), Some(&["b"])), @"
        downgrade of b, statement 3 (versions/b.sql:9:4): the connection to the server is gone: connection reset by peer
        what of statement 1 stays is not known, the database is at b; when the server is back, look what it left, make the section fit for that, then downgrade again
        ");
        insta::assert_snapshot!(shown(gone(), kept(&[0, 1], &[2]), None), @"
        downgrade of b, statement 3 (versions/b.sql:9:4): the connection to the server is gone: connection reset by peer
        statements 1 to 2 of 3 were committed and stay, what of statement 3 stays is not known, the database was last seen at b; when the server is back, make the section fit for what stays, then downgrade again
        ");
        let lost = || DatabaseError::Gone { reason: "connection reset by peer".to_owned() };
        insta::assert_snapshot!(shown(RunFailure::Commit(lost()), kept(&[], &[]), None), @"
        downgrade of b, statement 3 (versions/b.sql:9:4): at COMMIT: the connection to the server is gone: connection reset by peer
        whether b was completed is not known, the database was last seen at b; when the server is back, look where the database is; to downgrade again goes on from there
        ");
        insta::assert_snapshot!(shown(gone(), None, None), @r"
        the connection to the server is gone: connection reset by peer
        see whether the server is up, then `limbeck current` says where the database is
        ");
    }

    #[test]
    fn a_stop_between_steps_says_where_the_database_is() {
        insta::assert_snapshot!(shown(RunFailure::Cancelled, None, Some(&["a", "b"])), @r"
        cancelled
        the database is at a, b
        ");
        insta::assert_snapshot!(shown(RunFailure::LockLost { holder: None }, None, Some(&[])), @r"
        the lock between runs was lost
        the database is at base; a migration released it, or a connection pooler moved the session: connect to the server itself
        ");
    }
}
