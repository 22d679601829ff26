//! How the tests write a history: one revision a line, `id < parents & dependencies [labels]`.

use limbeck_core::revision::{Error, Graph, Index, Node, RevisionId, RowChange, Step, draw, layout};

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

/// Writes revisions as their ids, one blank between; none as a dash.
pub(crate) fn ids(graph: &Graph, indices: &[Index]) -> String {
    let ids: Vec<&str> = indices.iter().map(|&i| graph.id(i).as_str()).collect();
    if ids.is_empty() { "-".to_owned() } else { ids.join(" ") }
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
    let changes: Vec<String> = changes.iter().map(change).collect();
    if changes.is_empty() { "-".to_owned() } else { changes.join(" ") }
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

/// Draws a history and answers questions about it, one a line: `up ROWS > TARGET`, `down ROWS > TARGET`,
/// `stamp ROWS > TARGETS`, `show TEXT`, `range A:B`, `current ROWS`.
///
/// A plan is written as its steps, then the rows afterwards in braces; an error as its code, message and hint.
pub(crate) fn answers(graph: &Graph, questions: &[&str]) -> String {
    let mut text = if graph.is_empty() { "no revision\n".to_owned() } else { drawing(graph) };
    for question in questions {
        let answer = answer(graph, question).unwrap_or_else(|error| {
            let hint = error.hint().map(|hint| format!("\n      {hint}")).unwrap_or_default();
            format!("{}: {error}{hint}", error.code())
        });
        text.push_str(&format!("\n{question}\n    {answer}"));
    }
    text
}

fn answer(graph: &Graph, question: &str) -> Result<String, Error> {
    let (verb, asked) = question.split_once(' ').unwrap_or((question, ""));
    let (rows, target) = asked.split_once('>').unwrap_or(("", asked));
    let (rows, target) = (indices(graph, rows), target.trim());
    let steps = |steps: Vec<Step>| {
        let after = steps.last().map_or(rows.as_slice(), |step| &step.rows_after);
        let revisions: Vec<Index> = steps.iter().map(|step| step.revision).collect();
        format!("{} {{{}}}", ids(graph, &revisions), ids(graph, after))
    };
    match verb {
        "up" => graph.upgrade(&rows, target).map(steps),
        "down" => graph.downgrade(&rows, target).map(steps),
        "stamp" => {
            let targets: Vec<&str> = target.split_whitespace().collect();
            graph.stamp(&rows, &targets, false).map(|written| changes(&written))
        }
        "show" => graph.resolve(target).map(|found| ids(graph, &found)),
        "range" => graph.range(target, None).map(|found| ids(graph, &found)),
        "current" => Ok(ids(graph, &graph.current(&indices(graph, target)))),
        _ => panic!("no question {question}"),
    }
}
