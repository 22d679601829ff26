//! Integration tests of the server: one binary, because linking is dear.

#[expect(dead_code, reason = "the test binary `judge` uses more of it")]
mod cluster;
mod command;
mod database;
mod serve;
