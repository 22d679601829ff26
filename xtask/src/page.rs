//! Building the page: Trunk bundles it beside `dist/`, and only what changed goes into `dist/`, compressed.
//!
//! A page whose sources did not change is not built again: the fingerprint of what went in and of what came out is kept
//! beside the build directory. So the server, which carries `dist/` inside, need not be linked again either.

use crate::failure::Failure;
use crate::install::{self, WasmTools, cargo_tool, wasm_std};
use crate::phase::phase;
use crate::{precompress, process, workspace};
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;
use std::path::{Path, PathBuf};

/// What the page is made of.
const SOURCES: [&str; 9] = [
    "core",
    "frontend",
    "index.html",
    "Trunk.toml",
    "Cargo.toml",
    "Cargo.lock",
    ".cargo",
    "clippy.toml",
    "rust-toolchain.toml",
];

/// Builds the page into `dist/` and returns that directory.
pub(crate) fn build() -> Result<PathBuf, Failure> {
    let dist = workspace::root().join("dist");
    let kept = workspace::target_dir().join("page");
    let stamp = kept.join("fingerprint");
    install::c_compiler()?;
    let sources = fingerprint_of_sources()?;
    if let Ok(stamped) = fs::read_to_string(&stamp)
        && let Ok(built) = fingerprint(std::slice::from_ref(&dist))
        && stamped == line(sources, built)
    {
        eprintln!("page: as it was built before");
        return Ok(dist);
    }
    let tools = phase("tools", "looking for what builds the page", || WasmTools::install(&cargo_tool::FOR_PAGE))?;
    let staging = kept.join("staging");
    phase("page", "building, which takes some minutes the first time", || bundle(&tools, &staging))?;
    phase("compression", "of what changed in the page", || precompress::update(&staging, &dist))?;
    let written = fingerprint(std::slice::from_ref(&dist)).map_err(Failure::io("cannot read the built page"))?;
    fs::write(&stamp, line(sources, written)).map_err(Failure::io(format_args!("cannot write {}", stamp.display())))?;
    Ok(dist)
}

/// Builds the binaries and everything beside them into `staging`.
fn bundle(tools: &WasmTools, staging: &Path) -> Result<(), Failure> {
    fs::create_dir_all(staging).map_err(Failure::io(format_args!("cannot make {}", staging.display())))?;
    // Cargo first, and with its downloads: offline, Trunk only bundles.
    for which in [&["--bins"][..], &["--bin", "model", "--features", "model"]] {
        let mut cargo = workspace::cargo();
        cargo.args(["build", "--package", "limbeck-page", "--profile", "wasm-release", "--target", wasm_std::TARGET]);
        cargo.args(which);
        tools.apply(&mut cargo)?;
        process::run(&mut cargo)?;
    }
    let mut trunk = workspace::command("trunk");
    trunk.args(["build", "--release", "--offline", "--dist"]).arg(staging);
    trunk.env("CARGO_TARGET_DIR", workspace::target_dir());
    // Trunk takes only `true` and `false` here, the rest of the world any value.
    trunk.env_remove("NO_COLOR");
    tools.apply(&mut trunk)?;
    process::run(&mut trunk)
}

fn line(sources: u64, built: u64) -> String {
    format!("{sources:016x} {built:016x}\n")
}

fn fingerprint_of_sources() -> Result<u64, Failure> {
    let root = workspace::root();
    let mut hash = DefaultHasher::new();
    process::output(workspace::command("rustc").arg("--version"))?.hash(&mut hash);
    std::env::var_os("RUSTFLAGS").hash(&mut hash);
    let paths: Vec<PathBuf> = SOURCES.iter().map(|name| root.join(name)).filter(|path| path.exists()).collect();
    fingerprint(&paths).map_err(Failure::io("cannot read the page's sources"))?.hash(&mut hash);
    Ok(hash.finish())
}

/// Returns a hash over names and bytes of all files at and below `paths`.
fn fingerprint(paths: &[PathBuf]) -> io::Result<u64> {
    let mut hash = DefaultHasher::new();
    for path in paths {
        for file in files_below(path)? {
            file.hash(&mut hash);
            fs::read(&file)?.hash(&mut hash);
        }
    }
    Ok(hash.finish())
}

/// Returns all files at and below `path`, sorted, without hidden ones and tests.
pub(crate) fn files_below(path: &Path) -> io::Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut entries = fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    entries.sort();
    let mut files = Vec::new();
    for entry in entries {
        let hidden = entry.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        let tests = entry.is_dir() && entry.file_name().is_some_and(|name| name == "tests");
        if !hidden && !tests {
            files.extend(files_below(&entry)?);
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_byte_or_name_changes_the_fingerprint() {
        let dir = std::env::temp_dir().join(format!("limbeck-xtask-fingerprint-{}", std::process::id()));
        fs::create_dir_all(dir.join("inner")).unwrap();
        let paths = [dir.clone()];
        fs::write(dir.join("inner/a"), "1").unwrap();
        let first = fingerprint(&paths).unwrap();
        assert_eq!(fingerprint(&paths).unwrap(), first);
        fs::write(dir.join("inner/a"), "2").unwrap();
        let second = fingerprint(&paths).unwrap();
        fs::rename(dir.join("inner/a"), dir.join("inner/b")).unwrap();
        let third = fingerprint(&paths).unwrap();
        fs::remove_dir_all(&dir).unwrap();
        assert!(first != second && second != third && first != third);
    }
}
