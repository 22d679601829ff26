//! The squawk that `limbeck lint` is compared with.

use std::path::PathBuf;

use super::python;
use crate::failure::Failure;

/// The version whose rules are in Limbeck.
const REQUIREMENT: &str = "squawk-cli==2.68.0";

/// Returns the program, after installing it if it was missing.
pub(crate) fn program() -> Result<PathBuf, Failure> {
    let python = python::environment(&[REQUIREMENT], "whose speed `limbeck lint` is compared with")?;
    Ok(python.with_file_name("squawk"))
}
