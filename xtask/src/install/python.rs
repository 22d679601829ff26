//! Virtual environments of Python under the user's cache, each named after what is in it.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::debian;
use crate::failure::Failure;
use crate::{process, workspace};

/// Returns the Python of an environment that has `requirements`, after making it if it was missing; `why` says what it
/// is for.
pub(crate) fn environment(requirements: &[&str], why: &str) -> Result<PathBuf, Failure> {
    // Its name holds what is in it: other versions make another environment.
    let dir = workspace::cache_dir()?.join(requirements.join("-").replace("==", "-"));
    let python = dir.join("bin/python");
    let complete = dir.join("complete");
    if complete.is_file() && process::output(Command::new(&python).arg("--version")).is_ok() {
        return Ok(python);
    }
    debian::require(&[debian::PYTHON])?;
    eprintln!("installing {}, {why} (Python, once)", requirements.join(", "));
    process::run(workspace::command("python3").args(["-m", "venv", "--clear"]).arg(&dir))?;
    let mut pip = workspace::command(&python);
    // Built packages alone: what would have to be built runs code of its own while it is installed.
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"]);
    pip.args(requirements);
    process::run(&mut pip)?;
    fs::write(&complete, "").map_err(Failure::io(format_args!("cannot write {}", complete.display())))?;
    Ok(python)
}
