//! New revisions and merges: what may be written, and the text of the file.

use std::collections::BTreeSet;

use super::{PlanError, Project};
use crate::diagnostic::Diagnostic;
use crate::document::{self, FORMAT, NewFile};
use crate::revision::{self, Index, RevisionId, RevisionIdError};
use crate::script::{self, Date};

/// Why a new revision is not written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NewRevisionError {
    /// Something is wrong in the files, `script.sql` among them.
    #[error(transparent)]
    Broken(PlanError),
    /// A parent or dependency has no answer.
    #[error(transparent)]
    Revision(#[from] revision::Error),
    /// A parent is not a head, and splicing was not asked for.
    #[error("revision {id} is not a head")]
    NotAHead {
        /// The parent.
        id: RevisionId,
        /// The heads.
        heads: Vec<String>,
    },
    /// A dependency names the empty database.
    #[error("a revision cannot depend on 'base'")]
    DependsOnBase,
    /// The identifier is none.
    #[error(transparent)]
    Id(#[from] RevisionIdError),
    /// The identifier cannot be used.
    #[error("revision id '{id}' {reason}")]
    UnusableId {
        /// The identifier.
        id: String,
        /// Why.
        reason: &'static str,
    },
    /// The branch label cannot be used.
    #[error("branch label '{label}' {reason}")]
    Label {
        /// The label.
        label: String,
        /// Why.
        reason: String,
    },
    /// The message has no title, or would be read as something else.
    #[error("the message {0}")]
    Message(String),
    /// The SQL would be read as something else.
    #[error("the SQL of the {section} section {reason}")]
    Sql {
        /// `up` or `down`.
        section: &'static str,
        /// Why.
        reason: &'static str,
    },
    /// The name that the settings give is taken.
    #[error("the file {path} is there already")]
    FileExists {
        /// The path.
        path: String,
    },
}

impl NewRevisionError {
    /// Returns the code of the JSON contract.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Broken(error) => error.code(),
            Self::Revision(error) => error.code(),
            _ => "usage",
        }
    }

    /// Returns what to do next.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Broken(error) => return error.hint(),
            Self::Revision(revision::Error::MultipleHeads { heads, .. }) => {
                let heads: Vec<String> = heads.iter().map(|head| format!("`--head {head}`")).collect();
                format!("stand on one of them with {}, or merge them first with `limbeck merge`", heads.join(" or "))
            }
            Self::Revision(error) => return error.hint(),
            Self::NotAHead { id, .. } => format!("name a head, or pass `--splice` to start a branch at {id}"),
            Self::DependsOnBase => "leave out `--depends-on`".to_owned(),
            Self::Id(_) => "use letters, digits and underscores, or leave out `--rev-id`".to_owned(),
            Self::UnusableId { .. } => "leave out `--rev-id` to get a new one".to_owned(),
            Self::Label { .. } => "use another label: letters, digits and underscores".to_owned(),
            Self::Message(_) => "say in a line what the revision does, with `-m`".to_owned(),
            Self::Sql { .. } => "take the line out; the sections open by themselves".to_owned(),
            Self::FileExists { .. } => "let file_template in limbeck.toml hold `{id}`".to_owned(),
        })
    }

    /// Returns the identifiers among which to choose; empty where there is no choice.
    pub fn candidates(&self) -> Vec<String> {
        match self {
            Self::Revision(error) => error.candidates(),
            Self::NotAHead { heads, .. } => heads.clone(),
            _ => Vec::new(),
        }
    }
}

impl Project {
    /// Returns the file of a new revision: `random` makes its id, `now` is its create date in RFC 3339.
    ///
    /// Several parents make a merge, none a base; each must be a head unless `splice` is set. `heads` may be `head`,
    /// `heads` and all other forms of identifiers.
    pub fn new_revision(
        &self,
        request: &document::NewRevision,
        random: [u8; 6],
        now: &str,
    ) -> Result<NewFile, NewRevisionError> {
        if self.is_broken() {
            return Err(NewRevisionError::Broken(self.broken()));
        }
        let broken = |finding: &Diagnostic| PlanError::Broken { findings: vec![finding.clone()] };
        let template = self.template.as_ref().map_err(|finding| NewRevisionError::Broken(broken(finding)))?;
        let revises = self.parents(request)?;
        let depends_on = self.dependencies(request)?;
        let message = message(&request.message)?;
        let section = |name, sql: &Option<String>| sql.as_deref().map(|sql| section(name, sql)).transpose();
        let new = script::NewRevision {
            id: self.id(request.id.as_deref(), random)?,
            revises,
            depends_on,
            branch_labels: self.label(request.branch_label.as_deref())?,
            create_date: Some(now.to_owned()),
            up: section("up", &request.up)?,
            down: section("down", &request.down)?,
            up_transaction: request.up_transaction,
            down_transaction: request.down_transaction,
            irreversible: request.irreversible,
            message,
        };
        let title = new.message.lines().next().unwrap_or_default();
        let name =
            script::file_name(&self.settings.file_template, new.id.as_str(), &script::slug(title), Date::parse(now));
        let path = format!("versions/{name}");
        if self.revisions.iter().any(|revision| revision.path == path) {
            return Err(NewRevisionError::FileExists { path });
        }
        Ok(NewFile { format: FORMAT, id: new.id.to_string(), path, text: script::render(&new, template) })
    }

    fn parents(&self, request: &document::NewRevision) -> Result<Vec<RevisionId>, NewRevisionError> {
        let mut parents: Vec<Index> = Vec::new();
        let mut seen = BTreeSet::new();
        for text in &request.heads {
            for index in self.graph.resolve(text)? {
                if seen.insert(index) {
                    parents.push(index);
                }
            }
        }
        let ids = |rows: &[Index]| rows.iter().map(|row| self.graph.id(*row).clone()).collect::<Vec<_>>();
        if let Some(inner) = parents.iter().find(|parent| !request.splice && !self.graph.is_head(**parent)) {
            let heads = ids(&self.graph.heads()).iter().map(ToString::to_string).collect();
            return Err(NewRevisionError::NotAHead { id: self.graph.id(*inner).clone(), heads });
        }
        Ok(ids(&parents))
    }

    /// Returns dependencies as the file will spell them: labels as they are, all else as full ids.
    fn dependencies(&self, request: &document::NewRevision) -> Result<Vec<String>, NewRevisionError> {
        let mut names = Vec::new();
        for text in &request.depends_on {
            let found = self.graph.resolve(text)?;
            if found.is_empty() {
                return Err(NewRevisionError::DependsOnBase);
            }
            let spelled = match self.graph.label(text) {
                Some(_) => vec![text.clone()],
                None => found.iter().map(|index| self.graph.id(*index).to_string()).collect(),
            };
            for name in spelled {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        Ok(names)
    }

    fn id(&self, wanted: Option<&str>, random: [u8; 6]) -> Result<RevisionId, NewRevisionError> {
        let Some(wanted) = wanted else {
            let mut random = random;
            loop {
                let id = script::new_id(&random);
                if !self.is_taken(id.as_str()) {
                    return Ok(id);
                }
                let next =
                    u64::from_be_bytes([0, 0, random[0], random[1], random[2], random[3], random[4], random[5]]) + 1;
                let [_, _, rest @ ..] = next.to_be_bytes();
                random = rest;
            }
        };
        let id = RevisionId::new(wanted)?;
        if self.is_taken(wanted) {
            return Err(NewRevisionError::UnusableId { id: wanted.to_owned(), reason: "is taken" });
        }
        if script::is_reserved(wanted) {
            let reason = "is a word of the identifier grammar";
            return Err(NewRevisionError::UnusableId { id: wanted.to_owned(), reason });
        }
        Ok(id)
    }

    fn label(&self, wanted: Option<&str>) -> Result<Vec<String>, NewRevisionError> {
        let Some(label) = wanted else { return Ok(Vec::new()) };
        let refuse = |reason: String| Err(NewRevisionError::Label { label: label.to_owned(), reason });
        if let Err(error) = RevisionId::new(label) {
            return refuse(format!("is none: {}", error.to_string().replace("revision id", "name")));
        }
        if self.is_taken(label) || script::is_reserved(label) {
            return refuse("is taken".to_owned());
        }
        Ok(vec![label.to_owned()])
    }

    fn is_taken(&self, name: &str) -> bool {
        self.graph.index_of(name).is_some() || self.graph.label(name).is_some()
    }
}

fn message(text: &str) -> Result<String, NewRevisionError> {
    let text = text.replace("\r\n", "\n");
    let lines: Vec<&str> = text.trim().lines().map(str::trim_end).collect();
    let wrong = |reason: String| Err(NewRevisionError::Message(reason));
    if lines.is_empty() {
        return wrong("is empty".to_owned());
    }
    for line in &lines {
        if line.contains(|c: char| c.is_control() && c != '\t') {
            return wrong("has control characters".to_owned());
        }
        if script::is_key_line(line) {
            return wrong(format!("has the line '{line}', which reads as a key of the header"));
        }
        if script::is_marker_line(&format!("-- {line}")) {
            return wrong(format!("has the line '{line}', which would open a section"));
        }
    }
    Ok(lines.join("\n"))
}

fn section(section: &'static str, sql: &str) -> Result<String, NewRevisionError> {
    let wrong = |reason| Err(NewRevisionError::Sql { section, reason });
    if sql.contains('\0') {
        return wrong("has a NUL character");
    }
    if sql.lines().any(script::is_marker_line) {
        return wrong("has a line like `-- migrate:up`, which would open a section");
    }
    Ok(sql.to_owned())
}
