//! The database side against a real Postgres.

mod harness;
