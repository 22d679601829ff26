//! Open heads side by side, and the merge revision that joins them.

use limbeck_core::document::{Direction, NewRevision};
use limbeck_core::revision::Index;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::component::{Chip, Empty, Failed, Link, RevisionLink, Sql, Verdict};
use crate::model::fork::Fork;
use crate::model::sentence::{Tone, count, number};
use crate::model::workspace::Workspace;
use crate::route::Route;
use crate::state::{News, use_session};

/// Revisions listed of each head.
const LISTED: usize = 100;

#[component]
pub(crate) fn MergePage() -> Html {
    let session = use_session();
    let workspace = session.workspace.clone();
    let graph = workspace.project.graph();
    let left_out = use_state(Vec::<Index>::new);
    let message = use_state(|| None::<String>);
    let busy = use_state(|| false);
    let refused = use_state(|| None);

    let heads = graph.heads();
    if heads.len() < 2 {
        return html! {
            <Empty title={if heads.is_empty() { "Nothing to merge" } else { "One head: nothing to merge" }}>
                <p>{ "When two people add revisions on the same parent, the history has two heads. They show here side by side, and a merge joins them." }</p>
                <p><Link to={Route::history()} class="button">{ "To the history" }</Link></p>
            </Empty>
        };
    }
    let chosen: Vec<Index> = heads.iter().copied().filter(|head| !left_out.contains(head)).collect();
    let fork = Fork::new(graph, &workspace.history.order, &heads);
    let ids: Vec<String> = chosen.iter().map(|&i| graph.node(i).id.to_string()).collect();
    let proposal = {
        let short: Vec<&str> = ids.iter().map(|id| workspace.short(id)).collect();
        format!("merge {}", short.join(" and "))
    };
    let text = (*message).clone().unwrap_or_else(|| proposal.clone());

    let toggle = {
        let left_out = left_out.clone();
        Callback::from(move |head: Index| {
            let mut next = (*left_out).clone();
            if let Some(at) = next.iter().position(|i| *i == head) {
                next.remove(at);
            } else {
                next.push(head);
            }
            left_out.set(next);
        })
    };
    let oninput = {
        let message = message.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                message.set(Some(input.value()));
            }
        })
    };
    let onsubmit = {
        let (session, busy, refused, ids, text) =
            (session.clone(), busy.clone(), refused.clone(), ids.clone(), text.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            busy.set(true);
            let request = NewRevision {
                message: text.trim().to_owned(),
                heads: ids.clone(),
                branch_label: None,
                depends_on: vec![],
                splice: false,
                id: None,
                up: None,
                down: None,
                up_transaction: true,
                down_transaction: true,
                irreversible: false,
                etag: Some(session.workspace.etag.to_string()),
            };
            let (session, busy, refused) = (session.clone(), busy.clone(), refused.clone());
            wasm_bindgen_futures::spawn_local(async move {
                match session.source.create(&request).await {
                    Ok(file) => {
                        session.reload.emit(());
                        session.navigator.push(Route::History { revision: file.id, find: String::new() });
                        session.tell.emit(News {
                            hint: Some("Commit the file: then every clone has one head again.".into()),
                            ..News::good(format!("{} is written.", file.path))
                        });
                    }
                    Err(error) => {
                        busy.set(false);
                        refused.set(Some(error.detail()));
                        session.reload.emit(());
                    }
                }
            });
        })
    };

    let part = match fork.parts_at.as_slice() {
        [] => html! { { "They have no common ancestor." } },
        some => {
            let links = some.iter().map(|&i| html! { <>{ " " }<RevisionLink id={graph.node(i).id.to_string()} /></> });
            html! { <>{ "They part at" }{ for links }{ "." }</> }
        }
    };
    let column = |(head, own): &(Index, Vec<Index>)| {
        let chosen = !left_out.contains(head);
        let toggle = toggle.reform({
            let head = *head;
            move |_: Event| head
        });
        branch(&workspace, *head, own, chosen, (heads.len() > 2).then_some(toggle))
    };
    html! {
        <div class="column">
            <Verdict tone={Tone::Warn} sentence={format!("{} heads wait to be merged.", capital(&number(heads.len())))}
                detail={html! { <>{ part }{ " A new revision on one of them leaves the others behind; a merge joins them." }</> }} />
            <div class="side-by-side">{ for fork.branches.iter().map(column) }</div>
            <section class="card">
                <h2>{ "Write the merge" }</h2>
                <p class="quiet small">
                    { "An empty revision that stands on all of them: it changes no table, it only makes one head again. Whether the branches get along is for you to judge: read both sides for the same table, column or index. Limbeck does not prove it yet." }
                </p>
                if workspace.may_edit() {
                    <form {onsubmit} class="merge-form">
                        <label class="field">
                            <span>{ "Message" }</span>
                            <input required=true maxlength="200" value={text} {oninput} />
                        </label>
                        if let Some(error) = &*refused {
                            <Failed error={error.clone()} />
                        }
                        <button type="submit" class="go" disabled={*busy || chosen.len() < 2}>
                            { format!("Merge {}", count(chosen.len(), "head", "heads")) }
                        </button>
                    </form>
                } else {
                    <p>{ if workspace.is_copy() { "" } else { "Writing it needs the editor's token. " } }{ "On the command line it is " }
                        <code>{ format!("limbeck merge -m \"{proposal}\" heads") }</code>{ "." }</p>
                }
            </section>
        </div>
    }
}

fn branch(workspace: &Workspace, head: Index, own: &[Index], chosen: bool, toggle: Option<Callback<Event>>) -> Html {
    let graph = workspace.project.graph();
    let id = graph.node(head).id.to_string();
    let labels = workspace
        .telling_labels(head)
        .into_iter()
        .map(|label| html! { <Chip tone={Tone::Label}>{ label }</Chip> })
        .collect::<Html>();
    let item = |&i: &Index| {
        let id = graph.node(i).id.to_string();
        let title = workspace.title(&id).to_owned();
        html! {
            <li key={id.clone()}>
                <div class="line"><RevisionLink {id} /><span>{ title }</span><span class="grow"></span>
                    if !workspace.is_copy() {
                        <span class="quiet small">{ workspace.state(i).word() }</span>
                    }
                </div>
                <BranchSql revision={i} />
            </li>
        }
    };
    let hidden = own.len().saturating_sub(LISTED);
    html! {
        <section class="card fork" key={id.clone()} aria-label={format!("Head {id}")}>
            <div class="line">
                if let Some(onchange) = toggle {
                    <label class="check"><input type="checkbox" checked={chosen} {onchange} />{ "join" }</label>
                }
                <RevisionLink id={id.clone()} />
                <Chip tone={Tone::Head}>{ "head" }</Chip>
                { labels }
            </div>
            <p class="quiet small">{ format!("{} of its own", count(own.len(), "revision", "revisions")) }</p>
            <ol>{ for own.iter().take(LISTED).map(item) }</ol>
            if hidden > 0 {
                <p class="quiet small">{ format!("and {hidden} older ones, in the history") }</p>
            }
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct BranchSqlProps {
    revision: Index,
}

/// The SQL of a revision, read when it is opened.
#[component]
fn BranchSql(props: &BranchSqlProps) -> Html {
    let open = use_state(|| false);
    let ontoggle = {
        let open = open.clone();
        Callback::from(move |event: Event| {
            let details = event.target_dyn_into::<web_sys::Element>();
            open.set(details.is_some_and(|details| details.has_attribute("open")));
        })
    };
    html! {
        <details {ontoggle}>
            <summary>{ "SQL" }</summary>
            if *open {
                <Sql revision={props.revision} direction={Direction::Upgrade} />
            }
        </details>
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().collect::<String>() + letters.as_str()).unwrap_or_default()
}
