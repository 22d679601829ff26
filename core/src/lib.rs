//! The planner of Limbeck: revision graph, migration files, SQL reading, plans.
//!
//! Pure: no file, clock, environment, thread or output is touched here, so that the same code answers in a
//! native program, in a page and in a Web Worker. Whoever holds this crate brings the text and gets back values
//! and [`diagnostic::Diagnostic`]s; nothing that comes from outside panics.
//!
//! Start at [`project::Project`], the façade that the server, the page and the npm package hold.

pub mod catalog;
pub mod ddl;
pub mod diagnostic;
pub mod document;
pub mod dry_run;
pub mod expression;
#[cfg(feature = "model")]
pub mod lint;
mod nearest;
mod place;
mod postgres_version;
pub mod project;
mod query;
pub mod reflection;
pub mod report;
pub mod revision;
pub mod script;
pub mod settings;
pub mod sql;
pub mod workers;

pub use postgres_version::{NoVersion, PostgresVersion};
