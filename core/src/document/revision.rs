//! Revisions, their scripts, and their layout as lanes.

use serde::{Deserialize, Serialize};

/// REVISION: one revision as the history shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// Full identifier.
    pub id: String,
    /// Title line of the message.
    pub message: String,
    /// Parents, in file order; empty for a base.
    pub revises: Vec<String>,
    /// Dependencies, resolved to full identifiers.
    pub depends_on: Vec<String>,
    /// Branch labels that this file declares.
    pub branch_labels: Vec<String>,
    /// Create date as the file spells it.
    pub create_date: Option<String>,
    /// File, relative to the migrations directory.
    pub path: String,
    /// Nothing revises it.
    pub is_head: bool,
    /// A head that something depends on.
    pub is_effective_head: bool,
    /// It revises nothing.
    pub is_base: bool,
    /// More than one revision revises it.
    pub is_branch_point: bool,
    /// It revises more than one.
    pub is_merge_point: bool,
    /// A version row names it; null when no database was asked.
    pub is_current: Option<bool>,
}

/// Answer of `heads`, `branches`, `current`, `history`. Who writes many may give a list that makes each as it is
/// written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revisions<List = Vec<Revision>> {
    /// Always [`FORMAT`](super::FORMAT).
    pub format: u32,
    /// The revisions asked for.
    pub revisions: List,
}

/// One entry of [`Scripts`]: a revision and its SQL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Script {
    /// The revision.
    #[serde(flatten)]
    pub revision: Revision,
    /// SQL of the up section.
    pub up: String,
    /// SQL of the down section; null when the revision is irreversible.
    pub down: Option<String>,
}

/// Answer of `show`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scripts {
    /// Always [`FORMAT`](super::FORMAT).
    pub format: u32,
    /// The revisions asked for, with their SQL.
    pub revisions: Vec<Script>,
}

/// The history as lanes, for a drawing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// Always [`FORMAT`](super::FORMAT).
    pub format: u32,
    /// Number of lanes.
    pub width: usize,
    /// One row per revision, newest first.
    pub rows: Vec<LayoutRow>,
}

/// One row of a [`Layout`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayoutRow {
    /// Full identifier.
    pub revision: String,
    /// Its lane, from 0.
    pub lane: usize,
    /// Number of the branch line on which it lies, for palettes.
    pub color: usize,
    /// The segments between the middle of this row and the middle of the next.
    pub lines: Vec<LayoutLine>,
}

/// A segment of a line of a [`Layout`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayoutLine {
    /// Lane at this row.
    pub from: usize,
    /// Lane at the next row.
    pub to: usize,
    /// What it stands for.
    pub kind: LayoutLineKind,
    /// Number of the branch line, for palettes.
    pub color: usize,
}

/// What a line of a [`Layout`] stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LayoutLineKind {
    /// The lower end is a parent of the upper one.
    Parent,
    /// The upper end depends on the lower one.
    Dependency,
}
