//! SQL in colours, by the same tokens as the page.

use anstyle::{AnsiColor, Style};
use limbeck_core::sql::{TokenKind, tokens};

use super::escape;

/// Returns the SQL, highlighted line by line and harmless for a terminal.
pub fn highlight(sql: &str) -> String {
    let mut painted = String::with_capacity(sql.len() * 2);
    let mut end = 0;
    for token in tokens(sql) {
        let (Some(between), Some(text)) = (sql.get(end..token.range.start), sql.get(token.range.clone())) else {
            continue;
        };
        painted.push_str(&escape::text(between));
        let style = style_of(token.kind);
        // A colour ends with its line, so that a pager which starts in the middle shows it right.
        for (number, line) in text.split('\n').enumerate() {
            if number > 0 {
                painted.push('\n');
            }
            painted.push_str(&format!("{style}{}{style:#}", escape::text(line)));
        }
        end = token.range.end;
    }
    painted.push_str(&escape::text(sql.get(end..).unwrap_or_default()));
    painted
}

fn style_of(kind: TokenKind) -> Style {
    match kind {
        TokenKind::Keyword => AnsiColor::Blue.on_default().bold(),
        TokenKind::Type => AnsiColor::Cyan.on_default(),
        TokenKind::Function => AnsiColor::Magenta.on_default(),
        TokenKind::String => AnsiColor::Green.on_default(),
        TokenKind::Number | TokenKind::Parameter => AnsiColor::Yellow.on_default(),
        TokenKind::Comment => Style::new().dimmed(),
        TokenKind::Identifier | TokenKind::QuotedIdentifier | TokenKind::Operator | TokenKind::Punctuation => {
            Style::new()
        }
    }
}
