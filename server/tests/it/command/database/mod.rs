//! The commands that ask a database, on a real Postgres.

mod connection;
mod plan;
mod run;
mod script;
mod version_table;

use super::sandbox::{Answer, Sandbox};
use crate::cluster::{Cluster, TestDatabase};

const HISTORY: &str = "
    a1 <-      : Customers
    b1 <- a1   : Orders
    c1 [crm] <- a1 : Notes
    m1 <- b1, c1 : Merge crm
";

/// Returns a sandbox with the history, and its empty database.
fn with_database(history: &str) -> (Sandbox, TestDatabase) {
    let mut sandbox = Sandbox::history(history);
    let database = Cluster::shared().database();
    sandbox.set("DATABASE_URL", &database.url());
    (sandbox, database)
}

/// Returns what a session shows, without what changes from run to run: durations, port, version and database name.
fn session(sandbox: &Sandbox, database: &TestDatabase, lines: &[&str]) -> String {
    steady(&sandbox.session(lines), database)
}

fn steady(text: &str, database: &TestDatabase) -> String {
    let mut steady = String::new();
    for line in text.split_inclusive('\n') {
        let words = line.split_inclusive(' ').map(|word| {
            let number =
                |word: &str| word.trim().chars().all(|digit| digit.is_ascii_digit()) && !word.trim().is_empty();
            if word.trim() == database.name {
                word.replace(&database.name, "DB")
            } else if word.contains("127.0.0.1:") {
                let (before, after) = word.split_once("127.0.0.1:").unwrap_or((word, ""));
                format!("{before}127.0.0.1:PORT{}", after.trim_start_matches(|digit: char| digit.is_ascii_digit()))
            } else if number(word) && line.contains(&format!("{word}ms")) {
                "N ".to_owned()
            } else {
                word.to_owned()
            }
        });
        let line: String = words.collect();
        match line.split_once("PostgreSQL ") {
            Some((before, version)) => {
                let rest = version.trim_start_matches(|part: char| part.is_ascii_digit() || part == '.');
                steady.push_str(&format!("{before}PostgreSQL VERSION{rest}"));
            }
            None => steady.push_str(&line),
        }
    }
    steady
}

fn code(answer: &Answer) -> (i32, String) {
    (answer.status, answer.document()["error"]["code"].as_str().unwrap_or_default().to_owned())
}
