//! Memory with 10,000 revisions: the command line, the server, the page.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::history::{History, Shape};
use super::measure::measure;
use super::verdict;
use crate::failure::Failure;
use crate::install::debian;
use crate::{process, workspace};

const REVISIONS: usize = 10_000;
const MEGABYTE: u64 = 1_000_000;

/// Measures and prints; returns whether all stayed below what was promised.
pub(crate) fn report(limbeck: &Path, dir: &Path) -> Result<bool, Failure> {
    println!("memory with {REVISIONS} revisions\n");
    let mut kept = true;
    for shape in [Shape::Linear, Shape::Merges] {
        let history = History::write(dir, shape, REVISIONS)?;
        let listing = measure(
            Command::new(limbeck).current_dir(&history.dir).env("XDG_CACHE_HOME", history.cache()).arg("history"),
        )?;
        kept &= line(&format!("{} limbeck history", shape.name()), listing.memory, 60);
        kept &= line(&format!("{} limbeck serve", shape.name()), serve(limbeck, &history)?, 150);
    }
    kept &= line("page", page()?, 150);
    Ok(kept)
}

pub(super) fn line(what: &str, bytes: u64, promised: u64) -> bool {
    let kept = bytes < promised * MEGABYTE;
    println!("{what:<28}{:>9.1} MB, promised under {promised} MB — {}", bytes as f64 / MEGABYTE as f64, verdict(kept));
    kept
}

/// Returns what the server holds after it has told a browser all it knows. The database's address leads nowhere, so
/// that no embedded Postgres is part of the figure.
fn serve(limbeck: &Path, history: &History) -> Result<u64, Failure> {
    let nowhere = "postgresql://nobody@127.0.0.1:1/nothing?connect_timeout=1";
    let mut command = Command::new(limbeck);
    command.current_dir(&history.dir).env("XDG_CACHE_HOME", history.cache()).args([
        "--database-url",
        nowhere,
        "serve",
        "--port",
        "0",
    ]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(Failure::io("cannot start limbeck serve"))?;
    let asked = ask(&mut child);
    let memory = process::output(Command::new("ps").args(["-o", "rss=", "-p", &child.id().to_string()]));
    child.kill().and_then(|()| child.wait()).map_err(Failure::io("cannot end limbeck serve"))?;
    asked?;
    let kilobytes: u64 =
        memory?.trim().parse().map_err(|_| Failure::new("ps does not tell the memory of a process"))?;
    Ok(kilobytes * 1024)
}

/// Reads the address from what the server prints, and the whole project from there, twice.
fn ask(child: &mut Child) -> Result<(), Failure> {
    let lost = || Failure::new("limbeck serve did not say where it is");
    let output = child.stdout.take().ok_or_else(lost)?;
    let mut lines = BufReader::new(output).lines().map_while(Result::ok);
    let (host, token) = lines
        .find_map(|line| {
            let (_, address) = line.split_once("http://")?;
            let (host, token) = address.split_once("/#token=")?;
            Some((host.to_owned(), token.split_whitespace().next()?.to_owned()))
        })
        .ok_or_else(lost)?;
    for _ in 0..2 {
        for path in ["/api/project", "/api/database?schema=false"] {
            get(&host, path, &token).map_err(Failure::io(format_args!("{path} does not answer")))?;
        }
    }
    Ok(())
}

fn get(host: &str, path: &str, token: &str) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    if answer.starts_with(b"HTTP/1.1 200") {
        return Ok(());
    }
    let first = answer.split(|byte| *byte == b'\r').next().unwrap_or_default();
    Err(std::io::Error::other(String::from_utf8_lossy(first).into_owned()))
}

/// Returns what the page holds, as the browser's own test of it says.
fn page() -> Result<u64, Failure> {
    debian::require(&[debian::CHROMIUM, debian::CHROMEDRIVER])?;
    let mut cargo = workspace::cargo();
    cargo.args(["test", "--package", "limbeck", "--test", "page", "--", "ten_thousand", "--nocapture"]);
    let said = process::output(&mut cargo)?;
    let number = said.lines().find_map(|line| line.strip_prefix("memory of the page: ")?.strip_suffix(" bytes"));
    number
        .and_then(|number| number.parse().ok())
        .ok_or_else(|| Failure::new("the page's test does not tell its memory"))
}
