//! One plan, several renderings: text for people, Markdown for a pull request, SQL to be run by somebody else. And one
//! history, drawn from the rows that the screen shows: text, Markdown, SVG, Mermaid;
//! and a schema as text. And findings: Markdown, SARIF, and the commands of a GitHub workflow.
//!
//! None of them makes what comes from files harmless for a terminal; whoever prints does that.

mod drawing;
mod findings;
mod github;
mod graph_mermaid;
mod graph_svg;
mod graph_text;
mod judgement;
mod markdown;
mod offline;
mod sarif;
mod schema;
mod style;
mod summary;
mod text;

pub use findings::findings_markdown;
pub use github::github;
pub use graph_mermaid::{Mermaid, graph_mermaid};
pub use graph_svg::graph_svg;
pub use graph_text::{graph_markdown, graph_text};
pub use markdown::markdown;
pub use offline::{Cut, Offline, offline, offline_ensure_version, offline_purge, offline_stamp};
pub use sarif::sarif;
pub use schema::schema;
pub use style::{Span, Style, Text};
pub use summary::nothing_to_do;
pub use text::text;
