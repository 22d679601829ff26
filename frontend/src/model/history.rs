//! The history as the page lists it: pending revisions above, the line where the database stands, applied ones below.

use limbeck_core::revision::{Graph, Index, Layout, layout};

/// Whether a revision has run on the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It has.
    Applied,
    /// It has not.
    Pending,
    /// Nobody knows: the database could not be asked.
    Unknown,
}

impl State {
    /// Returns the word that the page and a screen reader use.
    pub fn word(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Pending => "pending",
            Self::Unknown => "not known whether applied",
        }
    }
}

/// A line of the list; all are of one height.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item {
    /// The row at this position of [`History::order`].
    Row(usize),
    /// The dashed line at which the database stands.
    Here,
}

/// Order, lanes and states of all revisions.
#[derive(Debug, Clone)]
pub struct History {
    /// The revisions, newest first, everything pending before everything applied.
    pub order: Vec<Index>,
    /// Lanes for that order.
    pub layout: Layout,
    /// Current revisions that the project knows, in load order.
    pub current: Vec<Index>,
    /// How many have run; none when the database could not be asked.
    pub applied: Option<usize>,
    positions: Vec<usize>,
    states: Vec<State>,
}

impl History {
    /// Lays out a graph; `rows` are the version rows, none when the database could not be asked. With a row that no
    /// revision has, nothing can be said of what is applied below it.
    pub fn new(graph: &Graph, rows: Option<&[String]>) -> Self {
        let rows = rows.filter(|rows| rows.iter().all(|row| graph.index_of(row).is_some()));
        let mut current: Vec<Index> = rows.unwrap_or_default().iter().filter_map(|row| graph.index_of(row)).collect();
        current.sort_unstable();
        current.dedup();
        let applied = rows.map(|_| applied(graph, &current));
        let state = |i: Index| match &applied {
            None => State::Unknown,
            Some(applied) if applied.get(i).copied().unwrap_or(false) => State::Applied,
            Some(_) => State::Pending,
        };
        let states: Vec<State> = (0..graph.len()).map(state).collect();
        // What is applied is closed downwards, so moving it behind the rest keeps every child above its parents.
        let newest_first = graph.newest_first();
        let (below, mut order): (Vec<Index>, Vec<Index>) =
            newest_first.iter().partition(|&&i| states.get(i) == Some(&State::Applied));
        order.extend(below);
        let mut positions = vec![0; graph.len()];
        for (position, &i) in order.iter().enumerate() {
            if let Some(place) = positions.get_mut(i) {
                *place = position;
            }
        }
        let layout = layout(graph, &order);
        let applied = applied.map(|set| set.iter().filter(|&&yes| yes).count());
        Self { order, layout, current, applied, positions, states }
    }

    /// Returns whether a revision has run.
    pub fn state(&self, i: Index) -> State {
        self.states.get(i).copied().unwrap_or(State::Unknown)
    }

    /// Returns how many have not run; none when the database could not be asked.
    pub fn pending(&self) -> Option<usize> {
        self.applied.map(|applied| self.order.len() - applied)
    }

    /// Returns the number of lines of the list.
    pub fn items(&self) -> usize {
        self.order.len() + usize::from(self.here().is_some())
    }

    /// Returns a line of the list, counted from 0.
    pub fn item(&self, line: usize) -> Item {
        match self.here() {
            Some(here) if line == here => Item::Here,
            Some(here) if line > here => Item::Row(line - 1),
            _ => Item::Row(line),
        }
    }

    /// Returns the line of the list on which a row stands.
    pub fn line(&self, row: usize) -> usize {
        match self.here() {
            Some(here) if row >= here => row + 1,
            _ => row,
        }
    }

    /// Returns the row of a revision.
    pub fn row(&self, i: Index) -> usize {
        self.positions.get(i).copied().unwrap_or_default()
    }

    /// Returns the line of the list that says where the database stands: below everything that is pending. None when
    /// that is not known.
    pub fn here(&self) -> Option<usize> {
        self.pending()
    }

    /// Returns the revision to select when the visitor chose none: the newest current one, else the newest.
    pub fn default_selection(&self) -> Option<Index> {
        self.order.iter().find(|i| self.current.contains(i)).or_else(|| self.order.first()).copied()
    }
}

/// Everything below the current revisions, dependencies included.
fn applied(graph: &Graph, current: &[Index]) -> Vec<bool> {
    let mut applied = vec![false; graph.len()];
    let mut open: Vec<Index> = current.to_vec();
    while let Some(i) = open.pop() {
        if let Some(seen) = applied.get_mut(i).filter(|seen| !**seen) {
            *seen = true;
            open.extend_from_slice(graph.parents(i));
            open.extend_from_slice(graph.dependencies(i));
        }
    }
    applied
}

#[cfg(test)]
pub(crate) mod tests {
    use limbeck_core::revision::{Node, RevisionId};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    /// Reads `b<a`, `d<b,c`, `c<a+x` (`+` is a dependency) into a graph.
    pub(crate) fn graph(text: &str) -> Graph {
        let node = |part: &str| {
            let (id, rest) = part.split_once('<').unwrap_or((part, ""));
            let (revises, depends_on) = rest.split_once('+').unwrap_or((rest, ""));
            let ids = |list: &str| list.split(',').filter(|p| !p.is_empty()).map(ToOwned::to_owned).collect::<Vec<_>>();
            Node {
                id: RevisionId::new(id).unwrap(),
                revises: ids(revises).iter().map(|id| RevisionId::new(id).unwrap()).collect(),
                depends_on: ids(depends_on),
                branch_labels: vec![],
            }
        };
        Graph::new(text.split_whitespace().map(node).collect())
    }

    fn drawn(text: &str, rows: Option<&[&str]>) -> String {
        let graph = graph(text);
        let rows: Option<Vec<String>> = rows.map(|rows| rows.iter().map(|&row| row.to_owned()).collect());
        let history = History::new(&graph, rows.as_deref());
        let line = |line| match history.item(line) {
            Item::Here => "----".to_owned(),
            Item::Row(row) => {
                let i = history.order[row];
                assert_eq!((history.row(i), history.line(row)), (row, line));
                graph.node(i).id.to_string()
            }
        };
        (0..history.items()).map(line).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_database_stands_between_what_is_pending_and_what_is_applied() {
        assert_eq!(drawn("a b<a c<b", Some(&["b"])), "c ---- b a");
        assert_eq!(drawn("a b<a c<b", Some(&["c"])), "---- c b a");
        assert_eq!(drawn("a b<a c<b", Some(&[])), "c b a ----");
        assert_eq!(drawn("a b<a c<b", None), "c b a");
        assert_eq!(drawn("", Some(&[])), "----");
    }

    #[test]
    fn a_branch_that_is_applied_stands_below_one_that_is_not_whatever_their_age() {
        assert_eq!(drawn("a b<a c<b x<a y<x", Some(&["y"])), "c b ---- y x a");
        assert_eq!(drawn("a b<a c<b x<a y<x", Some(&["c"])), "y x ---- c b a");
    }

    #[test]
    fn dependencies_of_what_is_applied_are_applied() {
        assert_eq!(drawn("a x b<a+x y<x", Some(&["b"])), "y ---- b a x");
    }

    #[test]
    fn where_a_row_is_unknown_nothing_is_said_of_what_is_applied() {
        assert_eq!(drawn("a b<a", Some(&["zzz"])), drawn("a b<a", None));
        assert_eq!(drawn("a b<a x", Some(&["b", "zzz"])), drawn("a b<a x", None));
    }

    #[test]
    fn the_newest_current_revision_is_selected_first() {
        let graph = graph("a b<a c<b");
        let id = |rows: Option<&[String]>| {
            History::new(&graph, rows).default_selection().map(|i| graph.node(i).id.to_string())
        };
        assert_eq!(id(Some(&["b".into()])).as_deref(), Some("b"));
        assert_eq!(id(Some(&[])).as_deref(), Some("c"));
        assert_eq!(id(None).as_deref(), Some("c"));
    }
}
