//! The bar: whose history this is, the pages, the search, the database, the visitor.

use gloo::events::EventListener;
use gloo::utils::document;
use wasm_bindgen::JsCast as _;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::{Brand, Chip, Link, Turn, use_keys};
use crate::browser;
use crate::model::sentence::Tone;
use crate::model::workspace::Connection;
use crate::route::Route;
use crate::state::{News, use_session};

#[derive(Properties, PartialEq)]
pub(crate) struct HeaderProps {
    pub route: Route,
    /// Opens the list of keys.
    pub help: Callback<()>,
}

#[component]
pub(crate) fn Header(props: &HeaderProps) -> Html {
    let workspace = use_session().workspace;
    let heads = if workspace.project.is_broken() { 0 } else { workspace.project.graph().heads().len() };
    let tab = |to: Route, name: &'static str, current: bool, chip: Option<String>| {
        html! {
            <Link {to} {current}>
                { name }
                if let Some(chip) = chip {
                    <Chip tone={Tone::Warn}>{ chip }</Chip>
                }
            </Link>
        }
    };
    let route = &props.route;
    html! {
        <header class="bar">
            <Link to={Route::history()} class="brand"><Brand /></Link>
            <span class="chip project" title={workspace.name.to_string()}>{ workspace.name.to_string() }</span>
            <nav class="tabs" aria-label="Pages">
                { tab(Route::history(), "History", matches!(route, Route::History { .. }), None) }
                { tab(Route::upgrade_all(), "Plan", matches!(route, Route::Plan { .. }), None) }
                { tab(Route::Draft, "Draft", *route == Route::Draft, None) }
                { tab(Route::Merge, "Merge", *route == Route::Merge, (heads > 1).then(|| format!("{heads} heads"))) }
                if !workspace.is_copy() {
                    { tab(Route::Runs, "Runs", matches!(route, Route::Runs | Route::Run(_)), None) }
                }
            </nav>
            <span class="grow"></span>
            <Search route={props.route.clone()} />
            <Badge />
            <Visitor help={props.help.clone()} />
        </header>
    }
}

#[derive(Properties, PartialEq)]
struct SearchProps {
    route: Route,
}

/// Filters the history; typed on another page, it leads there.
#[component]
fn Search(props: &SearchProps) -> Html {
    let navigator = use_session().navigator;
    let field = use_node_ref();
    let (revision, find, here) = match &props.route {
        Route::History { revision, find } => (revision.clone(), find.clone(), true),
        _ => (String::new(), String::new(), false),
    };
    let oninput = {
        let (navigator, revision) = (navigator.clone(), revision.clone());
        Callback::from(move |event: InputEvent| {
            let Some(input) = event.target_dyn_into::<HtmlInputElement>() else { return };
            let route = Route::History { revision: revision.clone(), find: input.value() };
            if here { navigator.replace(route) } else { navigator.push(route) }
        })
    };
    let onkeydown = Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
        "Escape" => {
            event.prevent_default();
            navigator.replace(Route::History { revision: revision.clone(), find: String::new() });
            browser::focus("#rows");
        }
        "Enter" | "ArrowDown" => {
            event.prevent_default();
            browser::focus("#rows");
        }
        _ => {}
    });
    let target = field.clone();
    let press = use_callback((), move |event: KeyboardEvent, ()| {
        if event.key() == "/" {
            event.prevent_default();
            if let Some(input) = target.cast::<HtmlInputElement>() {
                let _ = input.focus();
                input.select();
            }
        }
    });
    use_keys(Turn::Page, press);
    html! {
        <div class="find" role="search">
            <input ref={field} id="find" type="search" aria-label="Find a revision by id, message or SQL" autocomplete="off"
                spellcheck="false" placeholder="Find revision or SQL" value={find} {oninput} {onkeydown} />
            <span class="kbd" aria-hidden="true">{ "/" }</span>
        </div>
    }
}

/// The database, and whether it answers.
#[component]
fn Badge() -> Html {
    let workspace = use_session().workspace;
    let (tone, dot, text, version) = match &workspace.connection {
        _ if workspace.trouble.is_some() => (Tone::Bad, "dot off", "no answer".to_owned(), None),
        Connection::None => (Tone::Plain, "dot off", "exported copy, no database".to_owned(), None),
        Connection::Asking => (Tone::Plain, "dot off", "asking the database…".to_owned(), None),
        Connection::Failed(_) => (Tone::Bad, "dot off", "no answer".to_owned(), None),
        Connection::Answered(database) if database.error.is_some() => {
            (Tone::Bad, "dot off", format!("{} · not reachable", database.name), None)
        }
        Connection::Answered(database) => {
            let version = match database.lock_holder {
                Some(_) => Some(" · a run is at work".to_owned()),
                None => database.server_version.as_ref().map(|version| format!(" · PostgreSQL {version}")),
            };
            let name = if database.embedded { "embedded".to_owned() } else { database.name.clone() };
            (Tone::Good, "dot", name, version)
        }
    };
    let title = workspace.connection.database().map(|database| match &database.lock_holder {
        Some(holder) => format!("{}, where {holder} holds the lock", database.name),
        None => database.name.clone(),
    });
    html! {
        <span class={classes!("chip", "database", tone.class())} {title}>
            <i class={dot}></i>
            <span>{ text }<span class="version">{ version }</span></span>
        </span>
    }
}

#[derive(Properties, PartialEq)]
struct VisitorProps {
    help: Callback<()>,
}

/// Who the visitor is, the theme, the keys, the way out.
#[component]
fn Visitor(props: &VisitorProps) -> Html {
    let session = use_session();
    let copy = session.workspace.is_copy();
    let role = match session.workspace.role {
        _ if copy => "read only",
        limbeck_core::document::Role::Viewer => "viewer",
        limbeck_core::document::Role::Editor => "editor",
        limbeck_core::document::Role::Operator => "operator",
    };
    let theme = browser::theme();
    let chosen = |name: &str| theme.as_deref().unwrap_or("system") == name;
    let onchange = Callback::from(|event: Event| {
        if let Some(select) = event.target_dyn_into::<HtmlSelectElement>() {
            let value = select.value();
            browser::set_theme((value != "system").then_some(value.as_str()));
        }
    });
    let help = props.help.reform(|_: MouseEvent| close_menu());
    use_effect_with((), |()| {
        let elsewhere = |event: &Event| {
            let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
            target.is_none_or(|target| target.closest("details.menu").ok().flatten().is_none())
        };
        let clicks = EventListener::new(&document(), "click", move |event| {
            if elsewhere(event) {
                close_menu();
            }
        });
        let keys = EventListener::new(&document(), "keydown", |event| {
            if event.dyn_ref::<KeyboardEvent>().is_some_and(|event| event.key() == "Escape") {
                close_menu();
            }
        });
        move || drop((clicks, keys))
    });
    let sign_out = {
        let session = session.clone();
        Callback::from(move |_: MouseEvent| {
            let session = session.clone();
            close_menu();
            wasm_bindgen_futures::spawn_local(async move {
                match session.source.sign_out().await {
                    Ok(()) => session.reload.emit(()),
                    Err(error) => session.tell.emit(News::failure(error.detail())),
                }
            });
        })
    };
    html! {
        <details class="menu">
            <summary class="chip">{ role }</summary>
            <div class="card">
                <p class="quiet small">{ what_may(role) }</p>
                <label class="field">
                    <span>{ "Theme" }</span>
                    <select {onchange}>
                        <option value="system" selected={chosen("system")}>{ "As the system" }</option>
                        <option value="light" selected={chosen("light")}>{ "Light" }</option>
                        <option value="dark" selected={chosen("dark")}>{ "Dark" }</option>
                    </select>
                </label>
                <div class="line">
                    <button type="button" onclick={help}>{ "Keys" }<span class="kbd">{ "?" }</span></button>
                    if !copy {
                        <button type="button" onclick={sign_out}>{ "Sign out" }</button>
                    }
                </div>
            </div>
        </details>
    }
}

fn what_may(role: &str) -> &'static str {
    match role {
        "operator" => "You may read, write revisions and run plans.",
        "editor" => "You may read and write revisions. Running a plan needs the operator's token.",
        "read only" => {
            "A copy of the project, as it was exported. Read and plan here; to write or run, open it with limbeck serve."
        }
        _ => "You may read everything. Writing needs the editor's token, running the operator's.",
    }
}

/// Closes the visitor's menu; without it a choice would leave the menu over the page.
fn close_menu() {
    let menu = document().query_selector("details.menu[open]").ok().flatten();
    if let Some(menu) = menu.and_then(|menu| menu.dyn_into::<web_sys::Element>().ok()) {
        let _ = menu.remove_attribute("open");
    }
}
