//! Everything the pages read: the project, the database and the history made from both.

use std::collections::HashSet;
use std::rc::Rc;

use limbeck_core::PostgresVersion;
use limbeck_core::diagnostic::{Diagnostic, Level};
use limbeck_core::document::{self, FailureDetail, Role};
use limbeck_core::project::Project;
use limbeck_core::revision::Index;

use super::database::Database;
use super::history::{History, State};
use super::sentence::Standing;

/// What is known of the database.
#[derive(Debug, Clone, PartialEq)]
pub enum Connection {
    /// The source is one without a database.
    None,
    /// It was asked and did not answer yet.
    Asking,
    /// Its answer; it may say that the database cannot be reached.
    Answered(Database),
    /// The source could not ask.
    Failed(FailureDetail),
}

impl Connection {
    /// Returns the version rows, if the database told them.
    pub fn rows(&self) -> Option<&[String]> {
        match self {
            Self::Answered(database) if database.error.is_none() => Some(&database.rows),
            _ => None,
        }
    }

    /// Returns whether somebody holds the lock between runs, so that the version rows may change at any moment.
    pub fn is_moving(&self) -> bool {
        self.database().is_some_and(|database| database.lock_holder.is_some())
    }

    /// Returns the version of the server, as far as it is known.
    pub fn postgres_version(&self) -> PostgresVersion {
        let said = self.database().and_then(|database| database.server_version.as_deref());
        said.and_then(PostgresVersion::of_server).unwrap_or_default()
    }

    /// Returns why the rows are not known.
    pub fn error(&self) -> Option<&FailureDetail> {
        match self {
            Self::None | Self::Asking => None,
            Self::Answered(database) => database.error.as_ref(),
            Self::Failed(error) => Some(error),
        }
    }

    /// Returns the database's document, also of one that cannot be reached.
    pub fn database(&self) -> Option<&Database> {
        match self {
            Self::Answered(database) => Some(database),
            _ => None,
        }
    }
}

/// What a source brought, laid out. Made anew when one of its parts changes; the parts are shared.
#[derive(Debug, Clone)]
pub struct Workspace {
    /// Name of the project.
    pub name: Rc<str>,
    /// What the visitor may do.
    pub role: Role,
    /// Changes when the files do.
    pub etag: Rc<str>,
    /// Revisions and their graph.
    pub project: Rc<Project>,
    /// Everything that is wrong with files and graph.
    pub findings: Rc<[Diagnostic]>,
    /// The database.
    pub connection: Connection,
    /// The source went away; everything else is as it was told last.
    pub trouble: Option<FailureDetail>,
    /// Order, lanes and states.
    pub history: Rc<History>,
    short: Rc<Short>,
}

impl Workspace {
    /// Loads what a source brought.
    pub fn new(document: document::Project, connection: Connection) -> Self {
        let (name, role, etag) = (document.name.as_str().into(), document.role, document.etag.as_str().into());
        let told: Rc<[Diagnostic]> = document.findings.as_slice().into();
        let project = Project::from_document(document);
        let findings = if told.is_empty() { project.findings().into() } else { told };
        let history = History::new(project.graph(), connection.rows());
        Self {
            name,
            role,
            etag,
            short: Rc::new(Short::new(project.revisions().iter().map(|r| r.id.as_str()))),
            project: Rc::new(project),
            findings,
            connection,
            trouble: None,
            history: Rc::new(history),
        }
    }

    /// Returns the same project beside another answer of the database.
    pub fn with_connection(&self, connection: Connection) -> Self {
        let same = self.connection.rows() == connection.rows();
        let history =
            if same { self.history.clone() } else { Rc::new(History::new(self.project.graph(), connection.rows())) };
        Self { connection, history, trouble: None, ..self.clone() }
    }

    /// Returns the same project, of which the source told nothing new.
    pub fn with_trouble(&self, trouble: FailureDetail) -> Self {
        Self { trouble: Some(trouble), ..self.clone() }
    }

    /// Returns the same project for a visitor who may do something else.
    pub fn with_role(&self, role: Role) -> Self {
        Self { role, ..self.clone() }
    }

    /// Returns an identifier short enough for a row and long enough to tell revisions apart.
    pub fn short<'a>(&self, id: &'a str) -> &'a str {
        self.short.of(id)
    }

    /// Returns whether some identifiers are names that are never cut, so that their column needs room.
    pub fn has_named_ids(&self) -> bool {
        self.short.named
    }

    /// Returns the message of a revision, or an empty text.
    pub fn title(&self, id: &str) -> &str {
        let graph = self.project.graph();
        let revision = graph.index_of(id).and_then(|i| self.project.revisions().get(i));
        revision.map_or("", |r| r.title.as_str())
    }

    /// Returns a revision and its place by full identifier.
    pub fn index_of(&self, id: &str) -> Option<Index> {
        self.project.graph().index_of(id)
    }

    /// Returns the state of a revision as words for a screen reader: what it is, where it stands, what it touches.
    pub fn row_name(&self, i: Index) -> String {
        let graph = self.project.graph();
        let Some(revision) = self.project.revisions().get(i) else { return String::new() };
        let mut words = vec![format!("{} {}", self.short(revision.id.as_str()), revision.title)];
        if !self.is_copy() {
            words.push(self.history.state(i).word().into());
        }
        if self.history.current.contains(&i) {
            words.push("the database is here".into());
        }
        if graph.is_head(i) {
            words.push("head".into());
        }
        if graph.is_merge_point(i) {
            words.push("merge".into());
        }
        words.extend(self.listed("parent", "parents", graph.parents(i)).or_else(|| Some("base".into())));
        words.extend(self.listed("child", "children", graph.children(i)));
        words.extend(self.listed("depends on", "depends on", graph.dependencies(i)));
        if !revision.branch_labels.is_empty() {
            words.push(format!("branch {}", revision.branch_labels.join(" and ")));
        }
        words.join(", ")
    }

    /// Returns the labels of a head that tell it from the other heads.
    pub fn telling_labels(&self, head: Index) -> Vec<String> {
        let graph = self.project.graph();
        let others: Vec<Index> = graph.heads().into_iter().filter(|other| *other != head).collect();
        let shared = |label: &str| others.iter().all(|other| graph.labels_of(*other).contains(&label));
        graph.labels_of(head).into_iter().filter(|label| !shared(label)).map(ToOwned::to_owned).collect()
    }

    /// Returns the labels that a revision is shown with: its own, and of a head those that tell it from the others.
    pub fn labels(&self, i: Index) -> Vec<String> {
        let revision = self.project.revisions().get(i);
        let mut labels = revision.map(|revision| revision.branch_labels.clone()).unwrap_or_default();
        if self.project.graph().is_head(i) {
            labels
                .extend(self.telling_labels(i).into_iter().filter(|label| !labels.contains(label)).collect::<Vec<_>>());
        }
        labels
    }

    /// Returns what the history's sentence is made from.
    pub fn standing(&self) -> Standing {
        Standing {
            revisions: self.project.revisions().len(),
            applied: self.history.applied,
            copy: self.is_copy(),
            heads: self.project.graph().heads().len(),
            errors: self.findings.iter().filter(|f| f.level == Level::Error).count(),
            unknown_rows: self.connection.database().map_or(0, |d| d.unknown_rows.len()),
            blocked: false,
        }
    }

    /// Returns whether it is a copy without a database: nothing is written or run.
    pub fn is_copy(&self) -> bool {
        self.connection == Connection::None
    }

    /// Returns the target of a downgrade that undoes a current revision and nothing else; none when the others stand
    /// in the way.
    pub fn undo(&self, i: Index) -> Option<String> {
        let (graph, current) = (self.project.graph(), &self.history.current);
        let exact = match graph.downgrade(current, "-1") {
            Ok(_) => vec!["-1".to_owned()],
            Err(error) => error.candidates(),
        };
        let undoes = |target: &String| {
            graph
                .downgrade(current, target)
                .is_ok_and(|steps| steps.first().is_some_and(|step| step.revision == i) && steps.len() == 1)
        };
        exact.into_iter().find(undoes)
    }

    /// Returns whether a revision has run.
    pub fn state(&self, i: Index) -> State {
        self.history.state(i)
    }

    /// Returns whether the visitor may write files.
    pub fn may_edit(&self) -> bool {
        self.role >= Role::Editor
    }

    /// Returns whether the visitor may run plans.
    pub fn may_run(&self) -> bool {
        self.role >= Role::Operator
    }

    fn listed(&self, one: &str, many: &str, indexes: &[Index]) -> Option<String> {
        let graph = self.project.graph();
        let ids: Vec<&str> = indexes.iter().map(|&i| self.short(graph.node(i).id.as_str())).collect();
        match ids.as_slice() {
            [] => None,
            [id] => Some(format!("{one} {id}")),
            [ids @ .., last] => Some(format!("{many} {} and {last}", ids.join(", "))),
        }
    }
}

/// How identifiers are shortened for rows and sentences.
#[derive(Debug, Clone, Default)]
struct Short {
    /// Beginnings that several identifiers share; those stay whole.
    shared: HashSet<Box<str>>,
    /// Some identifiers were chosen by a person and are never cut.
    named: bool,
}

/// Characters of a cut identifier.
const CUT: usize = 7;

impl Short {
    fn new<'a>(ids: impl Iterator<Item = &'a str>) -> Self {
        let (mut seen, mut whole, mut short) = (HashSet::new(), HashSet::new(), Self::default());
        // A broken history may hold an identifier twice; that is no ambiguity.
        for id in ids.filter(|id| whole.insert(*id)) {
            match Self::cut(id) {
                None => short.named = true,
                Some(start) if seen.insert(start) => {}
                Some(start) => {
                    short.shared.insert(start.into());
                }
            }
        }
        short
    }

    fn of<'a>(&self, id: &'a str) -> &'a str {
        Self::cut(id).filter(|start| !self.shared.contains(*start)).unwrap_or(id)
    }

    /// Only identifiers that are all digits of chance may be cut; a name somebody chose stays whole.
    fn cut(id: &str) -> Option<&str> {
        let digits = id.len() >= 12 && id.bytes().all(|b| b.is_ascii_hexdigit());
        digits.then(|| id.get(..CUT)).flatten()
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn cut<'a>(ids: &[&'a str]) -> Vec<&'a str> {
        let short = Short::new(ids.iter().copied());
        ids.iter().map(|id| short.of(id)).collect()
    }

    #[test]
    fn identifiers_are_cut_where_they_still_differ() {
        assert_eq!(cut(&["1975ea83b712", "ae1027a6acf0"]), ["1975ea8", "ae1027a"]);
        assert_eq!(cut(&["1975ea83b712", "ae1027a6acf0", "1975ea83b999"]), ["1975ea83b712", "ae1027a", "1975ea83b999"]);
    }

    #[test]
    fn names_that_somebody_chose_stay_whole() {
        assert_eq!(
            cut(&["0001_customers", "0001_customers_again", "abc"]),
            ["0001_customers", "0001_customers_again", "abc"]
        );
        assert!(Short::new(["0001_customers"].into_iter()).named);
        assert!(!Short::new(["1975ea83b712"].into_iter()).named);
    }

    #[test]
    fn an_identifier_that_is_there_twice_is_cut_all_the_same() {
        assert_eq!(cut(&["1975ea83b712", "1975ea83b712"]), ["1975ea8", "1975ea8"]);
    }
}
