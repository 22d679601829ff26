//! The few things that are asked of the browser itself.

use gloo::utils::{document, window};
use wasm_bindgen::JsCast as _;
use wasm_bindgen::JsValue;
use web_sys::{Element, HtmlElement, KeyboardEvent};

use crate::model::date::Day;
use crate::model::draft::Draft;
use crate::route::Route;
use crate::source::{Bundle, Http, Source};
use crate::state::Visit;

/// Key of the stored theme; `boot.js` reads it before the first paint.
const THEME: &str = "limbeck.theme";
/// Key of the stored draft.
const DRAFT: &str = "limbeck.draft";

/// Returns the path of the document's base, with a slash at its end.
pub(crate) fn base_path() -> String {
    let base = document().base_uri().ok().flatten();
    let path = base.and_then(|base| web_sys::Url::new(&base).ok()).map_or_else(|| "/".to_owned(), |url| url.pathname());
    match path.rfind('/') {
        Some(at) => path[..=at].to_owned(),
        None => "/".to_owned(),
    }
}

/// Returns where the project comes from: a page of a static site names the file.
pub(crate) fn source() -> Source {
    match query("meta[name=limbeck-site]").and_then(|meta| meta.get_attribute("content")) {
        Some(path) => Source::Bundle(Bundle { path }),
        None => Source::Http(Http),
    }
}

/// Returns what the address bar says.
pub(crate) fn current_route() -> Route {
    let location = window().location();
    let path = location.pathname().unwrap_or_default();
    let query = location.search().unwrap_or_default();
    if !source().is_live() {
        return Route::parse("", query.trim_start_matches('?'));
    }
    let base = base_path();
    let path = path.strip_prefix(&base).unwrap_or(&path);
    Route::parse(path, query.trim_start_matches('?'))
}

/// Returns the address of a route for links.
pub(crate) fn href(route: &Route) -> String {
    if !source().is_live() {
        // With the name of the file if the visitor came by it: not every store of files has an index.
        return window().location().pathname().unwrap_or_default() + &route.query();
    }
    base_path() + &route.address()
}

/// Writes a visit into the browser's history.
pub(crate) fn visit(visit: &Visit) {
    let Ok(history) = window().history() else { return };
    // A browser refuses when addresses change too fast, as under a held arrow key; the page goes on without.
    let _ = match visit {
        Visit::Push(route) => history.push_state_with_url(&JsValue::NULL, "", Some(&href(route))),
        Visit::Replace(route) => history.replace_state_with_url(&JsValue::NULL, "", Some(&href(route))),
    };
}

/// Takes the login token out of the address, so that it stays neither in the bar nor in the history.
pub(crate) fn take_token() -> Option<String> {
    let hash = window().location().hash().ok()?;
    let token = hash.trim_start_matches('#').split('&').find_map(|part| part.strip_prefix("token="))?.to_owned();
    let location = window().location();
    let clean = location.pathname().unwrap_or_default() + &location.search().unwrap_or_default();
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&clean));
    }
    Some(token)
}

/// Names the window.
pub(crate) fn set_title(title: &str) {
    document().set_title(title);
}

/// Returns the visitor's day.
pub(crate) fn today() -> Day {
    let now = js_sys::Date::new_0();
    let year = i32::try_from(now.get_full_year()).unwrap_or_default();
    Day { year, month: now.get_month() + 1, day: now.get_date() }
}

/// Returns milliseconds since a date as RFC 3339 spells it, by the visitor's clock; none for a text that is no date.
pub(crate) fn millis_since(text: &str) -> Option<u64> {
    let then = js_sys::Date::parse(text);
    let distance = js_sys::Date::now() - then;
    // A cast from a float saturates; a clock that runs behind the server's shows 0.
    (!distance.is_nan()).then_some(distance.max(0.0) as u64)
}

/// Returns milliseconds between two dates as RFC 3339 spells them.
pub(crate) fn millis_between(from: &str, to: &str) -> Option<u64> {
    let distance = js_sys::Date::parse(to) - js_sys::Date::parse(from);
    (!distance.is_nan()).then_some(distance.max(0.0) as u64)
}

/// Puts text on the clipboard; false where the browser does not allow it.
pub(crate) async fn copy(text: &str) -> bool {
    // Outside HTTPS and localhost `navigator.clipboard` does not exist, and calling it would throw.
    if !window().is_secure_context() {
        return false;
    }
    let promise = window().navigator().clipboard().write_text(text);
    wasm_bindgen_futures::JsFuture::from(promise).await.is_ok()
}

/// Returns the stored theme, `light` or `dark`; none follows the system.
pub(crate) fn theme() -> Option<String> {
    window().local_storage().ok().flatten()?.get_item(THEME).ok().flatten()
}

/// Stores a theme and shows it; none follows the system.
pub(crate) fn set_theme(theme: Option<&str>) {
    if let Some(root) = document().document_element() {
        let _ = match theme {
            Some(theme) => root.set_attribute("data-theme", theme),
            None => root.remove_attribute("data-theme"),
        };
    }
    if let Some(storage) = window().local_storage().ok().flatten() {
        let _ = match theme {
            Some(theme) => storage.set_item(THEME, theme),
            None => storage.remove_item(THEME),
        };
    }
}

/// Returns the draft of this tab.
pub(crate) fn kept_draft() -> Option<Draft> {
    let text = window().session_storage().ok().flatten()?.get_item(DRAFT).ok().flatten()?;
    serde_json::from_str(&text).ok()
}

/// Keeps the draft of this tab until it is closed.
pub(crate) fn keep_draft(draft: &Draft) {
    if let (Ok(Some(storage)), Ok(text)) = (window().session_storage(), serde_json::to_string(draft)) {
        // Without storage a reload begins anew.
        let _ = storage.set_item(DRAFT, &text);
    }
}

/// Returns whether a key is meant for the page: no modifier is held, nobody types into a field, no dialog is open.
pub(crate) fn is_for_page(event: &KeyboardEvent) -> bool {
    let typing = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok()).is_some_and(|element| {
        matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT") || element.is_content_editable()
    });
    let modified = event.ctrl_key() || event.alt_key() || event.meta_key();
    !typing && !modified && !event.default_prevented() && !event.is_composing() && query("dialog[open]").is_none()
}

/// Returns whether the event's target answers Enter and Space itself.
pub(crate) fn is_on_control(event: &KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|element| element.closest("a, button, summary").ok().flatten().is_some())
}

/// Moves the focus to the first element that a selector finds.
pub(crate) fn focus(selector: &str) {
    if let Some(element) = query(selector).and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// Scrolls from one element to another, by their ids, for somebody who has the first on screen; whoever looks elsewhere
/// stays there.
pub(crate) fn follow(from: &str, to: &str) {
    let find = |id: &str| document().get_element_by_id(id);
    let Some((from, to)) = find(from).zip(find(to)) else { return };
    let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default();
    let rect = |element: &Element| element.get_bounding_client_rect();
    let (old, new) = (rect(&from), rect(&to));
    let on_screen = old.bottom() > 0.0 && old.top() < height;
    let above = new.top() < 0.0;
    if on_screen && (above || new.bottom() > height) {
        to.scroll_into_view_with_bool(above || new.bottom() - new.top() > height);
    }
}

fn query(selector: &str) -> Option<Element> {
    document().query_selector(selector).ok().flatten()
}
