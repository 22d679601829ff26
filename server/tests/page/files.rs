//! A plain server of files, as stands in front of any artifact store: it knows nothing of Limbeck, has no API, and sets
//! no header but type and length.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// A directory served below a path, on a port of its own until the tests end.
pub(crate) struct Files {
    address: SocketAddr,
    below: &'static str,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Files {
    /// Serves a directory below a path that begins and ends with a slash.
    pub(crate) fn serve(directory: &Path, below: &'static str) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (root, log) = (directory.to_path_buf(), Arc::clone(&asked));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (root, log) = (root.clone(), Arc::clone(&log));
                std::thread::spawn(move || {
                    // A browser that hangs up early is none of the test's business.
                    let _ = answer(stream, &root, below, &log);
                });
            }
        });
        Self { address, below, asked }
    }

    /// Returns the address of the directory.
    pub(crate) fn address(&self) -> String {
        format!("http://{}{}", self.address, self.below)
    }

    /// Returns what was asked for and how it was answered, in order: `200 /path`.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("nobody panicked with it").clone()
    }
}

fn answer(stream: TcpStream, root: &Path, below: &str, log: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    for line in lines {
        if line?.is_empty() {
            break;
        }
    }
    let target = request.split(' ').nth(1).unwrap_or_default();
    let path = target.split('?').next().unwrap_or_default();
    let content = path.strip_prefix(below).and_then(|name| fs::read(file(root, name)).ok());
    let status = if content.is_some() { "200 OK" } else { "404 Not Found" };
    if let Ok(mut log) = log.lock() {
        log.push(format!("{} {path}", &status[..3]));
    }
    let kind = match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("js") => "text/javascript",
        Some("css") => "text/css",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("json") => "application/json",
        _ => "text/html",
    };
    let content = content.unwrap_or_default();
    let mut stream = stream;
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        content.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(&content)
}

fn file(root: &Path, name: &str) -> PathBuf {
    root.join(if name.is_empty() { "index.html" } else { name })
}
