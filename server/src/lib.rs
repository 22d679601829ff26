//! The program around `limbeck-core`: disk, Postgres, HTTP and command line. Every judgement is the core's.

pub mod command;
pub mod connection;
pub mod database;
pub mod directory;
mod disk;
mod git;
mod page;
mod project_document;
mod remembered;
pub mod serve;
mod site;
pub mod terminal;
pub mod threads;
