//! Limbeck's page: histories, plans and runs of Postgres migrations in the browser.
//!
//! Draws what `limbeck-core` says and judges nothing itself. Three binaries: `page` draws, `worker` reads SQL, `model`
//! judges it. Arrows between rooms point one way: `page` → `component` → `answers` → `state` → `analysis`, `source`,
//! `route` → `model` → core.

pub mod analysis;
pub mod answers;
pub mod app;
mod browser;
mod component;
mod help;
pub mod model;
mod page;
pub mod route;
pub mod source;
mod state;
