//! What is not in the clone: tools that cargo installs, WASM's standard library, Debian's packages, Python's Alembic,
//! further servers of Postgres, SQL of others.
//!
//! Each is looked for first, and installed only when it is missing; what is installed and why is said before it starts.
//! Whatever cargo or pip installs goes into the user's cache directory and nowhere else.

use std::path::PathBuf;
use std::process::{Command, ExitCode};

pub(crate) mod alembic;
pub(crate) mod cargo_tool;
pub(crate) mod corpora;
pub(crate) mod debian;
pub(crate) mod postgres;
pub(crate) mod python;
pub(crate) mod squawk;
pub(crate) mod wasm_std;

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::process;
use wasm_std::WasmStd;

/// Installs everything that `run` and `test` need, and tells where it is.
pub(crate) fn command(arguments: Arguments) -> Result<ExitCode, Failure> {
    arguments.done()?;
    c_compiler()?;
    let wasm = WasmTools::install(&cargo_tool::FOR_TESTS)?;
    println!("WASM's standard library: {}", wasm.std);
    for dir in &wasm.dirs {
        println!("tools: {}", dir.display());
    }
    debian::require(&debian::FOR_TESTS)?;
    println!("Alembic: {}", alembic::python()?.display());
    for (variable, directory) in postgres::variables()? {
        println!("{variable}={}", directory.display());
    }
    println!("corpora, LIMBECK_CORPORA: {}", corpora::directory()?.display());
    Ok(ExitCode::SUCCESS)
}

/// Fails unless there is a C compiler, which Rust links with and some dependencies are built with.
pub(crate) fn c_compiler() -> Result<(), Failure> {
    debian::require(&[debian::CC])
}

/// All that turns Rust into something for a browser.
pub(crate) struct WasmTools {
    /// The standard library for `wasm32-unknown-unknown`.
    pub(crate) std: WasmStd,
    /// Directories that hold the tools and belong in front of PATH.
    dirs: Vec<PathBuf>,
}

impl WasmTools {
    /// Finds or installs WASM's standard library and `tools`.
    pub(crate) fn install(tools: &[cargo_tool::Tool]) -> Result<Self, Failure> {
        let std = WasmStd::prepare()?;
        let dirs = cargo_tool::install(tools)?;
        Ok(Self { std, dirs })
    }

    /// Lets `command` build for WASM and find the tools.
    pub(crate) fn apply(&self, command: &mut Command) -> Result<(), Failure> {
        self.std.apply(command);
        command.env("PATH", process::path_with(&self.dirs)?);
        Ok(())
    }
}
