//! `--postgres-version`

use limbeck_core::PostgresVersion;

use super::context::Opened;

/// For which server statements are judged.
#[derive(Debug, clap::Args)]
pub(super) struct ServerVersion {
    /// Judge for this version of Postgres, 12 to 18
    ///
    /// Without it, for the version of the database where the command asks one, else for 17.
    #[arg(long, value_name = "VERSION")]
    postgres_version: Option<PostgresVersion>,
}

impl ServerVersion {
    /// Lets a project be judged for the version that was named, else for that of a server that said it.
    pub(super) fn apply(&self, opened: &mut Opened, of_server: Option<PostgresVersion>) {
        if let Some(version) = self.postgres_version.or(of_server) {
            opened.project.set_postgres_version(version);
        }
    }
}
