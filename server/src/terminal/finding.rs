//! Findings as a compiler shows them: what is wrong, where in the file, what to do.

use annotate_snippets::{AnnotationKind, Group, Level as Title, Origin, Renderer, Snippet};
use limbeck_core::diagnostic::{Diagnostic, Level, Position};

use super::escape;
use super::style::{self, paint};

/// Lines of a file that are quoted at most.
const QUOTED_LINES: usize = 4;
/// Characters of a line that are quoted at most; a longer one is cut around the place.
const QUOTED_CHARACTERS: usize = 160;

/// Returns all findings, one below the other, and a last line that counts them.
///
/// `shown` turns a path of the project into what a person would type; `source` gives the text of a file, and is asked
/// once for neighbouring findings in the same file.
pub fn report(
    findings: &[Diagnostic],
    shown: impl Fn(&str) -> String,
    mut source: impl FnMut(&str) -> Option<String>,
) -> String {
    let mut text = String::new();
    let mut file: Option<(&str, Option<String>)> = None;
    for finding in findings {
        let path = finding.path.as_deref();
        if let Some(path) = path
            && finding.start.is_some()
            && file.as_ref().is_none_or(|(known, _)| *known != path)
        {
            file = Some((path, source(path)));
        }
        let quoted = file.as_ref().filter(|(known, _)| Some(*known) == path).and_then(|(_, text)| text.as_deref());
        text.push_str(&render(finding, path.map(&shown).as_deref(), quoted));
        text.push('\n');
    }
    text.push_str(&count(findings));
    text.push('\n');
    text
}

/// Returns one finding, painted, with a final line break.
pub fn render(finding: &Diagnostic, path: Option<&str>, source: Option<&str>) -> String {
    let message = escape::text(&finding.message);
    let level = match finding.level {
        Level::Error => Title::ERROR,
        Level::Warning => Title::WARNING,
        Level::Info => Title::INFO,
    };
    let code = escape::line(&finding.code);
    let mut group: Group<'_> = Group::with_title(level.primary_title(&*message).id(&*code));
    let path = path.map(escape::line);
    let quote =
        finding.start.zip(source).and_then(|(start, source)| Quote::cut(source, start, finding.end.unwrap_or(start)));
    match quote {
        Some(Quote::Lines { text, line, span }) => {
            let annotation = AnnotationKind::Primary.span(span);
            group = group.element(Snippet::source(text).line_start(line).fold(false).path(path).annotation(annotation));
        }
        other => {
            if let Some(path) = path {
                let mut origin = Origin::path(path);
                if let Some(start) = finding.start {
                    origin = origin.line(start.line as usize).char_column(start.column as usize);
                }
                group = group.element(origin);
            }
            if let Some(Quote::Within { text }) = other {
                group = group.element(Title::NOTE.message(format!("the place in its long line: …{text}…")));
            }
        }
    }
    let help = finding.help.as_deref().map(escape::text);
    if let Some(help) = &help {
        group = group.element(Title::HELP.message(&**help));
    }
    let mut text = Renderer::styled().render(&[group]);
    text.push('\n');
    text
}

/// Returns a line such as `2 errors, 1 warning`.
pub fn count(findings: &[Diagnostic]) -> String {
    let part = |level, style, one: &str, many: &str| {
        let count = findings.iter().filter(|finding| finding.level == level).count();
        (count > 0).then(|| paint(style, &format!("{count} {}", if count == 1 { one } else { many })))
    };
    let parts: Vec<String> = [
        part(Level::Error, style::ERROR, "error", "errors"),
        part(Level::Warning, style::WARNING, "warning", "warnings"),
        part(Level::Info, style::DIM, "note", "notes"),
    ]
    .into_iter()
    .flatten()
    .collect();
    if parts.is_empty() { paint(style::GOOD, "nothing to say") } else { parts.join(", ") }
}

/// What stands at a place, harmless and short enough to look at.
enum Quote {
    /// Whole lines, at least their beginnings, with the part that is meant.
    Lines { text: String, line: usize, span: std::ops::Range<usize> },
    /// A piece out of the middle of a line that is too long to be shown from its beginning.
    Within { text: String },
}

impl Quote {
    fn cut(source: &str, start: Position, end: Position) -> Option<Self> {
        let first = (start.line as usize).checked_sub(1)?;
        let column = (start.column as usize).checked_sub(1)?;
        let count = (end.line.saturating_sub(start.line) as usize + 1).min(QUOTED_LINES);
        let mut text = String::new();
        let mut from = 0;
        let mut to = 0;
        for (offset, line) in source.split('\n').skip(first).take(count).enumerate() {
            let line = line.strip_suffix('\r').unwrap_or(line);
            let piece = |skipped: usize| line.chars().skip(skipped).take(QUOTED_CHARACTERS).collect::<String>();
            if offset == 0 && column >= QUOTED_CHARACTERS {
                let text = escape::line(&piece(column - QUOTED_CHARACTERS / 4)).into_owned();
                return (!text.is_empty()).then_some(Self::Within { text });
            }
            let begin = text.len();
            text.push_str(&escape::text(&piece(0)));
            if offset == 0 {
                from = begin + byte_of(&text[begin..], column);
            }
            // Behind the last quoted line the marking goes on to its end.
            to = if first + offset + 1 == end.line as usize {
                begin + byte_of(&text[begin..], (end.column as usize).saturating_sub(1))
            } else {
                text.len()
            };
            text.push('\n');
        }
        // A place behind the end of the text has nothing to be quoted.
        (!text.is_empty()).then(|| Self::Lines { span: from..to.max(from), line: first + 1, text })
    }
}

/// Returns the byte at which character `column` (from 0) begins, or the length behind the last.
fn byte_of(text: &str, column: usize) -> usize {
    text.char_indices().nth(column).map_or(text.len(), |(byte, _)| byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(finding: &Diagnostic, source: &str) -> String {
        let painted = render(finding, finding.path.as_deref(), Some(source));
        anstream::adapter::strip_str(&painted).to_string()
    }

    fn place(start: (u32, u32), end: (u32, u32)) -> Diagnostic {
        let position = |(line, column)| Position { line, column };
        Diagnostic::error("unexpected-key", "`Revise` is not a key of the header")
            .path("versions/a.sql")
            .span(position(start), position(end))
            .help("write `Revises`")
    }

    #[test]
    fn the_place_is_quoted_and_marked() {
        insta::assert_snapshot!(plain(&place((2, 4), (2, 10)), "-- title\r\n-- Revise: x\r\n"), @"
        error[unexpected-key]: `Revise` is not a key of the header
         --> versions/a.sql:2:4
          |
        2 | -- Revise: x
          |    ^^^^^^
          |
          = help: write `Revises`
        ");
    }

    #[test]
    fn several_lines_are_quoted_and_the_rest_is_cut() {
        insta::assert_snapshot!(plain(&place((1, 3), (9, 1)), "a b c\nd\ne\nf\ng\nh\n"), @"
        error[unexpected-key]: `Revise` is not a key of the header
         --> versions/a.sql:1:3
          |
        1 |   a b c
          |  ___^
        2 | | d
        3 | | e
        4 | | f
          | |_^
          |
          = help: write `Revises`
        ");
    }

    #[test]
    fn a_very_long_line_is_cut_around_the_place() {
        let source = format!("{}HERE{}", "x".repeat(5_000_000), "y".repeat(5_000_000));
        let text = plain(&place((1, 5_000_001), (1, 5_000_005)), &source);
        assert!(text.contains("HERE") && text.len() < 1500, "{text}");
    }

    #[test]
    fn what_the_file_says_reaches_no_terminal() {
        let mut finding = place((1, 1), (1, 3));
        finding.message = "bad \u{1b}]0;title\u{7}".to_owned();
        finding.help = Some("see \u{9b}2J".to_owned());
        let text = plain(&finding, "\u{1b}[2J\tx\u{202e}");
        assert!(text.chars().all(|character| character == '\n' || !character.is_control()), "{text:?}");
        insta::assert_snapshot!(text, @"
        error[unexpected-key]: bad ␛]0;title␇
         --> versions/a.sql:1:1
          |
        1 | ␛[2J    x�
          | ^^
          |
          = help: see �2J
        ");
    }

    #[test]
    fn places_outside_of_the_text_are_survived() {
        for (start, end) in [((0, 0), (0, 0)), ((9, 9), (9, 9)), ((1, 99), (1, 2)), ((2, 1), (1, 1))] {
            assert!(plain(&place(start, end), "one\n").contains("`Revise` is not a key"));
        }
        assert!(plain(&place((1, 1), (1, 1)), "").contains("`Revise` is not a key"));
    }
}
