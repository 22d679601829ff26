//! `limbeck lint`: what is found in revisions that would run.

mod advice;
mod allow;
mod arbitrary;
mod documentation;
mod downgrade;
mod locks;
mod rules;
mod squawk;

use limbeck_core::diagnostic::Diagnostic;
use limbeck_core::lint::Look;
use limbeck_core::project::Project;

use crate::project::file;
use crate::show;

/// Returns a project whose revisions `r1`, `r2`, … stand one on the other and have these sections.
fn line(settings: &str, sections: &[&str]) -> Project {
    let revision = |(at, sections): (usize, &&str)| {
        let parent = if at == 0 { String::new() } else { format!("r{at}") };
        let number = at + 1;
        let marker = if sections.starts_with("-- migrate:up") { "" } else { "-- migrate:up\n" };
        file(
            &format!("versions/r{number}.sql"),
            &format!("-- Revision ID: r{number}\n-- Revises: {parent}\n{marker}{sections}"),
        )
    };
    let mut files: Vec<_> = sections.iter().enumerate().map(revision).collect();
    files.push(file("limbeck.toml", settings));
    Project::load(files)
}

/// Settings under which revisions need no down section.
const FORWARD: &str = "[lint.rules]\nno-downgrade = 'off'\nincomplete-downgrade = 'off'\n";

/// Returns what is found in the last of several revisions.
fn last(sections: &[&str]) -> Vec<Diagnostic> {
    let project = line(FORWARD, sections);
    assert_eq!(show::findings(project.findings()), "");
    let look = Look::Together(vec![sections.len() - 1]);
    project.lint(&look, &[]).expect("the history is whole")
}

/// Returns the same as lines, without notes.
fn found(sections: &[&str]) -> String {
    use limbeck_core::diagnostic::Level;
    let findings: Vec<Diagnostic> = last(sections).into_iter().filter(|it| it.level > Level::Info).collect();
    show::findings(&findings)
}
