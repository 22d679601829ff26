//! Findings as commands that a GitHub workflow turns into annotations of the files.

use crate::diagnostic::{Diagnostic, Level};

/// Returns one line for each finding: `::error file=…,line=…,col=…,title=…::message`.
pub fn github(findings: &[Diagnostic]) -> String {
    findings.iter().map(line).collect()
}

fn line(finding: &Diagnostic) -> String {
    let command = match finding.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Info => "notice",
    };
    let mut properties = Vec::new();
    if let Some(path) = &finding.path {
        properties.push(format!("file={}", property(path)));
    }
    if let Some(start) = finding.start {
        properties.push(format!("line={},col={}", start.line, start.column));
        // An end on another line makes GitHub leave the columns out of account; it takes the lines.
        if let Some(end) = finding.end.filter(|end| *end > start) {
            properties.push(format!("endLine={}", end.line));
            if end.line == start.line {
                properties.push(format!("endColumn={}", end.column));
            }
        }
    }
    properties.push(format!("title={}", property(&finding.code)));
    let mut message = finding.message.clone();
    if let Some(help) = &finding.help {
        message.push('\n');
        message.push_str(help);
    }
    format!("::{command} {}::{}\n", properties.join(","), data(&message))
}

/// Returns a text as the message of a command: one line, which cannot begin another command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Returns a text as the value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
