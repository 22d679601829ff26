//! The npm package.

use std::fs;
use std::path::PathBuf;

use crate::failure::Failure;
use crate::install::WasmTools;
use crate::{process, workspace};

/// Builds the npm package for Node and for bundlers and returns the directory of the former.
pub(crate) fn package(tools: &WasmTools) -> Result<PathBuf, Failure> {
    let out = workspace::target_dir().join("npm");
    for target in ["bundler", "nodejs"] {
        let dir = out.join(target);
        fs::create_dir_all(&dir).map_err(Failure::io(format_args!("cannot make {}", dir.display())))?;
        let mut pack = workspace::command("wasm-pack");
        pack.args(["build", "core/npm", "--target", target, "--out-dir"]).arg(&dir);
        pack.args(["--no-opt", "--profile", "wasm-release", "--mode"]).arg(tools.std.wasm_pack_mode());
        pack.env("CARGO_TARGET_DIR", workspace::target_dir());
        tools.apply(&mut pack)?;
        process::run(&mut pack)?;
    }
    Ok(out.join("nodejs"))
}
