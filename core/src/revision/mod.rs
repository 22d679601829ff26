//! The revision graph. Knows nothing of SQL, files or databases.
//!
//! [`Graph::new`] links revisions; identifiers are understood by [`Graph::resolve`]; [`Graph::upgrade`] and
//! [`Graph::downgrade`] say which steps lead to a target and what each does to the version rows.

#[cfg(test)]
mod cost;
mod cycle;
mod downgrade;
mod draw;
mod edges;
mod error;
pub mod graph;
pub mod id;
mod identifier;
mod labels;
mod layout;
mod marks;
mod names;
mod normalize;
mod order;
mod range;
mod relative;
mod rows;
mod stamp;
mod upgrade;

pub use draw::draw;
pub use error::Error;
pub use graph::{Graph, GraphError, Index, Node};
pub use id::{RevisionId, RevisionIdError};
pub use layout::{Layout, Line, LineKind, Pager, Row, layout};
pub use rows::{RowChange, Step};
