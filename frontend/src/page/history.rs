//! The history: the graph beside its rows, the database's place in it, and one revision opened beside both.

use std::ops::Range;
use std::rc::Rc;

use gloo::events::EventListener;
use limbeck_core::document::Direction;
use limbeck_core::revision::Index;
use web_sys::Element;
use yew::prelude::*;

use super::revision::RevisionPanel;
use crate::answers::use_blocked;
use crate::browser;
use crate::component::{
    Chip, Empty, Failed, Findings, Lanes, Link, Marks, NewRevisionDialog, Notice, Turn, opened_by, use_keys,
};
use crate::model::date;
use crate::model::history::{Item, State};
use crate::model::search::{self, Excerpt, Hit};
use crate::model::sentence::{self, Standing, Tone, count};
use crate::model::window::{ROW, reveal, window};
use crate::model::workspace::Workspace;
use crate::route::Route;
use crate::state::use_session;

/// Widest drawing of the lanes, by the width of the window.
const ROOMS: [(f64, f64); 3] = [(640.0, 96.0), (1080.0, 150.0), (f64::INFINITY, 240.0)];
/// Below this width the revision covers the rows instead of standing beside them; as in history.css.
const NARROW: f64 = 860.0;

#[derive(Properties, PartialEq)]
pub(crate) struct HistoryPageProps {
    /// Full identifier of the open revision, or empty.
    pub revision: String,
    /// What the rows are searched for, or empty.
    pub find: String,
}

/// What the list holds: everything with its lanes, or what was found.
#[derive(Clone)]
enum List {
    All,
    Found(Rc<Vec<Hit>>),
}

impl List {
    fn lines(&self, workspace: &Workspace) -> usize {
        match self {
            Self::All => workspace.history.items(),
            Self::Found(hits) => hits.len(),
        }
    }

    fn revision(&self, workspace: &Workspace, line: usize) -> Option<(Index, Option<Excerpt>)> {
        match self {
            Self::All => match workspace.history.item(line) {
                Item::Row(row) => workspace.history.order.get(row).map(|&i| (i, None)),
                Item::Here => None,
            },
            Self::Found(hits) => hits.get(line).map(|hit| (hit.revision, hit.sql.clone())),
        }
    }

    fn line(&self, workspace: &Workspace, revision: Index) -> Option<usize> {
        match self {
            Self::All => Some(workspace.history.line(workspace.history.row(revision))),
            Self::Found(hits) => hits.iter().position(|hit| hit.revision == revision),
        }
    }
}

#[component]
pub(crate) fn HistoryPage(props: &HistoryPageProps) -> Html {
    let session = use_session();
    let workspace = session.workspace.clone();
    let navigator = session.navigator.clone();
    let writing = use_state(|| false);
    let blocked = use_blocked(&session);
    // Where the arrows are, when that is not in the address: on a narrow screen an address opens the revision.
    let cursor = use_state(|| None::<Index>);
    let scroller = use_node_ref();
    let visible = use_state_eq(|| 0..40);
    let room = use_state_eq(lanes_room);

    let hits =
        use_memo((workspace.etag.clone(), workspace.connection.rows().map(<[String]>::to_vec), props.find.clone()), {
            let workspace = workspace.clone();
            move |(_, _, find)| {
                let words = !find.trim().is_empty();
                words.then(|| Rc::new(search::find(&workspace.project, &workspace.history.order, find)))
            }
        });
    let list = hits.as_ref().as_ref().map_or(List::All, |hits| List::Found(hits.clone()));
    let lines = list.lines(&workspace);

    let open = workspace.index_of(&props.revision);
    let nowhere = !props.revision.is_empty() && open.is_none();
    let selected = cursor.or(open).or_else(|| match &list {
        _ if nowhere => None,
        List::All => workspace.history.default_selection(),
        List::Found(hits) => hits.first().map(|hit| hit.revision),
    });
    let line = selected.and_then(|i| list.line(&workspace, i));

    let measure = {
        let (scroller, visible, room) = (scroller.clone(), visible.setter(), room.setter());
        use_callback(lines, move |(), lines| {
            room.set(lanes_room());
            if let Some(element) = scroller.cast::<Element>() {
                visible.set(window(f64::from(element.scroll_top()), f64::from(element.client_height()), *lines));
            }
        })
    };
    use_effect_with(measure.clone(), |measure| {
        measure.emit(());
        let measure = measure.clone();
        let resized = EventListener::new(&gloo::utils::window(), "resize", move |_| measure.emit(()));
        move || drop(resized)
    });
    use_effect_with((line, props.find.clone()), {
        let (scroller, measure) = (scroller.clone(), measure.clone());
        move |(line, _)| {
            if let (Some(line), Some(element)) = (line, scroller.cast::<Element>()) {
                let (top, height) = (f64::from(element.scroll_top()), f64::from(element.client_height()));
                // Browsers keep a scroll position in whole pixels; a list is far shorter than their largest.
                element.set_scroll_top(reveal(*line, top, height) as i32);
                measure.emit(());
            }
        }
    });
    use_effect_with(props.revision.clone(), {
        let cursor = cursor.setter();
        move |_| cursor.set(None)
    });

    let select = {
        let (navigator, cursor, find) = (navigator.clone(), cursor.setter(), props.find.clone());
        let workspace = workspace.clone();
        Callback::from(move |i: Index| {
            if width() > NARROW {
                navigator.replace(Route::History { revision: id_of(&workspace, i), find: find.clone() });
            } else {
                cursor.set(Some(i));
            }
        })
    };
    let open_revision = {
        let (navigator, find, workspace) = (navigator.clone(), props.find.clone(), workspace.clone());
        Callback::from(move |i: Index| {
            navigator.push(Route::History { revision: id_of(&workspace, i), find: find.clone() });
        })
    };
    let press = {
        let (workspace, list, select, open_revision) =
            (workspace.clone(), list.clone(), select.clone(), open_revision.clone());
        let (navigator, scroller, find) = (navigator.clone(), scroller.clone(), props.find.clone());
        let explicit = !props.revision.is_empty();
        Callback::from(move |event: KeyboardEvent| {
            let page = scroller.cast::<Element>().map_or(10, |e| (f64::from(e.client_height()) / ROW) as usize);
            let graph = workspace.project.graph();
            let step = |down: bool, distance: usize| walk(&workspace, &list, line, down, distance);
            let chosen = match event.key().as_str() {
                "ArrowDown" => step(true, 1),
                "ArrowUp" => step(false, 1),
                "PageDown" => step(true, page),
                "PageUp" => step(false, page),
                "Home" => step(false, usize::MAX),
                "End" => step(true, usize::MAX),
                "ArrowRight" => selected.and_then(|i| nearest(&workspace, i, graph.parents(i))),
                "ArrowLeft" => selected.and_then(|i| nearest(&workspace, i, graph.children(i))),
                "h" => workspace.history.default_selection(),
                "p" => {
                    if let Some(route) = selected.and_then(|i| plan_to(&workspace, i)) {
                        event.prevent_default();
                        navigator.push(route);
                    }
                    return;
                }
                "Enter" if !browser::is_on_control(&event) => {
                    event.prevent_default();
                    if let Some(i) = selected {
                        open_revision.emit(i);
                        browser::focus("#side");
                    }
                    return;
                }
                "Escape" => {
                    let route = Route::History { revision: String::new(), find: String::new() };
                    if explicit || !find.is_empty() {
                        event.prevent_default();
                        navigator.replace(route);
                    }
                    browser::focus("#rows");
                    return;
                }
                _ => return,
            };
            event.prevent_default();
            if let Some(i) = chosen {
                select.emit(i);
            }
        })
    };
    use_keys(Turn::Page, press);

    if workspace.project.revisions().is_empty() && workspace.findings.is_empty() {
        return nothing_yet(&workspace, &writing);
    }

    let visible: Range<usize> = visible.start.min(lines)..visible.end.min(lines);
    let today = browser::today();
    let found: Vec<Index> = match &list {
        List::All => Vec::new(),
        List::Found(hits) => hits.get(visible.clone()).unwrap_or_default().iter().map(|hit| hit.revision).collect(),
    };
    let rows = visible.clone().map(|at| match list.revision(&workspace, at) {
        None => html! {
            <div class="here" key="here" role="row" aria-rowindex={(at + 1).to_string()}>
                <span role="gridcell">{ "the database is here" }</span>
            </div>
        },
        Some((i, excerpt)) => {
            let onclick = open_revision.reform(move |_: MouseEvent| i);
            let blocks = blocked.as_ref().filter(|(revision, _)| workspace.index_of(revision) == Some(i));
            let said = Said { excerpt: excerpt.as_ref(), blocks: blocks.map(|(_, why)| why.as_str()) };
            row(&workspace, i, at, Some(i) == selected, &said, today, onclick)
        }
    });
    let space = |lines: usize| {
        html! { <svg class="space" width="1" height={(lines as f64 * ROW).to_string()} aria-hidden="true"></svg> }
    };
    let active = line.filter(|line| visible.contains(line)).map(|line| format!("row-{line}"));
    html! {
        <div class={classes!("split", (nowhere || open.is_some()).then_some("open"))}>
            <section class="history" aria-label="History">
                <div class="summary"><h1>{ sentence::history(Standing { blocked: blocked.is_some(), ..workspace.standing() }) }</h1></div>
                <div>
                    <div class="tools">
                        { tools(&workspace, hits.as_ref().as_ref().map(|hits| hits.len()), &writing) }
                    </div>
                    { troubles(&workspace) }
                </div>
                <div id="rows" class={classes!("rows", workspace.has_named_ids().then_some("named"))} role="grid" tabindex="0" ref={scroller} onscroll={measure.reform(|_| ())}
                    aria-label="Revisions, newest first" aria-rowcount={lines.to_string()} aria-activedescendant={active}>
                    { space(visible.start) }
                    <div class="slice" role="presentation">
                        if matches!(list, List::All) {
                            <Lanes workspace={workspace.clone()} lines={visible.clone()} room={*room} />
                        } else {
                            <Marks workspace={workspace.clone()} revisions={found.clone()} />
                        }
                        <div role="rowgroup">{ for rows }</div>
                    </div>
                    { space(lines - visible.end) }
                    if lines == 0 {
                        <p class="quiet none">{ format!("Nothing holds “{}”, neither in its id or message nor in its SQL.", props.find) }</p>
                    }
                </div>
            </section>
            if let Some(i) = selected {
                <RevisionPanel revision={i} find={props.find.clone()} />
            } else if nowhere {
                <aside id="side" class="side" tabindex="-1" aria-label="Revision">
                    <Empty title="There is no such revision">
                        <p>{ "No file of this project has the id " }<code>{ &props.revision }</code>{ ". It may be on another branch, or was renamed." }</p>
                        <p><Link to={Route::History { revision: String::new(), find: props.find.clone() }} class="button go">{ "To the history" }</Link></p>
                    </Empty>
                </aside>
            } else {
                <aside class="side"></aside>
            }
            if *writing {
                <NewRevisionDialog close={opened_by(&writing).1} />
            }
        </div>
    }
}

/// Returns the plan that a visitor means by "to here": up to what is pending, down to what is applied, and where the
/// database stands already, the way to undo that, if there is one.
pub(super) fn plan_to(workspace: &Workspace, i: Index) -> Option<Route> {
    if workspace.history.current.contains(&i) {
        return workspace.undo(i).map(|target| Route::plan(Direction::Downgrade, target));
    }
    let direction = match workspace.state(i) {
        State::Applied => Direction::Downgrade,
        State::Pending | State::Unknown => Direction::Upgrade,
    };
    Some(Route::plan(direction, id_of(workspace, i)))
}

fn id_of(workspace: &Workspace, i: Index) -> String {
    workspace.project.graph().node(i).id.to_string()
}

fn width() -> f64 {
    gloo::utils::window().inner_width().ok().and_then(|width| width.as_f64()).unwrap_or(1280.0)
}

fn lanes_room() -> f64 {
    let width = width();
    ROOMS.iter().find(|(below, _)| width < *below).map_or(240.0, |(_, room)| *room)
}

/// Returns the revision so many lines away, or the last one before the end.
fn walk(workspace: &Workspace, list: &List, line: Option<usize>, down: bool, distance: usize) -> Option<Index> {
    let last = list.lines(workspace).checked_sub(1)?;
    let target = match (line, down) {
        (None, _) => 0,
        (Some(line), true) => line.saturating_add(distance).min(last),
        (Some(line), false) => line.saturating_sub(distance),
    };
    let at = |line| list.revision(workspace, line).map(|(i, _)| i);
    // The line of the database is stepped over, at the ends turned away from.
    let (beyond, before) =
        if down { (target + 1, target.wrapping_sub(1)) } else { (target.wrapping_sub(1), target + 1) };
    at(target).or_else(|| at(beyond)).or_else(|| at(before))
}

/// Of several parents or children, the one that goes on in the same lane, else the first.
fn nearest(workspace: &Workspace, from: Index, among: &[Index]) -> Option<Index> {
    let history = &workspace.history;
    let lane = |i: Index| history.layout.rows.get(history.row(i)).map(|row| row.lane);
    among.iter().find(|&&i| lane(i) == lane(from)).or_else(|| among.first()).copied()
}

/// What a row says beside what the revision is.
struct Said<'a> {
    /// Where its SQL holds what is searched for.
    excerpt: Option<&'a Excerpt>,
    /// Why the upgrade does not get past it.
    blocks: Option<&'a str>,
}

fn row(
    workspace: &Workspace,
    i: Index,
    line: usize,
    selected: bool,
    said: &Said<'_>,
    today: date::Day,
    onclick: Callback<MouseEvent>,
) -> Html {
    let Some(revision) = workspace.project.revisions().get(i) else { return Html::default() };
    let id = revision.id.to_string();
    let when = revision.create_date.as_deref().map(|text| date::brief(text, today));
    let state = match workspace.state(i) {
        State::Applied => "applied",
        State::Pending => "pending",
        State::Unknown => "",
    };
    let title = if revision.title.is_empty() { "(no message)" } else { &revision.title };
    html! {
        <div class={classes!("row", state)} id={format!("row-{line}")} key={i} role="row"
            aria-rowindex={(line + 1).to_string()} aria-selected={if selected { "true" } else { "false" }}
            aria-label={workspace.row_name(i)} {onclick}>
            <span class="mono" role="gridcell">{ workspace.short(&id).to_owned() }</span>
            <span class="msg" role="gridcell" title={title.to_owned()}>
                { title }
                if let Some(excerpt) = said.excerpt {
                    <span class="excerpt">{ format!("{}: {}", excerpt.line, excerpt.text) }</span>
                }
            </span>
            <span class="tags" role="gridcell">{ chips(workspace, i, said.blocks) }</span>
            <span class="when" role="gridcell" title={revision.create_date.clone()}>{ when }</span>
        </div>
    }
}

/// In one word each, why this row matters; most rows have nothing to say.
fn chips(workspace: &Workspace, i: Index, blocks: Option<&str>) -> Html {
    let graph = workspace.project.graph();
    let Some(revision) = workspace.project.revisions().get(i) else { return Html::default() };
    let offline = !revision.up.transaction || revision.down.as_ref().is_some_and(|down| !down.transaction);
    let wrong = workspace.findings.iter().any(|finding| finding.revision.as_deref() == Some(revision.id.as_str()));
    let missing = graph.parents(i).len() < revision.revises.len();
    html! {
        <>
            if let Some(why) = blocks {
                <Chip tone={Tone::Bad} title={why.to_owned()}>{ "blocked" }</Chip>
            }
            if graph.is_head(i) {
                <Chip tone={Tone::Head} title="Nothing stands on it">{ "head" }</Chip>
            }
            { for workspace.labels(i).into_iter().map(|label| html! { <Chip tone={Tone::Label} title="Branch label">{ label }</Chip> }) }
            if missing {
                <Chip tone={Tone::Bad} title="A revision that it stands on is not there">{ "parent missing" }</Chip>
            } else if wrong {
                <Chip tone={Tone::Bad} title="Something is wrong with it; see above">{ "broken" }</Chip>
            }
            if graph.is_merge_point(i) {
                <Chip aside=true title="It joins several branches">{ "merge" }</Chip>
            }
            if graph.is_base(i) {
                <Chip aside=true title="It stands on nothing">{ "base" }</Chip>
            }
            if offline {
                <Chip aside=true title="It runs outside a transaction, statement by statement">{ "no transaction" }</Chip>
            }
            if revision.down.is_none() {
                <Chip aside=true tone={Tone::Warn} title="It has no downgrade">{ "irreversible" }</Chip>
            }
        </>
    }
}

fn tools(workspace: &Workspace, found: Option<usize>, writing: &UseStateHandle<bool>) -> Html {
    let pending = workspace.history.pending().unwrap_or_default();
    let heads = workspace.project.graph().heads().len();
    let broken = workspace.project.is_broken();
    let (open, _) = opened_by(writing);
    html! {
        <>
            if let Some(found) = found {
                <span class="quiet" role="status">{ format!("{found} found") }</span>
                <Link to={Route::history()}>{ "show all" }</Link>
            }
            if pending > 0 && !broken {
                <Link to={Route::upgrade_all()} class="button go">{ format!("Plan the upgrade of {pending}") }</Link>
            }
            if heads > 1 && !broken {
                <Link to={Route::Merge} class="button">{ format!("Merge {heads} heads") }</Link>
            }
            <span class="grow"></span>
            if workspace.may_edit() {
                <button type="button" onclick={open}>{ "New revision" }</button>
            }
        </>
    }
}

/// What stands between the visitor and a plan: broken files, a database that does not answer, rows nobody knows.
fn troubles(workspace: &Workspace) -> Html {
    let unknown = workspace.connection.database().map(|database| database.unknown_rows.clone()).unwrap_or_default();
    let embedded = workspace.connection.database().is_some_and(|database| database.embedded);
    let error = workspace.trouble.as_ref().or(workspace.connection.error());
    if workspace.findings.is_empty() && unknown.is_empty() && error.is_none() {
        return Html::default();
    }
    html! {
        <div class="findings" role="region" aria-label="What is wrong" tabindex="0">
            if let Some(error) = error {
                <Failed error={error.clone()} />
            }
            if !unknown.is_empty() {
                <Notice tone={Tone::Warn} title={format!("The version table names {} that no file here has.",
                    count(unknown.len(), "revision", "revisions"))}>
                    <p class="line">{ for unknown.iter().map(|id| html! { <code>{ id }</code> }) }</p>
                    if embedded {
                        <p>{ "Fetch the branch that holds its file; or stop the server and delete " }<code>{ ".limbeck" }</code>{ ", the embedded database, to begin anew." }</p>
                    } else {
                        <p>{ "Fetch the branch that holds its file, or set the rows right with " }<code>{ "limbeck stamp" }</code>{ "." }</p>
                    }
                </Notice>
            }
            <Findings findings={workspace.findings.to_vec()} />
        </div>
    }
}

fn nothing_yet(workspace: &Workspace, writing: &UseStateHandle<bool>) -> Html {
    let (open, close) = opened_by(writing);
    html! {
        <Empty title="No revision yet">
            <p>{ "A revision is one SQL file with a way up and a way down. The first one starts the history." }</p>
            if workspace.may_edit() {
                <p><button type="button" class="go" onclick={open}>{ "Write the first revision" }</button></p>
                <p class="quiet">{ "or on the command line" }</p>
            }
            <code class="command">{ "limbeck revision -m \"create customers\"" }</code>
            if **writing {
                <NewRevisionDialog {close} />
            }
        </Empty>
    }
}
