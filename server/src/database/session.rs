//! The state of a session, and how it comes back to what it was when the run began.

use limbeck_core::sql::RESET_SESSION;

use super::{Database, DatabaseError};

/// Makes the server notice within seconds that this process died, and stop what it does for it.
const WATCH: &str = "SET client_connection_check_interval = '5s'";

/// What the run sets for itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct Session {
    watch: bool,
}

impl Session {
    /// Prepares the session for a run.
    pub(super) async fn begin(database: &Database) -> Result<Self, DatabaseError> {
        // Since 14, and not on every platform; a run without it is no worse than any other client.
        let watch = match database.execute(WATCH).await {
            Ok(()) => true,
            Err(error) if error.is_gone() => return Err(error),
            Err(_) => false,
        };
        Ok(Self { watch })
    }

    /// Brings the session back to what it was.
    pub(super) async fn restore(self, database: &Database) -> Result<(), DatabaseError> {
        if self.watch {
            database.execute(&format!("{RESET_SESSION}; {WATCH}")).await
        } else {
            database.execute(RESET_SESSION).await
        }
    }
}
