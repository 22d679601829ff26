//! The Alembic that Limbeck is compared with: a virtual environment of Python under the user's cache.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::debian;
use crate::failure::Failure;
use crate::{process, workspace};

/// The versions that the comparison stands on.
const REQUIREMENTS: [&str; 2] = ["alembic==1.20.1", "sqlalchemy==2.1.9"];

/// Returns the Python that has Alembic, after making its environment if it was missing.
pub(crate) fn python() -> Result<PathBuf, Failure> {
    // Its name holds what is in it: other versions make another environment.
    let dir = workspace::cache_dir()?.join(REQUIREMENTS.join("-").replace("==", "-"));
    let python = dir.join("bin/python");
    let complete = dir.join("complete");
    if complete.is_file() && process::output(Command::new(&python).arg("--version")).is_ok() {
        return Ok(python);
    }
    debian::require(&[debian::PYTHON])?;
    eprintln!("installing {}, which Limbeck is compared with (Python, once)", REQUIREMENTS.join(", "));
    process::run(workspace::command("python3").args(["-m", "venv", "--clear"]).arg(&dir))?;
    let mut pip = workspace::command(&python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(REQUIREMENTS);
    process::run(&mut pip)?;
    fs::write(&complete, "").map_err(Failure::io(format_args!("cannot write {}", complete.display())))?;
    Ok(python)
}
