//! A history as a Mermaid diagram, for places that draw one from a text.

use std::fmt::Write as _;

use super::drawing::Drawing;
use super::summary;
use crate::project::Project;
use crate::revision::Index;

/// Mermaid draws no more edges than this, unless whoever shows the diagram allows it.
const MOST_EDGES: usize = 500;
/// Nor does it read more characters. Some room is left for what is said at the end.
const MOST_CHARS: usize = 50_000 - 400;

/// What every diagram begins with.
const HEAD: &str = "flowchart TB\n";

/// A diagram, and what did not fit into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mermaid {
    /// The text of the diagram.
    pub text: String,
    /// Number of oldest revisions that it leaves out; it says so itself.
    pub left_out: usize,
}

/// Returns the history as a flowchart, newest above, dependencies dashed. Above Mermaid's limits it holds the newest
/// revisions, and says how many are left out.
pub fn graph_mermaid(project: &Project) -> Mermaid {
    let drawing = Drawing::new(project);
    let parts = parts(project, &drawing);
    let (mut chars, mut edges) = (HEAD.len(), 0);
    let fits = |part: &&Part| {
        chars += part.text().chars().count();
        edges += part.edges.len();
        chars <= MOST_CHARS && edges <= MOST_EDGES
    };
    let drawn = parts.iter().take_while(fits).count();
    let mut text = HEAD.to_owned();
    for part in parts.iter().take(drawn) {
        // An edge to what is left out would make a node of it, without a word.
        let edges = part.edges.iter().copied().filter(|(_, other)| *other < drawn).collect();
        text.push_str(&Part { node: part.node.clone(), edges, ..*part }.text());
    }
    let left_out = parts.len() - drawn;
    if left_out > 0 {
        let more = summary::number(left_out, "older revision");
        // Writing to a String cannot fail.
        let _ = writeln!(text, "    more[\"{more} left out, above the limits of Mermaid\"]");
        if let Some(last) = drawn.checked_sub(1) {
            let _ = writeln!(text, "    r{last} -.- more");
        }
    }
    Mermaid { text, left_out }
}

/// One revision: its node, and the edges to what it stands on.
struct Part {
    /// Its place, newest first.
    number: usize,
    node: String,
    /// How each is drawn, and to which place.
    edges: Vec<(&'static str, usize)>,
}

impl Part {
    fn text(&self) -> String {
        let mut text = format!("    r{}{}\n", self.number, self.node);
        for (line, other) in &self.edges {
            let _ = writeln!(text, "    r{} {line} r{other}", self.number);
        }
        text
    }
}

fn parts(project: &Project, drawing: &Drawing<'_>) -> Vec<Part> {
    let graph = project.graph();
    let order = graph.newest_first();
    let mut places = vec![0; graph.len()];
    for (place, &revision) in order.iter().enumerate() {
        places[revision] = place;
    }
    let part = |(number, &revision): (usize, &Index)| {
        // What nothing revises stands out by its round ends.
        let (open, close) = if drawing.is_head(revision) { ("([", "])") } else { ("[", "]") };
        let node = format!("{open}\"{}\"{close}", label(drawing, revision));
        let parents = graph.parents(revision);
        let needed = graph.dependencies(revision).iter().filter(|other| !parents.contains(other));
        let edges = parents.iter().map(|&parent| ("---", places[parent]));
        Part { number, node, edges: edges.chain(needed.map(|&other| ("-.-", places[other]))).collect() }
    };
    order.iter().enumerate().map(part).collect()
}

fn label(drawing: &Drawing<'_>, revision: Index) -> String {
    let mut words = format!("{} {}", drawing.id(revision), drawing.title(revision));
    for label in drawing.labels(revision) {
        let _ = write!(words, " ({label})");
    }
    escaped(&words)
}

/// Returns a text as Mermaid shows it: what is no letter, digit or plain punctuation is spelled by its number, so that
/// it is no quote, no markup and no directive.
fn escaped(text: &str) -> String {
    let mut safe = String::new();
    for c in text.chars() {
        if c.is_alphanumeric() || matches!(c, ' ' | '.' | ',' | '-' | '_' | '/') {
            safe.push(c);
        } else {
            let _ = write!(safe, "#{};", u32::from(c));
        }
    }
    safe
}
