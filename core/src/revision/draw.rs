//! A history as text, drawn with box-drawing characters.

use super::graph::Index;
use super::layout::{Layout, Line, LineKind, Row};

const UP: u8 = 1;
const DOWN: u8 = 2;
const LEFT: u8 = 4;
const RIGHT: u8 = 8;

/// Draws a layout. `glyph` is the sign of a revision, `text` the lines that stand beside it; lines of text beyond the
/// first stand beside the lines that lead down from it. Dependencies are dashed. Ends with a line feed unless empty.
pub fn draw(layout: &Layout, glyph: impl Fn(Index) -> char, text: impl Fn(Index) -> Vec<String>) -> String {
    let mut drawing = String::new();
    for (at, row) in layout.rows.iter().enumerate() {
        let text = text(row.node);
        let mut graph = vec![node_line(row, glyph(row.node))];
        graph.extend(link_lines(row));
        let stands_apart = layout.rows.get(at + 1).is_some_and(|next| {
            graph.len() == 1 && next.lane == row.lane && row.lines.iter().all(|line| line.to != next.lane)
        });
        while graph.len() < text.len() || (stands_apart && graph.len() == 1) {
            let below: Vec<(usize, LineKind)> = row.lines.iter().map(|line| (line.to, line.kind)).collect();
            graph.push(link_line(&below, &[]));
        }
        let width = graph.iter().take(text.len()).map(|line| line.chars().count()).max().unwrap_or(0);
        for (line, part) in graph.iter().enumerate() {
            let text = text.get(line).map_or("", String::as_str);
            drawing.push_str(format!("{part:<width$}  {text}").trim_end());
            drawing.push('\n');
        }
    }
    drawing
}

fn node_line(row: &Row, glyph: char) -> String {
    let passing: Vec<(usize, LineKind)> =
        row.lines.iter().filter(|line| line.from != row.lane).map(|line| (line.from, line.kind)).collect();
    let mut cells: Vec<char> = link_line(&passing, &[]).chars().collect();
    cells.resize(cells.len().max(2 * row.lane + 1), ' ');
    cells[2 * row.lane] = glyph;
    cells.into_iter().collect()
}

/// Returns the lines of text that take the lines of a row to their lanes at the next row: none where all go straight
/// down, else as many as are needed so that those which bend at the same height do not meet.
fn link_lines(row: &Row) -> Vec<String> {
    let (mut bent, straight): (Vec<&Line>, Vec<&Line>) = row.lines.iter().partition(|line| line.from != line.to);
    let arrival = |line: &Line| (line.from != row.lane).then_some(line.to);
    bent.sort_by_key(|line| arrival(line));
    let mut heights: Vec<Vec<&Line>> = Vec::new();
    for group in bent.chunk_by(|a, b| arrival(a) == arrival(b)) {
        match heights.last_mut() {
            Some(height) if apart(height, group) => height.extend(group),
            _ => heights.push(group.to_vec()),
        }
    }
    let draw = |(height, moves): (usize, &Vec<&Line>)| {
        let above = heights[..height].iter().flatten().map(|line| (line.to, line.kind));
        let below = heights[height + 1..].iter().flatten().map(|line| (line.from, line.kind));
        let straight = straight.iter().map(|line| (line.from, line.kind));
        link_line(&straight.chain(above).chain(below).collect::<Vec<_>>(), moves)
    };
    heights.iter().enumerate().map(draw).collect()
}

fn apart(one: &[&Line], other: &[&Line]) -> bool {
    let ends = |lines: &[&Line]| {
        let lanes = || lines.iter().flat_map(|line| [line.from, line.to]);
        lanes().min().zip(lanes().max())
    };
    ends(one).zip(ends(other)).is_none_or(|((a, b), (c, d))| b < c || d < a)
}

/// Draws lanes that go straight down and lines that change their lane. A line that crosses a lane goes behind it.
fn link_line(straight: &[(usize, LineKind)], moves: &[&Line]) -> String {
    let lanes = straight.iter().map(|&(lane, _)| lane).chain(moves.iter().map(|line| line.from.max(line.to)));
    let Some(last) = lanes.max() else {
        return String::new();
    };
    let mut sides = vec![0_u8; last + 1];
    let mut dashed = vec![true; last + 1];
    let mut gaps: Vec<Option<LineKind>> = vec![None; last + 1];
    for &(lane, kind) in straight {
        sides[lane] |= UP | DOWN;
        dashed[lane] &= kind == LineKind::Dependency;
    }
    for line in moves {
        let (towards, back) = if line.from < line.to { (RIGHT, LEFT) } else { (LEFT, RIGHT) };
        sides[line.from] |= UP | towards;
        sides[line.to] |= DOWN | back;
    }
    for line in moves {
        let (left, right) = (line.from.min(line.to), line.from.max(line.to));
        for lane in left + 1..right {
            if sides[lane] & (LEFT | RIGHT) != 0 || sides[lane] == 0 {
                sides[lane] |= LEFT | RIGHT;
                dashed[lane] &= line.kind == LineKind::Dependency;
            }
        }
        for gap in &mut gaps[left..right] {
            if *gap != Some(LineKind::Parent) {
                *gap = Some(line.kind);
            }
        }
    }
    let mut drawing = String::new();
    for lane in 0..=last {
        drawing.push(box_char(sides[lane], dashed[lane]));
        drawing.push(match gaps[lane] {
            None => ' ',
            Some(LineKind::Parent) => '─',
            Some(LineKind::Dependency) => '┄',
        });
    }
    drawing.trim_end().to_owned()
}

fn box_char(sides: u8, dashed: bool) -> char {
    const UP_DOWN: u8 = UP | DOWN;
    const LEFT_RIGHT: u8 = LEFT | RIGHT;
    match (sides & UP_DOWN, sides & LEFT_RIGHT) {
        (UP_DOWN, 0) if dashed => '┊',
        (UP_DOWN, 0) => '│',
        (0, LEFT_RIGHT) if dashed => '┄',
        (0, LEFT_RIGHT) => '─',
        (UP, RIGHT) => '╰',
        (UP, LEFT) => '╯',
        (DOWN, RIGHT) => '╭',
        (DOWN, LEFT) => '╮',
        (UP_DOWN, RIGHT) => '├',
        (UP_DOWN, LEFT) => '┤',
        (DOWN, LEFT_RIGHT) => '┬',
        (UP, LEFT_RIGHT) => '┴',
        (UP_DOWN, LEFT_RIGHT) => '┼',
        // No line of a layout ends within a cell.
        _ => ' ',
    }
}
