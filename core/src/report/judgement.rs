//! What the judgement of a plan stands on, as a digest: while it is the same, the judgement is.
//!
//! More than the digest of the plan, for what a statement does also depends on what stood there before: on revisions
//! that the plan starts from and does not run.

use sha2::{Digest, Sha256};

use crate::project::Project;
use crate::revision::RevisionId;
use crate::script::hex;

/// Returns 64 hexadecimal digits over a plan, all revisions of its project without their titles, and the settings.
pub(super) fn judgement(project: &Project, plan: &str) -> String {
    let mut hash = Hash(Sha256::new());
    hash.text("limbeck judgement 2");
    hash.text(&project.postgres_version().to_string());
    hash.text(plan);
    hash.text(&serde_json::to_string(project.settings()).unwrap_or_default());
    for revision in project.revisions() {
        hash.text(revision.id.as_str());
        hash.texts(revision.revises.iter().map(RevisionId::as_str));
        hash.texts(revision.depends_on.iter().map(String::as_str));
        hash.texts(revision.branch_labels.iter().map(String::as_str));
        // Of both sections, and of whether they run in a transaction.
        hash.text(&revision.checksum);
    }
    hex(&hash.0.finalize())
}

struct Hash(Sha256);

impl Hash {
    fn text(&mut self, text: &str) {
        self.0.update((text.len() as u64).to_le_bytes());
        self.0.update(text);
    }

    fn texts<'a>(&mut self, texts: impl ExactSizeIterator<Item = &'a str>) {
        self.0.update((texts.len() as u64).to_le_bytes());
        texts.for_each(|text| self.text(text));
    }
}
