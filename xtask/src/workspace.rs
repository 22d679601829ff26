//! Where things are: the clone, its build directory, and the user's cache directory.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::Failure;

/// Returns the top of the clone that this xtask was built from.
pub(crate) fn root() -> PathBuf {
    // Cargo sets it when it runs xtask; the built-in one serves a binary that was started by hand.
    let package = env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    package.parent().map(Path::to_path_buf).unwrap_or(package)
}

/// Returns cargo's build directory: the one that this very program lies in.
pub(crate) fn target_dir() -> PathBuf {
    let own = env::current_exe().ok();
    let found = own.as_deref().and_then(Path::parent).and_then(Path::parent).map(Path::to_path_buf);
    found.unwrap_or_else(|| root().join("target"))
}

/// Returns Limbeck's directory in the user's cache, made if it was missing.
pub(crate) fn cache_dir() -> Result<PathBuf, Failure> {
    let absolute = |name: &str| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let cache = absolute("XDG_CACHE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".cache")));
    let Some(cache) = cache else {
        return Err(Failure::new("there is no cache directory: neither XDG_CACHE_HOME nor HOME is set")
            .with_hint("export XDG_CACHE_HOME=/some/directory"));
    };
    let dir = cache.join("limbeck");
    fs::create_dir_all(&dir).map_err(Failure::io(format_args!("cannot make {}", dir.display())))?;
    Ok(dir)
}

/// Returns the version of `package` in Cargo.lock.
pub(crate) fn locked_version(package: &str) -> Result<String, Failure> {
    let path = root().join("Cargo.lock");
    let text = fs::read_to_string(&path).map_err(Failure::io(format_args!("cannot read {}", path.display())))?;
    version_in_lock(&text, package).ok_or_else(|| Failure::new(format!("Cargo.lock does not name {package}")))
}

fn version_in_lock(lock: &str, package: &str) -> Option<String> {
    let wanted = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != wanted);
    lines.next()?;
    lines.next()?.strip_prefix("version = \"")?.strip_suffix('"').map(str::to_owned)
}

/// Returns a command that runs in the clone and knows nothing of the cargo that started xtask.
///
/// Cargo describes the package that it runs in the environment; passed on, that would reach build scripts as a change
/// and make them run again.
pub(crate) fn command(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    for (name, _) in env::vars_os() {
        let described =
            name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_"));
        if described {
            command.env_remove(name);
        }
    }
    command
}

/// Returns `cargo` in the clone, building into the same directory as xtask.
pub(crate) fn cargo() -> Command {
    let mut command = command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.env("CARGO_TARGET_DIR", target_dir());
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_names_exactly_one_wasm_bindgen() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"9.9.9\"\n\n[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(version_in_lock(lock, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(version_in_lock(lock, "wasm"), None);
    }
}
