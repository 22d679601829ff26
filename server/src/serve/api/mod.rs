//! The calls below `/api/`, one resource one file.

pub(crate) mod database;
pub(crate) mod events;
pub(crate) mod plan;
pub(crate) mod project;
pub(crate) mod revisions;
pub(crate) mod runs;
pub(crate) mod session;
