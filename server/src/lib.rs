//! The program around `limbeck-core`: disk, Postgres, HTTP and command line. Every judgement is the core's.

pub mod command;
pub mod connection;
pub mod database;
pub mod directory;
pub mod serve;
pub mod terminal;
