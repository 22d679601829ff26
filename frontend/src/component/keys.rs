//! Keys of a page, heard wherever the focus is.

use gloo::events::{EventListener, EventListenerOptions, EventListenerPhase};
use wasm_bindgen::JsCast as _;
use yew::prelude::*;

use crate::browser;

/// Who hears a key first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// The frame: what it stops does not reach the page.
    Frame,
    /// A page or a part of it.
    Page,
}

/// Calls `press` for every key that is meant for the page; it prevents the default of those that it takes.
#[hook]
pub(crate) fn use_keys(turn: Turn, press: Callback<KeyboardEvent>) {
    use_effect_with((turn, press), |(turn, press)| {
        let press = press.clone();
        let phase = match turn {
            Turn::Frame => EventListenerPhase::Capture,
            Turn::Page => EventListenerPhase::Bubble,
        };
        let options = EventListenerOptions { phase, passive: false };
        let listener = EventListener::new_with_options(&gloo::utils::document(), "keydown", options, move |event| {
            if let Some(event) = event.dyn_ref::<KeyboardEvent>().filter(|event| browser::is_for_page(event)) {
                press.emit(event.clone());
            }
        });
        move || drop(listener)
    });
}
