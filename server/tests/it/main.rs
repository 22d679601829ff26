//! Integration tests of the server: one binary, because linking is dear.

mod cluster;
mod command;
mod database;
mod serve;
