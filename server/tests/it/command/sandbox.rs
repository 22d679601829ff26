//! A directory of its own for one test, in which the program is called and its answers are written down.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A directory in which commands run.
pub(super) struct Sandbox {
    root: TempDir,
    environment: Vec<(String, String)>,
}

/// What a call of the program gave.
pub(super) struct Answer {
    pub(super) status: i32,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

impl Sandbox {
    /// Returns an empty one.
    pub(super) fn new() -> Self {
        Self { root: tempfile::tempdir().expect("a temporary directory can be made"), environment: Vec::new() }
    }

    /// Returns one with these files below `migrations/`.
    pub(super) fn with(files: &[(&str, &str)]) -> Self {
        let sandbox = Self::new();
        fs::create_dir_all(sandbox.path("migrations/versions")).expect("writable");
        for (file, text) in files {
            sandbox.write(&format!("migrations/{file}"), text);
        }
        sandbox
    }

    /// Returns one with a revision per line: `id [label] <- parents needs dependencies : title`.
    ///
    /// Every revision creates a table of its name, and drops it on the way down.
    pub(super) fn history(lines: &str) -> Self {
        let sandbox = Self::with(&[]);
        for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (line, title) = line.split_once(':').expect("a line is `id <- parents : title`");
            let (id, parents) = line.split_once("<-").expect("a line is `id <- parents : title`");
            let (id, label) = id.split_once('[').unwrap_or((id, ""));
            let (parents, needs) = parents.split_once("needs").unwrap_or((parents, ""));
            let (id, parents, title) = (id.trim(), parents.trim(), title.trim());
            let optional = |key: &str, value: &str| match value.trim() {
                "" => String::new(),
                value => format!("-- {key}: {value}\n"),
            };
            let labels = optional("Branch Labels", label.trim().trim_end_matches(']'));
            let needs = optional("Depends On", needs);
            sandbox.write(
                &format!("migrations/versions/{id}.sql"),
                format!(
                    "-- {title}\n--\n-- Revision ID: {id}\n-- Revises: {parents}\n{labels}{needs}\
                     -- Create Date: 2026-11-22T14:12:00Z\n\n\
                     -- migrate:up\nCREATE TABLE {id} (n integer);\n\n-- migrate:down\nDROP TABLE {id};\n"
                ),
            );
        }
        sandbox
    }

    /// Returns the place of a file.
    pub(super) fn path(&self, file: &str) -> PathBuf {
        self.root.path().join(file)
    }

    /// Writes a file.
    pub(super) fn write(&self, file: &str, text: impl AsRef<[u8]>) {
        let path = self.path(file);
        fs::create_dir_all(path.parent().expect("it lies in the sandbox")).expect("writable");
        fs::write(path, text).expect("writable");
    }

    /// Returns the text of a file.
    pub(super) fn text(&self, file: &str) -> String {
        fs::read_to_string(self.path(file)).expect("the file is there")
    }

    /// Returns the names in a directory, sorted.
    pub(super) fn files(&self, directory: &str) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.path(directory))
            .expect("the directory is there")
            .map(|entry| entry.expect("it can be listed").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    /// Sets a variable for all further calls.
    pub(super) fn set(&mut self, name: &str, value: &str) {
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// Returns a call that knows nothing of the environment the tests run in.
    pub(super) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.root.path()).env_clear().stdin(Stdio::null());
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Calls `limbeck` with the words of a line, as a shell splits them.
    pub(super) fn limbeck(&self, line: &str) -> Answer {
        let words = shlex::split(line).expect("the line can be split");
        self.answer(&self.command(program()).args(words).output().expect("the program starts"))
    }

    /// Returns what a person sees who types the lines, one after the other.
    pub(super) fn session(&self, lines: &[&str]) -> String {
        let shown = |line: &&str| format!("$ limbeck {line}\n{}", self.limbeck(line).shown());
        lines.iter().map(shown).collect::<Vec<_>>().join("\n")
    }

    /// Returns an output as text, with the place of the sandbox taken out.
    pub(super) fn answer(&self, output: &Output) -> Answer {
        let root = self.root.path().to_string_lossy().into_owned();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("output is UTF-8").replace(&root, "$ROOT");
        Answer {
            status: output.status.code().expect("it ended by itself"),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        }
    }
}

impl Answer {
    /// Returns both streams, the lines of standard error marked with `!`, and the exit status unless it is 0.
    pub(super) fn shown(&self) -> String {
        let stderr: String = self.stderr.lines().map(|line| format!("! {line}").trim_end().to_owned() + "\n").collect();
        let status = if self.status == 0 { String::new() } else { format!("exit {}\n", self.status) };
        format!("{}{stderr}{status}", self.stdout)
    }

    /// Returns the JSON document of standard output, which must be all that is there.
    pub(super) fn document(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error} in:\n{}", self.shown()))
    }
}

/// Returns the path of the program under test.
pub(super) fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_limbeck"))
}
