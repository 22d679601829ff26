//! An HTTP client that sends exactly what a test says, malformed requests too.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// A request in the making.
#[derive(Clone)]
pub(crate) struct Request {
    port: u16,
    method: String,
    target: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Option<Vec<u8>>,
}

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// An answer whose body is still coming.
pub(crate) struct Stream {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    reader: BufReader<TcpStream>,
}

/// A request whose body never ends.
pub(crate) struct Stalled {
    socket: TcpStream,
    without_body: bool,
}

/// One server-sent event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) id: String,
    pub(crate) event: String,
    pub(crate) data: String,
}

impl Request {
    pub(crate) fn new(port: u16, method: &str, target: &str) -> Self {
        let host = ("Host".to_owned(), format!("127.0.0.1:{port}").into_bytes());
        Self { port, method: method.to_owned(), target: target.to_owned(), headers: vec![host], body: None }
    }

    /// Adds a header; a `Host` takes the place of the right one.
    pub(crate) fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        if name == "Host" {
            self = self.without("Host");
        }
        self.headers.push((name.to_owned(), value.as_ref().to_vec()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header("Authorization", format!("Bearer {token}"))
    }

    /// Adds a body and says that it is JSON.
    pub(crate) fn json(self, body: &serde_json::Value) -> Self {
        self.header("Content-Type", "application/json").body(body.to_string())
    }

    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self
    }

    pub(crate) fn send(self) -> Answer {
        let mut stream = self.open();
        let mut body = Vec::new();
        while let Some(part) = stream.part() {
            body.extend(part);
        }
        Answer { status: stream.status, headers: stream.headers, body }
    }

    /// Sends the head and half of the body, and never the rest.
    pub(crate) fn stall(mut self) -> Stalled {
        let mut body = self.body.take().unwrap_or_default();
        self = self.header("Content-Length", body.len().to_string());
        body.truncate(body.len() / 2);
        let without_body = self.method == "HEAD";
        Stalled { socket: self.write(&body), without_body }
    }

    /// Sends the request and returns when the head of the answer is here.
    pub(crate) fn open(mut self) -> Stream {
        let without_body = self.method == "HEAD";
        let body = self.body.take();
        if let Some(body) = &body {
            self = self.header("Content-Length", body.len().to_string());
        }
        Stream::new(self.write(&body.unwrap_or_default()), without_body)
    }

    fn write(&self, body: &[u8]) -> TcpStream {
        let mut socket = TcpStream::connect(("127.0.0.1", self.port)).expect("the server listens");
        socket.set_read_timeout(Some(Duration::from_secs(60))).expect("a time limit");
        let mut bytes = format!("{} {} HTTP/1.1\r\nConnection: close\r\n", self.method, self.target).into_bytes();
        for (name, value) in &self.headers {
            bytes.extend_from_slice(name.as_bytes());
            bytes.extend_from_slice(b": ");
            bytes.extend_from_slice(value);
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(b"\r\n");
        // A server may answer and hang up before it has read a body that it does not want.
        let _ = socket.write_all(&bytes);
        let _ = socket.write_all(body);
        socket
    }
}

impl Stalled {
    /// Returns whether the server has neither answered nor hung up so far.
    pub(crate) fn is_waiting(&mut self) -> bool {
        self.socket.set_nonblocking(true).expect("an open socket");
        let waiting = matches!(self.socket.peek(&mut [0]), Err(error) if error.kind() == ErrorKind::WouldBlock);
        self.socket.set_nonblocking(false).expect("an open socket");
        waiting
    }

    /// Waits for what the server answers all the same.
    pub(crate) fn answer(self) -> Stream {
        Stream::new(self.socket, self.without_body)
    }
}

impl Stream {
    fn new(socket: TcpStream, without_body: bool) -> Self {
        let mut reader = BufReader::new(socket);
        let first = line(&mut reader);
        let status = first.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.unwrap_or_else(|| panic!("no status in {first:?}"));
        let mut headers = Vec::new();
        loop {
            let header = line(&mut reader);
            let Some((name, value)) = header.split_once(": ") else { break };
            headers.push((name.to_ascii_lowercase(), value.to_owned()));
        }
        if without_body || status == 304 {
            headers.retain(|(name, _)| name != "content-length");
            headers.push(("content-length".to_owned(), "0".to_owned()));
        }
        Self { status, headers, reader }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }

    /// Returns the next part of the body, or none behind its end.
    fn part(&mut self) -> Option<Vec<u8>> {
        if self.header("transfer-encoding") == Some("chunked") {
            let size = usize::from_str_radix(line(&mut self.reader).trim(), 16).ok()?;
            let mut part = vec![0; size];
            self.reader.read_exact(&mut part).ok()?;
            line(&mut self.reader);
            return (size > 0).then_some(part);
        }
        let length = self.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        self.headers.retain(|(name, _)| name != "content-length");
        let mut part = vec![0; length];
        self.reader.read_exact(&mut part).expect("as many bytes as announced");
        (length > 0).then_some(part)
    }

    /// Returns the next event, or none when the server has ended the stream.
    pub(crate) fn message(&mut self) -> Option<Message> {
        loop {
            let text = String::from_utf8(self.part()?).expect("UTF-8");
            let field = |name: &str| {
                let line = text.lines().find_map(|line| line.strip_prefix(name));
                line.map(|value| value.trim_start_matches(':').trim_start().to_owned())
            };
            // A keep-alive has none.
            if let Some(data) = field("data") {
                let (id, event) = (field("id").unwrap_or_default(), field("event").unwrap_or_default());
                return Some(Message { id, event, data });
            }
        }
    }

    pub(crate) fn messages(mut self) -> Vec<Message> {
        std::iter::from_fn(|| self.message()).collect()
    }
}

impl Message {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.data).expect("an event is JSON")
    }

    pub(crate) fn kind(&self) -> String {
        self.json()["type"].as_str().expect("an event has a type").to_owned()
    }
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("UTF-8")
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// Returns the code of a failure.
    pub(crate) fn code(&self) -> String {
        let document = self.json();
        assert_eq!(document["format"], 1, "{document}");
        document["error"]["code"].as_str().unwrap_or_else(|| panic!("no failure: {document}")).to_owned()
    }

    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        self
    }
}

fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

fn line(reader: &mut impl BufRead) -> String {
    let mut line = String::new();
    reader.read_line(&mut line).expect("the server answers");
    line.trim_end_matches(['\r', '\n']).to_owned()
}
