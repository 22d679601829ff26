//! A modal dialog: the browser keeps the focus inside and closes it on Escape.

use web_sys::HtmlDialogElement;
use yew::prelude::*;

/// Returns what opens and what closes a dialog that is drawn while `open` says so.
pub(crate) fn opened_by(open: &UseStateHandle<bool>) -> (Callback<MouseEvent>, Callback<()>) {
    let (opener, closer) = (open.setter(), open.setter());
    (Callback::from(move |_| opener.set(true)), Callback::from(move |()| closer.set(false)))
}

#[derive(Properties, PartialEq)]
pub(crate) struct DialogProps {
    pub title: AttrValue,
    /// Called when the visitor closes it, in whatever way.
    pub close: Callback<()>,
    pub children: Html,
}

#[component]
pub(crate) fn Dialog(props: &DialogProps) -> Html {
    let node = use_node_ref();
    use_effect_with(node.clone(), |node| {
        let dialog = node.cast::<HtmlDialogElement>();
        if let Some(dialog) = &dialog {
            // Refused only when it is open already.
            let _ = dialog.show_modal();
        }
        move || {
            if let Some(dialog) = dialog {
                dialog.close();
            }
        }
    });
    let close = props.close.clone();
    let oncancel = Callback::from(move |event: Event| {
        event.prevent_default();
        close.emit(());
    });
    let close = props.close.reform(|_: MouseEvent| ());
    html! {
        <dialog ref={node} {oncancel} aria-labelledby="dialog-title">
            <header>
                <h2 id="dialog-title">{ props.title.clone() }</h2>
                <button type="button" class="plain" onclick={close}>{ "Close" }</button>
            </header>
            <div class="body">{ props.children.clone() }</div>
        </dialog>
    }
}
