//! The grammar of identifiers: full and partial ids, labels, `head`, `heads`, `base`, `branch@…`, and `-N` from the
//! heads.

use super::error::Error;
use super::graph::{Graph, Index};
use super::id::RevisionId;
use super::marks::Marks;
use super::relative;
use crate::nearest::distance;

/// A name must have more characters than this to be found by its beginning.
const SHORT_NAME: usize = 3;

/// A text must have more characters than this for names that look alike to mean anything.
const SHORT_TEXT: usize = 2;

/// Names that look alike are offered up to this number of changed characters.
const SIMILAR_WITHIN: usize = 2;

/// What stands before an `@`.
pub(super) struct Branch<'a> {
    pub(super) text: &'a str,
    /// The revision that it names.
    pub(super) revision: Index,
    /// That revision, its ancestors and its descendants along `Revises`.
    pub(super) lineage: Marks,
}

impl Graph {
    /// Returns what an identifier names: several revisions for `heads`, none for `base` and in an empty history.
    pub fn resolve(&self, text: &str) -> Result<Vec<Index>, Error> {
        let (branch, symbol) = split_branch(text);
        if let Some(steps) = relative::below_heads(symbol) {
            let heads = self.heads_to_count_from(branch)?;
            return heads.into_iter().map(|head| self.below(head, steps, text)).collect();
        }
        match symbol {
            "heads" => match branch {
                None => Ok(self.real_heads()),
                Some(branch) => Ok(self.heads_of(&self.branch(branch)?)),
            },
            _ => match self.resolve_one(text) {
                Err(Error::MultipleHeads { text, heads, candidates, .. }) => {
                    Err(Error::MultipleHeads { text, heads, candidates, several: true })
                }
                one => one.map(|one| one.into_iter().collect()),
            },
        }
    }

    /// Returns the one revision that an identifier names; none for `base` and in an empty history.
    pub fn resolve_one(&self, text: &str) -> Result<Option<Index>, Error> {
        let (branch, symbol) = split_branch(text);
        let branch = branch.map(|branch| self.branch(branch)).transpose()?;
        self.resolve_on(branch.as_ref(), symbol)
    }

    /// Returns the revisions that version rows name, each once. Rows are full identifiers.
    pub fn resolve_rows(&self, rows: &[String]) -> Result<Vec<Index>, Error> {
        let mut indices = Vec::with_capacity(rows.len());
        let mut seen = Marks::none(self);
        for row in rows {
            let unknown = || Error::UnknownRevision { text: row.clone(), in_database: true, similar: Vec::new() };
            let index = self.index_of(row).ok_or_else(unknown)?;
            if seen.insert(index) {
                indices.push(index);
            }
        }
        Ok(indices)
    }

    /// Returns the branch that an identifier or label names.
    pub(super) fn branch<'a>(&self, text: &'a str) -> Result<Branch<'a>, Error> {
        let revision = self.named(text, None).map_err(|error| match error {
            Error::UnknownRevision { text, mut similar, .. } => {
                // They stand behind the `@`, and name no branch.
                similar.retain(|name| !["base", "head", "heads"].contains(&name.as_str()));
                Error::UnknownBranch { branch: text, similar }
            }
            other => other,
        })?;
        Ok(Branch { text, revision, lineage: self.lineage(revision) })
    }

    /// Returns what an identifier without `@` names on a branch.
    pub(super) fn resolve_on(&self, branch: Option<&Branch>, symbol: &str) -> Result<Option<Index>, Error> {
        let heads = match symbol {
            "base" => return Ok(None),
            "head" => branch.map_or_else(|| self.heads(), |branch| self.heads_of(branch)),
            "heads" => branch.map_or_else(|| self.real_heads(), |branch| self.heads_of(branch)),
            _ => return self.named(symbol, branch).map(Some),
        };
        match heads.as_slice() {
            [] => Ok(None),
            [head] => Ok(Some(*head)),
            several => {
                let text = branch.map_or_else(|| symbol.to_owned(), |branch| format!("{}@{symbol}", branch.text));
                Err(Error::MultipleHeads {
                    text,
                    heads: self.ids(several),
                    candidates: self.texts(several),
                    several: false,
                })
            }
        }
    }

    /// Returns the revision that a name or the beginning of one stands for, on the branch if there is one.
    fn named(&self, symbol: &str, branch: Option<&Branch>) -> Result<Index, Error> {
        let on_branch = |index: Index| branch.is_none_or(|branch| branch.lineage.has(index));
        if let Some(index) = self.names().exactly(self.nodes(), symbol) {
            return match branch {
                Some(branch) if !on_branch(index) => {
                    Err(Error::NotAMember { revision: self.id(index).clone(), branch: branch.text.to_owned() })
                }
                _ => Ok(index),
            };
        }
        let mut found = Vec::new();
        if !symbol.is_empty() {
            let long = |text: &str| text.chars().nth(SHORT_NAME).is_some();
            let starting = self.names().starting_with(self.nodes(), symbol);
            found.extend(starting.filter(|&(name, index)| long(name) && on_branch(index)));
        }
        match found.as_slice() {
            [(_, index)] => Ok(*index),
            [] => Err(Error::UnknownRevision {
                text: symbol.to_owned(),
                in_database: false,
                similar: self.similar(symbol),
            }),
            several => Err(Error::AmbiguousRevision {
                text: symbol.to_owned(),
                candidates: several.iter().map(|&(name, _)| name.to_owned()).collect(),
            }),
        }
    }

    /// Returns the heads from which `-N` or `branch@-N` counts: those that carry the label, or stand on the branch.
    pub(super) fn heads_to_count_from(&self, branch: Option<&str>) -> Result<Vec<Index>, Error> {
        let mut heads = self.real_heads();
        if let Some(text) = branch {
            let branch = self.branch(text)?;
            match self.label(text) {
                Some(declared) => heads.retain(|&head| self.carries(head, declared)),
                None => heads.retain(|&head| branch.lineage.has(head)),
            }
        }
        Ok(heads)
    }

    fn heads_of(&self, branch: &Branch) -> Vec<Index> {
        let mut heads = self.heads();
        heads.retain(|&head| branch.lineage.has(head));
        heads
    }

    fn similar(&self, text: &str) -> Vec<String> {
        if text.chars().nth(SHORT_TEXT).is_none() {
            return Vec::new();
        }
        let typed: Vec<char> = text.chars().collect();
        // Names of another length are left out before they are compared: a history has thousands.
        let within = SIMILAR_WITHIN.min(typed.len() / 2);
        let changes = |name: &str| {
            let name: Vec<char> = name.chars().collect();
            let changes = (name.len().abs_diff(typed.len()) <= within).then(|| distance(&typed, &name))?;
            Some(changes).filter(|&changes| changes <= within)
        };
        let symbols = ["head", "heads", "base", "current"].into_iter();
        let names = self.names().iter(self.nodes()).map(|(name, _)| name);
        let mut similar: Vec<(usize, &str)> =
            symbols.chain(names).filter(|&name| name != text).filter_map(|name| Some((changes(name)?, name))).collect();
        similar.sort_unstable();
        similar.into_iter().take(3).map(|(_, name)| name.to_owned()).collect()
    }

    pub(super) fn ids(&self, indices: &[Index]) -> Vec<RevisionId> {
        indices.iter().map(|&i| self.id(i).clone()).collect()
    }

    pub(super) fn texts(&self, indices: &[Index]) -> Vec<String> {
        indices.iter().map(|&i| self.id(i).to_string()).collect()
    }
}

/// Splits at the first `@`. Nothing before it is no branch.
pub(super) fn split_branch(text: &str) -> (Option<&str>, &str) {
    match text.split_once('@') {
        Some(("", symbol)) => (None, symbol),
        Some((branch, symbol)) => (Some(branch), symbol),
        None => (None, text),
    }
}
