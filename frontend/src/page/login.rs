//! Without a session: where the token is, and a field for it.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::component::{Brand, Empty, Failed};
use crate::source::{Source, SourceError};

#[derive(Properties, PartialEq)]
pub(crate) struct LoginPageProps {
    pub source: Source,
    /// The token of the address was refused.
    pub refused: bool,
    /// Called once the session stands.
    pub signed_in: Callback<()>,
}

#[component]
pub(crate) fn LoginPage(props: &LoginPageProps) -> Html {
    let field = use_node_ref();
    let error = use_state(|| None);
    let refused = use_state(|| props.refused);
    let onsubmit = {
        let (field, error, refused) = (field.clone(), error.clone(), refused.clone());
        let (source, signed_in) = (props.source.clone(), props.signed_in.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let Some(input) = field.cast::<HtmlInputElement>() else { return };
            // The whole address may be pasted too.
            let value = input.value();
            let token = value.rsplit("token=").next().unwrap_or_default().trim().to_owned();
            let (error, refused, source, signed_in) =
                (error.clone(), refused.clone(), source.clone(), signed_in.clone());
            wasm_bindgen_futures::spawn_local(async move {
                match source.sign_in(&token).await {
                    Ok(()) => signed_in.emit(()),
                    Err(SourceError::SignedOut | SourceError::Refused { status: 400..=403, .. }) => {
                        error.set(None);
                        refused.set(true);
                    }
                    Err(other) => {
                        refused.set(false);
                        error.set(Some(other.detail()));
                    }
                }
            });
        })
    };
    html! {
        <main class="login">
            <p class="brand"><Brand /></p>
            <Empty title="Sign in with the address that Limbeck printed">
                <p>{ "The server prints it when it starts, in the terminal. It ends in a token:" }</p>
                <code class="command">{ format!("{}#token=…", gloo::utils::window().location().origin().unwrap_or_default() + "/") }</code>
                if *refused {
                    <p role="alert"><strong>{ "That token is not valid. " }</strong>
                        { "A restart of the server makes a new one; take the address that it printed last." }</p>
                }
                if let Some(error) = &*error {
                    <Failed error={error.clone()} />
                }
                <form {onsubmit} class="line">
                    <label class="grow">
                        <span class="unseen">{ "Address or token" }</span>
                        <input ref={field} required=true autofocus=true autocomplete="off" spellcheck="false"
                            placeholder="Paste the address or the token" />
                    </label>
                    <button type="submit" class="go">{ "Sign in" }</button>
                </form>
                <p class="quiet small">{ "The token opens the page for this browser only, until you sign out or the server stops." }</p>
            </Empty>
        </main>
    }
}
