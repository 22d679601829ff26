//! Finding revisions by identifier, message, label and SQL.

use limbeck_core::project::Project;
use limbeck_core::revision::Index;

/// A revision that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The revision.
    pub revision: Index,
    /// Where in its SQL, when the row itself does not show it.
    pub sql: Option<Excerpt>,
}

/// A line of SQL that holds what was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// Line of the file, from 1.
    pub line: u32,
    /// The line without white space around it, cut to a length that a row can show.
    pub text: String,
}

/// Longest excerpt, in characters.
const EXCERPT: usize = 120;

/// Returns the revisions of `order` that hold every word of `words`, whatever its case; all of them for no word.
pub fn find(project: &Project, order: &[Index], words: &str) -> Vec<Hit> {
    let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
    order.iter().filter_map(|&revision| hit(project, revision, &words)).collect()
}

fn hit(project: &Project, index: Index, words: &[String]) -> Option<Hit> {
    let revision = project.revisions().get(index)?;
    let labels = project.graph().labels_of(index);
    let row = |word: &String| {
        holds(revision.id.as_str(), word)
            || holds(&revision.title, word)
            || holds(&revision.body, word)
            || holds(&revision.path, word)
            || labels.iter().any(|label| holds(label, word))
    };
    let mut excerpt = None;
    for word in words.iter().filter(|word| !row(word)) {
        let sections = [Some(&revision.up), revision.down.as_ref()];
        let found = sections.into_iter().flatten().find_map(|section| {
            let at = position(&section.sql, word)?;
            Some((section, at))
        });
        let (section, at) = found?;
        excerpt.get_or_insert_with(|| excerpt_at(&section.sql, section.start_line, at));
    }
    Some(Hit { revision: index, sql: excerpt })
}

fn holds(text: &str, word: &str) -> bool {
    position(text, word).is_some()
}

/// Returns where a lower-case word begins, by bytes; ASCII letters match in either case, others in the text's own or
/// in lower case.
pub fn position(text: &str, word: &str) -> Option<usize> {
    if word.is_empty() {
        return Some(0);
    }
    if word.is_ascii() {
        let (text, word) = (text.as_bytes(), word.as_bytes());
        let first = word.first()?.to_ascii_lowercase();
        let starts = text.iter().enumerate().filter(|(_, b)| b.to_ascii_lowercase() == first);
        return starts
            .map(|(at, _)| at)
            .find(|&at| text.get(at..at + word.len()).is_some_and(|part| part.eq_ignore_ascii_case(word)));
    }
    text.find(word).or_else(|| {
        let lower = text.to_lowercase();
        // Lower-casing may change lengths; the position then serves to find the line, so it only has to be inside.
        lower.find(word).map(|at| floor_boundary(text, at))
    })
}

fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn excerpt_at(sql: &str, start_line: u32, at: usize) -> Excerpt {
    let before = &sql[..floor_boundary(sql, at)];
    let line = u32::try_from(before.bytes().filter(|&b| b == b'\n').count()).unwrap_or(u32::MAX);
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let text = sql[start..].lines().next().unwrap_or_default().trim();
    Excerpt { line: start_line.saturating_add(line), text: text.chars().take(EXCERPT).collect() }
}

#[cfg(test)]
mod tests {
    use limbeck_core::project::File;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn project() -> Project {
        let file = |name: &str, title: &str, id: &str, revises: &str, up: &str| File {
            path: format!("versions/{name}.sql"),
            content: Ok(format!(
                "-- {title}\n--\n-- Revision ID: {id}\n-- Revises: {revises}\n\n-- migrate:up\n{up}\n\n-- migrate:down\nSELECT 'undo';\n"
            )),
        };
        Project::load(vec![
            file("one", "Add products", "aaaa11112222", "", "CREATE TABLE product (\n  name text\n);"),
            file(
                "two",
                "Orders carry a Währung",
                "bbbb11112222",
                "aaaa11112222",
                "ALTER TABLE orders ADD waehrung text;",
            ),
        ])
    }

    fn found(words: &str) -> Vec<(String, Option<String>)> {
        let project = project();
        let order = project.graph().newest_first().to_vec();
        find(&project, &order, words)
            .into_iter()
            .map(|hit| {
                let id = project.graph().node(hit.revision).id.to_string();
                (id[..4].to_owned(), hit.sql.map(|e| format!("{}: {}", e.line, e.text)))
            })
            .collect()
    }

    #[test]
    fn rows_are_found_by_id_message_and_file_in_any_case() {
        assert_eq!(found("AAAA1"), [("aaaa".into(), None)]);
        assert_eq!(found("orders CARRY"), [("bbbb".into(), None)]);
        assert_eq!(found("versions/two"), [("bbbb".into(), None)]);
        assert_eq!(found("WÄHRUNG"), [("bbbb".into(), None)]);
    }

    #[test]
    fn sql_is_found_with_its_line() {
        assert_eq!(found("NAME text"), [("aaaa".into(), Some("8: name text".into()))]);
        assert_eq!(found("undo").len(), 2);
    }

    #[test]
    fn every_word_must_be_there() {
        assert_eq!(found("products orders"), []);
        assert_eq!(found("products product"), [("aaaa".into(), None)]);
        assert_eq!(found("").len(), 2);
    }
}
