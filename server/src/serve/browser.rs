//! Opens the browser of whoever started the server.

use std::process::{Command, Stdio};

/// Opens an address; says so when there is no browser to be found.
pub(crate) fn open(address: &str) {
    let mut command = if cfg!(target_os = "macos") {
        Command::new("open")
    } else if cfg!(windows) {
        let mut command = Command::new("rundll32");
        command.arg("url.dll,FileProtocolHandler");
        command
    } else {
        Command::new("xdg-open")
    };
    command.arg(address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.env_remove("LIMBECK_TOKEN");
    match command.spawn() {
        Ok(mut child) => {
            // Waited for, so that no dead process stays behind.
            std::thread::spawn(move || child.wait());
        }
        Err(error) => eprintln!("no browser opens: {error}; open the address above"),
    }
}
