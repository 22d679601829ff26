//! Compressing the page once, when it is built: brotli at its best and gzip for those who lack it.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use brotli::enc::BrotliEncoderParams;
use flate2::write::GzEncoder;

use crate::failure::Failure;
use crate::page::files_below;

/// What gains by compression; images and fonts are compressed already.
const COMPRESSED: [&str; 8] = ["wasm", "js", "css", "html", "svg", "json", "txt", "webmanifest"];

/// Smaller files fit into one packet anyway.
const SMALLEST: usize = 512;

/// Makes `dist` hold the files of `staging` with their `.br` and `.gz`, touching only what changed; returns how many
/// files changed.
pub(crate) fn update(staging: &Path, dist: &Path) -> Result<usize, Failure> {
    let reading = |dir: &Path| Failure::io(format_args!("cannot read {}", dir.display()).to_string());
    fs::create_dir_all(dist).map_err(Failure::io(format_args!("cannot make {}", dist.display())))?;
    let names = relative(staging).map_err(reading(staging))?;
    let stale = |file: &PathBuf| {
        let plain = match file.extension().and_then(|extension| extension.to_str()) {
            Some("br" | "gz") => file.with_extension(""),
            _ => file.clone(),
        };
        !names.contains(&plain)
    };
    for file in relative(dist).map_err(reading(dist))?.iter().filter(|file| stale(file)) {
        let path = dist.join(file);
        fs::remove_file(&path).map_err(Failure::io(format_args!("cannot remove {}", path.display())))?;
    }

    let changed: Vec<&PathBuf> =
        names.iter().filter(|name| !is_current(&staging.join(name), &dist.join(name))).collect();
    let next = AtomicUsize::new(0);
    let failed = Mutex::new(None);
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(changed.len());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(name) = changed.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(error) = write(&staging.join(name), &dist.join(name))
                        && let Ok(mut failed) = failed.lock()
                    {
                        *failed = Some(Failure::new(format!("cannot write {}: {error}", dist.join(name).display())));
                    }
                }
            });
        }
    });
    match failed.into_inner() {
        Ok(None) => Ok(changed.len()),
        Ok(Some(failure)) => Err(failure),
        Err(_) => Err(Failure::new("compressing the page panicked")),
    }
}

/// Returns `bytes` compressed by brotli at quality 11 with a window that covers them.
pub(crate) fn brotli(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let parameters = BrotliEncoderParams { quality: 11, lgwin: 24, size_hint: bytes.len(), ..Default::default() };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &*bytes, &mut compressed, &parameters)?;
    Ok(compressed)
}

fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn relative(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let files = files_below(dir)?;
    Ok(files.iter().filter_map(|file| file.strip_prefix(dir).ok().map(Path::to_path_buf)).collect())
}

fn is_current(from: &Path, to: &Path) -> bool {
    let Ok(bytes) = fs::read(from) else { return false };
    let same = fs::read(to).is_ok_and(|there| there == bytes);
    same && (!is_compressed(from, bytes.len()) || (beside(to, "br").is_file() && beside(to, "gz").is_file()))
}

fn is_compressed(path: &Path, bytes: usize) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    bytes >= SMALLEST && extension.is_some_and(|extension| COMPRESSED.contains(&extension))
}

/// The plain file is written last: while it is missing or old, its variants are made again.
fn write(from: &Path, to: &Path) -> io::Result<()> {
    let bytes = fs::read(from)?;
    if let Some(dir) = to.parent() {
        fs::create_dir_all(dir)?;
    }
    if is_compressed(from, bytes.len()) {
        fs::write(beside(to, "br"), brotli(&bytes)?)?;
        fs::write(beside(to, "gz"), gzip(&bytes)?)?;
    }
    fs::write(to, bytes)
}

fn beside(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_changed_is_written_and_what_went_is_removed() {
        let top = std::env::temp_dir().join(format!("limbeck-xtask-precompress-{}", std::process::id()));
        let (staging, dist) = (top.join("staging"), top.join("dist"));
        fs::create_dir_all(staging.join("worker")).unwrap();
        fs::write(staging.join("worker/a.js"), "a".repeat(2000)).unwrap();
        fs::write(staging.join("old-1.css"), "b".repeat(2000)).unwrap();
        fs::write(staging.join("small.js"), "c").unwrap();

        assert_eq!(update(&staging, &dist).unwrap(), 3);
        let names =
            |dir: &Path| relative(dir).unwrap().iter().map(|path| path.display().to_string()).collect::<Vec<_>>();
        let all = [
            "old-1.css",
            "old-1.css.br",
            "old-1.css.gz",
            "small.js",
            "worker/a.js",
            "worker/a.js.br",
            "worker/a.js.gz",
        ];
        assert_eq!(names(&dist), all);
        assert_eq!(update(&staging, &dist).unwrap(), 0);

        fs::rename(staging.join("old-1.css"), staging.join("new-2.css")).unwrap();
        fs::remove_file(dist.join("worker/a.js.br")).unwrap();
        assert_eq!(update(&staging, &dist).unwrap(), 2);
        assert!(names(&dist).contains(&"worker/a.js.br".to_owned()));
        assert!(!names(&dist).iter().any(|name| name.starts_with("old")));

        let mut plain = Vec::new();
        brotli::BrotliDecompress(&mut &*fs::read(dist.join("worker/a.js.br")).unwrap(), &mut plain).unwrap();
        assert_eq!(plain, "a".repeat(2000).as_bytes());
        fs::remove_dir_all(&top).unwrap();
    }
}
