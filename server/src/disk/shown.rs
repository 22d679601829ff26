//! Paths, and what the system says, as a person reads them.

use std::io;
use std::path::{Path, PathBuf};

/// Returns `path` as seen from the current directory, where it lies in or beside it.
pub(crate) fn relative(path: &Path) -> String {
    let Ok(current) = std::env::current_dir() else { return path.display().to_string() };
    if path.is_relative() {
        let shown = path.strip_prefix(".").unwrap_or(path);
        return if shown.as_os_str().is_empty() { ".".to_owned() } else { shown.display().to_string() };
    }
    for (up, ancestor) in current.ancestors().enumerate().take(4) {
        // From the root everything would be "relative".
        if ancestor.parent().is_none() {
            break;
        }
        if let Ok(rest) = path.strip_prefix(ancestor) {
            let shown = PathBuf::from("../".repeat(up)).join(rest);
            return if shown.as_os_str().is_empty() { ".".to_owned() } else { shown.display().to_string() };
        }
    }
    path.display().to_string()
}

/// Returns what the system says, without its number.
pub(crate) fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error ") {
        Some((reason, _)) => reason.to_owned(),
        None => text,
    }
}

/// Returns a path as a word of a shell.
pub(crate) fn shell_word(path: &Path) -> String {
    let text = path.to_string_lossy();
    shlex::try_quote(&text).map_or_else(|_| text.to_string(), std::borrow::Cow::into_owned)
}
