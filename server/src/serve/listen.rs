//! Sockets on the loopback addresses, and the connections on them.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// The port where none is asked for.
pub const DEFAULT_PORT: u16 = 8086;
/// So many ports are tried from [`DEFAULT_PORT`] on.
const PORTS: u16 = 100;
/// More connections than these wait until one of them ends.
const MOST_CONNECTIONS: usize = 512;
/// A client has so long to send the head of its next request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// Connections that are still busy so long after the end was announced are cut.
const DRAIN: Duration = Duration::from_secs(5);

/// Why the server does not listen.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// An address that other machines reach.
    #[error("{0} can be reached from other machines; this version serves only 127.0.0.1 and [::1]")]
    NotLoopback(IpAddr),
    /// Somebody listens there already.
    #[error("port {0} is in use")]
    InUse(u16),
    /// Somebody listens on every port that was tried.
    #[error("the ports {} to {} are all in use", DEFAULT_PORT, DEFAULT_PORT + PORTS - 1)]
    AllInUse,
    /// The system refuses.
    #[error("cannot listen on {address}: {error}")]
    Io {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        error: io::Error,
    },
}

impl ListenError {
    /// Returns what to do next.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NotLoopback(_) => {
                "leave --bind out, and reach it from elsewhere with `ssh -L 8086:127.0.0.1:8086 HOST`"
            }
            Self::InUse(_) => "leave --port out to take the next free port, or stop what listens there",
            Self::AllInUse => "name a free port with --port",
            Self::Io { .. } => "name another port with --port",
        }
    }
}

/// Bound sockets, all with one port.
#[derive(Debug)]
pub(crate) struct Sockets {
    listeners: Vec<TcpListener>,
    port: u16,
}

impl Sockets {
    /// Binds the given loopback address, else both of them; the given port, else the next free one.
    pub(crate) async fn bind(address: Option<IpAddr>, port: Option<u16>) -> Result<Self, ListenError> {
        let addresses = match address {
            Some(address) if address.is_loopback() => vec![address],
            Some(address) => return Err(ListenError::NotLoopback(address)),
            None => vec![IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)],
        };
        if let Some(port) = port.filter(|port| *port != 0) {
            return Self::bind_port(&addresses, port).await?.ok_or(ListenError::InUse(port));
        }
        for offset in 0..PORTS {
            let candidate = if port == Some(0) { 0 } else { DEFAULT_PORT + offset };
            if let Some(sockets) = Self::bind_port(&addresses, candidate).await? {
                return Ok(sockets);
            }
        }
        Err(ListenError::AllInUse)
    }

    /// Returns the port.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Returns an address for a browser.
    pub(crate) fn address(&self) -> String {
        let first = self.listeners.first().and_then(|listener| listener.local_addr().ok());
        match first {
            Some(SocketAddr::V6(_)) => format!("http://[::1]:{}/", self.port),
            Some(SocketAddr::V4(address)) => format!("http://{address}/"),
            None => format!("http://127.0.0.1:{}/", self.port),
        }
    }

    /// Returns none when somebody has the port on one of the addresses; port 0 is any free one, the same on all.
    async fn bind_port(addresses: &[IpAddr], wanted: u16) -> Result<Option<Self>, ListenError> {
        let mut sockets = Self { listeners: Vec::new(), port: wanted };
        for ip in addresses {
            let address = SocketAddr::new(*ip, sockets.port);
            match TcpListener::bind(address).await {
                Ok(listener) => {
                    sockets.port = listener.local_addr().map_err(|error| ListenError::Io { address, error })?.port();
                    sockets.listeners.push(listener);
                }
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => return Ok(None),
                // A machine without IPv6 has no ::1 to listen on.
                Err(error) if ip.is_ipv6() && addresses.len() > 1 && is_missing(&error) => {}
                Err(error) => return Err(ListenError::Io { address, error }),
            }
        }
        Ok(Some(sockets))
    }

    /// Answers connections until the end is announced, and those that are open then to their end.
    pub(crate) async fn serve(self, router: Router, end: impl Future<Output = ()>) {
        let graceful = Arc::new(GracefulShutdown::new());
        let slots = Arc::new(Semaphore::new(MOST_CONNECTIONS));
        let accepting: Vec<_> = self
            .listeners
            .into_iter()
            .map(|listener| tokio::spawn(accept(listener, router.clone(), Arc::clone(&slots), Arc::clone(&graceful))))
            .collect();
        end.await;
        for task in accepting {
            task.abort();
            // It holds a share of the count of connections, which is needed whole below.
            let _ = task.await;
        }
        if let Some(graceful) = Arc::into_inner(graceful) {
            let _ = tokio::time::timeout(DRAIN, graceful.shutdown()).await;
        }
    }
}

async fn accept(listener: TcpListener, router: Router, slots: Arc<Semaphore>, graceful: Arc<GracefulShutdown>) {
    loop {
        // The semaphore is never closed.
        let Ok(slot) = Arc::clone(&slots).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => {
                let connection = answer(stream, router.clone(), graceful.watcher());
                tokio::spawn(async move {
                    connection.await;
                    drop(slot);
                });
            }
            // Out of file descriptors, mostly: others must end first.
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

async fn answer(stream: TcpStream, router: Router, watcher: Watcher) {
    // Events are small and shall leave at once.
    let _ = stream.set_nodelay(true);
    let service = TowerToHyperService::new(router);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service);
    // A client that goes away in the middle is its own business.
    let _ = pin!(watcher.watch(connection)).await;
}

fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::AddrNotAvailable | io::ErrorKind::Unsupported)
        // EAFNOSUPPORT has no kind of its own.
        || error.raw_os_error() == Some(97)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_address_that_others_reach_is_refused() {
        for address in ["0.0.0.0", "192.168.1.5", "::"] {
            let address: IpAddr = address.parse().expect("an address");
            let error = Sockets::bind(Some(address), None).await.expect_err("not loopback");
            assert!(matches!(error, ListenError::NotLoopback(refused) if refused == address));
        }
    }

    #[tokio::test]
    async fn a_port_in_use_is_an_error_when_it_was_asked_for() {
        let taken = Sockets::bind(None, Some(0)).await.expect("a free port");
        assert_eq!(taken.listeners.iter().filter_map(|socket| socket.local_addr().ok()).count(), taken.listeners.len());
        let error = Sockets::bind(None, Some(taken.port())).await.expect_err("in use");
        assert!(matches!(error, ListenError::InUse(port) if port == taken.port()));
    }

    #[tokio::test]
    async fn the_next_free_port_is_taken_when_none_was_asked_for() {
        let first = Sockets::bind(None, None).await.expect("a free port");
        let second = Sockets::bind(None, None).await.expect("a free port");
        assert!(second.port() > first.port(), "{} then {}", first.port(), second.port());
    }
}
