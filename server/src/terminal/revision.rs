//! Revisions as lines, as entries and as a drawing.

use limbeck_core::project::Project;
use limbeck_core::revision::{self, Index};

use super::style::{self, paint};
use super::table::{self, Cell};
use super::{escape, sql};
use crate::directory::Directory;

/// How the revisions of a project are shown.
pub struct View<'a> {
    /// Their project.
    pub project: &'a Project,
    /// Where its files are.
    pub directory: &'a Directory,
    /// Where the database stands, when it was asked.
    pub current: Option<&'a [Index]>,
}

impl View<'_> {
    /// Returns one line for each: id, title, marks.
    pub fn list(&self, revisions: &[Index]) -> String {
        let row = |index: &Index| vec![self.id(*index), self.title(*index), self.marks(*index)];
        table::lines(&revisions.iter().map(row).collect::<Vec<_>>())
    }

    /// Returns one line for each, with its parents: id, what it revises, title, marks.
    pub fn history(&self, revisions: &[Index]) -> String {
        let row = |index: &Index| vec![self.id(*index), self.parents(*index), self.title(*index), self.marks(*index)];
        table::lines(&revisions.iter().map(row).collect::<Vec<_>>())
    }

    /// Returns the entries with all that the files say, an empty line between them.
    pub fn entries(&self, revisions: &[Index]) -> String {
        revisions.iter().map(|index| self.entry(*index)).collect::<Vec<_>>().join("\n")
    }

    /// Returns the drawing of the history with a line or an entry beside each revision.
    pub fn graph(&self, revisions: &[Index], verbose: bool) -> String {
        let graph = self.project.graph();
        let glyph = |index: Index| match self.current {
            Some(current) if current.contains(&index) => '◉',
            _ if graph.is_merge_point(index) => '◇',
            _ => '○',
        };
        let text = |index: Index| -> Vec<String> {
            if verbose {
                return self.entry(index).lines().map(str::to_owned).chain([String::new()]).collect();
            }
            let line = table::lines(&[vec![self.id(index), self.title(index), self.marks(index)]]);
            vec![line.trim_end().to_owned()]
        };
        revision::draw(&revision::layout(graph, revisions), glyph, text)
    }

    /// Returns the sections of a revision, highlighted.
    pub fn script(&self, index: Index) -> String {
        let script = &self.project.revisions()[index];
        let mut text = self.entry(index);
        let sections = [("migrate:up", Some(&script.up)), ("migrate:down", script.down.as_ref())];
        for (marker, section) in sections {
            let Some(section) = section else {
                text.push_str(&format!("\n{}\n", paint(style::WARNING, "no migrate:down: it cannot be downgraded")));
                continue;
            };
            let outside = if section.transaction { "" } else { " transaction:false" };
            text.push_str(&format!("\n{}\n", paint(style::STRONG, &format!("-- {marker}{outside}"))));
            let body = section.sql.trim_matches(['\n', '\r']);
            if !body.trim().is_empty() {
                text.push_str(&sql::highlight(body));
                text.push('\n');
            }
        }
        text
    }

    fn entry(&self, index: Index) -> String {
        let project = self.project;
        let document = project.document(index, self.current);
        let mut rows = Vec::new();
        let mut fact = |name: &str, values: &[String]| {
            if !values.is_empty() {
                rows.push(vec![Cell::plain(""), Cell::painted(style::DIM, name), Cell::plain(&values.join(", "))]);
            }
        };
        if document.revises.is_empty() {
            fact("Revises", &["nothing: it is a base".to_owned()]);
        } else {
            fact(if document.is_merge_point { "Merges" } else { "Revises" }, &document.revises);
        }
        fact("Depends on", &document.depends_on);
        if document.is_branch_point {
            fact("Branches into", &self.ids(project.graph().children(index)));
        }
        fact("Labels", &document.branch_labels);
        fact("Created", document.create_date.as_slice());
        fact("File", &[self.directory.shown(&document.path)]);
        let mut text = table::lines(&[vec![
            Cell::painted(style::STRONG, "Revision").join(" ", &self.id(index)),
            self.marks(index),
        ]]);
        text.push_str(&table::lines(&rows));
        let script = &project.revisions()[index];
        text.push_str(&format!("\n    {}\n", escape::line(&script.title)));
        for line in script.body.trim_matches('\n').lines() {
            text.push_str(format!("    {}", escape::line(line)).trim_end());
            text.push('\n');
        }
        text
    }

    fn id(&self, index: Index) -> Cell {
        Cell::painted(style::ID, self.project.graph().node(index).id.as_str())
    }

    fn title(&self, index: Index) -> Cell {
        Cell::plain(&self.project.revisions()[index].title)
    }

    fn parents(&self, index: Index) -> Cell {
        let graph = self.project.graph();
        let parents = graph.node(index).revises.iter().map(|parent| parent.as_str().to_owned()).collect::<Vec<_>>();
        let dependencies = self.ids(graph.dependencies(index));
        let parents = match parents.as_slice() {
            [] => Cell::painted(style::DIM, "← base"),
            parents => Cell::painted(style::DIM, &format!("← {}", parents.join(", "))),
        };
        match dependencies.as_slice() {
            [] => parents,
            dependencies => {
                parents.join(" ", &Cell::painted(style::DIM, &format!("(needs {})", dependencies.join(", "))))
            }
        }
    }

    fn ids(&self, indices: &[Index]) -> Vec<String> {
        indices.iter().map(|index| self.project.graph().node(*index).id.as_str().to_owned()).collect()
    }

    fn marks(&self, index: Index) -> Cell {
        let graph = self.project.graph();
        let current = self.current.is_some_and(|current| current.contains(&index));
        let mut marks = Cell::default();
        for label in &graph.node(index).branch_labels {
            marks = marks.join(" ", &Cell::painted(style::LABEL, &format!("({label})")));
        }
        let known = [
            (graph.is_effective_head(index), style::HEAD, "(effective head)"),
            (graph.is_head(index) && !graph.is_effective_head(index), style::HEAD, "(head)"),
            (current, style::CURRENT, "(current)"),
            (graph.is_branch_point(index), style::DIM, "(branch point)"),
            (graph.is_merge_point(index), style::DIM, "(merge point)"),
        ];
        for (_, style, mark) in known.into_iter().filter(|(is, _, _)| *is) {
            marks = marks.join(" ", &Cell::painted(style, mark));
        }
        marks
    }
}
