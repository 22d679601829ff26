//! Puts the built page into the binary: writes the table of its files that `serve::assets` includes.
//!
//! The page is read from `LIMBECK_PAGE`, else from `dist/` at the workspace root. Without one the table is empty and
//! the server says how to build it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use sha2::{Digest, Sha256};

/// Larger files are not embedded as they are when they are there compressed: every browser accepts one of the two.
const LARGEST_UNCOMPRESSED: u64 = 64 * 1024;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=LIMBECK_PAGE");
    let page = match env::var_os("LIMBECK_PAGE").filter(|value| !value.is_empty()) {
        Some(given) => {
            let given = PathBuf::from(given);
            if !given.join("index.html").is_file() {
                return Err(format!("LIMBECK_PAGE names {}, where no index.html is", given.display()).into());
            }
            given
        }
        None => Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("..").join("dist"),
    };
    // A path that is not there counts as changed, so that a page built later is noticed.
    println!("cargo::rerun-if-changed={}", page.display());

    let mut files = BTreeMap::new();
    if page.join("index.html").is_file() {
        collect(&page.canonicalize()?, "", &mut files)?;
    }
    let table = render(&files)?;
    fs::write(Path::new(&env::var("OUT_DIR")?).join("page.rs"), table)?;
    Ok(())
}

/// Adds the files below a directory under their path in the page; hidden ones are no part of it.
fn collect(directory: &Path, prefix: &str, files: &mut BTreeMap<String, PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        if name.starts_with('.') {
            continue;
        }
        let path = format!("{prefix}{name}");
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{path}/"), files)?;
        } else {
            files.insert(path, entry.path());
        }
    }
    Ok(())
}

/// Returns the table as a Rust expression.
fn render(files: &BTreeMap<String, PathBuf>) -> Result<String, Box<dyn std::error::Error>> {
    let mut table = String::from("&[\n");
    for (path, file) in files {
        let is_variant =
            [".br", ".gz"].iter().any(|suffix| path.strip_suffix(suffix).is_some_and(|p| files.contains_key(p)));
        if is_variant {
            continue;
        }
        let brotli = files.get(&format!("{path}.br"));
        let gzip = files.get(&format!("{path}.gz"));
        let bytes = fs::read(file)?;
        let plain = (gzip.is_none() || bytes.len() as u64 <= LARGEST_UNCOMPRESSED).then_some(file);
        let digest = Sha256::digest(&bytes)[..8].iter().try_fold(String::new(), |mut hex, byte| {
            write!(hex, "{byte:02x}")?;
            Ok::<_, std::fmt::Error>(hex)
        })?;
        writeln!(
            table,
            "    File {{ path: {path:?}, digest: {digest:?}, plain: {}, brotli: {}, gzip: {} }},",
            include(plain)?,
            include(brotli)?,
            include(gzip)?
        )?;
    }
    table.push(']');
    Ok(table)
}

/// Returns the expression for the bytes of a file, or for none.
fn include(file: Option<&PathBuf>) -> Result<String, String> {
    let Some(file) = file else { return Ok("None".to_owned()) };
    let text = file.to_str().ok_or_else(|| format!("{} is no UTF-8 path", file.display()))?;
    Ok(format!("Some(include_bytes!({text:?}))"))
}
