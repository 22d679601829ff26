//! ChromeDriver, started once for this process on a port of its own choice.

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::process::{ChildStdin, Command, Stdio};
use std::sync::OnceLock;

/// What is said when it is not there.
const INSTALL: &str = "chromedriver starts; if it is missing: apt-get install chromium chromium-driver";

struct Driver {
    url: String,
    /// The shell that guards ChromeDriver ends it when this pipe closes, however this process ends.
    _guard: ChildStdin,
}

/// Returns the address of this process's ChromeDriver.
pub(crate) fn url() -> &'static str {
    static DRIVER: OnceLock<Driver> = OnceLock::new();
    &DRIVER.get_or_init(start).url
}

fn start() -> Driver {
    let script = r#""$@" 2>&1 & driver=$!; read -r _; trap '' TERM; kill -TERM -$$; wait $driver"#;
    let mut guard = Command::new("/bin/sh");
    guard.args(["-c", script, "sh", "chromedriver", "--port=0"]);
    guard.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    // A group of its own holds ChromeDriver and all that it starts.
    let mut child = guard.process_group(0).spawn().expect("/bin/sh starts");
    let pipe = child.stdin.take().expect("stdin is piped");
    let output = child.stdout.take().expect("stdout is piped");
    let mut lines = BufReader::new(output).lines().map_while(Result::ok);
    let port: u16 = lines
        .find_map(|line| {
            let (_, port) = line.split_once("started successfully on port ")?;
            port.trim_end_matches('.').parse().ok()
        })
        .expect(INSTALL);
    // ChromeDriver would stop if nobody read what it says.
    std::thread::spawn(move || {
        lines.for_each(drop);
        child.wait()
    });
    Driver { url: format!("http://127.0.0.1:{port}"), _guard: pipe }
}
