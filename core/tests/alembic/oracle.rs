//! The real Alembic, in a Python process that answers questions.

use std::cell::RefCell;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/alembic/oracle.py");

const MISSING: &str = "LIMBECK_ALEMBIC_PYTHON does not name a Python that has Alembic. `cargo xtask test` sets it up; by \
    hand: python3 -m venv target/alembic && target/alembic/bin/pip install alembic==1.20.1 && \
    export LIMBECK_ALEMBIC_PYTHON=$PWD/target/alembic/bin/python";

/// What Alembic says to a question.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Answer {
    Ok(Value),
    /// Name of the exception's class; `Crash` for those that Alembic does not raise on purpose.
    Error {
        class: String,
        message: String,
    },
}

/// A running Alembic.
pub(crate) struct Oracle {
    child: Child,
    pipes: RefCell<(ChildStdin, BufReader<ChildStdout>)>,
}

impl Oracle {
    pub(crate) fn start() -> Self {
        #[expect(clippy::disallowed_methods, reason = "the test is told by its caller where Alembic is")]
        let python = std::env::var("LIMBECK_ALEMBIC_PYTHON").expect(MISSING);
        let mut child = Command::new(&python)
            .arg(SCRIPT)
            .env("PYTHONHASHSEED", "0")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{python} does not start: {error}. {MISSING}"));
        let stdin = child.stdin.take().expect("stdin is piped");
        let stdout = BufReader::new(child.stdout.take().expect("stdout is piped"));
        Self { child, pipes: RefCell::new((stdin, stdout)) }
    }

    /// Asks about a history. An error if Alembic does not load it.
    pub(crate) fn ask(&self, revisions: &Value, questions: &[Value]) -> Result<Vec<Answer>, Answer> {
        let mut pipes = self.pipes.borrow_mut();
        writeln!(pipes.0, "{}", json!({"revisions": revisions, "questions": questions})).expect("Alembic listens");
        pipes.0.flush().expect("Alembic listens");
        let mut line = String::new();
        let read = pipes.1.read_line(&mut line).expect("Alembic answers");
        assert!(read > 0, "the Python process ended; its message is above. {MISSING}");
        let response: Value = serde_json::from_str(&line).expect("Alembic answers in JSON");
        match response.get("answers").and_then(Value::as_array) {
            Some(answers) => {
                assert_eq!(answers.len(), questions.len(), "an answer a question");
                Ok(answers.iter().map(answer).collect())
            }
            None => Err(answer(&response)),
        }
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        // It would end by itself when its input ends; a hung question must not outlive the test.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn answer(response: &Value) -> Answer {
    let text = |key: &str| response.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    match response.get("ok") {
        Some(ok) => Answer::Ok(ok.clone()),
        None => Answer::Error { class: text("error"), message: text("message") },
    }
}
