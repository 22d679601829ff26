//! SQL with the line numbers of its file, colored by our own tokens. Text is only ever text: nothing is parsed as HTML.

use std::rc::Rc;

use limbeck_core::document::Direction;
use limbeck_core::revision::Index;
use limbeck_core::sql::tokens;
use yew::prelude::*;

use super::effects::{effects, remarks};
use crate::answers::{use_effects, use_statements};
use crate::model::sql_lines::{self, Line};
use crate::state::use_session;

/// Lines shown before the visitor asks for more.
const LINES: usize = 200;
/// Lines shown at most: a browser that draws more of them no longer scrolls well.
const MOST_LINES: usize = 5_000;

#[derive(Properties, PartialEq)]
pub(crate) struct SqlProps {
    pub revision: Index,
    pub direction: Direction,
}

/// A section of a revision, statement by statement.
#[component]
pub(crate) fn Sql(props: &SqlProps) -> Html {
    let session = use_session();
    let SqlProps { revision, direction } = *props;
    let project = session.workspace.project.clone();
    let id = project.revisions().get(revision).map(|r| r.id.to_string()).unwrap_or_default();
    let places = use_statements(&session, &id, direction);
    let judged = use_effects(&session, &id, direction);
    let most = use_state(|| LINES);

    let shown =
        use_memo((revision, direction, session.workspace.etag.clone(), *most), |(revision, direction, _, most)| {
            let revision = project.revisions().get(*revision)?;
            let section = match direction {
                Direction::Upgrade => &revision.up,
                Direction::Downgrade => revision.down.as_ref()?,
            };
            let (range, skipped) = sql_lines::trim(&section.sql);
            let text = section.sql.get(range)?;
            let head = text.get(..sql_lines::head(text, *most)).unwrap_or(text);
            let hidden = text.get(head.len()..).unwrap_or_default().matches('\n').count();
            let first = section.start_line.saturating_add(skipped);
            let lines = sql_lines::lines(head, first, &tokens(head));
            Some((Rc::<str>::from(head), lines, hidden))
        });
    let Some((text, lines, hidden)) = &*shown else { return Html::default() };
    if text.trim().is_empty() {
        return html! { <p class="quiet small nothing">{ "No statement: this section does nothing." }</p> };
    }
    let more = {
        let most = most.clone();
        Callback::from(move |_: MouseEvent| most.set(MOST_LINES))
    };
    let class = |line: &Line| {
        let starts = places.iter().any(|p| p.line == line.number);
        classes!("l", starts.then_some("begin"))
    };
    let draw = |line: &Line| {
        let of = |number: u32| judged.iter().filter(move |statement| statement.line == number);
        let aside = of(line.number).map(|one| html! { <span class="line">{ effects(one, false) }</span> });
        let ends = places.iter().filter(|place| place.last_line == line.number);
        let below = ends.flat_map(|place| of(place.line)).map(remarks);
        html! { <>{ sql_line(text, line, class(line), aside.collect()) }{ for below }</> }
    };
    html! {
        <div class="sql">
            { for lines.iter().map(draw) }
            if *hidden > 0 {
                <div class="more">
                    if *most < MOST_LINES {
                        <button type="button" onclick={more}>{ format!("Show more ({hidden} lines are left)") }</button>
                    } else {
                        { format!("{hidden} more lines stand in the file.") }
                    }
                </div>
            }
        </div>
    }
}

/// Draws one statement; `aside` stands beside its first line.
pub(crate) fn statement(text: &str, first_line: u32, class: Option<&'static str>, aside: &Html) -> Html {
    let head = text.get(..sql_lines::head(text, LINES)).unwrap_or(text);
    let hidden = text.get(head.len()..).unwrap_or_default().matches('\n').count();
    let lines = sql_lines::lines(head, first_line, &tokens(head));
    let last = lines.len().saturating_sub(1);
    let line = |(at, line): (usize, &Line)| {
        let aside = if at == 0 { aside.clone() } else { Html::default() };
        let classes = classes!("l", class, (at == 0).then_some("start"), (at == last).then_some("end"));
        sql_line(head, line, classes, aside)
    };
    html! {
        <>
            { for lines.iter().enumerate().map(line) }
            if hidden > 0 {
                <div class="more quiet">{ format!("{hidden} more lines stand in the file.") }</div>
            }
        </>
    }
}

/// Draws the colored pieces of a line of `text`.
pub(crate) fn pieces(text: &str, line: &Line) -> Html {
    let piece = |(range, tone): &(std::ops::Range<usize>, sql_lines::Tone)| {
        let piece = text.get(range.clone()).unwrap_or_default().to_owned();
        match tone.class() {
            None => html! { { piece } },
            Some(class) => html! { <span {class}>{ piece }</span> },
        }
    };
    line.pieces.iter().map(piece).collect()
}

fn sql_line(text: &str, line: &Line, class: Classes, aside: Html) -> Html {
    html! {
        <div {class}>
            <span class="n">{ line.number }</span>
            <span class="t">{ pieces(text, line) }</span>
            <span class="side-note">{ aside }</span>
        </div>
    }
}
