//! The database side against a real Postgres.

mod connect;
mod cut;
mod embedded;
mod example;
mod failures;
mod harness;
mod lab;
mod lock;
mod partial;
mod reflect;
mod session;
mod upgrade;
mod version_table;
