//! `cargo xtask run`: from a fresh clone to the page in the browser, in phases: tools, page,
//! compression, server, start.

use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::phase::{Took, phase};
use crate::{page, process, workspace};

/// Builds page and server, then becomes `limbeck serve` on the example migrations.
pub(crate) fn command(mut arguments: Arguments) -> Result<ExitCode, Failure> {
    let open = arguments.flag("--open");
    let port: Option<u16> = arguments.number("--port")?;
    let behind = arguments.behind();
    arguments.done()?;

    let start = Instant::now();
    page::build()?;
    let server = phase("server", "building, which takes some minutes the first time", server)?;

    let mut serve = workspace::command(server);
    serve.args(["--dir", "migrations", "serve"]);
    if open {
        serve.arg("--open");
    }
    if let Some(port) = port {
        serve.args(["--port", &port.to_string()]);
    }
    serve.args(behind);
    eprintln!("start: {} after {}", process::line(&serve), Took(start.elapsed()));
    // From here on there is only the server: signals and exit status are its own.
    let error = serve.exec();
    Err(Failure::new(format!("cannot start {}: {error}", process::line(&serve))))
}

/// Builds the server with the page inside and returns where it is.
fn server() -> Result<PathBuf, Failure> {
    let mut cargo = workspace::cargo();
    cargo.args(["build", "--package", "limbeck", "--bin", "limbeck"]);
    process::run(&mut cargo)?;
    Ok(workspace::target_dir().join("debug/limbeck"))
}
