//! The Alembic that Limbeck is compared with.

use std::path::PathBuf;

use super::python;
use crate::failure::Failure;

/// The versions that the comparison stands on.
const REQUIREMENTS: [&str; 2] = ["alembic==1.20.1", "sqlalchemy==2.1.9"];

/// Returns the Python that has Alembic, after making its environment if it was missing.
pub(crate) fn python() -> Result<PathBuf, Failure> {
    python::environment(&REQUIREMENTS, "which Limbeck is compared with")
}
