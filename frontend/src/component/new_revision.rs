//! The form for a new revision.

use std::rc::Rc;

use limbeck_core::document::NewRevision;
use limbeck_core::script::Section;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::{Dialog, Failed, Notice};
use crate::model::draft::Read;
use crate::model::sentence::Tone;
use crate::route::Route;
use crate::state::{News, use_session};

#[derive(Properties, PartialEq)]
pub(crate) struct NewRevisionDialogProps {
    /// Full identifier of the revision to stand on, where the visitor chose one.
    #[prop_or_default]
    pub parent: Option<String>,
    /// Its SQL, where that is written already.
    #[prop_or_default]
    pub sql: Option<Rc<Read>>,
    /// What speaks against writing it as it is.
    #[prop_or_default]
    pub warning: Option<AttrValue>,
    /// Hears that it is in its file.
    #[prop_or_default]
    pub written: Callback<()>,
    pub close: Callback<()>,
}

#[component]
pub(crate) fn NewRevisionDialog(props: &NewRevisionDialogProps) -> Html {
    let session = use_session();
    let workspace = session.workspace.clone();
    let graph = workspace.project.graph();
    let heads: Vec<String> = graph.heads().iter().map(|&i| graph.node(i).id.to_string()).collect();
    let first = props.parent.clone().or_else(|| heads.first().cloned()).unwrap_or_default();
    let message = use_state(String::new);
    let parent = use_state(|| first);
    let label = use_state(String::new);
    let busy = use_state(|| false);
    let refused = use_state(|| None);

    let splice = !parent.is_empty() && !heads.contains(&parent);
    let mut parents = heads.clone();
    if let Some(chosen) = props.parent.clone().filter(|chosen| !heads.contains(chosen)) {
        parents.insert(0, chosen);
    }
    let option = |id: &String| {
        let words = format!("{} {}", workspace.short(id), workspace.title(id));
        html! { <option value={id.clone()} selected={*id == *parent}>{ words }</option> }
    };
    let on_message = text_setter(&message);
    let on_label = text_setter(&label);
    let on_parent = {
        let parent = parent.clone();
        Callback::from(move |event: Event| {
            if let Some(select) = event.target_dyn_into::<HtmlSelectElement>() {
                parent.set(select.value());
            }
        })
    };
    let onsubmit = {
        let (session, close, written) = (session.clone(), props.close.clone(), props.written.clone());
        let sql = props.sql.clone();
        let (message, parent, label) = (message.clone(), parent.clone(), label.clone());
        let (busy, refused) = (busy.clone(), refused.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            busy.set(true);
            let (up, down) = sql.as_ref().map_or((None, None), |sql| (sql.up.as_ref(), sql.down.as_ref()));
            let text = |section: Option<&Section>| section.map(|section| section.sql.clone());
            let in_transaction = |section: Option<&Section>| section.is_none_or(|section| section.transaction);
            let with_sql = sql.is_some();
            let request = NewRevision {
                message: message.trim().to_owned(),
                heads: Some((*parent).clone()).filter(|p| !p.is_empty()).into_iter().collect(),
                branch_label: Some(label.trim().to_owned()).filter(|l| !l.is_empty()),
                depends_on: vec![],
                splice,
                id: None,
                up: text(up),
                down: text(down),
                up_transaction: in_transaction(up),
                down_transaction: in_transaction(down),
                irreversible: with_sql && down.is_none(),
                etag: Some(session.workspace.etag.to_string()),
            };
            let (session, close, written) = (session.clone(), close.clone(), written.clone());
            let (busy, refused) = (busy.clone(), refused.clone());
            wasm_bindgen_futures::spawn_local(async move {
                match session.source.create(&request).await {
                    Ok(file) => {
                        session.reload.emit(());
                        session.navigator.push(Route::History { revision: file.id, find: String::new() });
                        session.tell.emit(News {
                            hint: (!with_sql).then(|| {
                                "Write its SQL in that file; this page reads it again when you come back.".into()
                            }),
                            ..News::good(format!("{} is written.", file.path))
                        });
                        written.emit(());
                        close.emit(());
                    }
                    Err(error) => {
                        busy.set(false);
                        refused.set(Some(error.detail()));
                    }
                }
            });
        })
    };
    html! {
        <Dialog title="New revision" close={props.close.clone()}>
            <form {onsubmit}>
                <label class="field">
                    <span>{ "What it does" }</span>
                    <input required=true autofocus=true maxlength="200" placeholder="add a phone number to customers"
                        value={(*message).clone()} oninput={on_message} />
                </label>
                if !parents.is_empty() {
                    <label class="field">
                        <span>{ "Stands on" }</span>
                        <select onchange={on_parent}>
                            { for parents.iter().map(option) }
                            <option value="" selected={parent.is_empty()}>{ "nothing: a new base" }</option>
                        </select>
                    </label>
                }
                if splice {
                    <p class="quiet small">{ "Others stand on that revision already: this opens a new branch." }</p>
                }
                <label class="field">
                    <span>{ "Branch label, where it starts a branch (may stay empty)" }</span>
                    <input maxlength="100" value={(*label).clone()} oninput={on_label} />
                </label>
                if let Some(warning) = &props.warning {
                    <Notice tone={Tone::Warn} title={warning.clone()}>
                        <p>{ "The file can be written all the same, and be corrected there." }</p>
                    </Notice>
                }
                if let Some(error) = &*refused {
                    <Failed error={error.clone()} />
                }
                <p class="quiet small">
                    if props.sql.is_some() {
                        { "Limbeck writes the file from the project's template, with the SQL of the draft." }
                    } else {
                        { "Limbeck writes the file from the project's template; its SQL is yours to write." }
                    }
                </p>
                <div class="actions">
                    <button type="button" onclick={props.close.reform(|_| ())}>{ "Cancel" }</button>
                    <button type="submit" class="go" disabled={*busy}>{ "Write the file" }</button>
                </div>
            </form>
        </Dialog>
    }
}

/// Returns what keeps a state equal to a text field.
fn text_setter(state: &UseStateHandle<String>) -> Callback<InputEvent> {
    let state = state.clone();
    Callback::from(move |event: InputEvent| {
        if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
            state.set(input.value());
        }
    })
}
