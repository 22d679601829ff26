//! What to do after a run has stopped, in words for readers of the page too.

use super::super::{DatabaseError, SqlFailure};
use super::error::word;
use super::{RunError, RunFailure};

impl RunError {
    /// Returns what to do next.
    pub(super) fn advice(&self) -> Option<String> {
        Some(match &self.failure {
            RunFailure::Blocked(_) if self.embedded => "the findings of the plan say what blocks it".to_owned(),
            RunFailure::Blocked(_) => "`limbeck plan` shows what blocks it".to_owned(),
            RunFailure::LockHeld { waited, .. } => {
                format!("this run tried for {} s; try again when the other has ended", waited.as_secs())
            }
            RunFailure::LockLost { .. } => {
                "a migration released it, or a connection pooler moved the session: connect to the server itself"
                    .to_owned()
            }
            RunFailure::Stale { .. } | RunFailure::RowMismatch { .. } | RunFailure::RowsMoved { .. } => {
                "somebody else migrated meanwhile: look at the new plan, then run it".to_owned()
            }
            RunFailure::TooLong { table, .. } => {
                format!("ALTER TABLE {table} ALTER COLUMN version_num TYPE varchar(255)")
            }
            RunFailure::NoPrivilege { table, privileges } => {
                format!("connect as its owner, or GRANT {} ON {table}", privileges.join(", "))
            }
            RunFailure::TransactionEnded => {
                "take COMMIT and ROLLBACK out, or mark the section transaction:false".to_owned()
            }
            RunFailure::Cancelled => return self.fit().map(str::to_owned),
            RunFailure::VersionRows { table, error } => match &self.place {
                Some(place) if place.kept.is_everything() && !self.embedded => {
                    let cause = error.hint().map(|hint| format!("{hint}; ")).unwrap_or_default();
                    format!("{cause}when the table can be written, `limbeck stamp {}` records what ran", place.revision)
                }
                _ => return self.after(error, Some(table)),
            },
            RunFailure::Commit(error) | RunFailure::Database(error) => return self.after(error, None),
        })
    }

    /// What a section has to become that was not rolled back as a whole.
    fn fit(&self) -> Option<&'static str> {
        let kept = &self.place.as_ref()?.kept;
        match (kept.committed.is_empty(), kept.unknown.is_empty()) {
            (true, true) => None,
            (true, false) => Some("look what it left, make the section fit for that"),
            (false, _) => Some("make the section fit for what stays"),
        }
    }

    /// What to do after an error of the server, raised over the version table or over the files.
    fn after(&self, error: &DatabaseError, table: Option<&str>) -> Option<String> {
        let Some(place) = &self.place else {
            return match error {
                DatabaseError::Gone { .. } if self.embedded => None,
                _ => error.hint(),
            };
        };
        let again = word(place.direction);
        Some(match error {
            DatabaseError::Sql(failure) => {
                let server = failure.hint.as_deref().map(|hint| hint.trim_end_matches('.'));
                let server = server.map(|hint| format!("{hint}; ")).unwrap_or_default();
                let cause = by_cause(failure).map(str::to_owned).or_else(|| table.map(of_the_table));
                let first = match (self.fit(), cause) {
                    // With the file in hand anyway, its author sees what else there is.
                    (Some(fit), _) if table.is_none() => fit.to_owned(),
                    (Some(fit), Some(cause)) => format!("{cause}, {fit}"),
                    (fit, cause) => cause.or(fit.map(str::to_owned)).unwrap_or_else(|| "correct the file".to_owned()),
                };
                format!("{server}{first}, then {again} again")
            }
            DatabaseError::Gone { .. } => match self.fit() {
                Some(fit) => format!("when the server is back, {fit}, then {again} again"),
                None => {
                    format!("when the server is back, look where the database is; to {again} again goes on from there")
                }
            },
            _ => return error.hint(),
        })
    }
}

/// What to do where the SQLSTATE says that the file may be right.
fn by_cause(failure: &SqlFailure) -> Option<&'static str> {
    Some(match failure.sqlstate.as_str() {
        "55P03" | "40P01" | "40001" => "wait until others let go of what it needs",
        // In a language other than English the message tells a timeout from a request to those who read it.
        "57014" if failure.message.ends_with("statement timeout") => "raise statement_timeout",
        "57014" if failure.message.ends_with("user request") => "find out who cancelled it on the server",
        "57014" => "find out who cancelled it on the server, or raise statement_timeout",
        "25006" => "connect to a database that takes writes, or turn its default_transaction_read_only off",
        "42P07" | "42701" | "42710" | "42723" | "42P06" => {
            "what is there already may come from elsewhere; correct the file or the database"
        }
        _ => return None,
    })
}

/// What to do where the version table does not take what stands in the version rows.
fn of_the_table(table: &str) -> String {
    format!("see that {table} can be created and takes rows of version_num alone")
}
