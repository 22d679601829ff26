//! A history as text and as Markdown, drawn with box-drawing characters.

use super::drawing::Drawing;
use crate::project::Project;
use crate::revision::draw;

/// Returns the drawing of a history, newest first, with id, title, labels and marks beside each revision.
pub fn graph_text(project: &Project) -> String {
    let drawing = Drawing::new(project);
    let graph = project.graph();
    let glyph = |revision| if graph.is_merge_point(revision) { '◇' } else { '○' };
    let ids = graph.newest_first().iter().map(|&revision| drawing.id(revision).chars().count()).max().unwrap_or(0);
    let text = |revision| {
        let mut line = format!("{:ids$}  {}", drawing.id(revision), drawing.title(revision));
        let marks = drawing.marks(revision).into_iter().map(str::to_owned);
        for mark in drawing.labels(revision).into_iter().chain(marks) {
            line.push_str(&format!(" ({mark})"));
        }
        vec![line]
    };
    draw(&drawing.layout, glyph, text)
}

/// Returns the same as a section of Markdown: a heading that counts, and the drawing as it is.
pub fn graph_markdown(project: &Project) -> String {
    let count = |count: usize, what: &str| super::summary::number(count, what);
    let graph = project.graph();
    let drawing = graph_text(project);
    let longest = drawing.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!(
        "### History: {}, {}\n\n{fence}text\n{drawing}{fence}\n",
        count(graph.len(), "revision"),
        count(graph.heads().len(), "head"),
    )
}
