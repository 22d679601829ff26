//! A remark in the flow of a page.

use yew::prelude::*;

use super::words;
use crate::model::sentence::Tone;

#[derive(Properties, PartialEq)]
pub(crate) struct NoticeProps {
    #[prop_or_default]
    pub tone: Tone,
    #[prop_or_default]
    pub title: Option<AttrValue>,
    /// Gives it a button that takes it away.
    #[prop_or_default]
    pub dismiss: Option<Callback<()>>,
    #[prop_or_default]
    pub children: Html,
}

#[component]
pub(crate) fn Notice(props: &NoticeProps) -> Html {
    html! {
        <div class={classes!("notice", props.tone.class())}>
            <div>
                if let Some(title) = &props.title {
                    <strong>{ words(title) }</strong>
                }
                { props.children.clone() }
            </div>
            if let Some(dismiss) = &props.dismiss {
                <button type="button" onclick={dismiss.reform(|_| ())}>{ "Dismiss" }</button>
            }
        </div>
    }
}
