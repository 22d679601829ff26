//! The whole page: loads, routes, and holds what all pages share.

use std::cell::Cell;
use std::rc::Rc;

use gloo::events::EventListener;
use gloo::timers::callback::{Interval, Timeout};
use limbeck_core::document::FailureDetail;
use yew::prelude::*;

use crate::analysis::Analysis;
use crate::browser;
use crate::component::{Empty, Failed, Header, Link, Mark, Notice, Turn, use_keys};
use crate::help::Help;
use crate::model::sentence::Tone;
use crate::model::workspace::{Connection, Workspace};
use crate::page::{DraftPage, HistoryPage, LoginPage, MergePage, PlanPage, RunPage, RunsPage};
use crate::route::Route;
use crate::source::SourceError;
use crate::state::{Navigator, News, Session, Visit, use_session};

/// How long the first drawing waits for the database, in milliseconds: without its rows the list would be drawn twice.
const PATIENCE: u32 = 600;
/// How often the page looks around, in milliseconds: for where a run is that somebody has started.
const LOOK: u32 = 1_000;
/// At every so many looks the source is asked whether it is there and whether its files changed.
const FILES: u32 = 4;
/// At every so many looks the database is asked, also while nothing runs: it moves without the files, and stops and
/// comes back.
const DATABASE: u32 = 12;
/// How long good news stays, in milliseconds.
const NEWS: u32 = 7_000;

/// Draws the page into the document.
pub fn mount() {
    if let Some(root) = gloo::utils::document().get_element_by_id("page") {
        yew::Renderer::<App>::with_root(root).render();
    }
}

/// Where loading stands.
#[derive(Clone)]
enum Phase {
    Loading,
    SignedOut { refused: bool },
    Failed(FailureDetail),
    Ready(Rc<Workspace>),
}

/// What happened to it.
enum Step {
    Loaded(Rc<Workspace>),
    Stopped(SourceError),
    TokenRefused,
}

struct Loading {
    phase: Phase,
}

impl Reducible for Loading {
    type Action = Step;

    fn reduce(self: Rc<Self>, step: Step) -> Rc<Self> {
        let phase = match (step, &self.phase) {
            (Step::Loaded(workspace), _) => Phase::Ready(workspace),
            (Step::Stopped(SourceError::SignedOut), Phase::SignedOut { refused }) => {
                Phase::SignedOut { refused: *refused }
            }
            (Step::Stopped(SourceError::SignedOut), _) => Phase::SignedOut { refused: false },
            // What is on screen stays there, and says that nobody answers.
            (Step::Stopped(error), Phase::Ready(workspace)) => {
                Phase::Ready(Rc::new(workspace.with_trouble(error.detail())))
            }
            (Step::Stopped(error), _) => Phase::Failed(error.detail()),
            (Step::TokenRefused, _) => Phase::SignedOut { refused: true },
        };
        Rc::new(Self { phase })
    }
}

#[component]
fn App() -> Html {
    let source = (*use_memo((), |()| browser::source())).clone();
    let route = use_state_eq(browser::current_route);
    let loading = use_reducer(|| Loading { phase: Phase::Loading });
    let analysis = use_memo((), |()| Analysis::spawn());
    let news = use_state(|| None::<(u32, News)>);
    // The number of the newest, and whether it is good: such goes with the page on which it was told.
    let newest = use_mut_ref(|| (0_u32, false));
    // The workspace on screen, for callbacks that outlive a drawing.
    let present = use_mut_ref(|| None::<Rc<Workspace>>);
    *present.borrow_mut() = match &loading.phase {
        Phase::Ready(workspace) => Some(workspace.clone()),
        _ => None,
    };

    let navigator = {
        let (route, news, newest) = (route.setter(), news.setter(), newest.clone());
        use_callback((), move |visit: Visit, ()| {
            browser::visit(&visit);
            if matches!(visit, Visit::Push(_)) && newest.borrow().1 {
                news.set(None);
            }
            let (Visit::Push(to) | Visit::Replace(to)) = visit;
            route.set(to);
        })
    };
    use_effect_with((), {
        let route = route.setter();
        move |()| {
            let listener =
                EventListener::new(&gloo::utils::window(), "popstate", move |_| route.set(browser::current_route()));
            move || drop(listener)
        }
    });

    // How often everything was asked for.
    let asked = (*use_memo((), |()| Rc::new(Cell::new(0_u64)))).clone();
    let load = {
        let (source, analysis, dispatcher) = (source.clone(), analysis.clone(), loading.dispatcher());
        let (present, asked) = (present.clone(), asked.clone());
        use_callback((), move |(), ()| {
            let (source, analysis, dispatcher) = (source.clone(), analysis.clone(), dispatcher.clone());
            // Who asked last gets what is newest; an answer to an earlier question that comes later is old.
            let number = asked.get() + 1;
            asked.set(number);
            let asked = asked.clone();
            let tell = move |step: Step| {
                if asked.get() == number {
                    dispatcher.dispatch(step);
                }
            };
            let before = present.borrow().clone();
            wasm_bindgen_futures::spawn_local(async move {
                let project = match source.project().await {
                    Ok(project) => project,
                    Err(error) => return tell(Step::Stopped(error)),
                };
                let same = before.filter(|before| *before.etag == project.etag);
                let unknown = if source.is_live() { Connection::Asking } else { Connection::None };
                let known = same.as_ref().map_or(unknown, |same| same.connection.clone());
                let workspace = match same {
                    Some(same) => same.with_role(project.role),
                    None => {
                        analysis.load(&project.files);
                        Workspace::new(project, known)
                    }
                };
                let workspace = Rc::new(workspace);
                if !source.is_live() {
                    return tell(Step::Loaded(workspace));
                }
                // Whichever comes first: the database's answer, or the end of patience.
                let early = Timeout::new(PATIENCE, {
                    let (tell, workspace) = (tell.clone(), workspace.clone());
                    move || tell(Step::Loaded(workspace))
                });
                let connection = match source.database().await {
                    Ok(database) => Connection::Answered(database),
                    Err(SourceError::SignedOut) => return tell(Step::Stopped(SourceError::SignedOut)),
                    Err(error) => Connection::Failed(error.detail()),
                };
                drop(early);
                tell(Step::Loaded(Rc::new(workspace.with_connection(connection))));
            });
        })
    };
    use_effect_with((), {
        let (load, source, dispatcher) = (load.clone(), source.clone(), loading.dispatcher());
        move |()| {
            let enter = {
                let load = load.clone();
                move |token: String| {
                    let (load, source, dispatcher) = (load.clone(), source.clone(), dispatcher.clone());
                    wasm_bindgen_futures::spawn_local(async move {
                        match source.sign_in(&token).await {
                            Ok(()) => load.emit(()),
                            Err(SourceError::Offline) => dispatcher.dispatch(Step::Stopped(SourceError::Offline)),
                            Err(_) => dispatcher.dispatch(Step::TokenRefused),
                        }
                    });
                }
            };
            match browser::take_token() {
                None => load.emit(()),
                Some(token) => enter(token),
            }
            // The printed address pasted into a tab that shows this page already only changes the fragment.
            let pasted = EventListener::new(&gloo::utils::window(), "hashchange", move |_| {
                if let Some(token) = browser::take_token() {
                    enter(token);
                }
            });
            move || drop(pasted)
        }
    });
    use_effect_with((), {
        let (load, live) = (load.clone(), source.is_live());
        move |()| {
            // Somebody who comes back from an editor or a terminal finds what changed there.
            let listener = live.then(|| EventListener::new(&gloo::utils::window(), "focus", move |_| load.emit(())));
            move || drop(listener)
        }
    });

    use_effect_with((), {
        let (load, source, dispatcher) = (load.clone(), source.clone(), loading.dispatcher());
        move |()| {
            let asking = Rc::new(Cell::new(false));
            let looks = Cell::new(0_u32);
            let live = source.is_live();
            let look = move || {
                // A page that is not looked at asks when somebody comes back to it.
                let shown = present.borrow().clone().filter(|_| !gloo::utils::document().hidden());
                let Some(shown) = shown else { return };
                looks.set(looks.get().wrapping_add(1));
                let also_database = shown.connection.is_moving() || looks.get().is_multiple_of(DATABASE);
                if !(also_database || looks.get().is_multiple_of(FILES)) || asking.replace(true) {
                    return;
                }
                let (load, source, dispatcher) = (load.clone(), source.clone(), dispatcher.clone());
                let (asking, present, asked, number) = (asking.clone(), present.clone(), asked.clone(), asked.get());
                wasm_bindgen_futures::spawn_local(async move {
                    match source.etag().await {
                        Ok(etag) if shown.trouble.is_none() && (etag.is_empty() || etag.contains(&*shown.etag)) => {
                            // Without an answer the next look says so; one that asked for everything meanwhile knows
                            // more.
                            let answer = if also_database { source.database().await.ok() } else { None };
                            let answer = answer.map(Connection::Answered).filter(|_| asked.get() == number);
                            let present = present.borrow().clone();
                            if let (Some(answer), Some(present)) = (answer, present)
                                && present.connection != answer
                            {
                                dispatcher.dispatch(Step::Loaded(Rc::new(present.with_connection(answer))));
                            }
                        }
                        Ok(_) => load.emit(()),
                        Err(SourceError::SignedOut) => dispatcher.dispatch(Step::Stopped(SourceError::SignedOut)),
                        Err(_) if shown.trouble.is_some() => {}
                        Err(error) => dispatcher.dispatch(Step::Stopped(error)),
                    }
                    asking.set(false);
                });
            };
            let timer = live.then(|| Interval::new(LOOK, look));
            move || drop(timer)
        }
    });

    let tell = {
        let (news, newest) = (news.setter(), newest.clone());
        use_callback((), move |item: News, ()| {
            let (this, good) = (newest.borrow().0 + 1, item.tone == Tone::Good);
            newest.replace((this, good));
            news.set(Some((this, item)));
            if good {
                let (news, newest) = (news.clone(), newest.clone());
                Timeout::new(NEWS, move || {
                    if newest.borrow().0 == this {
                        news.set(None);
                    }
                })
                .forget();
            }
        })
    };
    let dismiss = {
        let news = news.setter();
        Callback::from(move |()| news.set(None))
    };

    let name = match &loading.phase {
        Phase::Ready(workspace) => Some(workspace.name.clone()),
        _ => None,
    };
    use_effect_with((route.title(), name), |(title, name)| {
        browser::set_title(&match name {
            Some(name) => format!("{title} · {name} · Limbeck"),
            None => "Limbeck".to_owned(),
        });
    });

    let navigator = Navigator(navigator);
    let content = match &loading.phase {
        Phase::Loading => {
            html! { <div class="boot" role="status"><Mark size={28} /><p>{ "Opening Limbeck…" }</p></div> }
        }
        Phase::SignedOut { refused } => {
            html! { <LoginPage key={refused.to_string()} {source} refused={*refused} signed_in={load.clone()} /> }
        }
        Phase::Failed(error) => html! {
            <main>
                <Empty title="The project cannot be shown">
                    <Failed error={error.clone()} />
                    <p><button type="button" class="go" onclick={load.reform(|_| ())}>{ "Try again" }</button></p>
                </Empty>
            </main>
        },
        Phase::Ready(workspace) => {
            let session = Session {
                workspace: workspace.clone(),
                source,
                analysis: (*analysis).clone(),
                navigator: navigator.clone(),
                reload: load.clone(),
                tell: tell.clone(),
            };
            html! {
                <ContextProvider<Session> context={session}>
                    <Frame route={(*route).clone()} />
                </ContextProvider<Session>>
            }
        }
    };
    html! {
        <ContextProvider<Navigator> context={navigator}>
            { content }
            <div class="toasts" role="status" aria-live="polite">
                if let Some((number, item)) = &*news {
                    <Notice key={*number} tone={item.tone} title={item.text.clone()} {dismiss}>
                        if let Some(hint) = &item.hint {
                            <p>{ hint }</p>
                        }
                    </Notice>
                }
            </div>
        </ContextProvider<Navigator>>
    }
}

#[derive(Properties, PartialEq)]
struct FrameProps {
    route: Route,
}

/// The bar and below it the page that the address names.
#[component]
fn Frame(props: &FrameProps) -> Html {
    let help = use_state(|| false);
    let leader = use_mut_ref(|| false);
    let navigator = crate::state::use_navigator();
    let overlay = help.setter();
    let press = use_callback((), move |event: KeyboardEvent, ()| {
        let key = event.key();
        // `g` and then a letter goes to a page.
        if std::mem::take(&mut *leader.borrow_mut()) {
            let to = match key.as_str() {
                "h" => Route::history(),
                "p" => Route::upgrade_all(),
                "d" => Route::Draft,
                "m" => Route::Merge,
                "r" => Route::Runs,
                _ => return,
            };
            event.prevent_default();
            event.stop_propagation();
            navigator.push(to);
        } else if key == "g" {
            *leader.borrow_mut() = true;
        } else if key == "?" {
            event.prevent_default();
            overlay.set(true);
        }
    });
    use_keys(Turn::Frame, press);
    let page = match &props.route {
        Route::History { revision, find } => {
            html! { <HistoryPage revision={revision.clone()} find={find.clone()} /> }
        }
        Route::Plan { direction, target, from } => {
            html! { <PlanPage direction={*direction} target={target.clone()} from={from.clone()} /> }
        }
        Route::Draft => html! { <DraftPage /> },
        Route::Merge => html! { <MergePage /> },
        Route::Runs => html! { <RunsPage /> },
        Route::Run(id) => html! { <RunPage key={*id} id={*id} /> },
        Route::Unknown(path) => html! {
            <Empty title="There is no such page">
                <p>{ "Nothing is at " }<code>{ format!("/{path}") }</code>{ "." }</p>
                <p><Link to={Route::history()} class="button go">{ "To the history" }</Link></p>
            </Empty>
        },
    };
    // The history says it in its place.
    let trouble = use_session().workspace.trouble.clone().filter(|_| !matches!(props.route, Route::History { .. }));
    let open = {
        let help = help.setter();
        Callback::from(move |()| help.set(true))
    };
    let close = {
        let help = help.setter();
        Callback::from(move |()| help.set(false))
    };
    html! {
        <div class="frame">
            <div>
                <button type="button" class="skip" onclick={|_| browser::focus("#main")}>{ "Skip to the page" }</button>
                <Header route={props.route.clone()} help={open} />
            </div>
            <main id="main" key={props.route.title()} tabindex="-1">
                if let Some(trouble) = trouble {
                    <div class="column"><Failed error={trouble} /></div>
                }
                { page }
            </main>
            if *help {
                <Help {close} />
            }
        </div>
    }
}
