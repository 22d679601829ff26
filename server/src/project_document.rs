//! A project as the one document in which a page gets it: from the server, or as a file of a static site.

use std::path::Path;

use limbeck_core::document::{self, FORMAT, Role};
use limbeck_core::project::{File, Project};
use sha2::{Digest, Sha256};

use crate::directory::{DEFAULT_NAME, Directory};

/// Returns the document of a project that was loaded from `files`, for a reader with this role.
pub(crate) fn document(directory: &Directory, project: &Project, files: Vec<File>, role: Role) -> document::Project {
    let name = project.settings().name.clone().unwrap_or_else(|| directory_name(directory.path()));
    document::Project {
        format: FORMAT,
        name,
        role,
        settings: project.settings().clone(),
        findings: project.findings().to_vec(),
        etag: etag(&files),
        files,
    }
}

/// Returns 32 hexadecimal digits over names and texts; lengths before each keep different files from running into one
/// another.
pub(crate) fn etag(files: &[File]) -> String {
    let mut hash = Sha256::new();
    for file in files {
        let (kind, text) = match &file.content {
            Ok(text) => (b'+', text),
            Err(reason) => (b'-', reason),
        };
        for part in [&file.path, text] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        hash.update([kind]);
    }
    hash.finalize()[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns the name of the project where its settings give none: the directory's, or its parent's when it is called
/// `migrations` like everybody's.
fn directory_name(path: &Path) -> String {
    let full = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let own = full.file_name();
    let parent = full.parent().and_then(Path::file_name);
    let name = if own.is_some_and(|own| own == DEFAULT_NAME) { parent.or(own) } else { own };
    name.map_or_else(|| "migrations".to_owned(), |name| name.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_etag_changes_with_a_text_a_name_and_a_reason() {
        let file = |path: &str, content: Result<&str, &str>| File {
            path: path.to_owned(),
            content: content.map(str::to_owned).map_err(str::to_owned),
        };
        let mut tags: Vec<_> = [
            vec![],
            vec![file("a", Ok("b"))],
            vec![file("ab", Ok(""))],
            vec![file("a", Err("b"))],
            vec![file("a", Ok("")), file("b", Ok(""))],
        ]
        .iter()
        .map(|files| etag(files))
        .collect();
        let count = tags.len();
        tags.sort();
        tags.dedup();
        assert_eq!(tags.len(), count);
    }
}
