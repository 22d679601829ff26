//! What statements leave behind in their session.

/// Undoes it: settings, role, cursors, prepared statements, temporary tables. Advisory locks stay; `DISCARD ALL`, which
/// is shorter, lets them go and runs in no transaction.
pub const RESET_SESSION: &str = "RESET SESSION AUTHORIZATION; RESET ROLE; RESET ALL; CLOSE ALL; DEALLOCATE ALL; \
                                 UNLISTEN *; DISCARD TEMP; DISCARD SEQUENCES";
