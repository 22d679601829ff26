//! The revision graph. Knows nothing of SQL, files or databases.

pub mod id;

pub use id::{RevisionId, RevisionIdError};
