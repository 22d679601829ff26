//! One revision, beside the history: what it says, where it stands, its SQL.

use limbeck_core::document::Direction;
use limbeck_core::revision::Index;
use yew::prelude::*;

use super::history::plan_to;
use crate::component::{Chip, Identifier, Link, NewRevisionDialog, RevisionLink, Segmented, Sql, opened_by};
use crate::model::history::State;
use crate::model::paragraph::paragraphs;
use crate::model::sentence::Tone;
use crate::route::Route;
use crate::state::use_session;

#[derive(Properties, PartialEq)]
pub(crate) struct RevisionPanelProps {
    pub revision: Index,
    /// What the rows are searched for, kept on the way back.
    pub find: String,
}

#[component]
pub(crate) fn RevisionPanel(props: &RevisionPanelProps) -> Html {
    let session = use_session();
    let workspace = session.workspace.clone();
    let down = use_state(|| false);
    let writing = use_state(|| false);
    let i = props.revision;
    let graph = workspace.project.graph();
    let Some(revision) = workspace.project.revisions().get(i) else { return html! { <aside class="side"></aside> } };
    let id = revision.id.to_string();
    let direction = if *down { Direction::Downgrade } else { Direction::Upgrade };
    let choose = {
        let down = down.clone();
        Callback::from(move |chosen| down.set(chosen == 1))
    };
    let links = |name: &'static str, ids: Vec<String>| {
        let link = |id: String| html! { <RevisionLink {id} /> };
        if ids.is_empty() {
            return Html::default();
        }
        html! { <><dt>{ name }</dt><dd class="line">{ for ids.into_iter().map(link) }</dd></> }
    };
    let ids = |indexes: &[Index]| indexes.iter().map(|&i| graph.node(i).id.to_string()).collect::<Vec<_>>();
    let labels = workspace.labels(i);
    let (state_tone, state) = match workspace.state(i) {
        State::Applied if workspace.history.current.contains(&i) => (Tone::Good, "the database is here"),
        State::Applied => (Tone::Good, "applied"),
        State::Pending => (Tone::Plain, "pending"),
        State::Unknown => (Tone::Plain, "not known whether applied"),
    };
    let section = if *down { revision.down.as_ref() } else { Some(&revision.up) };
    let (open, close) = opened_by(&writing);
    html! {
        <aside id="side" class="side" tabindex="-1" aria-label="Revision">
            <Link to={Route::History { revision: String::new(), find: props.find.clone() }} class="back button">
                { "← History" }
            </Link>
            <h2>{ if revision.title.is_empty() { "(no message)" } else { &revision.title } }</h2>
            { for paragraphs(&revision.body).into_iter().map(|text| html! { <p class="text">{ text }</p> }) }
            <div class="meta">
                <Identifier id={id.clone()} />
                if !workspace.is_copy() {
                    <Chip tone={state_tone}>{ state }</Chip>
                }
                if graph.is_head(i) {
                    <Chip tone={Tone::Head}>{ "head" }</Chip>
                }
                { for labels.iter().map(|label| html! { <Chip tone={Tone::Label}>{ label }</Chip> }) }
            </div>
            <dl class="kv">
                { links(if graph.is_merge_point(i) { "merges" } else { "revises" },
                    revision.revises.iter().map(ToString::to_string).collect()) }
                if revision.revises.is_empty() {
                    <dt>{ "revises" }</dt><dd>{ "nothing: a base" }</dd>
                }
                { links("revised by", ids(graph.children(i))) }
                { links("depends on", ids(graph.dependencies(i))) }
                { links("needed by", ids(graph.dependents(i))) }
                <dt>{ "file" }</dt><dd><code>{ &revision.path }</code></dd>
                if let Some(date) = &revision.create_date {
                    <dt>{ "written" }</dt><dd>{ date }</dd>
                }
            </dl>
            <div class="actions">
                { plan_button(&session.workspace, i) }
                if workspace.may_edit() {
                    <button type="button" onclick={open}>{ "New revision on it" }</button>
                }
            </div>
            <div class="line">
                <Segmented label="Section" choices={vec!["Up".into(), "Down".into()]} chosen={usize::from(*down)} {choose} />
                if section.is_some_and(|section| !section.transaction) {
                    <Chip tone={Tone::Warn} title="A failure leaves what ran before it">{ "no transaction" }</Chip>
                }
                if revision.down.is_none() {
                    <Chip tone={Tone::Warn}>{ "no downgrade: irreversible" }</Chip>
                }
            </div>
            if section.is_some() {
                <Sql revision={i} {direction} key={format!("{id} {}", *down)} />
            } else {
                <p class="quiet small nothing">{ "This file has no " }<code>{ "-- migrate:down" }</code>{ " section, so nothing can undo it." }</p>
            }
            if *writing {
                <NewRevisionDialog parent={id} {close} />
            }
        </aside>
    }
}

fn plan_button(workspace: &crate::model::workspace::Workspace, i: Index) -> Html {
    // Nothing is offered that would come to nothing.
    let Some(to) = plan_to(workspace, i) else { return Html::default() };
    match workspace.state(i) {
        State::Applied if workspace.history.current.contains(&i) => {
            html! { <Link {to} class="button">{ "Plan to undo it" }</Link> }
        }
        State::Applied => html! { <Link {to} class="button">{ "Plan the downgrade to here" }</Link> },
        State::Pending | State::Unknown => html! { <Link {to} class="button go">{ "Plan the upgrade to here" }</Link> },
    }
}
