//! Findings as a comment of a pull request.

use std::collections::BTreeMap;

use super::markdown::{code, escaped, html};
use super::summary;
use crate::diagnostic::{Diagnostic, Level};

/// Most bytes: GitHub takes 65,536 characters in a comment, and whoever posts it may add a line.
const MOST: usize = 64_000;

/// Returns findings as Markdown: how many there are, then each file folded, the ones with errors open. It stays below
/// the size that a comment may have, and says what it left out.
pub fn findings_markdown(title: &str, findings: &[Diagnostic]) -> String {
    if findings.is_empty() {
        return format!("### {}\n\nNothing to say.\n", escaped(title));
    }
    let mut page = format!("### {}\n\n{}\n", escaped(title), count(findings));
    let mut files: BTreeMap<&str, Vec<&Diagnostic>> = BTreeMap::new();
    for finding in findings {
        files.entry(finding.path.as_deref().unwrap_or("the history")).or_default().push(finding);
    }
    let mut left = 0;
    for (path, of_file) in files {
        let folded = file(path, &of_file);
        // Room for the line that says how many are left out.
        if left > 0 || page.len() + folded.len() > MOST - 200 {
            left += of_file.len();
        } else {
            page.push_str(&folded);
        }
    }
    if left > 0 {
        let more = summary::number(left, "more finding");
        page.push_str(&format!("\n_{more} left out, the comment would be too long._\n"));
    }
    page
}

fn file(path: &str, findings: &[&Diagnostic]) -> String {
    let open = if findings.iter().any(|finding| finding.level == Level::Error) { " open" } else { "" };
    let count = count(findings.iter().copied());
    let mut text = format!("\n<details{open}><summary>{}: {count}</summary>\n\n", html(path));
    for finding in findings {
        let line = finding.start.map(|start| format!("line {}: ", start.line)).unwrap_or_default();
        let help = finding.help.as_ref().map(|help| format!("<br>{}", escaped(help))).unwrap_or_default();
        let (level, message) = (summary::level(finding.level), escaped(&finding.message));
        text.push_str(&format!("- **{level}** {line}{message} ({}){help}\n", code(&finding.code)));
    }
    text.push_str("\n</details>\n");
    text
}

fn count<'a>(findings: impl IntoIterator<Item = &'a Diagnostic>) -> String {
    let mut counts = [(Level::Error, 0), (Level::Warning, 0), (Level::Info, 0)];
    for finding in findings {
        for (level, count) in &mut counts {
            *count += usize::from(*level == finding.level);
        }
    }
    let parts = counts.iter().filter(|(_, count)| *count > 0);
    parts.map(|(level, count)| summary::number(*count, summary::level(*level))).collect::<Vec<_>>().join(", ")
}
