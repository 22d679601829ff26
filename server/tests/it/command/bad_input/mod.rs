//! Files that are wrong: said with file and line, and everything else is still shown.

mod directory;
mod file;
mod history;

fn revision(id: &str, revises: &str) -> String {
    format!("-- {id}\n-- Revision ID: {id}\n-- Revises: {revises}\n\n-- migrate:up\nSELECT 1;\n\n-- migrate:down\n")
}
