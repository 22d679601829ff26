//! Tools that `cargo install` builds: each version has a directory of its own under the user's cache.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use crate::failure::Failure;
use crate::{process, workspace};

/// A program that cargo can install.
#[derive(Clone, Copy)]
pub(crate) struct Tool {
    package: &'static str,
    /// What it installs, side by side.
    programs: &'static [&'static str],
    version: Version,
    arguments: &'static [&'static str],
    /// Rust's level of optimization: 0 builds fastest, and is enough for a tool that mostly copies and calls others.
    optimization: &'static str,
    why: &'static str,
}

#[derive(Clone, Copy)]
enum Version {
    Exactly(&'static str),
    /// As Cargo.lock says of this library: the tool reads what the library wrote, and neither takes another version.
    OfLibrary(&'static str),
}

/// Bundles the page. Without its default features it has no TLS: it never downloads anything here.
pub(crate) const TRUNK: Tool = Tool {
    package: "trunk",
    programs: &["trunk"],
    version: Version::Exactly("0.21.14"),
    arguments: &["--locked", "--no-default-features"],
    optimization: "0",
    why: "bundles the page",
};

/// Writes the JavaScript beside a WASM module, and runs WASM tests. Its own lock file can name a version that was
/// withdrawn.
pub(crate) const WASM_BINDGEN: Tool = Tool {
    package: "wasm-bindgen-cli",
    programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
    version: Version::OfLibrary("wasm-bindgen"),
    arguments: &[],
    optimization: "1",
    why: "joins Rust and JavaScript, and runs the WASM tests",
};

/// Packages core for npm.
pub(crate) const WASM_PACK: Tool = Tool {
    package: "wasm-pack",
    programs: &["wasm-pack"],
    version: Version::Exactly("0.15.1"),
    arguments: &["--locked"],
    optimization: "0",
    why: "packages core for npm",
};

/// What builds the page.
pub(crate) const FOR_PAGE: [Tool; 2] = [WASM_BINDGEN, TRUNK];

/// What the tests need besides.
pub(crate) const FOR_TESTS: [Tool; 3] = [WASM_BINDGEN, TRUNK, WASM_PACK];

/// A tool is built once and runs for a second, so it is built for a short build: a third of the default's time.
const PROFILE: [(&str, &str); 4] = [
    ("CARGO_PROFILE_RELEASE_LTO", "off"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
    ("CARGO_PROFILE_RELEASE_DEBUG", "false"),
    ("CARGO_PROFILE_RELEASE_STRIP", "true"),
];

/// Returns the directories of all `tools`, in their order, after installing those that are missing.
pub(crate) fn install(tools: &[Tool]) -> Result<Vec<PathBuf>, Failure> {
    let cache = workspace::cache_dir()?.join("tools");
    // One build directory for all, so that what they have in common is compiled once.
    let build = cache.join("build");
    let mut dirs = Vec::new();
    let mut built = false;
    for tool in tools {
        let version = tool.version()?;
        let root = cache.join(format!("{}-{version}", tool.package));
        let found = tool.find(&root, &version);
        let dir = match found {
            Some(dir) => dir,
            None => {
                built = true;
                tool.build(&root, &version, &build)?
            }
        };
        dirs.push(dir);
    }
    if built {
        fs::remove_dir_all(&build).map_err(Failure::io(format_args!("cannot remove {}", build.display())))?;
    }
    Ok(dirs)
}

impl Tool {
    fn version(&self) -> Result<String, Failure> {
        match self.version {
            Version::Exactly(version) => Ok(version.to_owned()),
            Version::OfLibrary(library) => workspace::locked_version(library),
        }
    }

    /// Returns the directory of ours, else of the user's own where it is of this version.
    fn find(&self, root: &Path, version: &str) -> Option<PathBuf> {
        let on_path = self.programs.first().and_then(|program| process::find(program)?.parent().map(Path::to_path_buf));
        [Some(root.join("bin")), on_path].into_iter().flatten().find(|dir| self.answers(dir, version))
    }

    fn answers(&self, dir: &Path, version: &str) -> bool {
        self.programs.iter().all(|program| {
            let said = process::output(Command::new(dir.join(program)).arg("--version"));
            said.is_ok_and(|said| said.split_whitespace().any(|word| word == version))
        })
    }

    fn build(&self, root: &Path, version: &str, build: &Path) -> Result<PathBuf, Failure> {
        eprintln!("installing {} {version}, which {} (once, a few minutes)", self.package, self.why);
        let start = Instant::now();
        let mut command = workspace::cargo();
        command.args(["install", self.package, "--version", &format!("={version}")]).args(self.arguments);
        command.arg("--root").arg(root).arg("--force");
        command.envs(PROFILE).env("CARGO_PROFILE_RELEASE_OPT_LEVEL", self.optimization);
        // Cargo would advise to add the directory to PATH, which is not for the user to do.
        command.env("PATH", process::path_with(&[root.join("bin")])?);
        command.env("CARGO_TARGET_DIR", build).env("CARGO_INCREMENTAL", "0");
        process::run(&mut command)?;
        if !self.answers(&root.join("bin"), version) {
            return Err(Failure::new(format!("{} was installed, but does not answer as {version}", self.package)));
        }
        eprintln!("installed {} {version} in {} s", self.package, start.elapsed().as_secs());
        Ok(root.join("bin"))
    }
}
