//! A real Postgres for the tests: one temporary cluster for each test process, one fresh database for each test.
//!
//! The server belongs to a guard process that ends it, and removes its files, when the pipe to the test process
//! closes, however that process ends.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use limbeck_core::PostgresVersion;
use tempfile::TempDir;
use tokio_postgres::{Client, NoTls, SimpleQueryMessage};

/// Name of the superuser of the cluster.
pub(crate) const USER: &str = "postgres";

/// Password of the superuser; asked for over TCP, not on the unix socket.
pub(crate) const PASSWORD: &str = "a p@ss/word?";

const INSTALL: &str =
    "no Postgres server binaries found: apt-get install postgresql, or name their directory in LIMBECK_PG_BIN";

/// The running cluster.
pub(crate) struct Cluster {
    version: PostgresVersion,
    directory: PathBuf,
    port: u16,
    next: AtomicU32,
    _guard: ChildStdin,
}

/// The user that the server runs as, when the tests run as root.
#[derive(Clone, Copy)]
struct Unprivileged {
    uid: u32,
    gid: u32,
}

impl Cluster {
    /// Returns the cluster of this process, started on first use.
    pub(crate) fn shared() -> &'static Self {
        static CLUSTER: OnceLock<Cluster> = OnceLock::new();
        CLUSTER.get_or_init(|| Self::start(&binaries(), true))
    }

    /// Returns the cluster of a major version that is not the one that the system has, started on first use. The
    /// directory of its binaries is in a variable, `LIMBECK_PG_BIN_18`.
    pub(crate) fn of(version: PostgresVersion) -> &'static Self {
        static CLUSTERS: Mutex<BTreeMap<PostgresVersion, &'static Cluster>> = Mutex::new(BTreeMap::new());
        // Where one did not start, others may.
        let mut clusters = CLUSTERS.lock().unwrap_or_else(PoisonError::into_inner);
        clusters.entry(version).or_insert_with(|| {
            let variable = format!("LIMBECK_PG_BIN_{version}");
            let Some(directory) = std::env::var_os(&variable) else {
                panic!(
                    "{variable} is to name the directory of the binaries of Postgres {version}: `cargo xtask test \
                    --part server` installs them, and `cargo xtask setup` says where they are"
                );
            };
            // Not each of them was built with TLS.
            let cluster = Self::start(&named(&variable, directory.into()), false);
            assert_eq!(cluster.version, version, "{variable} is of another version");
            Box::leak(Box::new(cluster))
        })
    }

    /// Returns the major version of the server.
    pub(crate) fn version(&self) -> PostgresVersion {
        self.version
    }

    /// Returns the file with the certificate that the server shows; it is valid for `localhost` only.
    pub(crate) fn certificate(&self) -> PathBuf {
        self.directory.join("server.crt")
    }

    /// Creates the role `tls_only`, which the server admits over TLS only; its password is the superuser's.
    pub(crate) fn tls_only_role(&'static self) {
        static ONCE: std::sync::Once = std::sync::Once::new();
        ONCE.call_once(|| {
            let database = TestDatabase { cluster: self, name: "postgres".to_owned() };
            database.execute(&format!("CREATE ROLE tls_only LOGIN PASSWORD '{PASSWORD}'"));
        });
    }

    /// Creates a database that no other test uses.
    pub(crate) fn database(&'static self) -> TestDatabase {
        let name = format!("t{}", self.next.fetch_add(1, Ordering::Relaxed));
        TestDatabase { cluster: self, name: "postgres".to_owned() }
            .execute(&format!("CREATE DATABASE {name} TEMPLATE template0"));
        TestDatabase { cluster: self, name }
    }

    /// `tls`: it can encrypt connections.
    fn start(binaries: &Path, tls: bool) -> Self {
        let version = version(binaries);
        let user = unprivileged();
        let temporary = directory(user);
        let directory = temporary.path().to_path_buf();
        let data = directory.join("data");
        let binaries = &reachable(binaries, user, &directory);

        let mut password_file = fs::File::create(directory.join("password")).expect("directory is writable");
        password_file.write_all(PASSWORD.as_bytes()).expect("directory is writable");
        let certificate = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).expect("name is valid");
        fs::write(directory.join("server.crt"), certificate.cert.pem()).expect("directory is writable");
        fs::write(directory.join("server.key"), certificate.signing_key.serialize_pem())
            .expect("directory is writable");
        for file in ["password", "server.crt", "server.key"] {
            give(&directory.join(file), user, 0o600);
        }

        let mut initdb = Command::new(binaries.join("initdb"));
        initdb
            .args(["--auth-local=trust", "--auth-host=scram-sha-256", "--no-sync", "--encoding=UTF8", "--locale=C"])
            .args(["--username", USER, "--pwfile", "password", "--pgdata", "data"]);
        let output = run_as(&mut initdb, user, &directory).output().expect("initdb starts");
        assert!(output.status.success(), "initdb failed: {}", String::from_utf8_lossy(&output.stderr));

        let rules = "local all all trust\n\
                     hostnossl all tls_only all reject\n\
                     host all no_such_role 127.0.0.1/32 trust\n\
                     host all all 127.0.0.1/32 scram-sha-256\n";
        fs::write(data.join("pg_hba.conf"), rules).expect("directory is writable");

        // Between the look for a free port and its use somebody else may take it.
        for _ in 0..5 {
            let port = free_port();
            if let Some(guard) = serve(binaries, tls, user, &directory, port) {
                // From here on the guard removes it: that also happens when this process is killed.
                let directory = temporary.keep();
                return Self { version, directory, port, next: AtomicU32::new(1), _guard: guard };
            }
        }
        let log = fs::read_to_string(directory.join("log")).unwrap_or_default();
        panic!("the test cluster did not start:\n{log}");
    }
}

/// A database of its own for one test.
#[derive(Clone)]
pub(crate) struct TestDatabase {
    cluster: &'static Cluster,
    /// Name in the cluster.
    pub(crate) name: String,
}

impl TestDatabase {
    /// Returns the URL over TCP with the superuser's password, without TLS.
    pub(crate) fn url(&self) -> String {
        self.url_as(USER, PASSWORD)
    }

    /// Returns the URL over TCP for another role.
    pub(crate) fn url_as(&self, user: &str, password: &str) -> String {
        let password: String = url::form_urlencoded::byte_serialize(password.as_bytes()).collect();
        let password = password.replace('+', "%20");
        format!("postgresql://{user}:{password}@127.0.0.1:{}/{}?sslmode=disable", self.cluster.port, self.name)
    }

    /// Returns the URL of the unix socket, on which nobody is asked for a password.
    pub(crate) fn socket_url(&self) -> String {
        let directory = self.cluster.directory.display();
        format!("postgresql://{USER}@/{}?host={directory}&port={}", self.name, self.cluster.port)
    }

    /// Runs statements as the superuser; works inside and outside of a runtime.
    pub(crate) fn execute(&self, sql: &str) {
        self.rows(sql);
    }

    /// Returns the rows of a query as text, values joined by `|`, null as `NULL`.
    pub(crate) fn rows(&self, sql: &str) -> Vec<String> {
        let (database, sql) = (self.clone(), sql.to_owned());
        // A thread of its own, because blocking inside of a runtime is not possible.
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("runtime starts");
            runtime.block_on(async move {
                let client = database.client().await;
                let messages = client.simple_query(&sql).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
                messages.iter().filter_map(line).collect()
            })
        })
        .join()
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }

    /// Returns a connection of the superuser, for what another session does meanwhile.
    pub(crate) async fn client(&self) -> Client {
        let (client, connection) = tokio_postgres::Config::new()
            .host_path(&self.cluster.directory)
            .port(self.cluster.port)
            .user(USER)
            .dbname(&self.name)
            .application_name("test")
            .connect(NoTls)
            .await
            .expect("the test cluster accepts connections");
        tokio::spawn(connection);
        client
    }
}

fn line(message: &SimpleQueryMessage) -> Option<String> {
    let SimpleQueryMessage::Row(row) = message else { return None };
    let values: Vec<_> = (0..row.len()).map(|column| row.get(column).unwrap_or("NULL")).collect();
    Some(values.join("|"))
}

fn serve(binaries: &Path, tls: bool, user: Option<Unprivileged>, directory: &Path, port: u16) -> Option<ChildStdin> {
    // `read` returns when the other end of the pipe is gone; SIGQUIT ends Postgres at once.
    let script =
        r#""$@" >log 2>&1 & server=$!; read -r _; kill -QUIT $server; wait $server; cd /; rm -rf "$DIRECTORY""#;
    let mut guard = Command::new("/bin/sh");
    guard.args(["-c", script, "sh"]).arg(binaries.join("postgres")).args(["-D", "data", "-p", &port.to_string()]);
    let settings = [
        "listen_addresses=127.0.0.1".to_owned(),
        format!("unix_socket_directories={}", directory.display()),
        "fsync=off".to_owned(),
        "synchronous_commit=off".to_owned(),
        "full_page_writes=off".to_owned(),
        "max_connections=200".to_owned(),
    ];
    let of_tls = ["ssl=on", "ssl_cert_file=../server.crt", "ssl_key_file=../server.key"].map(str::to_owned);
    for setting in settings.into_iter().chain(of_tls.into_iter().filter(|_| tls)) {
        guard.arg("-c").arg(setting);
    }
    guard.env("DIRECTORY", directory).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    // A group of its own: Ctrl-C on the terminal must not end the guard before it has cleaned up.
    let mut child = run_as(&mut guard, user, directory).process_group(0).spawn().expect("/bin/sh starts");
    let pipe = child.stdin.take().expect("stdin is piped");
    std::thread::spawn(move || child.wait());

    let deadline = Instant::now() + Duration::from_secs(60);
    while Instant::now() < deadline {
        // The last line of this file says what the server is up to.
        let status = fs::read_to_string(directory.join("data/postmaster.pid")).unwrap_or_default();
        if status.lines().nth(7).is_some_and(|line| line.trim() == "ready") {
            return Some(pipe);
        }
        let log = fs::read_to_string(directory.join("log")).unwrap_or_default();
        if log.contains("could not create any TCP/IP sockets") {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    None
}

fn binaries() -> PathBuf {
    if let Some(directory) = std::env::var_os("LIMBECK_PG_BIN") {
        return named("LIMBECK_PG_BIN", directory.into());
    }
    let mut candidates: Vec<PathBuf> = std::env::var_os("PATH").iter().flat_map(std::env::split_paths).collect();
    let mut debian: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    debian.sort();
    candidates.extend(debian.into_iter().rev().map(|(_, path)| path));
    if let Ok(output) = Command::new("pg_config").arg("--bindir").output() {
        candidates.push(String::from_utf8_lossy(&output.stdout).trim().into());
    }
    candidates.into_iter().find(|directory| is_complete(directory)).expect(INSTALL)
}

fn named(variable: &str, directory: PathBuf) -> PathBuf {
    assert!(is_complete(&directory), "{variable}={}: no initdb and postgres there", directory.display());
    directory
}

fn version(binaries: &Path) -> PostgresVersion {
    let output = Command::new(binaries.join("postgres")).arg("--version").output().expect("postgres starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    // `postgres (PostgreSQL) 15.18 (Debian …)`
    let number = text.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    number.and_then(PostgresVersion::of_server).unwrap_or_else(|| panic!("no version of Postgres: {text}"))
}

fn is_complete(directory: &Path) -> bool {
    ["initdb", "postgres"].iter().all(|name| directory.join(name).is_file())
}

/// Postgres refuses to run as root.
fn unprivileged() -> Option<Unprivileged> {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let uid = status.lines().find_map(|line| line.strip_prefix("Uid:"))?.split_whitespace().nth(1)?;
    if uid != "0" {
        return None;
    }
    let passwd = fs::read_to_string("/etc/passwd").expect("/etc/passwd is readable");
    let find = |name: &str| {
        let entry = passwd.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = entry.split(':').skip(2);
        Some(Unprivileged { uid: fields.next()?.parse().ok()?, gid: fields.next()?.parse().ok()? })
    };
    let user = find("postgres").or_else(|| find("nobody"));
    Some(user.expect("root cannot run Postgres, and there is neither a user postgres nor a user nobody"))
}

/// Returns where the user of the server reaches its binaries: a copy in the cluster's own directory, where they lie in
/// somebody's home.
fn reachable(binaries: &Path, user: Option<Unprivileged>, directory: &Path) -> PathBuf {
    if user.is_none() || is_open(binaries) {
        return binaries.to_path_buf();
    }
    // A package of Python has libraries in a directory beside it, and looks for them there.
    let package = binaries.ancestors().nth(2).expect("binaries lie in an installation, and that in a package");
    let mut libraries = package.as_os_str().to_owned();
    libraries.push(".libs");
    let parts = [package, Path::new(&libraries)];
    let copy = directory.join("postgres");
    fs::create_dir(&copy).expect("directory is writable");
    let mut cp = Command::new("cp");
    cp.arg("-RL").args(parts.into_iter().filter(|part| part.is_dir())).arg(&copy);
    assert!(cp.status().is_ok_and(|status| status.success()), "{} can be copied", package.display());
    give(&copy, user, 0o700);
    copy.join(binaries.strip_prefix(package.parent().unwrap_or(package)).expect("they lie in it"))
}

/// Returns whether everybody reaches a place.
fn is_open(path: &Path) -> bool {
    path.ancestors().all(|part| fs::metadata(part).is_ok_and(|data| data.permissions().mode() & 0o001 != 0))
}

/// Makes the directory of the cluster where the unprivileged user can reach it.
fn directory(user: Option<Unprivileged>) -> TempDir {
    let mut parents = [std::env::temp_dir(), "/tmp".into(), "/var/tmp".into()].into_iter();
    let parent = parents.find(|path| user.is_none() || is_open(path)).expect("/tmp is reachable for everyone");
    let directory = tempfile::Builder::new().prefix("limbeck-pg-").tempdir_in(parent).expect("/tmp is writable");
    give(directory.path(), user, 0o700);
    directory
}

fn give(path: &Path, user: Option<Unprivileged>, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("own files can be changed");
    if let Some(Unprivileged { uid, gid }) = user {
        chown(path, Some(uid), Some(gid)).expect("root can give files away");
    }
}

fn run_as<'a>(command: &'a mut Command, user: Option<Unprivileged>, directory: &Path) -> &'a mut Command {
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PG")) {
        command.env_remove(name);
    }
    command.current_dir(directory).env("LC_ALL", "C");
    if let Some(Unprivileged { uid, gid }) = user {
        command.gid(gid).uid(uid);
    }
    command
}

fn free_port() -> u16 {
    // Two tests that ask at once must not get the same answer.
    static ASKING: Mutex<()> = Mutex::new(());
    let _asking = ASKING.lock().expect("nobody panics while asking");
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("loopback has free ports");
    listener.local_addr().expect("a bound socket has an address").port()
}
