//! What every page shares: the workspace and the ways to change something.

use std::rc::Rc;

use limbeck_core::document::FailureDetail;
use yew::{Callback, hook, use_context};

use crate::analysis::Analysis;
use crate::model::sentence::Tone;
use crate::model::workspace::Workspace;
use crate::route::Route;
use crate::source::Source;

/// A change of address.
#[derive(Debug, Clone, PartialEq)]
pub enum Visit {
    /// The back button returns from it.
    Push(Route),
    /// It takes the place of the present one.
    Replace(Route),
}

/// Goes to another address.
#[derive(Debug, Clone, PartialEq)]
pub struct Navigator(pub Callback<Visit>);

impl Navigator {
    /// Goes to a route; the back button returns.
    pub fn push(&self, route: Route) {
        self.0.emit(Visit::Push(route));
    }

    /// Changes the present address.
    pub fn replace(&self, route: Route) {
        self.0.emit(Visit::Replace(route));
    }
}

/// Something to tell the visitor once.
#[derive(Debug, Clone, PartialEq)]
pub struct News {
    /// How it is colored. Good news goes away by itself.
    pub tone: Tone,
    /// One sentence.
    pub text: String,
    /// What to do next.
    pub hint: Option<String>,
}

impl News {
    /// Returns news of something that went well.
    pub fn good(text: impl Into<String>) -> Self {
        Self { tone: Tone::Good, text: text.into(), hint: None }
    }

    /// Returns news of a failure.
    pub fn failure(error: FailureDetail) -> Self {
        Self { tone: Tone::Bad, text: sentence(&error.message), hint: error.hint }
    }
}

/// Returns a phrase as a sentence.
pub(crate) fn sentence(phrase: &str) -> String {
    let mut letters = phrase.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    let end = if phrase.ends_with(['.', '!', '?', ':']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}

/// A loaded project and what can be done with it.
#[derive(Clone)]
pub struct Session {
    /// What was loaded.
    pub workspace: Rc<Workspace>,
    /// Where it came from.
    pub source: Source,
    /// Who reads the SQL.
    pub analysis: Analysis,
    /// Changes the address.
    pub navigator: Navigator,
    /// Asks the source again.
    pub reload: Callback<()>,
    /// Tells the visitor something.
    pub tell: Callback<News>,
}

impl PartialEq for Session {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.workspace, &other.workspace)
    }
}

/// Returns the session. Only the loaded app draws pages, so there is one wherever a page is drawn.
#[hook]
pub fn use_session() -> Session {
    use_context::<Session>().expect("pages are drawn inside the session's provider")
}

/// Returns the way to other addresses, provided by the app to everything below it.
#[hook]
pub fn use_navigator() -> Navigator {
    use_context::<Navigator>().expect("everything is drawn inside the navigator's provider")
}

#[cfg(test)]
mod tests {
    use super::sentence;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn phrases_become_sentences() {
        assert_eq!(sentence("the lock is held"), "The lock is held.");
        assert_eq!(sentence("Stop!"), "Stop!");
        assert_eq!(sentence(""), ".");
        assert_eq!(sentence("élan"), "Élan.");
    }
}
