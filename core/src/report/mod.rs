//! One plan, several renderings: text for people, Markdown for a pull request, SQL to be run by somebody else.
//!
//! None of them makes what comes from files harmless for a terminal; whoever prints does that.

mod markdown;
mod offline;
mod style;
mod summary;
mod text;

pub use markdown::markdown;
pub use offline::{offline, offline_ensure_version, offline_purge, offline_stamp};
pub use style::{Span, Style, Text};
pub use text::text;
