//! Asks a person before something is undone.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

/// Returns whether somebody is there to be asked.
pub fn possible() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks a question on standard error; only `y` or `yes` means yes.
pub fn yes(question: &str) -> io::Result<bool> {
    let mut screen = io::stderr().lock();
    write!(screen, "{question} [y/N] ")?;
    screen.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}
