//! Random histories and questions about them, made from plain numbers so that proptest can shrink them.

use std::collections::BTreeSet;
use std::fmt;

use limbeck_core::revision::{Node, RevisionId};
use proptest::prelude::{Strategy, any, prop};
use serde_json::{Value, json};

use crate::model::Model;

/// Numbers from which choices are made; the smallest make the simplest case.
struct Draws {
    numbers: [u16; 16],
    next: usize,
}

impl Draws {
    fn new(numbers: [u16; 16]) -> Self {
        Self { numbers, next: 0 }
    }

    fn below(&mut self, limit: usize) -> usize {
        let number = self.numbers[self.next % self.numbers.len()];
        self.next += 1;
        usize::from(number) % limit.max(1)
    }

    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> Option<&'a T> {
        let position = self.below(from.len());
        from.get(position).copied()
    }
}

/// A question to both sides.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Question {
    Upgrade { rows: Vec<String>, target: String },
    Downgrade { rows: Vec<String>, target: String },
    Stamp { rows: Vec<String>, targets: Vec<String> },
    Resolve { text: String },
    Range { rows: Vec<String>, lower: String, upper: String },
    Current { rows: Vec<String> },
    Graph,
}

impl Question {
    pub(crate) fn json(&self) -> Value {
        match self {
            Self::Upgrade { rows, target } => json!({"kind": "upgrade", "rows": rows, "target": target}),
            Self::Downgrade { rows, target } => json!({"kind": "downgrade", "rows": rows, "target": target}),
            Self::Stamp { rows, targets } => json!({"kind": "stamp", "rows": rows, "targets": targets}),
            Self::Resolve { text } => json!({"kind": "resolve", "text": text}),
            Self::Range { rows, lower, upper } => {
                json!({"kind": "range", "rows": rows, "lower": lower, "upper": upper})
            }
            Self::Current { rows } => json!({"kind": "current", "rows": rows}),
            Self::Graph => json!({"kind": "graph"}),
        }
    }
}

/// A history and questions about it.
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) nodes: Vec<Node>,
    pub(crate) questions: Vec<Question>,
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n{}", describe(&self.nodes))?;
        self.questions.iter().try_for_each(|question| writeln!(f, "    {question:?}"))
    }
}

/// Writes a history as `id < parents & dependencies [labels]`, a line a revision, in the order in which it is loaded.
pub(crate) fn describe(nodes: &[Node]) -> String {
    let list = |sign: &str, texts: Vec<&str>| match texts.as_slice() {
        [] => String::new(),
        texts => format!(" {sign} {}", texts.join(" ")),
    };
    let line = |node: &Node| {
        let revises = list("<", node.revises.iter().map(RevisionId::as_str).collect());
        let depends_on = list("&", node.depends_on.iter().map(String::as_str).collect());
        let labels = list("[", node.branch_labels.iter().map(String::as_str).collect());
        format!("    {}{revises}{depends_on}{labels}{}", node.id, if labels.is_empty() { "" } else { "]" })
    };
    nodes.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Returns the JSON form of a history.
pub(crate) fn revisions_json(nodes: &[Node]) -> Value {
    let revision = |node: &Node| {
        let revises: Vec<&str> = node.revises.iter().map(RevisionId::as_str).collect();
        json!({"id": node.id.as_str(), "revises": revises, "depends_on": node.depends_on, "branch_labels": node.branch_labels})
    };
    nodes.iter().map(revision).collect()
}

/// Makes whole histories with questions.
pub(crate) fn cases() -> impl Strategy<Value = Case> {
    let revisions = prop::collection::vec(prop::array::uniform16(any::<u16>()), 1..14);
    let questions = prop::collection::vec(prop::array::uniform16(any::<u16>()), 1..8);
    (revisions, any::<bool>(), questions).prop_map(|(revisions, wild, questions)| {
        let nodes = history(&revisions, wild);
        let model = Model::new(&nodes);
        let questions = questions.into_iter().map(|numbers| question(&model, &mut Draws::new(numbers))).collect();
        Case { nodes, questions }
    })
}

/// Makes histories of the size of a project of many years.
pub(crate) fn large() -> impl Strategy<Value = Case> {
    prop::collection::vec(prop::array::uniform16(any::<u16>()), 120..150)
        .prop_map(|revisions| Case { nodes: history(&revisions, false), questions: Vec::new() })
}

/// Makes histories that have something wrong with them.
pub(crate) fn broken() -> impl Strategy<Value = Case> {
    let revisions = prop::collection::vec(prop::array::uniform16(any::<u16>()), 1..10);
    (revisions, prop::array::uniform16(any::<u16>())).prop_map(|(revisions, how)| {
        let mut nodes = history(&revisions, false);
        spoil(&mut nodes, &mut Draws::new(how));
        Case { nodes, questions: Vec::new() }
    })
}

/// Makes a history. A wild one also merges, and depends on, revisions of which one is an ancestor of another.
fn history(revisions: &[[u16; 16]], wild: bool) -> Vec<Node> {
    let mut nodes: Vec<Node> = Vec::new();
    for &numbers in revisions {
        let mut draws = Draws::new(numbers);
        let earlier = nodes.clone();
        let model = Model::new(&earlier);
        let all: Vec<&str> = earlier.iter().map(|node| node.id.as_str()).collect();
        let heads: Vec<&str> = all.iter().copied().filter(|id| model.children(id).is_empty()).collect();
        let mut revises: BTreeSet<&str> = BTreeSet::new();
        match draws.below(20) {
            0..=10 => revises.extend(draws.pick(&heads)),
            11..=14 => {
                let from = if wild { &all } else { &heads };
                let count = 2 + draws.below(4) / 3;
                revises.extend((0..count).filter_map(|_| draws.pick(from)));
            }
            15..=17 => revises.extend(draws.pick(&all)),
            _ => {}
        }
        let mut depends_on: BTreeSet<&str> = BTreeSet::new();
        let dependencies = [0, 0, 0, 0, 0, 0, 0, 1, 1, 2][draws.below(10)];
        depends_on.extend((0..dependencies).filter_map(|_| draws.pick(&all)));
        if !wild {
            depends_on.retain(|dependency| !revises.iter().any(|parent| model.related(parent, dependency)));
            let related = |a: &&str, rest: &BTreeSet<&str>| rest.iter().any(|b| a != b && model.related(a, b));
            let (r, d) = (revises.clone(), depends_on.clone());
            if r.iter().any(|parent| related(parent, &r)) {
                revises = r.into_iter().take(1).collect();
            }
            if d.iter().any(|dependency| related(dependency, &d)) {
                depends_on = d.into_iter().take(1).collect();
            }
        }
        let by_label = draws.below(2) == 1;
        let named = |id: &&str| match model.declared(id).first() {
            Some(label) if by_label => (*label).to_owned(),
            _ => (*id).to_owned(),
        };
        let depends_on = depends_on.iter().map(named).collect();
        let id_of = |id: &str| RevisionId::new(id).expect("made of letters");
        let revises = revises.into_iter().map(id_of).collect();
        let number = nodes.len();
        let branch_labels = match draws.below(5) {
            4 => vec![format!("{}{number}", ["net", "networ", "lab", "abl"][draws.below(4)])],
            _ => Vec::new(),
        };
        let mut id = format!(
            "{}{}{}",
            ["a", "ab", "abcd", "b"][draws.below(4)],
            char::from(b'a' + u8::try_from(number % 26).unwrap_or(0)),
            &"xyz"[..draws.below(4)]
        );
        while all.contains(&id.as_str()) {
            id.push('_');
        }
        nodes.push(Node { id: id_of(&id), revises, depends_on, branch_labels });
        // The place in the load order plays no part in the results.
        let place = draws.below(nodes.len());
        let last = nodes.len() - 1;
        nodes.swap(place, last);
    }
    nodes
}

fn spoil(nodes: &mut Vec<Node>, draws: &mut Draws) {
    let whole = nodes.clone();
    let model = Model::new(&whole);
    let at = draws.below(nodes.len());
    let other = draws.below(nodes.len());
    let (own, other_id) = (nodes[at].id.clone(), nodes[other].id.clone());
    let missing = RevisionId::new("missing").expect("made of letters");
    match draws.below(9) {
        0 => nodes[at].revises.push(missing),
        1 => nodes[at].depends_on.push("missing".into()),
        2 => nodes[at].revises.push(own),
        3 => nodes[at].depends_on.push(own.to_string()),
        4 => nodes.push(Node { revises: Vec::new(), ..nodes[at].clone() }),
        5 => nodes[at].branch_labels.push(other_id.to_string()),
        6 => {
            nodes[at].branch_labels.push("twice".into());
            nodes[other].branch_labels.push("twice".into());
        }
        // An ancestor gets a descendant as its parent or dependency.
        kind => {
            let above: Vec<&str> =
                model.descendants(own.as_str()).into_iter().filter(|id| *id != own.as_str()).collect();
            if let Some(id) = draws.pick(&above).map(|id| RevisionId::new(id).expect("an id of the history")) {
                match kind {
                    7 => nodes[at].revises.push(id),
                    _ => nodes[at].depends_on.push(id.to_string()),
                }
            }
        }
    }
}

fn question(model: &Model, draws: &mut Draws) -> Question {
    let kind = draws.below(14);
    let rows = rows(model, draws);
    match kind {
        0..=3 => Question::Upgrade { rows, target: target(model, draws) },
        4..=7 => Question::Downgrade { rows, target: target(model, draws) },
        8 => {
            let count = 1 + draws.below(4) / 2;
            Question::Stamp { rows, targets: (0..count).map(|_| branched(model, draws)).collect() }
        }
        9 => {
            Question::Resolve { text: if draws.below(4) == 3 { target(model, draws) } else { branched(model, draws) } }
        }
        10 | 11 => {
            let lower = match draws.below(8) {
                0 | 1 => "base".into(),
                2 => "current".into(),
                3 => format!("-{}", 1 + draws.below(4)),
                4 | 5 => branched(model, draws),
                _ => symbol(model, draws),
            };
            let upper = match draws.below(8) {
                0 | 1 => "heads".into(),
                2 => "current".into(),
                3 | 4 => symbol(model, draws),
                _ => target(model, draws),
            };
            Question::Range { rows, lower, upper }
        }
        12 => Question::Current { rows },
        _ => Question::Graph,
    }
}

/// Returns version rows: mostly such as a database can have, sometimes with an ancestor too many.
fn rows(model: &Model, draws: &mut Draws) -> Vec<String> {
    let all = model.ids();
    let picked: BTreeSet<&str> = match draws.below(8) {
        0..=4 => {
            let count = 1 + draws.below(3);
            (0..count).filter_map(|_| draws.pick(&all)).collect()
        }
        5 => all.iter().copied().collect(),
        6 => BTreeSet::new(),
        _ => {
            return (0..2)
                .filter_map(|_| draws.pick(&all))
                .collect::<BTreeSet<_>>()
                .into_iter()
                .map(str::to_owned)
                .collect();
        }
    };
    model.maximal(&model.closure(picked)).into_iter().map(str::to_owned).collect()
}

fn symbol(model: &Model, draws: &mut Draws) -> String {
    let ids = model.ids();
    let labels = model.labels();
    let id = draws.pick(&ids).unwrap_or("missing").to_owned();
    match draws.below(16) {
        0..=5 => id,
        6 | 7 => "head".into(),
        8 => "heads".into(),
        9 | 10 => "base".into(),
        11 => id.chars().take(1 + draws.below(4)).collect(),
        12..=14 => draws.pick(&labels).map_or(id, str::to_owned),
        _ => ["missing", "net", "lab", "abc"][draws.below(4)].into(),
    }
}

fn branch(model: &Model, draws: &mut Draws) -> String {
    let ids = model.ids();
    let labels = model.labels();
    let id = draws.pick(&ids).unwrap_or("missing").to_owned();
    match draws.below(8) {
        0..=4 => draws.pick(&labels).map_or(id, str::to_owned),
        5 | 6 => id,
        _ => ["missing", "netw", "lab"][draws.below(3)].into(),
    }
}

fn branched(model: &Model, draws: &mut Draws) -> String {
    match draws.below(3) {
        2 => format!("{}@{}", branch(model, draws), symbol(model, draws)),
        _ => symbol(model, draws),
    }
}

fn target(model: &Model, draws: &mut Draws) -> String {
    let sign = ['-', '+'][draws.below(2)];
    let steps = [1, 1, 1, 2, 2, 3, 0, 9][draws.below(8)];
    match draws.below(13) {
        0..=2 => symbol(model, draws),
        3 | 4 => format!("{}@{}", branch(model, draws), symbol(model, draws)),
        5..=7 => format!("{sign}{steps}"),
        8 | 9 => format!("{}@{sign}{steps}", branch(model, draws)),
        10 => format!("{}@base", branch(model, draws)),
        11 => format!("{}{sign}{steps}", symbol(model, draws)),
        _ => format!("{}@{}{sign}{steps}", branch(model, draws), symbol(model, draws)),
    }
}
