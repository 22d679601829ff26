//! Findings as lines of text, for snapshots.

use limbeck_core::diagnostic::{Diagnostic, Level};

/// Returns one line per finding: place, level unless error, code, message, and help behind `=`.
pub(crate) fn findings(list: &[Diagnostic]) -> String {
    let mut text = String::new();
    for finding in list {
        let place = match (finding.start, finding.end) {
            (Some(start), Some(end)) if start.line == end.line => {
                format!("{}:{}-{}", start.line, start.column, end.column)
            }
            (Some(start), Some(end)) => format!("{}:{}-{}:{}", start.line, start.column, end.line, end.column),
            _ => "-".to_owned(),
        };
        let level = match finding.level {
            Level::Error => "",
            Level::Warning => "warning ",
            Level::Info => "info ",
        };
        text.push_str(&format!("{place} {level}{}: {}", finding.code, finding.message));
        if let Some(help) = &finding.help {
            text.push_str(&format!("\n    = {help}"));
        }
        text.push('\n');
    }
    text
}
