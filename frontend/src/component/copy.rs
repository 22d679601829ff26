//! A button that copies a text and says so.

use yew::prelude::*;

use crate::browser;
use crate::model::sentence::Tone;
use crate::state::{News, use_session};

#[derive(Properties, PartialEq)]
pub(crate) struct CopyProps {
    /// Makes the text when the button is pressed.
    pub text: Callback<(), String>,
    /// What was copied, as news.
    pub done: AttrValue,
    #[prop_or_default]
    pub class: Classes,
    #[prop_or_default]
    pub title: Option<AttrValue>,
    pub children: Html,
}

#[component]
pub(crate) fn Copy(props: &CopyProps) -> Html {
    let tell = use_session().tell;
    let (text, done) = (props.text.clone(), props.done.clone());
    let onclick = Callback::from(move |_| {
        let (text, tell, done) = (text.emit(()), tell.clone(), done.clone());
        wasm_bindgen_futures::spawn_local(async move {
            tell.emit(if browser::copy(&text).await {
                News::good(done.to_string())
            } else {
                News {
                    tone: Tone::Bad,
                    text: "The browser did not allow the copy.".into(),
                    hint: Some("Open the page over HTTPS or on this machine, or allow it for this site.".into()),
                }
            });
        });
    });
    html! {
        <button type="button" class={props.class.clone()} title={props.title.clone()} {onclick}>
            { props.children.clone() }
        </button>
    }
}
