//! The few colours of Limbeck, by what they mean.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use limbeck_core::report;

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
    paint_escaped(style, &escape::line(text))
}

/// Returns a line that is escaped already in `style`.
pub(super) fn paint_escaped(style: Style, line: &str) -> String {
    // Piece by piece: thousands of names go through here, and formatting them takes twice as long.
    let mut painted = String::with_capacity(line.len() + 2 * SEQUENCE);
    let _ = write!(painted, "{style}");
    painted.push_str(line);
    let _ = write!(painted, "{style:#}");
    painted
}

/// A colour sequence is hardly longer.
const SEQUENCE: usize = 10;

/// Returns a report in colours, escaped.
pub fn report(text: &report::Text) -> String {
    text.painted(|style, part| {
        let style = match style {
            report::Style::Plain => Style::new(),
            report::Style::Strong => STRONG,
            report::Style::Dim => DIM,
            report::Style::Revision => ID,
            report::Style::Good => GOOD,
            report::Style::Warning => WARNING,
            report::Style::Error => ERROR,
            report::Style::Help => HINT,
        };
        format!("{style}{}{style:#}", escape::text(part))
    })
}
