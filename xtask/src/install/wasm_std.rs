//! Rust's standard library for `wasm32-unknown-unknown`: rustup's where it can be had, else built from Debian's
//! sources.
//!
//! Debian packages a compiler and the library's sources of the same version (`rustc-web`, `rust-web-src`); cargo then
//! builds the library itself, once for each build directory.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::debian;
use crate::failure::Failure;
use crate::{process, workspace};

/// The target of everything that runs in a browser.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// Names the way to take, for those who want to try the other one: `rustup` or `debian`.
const CHOICE: &str = "LIMBECK_WASM_STD";

const DEBIAN_PACKAGES: [&str; 2] = ["rustc-web", "rust-web-src"];
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";

/// A standard library to build WASM with.
pub(crate) enum WasmStd {
    /// It lies beside the compiler that cargo uses.
    Installed,
    /// Cargo builds it, with Debian's compiler and this linker.
    Debian { linker: PathBuf },
}

impl WasmStd {
    /// Finds a standard library, or installs one.
    pub(crate) fn prepare() -> Result<Self, Failure> {
        let choice = std::env::var(CHOICE).unwrap_or_default();
        match choice.as_str() {
            "" => {
                if is_installed() {
                    return Ok(Self::Installed);
                }
                match rustup() {
                    Ok(()) => Ok(Self::Installed),
                    Err(why) => {
                        eprintln!("{why}\nso WASM's standard library is built from Debian's sources");
                        debian_way()
                    }
                }
            }
            "rustup" if is_installed() => Ok(Self::Installed),
            "rustup" => rustup().map(|()| Self::Installed),
            "debian" => debian_way(),
            other => Err(Failure::new(format!("{CHOICE} is {other:?}; it can be \"rustup\" or \"debian\""))),
        }
    }

    /// Lets `command`, a cargo or something that calls cargo, build for WASM.
    pub(crate) fn apply(&self, command: &mut Command) {
        let Self::Debian { linker } = self else { return };
        command.env("RUSTC", DEBIAN_RUSTC);
        // Building the standard library is not stable yet; this is what Debian's own packages do.
        command.env("RUSTC_BOOTSTRAP", "1").env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort");
        command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
        // Two compilers in one build directory would undo each other's work.
        command.env("CARGO_TARGET_DIR", self.target_dir());
    }

    /// Returns wasm-pack's word for how much it may trust: with Debian's library, not to look for rustup's.
    pub(crate) fn wasm_pack_mode(&self) -> &'static str {
        match self {
            Self::Installed => "no-install",
            Self::Debian { .. } => "force",
        }
    }

    /// Returns cargo's build directory for WASM.
    pub(crate) fn target_dir(&self) -> PathBuf {
        match self {
            Self::Installed => workspace::target_dir(),
            Self::Debian { .. } => workspace::target_dir().join("debian"),
        }
    }
}

impl fmt::Display for WasmStd {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Installed => "beside the compiler",
            Self::Debian { .. } => "built from Debian's sources",
        })
    }
}

fn is_installed() -> bool {
    let mut rustc = workspace::command("rustc");
    rustc.args(["--print", "target-libdir", "--target", TARGET]);
    process::output(&mut rustc).is_ok_and(|dir| holds_core(Path::new(dir.trim())))
}

fn holds_core(dir: &Path) -> bool {
    let files = fs::read_dir(dir).into_iter().flatten().flatten();
    files.into_iter().any(|file| file.file_name().to_str().is_some_and(|name| name.starts_with("libcore-")))
}

fn rustup() -> Result<(), Failure> {
    if process::find("rustup").is_none() {
        return Err(Failure::new("there is no rustup to install WASM's standard library with"));
    }
    eprintln!("installing Rust's standard library for {TARGET}, which the page is built with (rustup, once)");
    process::run(workspace::command("rustup").args(["target", "add", TARGET]))?;
    if is_installed() {
        return Ok(());
    }
    Err(Failure::new(format!("rustup installed {TARGET}, but not for the compiler in use")))
}

fn debian_way() -> Result<WasmStd, Failure> {
    if debian_sources().is_none() {
        eprintln!(
            "Debian's Rust compiler with the standard library's sources is missing, which the page is built with"
        );
        debian::install(&DEBIAN_PACKAGES)?;
    }
    if debian_sources().is_none() {
        return Err(Failure::new("Debian's packages are installed, but the standard library's sources are not there"));
    }
    Ok(WasmStd::Debian { linker: linker()? })
}

fn debian_sources() -> Option<PathBuf> {
    let sysroot = process::output(Command::new(DEBIAN_RUSTC).args(["--print", "sysroot"])).ok()?;
    let sources = Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library/std/Cargo.toml");
    sources.is_file().then_some(sources)
}

/// Returns the linker that rustup brings for the machine itself, which links WASM too, else LLVM's own.
fn linker() -> Result<PathBuf, Failure> {
    let sysroot = process::output(workspace::command("rustc").args(["--print", "sysroot"]))?;
    for host in fs::read_dir(Path::new(sysroot.trim()).join("lib/rustlib")).into_iter().flatten().flatten() {
        let linker = host.path().join("bin/rust-lld");
        if linker.is_file() {
            return Ok(linker);
        }
    }
    for name in ["rust-lld", "wasm-ld"] {
        if let Some(linker) = process::find(name) {
            return Ok(linker);
        }
    }
    Err(Failure::new("there is no linker for WASM").with_hint("as root: apt-get install lld"))
}
