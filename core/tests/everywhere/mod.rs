//! One project and the documents that it must give on every machine: native and as WASM, byte by byte.

use limbeck_core::document::{Direction, FORMAT, Findings, Revisions};
use limbeck_core::project::{File, Project};
use limbeck_core::report;

/// Returns every document of the project, one a line.
pub(crate) fn documents() -> String {
    let file = |path: &str, text: &str| File { path: path.to_owned(), content: Ok(text.to_owned()) };
    let project = Project::load(vec![
        file("limbeck.toml", "name = 'größe'\nlock_timeout = '250ms'\n"),
        file(
            "versions/b.sql",
            "-- Index, ohne Sperre\n-- Revision ID: b\n-- Revises: a\n\n-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY i ON t (größe);\n-- migrate:down\nDROP INDEX i;\n",
        ),
        file(
            "versions/a.sql",
            "-- Tabelle\n--\n-- mit 😀\n-- Revision ID: a\n-- Revises:\n-- Branch Labels: katalog\n-- Create Date: 2026-11-22\n\n-- migrate:up\nCREATE TABLE t (größe int DEFAULT 1.5e3);\n\n-- migrate:down\nDROP TABEL t;\n",
        ),
    ]);
    let plan = |rows: &[&str], direction, target: &str| {
        let rows: Vec<String> = rows.iter().map(|row| (*row).to_owned()).collect();
        project.plan(&rows, direction, target).expect("a plan")
    };
    let graph = project.graph();
    let revisions = graph.newest_first().iter().map(|index| project.document(*index, Some(&[0]))).collect::<Vec<_>>();
    let up = plan(&[], Direction::Upgrade, "katalog@head");
    [
        json(project.settings()),
        json(&Revisions { format: FORMAT, revisions }),
        json(&project.script(0, None)),
        json(&up),
        json(&plan(&["b"], Direction::Downgrade, "base")),
        json(&Findings { format: FORMAT, findings: project.validate() }),
        json(
            &report::offline(&project, &[], Direction::Upgrade, "katalog@head", |_| None)
                .expect("a way")
                .map(|it| it.sql),
        ),
    ]
    .join("\n")
}

fn json(document: &impl serde::Serialize) -> String {
    serde_json::to_string(document).expect("documents are JSON")
}

/// What [`documents`] gives.
pub(crate) const EXPECTED: &str = include_str!("expected.jsonl");
