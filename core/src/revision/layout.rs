//! Where a history is drawn: a row per revision, newest first, and the lanes beside each other.
//!
//! The terminal and the page draw from the same rows. A lane is a line on its way down to one revision; several
//! children of a revision share the lane to it. A line that ends at the next row bends into the lane of its revision
//! there. What has been laid out never changes again, so that a history is laid out a page at a time, and all that is
//! kept between pages are the lanes.

use super::graph::{Graph, Index};

/// Rows of a drawing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Layout {
    /// One row per revision, in the order given.
    pub rows: Vec<Row>,
    /// Number of lanes that these rows take.
    pub width: usize,
}

/// One revision and the lines that leave its row downwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The revision.
    pub node: Index,
    /// Its lane, from 0.
    pub lane: usize,
    /// Number of the branch line on which it lies, for palettes.
    pub color: usize,
    /// The segments between the middle of this row and the middle of the next: those of lines that pass by, from left
    /// to right, then those that start here.
    pub lines: Vec<Line>,
}

/// A segment of a line between two rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// Lane at this row.
    pub from: usize,
    /// Lane at the next row.
    pub to: usize,
    /// What it stands for.
    pub kind: LineKind,
    /// Number of the branch line, for palettes.
    pub color: usize,
}

/// What a line stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LineKind {
    /// The lower end is a parent of the upper one.
    Parent,
    /// The upper end depends on the lower one.
    Dependency,
}

/// Lays out a part of a history or all of it. `order` has children before their parents, as
/// [`Graph::newest_first`] has; edges to revisions that it leaves out are not drawn.
pub fn layout(graph: &Graph, order: &[Index]) -> Layout {
    Pager::new(graph, order).page(order.len())
}

/// Lays out a history page by page; the pages one after another are the whole [`layout`].
#[derive(Debug, Clone)]
pub struct Pager<'a> {
    graph: &'a Graph,
    order: &'a [Index],
    /// Row of each revision; none for those left out.
    place: Vec<Option<usize>>,
    next: usize,
    lanes: Vec<Option<Lane>>,
    colors: usize,
}

/// A line on its way.
#[derive(Debug, Clone, Copy)]
struct Lane {
    target: Index,
    kind: LineKind,
    color: usize,
}

impl<'a> Pager<'a> {
    /// Returns a pager that stands before the first row.
    pub fn new(graph: &'a Graph, order: &'a [Index]) -> Self {
        let mut place = vec![None; graph.len()];
        for (row, &node) in order.iter().enumerate() {
            place[node] = Some(row);
        }
        Self { graph, order, place, next: 0, lanes: Vec::new(), colors: 0 }
    }

    /// Returns the next rows, as many as asked for or as there are. Its width is that of these rows.
    pub fn page(&mut self, rows: usize) -> Layout {
        let mut page = Layout::default();
        while page.rows.len() < rows
            && let Some(&node) = self.order.get(self.next)
        {
            let row = self.row(node);
            let lanes = row.lines.iter().map(|line| line.from.max(line.to)).chain([row.lane]);
            page.width = page.width.max(lanes.max().map_or(0, |lane| lane + 1));
            page.rows.push(row);
            self.next += 1;
        }
        page
    }

    fn row(&mut self, node: Index) -> Row {
        let lane = self.lane_to(node).unwrap_or_else(|| self.free_lane());
        let color = match self.lanes[lane].take() {
            Some(arriving) => arriving.color,
            None => self.new_color(),
        };
        let passing: Vec<usize> = (0..self.lanes.len()).filter(|&lane| self.lanes[lane].is_some()).collect();
        let mut starting = Vec::new();
        let mut bending = None;
        for (target, kind) in self.edges(node) {
            let same = |there: &Option<Lane>| there.is_some_and(|there| there.target == target && there.kind == kind);
            let joined = self.lanes.iter().position(same);
            // The first parent goes on with the line of its child, unless a line to it runs further to the left.
            let goes_on = starting.is_empty() && kind == LineKind::Parent && joined.is_none_or(|joined| joined > lane);
            let (to, color) = match joined {
                Some(joined) if !goes_on => (joined, color),
                None if !goes_on => (self.free_lane(), self.new_color()),
                joined => {
                    bending = joined;
                    (lane, color)
                }
            };
            if joined.is_none() || goes_on {
                self.lanes[to] = Some(Lane { target, kind, color });
            }
            starting.push(Line { from: lane, to, kind, color });
        }
        let lines = passing.into_iter().filter_map(|from| {
            let to = if bending == Some(from) { lane } else { from };
            self.lanes[from].map(|Lane { kind, color, .. }| Line { from, to, kind, color })
        });
        let mut lines: Vec<Line> = lines.chain(starting).collect();
        if let Some(bent) = bending {
            self.lanes[bent] = None;
        }
        self.arrive(&mut lines);
        Row { node, lane, color, lines }
    }

    /// Bends all lines to the next revision into its lane.
    fn arrive(&mut self, lines: &mut [Line]) {
        let Some((next, arrival)) = self.order.get(self.next + 1).and_then(|&next| Some((next, self.lane_to(next)?)))
        else {
            return;
        };
        for line in lines.iter_mut() {
            if self.lanes[line.to].is_some_and(|lane| lane.target == next) {
                line.to = arrival;
            }
        }
        for (lane, line) in self.lanes.iter_mut().enumerate() {
            if lane != arrival && line.is_some_and(|line| line.target == next) {
                *line = None;
            }
        }
        let used = self.lanes.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
        self.lanes.truncate(used);
    }

    /// Returns the edges of a revision that lead to a later row.
    fn edges(&self, node: Index) -> Vec<(Index, LineKind)> {
        let parents = self.graph.parents(node);
        let dependencies = self.graph.dependencies(node).iter().filter(|target| !parents.contains(target));
        let parents = parents.iter().map(|&target| (target, LineKind::Parent));
        parents
            .chain(dependencies.map(|&target| (target, LineKind::Dependency)))
            .filter(|&(target, _)| self.place[target].is_some_and(|row| row > self.next))
            .collect()
    }

    /// Returns the lane in which a revision is met: that of a child if there is one, else that of a dependent.
    fn lane_to(&self, node: Index) -> Option<usize> {
        let lane_of = |kind| {
            let leads_there = |lane: &Option<Lane>| lane.is_some_and(|lane| lane.target == node && lane.kind == kind);
            self.lanes.iter().position(leads_there)
        };
        lane_of(LineKind::Parent).or_else(|| lane_of(LineKind::Dependency))
    }

    fn free_lane(&mut self) -> usize {
        self.lanes.iter().position(Option::is_none).unwrap_or_else(|| {
            self.lanes.push(None);
            self.lanes.len() - 1
        })
    }

    fn new_color(&mut self) -> usize {
        self.colors += 1;
        self.colors - 1
    }
}
