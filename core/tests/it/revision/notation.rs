//! How the tests write a history: one revision a line, `id < parents & dependencies [labels]`.

use limbeck_core::revision::{Graph, Index, Node, RevisionId, RowChange, Step, draw, layout};

/// Reads revisions. `a`, `b < a`, `m < b c`, `y < x & a`, `z < y [label]`.
pub(crate) fn nodes(text: &str) -> Vec<Node> {
    let line = |line: &str| {
        let (line, labels) = line.split_once('[').unwrap_or((line, "]"));
        let (line, depends_on) = line.split_once('&').unwrap_or((line, ""));
        let (id, revises) = line.split_once('<').unwrap_or((line, ""));
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let id_of = |text: &str| RevisionId::new(text).expect("the tests write legal ids");
        Node {
            id: id_of(id.trim()),
            revises: revises.split_whitespace().map(id_of).collect(),
            depends_on: words(depends_on),
            branch_labels: words(labels.trim_end_matches([']', ' '])),
        }
    };
    text.lines().map(str::trim).filter(|text| !text.is_empty()).map(line).collect()
}

pub(crate) fn graph(text: &str) -> Graph {
    Graph::new(nodes(text))
}

/// Writes revisions as their ids, one blank between.
pub(crate) fn ids(graph: &Graph, indices: &[Index]) -> String {
    indices.iter().map(|&i| graph.id(i).as_str()).collect::<Vec<_>>().join(" ")
}

/// Reads ids.
pub(crate) fn indices(graph: &Graph, ids: &str) -> Vec<Index> {
    let index = |id: &str| graph.index_of(id).unwrap_or_else(|| panic!("no revision {id} in the test's graph"));
    ids.split_whitespace().map(index).collect()
}

/// Writes what a step does to the version rows.
pub(crate) fn changes(changes: &[RowChange]) -> String {
    let change = |change: &RowChange| match change {
        RowChange::Insert(id) => format!("+{id}"),
        RowChange::Delete(id) => format!("-{id}"),
        RowChange::Update { from, to } => format!("{from}>{to}"),
    };
    changes.iter().map(change).collect::<Vec<_>>().join(" ")
}

/// Writes a plan: a line a step, with its writes and the rows afterwards.
pub(crate) fn plan(graph: &Graph, steps: &[Step]) -> String {
    let line = |step: &Step| {
        let (id, writes) = (graph.id(step.revision), changes(&step.changes));
        format!("{id:<4} {writes:<12} {{{}}}", ids(graph, &step.rows_after))
    };
    steps.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Draws a history, newest first, with ids.
pub(crate) fn drawing(graph: &Graph) -> String {
    draw(&layout(graph, graph.newest_first()), |_| '○', |i| vec![graph.id(i).to_string()])
}
