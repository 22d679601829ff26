//! The program as a person or a script calls it: what it prints, what it says, how it ends.

mod arguments;
mod bad_input;
mod changes;
mod database;
mod editor;
mod export;
mod history;
mod init;
mod lint;
mod offline;
mod reference;
mod remembered;
mod sandbox;
mod scale;
mod schema;
mod screen;
