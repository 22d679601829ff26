//! A history as a picture: the lanes of the page, always light on white, with nothing in it but shapes and text.

use std::fmt::Write as _;

use super::drawing::Drawing;
use crate::project::Project;
use crate::revision::{Index, Line, LineKind, Row};

/// Height of a row, in pixels.
const ROW: usize = 28;
/// Distance of two lanes.
const LANE: usize = 18;
/// Room left of the first lane and right of the last; above and below the rows.
const MARGIN: usize = 20;
/// Width of a character of the ids and of the other texts, rather more than less: which font draws them is not known.
const MONO: usize = 8;
const TEXT: usize = 8;
/// Distance of two texts in a row.
const GAP: usize = 14;
/// Colors of the lanes, as the page has them in light.
const COLORS: [&str; 5] = ["#a8502a", "#1f7a6d", "#4a5fb0", "#8a4a8c", "#8a6a14"];

/// Returns the history as an SVG document, one row per revision, newest first.
pub fn graph_svg(project: &Project) -> String {
    let drawing = Drawing::new(project);
    let rows = &drawing.layout.rows;
    let lanes = 2 * MARGIN + drawing.layout.width.saturating_sub(1) * LANE;
    let id = rows.iter().map(|row| drawing.id(row.node).chars().count()).max().unwrap_or(0) * MONO;
    let day = lanes + id + GAP;
    let title = day + 10 * MONO + GAP;
    let beside =
        |row: &Row| drawing.title(row.node).chars().count() * TEXT + marks(&drawing, row.node).chars().count() * TEXT;
    let width = title + rows.iter().map(beside).max().unwrap_or(0) + GAP + MARGIN;
    let height = rows.len() * ROW + 2 * MARGIN;

    let mut lines = String::new();
    let mut nodes = String::new();
    let [mut ids, mut days, mut titles] = [const { String::new() }; 3];
    for (number, row) in rows.iter().enumerate() {
        let y = MARGIN + number * ROW + ROW / 2;
        for line in &row.lines {
            segment(&mut lines, line, y);
        }
        node(&mut nodes, &drawing, row, y);
        let baseline = y + 4;
        put(&mut ids, lanes, baseline, &escaped(drawing.id(row.node)));
        put(&mut days, day, baseline, &escaped(&drawing.day(row.node)));
        let marks = marks(&drawing, row.node);
        let beside = match marks.as_str() {
            "" => String::new(),
            marks => format!("<tspan dx=\"{GAP}\" font-size=\"12\" fill=\"#666a71\">{}</tspan>", escaped(marks)),
        };
        put(&mut titles, title, baseline, &(escaped(&drawing.title(row.node)) + &beside));
    }
    let mono = "font-family=\"ui-monospace,Menlo,Consolas,monospace\" font-size=\"12\"";
    let sans = "font-family=\"system-ui,sans-serif\"";
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\">\n<title>{}</title>\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n\
         <g fill=\"none\" stroke-width=\"1.8\">\n{lines}</g>\n\
         <g fill=\"#fff\" stroke-width=\"1.8\">\n{nodes}</g>\n\
         <g fill=\"#1f2328\" {mono}>\n{ids}</g>\n\
         <g fill=\"#666a71\" {mono}>\n{days}</g>\n\
         <g fill=\"#1f2328\" {sans} font-size=\"13\">\n{titles}</g>\n</svg>\n",
        super::summary::number(rows.len(), "revision"),
    )
}

fn marks(drawing: &Drawing<'_>, revision: Index) -> String {
    let mut words = drawing.labels(revision);
    words.extend(drawing.marks(revision).into_iter().map(str::to_owned));
    words.join(" · ")
}

fn x(lane: usize) -> usize {
    MARGIN + lane * LANE
}

fn color(number: usize) -> &'static str {
    COLORS.get(number % COLORS.len()).copied().unwrap_or("#555a62")
}

/// A line from a row to the next: straight, or bent where it changes lanes.
fn segment(svg: &mut String, line: &Line, y: usize) {
    let (from, to, bottom, middle) = (x(line.from), x(line.to), y + ROW, y + ROW / 2);
    let path = if from == to {
        format!("M{from} {y}V{bottom}")
    } else {
        format!("M{from} {y}C{from} {middle} {to} {middle} {to} {bottom}")
    };
    let dashes = if line.kind == LineKind::Dependency { " stroke-dasharray=\"3 3\"" } else { "" };
    // Writing to a String cannot fail.
    let _ = writeln!(svg, "<path d=\"{path}\" stroke=\"{}\"{dashes}/>", color(line.color));
}

/// A ring, with a dot in it at a head; below one whose parent is not there hangs a broken line.
fn node(svg: &mut String, drawing: &Drawing<'_>, row: &Row, y: usize) {
    let (x, color) = (x(row.lane), color(row.color));
    if drawing.misses_a_parent(row.node) {
        let _ = writeln!(svg, "<path d=\"M{x} {y}V{}\" stroke=\"#b3261e\" stroke-dasharray=\"2 2\"/>", y + ROW / 2);
    }
    let radius = if drawing.is_head(row.node) { 6 } else { 4 };
    let _ = writeln!(svg, "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" stroke=\"{color}\"/>");
    if drawing.is_head(row.node) {
        let _ = writeln!(svg, "<circle cx=\"{x}\" cy=\"{y}\" r=\"2\" stroke=\"{color}\"/>");
    }
}

/// Adds a text, which is escaped already.
fn put(svg: &mut String, x: usize, y: usize, text: &str) {
    let _ = writeln!(svg, "<text x=\"{x}\" y=\"{y}\">{text}</text>");
}

/// Returns a text that XML shows as it is.
fn escaped(text: &str) -> String {
    let mut safe = String::new();
    for c in super::drawing::visible(text).chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            c => safe.push(c),
        }
    }
    safe
}
