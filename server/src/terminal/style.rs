//! The few colours of Limbeck, by what they mean.

use anstyle::{AnsiColor, Style};

use super::escape;

/// A revision identifier.
pub const ID: Style = AnsiColor::Yellow.on_default();
/// A head.
pub const HEAD: Style = AnsiColor::Green.on_default().bold();
/// Where the database stands.
pub const CURRENT: Style = AnsiColor::Cyan.on_default().bold();
/// A branch label.
pub const LABEL: Style = AnsiColor::Magenta.on_default();
/// What matters less.
pub const DIM: Style = Style::new().dimmed();
/// A heading.
pub const STRONG: Style = Style::new().bold();
/// What went well.
pub const GOOD: Style = AnsiColor::Green.on_default();
/// What needs a look.
pub const WARNING: Style = AnsiColor::Yellow.on_default().bold();
/// What went wrong.
pub const ERROR: Style = AnsiColor::Red.on_default().bold();
/// What to do next.
pub const HINT: Style = AnsiColor::Cyan.on_default();

/// Returns `text` as one escaped line in `style`.
pub fn paint(style: Style, text: &str) -> String {
    format!("{style}{}{style:#}", escape::line(text))
}
