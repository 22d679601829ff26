//! A running `limbeck serve`.

use std::io::{BufRead as _, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::project::Project;

/// So long the server may take to say where it is: the embedded Postgres is unpacked before.
const PATIENCE: Duration = Duration::from_secs(120);

/// A server on a port of its own, ended when it goes out of scope.
pub(crate) struct Served {
    child: Child,
    /// The address with the operator's login token.
    pub(crate) login: String,
    /// The address with the viewer's login token, where one was asked for.
    pub(crate) viewer: Option<String>,
}

impl Served {
    /// Serves a project with the embedded Postgres.
    pub(crate) fn embedded(project: &Project) -> Self {
        Self::start(project, &[])
    }

    /// Serves a project with the database behind a URL.
    pub(crate) fn database(project: &Project, url: &str) -> Self {
        Self::start(project, &["--database-url", url])
    }

    /// Serves a project with more arguments.
    pub(crate) fn start(project: &Project, arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_limbeck"));
        for (name, _) in std::env::vars_os() {
            if ["PG", "DATABASE_", "LIMBECK_"].iter().any(|prefix| name.to_string_lossy().starts_with(prefix)) {
                command.env_remove(name);
            }
        }
        // What this machine remembers of other runs is no part of a test.
        command.env("LIMBECK_CACHE", "off");
        command.arg("--dir").arg(project.migrations()).args(["serve", "--port", "0"]).args(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("limbeck starts");

        let (sender, said) = mpsc::channel();
        listen(child.stdout.take(), sender.clone());
        listen(child.stderr.take(), sender);
        let deadline = Instant::now() + PATIENCE;
        let mut all = String::new();
        let mut login = None;
        let mut viewer = None;
        while let Ok(line) = said.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            let address = line.split_whitespace().find(|word| word.starts_with("http://") && word.contains("#token="));
            match address {
                Some(address) if line.starts_with("open") => login = Some(address.to_owned()),
                Some(address) if line.starts_with("read only") => viewer = Some(address.to_owned()),
                _ => {}
            }
            all.push_str(&line);
            all.push('\n');
            // The last line of what the server says about itself.
            if line.contains("Ctrl-C") {
                break;
            }
        }
        let Some(login) = login else {
            let _ = child.kill().and_then(|()| child.wait());
            panic!("limbeck serve did not say where it is; it said:\n{all}");
        };
        Self { child, login, viewer }
    }

    /// Returns the address without the token.
    pub(crate) fn address(&self) -> &str {
        self.login.split_once('#').map_or(&self.login, |(address, _)| address)
    }

    /// Ends the server as Ctrl-C does and waits for it.
    pub(crate) fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        let interrupted = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
        let deadline = Instant::now() + Duration::from_secs(20);
        while interrupted.is_ok() && Instant::now() < deadline {
            if let Ok(Some(_)) = self.child.try_wait() {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.end();
    }
}

/// Reads to the end, so that the server never waits for a reader.
fn listen(output: Option<impl Read + Send + 'static>, sender: mpsc::Sender<String>) {
    let Some(output) = output else { return };
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
}
