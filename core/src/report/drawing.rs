//! What the drawings of a history share: the order and lanes of the screen, and what is said beside each revision.

use super::summary;
use crate::project::Project;
use crate::revision::{Index, Layout, layout};

/// Longest title that is drawn, in characters.
const TITLE: usize = 96;

/// A whole history, newest first, laid out as the page and the terminal lay it out.
pub(super) struct Drawing<'a> {
    project: &'a Project,
    pub(super) layout: Layout,
}

impl<'a> Drawing<'a> {
    pub(super) fn new(project: &'a Project) -> Self {
        let graph = project.graph();
        Self { project, layout: layout(graph, graph.newest_first()) }
    }

    pub(super) fn id(&self, revision: Index) -> &'a str {
        self.project.graph().node(revision).id.as_str()
    }

    /// Returns the title in one line, without characters that a reader would not see or would see elsewhere.
    pub(super) fn title(&self, revision: Index) -> String {
        let title = self.project.revisions().get(revision).map_or("", |revision| revision.title.as_str());
        let title = summary::one_line(&visible(title), TITLE);
        if title.is_empty() { "(no message)".to_owned() } else { title }
    }

    /// Returns the labels that a revision declares.
    pub(super) fn labels(&self, revision: Index) -> Vec<String> {
        self.project.graph().node(revision).branch_labels.iter().map(|label| visible(label)).collect()
    }

    /// Returns the words for its place in the graph; most revisions have none.
    pub(super) fn marks(&self, revision: Index) -> Vec<&'static str> {
        let graph = self.project.graph();
        let known = [
            (self.misses_a_parent(revision), "parent missing"),
            (graph.is_effective_head(revision), "effective head"),
            (graph.is_head(revision) && !graph.is_effective_head(revision), "head"),
            (graph.is_merge_point(revision), "merge"),
            (graph.is_base(revision), "base"),
        ];
        known.into_iter().filter(|(is, _)| *is).map(|(_, word)| word).collect()
    }

    pub(super) fn is_head(&self, revision: Index) -> bool {
        self.project.graph().is_head(revision)
    }

    pub(super) fn misses_a_parent(&self, revision: Index) -> bool {
        let declared = self.project.revisions().get(revision).map_or(0, |revision| revision.revises.len());
        self.project.graph().parents(revision).len() < declared
    }

    /// Returns the day on which a revision was written, as far as its header says it.
    pub(super) fn day(&self, revision: Index) -> String {
        let date = self.project.revisions().get(revision).and_then(|revision| revision.create_date.as_deref());
        visible(date.and_then(|date| date.get(..10)).unwrap_or_default())
    }
}

/// Returns a text without control characters and without those that turn the direction of reading; white space stays.
pub(super) fn visible(text: &str) -> String {
    let hidden = |c: char| {
        (c.is_control() && !c.is_whitespace())
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}')
    };
    text.chars().filter(|c| !hidden(*c)).collect()
}
