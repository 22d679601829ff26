//! `limbeck serve` as a process, on a project of its own.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::http::{Request, Stream};

/// The operator's token of every server of these tests.
pub(crate) const TOKEN: &str = "a-token-for-tests-only-0123456789";

/// A database that refuses every connection: nobody listens on port 1.
pub(crate) const UNREACHABLE: &str = "postgresql://nobody@127.0.0.1:1/nothing";

/// A migrations directory.
pub(crate) struct Directory {
    /// The embedded Postgres lives beside the migrations, so they need a parent of their own.
    parent: TempDir,
    path: PathBuf,
}

/// A server at work; ended when dropped.
pub(crate) struct Site {
    pub(crate) directory: Directory,
    pub(crate) port: u16,
    /// A token for reading.
    pub(crate) viewer: String,
    pub(crate) editor: String,
    /// What it printed until it was ready.
    pub(crate) printed: String,
    child: Child,
}

impl Directory {
    pub(crate) fn new() -> Self {
        let parent = tempfile::tempdir().expect("a temporary directory");
        let path = parent.path().join("migrations");
        fs::create_dir_all(path.join("versions")).expect("writable");
        let directory = Self { parent, path };
        directory.write("limbeck.toml", "");
        directory
    }

    /// Returns the project of most tests:
    ///
    /// ```text
    /// a ── b ── c
    ///       └── d
    /// ```
    pub(crate) fn two_heads() -> Self {
        Self::new()
            .revision("a", "", "CREATE TABLE a (id int);", "DROP TABLE a;")
            .revision("b", "a", "CREATE TABLE b (id int);\nINSERT INTO b VALUES (1);", "DROP TABLE b;")
            .revision("c", "b", "CREATE TABLE c (id int);", "DROP TABLE c;")
            .revision("d", "b", "CREATE TABLE d (id int);", "DROP TABLE d;")
    }

    pub(crate) fn revision(self, id: &str, revises: &str, up: &str, down: &str) -> Self {
        let text = format!(
            "-- make {id}\n--\n-- Revision ID: {id}\n-- Revises: {revises}\n\n\
             -- migrate:up\n{up}\n\n-- migrate:down\n{down}\n"
        );
        self.write(&format!("versions/{id}.sql"), &text);
        self
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path().join(name), text).expect("writable");
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Site {
    /// Starts a server on a database, or on the embedded one.
    pub(crate) fn start(directory: Directory, database: Option<&str>) -> Self {
        Self::start_with(directory, database, &["--viewer", "--editor"])
    }

    pub(crate) fn start_with(directory: Directory, database: Option<&str>, options: &[&str]) -> Self {
        let mut command = command(&directory, database);
        command.args(["--port", "0"]).args(options).env("LIMBECK_TOKEN", TOKEN);
        let mut child = command.spawn().expect("limbeck starts");
        let mut lines = BufReader::new(child.stdout.take().expect("stdout is piped"));
        let mut printed = String::new();
        while !printed.ends_with("Ctrl-C stops the server.\n") {
            let read = lines.read_line(&mut printed).expect("UTF-8");
            if read == 0 {
                let mut error = String::new();
                let _ = child.stderr.take().expect("stderr is piped").read_to_string(&mut error);
                panic!("limbeck serve ended: {printed}{error}");
            }
        }
        // Whoever writes more shall not find the pipe closed.
        std::thread::spawn(move || lines.read_to_end(&mut Vec::new()));
        let address = printed.lines().find_map(|line| line.split("http://").nth(1)).expect("an address");
        let port = address.split(['/', ' ']).next().and_then(|host| host.rsplit(':').next()?.parse().ok());
        let token = |name| printed.lines().find_map(|line| line.strip_prefix(name)?.split("#token=").nth(1));
        let [viewer, editor] = ["read only", "edit only"].map(|name| token(name).unwrap_or_default().to_owned());
        Self { directory, port: port.expect("a port"), viewer, editor, printed, child }
    }

    /// Returns a request without credentials.
    pub(crate) fn request(&self, method: &str, target: &str) -> Request {
        Request::new(self.port, method, target)
    }

    /// Returns a request of the operator.
    pub(crate) fn get(&self, target: &str) -> Request {
        self.request("GET", target).bearer(TOKEN)
    }

    /// Returns a request of the operator.
    pub(crate) fn post(&self, target: &str, body: &serde_json::Value) -> Request {
        self.request("POST", target).bearer(TOKEN).json(body)
    }

    /// Plans as the page does, and starts the plan.
    pub(crate) fn run(&self, direction: &str, target: &str) -> u64 {
        let run = self.post("/api/runs", &self.reviewed(direction, target)).send().expect(202).json();
        run["id"].as_u64().expect("a number")
    }

    /// Returns the request for a run of the plan as it is now.
    pub(crate) fn reviewed(&self, direction: &str, target: &str) -> serde_json::Value {
        let plan = self.get(&format!("/api/plan?direction={direction}&target={target}")).send().expect(200).json();
        serde_json::json!({"digest": plan["digest"], "direction": direction, "target": target})
    }

    pub(crate) fn events(&self, run: u64) -> Stream {
        self.get(&format!("/api/runs/{run}/events")).open()
    }

    /// Follows a run to its end, and returns it.
    pub(crate) fn finished(&self, run: u64) -> serde_json::Value {
        self.events(run).messages();
        self.get(&format!("/api/runs/{run}")).send().expect(200).json()
    }

    pub(crate) fn rows(&self) -> Vec<String> {
        let database = self.get("/api/database").send().expect(200).json();
        assert_eq!(database["error"], serde_json::Value::Null, "{database}");
        serde_json::from_value(database["rows"].clone()).expect("rows")
    }

    /// Asks the process to end and waits until it did.
    pub(crate) fn terminate(mut self) -> (ExitStatus, Duration) {
        let start = Instant::now();
        let kill = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().expect("kill starts");
        assert!(kill.success());
        (self.child.wait().expect("the child is ours"), start.elapsed())
    }

    pub(crate) fn is_alive(&mut self) -> bool {
        self.child.try_wait().expect("the child is ours").is_none()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns `limbeck serve` without the surroundings of whoever runs the tests.
pub(crate) fn command(directory: &Directory, database: Option<&str>) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("limbeck"));
    command.current_dir(directory.parent.path()).arg("--dir").arg(directory.path());
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if ["PG", "DATABASE_", "LIMBECK_"].iter().any(|prefix| text.starts_with(prefix)) {
            command.env_remove(name);
        }
    }
    if let Some(database) = database {
        command.env("DATABASE_URL", database);
    }
    command.arg("serve").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}
