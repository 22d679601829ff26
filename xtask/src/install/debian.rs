//! Programs that come as Debian's packages: found where they are, installed by apt where we may, else named with the
//! command that installs them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::failure::Failure;
use crate::process;

/// A program, and the packages that bring it.
#[derive(Clone, Copy)]
pub(crate) struct Program {
    what: &'static str,
    packages: &'static [&'static str],
    why: &'static str,
    find: fn() -> Option<PathBuf>,
}

/// The C compiler and linker.
pub(crate) const CC: Program = Program {
    what: "a C compiler",
    packages: &["gcc", "libc6-dev"],
    why: "links Rust's programs",
    find: || process::find("cc"),
};

/// Node runs WASM tests and the npm package.
pub(crate) const NODE: Program = Program {
    what: "Node",
    packages: &["nodejs"],
    why: "runs the WASM tests and the npm package",
    find: || process::find("node"),
};

/// npm fetches some of the schemas that the model is judged by.
pub(crate) const NPM: Program = Program {
    what: "npm",
    packages: &["npm"],
    why: "fetches packages with SQL in them",
    find: || process::find("npm"),
};

/// A Postgres server's own programs.
pub(crate) const POSTGRES: Program = Program {
    what: "the Postgres server",
    packages: &["postgresql"],
    why: "is what the tests migrate",
    find: || postgres_programs().map(|dir| dir.join("initdb")),
};

/// The browser.
pub(crate) const CHROMIUM: Program = Program {
    what: "Chromium",
    packages: &["chromium", "chromium-sandbox"],
    why: "opens the page",
    find: || process::find("chromium"),
};

/// The browser's remote control.
pub(crate) const CHROMEDRIVER: Program = Program {
    what: "ChromeDriver",
    packages: &["chromium-driver"],
    why: "clicks in the page",
    find: || process::find("chromedriver"),
};

/// Python with what makes virtual environments.
pub(crate) const PYTHON: Program = Program {
    what: "Python with venv",
    packages: &["python3", "python3-venv"],
    why: "runs the Alembic that Limbeck is compared with",
    find: || {
        let python = process::find("python3")?;
        // Debian's Python has the module venv but no ensurepip until python3-venv is there.
        let complete = Command::new(&python)
            .args(["-c", "import venv, ensurepip"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        complete.is_ok_and(|status| status.success()).then_some(python)
    },
};

/// What the tests need.
pub(crate) const FOR_TESTS: [Program; 7] = [CC, NODE, NPM, POSTGRES, CHROMIUM, CHROMEDRIVER, PYTHON];

/// Returns the directory that holds `initdb`, `postgres` and `pg_ctl`: the one on PATH, else the newest of Debian's.
pub(crate) fn postgres_programs() -> Option<PathBuf> {
    let mut newest: Option<(u32, PathBuf)> = None;
    for entry in std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten() {
        let major = entry.file_name().to_str().and_then(|name| name.parse().ok());
        let bin = entry.path().join("bin");
        if let Some(major) = major.filter(|_| bin.join("initdb").is_file())
            && newest.as_ref().is_none_or(|(other, _)| major > *other)
        {
            newest = Some((major, bin));
        }
    }
    let on_path = || process::find("initdb").and_then(|file| file.parent().map(Path::to_path_buf));
    newest.map(|(_, bin)| bin).or_else(on_path)
}

/// Finds all `programs`, installing those that are missing if we may.
pub(crate) fn require(programs: &[Program]) -> Result<(), Failure> {
    let missing: Vec<&Program> = programs.iter().filter(|program| (program.find)().is_none()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let packages: Vec<&str> = missing.iter().flat_map(|program| program.packages).copied().collect();
    for program in &missing {
        eprintln!("{} is missing, which {}", program.what, program.why);
    }
    install(&packages)?;
    match missing.iter().find(|program| (program.find)().is_none()) {
        None => Ok(()),
        Some(program) => {
            Err(Failure::new(format!("{} is still missing after its packages were installed", program.what)))
        }
    }
}

/// Installs Debian's `packages` as root, or by a sudo that asks nothing.
pub(crate) fn install(packages: &[&str]) -> Result<(), Failure> {
    let by_hand = format!("apt-get update && apt-get install --yes {}", packages.join(" "));
    let refuse = |why: &str| {
        let hint = format!("as root: {by_hand}");
        Err(Failure::new(format!("cannot install {}: {why}", packages.join(", "))).with_hint(hint))
    };
    if process::find("apt-get").is_none() {
        return refuse("there is no apt-get here; install the like of them with this system's package manager");
    }
    let Some(prefix) = privilege() else {
        return refuse("it takes root, and sudo would ask for a password");
    };
    eprintln!("installing Debian's packages {}", packages.join(", "));
    apt_get(prefix, &["update", "--quiet=2"])?;
    let mut arguments = vec!["install", "--yes", "--quiet=2", "--no-install-recommends"];
    arguments.extend(packages);
    apt_get(prefix, &arguments).map_err(|failure| failure.with_hint(format!("see what apt says: {by_hand}")))
}

/// Returns the words to put before a command that needs root, or `None` if we cannot become root.
fn privilege() -> Option<&'static [&'static str]> {
    let id = process::output(Command::new("id").arg("-u")).ok()?;
    if id.trim() == "0" {
        return Some(&[]);
    }
    let asks_nothing = process::output(Command::new("sudo").args(["--non-interactive", "true"])).is_ok();
    asks_nothing.then_some(&["sudo", "--non-interactive"])
}

fn apt_get(prefix: &[&str], arguments: &[&str]) -> Result<(), Failure> {
    let mut words = prefix.iter().chain(&["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]).chain(arguments);
    // The words are never empty: `env` is always among them.
    let mut command = Command::new(words.next().unwrap_or(&"apt-get"));
    command.args(words).stdout(Stdio::null());
    process::run(&mut command)
}
