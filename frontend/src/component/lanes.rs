//! The lanes beside the visible rows: one SVG, drawn from the layout that the terminal uses too.

use std::ops::Range;
use std::rc::Rc;

use limbeck_core::revision::{Index, LineKind};
use yew::prelude::*;

use crate::model::history::{Item, State};
use crate::model::window::ROW;
use crate::model::workspace::Workspace;

/// Distance of two lanes where there is room, in CSS pixels.
const LANE: f64 = 18.0;
/// Distance below which lanes can no longer be told apart.
const NARROWEST: f64 = 4.0;
/// Room left and right of the outer lanes.
const MARGIN: f64 = 22.0;
/// Colors of the style sheet.
const COLORS: usize = 5;

/// Returns the width of the drawing for so many lanes in at most `room` CSS pixels, and the distance of two lanes.
///
/// Many lanes move together instead of pushing the messages off the screen.
pub(crate) fn lanes_width(lanes: usize, room: f64) -> (f64, f64) {
    let gaps = lanes.saturating_sub(1) as f64;
    let step = if gaps > 0.0 { ((room - 2.0 * MARGIN) / gaps).clamp(NARROWEST, LANE) } else { LANE };
    ((2.0 * MARGIN + gaps * step).min(room.max(2.0 * MARGIN)), step)
}

#[derive(Properties)]
pub(crate) struct LanesProps {
    pub workspace: Rc<Workspace>,
    /// Lines of the list to draw.
    pub lines: Range<usize>,
    /// Room for the drawing, in CSS pixels.
    pub room: f64,
}

impl PartialEq for LanesProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.workspace, &other.workspace) && self.lines == other.lines && self.room == other.room
    }
}

#[component]
pub(crate) fn Lanes(props: &LanesProps) -> Html {
    let LanesProps { workspace, lines, room } = props;
    let history = &workspace.history;
    let (width, step) = lanes_width(history.layout.width, *room);
    let x = |lane: usize| MARGIN + lane as f64 * step;
    let y = |line: usize| (line as f64 - lines.start as f64 + 0.5) * ROW;

    // The lines between two rows belong to the upper one, which may stand just above the slice.
    let rows = lines.clone().filter_map(|line| match history.item(line) {
        Item::Row(row) => Some(row),
        Item::Here => None,
    });
    let (first, last) = rows.fold((usize::MAX, 0), |(first, last), row| (first.min(row), last.max(row)));
    let rows = first.saturating_sub(1)..if first == usize::MAX { 0 } else { last + 1 };

    let mut paths = Vec::new();
    let mut nodes = Vec::new();
    for number in rows {
        let Some(row) = history.layout.rows.get(number) else { continue };
        let (top, bottom) = (y(history.line(number)), y(history.line(number + 1)));
        for line in &row.lines {
            let class = classes!(color(line.color), (line.kind == LineKind::Dependency).then_some("dependency"));
            paths.push(html! { <path {class} d={segment(x(line.from), top, x(line.to), bottom)} /> });
        }
        nodes.push(node(workspace, row.node, x(row.lane), top, color(row.color)));
    }
    let height = lines.len() as f64 * ROW;
    html! {
        <svg class="lanes" width={width.to_string()} height={height.to_string()} aria-hidden="true">
            { for paths }
            { for nodes }
        </svg>
    }
}

#[derive(Properties)]
pub(crate) struct MarksProps {
    pub workspace: Rc<Workspace>,
    /// One revision a row.
    pub revisions: Vec<Index>,
}

impl PartialEq for MarksProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.workspace, &other.workspace) && self.revisions == other.revisions
    }
}

/// The states of rows that are no longer neighbors, below each other and without lines.
#[component]
pub(crate) fn Marks(props: &MarksProps) -> Html {
    let history = &props.workspace.history;
    let mark = |(at, &i): (usize, &Index)| {
        let number = history.layout.rows.get(history.row(i)).map_or(0, |row| row.color);
        node(&props.workspace, i, MARGIN, (at as f64 + 0.5) * ROW, color(number))
    };
    let height = props.revisions.len() as f64 * ROW;
    html! {
        <svg class="lanes" width={(2.0 * MARGIN).to_string()} height={height.to_string()} aria-hidden="true">
            { for props.revisions.iter().enumerate().map(mark) }
        </svg>
    }
}

fn color(number: usize) -> &'static str {
    ["l0", "l1", "l2", "l3", "l4"].get(number % COLORS).copied().unwrap_or("l0")
}

/// A line from the centre of one row to the next: straight, or bent where it changes lanes, close to the lower row.
fn segment(from: f64, top: f64, to: f64, bottom: f64) -> String {
    if from == to {
        return format!("M{from} {top}V{bottom}");
    }
    let straight = bottom - ROW;
    let middle = bottom - ROW / 2.0;
    format!("M{from} {top}V{straight}C{from} {middle} {to} {middle} {to} {bottom}")
}

/// The state as a shape: filled = applied, ring = pending, double ring = head, dashed = a parent is missing.
fn node(workspace: &Workspace, i: Index, x: f64, y: f64, color: &'static str) -> Html {
    let graph = workspace.project.graph();
    let state = match workspace.history.state(i) {
        State::Applied => "applied",
        State::Pending | State::Unknown => "pending",
    };
    let declared = workspace.project.revisions().get(i).map_or(0, |revision| revision.revises.len());
    let missing = graph.parents(i).len() < declared;
    let at = |r: &'static str, class: Classes| html! { <circle cx={x.to_string()} cy={y.to_string()} {r} {class} /> };
    html! {
        <>
            if missing {
                <path class="missing" d={format!("M{x} {y}V{}", y + ROW / 2.0 - 1.0)} />
                <circle class="missing" cx={x.to_string()} cy={(y + ROW / 2.0 + 2.0).to_string()} r="3" />
            }
            if graph.is_head(i) {
                { at("7", classes!("ring", color)) }
                { at("3", classes!(state, color)) }
            } else {
                { at("4.5", classes!(state, color)) }
            }
        </>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn one_lane_is_narrow_and_many_move_together() {
        assert_eq!(lanes_width(1, 240.0), (44.0, 18.0));
        assert_eq!(lanes_width(3, 240.0), (80.0, 18.0));
        assert_eq!(lanes_width(30, 240.0), (240.0, 196.0 / 29.0));
        assert_eq!(lanes_width(1000, 240.0), (240.0, 4.0));
        assert_eq!(lanes_width(0, 0.0), (44.0, 18.0));
    }

    #[test]
    fn lines_are_straight_or_bend_above_the_lower_row() {
        assert_eq!(segment(22.0, 15.0, 22.0, 45.0), "M22 15V45");
        assert_eq!(segment(22.0, 15.0, 40.0, 75.0), "M22 15V45C22 60 40 60 40 75");
    }
}
