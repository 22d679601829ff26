//! How long the statements of a section wait for a lock where no transaction of Limbeck's own says it.

use std::time::Duration;

use limbeck_core::document::{Statement, Step};
use limbeck_core::sql::{Transactions, transactions};

/// The limit of a section that runs outside a transaction. Inside, it is set with the transaction.
///
/// What cannot run in a transaction waits for others as long as they take: an index that is built CONCURRENTLY blocks
/// nobody while it waits, and would be left invalid. A section that sets its own limit keeps it. Whatever is set ends
/// with the step.
pub(super) struct Patience {
    limit: Option<Duration>,
    is_limited: bool,
}

impl Patience {
    /// Returns the limit of a step.
    pub(super) fn new(step: &Step, limit: Option<Duration>) -> Self {
        let sets_its_own = |statement: &Statement| statement.sql.to_ascii_lowercase().contains("lock_timeout");
        let is_own = step.transaction || step.statements.iter().any(sets_its_own);
        Self { limit: limit.filter(|_| !is_own), is_limited: false }
    }

    /// Returns what is to be set before a statement, if anything is.
    pub(super) fn before(&mut self, statement: &Statement) -> Option<String> {
        let limit = self.limit?;
        let is_limited = !matches!(transactions(&statement.sql, &statement.kind), Transactions::OnlyOutside(_));
        if is_limited == self.is_limited {
            return None;
        }
        self.is_limited = is_limited;
        Some(match is_limited {
            true => format!("SET lock_timeout = {}", limit.as_millis()),
            false => "RESET lock_timeout".to_owned(),
        })
    }
}
