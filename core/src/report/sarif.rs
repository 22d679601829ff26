//! Findings as SARIF 2.1.0, the format in which code scanners hand over what they found.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::diagnostic::{Diagnostic, Fix, Level, Position};
use crate::script::hex;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Returns findings as one SARIF document, with a line break at its end. `describe` gives the documentation of a code
/// as Markdown, where it has one.
pub fn sarif(version: &str, findings: &[Diagnostic], describe: impl Fn(&str) -> Option<String>) -> String {
    let mut codes: Vec<&str> = findings.iter().map(|finding| &*finding.code).collect();
    codes.sort_unstable();
    codes.dedup();
    let rule = |code: &&str| {
        let help = describe(code).map(|markdown| Help { text: markdown.clone(), markdown });
        Rule { id: (*code).to_owned(), name: pascal(code), help }
    };
    let rules = codes.iter().map(rule).collect();
    let mut said: BTreeMap<[&str; 3], usize> = BTreeMap::new();
    let numbered = findings.iter().map(|finding| {
        let before = said.entry(identity(finding)).or_default();
        *before += 1;
        result(finding, *before - 1, &codes)
    });
    let results = numbered.collect();
    let driver = Driver { name: "limbeck", semantic_version: version.to_owned(), rules };
    let run = Run { tool: Tool { driver }, column_kind: "unicodeCodePoints", results };
    let log = Log { schema: SCHEMA, version: "2.1.0", runs: vec![run] };
    // Strings, numbers and lists alone: nothing in them keeps them from being JSON.
    serde_json::to_string_pretty(&log).unwrap_or_default() + "\n"
}

#[derive(Serialize)]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: Vec<Run>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    column_kind: &'static str,
    results: Vec<Finding>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    semantic_version: String,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
struct Rule {
    id: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<Help>,
}

#[derive(Serialize)]
struct Help {
    text: String,
    markdown: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding {
    rule_id: String,
    rule_index: usize,
    level: &'static str,
    message: Message,
    locations: Vec<Location>,
    partial_fingerprints: Fingerprints,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<SarifFix>,
}

#[derive(Serialize)]
struct Message {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: PhysicalLocation,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Serialize)]
struct ArtifactLocation {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    start_column: u32,
    end_line: u32,
    end_column: u32,
}

/// By what a scanner knows a finding again when lines moved.
#[derive(Serialize)]
struct Fingerprints {
    #[serde(rename = "limbeck/v1")]
    limbeck: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifFix {
    description: Message,
    artifact_changes: Vec<ArtifactChange>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactChange {
    artifact_location: ArtifactLocation,
    replacements: Vec<Replacement>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement {
    deleted_region: Region,
    inserted_content: Message,
}

/// `before` counts the findings that say the same.
fn result(finding: &Diagnostic, before: usize, codes: &[&str]) -> Finding {
    let level = match finding.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Info => "note",
    };
    let mut text = finding.message.clone();
    if let Some(help) = &finding.help {
        text.push_str(". ");
        text.push_str(help);
    }
    let region = finding.start.map(|start| region(start, finding.end.unwrap_or(start)));
    let location = finding
        .path
        .as_ref()
        .map(|path| Location { physical_location: PhysicalLocation { artifact_location: artifact(path), region } });
    let fixes = finding.fix.iter().zip(&finding.path).map(|(fix, path)| self::fix(fix, path)).collect();
    Finding {
        rule_id: finding.code.to_string(),
        rule_index: codes.binary_search(&&*finding.code).unwrap_or_default(),
        level,
        message: Message { text },
        locations: location.into_iter().collect(),
        partial_fingerprints: Fingerprints { limbeck: fingerprint(finding, before) },
        fixes,
    }
}

fn region(start: Position, end: Position) -> Region {
    let end = end.max(start);
    Region { start_line: start.line, start_column: start.column, end_line: end.line, end_column: end.column }
}

fn fix(fix: &Fix, path: &str) -> SarifFix {
    let replacements = fix.edits.iter().map(|edit| Replacement {
        deleted_region: region(edit.start, edit.end),
        inserted_content: Message { text: edit.text.clone() },
    });
    SarifFix {
        description: Message { text: fix.title.clone() },
        artifact_changes: vec![ArtifactChange {
            artifact_location: artifact(path),
            replacements: replacements.collect(),
        }],
    }
}

/// Returns a path as the reference of a URI.
fn artifact(path: &str) -> ArtifactLocation {
    let mut uri = String::new();
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    ArtifactLocation { uri }
}

/// What stays the same when lines above the finding come or go: code, revision and message.
fn identity(finding: &Diagnostic) -> [&str; 3] {
    [&*finding.code, finding.revision.as_deref().unwrap_or_default(), finding.message.as_str()]
}

/// Returns a digest of what a finding is, and of how many that say the same stand before it.
fn fingerprint(finding: &Diagnostic, before: usize) -> String {
    use sha2::{Digest as _, Sha256};
    let mut hash = Sha256::new();
    for part in identity(finding) {
        hash.update(part);
        hash.update([0]);
    }
    if before > 0 {
        hash.update(before.to_string());
    }
    hex(&hash.finalize())
}

/// Returns a name in kebab case as SARIF asks for the names of rules.
fn pascal(code: &str) -> String {
    let mut name = String::new();
    for word in code.split('-') {
        let mut letters = word.chars();
        name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        name.push_str(letters.as_str());
    }
    name
}
