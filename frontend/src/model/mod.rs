//! What the page shows, as values: no browser in here, so that all of it is tested natively.

pub mod database;
pub mod date;
pub mod draft;
pub mod fork;
pub mod history;
pub mod paragraph;
pub mod plan_change;
pub mod progress;
pub mod queue;
pub mod search;
pub mod sentence;
pub mod sql_lines;
pub mod window;
pub mod workspace;
