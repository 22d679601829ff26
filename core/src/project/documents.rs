//! Revisions of a project as the documents show them.

use super::Project;
use crate::document;
use crate::revision::Index;

impl Project {
    /// Returns REVISION of a position in [`Project::revisions`]; `current` are the positions of the version rows, none
    /// when no database was asked.
    ///
    /// # Panics
    ///
    /// When there is no such position.
    pub fn document(&self, index: Index, current: Option<&[Index]>) -> document::Revision {
        let (revision, graph) = (&self.revisions[index], &self.graph);
        let texts = |ids: &[crate::revision::RevisionId]| ids.iter().map(ToString::to_string).collect();
        document::Revision {
            id: revision.id.to_string(),
            message: revision.title.clone(),
            revises: texts(&revision.revises),
            depends_on: graph.dependencies(index).iter().map(|other| graph.id(*other).to_string()).collect(),
            branch_labels: revision.branch_labels.clone(),
            create_date: revision.create_date.clone(),
            path: revision.path.clone(),
            is_head: graph.is_head(index),
            is_effective_head: graph.is_effective_head(index),
            is_base: graph.is_base(index),
            is_branch_point: graph.is_branch_point(index),
            is_merge_point: graph.is_merge_point(index),
            is_current: current.map(|current| current.contains(&index)),
        }
    }

    /// Returns the same with the SQL of both sections.
    ///
    /// # Panics
    ///
    /// When there is no such position.
    pub fn script(&self, index: Index, current: Option<&[Index]>) -> document::Script {
        let revision = &self.revisions[index];
        document::Script {
            revision: self.document(index, current),
            up: revision.up.sql.clone(),
            down: revision.down.as_ref().map(|down| down.sql.clone()),
        }
    }
}
