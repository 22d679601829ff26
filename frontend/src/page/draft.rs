//! A draft: SQL that is judged while it is typed, as the revision that it could become.

use std::rc::Rc;

use limbeck_core::diagnostic::Level;
use limbeck_core::document::{Direction, Statement};
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use crate::answers::use_draft;
use crate::browser;
use crate::component::{Editor, Findings, NewRevisionDialog, Verdict, effects, opened_by, remarks};
use crate::model::draft::{Draft, Drafted, Read};
use crate::model::sentence::Tone;
use crate::state::use_session;

/// Results shown before the visitor asks for more.
const RESULTS: usize = 100;

#[component]
pub(crate) fn DraftPage() -> Html {
    let session = use_session();
    let workspace = session.workspace.clone();
    let draft = use_state(|| browser::kept_draft().unwrap_or_default());
    let writing = use_state(|| false);

    let graph = workspace.project.graph();
    let heads: Vec<String> = graph.heads().iter().map(|&i| graph.node(i).id.to_string()).collect();
    // What it stood on may be gone, or have something on it by now.
    let parent = draft.parent.clone().filter(|parent| parent.is_empty() || workspace.index_of(parent).is_some());
    let parent = parent.or_else(|| heads.first().cloned()).unwrap_or_default();
    let judged = Draft { parent: Some(parent.clone()), text: draft.text.clone() };
    let (drafted, fresh) = use_draft(&session, &judged);

    let change = {
        let draft = draft.clone();
        Callback::from(move |next: Draft| {
            browser::keep_draft(&next);
            draft.set(next);
        })
    };
    let typed = {
        let (change, parent) = (change.clone(), draft.parent.clone());
        Callback::from(move |text: String| change.emit(Draft { parent: parent.clone(), text }))
    };
    let on_parent = {
        let (change, text) = (change.clone(), draft.text.clone());
        Callback::from(move |event: Event| {
            if let Some(select) = event.target_dyn_into::<HtmlSelectElement>() {
                change.emit(Draft { parent: Some(select.value()), text: text.clone() });
            }
        })
    };
    let option = |id: &String| {
        let words = format!("{} {}", workspace.short(id), workspace.title(id));
        html! { <option value={id.clone()} selected={*id == parent}>{ words }</option> }
    };
    let mut parents = heads.clone();
    if !parent.is_empty() && !heads.contains(&parent) {
        parents.insert(0, parent.clone());
    }
    let (sentence, tone) = match &drafted {
        Some(drafted) => (drafted.sentence.clone(), drafted.tone),
        None if workspace.project.is_broken() => {
            ("The history is broken: nothing can be judged on it.".to_owned(), Tone::Bad)
        }
        None => ("The model of Postgres is loading…".to_owned(), Tone::Plain),
    };
    let warning = (tone == Tone::Bad).then(|| AttrValue::from(sentence.clone()));
    let marks = drafted.as_ref().filter(|_| fresh).map(|drafted| drafted.marks()).unwrap_or_default();
    let (open, close) = opened_by(&writing);
    let read = Read::of(&draft.text);
    // What the file would not hold must not be lost with the draft.
    let readable = read.up.is_some() && !read.findings.iter().any(|finding| finding.level == Level::Error);
    let written = {
        let change = change.clone();
        Callback::from(move |()| change.emit(Draft::default()))
    };
    html! {
        <div class="column">
            <Verdict {tone} {sentence} detail={"Judged on the schema that the revisions below it make, while you type."}>
                if workspace.may_edit() {
                    <button type="button" class={(tone != Tone::Bad).then_some("go")} onclick={open} disabled={!readable}>{ "Write as revision…" }</button>
                }
            </Verdict>
            <div class="line drafting">
                <label class="line">
                    <span>{ "Stands on" }</span>
                    <select onchange={on_parent}>
                        { for parents.iter().map(option) }
                        <option value="" selected={parent.is_empty()}>{ "nothing: an empty database" }</option>
                    </select>
                </label>
            </div>
            <div class="draft">
                <Editor text={draft.text.clone()} {marks} changed={typed} label="SQL of the draft, both sections" />
                <div class="results" aria-busy={(!fresh).to_string()}>
                    if let Some(drafted) = &drafted {
                        <Results drafted={drafted.clone()} text={draft.text.clone()} />
                    }
                </div>
            </div>
            if *writing {
                <NewRevisionDialog {parent} sql={Some(Rc::new(Read::of(&draft.text)))} {warning} {close} {written} />
            }
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct ResultsProps {
    drafted: Rc<Drafted>,
    text: String,
}

/// What is said of each statement.
#[component]
fn Results(props: &ResultsProps) -> Html {
    let Drafted { up, down, findings, .. } = &*props.drafted;
    let all = use_state(|| false);
    let most = if *all { usize::MAX } else { RESULTS };
    let hidden = (up.len() + down.len()).saturating_sub(most);
    let more = {
        let all = all.clone();
        Callback::from(move |_: MouseEvent| all.set(true))
    };
    let section = |direction: Direction, statements: &[Statement], most: usize| {
        let name = if direction == Direction::Upgrade { "Up" } else { "Down" };
        html! {
            if !statements.is_empty() && most > 0 {
                <h3 class="caption">{ name }</h3>
                <ol class="said">{ for statements.iter().take(most).map(said) }</ol>
            }
        }
    };
    html! {
        <>
            <Findings findings={findings.clone()} />
            { section(Direction::Upgrade, up, most) }
            { section(Direction::Downgrade, down, most.saturating_sub(up.len())) }
            if hidden > 0 {
                <button type="button" onclick={more}>{ format!("Show {hidden} more statements") }</button>
            }
        </>
    }
}

fn said(one: &Statement) -> Html {
    let first = one.sql.lines().next().unwrap_or_default().to_owned();
    html! {
        <li>
            <div class="head">
                <span class="number">{ one.line }</span>
                <code title={one.sql.clone()}>{ first }</code>
                <span class="line">{ effects(one, false) }</span>
            </div>
            { remarks(one) }
        </li>
    }
}
