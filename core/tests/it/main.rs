//! Integration tests of the core crate: one binary, one module per room.

mod example;
mod plan;
mod project;
mod report;
mod revision;
mod script_headers;
mod script_round_trip;
mod settings;
mod show;
mod sql_names;
mod sql_split;
mod sql_tokens;
mod sql_transactions;
